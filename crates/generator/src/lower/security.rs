//! Security schemes, and who may ask.

use openapiv3::{APIKeyLocation, SecurityScheme};
use serde_json::Value;

use super::Lowering;
use crate::diagnostic::Diagnostic;
use crate::model::{AuthKind, AuthScheme, Security};
use crate::read::Node;

impl<'d> Lowering<'d, '_> {
    /// The ways to show who asks that the document defines.
    pub(super) fn schemes(&mut self, root: &Node<'d>) -> Vec<AuthScheme> {
        let Some(schemes) =
            root.get("components").and_then(|components| components.get("securitySchemes"))
        else {
            return Vec::new();
        };
        schemes.entries().filter_map(|(name, node)| self.scheme(name, &node)).collect()
    }

    fn scheme(&mut self, name: &str, node: &Node<'d>) -> Option<AuthScheme> {
        let node = match self.document.resolve(node) {
            Ok(node) => node,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        let description = node.str("description").unwrap_or_default().to_owned();
        let kind = match self.typed(
            &node,
            "security scheme",
            &[("flows", Value::Object(serde_json::Map::new()))],
        )? {
            SecurityScheme::HTTP { scheme, .. } if scheme.eq_ignore_ascii_case("bearer") => {
                AuthKind::Bearer
            }
            SecurityScheme::HTTP { scheme, .. } if scheme.eq_ignore_ascii_case("basic") => {
                AuthKind::Basic
            }
            SecurityScheme::HTTP { scheme, .. } => {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "unknown-auth",
                        format!(
                            "HTTP scheme `{scheme}` is sent as the whole `Authorization` header"
                        ),
                    )
                    .at(&node.pointer)
                    .help("give the client the header's whole value as the key"),
                );
                AuthKind::Header("Authorization".to_owned())
            }
            SecurityScheme::APIKey { location, name, .. } => match location {
                APIKeyLocation::Query => AuthKind::Query(name),
                APIKeyLocation::Header => AuthKind::Header(name),
                APIKeyLocation::Cookie => AuthKind::Cookie(name),
            },
            // The token comes from elsewhere; what travels is a bearer token.
            SecurityScheme::OAuth2 { .. } | SecurityScheme::OpenIDConnect { .. } => {
                AuthKind::Bearer
            }
        };
        Some(AuthScheme { name: name.to_owned(), kind, description })
    }

    /// Who may ask, where `owner` says so.
    pub(super) fn security(&mut self, owner: &Node<'d>) -> Option<Security> {
        let node = owner.get("security")?;
        if !node.value.is_array() {
            self.diagnostics.push(
                Diagnostic::warning("invalid-security", "`security` is not a list; it is left out")
                    .at(&node.pointer)
                    .help("write a list of objects, or `[]` for none"),
            );
            return None;
        }
        let sets = node
            .items()
            .map(|set| set.entries().map(|(name, _)| name.to_owned()).collect())
            .collect();
        Some(sets)
    }
}
