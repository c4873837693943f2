//! Finds the fields that need a box: a type that holds itself other than through a list or a map has no size.

use super::Context;
use crate::model::{Draft, Shape, TypeId, TypeRef};

pub(super) fn run(draft: &mut Draft, _: &mut Context<'_>) {
    let ids: Vec<TypeId> = draft.types.ids().collect();
    let count = draft.types.len();
    let mut edges: Vec<Vec<TypeId>> = vec![Vec::new(); count];
    for id in &ids {
        draft
            .types
            .get(*id)
            .shape
            .each_ref(&mut |ty| inline(ty, &mut |part| edges[id.0 as usize].push(part)));
    }
    let group = components(&edges);
    for id in ids {
        let own = group[id.0 as usize];
        let mut boxed = Vec::new();
        let mut index = 0;
        let is_enum = matches!(draft.types.get(id).shape, Shape::Union(_) | Shape::Struct(_));
        draft.types.get(id).shape.each_ref(&mut |ty| {
            let mut holds = false;
            inline(ty, &mut |part| {
                holds |= part == id || (group[part.0 as usize] == own && own != usize::MAX)
            });
            if holds && is_enum {
                boxed.push(index);
            }
            index += 1;
        });
        if !boxed.is_empty() {
            draft.boxed.insert(id, boxed);
        }
    }
}

/// Types that a reference holds in place.
fn inline(ty: &TypeRef, f: &mut impl FnMut(TypeId)) {
    match ty {
        TypeRef::Named(id) => f(*id),
        TypeRef::Nullable(inner) | TypeRef::OrEmpty(inner) => inline(inner, f),
        TypeRef::Apply(id, argument) => {
            f(*id);
            inline(argument, f);
        }
        TypeRef::Scalar(_)
        | TypeRef::List(_)
        | TypeRef::Map(_)
        | TypeRef::Param
        | TypeRef::Unknown
        | TypeRef::Any => {}
    }
}

/// The strongly connected component of every node by Tarjan's algorithm with a stack of its own; `usize::MAX` for
/// a node that is alone.
fn components(edges: &[Vec<TypeId>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = edges.len();
    let (mut order, mut low, mut group) = (vec![NONE; count], vec![NONE; count], vec![NONE; count]);
    let mut on_stack = vec![false; count];
    let mut stack: Vec<usize> = Vec::new();
    let mut next = 0;
    for start in 0..count {
        if order[start] != NONE {
            continue;
        }
        let mut calls: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                order[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(target) = edges[node].get(edge).map(|id| id.0 as usize) {
                calls.push((node, edge + 1));
                if order[target] == NONE {
                    calls.push((target, 0));
                } else if on_stack[target] {
                    low[node] = low[node].min(order[target]);
                }
                continue;
            }
            if low[node] == order[node] {
                let at = stack.iter().rposition(|other| *other == node).unwrap_or(0);
                let members = stack.split_off(at);
                for member in &members {
                    on_stack[*member] = false;
                    if members.len() > 1 {
                        group[*member] = node;
                    }
                }
            }
            if let Some((parent, _)) = calls.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    group
}
