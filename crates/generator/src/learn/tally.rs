//! Replies held against the schemas of a document, and counted there.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::forms::{Form, Forms, Id, More};
use super::shape::{Shape, class, is_number};
use super::witness::Sight;
use crate::values;

/// How many alternatives and parts within one another are followed.
const DEEPEST: usize = 24;
/// How often at most something of one reply is held against something.
const BUDGET: usize = 4_000_000;

/// What was counted at one schema.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// The values; of what is in them, only what the schema does not describe.
    pub(super) shape: Shape,
    /// In how many objects each property was.
    pub(super) had: BTreeMap<String, u64>,
    /// What did not fit, by what about it.
    pub(super) misfits: BTreeMap<Aspect, u64>,
}

/// What about a value did not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aspect {
    Null,
    Kind,
    Fraction,
    Format,
    Enum,
    Arms,
}

/// Everything that was counted, by the number of the schema.
#[derive(Debug, Default)]
pub(super) struct Tallies {
    pub(super) list: Vec<Tally>,
    budget: usize,
}

impl Tallies {
    /// Holds a reply against a schema. False if it is too complex to be held to its end.
    pub(super) fn take(&mut self, forms: &Forms, id: Id, value: &Value, sight: &Sight) -> bool {
        self.list.resize_with(forms.list.len(), Tally::default);
        self.budget = BUDGET;
        self.hold(forms, id, value, sight, (0, true));
        self.budget > 0
    }

    /// `nested` is in how many parts and alternatives of one value this is; `whole` whether it alone says what the value
    /// may be.
    fn hold(
        &mut self,
        forms: &Forms,
        id: Id,
        value: &Value,
        sight: &Sight,
        (nested, whole): (usize, bool),
    ) {
        if self.budget == 0 || nested > DEEPEST {
            return;
        }
        self.budget -= 1;
        let form = &forms.list[id];
        self.list[id].shape.count(value, sight);
        if value.is_null() {
            if !allows_null(forms, form, 0) {
                *self.list[id].misfits.entry(Aspect::Null).or_default() += 1;
            }
            return;
        }
        if let Some(aspect) = misfit(form, value) {
            *self.list[id].misfits.entry(aspect).or_default() += 1;
            if aspect == Aspect::Kind {
                self.list[id].shape.inside(value, sight);
                return;
            }
        }
        for &arm in &form.all {
            self.hold(forms, arm, value, sight, (nested + 1, false));
        }
        if !form.any.is_empty() {
            match form
                .any
                .iter()
                .find(|arm| fits(forms, **arm, value, &mut self.budget, nested + 1))
            {
                Some(&arm) => {
                    self.hold(forms, arm, value, sight, (nested + 1, whole && is_choice(form)))
                }
                None => *self.list[id].misfits.entry(Aspect::Arms).or_default() += 1,
            }
        }
        match value {
            Value::Object(object) => self.object(forms, id, object, sight, whole),
            Value::Array(list) => self.array(forms, id, list, sight),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn array(&mut self, forms: &Forms, id: Id, list: &[Value], sight: &Sight) {
        let form = &forms.list[id];
        match form.items {
            Some(items) => {
                list.iter().for_each(|item| self.hold(forms, items, item, sight, (0, true)))
            }
            None if form.is_open_list => {
                let items = self.list[id].shape.items.get_or_insert_default();
                list.iter().for_each(|item| items.take(item, sight));
            }
            None => {}
        }
    }

    fn object(
        &mut self,
        forms: &Forms,
        id: Id,
        object: &Map<String, Value>,
        sight: &Sight,
        whole: bool,
    ) {
        let form = &forms.list[id];
        let composed = !form.all.is_empty() || !form.any.is_empty();
        let numbers = form.properties.keys().all(|name| is_number(name));
        let frozen = is_frozen_map(form);
        let mut keyed = false;
        for (key, value) in object {
            if frozen {
                keyed |= self.list[id].shape.member(key, value, true, sight);
                continue;
            }
            if let Some(&property) = form.properties.get(key) {
                let had = &mut self.list[id].had;
                match had.get_mut(key) {
                    Some(count) => *count += 1,
                    None => {
                        had.insert(key.clone(), 1);
                    }
                }
                self.hold(forms, property, value, sight, (0, true));
                continue;
            }
            match form.more {
                More::Schema(more) => self.hold(forms, more, value, sight, (0, true)),
                More::Any => {}
                More::No | More::Unsaid => {
                    // A part of a composition knows some of the properties only, and an object of which nothing is
                    // said is anything.
                    let described = form.has_properties || form.kind.as_deref() == Some("object");
                    let unknown = if composed {
                        !is_choice(form) && !declared(forms, id, key, 0)
                    } else {
                        described
                    };
                    if whole && unknown {
                        keyed |=
                            self.list[id].shape.member(key, value, numbers && !composed, sight);
                    }
                }
            }
        }
        self.list[id].shape.keyed += u64::from(keyed);
    }
}

/// Whether a schema is one of several alternatives and nothing beside: then the alternative knows what there may be.
fn is_choice(form: &Form) -> bool {
    !form.any.is_empty() && form.all.is_empty() && form.properties.is_empty()
}

/// Whether a composition knows a property somewhere, or takes any.
fn declared(forms: &Forms, id: Id, key: &str, nested: usize) -> bool {
    let form = &forms.list[id];
    if form.properties.contains_key(key) || matches!(form.more, More::Any | More::Schema(_)) {
        return true;
    }
    let parts = form.all.iter().chain(&form.any);
    // An alternative without properties is anything.
    let open = nested > 0 && !form.has_properties && form.all.is_empty() && form.any.is_empty();
    open || nested > DEEPEST || parts.copied().any(|part| declared(forms, part, key, nested + 1))
}

fn allows_null(forms: &Forms, form: &Form, nested: usize) -> bool {
    if form.nullable || form.values.as_ref().is_some_and(|values| values.contains(&Value::Null)) {
        return true;
    }
    if form.kind.is_some() || nested > DEEPEST {
        return false;
    }
    let null = |id: &Id| allows_null(forms, &forms.list[*id], nested + 1);
    (form.all.is_empty() || form.all.iter().all(null))
        && (form.any.is_empty() || form.any.iter().any(null))
}

/// What about a value does not fit, without looking at what is in it.
fn misfit(form: &Form, value: &Value) -> Option<Aspect> {
    let fits = match (form.kind.as_deref().unwrap_or_default(), value) {
        ("integer", Value::Number(number)) if number.is_f64() => return Some(Aspect::Fraction),
        ("string", Value::String(_))
        | ("boolean", Value::Bool(_))
        | ("number" | "integer", Value::Number(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        ("string" | "boolean" | "number" | "integer" | "array" | "object", _) => false,
        _ => true,
    };
    if !fits {
        return Some(Aspect::Kind);
    }
    if form.values.as_ref().is_some_and(|values| !values.contains(value)) {
        return Some(Aspect::Enum);
    }
    let text = value.as_str()?;
    let good = match form.format.as_deref().unwrap_or_default() {
        "date-time" => values::is_date_time(text),
        "date" => values::is_date(text),
        "uuid" => values::is_uuid(&text.to_ascii_lowercase()),
        _ => true,
    };
    (!good).then_some(Aspect::Format)
}

/// Whether a value fits a schema with everything in it; counts nothing.
fn fits(forms: &Forms, id: Id, value: &Value, budget: &mut usize, nested: usize) -> bool {
    if *budget == 0 || nested > DEEPEST {
        return false;
    }
    *budget -= 1;
    let form = &forms.list[id];
    if value.is_null() {
        return allows_null(forms, form, 0);
    }
    if misfit(form, value).is_some()
        || !form.all.iter().all(|arm| fits(forms, *arm, value, budget, nested + 1))
        || !(form.any.is_empty()
            || form.any.iter().any(|arm| fits(forms, *arm, value, budget, nested + 1)))
    {
        return false;
    }
    match value {
        Value::Array(list) => form
            .items
            .is_none_or(|items| list.iter().all(|item| fits(forms, items, item, budget, 0))),
        Value::Object(object) => {
            form.required.iter().all(|name| object.contains_key(name))
                && object.iter().all(|(key, value)| match (form.properties.get(key), &form.more) {
                    (Some(&property), _) => fits(forms, property, value, budget, 0),
                    (None, More::Schema(more)) => fits(forms, *more, value, budget, 0),
                    (None, more) => *more != More::No,
                })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// Whether every name that an object declares is data, so that it is a map that somebody took for an object.
pub(super) fn is_frozen_map(form: &Form) -> bool {
    !form.properties.is_empty()
        && form.more == More::Unsaid
        && form.properties.keys().all(|name| class(name).is_some())
}
