//! From a document to a draft: what OpenAPI says, in the words of the model.
//!
//! Everything is read node by node, so that a broken node costs that node and one diagnostic. Names are not
//! decided here, and nothing here knows Rust.

pub(crate) mod body;
mod enumeration;
pub(crate) mod kinds;
pub(crate) mod operation;
pub(crate) mod param;
mod places;
pub(crate) mod reply;
mod schema;
mod security;
pub(crate) mod stream;
mod tag;
mod union;
pub(crate) mod view;

pub(crate) use operation::{operation_key, same_operation, without_version};
pub(crate) use schema::{component_name, lone_reference};

use std::collections::{HashMap, VecDeque};

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Constant, Draft, Info, Travel, TypeId, TypeRef, Types};
use crate::read::{Document, Node};

/// Reads what a document says into a draft.
pub fn lower(document: &Document, config: &Config, diagnostics: &mut Diagnostics) -> Draft {
    let root = document.root();
    let mut lowering = Lowering {
        document,
        config,
        diagnostics,
        types: Types::default(),
        referenced: IndexMap::new(),
        queue: VecDeque::new(),
        open: Vec::new(),
        tagged: Vec::new(),
        children: None,
        made: HashMap::new(),
        places: MOST_PLACES,
        covered: false,
    };
    let mut draft = Draft {
        info: info(&root),
        base_url: lowering.base_url(&root).unwrap_or_default(),
        auth: lowering.schemes(&root),
        security: lowering.security(&root).unwrap_or_default(),
        tags: lowering.tags(&root),
        ..Draft::default()
    };
    draft.operations = lowering.operations(&root);
    lowering.drain();
    lowering.fill_tags();
    draft.types = lowering.types;
    draft
}

/// The places that types which are shared without a name are known by, all in all. Documents by people have a few
/// thousand.
const MOST_PLACES: usize = 1 << 18;

/// The state of lowering a document.
pub(crate) struct Lowering<'d, 'a> {
    document: &'d Document,
    config: &'a Config,
    diagnostics: &'a mut Diagnostics,
    types: Types,
    /// What references have led to, by pointer.
    referenced: IndexMap<String, TypeId>,
    /// What references have led to and is not lowered yet.
    queue: VecDeque<(TypeId, Node<'d>)>,
    /// The schemas that are being lowered, outermost first, each with its type where it came round to itself. A schema
    /// goes by where its value lies in memory: the document does not move while this borrows it.
    open: Vec<(*const Value, Option<TypeId>)>,
    /// What the tags of choices say of their arms: the arm, the property and its values.
    tagged: Vec<(TypeId, String, Vec<Constant>)>,
    /// What builds on what, found out when first asked for.
    children: Option<kinds::Children<'d>>,
    /// The types of schemas that are none of the components: `allOf` brings one and the same to several places.
    made: HashMap<(*const Value, Travel), TypeRef>,
    /// How many more places are written down for types that stand at several.
    places: usize,
    /// Whether an example further out covers what is being lowered.
    covered: bool,
}

impl<'d> Lowering<'d, '_> {
    /// Reads a node as one of openapiv3's types. Children under `apart` are left out of it: they are read by
    /// themselves, so that what is broken in them does not cost this node.
    fn typed<T: DeserializeOwned>(
        &mut self,
        node: &Node<'d>,
        what: &str,
        apart: &[(&str, Value)],
    ) -> Option<T> {
        let Some(object) = node.value.as_object() else {
            self.diagnostics.push(
                Diagnostic::warning(
                    "not-an-object",
                    format!("this {what} is not an object; it is left out"),
                )
                .at(&node.pointer)
                .help("see the OpenAPI specification for what stands here"),
            );
            return None;
        };
        let mut own = serde_json::Map::new();
        for (key, value) in object {
            if !apart.iter().any(|(name, _)| name == key) {
                own.insert(key.clone(), value.clone());
            }
        }
        own.extend(
            apart
                .iter()
                .filter(|(_, stand_in)| !stand_in.is_null())
                .map(|(key, value)| ((*key).to_owned(), value.clone())),
        );
        match serde_json::from_value(Value::Object(own)) {
            Ok(typed) => Some(typed),
            Err(error) => {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "invalid-node",
                        format!("this {what} is not as OpenAPI has it: {error}; it is left out"),
                    )
                    .at(&node.pointer)
                    .help("correct the document, or mend it with an overlay action"),
                );
                None
            }
        }
    }

    fn tags(&mut self, root: &Node<'d>) -> IndexMap<String, String> {
        let mut tags = IndexMap::new();
        for tag in root.get("tags").iter().flat_map(Node::items) {
            if let Some(tag) =
                self.typed::<openapiv3::Tag>(&tag, "tag", &[("externalDocs", Value::Null)])
            {
                tags.insert(tag.name, tag.description.unwrap_or_default());
            }
        }
        tags
    }

    fn base_url(&mut self, owner: &Node<'d>) -> Option<String> {
        let node = owner.get("servers")?.index(0)?;
        let server: openapiv3::Server = self.typed(&node, "server", &[])?;
        let mut url = server.url;
        for (name, variable) in server.variables.into_iter().flatten() {
            url = url.replace(&format!("{{{name}}}"), &variable.default);
        }
        Some(url.trim_end_matches('/').to_owned())
    }
}

/// Info is read key by key: a missing version is no reason to lose the title.
fn info(root: &Node<'_>) -> Info {
    let info = root.get("info");
    let text = |key: &str| {
        let value = info.as_ref().and_then(|info| info.value.get(key));
        match value {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(value @ Value::Number(_)) => value.to_string(),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => {
                String::new()
            }
        }
    };
    Info { title: text("title"), version: text("version"), description: text("description") }
}
