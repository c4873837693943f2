//! Finds what most operations are asked for first: the account in `/api/{account}/chats`. It becomes a scope of the client,
//! so that it is said once.
//!
//! A parameter that only tells one thing of a collection from another (`/pets/{id}`) is none: a scope has several
//! resources below it.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::ident;
use crate::model::{Draft, Location, Operation, Scalar, Scope, TypeRef};
use crate::words;

/// Fewer operations than this share a parameter by chance.
const HABIT: usize = 3;

/// What every client has beside its accessors.
const RESERVED: [&str; 12] = [
    "new", "builder", "from_env", "get", "post", "put", "patch", "delete", "head", "request",
    "types", "client",
];

/// Where a scope could be: the fixed way to it, and the parameter.
type Key = (String, String);

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    let found = found(draft);
    let total = draft.operations.len();
    let asked = context.config.scopes.as_deref();
    let mut scopes = Vec::new();
    for ((prefix, param), operations) in &found {
        let below = operations.iter().filter(|index| goes_on(&draft.operations[**index], prefix));
        let resources: HashSet<&str> =
            below.clone().map(|index| draft.names.operations[*index].resource.as_str()).collect();
        let is_habit = below.count() * 2 >= total && operations.len() >= HABIT;
        let published = context.lock.scopes.contains(&written(prefix, param));
        let is_one = match asked {
            Some(asked) => asked.iter().any(|name| name == param) || published,
            None => published || (is_habit && resources.len() > 1),
        };
        let of_one =
            operations.first().and_then(|index| parameter(&draft.operations[*index], param));
        if let (true, Some(ty)) = (is_one, of_one.filter(|ty| is_plain(ty))) {
            let name = accessor(draft, param);
            let type_name = words::pascal(&words::split(&name));
            let (prefix, param) = (prefix.clone(), param.clone());
            let ty = ty.clone();
            let keys = operations.iter().map(|index| draft.operations[*index].key.clone());
            let keys = keys.collect();
            scopes.push(Scope { name, type_name, prefix, param, ty, keys });
        }
    }
    for name in asked.into_iter().flatten() {
        if !scopes.iter().any(|scope| scope.param == *name) {
            context.diagnostics.push(
                Diagnostic::error(
                    "unused-scope",
                    format!("client.yaml makes `{name}` a scope, and no path has such a parameter"),
                )
                .help("write the name of a path parameter as the document has it, or remove it"),
            );
        }
    }
    draft.scopes = scopes;
}

/// How `names.lock` knows a scope.
pub(crate) fn written(prefix: &str, param: &str) -> String {
    format!("{prefix}/{{{param}}}")
}

/// The operations by the first parameter of their paths and the fixed way to it.
fn found(draft: &Draft) -> IndexMap<Key, Vec<usize>> {
    let mut found: IndexMap<Key, Vec<usize>> = IndexMap::new();
    for (index, operation) in draft.operations.iter().enumerate() {
        let Some((prefix, rest)) = operation.path.split_once("/{") else { continue };
        let Some((param, after)) = rest.split_once('}') else { continue };
        let is_whole = after.is_empty() || after.starts_with('/');
        if is_whole && !prefix.contains('{') && parameter(operation, param).is_some() {
            found.entry((prefix.to_owned(), param.to_owned())).or_default().push(index);
        }
    }
    // What has another type elsewhere is another parameter.
    for ((_, param), operations) in &mut found {
        let first =
            operations.first().and_then(|index| parameter(&draft.operations[*index], param));
        let first = first.cloned();
        operations.retain(|index| parameter(&draft.operations[*index], param) == first.as_ref());
    }
    found
}

/// The type of a path parameter that callers give.
fn parameter<'o>(operation: &'o Operation, name: &str) -> Option<&'o TypeRef> {
    let mut params = operation.params.iter();
    let param = params.find(|param| param.location == Location::Path && param.wire == name)?;
    (param.fill.is_none() && !param.shared).then_some(&param.ty)
}

/// Whether a fixed part follows the parameter.
fn goes_on(operation: &Operation, prefix: &str) -> bool {
    let rest = operation.path.get(prefix.len() + 1..).unwrap_or_default();
    rest.split('/').skip(1).any(|segment| !segment.is_empty() && !segment.contains('{'))
}

/// What a scope can keep.
fn is_plain(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Scalar(Scalar::String | Scalar::Uuid | Scalar::Int32 | Scalar::Int64))
}

/// What says of a parameter only how it names its thing.
const HANDLES: [&str; 6] = ["id", "uuid", "sid", "name", "key", "slug"];

/// The accessor's name: the thing that the parameter names.
fn accessor(draft: &Draft, param: &str) -> String {
    let mut own = ident::words_of(param);
    if own.len() > 1 && own.last().is_some_and(|last| HANDLES.contains(&last.as_str())) {
        own.pop();
    }
    let name = words::snake(&own);
    let is_taken = RESERVED.contains(&name.as_str())
        || draft.names.operations.iter().any(|names| names.resource == name);
    if is_taken { format!("in_{name}") } else { name }
}
