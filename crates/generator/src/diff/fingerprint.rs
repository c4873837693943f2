//! Whether two schemas say the same, prose and examples aside: for telling what was renamed from what was replaced.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::diagnostic::Diagnostics;
use crate::lower::view::{Additional, View};
use crate::read::{Document, Node};

/// Schemas further down than this are taken to be alike: a cycle has no bottom.
const DEPTH: usize = 24;

/// A number that two schemas share if they say the same. `None` is the fingerprint of no schema.
pub(super) fn schema(document: &Document, node: Option<&Node<'_>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut budget = 20_000;
    if let Some(node) = node {
        write(document, node, 0, &mut budget, &mut hasher);
    }
    hasher.finish()
}

fn write(
    document: &Document,
    node: &Node<'_>,
    depth: usize,
    budget: &mut usize,
    hasher: &mut DefaultHasher,
) {
    if depth > DEPTH || *budget == 0 {
        return;
    }
    *budget -= 1;
    let view = View::of(document, node, &mut Diagnostics::new());
    (view.kind(), view.format, view.nullable).hash(hasher);
    if let Some(values) = view.values {
        values.iter().for_each(|value| value.to_string().hash(hasher));
    }
    let mut names: Vec<&&str> = view.properties.keys().collect();
    names.sort_unstable();
    for name in names {
        (name, view.required.contains(*name)).hash(hasher);
        write(document, &view.properties[*name], depth + 1, budget, hasher);
    }
    if let Some(items) = &view.items {
        "items".hash(hasher);
        write(document, items, depth + 1, budget, hasher);
    }
    if let Some(Additional::Schema(values)) = &view.additional {
        "values".hash(hasher);
        write(document, values, depth + 1, budget, hasher);
    }
    for arm in &view.alternatives {
        "arm".hash(hasher);
        write(document, arm, depth + 1, budget, hasher);
    }
}
