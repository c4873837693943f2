//! The reply of an operation that the document has no example of, brought to fit its schema.
//!
//! Most fit as the generator made them. In others a part is made anew, then the whole; where the schema demands what
//! nothing can meet, only that demand is dropped, and a note says which.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::checks::Checked;
use crate::dynamic::{self, Tried};
use crate::schema::View;

/// How often parts are made anew.
const ROUNDS: u64 = 6;
/// Most demands of one schema that are dropped.
const DROPPED: usize = 12;

/// What is answered.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// The value; `None` where there is none, or it is too large to be made.
    pub(crate) value: Option<Value>,
    /// Whether that is what the generator made, so that its text can be sent as it is.
    pub(crate) is_as_made: bool,
    /// What the value does not fit, in one line.
    pub(crate) note: Option<String>,
}

impl Settled {
    /// Settles on what the generator made, or on what becomes of it.
    pub(crate) fn of(made: Option<Value>, checked: &Checked, seed: u64) -> Self {
        let is_as_made = made.as_ref().is_some_and(|made| checked.is_valid(made));
        if is_as_made {
            return Self { value: made, is_as_made, note: None };
        }
        if let Some(mended) = made.as_ref().and_then(|made| mended(made, checked, seed)) {
            return Self { value: Some(mended), ..Self::default() };
        }
        match dynamic::tried(checked, seed) {
            Ok(Tried::Fits(value)) => Self { value: Some(value), ..Self::default() },
            Ok(Tried::Last(last)) => loosened(last, checked, seed),
            Ok(Tried::Nothing) => Self { value: made, is_as_made: true, note: None },
            Err(_) => Self {
                is_as_made: made.is_some(),
                value: made,
                note: Some("its schema demands more values than a reply may hold".to_owned()),
            },
        }
    }
}

/// The value with new parts in place of those that do not fit.
fn mended(made: &Value, checked: &Checked, seed: u64) -> Option<Value> {
    let root = checked.view()?;
    let mut value = made.clone();
    for round in 0..ROUNDS {
        let places: BTreeSet<String> =
            checked.faults(&value).into_iter().map(|(place, _)| place).collect();
        if places.is_empty() {
            return checked.is_valid(&value).then_some(value);
        }
        for place in places {
            // What stands inside of something that was made anew is gone.
            let (Some(slot), Some(view)) = (value.pointer_mut(&place), at(root, &place)) else {
                continue;
            };
            let name = place.rsplit('/').next().unwrap_or_default();
            *slot = dynamic::part(checked, view, name, seed.wrapping_add(round)).ok()?;
        }
    }
    checked.is_valid(&value).then_some(value)
}

/// The schema of what stands at a place of a value.
pub(crate) fn at<'s>(root: View<'s>, place: &str) -> Option<View<'s>> {
    place.split('/').skip(1).try_fold(root, |view, token| {
        let token = token.replace("~1", "/").replace("~0", "~");
        let is_item = token.parse::<usize>().is_ok() && view.types().array;
        if is_item { view.items() } else { view.property(&token) }
    })
}

/// Drops one demand after the other until a value can be made.
fn loosened(last: Value, checked: &Checked, seed: u64) -> Settled {
    let mut dropped: Vec<String> = Vec::new();
    let mut value = last;
    let Some(mut schema) = checked.view().map(|view| view.node.clone()) else {
        return Settled { value: Some(value), ..Settled::default() };
    };
    let mut now = checked.with(schema.clone());
    for _ in 0..DROPPED {
        let demand = now.faults(&value).into_iter().find_map(|(_, demand)| {
            let (owner, keyword) = demand.rsplit_once('/')?;
            let owner = schema.pointer_mut(owner)?.as_object_mut()?;
            owner.shift_remove(&keyword.replace("~1", "/").replace("~0", "~"))?;
            Some(demand)
        });
        dropped.extend(demand);
        now = checked.with(schema.clone());
        match dynamic::tried(&now, seed) {
            Ok(Tried::Fits(found)) => {
                value = found;
                break;
            }
            Ok(Tried::Last(found)) => value = found,
            Ok(Tried::Nothing) | Err(_) => break,
        }
    }
    let note = format!("nothing fits its schema at {}; that alone was let go", dropped.join(", "));
    Settled { value: Some(value), is_as_made: false, note: Some(note) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Timestamps;
    use crate::direction::Way;
    use serde_json::json;

    fn settled(schema: Value, made: Value) -> Settled {
        let mut schema = schema;
        Way::Reply.apply(&mut schema);
        let checked = Checked::compiled(Some(schema), Way::Reply, Timestamps::Rfc3339);
        Settled::of(Some(made), &checked, 1)
    }

    #[test]
    fn parts_that_do_not_fit_are_made_anew_and_the_others_stay() {
        let schema = json!({"type": "object", "required": ["name", "tags"], "properties": {
            "name": {"type": "string"}, "tags": {"type": "array", "minItems": 2, "items": {"type": "string"}}}});
        let made = settled(schema.clone(), json!({"name": "Ada", "tags": ["red"]}));
        let value = made.value.expect("a value");
        assert_eq!(value["name"], "Ada");
        assert!(value["tags"].as_array().is_some_and(|tags| tags.len() >= 2), "{value}");
        let fitting = json!({"name": "Ada", "tags": ["red", "blue"]});
        let same = settled(schema, fitting.clone());
        assert_eq!((same.value, same.is_as_made), (Some(fitting), true));
    }

    #[test]
    fn only_what_cannot_be_met_is_let_go() {
        let schema = json!({"type": "object", "required": ["a", "b"], "properties": {
            "a": {"$ref": "#/schemas/A"}, "b": {"type": "integer", "minimum": 7}},
            "schemas": {"A": {"type": "string", "minLength": 9, "maxLength": 3}}});
        let made = settled(schema, json!({"a": "string", "b": 1}));
        let value = made.value.expect("a value");
        assert!(value["a"].is_string() && value["b"].as_i64().is_some_and(|b| b >= 7), "{value}");
        let note = made.note.expect("a note");
        assert!(note.contains("/schemas/A/m") && !note.contains("/properties/b"), "{note}");
    }
}
