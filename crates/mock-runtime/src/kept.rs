//! What callers have created, changed and deleted, for as long as the server runs.
//!
//! A collection is a path that takes a `POST`, or whose items can be changed: `/pets`, with `/pets/{id}` beneath it. What
//! belongs together shows in the paths alone. Knows values and ids; not requests, and not how a reply is chosen.

use std::collections::HashMap;
use std::sync::OnceLock;

use indexmap::IndexMap;
use serde_json::Value;

use crate::data::Operation;
use crate::engine::Shape;

/// Most items of all collections together.
const ITEMS: usize = 100_000;
/// Most bytes of all items together, as JSON.
const BYTES: usize = 64 << 20;

/// What an operation does to a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    List,
    Create,
    Fetch,
    Replace,
    Change,
    Delete,
}

/// The part of an operation in its collection.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) deed: Deed,
    /// The collection by its place in [`Collections::all`].
    pub(crate) collection: usize,
}

/// A collection and the operations that serve it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collection {
    /// The name that its item paths give to the id.
    pub(crate) param: String,
    pub(crate) list: Option<usize>,
    pub(crate) create: Option<usize>,
    pub(crate) fetch: Option<usize>,
    /// What its items look like, found out when one is asked for.
    pub(crate) shape: OnceLock<Shape>,
}

/// The collections of a document.
#[derive(Debug, Default)]
pub(crate) struct Collections {
    pub(crate) all: Vec<Collection>,
    roles: HashMap<usize, Role>,
}

impl Collections {
    /// Finds them by the paths of the operations.
    pub(crate) fn of(operations: &[Operation]) -> Self {
        let mut found = Self::default();
        let mut by_path: HashMap<String, usize> = HashMap::new();
        // Items first: a path is a collection because something lies beneath it.
        for own in operations {
            if let Some((collection, param)) = item_path(&own.path) {
                let new = found.all.len();
                let index = *by_path.entry(plain(collection)).or_insert(new);
                if index == new {
                    found.all.push(Collection { param: param.to_owned(), ..Collection::default() });
                }
            }
        }
        for (index, own) in operations.iter().enumerate() {
            let at = |path: &str| by_path.get(&plain(path)).copied();
            let item = item_path(&own.path).and_then(|(collection, _)| at(collection));
            let role = match (own.method.as_str(), item, at(&own.path)) {
                ("GET", Some(collection), _) => Some((Deed::Fetch, collection)),
                ("PUT", Some(collection), _) => Some((Deed::Replace, collection)),
                ("PATCH", Some(collection), _) => Some((Deed::Change, collection)),
                ("DELETE", Some(collection), _) => Some((Deed::Delete, collection)),
                ("GET", _, Some(collection)) => Some((Deed::List, collection)),
                ("POST", _, Some(collection)) => Some((Deed::Create, collection)),
                _ => None,
            };
            let Some((deed, collection)) = role else { continue };
            let known = &mut found.all[collection];
            match deed {
                Deed::List => known.list = known.list.or(Some(index)),
                Deed::Create => known.create = known.create.or(Some(index)),
                Deed::Fetch => known.fetch = known.fetch.or(Some(index)),
                Deed::Replace | Deed::Change | Deed::Delete => {}
            }
            found.roles.insert(index, Role { deed, collection });
        }
        found
    }

    /// The part of an operation; `None` where its collection cannot change, or it has none.
    pub(crate) fn role(&self, operation: usize) -> Option<&Role> {
        let role = self.roles.get(&operation)?;
        let reads = |deed| matches!(deed, Deed::List | Deed::Fetch);
        let mut own = self.roles.values().filter(|own| own.collection == role.collection);
        own.any(|own| !reads(own.deed)).then_some(role)
    }
}

/// `/pets/{id}` into `/pets` and `id`.
pub(crate) fn item_path(path: &str) -> Option<(&str, &str)> {
    let (collection, last) = path.trim_end_matches('/').rsplit_once('/')?;
    let param = last.strip_prefix('{')?.strip_suffix('}')?;
    (!collection.is_empty() && !param.contains(['{', '}'])).then_some((collection, param))
}

/// A path without the names of its parameters: what is called otherwise is the same place.
fn plain(path: &str) -> String {
    let segment = |segment: &str| match segment.starts_with('{') && segment.ends_with('}') {
        true => "{}".to_owned(),
        false => segment.to_owned(),
    };
    path.trim_end_matches('/').split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Where an object with an id stands in a reply: at its root, or one level below.
pub(crate) fn item_at(reply: &Value, id: &str) -> Option<String> {
    let map = reply.as_object()?;
    if map.contains_key(id) || map.is_empty() {
        return Some(String::new());
    }
    let mut inner = map.iter().filter(|(_, value)| value.get(id).is_some());
    inner.next().map(|(name, _)| pointer("", name))
}

/// Where a list of objects stands in a reply: at its root, or up to two levels below.
pub(crate) fn list_at(reply: &Value, id: &str) -> Option<String> {
    let mut level = vec![(String::new(), reply)];
    let mut empty = None;
    for _ in 0..3 {
        let mut next = Vec::new();
        for (at, value) in level {
            match value {
                Value::Array(items) if items.first().is_some_and(|item| item.get(id).is_some()) => {
                    return Some(at);
                }
                Value::Array(items) if items.is_empty() => {
                    empty = empty.or(Some(at));
                }
                Value::Object(map) => {
                    next.extend(map.iter().map(|(name, value)| (pointer(&at, name), value)));
                }
                _ => {}
            }
        }
        level = next;
    }
    empty
}

fn pointer(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The property that holds an item's id, where the item's path calls it by some name.
pub(crate) fn id_of(item: &Value, param: &str) -> Option<String> {
    let map = item.as_object()?;
    let letters = |name: &str| -> String {
        let plain = name.chars().filter(char::is_ascii_alphanumeric);
        plain.map(|own| own.to_ascii_lowercase()).collect()
    };
    let wanted = letters(param);
    let same = || map.keys().find(|name| letters(name) == wanted).cloned();
    let usual = || {
        let named = |own: &&str| map.contains_key(*own) && wanted.ends_with(&letters(own));
        let words = ["id", "uuid", "sid", "key", "slug", "name"];
        words.into_iter().find(named).map(str::to_owned)
    };
    same().or_else(usual).or_else(|| map.contains_key("id").then(|| "id".to_owned()))
}

/// An id as it stands in a path.
pub(crate) fn spoken(id: &Value) -> Option<String> {
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Changes a value as RFC 7396 says: null takes away, objects are merged, all else replaces.
pub(crate) fn merge(target: &mut Value, patch: &Value, depth: usize) {
    let (Value::Object(own), Value::Object(patch)) = (&mut *target, patch) else {
        *target = patch.clone();
        return;
    };
    for (name, value) in patch {
        match (value, own.get_mut(name)) {
            (Value::Null, _) => {
                own.shift_remove(name);
            }
            (Value::Object(_), Some(inner)) if inner.is_object() && depth > 0 => {
                merge(inner, value, depth - 1);
            }
            (value, _) => {
                own.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The items of every collection, by the path that it was asked for under.
#[derive(Debug)]
pub(crate) struct Store {
    collections: HashMap<String, IndexMap<String, Value>>,
    items: usize,
    bytes: usize,
    most_bytes: usize,
    last_number: u64,
}

impl Default for Store {
    fn default() -> Self {
        let collections = HashMap::new();
        Self { collections, items: 0, bytes: 0, most_bytes: BYTES, last_number: 0 }
    }
}

impl Store {
    /// The items of a collection; `seed` makes those that it starts with.
    pub(crate) fn collection(
        &mut self,
        path: &str,
        seed: impl FnOnce() -> Vec<(String, Value)>,
    ) -> &IndexMap<String, Value> {
        if !self.collections.contains_key(path) {
            self.collections.insert(path.to_owned(), IndexMap::new());
            for (id, item) in seed() {
                // What does not fit is left out, like everything else that is too much.
                let _ = self.put(path, &id, item);
            }
        }
        self.collections.entry(path.to_owned()).or_default()
    }

    /// Puts an item in place of what has its id.
    ///
    /// # Errors
    /// When there is no more room.
    pub(crate) fn put(&mut self, path: &str, id: &str, item: Value) -> Result<(), String> {
        self.remove_quietly(path, id, &item)?;
        let size = item.to_string().len();
        (self.items, self.bytes) = (self.items + 1, self.bytes + size);
        let collection = self.collections.entry(path.to_owned()).or_default();
        collection.insert(id.to_owned(), item);
        if let Ok(number) = id.parse::<u64>() {
            self.last_number = self.last_number.max(number);
        }
        Ok(())
    }

    /// Makes room for an item, or says that there is none. The place of what it replaces stays.
    fn remove_quietly(&mut self, path: &str, id: &str, item: &Value) -> Result<(), String> {
        let before = self.collections.get(path).and_then(|own| own.get(id));
        let (items, bytes) = before.map_or((0, 0), |item| (1, item.to_string().len()));
        let size = item.to_string().len();
        if self.items - items >= ITEMS || self.bytes - bytes + size > self.most_bytes {
            return Err(format!(
                "the mock keeps {ITEMS} items and {} bytes at most; DELETE /_mock/state forgets them",
                self.most_bytes
            ));
        }
        (self.items, self.bytes) = (self.items - items, self.bytes - bytes);
        Ok(())
    }

    /// Takes an item away.
    pub(crate) fn remove(&mut self, path: &str, id: &str) -> Option<Value> {
        let item = self.collections.get_mut(path)?.shift_remove(id)?;
        (self.items, self.bytes) = (self.items - 1, self.bytes - item.to_string().len());
        Some(item)
    }

    /// A number that no item has yet.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.last_number = self.last_number.saturating_add(1);
        self.last_number
    }

    /// How many items each collection has, by its path.
    pub(crate) fn counts(&self) -> IndexMap<String, usize> {
        let mut counts: IndexMap<_, _> =
            self.collections.iter().map(|(path, items)| (path.clone(), items.len())).collect();
        counts.sort_keys();
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_go_by_many_names() {
        for (item, param, wanted) in [
            (json!({"id": 1, "name": "a"}), "id", Some("id")),
            (json!({"id": 1, "pet_id": 2}), "petId", Some("pet_id")),
            (json!({"id": 1}), "petId", Some("id")),
            (json!({"uuid": "a"}), "pet_uuid", Some("uuid")),
            (json!({"title": "a"}), "petId", None),
        ] {
            assert_eq!(id_of(&item, param).as_deref(), wanted, "{item}");
        }
    }

    #[test]
    fn merging_is_that_of_the_rfc() {
        let mut value = json!({"a": {"x": 1, "y": 2}, "b": 3, "c": [1]});
        merge(&mut value, &json!({"a": {"x": null, "z": 4}, "b": null, "c": [2]}), 9);
        assert_eq!(value, json!({"a": {"y": 2, "z": 4}, "c": [2]}));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut store = Store { most_bytes: 100, ..Store::default() };
        let large = Value::from("x".repeat(50));
        assert_eq!(store.put("/a", "1", large.clone()), Ok(()));
        assert!(store.put("/a", "2", large.clone()).is_err());
        assert_eq!(store.put("/a", "1", large.clone()), Ok(()), "in place of itself");
        assert!(store.remove("/a", "1").is_some());
        assert_eq!((store.items, store.bytes), (0, 0));
        assert_eq!(store.put("/b", "2", large), Ok(()));
    }
}
