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

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostics;
    use crate::{Inputs, Layout, Source, generate};

    /// The scheme that the key belongs to and the lock of the run, for schemes in this order.
    fn key(schemes: &[&str], security: &str, lock: &str) -> (String, String) {
        let schemes: Vec<String> = schemes
            .iter()
            .map(|name| format!("{name}: {{ type: http, scheme: bearer }}"))
            .collect();
        let text = format!(
            "openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths: {{ /a: {{ get: {{ security: {security}, \
             responses: {{ '200': {{ description: ok }} }} }} }} }}\ncomponents: {{ securitySchemes: {{ {} }} }}\n",
            schemes.join(", ")
        );
        let layout = Layout::Standalone { name: "own".into(), runtime: "../runtime".into() };
        let inputs = Inputs {
            names_lock: Some(Source { path: "names.lock", text: lock }),
            ..Inputs::new(Source { path: "a.yaml", text: &text }, layout)
        };
        let mut told = Diagnostics::new();
        let output = generate(&inputs, &mut told).unwrap_or_else(|| panic!("{told:#?}"));
        let read = |end: &str| {
            let file = output.files.iter().find(|file| file.path.ends_with(end)).expect(end);
            String::from_utf8_lossy(&file.contents).into_owned()
        };
        let code = read("client.rs");
        let before = code.split("\", \"OWN_API_KEY\"").next().expect("a variable");
        (before.rsplit('"').next().expect("a name").to_owned(), read("names.lock"))
    }

    #[test]
    fn the_key_belongs_to_the_scheme_that_is_asked_for_in_any_order() {
        assert_eq!(key(&["b", "a", "c"], "[{ c: [] }]", "").0, "c");
        assert_eq!(key(&["c", "a", "b"], "[{ c: [] }]", "").0, "c");
        assert_eq!(key(&["b", "a"], "[]", "").0, "a");
    }

    #[test]
    fn the_key_stays_where_the_lock_has_it() {
        let (_, lock) = key(&["a", "b"], "[{ b: [] }]", "");
        assert!(lock.contains("\nkey: b\n"), "{lock}");
        assert_eq!(key(&["a", "b"], "[{ a: [] }]", &lock), ("b".to_owned(), lock.clone()));
        // What is gone binds nothing.
        assert_eq!(key(&["a", "c"], "[{ c: [] }]", &lock).0, "c");
        // Locks of before the key was locked: the first scheme had it.
        let old = lock.replace("key: b\n", "");
        assert_eq!(key(&["c", "b"], "[{ b: [] }]", &old).0, "c");
    }
}
