//! Every kind of change by its id: what `diff --rules` lists, and what settings may name.

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// [`Change::code`](super::Change::code) of such changes.
    pub id: &'static str,
    /// What happened, and how it is judged where that is not plain.
    pub what: &'static str,
    /// A folder of `tests/changes` that shows it; empty for what no document of today brings about.
    pub example: &'static str,
}

const fn rule(id: &'static str, what: &'static str, example: &'static str) -> Rule {
    Rule { id, what, example }
}

/// Every rule, by subject.
pub const RULES: &[Rule] = &[
    rule("descriptions", "prose was edited", "descriptions-only"),
    rule("examples", "examples were edited", "examples-only"),
    rule("deprecation", "something is deprecated now, or no longer", "operation-deprecated"),
    rule("operation-added", "there is more to ask for", "operation-added"),
    rule("operation-removed", "an operation is gone", "operation-removed"),
    rule(
        "operation-moved",
        "an operation has another method or path; nothing, where the whole URL is the same",
        "operation-moved",
    ),
    rule(
        "operation-id-changed",
        "an operationId was edited, which does not travel",
        "operation-id-changed",
    ),
    rule("tag-changed", "an operation is filed elsewhere, which does not travel", "tag-moved"),
    rule("server-changed", "the API lives elsewhere", "server-changed"),
    rule("security-changed", "other credentials or scopes are asked for", "credentials-demanded"),
    rule("scheme-added", "there is another security scheme", "scheme-added-first"),
    rule("scheme-removed", "a security scheme is gone", "scheme-removed-unused"),
    rule(
        "scheme-renamed",
        "a security scheme has another name: the same travels, and programs give credentials by the old name",
        "scheme-renamed",
    ),
    rule("scheme-changed", "credentials travel otherwise", "scheme-travels-otherwise"),
    rule("flows-changed", "tokens come from elsewhere, or for other scopes", "token-url-changed"),
    rule("parameter-added", "requests take another parameter", "query-parameter-added"),
    rule("parameter-removed", "requests take a parameter less", "query-parameter-removed"),
    rule("parameter-renamed", "a parameter has another name", "query-parameter-renamed"),
    rule("parameters-swapped", "parameters of a path change places", "path-parameters-swapped"),
    rule("style-changed", "a parameter is written otherwise", "query-style-changed"),
    rule("body-added", "requests take a body", "body-added"),
    rule("body-removed", "requests take no body any more", "body-removed"),
    rule("encoding-changed", "the parts of a form are written otherwise", "body-encoding-changed"),
    rule(
        "reply-added",
        "another reply is described; as harmful as a new alternative where it is a success that holds something else",
        "reply-success-with-another-body",
    ),
    rule("reply-removed", "a reply is no longer described", "failure-no-longer-described"),
    rule("status-changed", "a success comes with another status", "reply-status-changed"),
    rule("header-added", "replies have another header", "reply-header-added"),
    rule("header-removed", "replies have a header less", "reply-header-removed"),
    rule("media-type-changed", "a body has another form", "body-json-to-form"),
    rule(
        "media-type-written",
        "the form of a body is the same and written otherwise",
        "body-media-type-charset",
    ),
    rule("field-added", "an object has another field", "body-field-added"),
    rule("field-removed", "an object has a field less", "body-field-removed"),
    rule("field-renamed", "a field has another name", "body-field-renamed"),
    rule(
        "access-changed",
        "a field is read-only or write-only now, or no longer",
        "body-field-made-read-only",
    ),
    rule(
        "requiredness-changed",
        "something is required now, or no longer",
        "query-parameter-required",
    ),
    rule("nullability-changed", "something may be null now, or no longer", "body-field-nullable"),
    rule("other-fields-changed", "an object takes other fields now, or no longer", "body-closed"),
    rule("type-changed", "a value has another type", "query-integer-to-string"),
    rule("format-changed", "a value has another format", "query-format-put-on"),
    rule(
        "bounds-changed",
        "a value may be larger or smaller, longer or shorter",
        "query-maximum-lowered",
    ),
    rule(
        "default-changed",
        "what stands for what is left out: a fix where it was not said, and breaking where it was, since requests mean \
         something else and nothing tells their senders. Peers differ: openapi-comparator calls a changed default \
         breaking, oasdiff did so for parameters and only tells it in later versions",
        "query-default-changed",
    ),
    rule("enum-added", "a value is one of a list now", "query-enum-put-on"),
    rule("enum-removed", "a value is no longer one of a list", "query-enum-taken-off"),
    rule("enum-values-added", "a list of values is longer", "query-enum-value-added"),
    rule("enum-values-removed", "a list of values is shorter", "query-enum-value-removed"),
    rule("not-changed", "what a value may not be", "body-not-added"),
    rule(
        "alternatives-changed",
        "a value can be something else as well, or no longer",
        "reply-alternative-added",
    ),
    rule(
        "discriminator-changed",
        "alternatives are told apart by another field",
        "reply-discriminator-changed",
    ),
    rule("mapping-changed", "alternatives are tagged otherwise", "reply-mapping-renamed"),
    rule("client-only", "the client changed and the wire did not", "component-renamed"),
    rule(
        "not-compared",
        "something changed that nobody can weigh: breaking until somebody has looked",
        "body-keyword-not-compared",
    ),
    rule("unseen", "what no operation uses, or only how things are written", "reply-inline-to-ref"),
];

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
