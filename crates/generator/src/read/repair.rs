//! Repairs of what real documents get wrong, one small rule each.
//!
//! A rule looks at one node, knows what it ought to be, and makes it so; it tells what it did, so
//! that an overlay can say it better. Data in a document (examples, defaults, the values of an
//! enum) is never touched: the walk does not lead there.

use super::document::Document;
use super::tree::{Here, Log, Role, walk};
use crate::diagnostic::Diagnostics;
use serde_json::{Map, Value};

mod enums;
mod keywords;
mod lists;
mod media;
mod objects;
mod parameters;
mod paths;
mod properties;
mod references;
mod replies;
mod required;
mod security;
mod servers;
mod types;

pub use paths::request_path;
pub(crate) use required::UNDECLARED;

/// One rule: its own kind of node, and what it does to it.
struct Rule {
    role: Role,
    apply: fn(&mut Map<String, Value>, &Here<'_>, &mut Log),
}

const fn rule(role: Role, apply: fn(&mut Map<String, Value>, &Here<'_>, &mut Log)) -> Rule {
    Rule { role, apply }
}

/// Every rule, in the order in which they look at a node; those that make a node of what is none
/// ([`objects::node`]) and that put a name right ([`paths`]) go before.
const RULES: [Rule; 34] = [
    rule(Role::Document, servers::of_document),
    rule(Role::PathItem, servers::of_node),
    rule(Role::Operation, servers::of_node),
    rule(Role::PathItem, objects::operations),
    rule(Role::Operation, keywords::of_operation),
    rule(Role::Operation, security::requirements),
    rule(Role::Operation, replies::missing),
    rule(Role::PathItem, parameters::list),
    rule(Role::Operation, parameters::list),
    rule(Role::Operation, objects::body),
    rule(Role::Responses, replies::codes),
    rule(Role::Responses, replies::without_content),
    rule(Role::Response, replies::description),
    rule(Role::Response, media::types),
    rule(Role::Body, media::types),
    rule(Role::Body, keywords::of_body),
    rule(Role::Parameter, media::types),
    rule(Role::Parameter, keywords::of_parameter),
    rule(Role::SecurityScheme, security::scheme),
    rule(Role::Parameter, parameters::style),
    rule(Role::Parameter, parameters::schema),
    rule(Role::Header, parameters::schema),
    rule(Role::Schema, references::of_schema),
    rule(Role::Schema, keywords::of_schema),
    rule(Role::Schema, types::unknown),
    rule(Role::Schema, lists::compositions),
    rule(Role::Schema, lists::properties),
    rule(Role::Schema, lists::items),
    rule(Role::Schema, properties::listed),
    rule(Role::Schema, required::as_boolean),
    rule(Role::Schema, required::undeclared),
    rule(Role::Schema, types::missing),
    rule(Role::Schema, enums::values),
    rule(Role::Schema, keywords::discriminator),
];

/// Repairs a document. Every repair is a warning where it guesses or leaves something out, and a
/// note where it only puts something in order.
pub(super) fn run(document: &mut Document, diagnostics: &mut Diagnostics) {
    let mut root = std::mem::take(&mut document.value);
    let mut log = Log::open(document);
    if let Value::Object(root) = &mut root {
        objects::empty_lists(Role::Document, root, &Here::ROOT, &mut log);
        paths::keys(root, &mut log);
    }
    walk(Role::Document, &mut root, &Here::ROOT, &mut |role, value, here| {
        objects::node(role, value, here, &mut log);
        let Value::Object(node) = value else { return };
        objects::empty_lists(role, node, here, &mut log);
        for rule in RULES.iter().filter(|rule| rule.role == role) {
            (rule.apply)(node, here, &mut log);
        }
    });
    // Needs the parameters of the whole document, each put right before.
    paths::parameters(&mut root, &mut log);
    document.value = root;
    log.close(document, diagnostics);
}

#[cfg(test)]
mod tests;
