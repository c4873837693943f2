//! Which scheme the key belongs to.
//!
//! `key()` and the variable `…_API_KEY` fill one scheme of several, the first of the draft's. Which one that is may not
//! hang on the order of the document's map: a scheme that is put in front of it would get the key of every program that
//! is out. So it is the one that the lock names; where it names none, the one that the document asks for; and where it asks for
//! none, the one that most operations do.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Context;
use crate::model::Draft;

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    let Some(key) = key(draft, context) else { return };
    // The order says nothing else, so it is that of the names: whoever reorders the map changes no byte.
    draft.auth.sort_by(|one, two| (one.name != key, &one.name).cmp(&(two.name != key, &two.name)));
}

fn key(draft: &Draft, context: &Context<'_>) -> Option<String> {
    let locked = context.lock.key.as_ref();
    if let Some(locked) = locked.filter(|name| draft.auth.iter().any(|known| known.name == **name))
    {
        return Some(locked.clone());
    }
    // Before the lock named a scheme, the first one had the key.
    if locked.is_none() && !context.lock.operations.is_empty() {
        return draft.auth.first().map(|scheme| scheme.name.clone());
    }
    // What the document asks of all stands before what single operations ask.
    let known = |name: &&String| draft.auth.iter().any(|scheme| scheme.name == **name);
    let general = draft.security.iter().find(|set| !set.is_empty());
    if let Some(name) = general.and_then(|set| set.iter().filter(known).min()) {
        return Some(name.clone());
    }
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for operation in &draft.operations {
        let sets = operation.security.iter().flatten();
        // Who shows the first set needs no other.
        for name in sets.into_iter().find(|set| !set.is_empty()).into_iter().flatten() {
            *uses.entry(name).or_default() += 1;
        }
    }
    let rank = |name: &str| (Reverse(uses.get(name).copied().unwrap_or(0)), name.to_owned());
    draft.auth.iter().map(|scheme| scheme.name.clone()).min_by_key(|name| rank(name))
}
