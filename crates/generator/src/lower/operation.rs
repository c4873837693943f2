//! Paths and operations.

use serde_json::{Value, json};

use super::Lowering;
use crate::model::{Docs, Location, Method, Operation, Outcome, ReplyKind};
use crate::read::Node;

impl<'d> Lowering<'d, '_> {
    /// Every operation of the document.
    pub(super) fn operations(&mut self, root: &Node<'d>) -> Vec<Operation> {
        let mut operations = Vec::new();
        let Some(paths) = root.get("paths") else { return operations };
        for (path, item) in paths.entries() {
            if path.starts_with("x-") {
                continue;
            }
            let item = match self.document.resolve(&item) {
                Ok(item) => item,
                Err(diagnostic) => {
                    self.diagnostics.push(diagnostic);
                    continue;
                }
            };
            for (key, node) in item.entries() {
                if let Some(method) = Method::of_key(key) {
                    operations.extend(self.operation(path, method, &item, &node));
                }
            }
        }
        operations
    }

    fn operation(
        &mut self,
        path: &str,
        method: Method,
        item: &Node<'d>,
        node: &Node<'d>,
    ) -> Option<Operation> {
        let apart = [
            ("parameters", Value::Null),
            ("requestBody", Value::Null),
            ("responses", json!({})),
            ("callbacks", Value::Null),
            ("servers", Value::Null),
            ("security", Value::Null),
            ("externalDocs", Value::Null),
        ];
        let typed: openapiv3::Operation = self.typed(node, "operation", &apart)?;
        let key = operation_key(method, path);
        let params = self.params(path, item, node, &key);
        let body = self.body(node, method, &key);
        let mut replies = self.replies(node, &key);
        if method == Method::Head {
            // Whatever is described: nothing but headers comes back.
            for reply in &mut replies {
                reply.kind = ReplyKind::Empty;
                reply.media_type.clear();
                reply.examples.clear();
            }
        }
        let stream_choice = self.stream_choice(node, &params, &replies);
        let told =
            self.config.idempotency.iter().find(|rule| same_operation(&rule.operation, &key));
        let declared = params
            .iter()
            .find(|param| param.location == Location::Header && is_idempotency_key(&param.wire));
        let idempotency_header = told
            .map(|rule| rule.header.clone())
            .or_else(|| declared.map(|param| param.wire.clone()));
        Some(Operation {
            id: typed.operation_id.unwrap_or_default(),
            words: Vec::new(),
            group: Vec::new(),
            method,
            // Two operations may share method and path, and be told apart behind a `#` that does not travel.
            path: crate::read::request_path(path),
            server: self.base_url(node).or_else(|| self.base_url(item)),
            tag: typed.tags.into_iter().next().unwrap_or_default(),
            params,
            body,
            arguments: Vec::new(),
            replies,
            outcome: Outcome::Empty,
            stream_choice,
            security: self.security(node),
            paging: None,
            idempotency_header,
            docs: Docs {
                summary: typed.summary.unwrap_or_default().trim().to_owned(),
                description: typed.description.unwrap_or_default().trim().to_owned(),
            },
            deprecated: typed.deprecated,
            key,
            pointer: node.pointer.clone(),
        })
    }
}

/// Whether a header is the one by which a server knows a request that comes again.
fn is_idempotency_key(header: &str) -> bool {
    header.eq_ignore_ascii_case("Idempotency-Key")
        || header.eq_ignore_ascii_case("X-Idempotency-Key")
}

/// Method and path with nameless parameters: a renamed parameter makes no other operation.
pub(crate) fn operation_key(method: Method, path: &str) -> String {
    let mut key = format!("{} ", method.as_str());
    let mut in_parameter = false;
    for c in path.chars() {
        match c {
            '{' => {
                in_parameter = true;
                key.push('{');
            }
            '}' => {
                in_parameter = false;
                key.push('}');
            }
            _ if in_parameter => {}
            c => key.push(c),
        }
    }
    key
}

/// A path whose versions say only that they are versions: `/v1/pets` and `/v2/pets` are one.
pub(crate) fn without_version(path: &str) -> String {
    let is_version = |part: &str| {
        let digits = part.strip_prefix(['v', 'V']).unwrap_or_default();
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let parts: Vec<&str> =
        path.split('/').map(|part| if is_version(part) { "v" } else { part }).collect();
    parts.join("/")
}

/// Whether a person's way of writing an operation means the one with this key.
pub(crate) fn same_operation(written: &str, key: &str) -> bool {
    let Some((method, path)) = written.trim().split_once(' ') else { return false };
    let method = Method::ALL.iter().find(|(_, known)| known.as_str().eq_ignore_ascii_case(method));
    method.is_some_and(|(_, method)| operation_key(*method, path.trim()) == key)
}
