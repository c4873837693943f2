//! Values for a request that its document accepts: the document's own examples, or values made of its schemas.
//!
//! For programs that call a client without a person to think of arguments. Knows what an operation takes; not how a
//! client writes it, and not what is done with the reply.

use serde_json::Value;

use crate::checks::Checked;
use crate::data::{Parameter, Place};
use crate::dynamic::{self, seed_for};
use crate::forms::Kind;
use crate::schema::View;
use crate::service::Service;

/// How many values are made before a parameter counts as one that nothing can be sent for.
const TRIES: u64 = 8;

/// Values for one request.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// By place and name, in the order of the document.
    pub parameters: Vec<(Place, String, Value)>,
    /// The body as the generated client sends it; a file in it is a text.
    pub body: Option<Value>,
    /// The names of the parameters, and of the properties of the body, that a request cannot do without.
    pub required: Vec<String>,
    /// What no value was found for, since its schema can be met by none.
    pub misfits: Vec<String>,
}

impl Arguments {
    /// The value of a parameter.
    pub fn parameter(&self, place: Place, name: &str) -> Option<&Value> {
        let mut all = self.parameters.iter();
        all.find(|(at, own, _)| (*at, own.as_str()) == (place, name)).map(|(_, _, value)| value)
    }
}

impl Service {
    /// Values for a request of an operation: the document's examples where they fit their schemas, and made ones for the
    /// rest; with a seed, made ones for all. `None` where there is no such operation.
    ///
    /// ```
    /// use lockstep_mock::{Data, Place, Service};
    ///
    /// let routes = serde_json::json!({"operations": [{"id": "get", "method": "GET", "path": "/pets/{id}",
    ///     "parameters": [{"name": "id", "in": "path", "schema": {"type": "integer", "minimum": 7}}]}]});
    /// let service = Service::new(Data::new(&routes, Vec::new())?);
    /// let arguments = service.arguments("get", None).expect("an operation");
    /// assert!(arguments.parameter(Place::Path, "id").and_then(|id| id.as_i64()) >= Some(7));
    /// # Ok::<(), lockstep_mock::DataError>(())
    /// ```
    pub fn arguments(&self, operation: &str, seed: Option<u64>) -> Option<Arguments> {
        let index = self.operation_by_id(operation)?;
        let (own, compiled) = (&self.operations()[index], self.compiled(index));
        let mut arguments = Arguments::default();
        let required = own.parameters.iter().filter(|own| own.required);
        arguments.required.extend(required.map(|own| own.name.clone()));
        for (parameter, checked) in own.parameters.iter().zip(compiled.parameters()) {
            match parameter_value(operation, parameter, checked, seed) {
                Some(value) => {
                    arguments.parameters.push((parameter.place, parameter.name.clone(), value));
                }
                None => arguments.misfits.push(parameter.name.clone()),
            }
        }
        let Some(body) = &own.body else { return Some(arguments) };
        let chosen = body.chosen.as_deref().and_then(|media| body.content.get_index_of(media));
        if let Some(checked) = compiled.bodies().get(chosen.unwrap_or_default()) {
            if let Some(view) = checked.view() {
                required_of(view, &mut arguments.required, 12);
            }
            let example = body.example.as_ref().filter(|_| seed.is_none());
            let fitting = example.filter(|example| checked.is_valid(example)).cloned();
            let seed = seed_for(seed.unwrap_or_default(), &[operation, "body"]);
            arguments.body = fitting.or_else(|| made(checked, "", seed));
            let media = body.content.get_index(chosen.unwrap_or_default());
            if media.is_some_and(|(media, _)| is_form(media)) {
                forget_nulls(&mut arguments.body);
            }
            if arguments.body.is_none() {
                arguments.misfits.push("the body".to_owned());
            }
        }
        Some(arguments)
    }
}

fn parameter_value(
    operation: &str,
    parameter: &Parameter,
    checked: &Checked,
    seed: Option<u64>,
) -> Option<Value> {
    let example = parameter.example.as_ref().filter(|_| seed.is_none());
    let fitting = example.filter(|example| is_sendable(example) && checked.is_valid(example));
    fitting.cloned().or_else(|| {
        let seed = seed_for(seed.unwrap_or_default(), &[operation, &parameter.name]);
        let tries = (0..TRIES).map(|attempt| seed.wrapping_add(attempt));
        tries.filter_map(|seed| made(checked, &parameter.name, seed)).find(is_sendable)
    })
}

/// The names that a schema, and what it is put together of, demands.
fn required_of(view: View<'_>, names: &mut Vec<String>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let own = view.node.get("required").and_then(Value::as_array).into_iter().flatten();
    names.extend(own.filter_map(|name| name.as_str().map(str::to_owned)));
    for part in view.referred().into_iter().chain(view.branches("allOf")) {
        required_of(part, names, depth);
    }
}

fn is_form(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(Kind::of(&essence), Kind::Form | Kind::Multipart)
}

/// A form says null by leaving it out.
fn forget_nulls(body: &mut Option<Value>) {
    if let Some(Value::Object(fields)) = body {
        fields.retain(|_, value| !value.is_null());
    }
}

/// A value that fits; a text where nothing is said of what does.
fn made(checked: &Checked, name: &str, seed: u64) -> Option<Value> {
    let view = checked.view().filter(|view| !view.types().unknown() || view.node.is_object());
    if view.is_none() {
        return Some(Value::from(if name.is_empty() { "text" } else { name }));
    }
    dynamic::value(checked, seed).ok().flatten()
}

/// Whether a parameter can say it at all: null and empty lists leave nothing behind in a URL.
fn is_sendable(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty() && list.iter().all(is_sendable),
        Value::Object(map) => !map.is_empty() && map.values().all(is_sendable),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
