//! The order of arguments is that in which they were published: two texts that change places in a document would change
//! places in every call, and still compile.

use super::Context;
use crate::model::{Draft, Operation, Param, Presence, Shape, StructShape, Travel};

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    let lock = context.lock;
    for operation in &mut draft.operations {
        operation.arguments = settled(of_operation(operation), lock.arguments.get(&operation.key));
    }
    let named: Vec<_> = draft.names.types.iter().map(|(id, name)| (*id, name.clone())).collect();
    for (id, name) in named {
        let def = draft.types.get_mut(id);
        if let (Shape::Struct(shape), true) = (&def.shape, def.travel != Travel::Reply) {
            def.arguments = settled(of_struct(shape), lock.arguments.get(&name));
        }
    }
}

/// The published order, with what is new behind it.
fn settled(own: Vec<String>, published: Option<&Vec<String>>) -> Vec<String> {
    let Some(published) = published else { return own };
    let (mut known, new): (Vec<String>, Vec<String>) =
        own.into_iter().partition(|argument| published.contains(argument));
    known.sort_by_key(|argument| published.iter().position(|known| known == argument));
    known.extend(new);
    known
}

/// What an operation asks for: parameters by name, properties of the body as such.
fn of_operation(operation: &Operation) -> Vec<String> {
    let params = operation
        .params
        .iter()
        .filter(|param| param.required && param.fill.is_none() && !param.shared);
    let params = params.map(Param::argument);
    let parts = operation.body.iter().filter_map(|body| body.parts.as_ref()).flatten();
    let parts = parts
        .filter(|(field, _)| field.presence == Presence::Required && field.fill.is_none())
        .map(|(field, _)| format!("body {}", field.wire));
    params.chain(parts).collect()
}

fn of_struct(shape: &StructShape) -> Vec<String> {
    let asked = shape.fields.iter().filter(|field| field.presence == Presence::Required);
    asked.filter(|field| field.fill.is_none()).map(|field| field.wire.clone()).collect()
}
