//! `client.yaml`: choices that no document can hold.
//!
//! Every key is known and every choice has to apply: one that matches nothing fails the run, as an overlay action
//! does, since it was made for something that is no longer there.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::Source;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

/// The choices of a client.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The package name of the client.
    #[serde(rename = "crate")]
    pub crate_name: Option<String>,
    /// Where upstream publishes the document: read by the `sync` command only.
    pub source: Option<serde_json::Value>,
    /// Names of environment variables.
    pub environment: Environment,
    /// How lists and objects are written in queries where the document does not say.
    pub query: QueryHabits,
    /// The generic type around payloads.
    pub envelope: Option<EnvelopeRule>,
    /// Names that are insisted on.
    pub names: Vec<NameRule>,
    /// How to walk pages.
    pub paging: Vec<PagingRule>,
    /// Path parameters that are said once for many operations; where nobody says which, they are found, and an empty list is
    /// none.
    pub scopes: Option<Vec<String>>,
    /// The header that makes a repeated request harmless, by operation.
    pub idempotency: Vec<IdempotencyRule>,
    /// Where rate limits and credits stand in replies.
    pub limits: Option<LimitRules>,
    /// How the mock speaks where the document leaves it open.
    pub mock: MockHabits,
    /// Where a reply that succeeds by its status says that it failed.
    pub failures: Option<FailureRule>,
    /// How a failure says whether to ask again.
    pub retries: Option<RetryRule>,
    /// Operations that moved: the old key to the new one.
    pub moved: IndexMap<String, String>,
    /// What changes are called, and which of them are accepted: read by the `diff` command only.
    pub changes: crate::diff::Settings,
}

/// Names of environment variables.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Environment {
    /// The variable of each security scheme, by the scheme's name.
    pub keys: IndexMap<String, String>,
    /// The variable of the base URL.
    pub base_url: Option<String>,
    /// The variable of headers that go with every request.
    pub headers: Option<String>,
    /// The variable of the log level.
    pub log: Option<String>,
}

/// How the mock speaks where the document leaves it open.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MockHabits {
    /// What a refusal looks like.
    pub refusals: RefusalForm,
    /// How a `date-time` is written.
    pub timestamps: Timestamps,
}

/// What a refusal of the mock looks like.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RefusalForm {
    /// The failure that the operation declares, or else RFC 9457.
    #[default]
    Problem,
    /// `{"message", "errors"}`, as Laravel has it, whatever is declared.
    Laravel,
}

/// How a `date-time` is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Timestamps {
    /// As RFC 3339 has it, and nothing else.
    #[default]
    Rfc3339,
    /// With a space between date and time, or without an offset, as well.
    Spaced,
}

/// How lists and objects are written in queries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueryHabits {
    /// Lists: `comma` or `brackets`; repeated otherwise.
    pub lists: Option<ListHabit>,
    /// Objects: `brackets`; spread otherwise.
    pub objects: Option<ObjectHabit>,
}

/// How lists are written in queries.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ListHabit {
    /// `a=1,2`.
    Comma,
    /// `a[]=1&a[]=2`.
    Brackets,
}

/// How objects are written in queries.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ObjectHabit {
    /// `a[b]=1`.
    Brackets,
}

/// The generic type around payloads.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeRule {
    /// The property that holds the payload.
    pub payload: String,
    /// The properties that may stand beside it.
    pub shared: Vec<String>,
    /// The type's name; `Envelope` if none is given.
    pub name: Option<String>,
}

/// A name that is insisted on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameRule {
    /// A place as `names.lock` writes it, or an operation's method and path.
    pub at: String,
    /// The type's name, or the method's.
    pub name: String,
}

/// How to walk the pages of an operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagingRule {
    /// Method and path.
    pub operation: String,
    /// The form of the walk.
    pub form: PagingForm,
    /// The parameter that says where a page starts.
    pub param: String,
    /// The pointer to the items.
    pub items: String,
    /// The parameter that says how long a page is.
    pub limit_param: Option<String>,
    /// The pointer to where the next page starts.
    pub next: Option<String>,
    /// The number of the first page, where pages are counted: 1 unless the parameter's default says otherwise.
    pub first: Option<u64>,
    /// The pointer to the number of the last page.
    pub last: Option<String>,
    /// The field of an item that the walk goes by.
    pub field: Option<String>,
    /// The pointer to whether there is more.
    pub more: Option<String>,
}

/// The form of a walk.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "as in `model::Paging`")]
pub enum PagingForm {
    Offset,
    Page,
    Cursor,
    Marker,
    /// The last item's `field` (`id` unless said) is the next page's start, while `more` says so.
    LastItem,
    DateBackwards,
}

/// The header that makes a repeated request harmless.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdempotencyRule {
    /// Method and path.
    pub operation: String,
    /// The header.
    pub header: String,
}

/// Where rate limits and credits stand in replies: header names and JSON pointers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitRules {
    /// Requests allowed in a minute.
    pub limit: Stand,
    /// Requests left in this minute.
    pub remaining: Stand,
    /// Credits that the request cost.
    pub credits_used: Stand,
    /// Credits left.
    pub credits_balance: Stand,
}

/// Where a number stands in a reply.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stand {
    /// The header.
    pub header: Option<String>,
    /// The pointer into the body.
    pub pointer: Option<String>,
}

/// Where a reply that succeeds by its status says that it failed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureRule {
    /// The pointer to what only a failure holds.
    pub pointer: String,
}

/// How a failure says whether to ask again.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryRule {
    /// The header that says `true` or `false`.
    pub header: String,
}

impl Config {
    /// What no client could make use of.
    fn misfit(&self) -> Option<String> {
        let pointer = self.failures.as_ref().map(|rule| &rule.pointer);
        if let Some(pointer) = pointer.filter(|pointer| !pointer.starts_with('/')) {
            return Some(format!(
                "failures.pointer: {pointer:?} is no pointer to a property; `/error`, say"
            ));
        }
        let header = self.retries.as_ref().map(|rule| &rule.header);
        let is_name = |name: &str| {
            let letter =
                |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            !name.is_empty() && name.bytes().all(letter)
        };
        let header = header.filter(|header| !is_name(header))?;
        Some(format!("retries.header: {header:?} is no name of a header"))
    }

    /// Reads `client.yaml`.
    pub fn read(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        if source.text.trim().is_empty() {
            return Some(Self::default());
        }
        match serde_yaml::from_str(source.text) {
            Ok(config) => {
                let config: Self = config;
                let Some(misfit) = config.misfit() else { return Some(config) };
                let diagnostic = Diagnostic::error("invalid-config", misfit);
                diagnostics.push(diagnostic.at(Place::File(source.path.to_owned())));
                None
            }
            Err(error) => {
                let diagnostic = Diagnostic::error("invalid-config", error.to_string())
                    .help("the README lists what client.yaml may hold");
                let file = source.path.to_owned();
                diagnostics.push(diagnostic.at(match error.location() {
                    Some(location) => Place::At {
                        file,
                        line: location.line() as u32,
                        column: location.column() as u32,
                    },
                    None => Place::File(file),
                }));
                None
            }
        }
    }
}
