//! The entries of lists and objects, without those that cannot be read, and with those that must not be missing.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess};
use serde_json::{Map, Value};

use super::Remedy;
use super::fault::Fault;
use super::name::Name;
use super::place::{NULL, Path, Place, Step};
use super::session::{Session, Slot};
use super::want::describe;

/// The entries of a list.
pub(super) struct Items<'de, 's> {
    values: Box<dyn Iterator<Item = (Step<'de>, &'de Value)> + 'de>,
    path: Path<'s>,
    session: &'s Session,
}

impl<'de, 's> Items<'de, 's> {
    pub(super) fn of_list(place: &Place<'_, 's>, list: &'de [Value]) -> Self {
        let values = list.iter().enumerate().map(|(index, value)| (Step::Index(index), value));
        Self { values: Box::new(values), path: place.path, session: place.session }
    }

    /// The values of an object whose keys are numbers; pointers keep the keys.
    pub(super) fn of_values(place: &Place<'_, 's>, fields: &'de Map<String, Value>) -> Self {
        let values = fields.iter().map(|(key, value)| (Step::Key(key), value));
        Self { values: Box::new(values), path: place.path, session: place.session }
    }
}

/// True when the entry at `path` is to be left out, which is noted.
fn is_left_out(session: &Session, path: &Path<'_>, value: &Value) -> bool {
    match session.rejects(path, Slot::Entry, value) {
        Some(expected) => {
            session.note(path, expected, describe(value), Remedy::Removed);
            true
        }
        None => false,
    }
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        for (step, value) in self.values.by_ref() {
            let path = self.path.child(step);
            if is_left_out(self.session, &path, value) {
                continue;
            }
            let place =
                Place { value, path, session: self.session, slot: Slot::Entry, is_stand_in: false };
            return seed.deserialize(place).map(Some);
        }
        Ok(None)
    }
}

/// The properties of an object.
pub(super) struct Entries<'de, 's> {
    fields: Option<serde_json::map::Iter<'de>>,
    /// Properties to be made up once the real ones are through.
    missing: Vec<&'static str>,
    next: Option<(&'de str, &'de Value, bool)>,
    path: Path<'s>,
    session: &'s Session,
    is_map: bool,
    /// True where the whole object is made up: then its properties are no news.
    is_stand_in: bool,
}

impl<'de, 's> Entries<'de, 's> {
    pub(super) fn new(
        place: &Place<'_, 's>,
        fields: Option<&'de Map<String, Value>>,
        is_map: bool,
    ) -> Self {
        let mut missing = if is_map { Vec::new() } else { place.session.missing(&place.path) };
        missing.retain(|name| fields.is_none_or(|fields| !fields.contains_key(*name)));
        missing.reverse();
        Self {
            fields: fields.map(Map::iter),
            missing,
            next: None,
            path: place.path,
            session: place.session,
            is_map,
            is_stand_in: place.is_stand_in || fields.is_none(),
        }
    }

    /// The next property that is to be read, and whether it is made up.
    fn advance(&mut self) -> Option<(&'de str, &'de Value, bool)> {
        if let Some(fields) = &mut self.fields {
            for (name, value) in fields.by_ref() {
                if self.is_map
                    && is_left_out(self.session, &self.path.child(Step::Key(name)), value)
                {
                    continue;
                }
                return Some((name, value, false));
            }
        }
        let name = self.missing.pop()?;
        if !self.is_stand_in {
            self.session.note(
                &self.path.child(Step::Field(name)),
                "a value".to_owned(),
                "nothing".to_owned(),
                Remedy::StandIn,
            );
        }
        Some((name, &NULL, true))
    }

    fn place(&self, name: &'de str, value: &'de Value, is_made_up: bool) -> Place<'de, '_> {
        let step = if self.is_map { Step::Key(name) } else { Step::Field(name) };
        let path = self.path.child(step);
        let slot = if self.is_map { Slot::Entry } else { Slot::Field };
        let mut place = Place { value, path, session: self.session, slot, is_stand_in: is_made_up };
        if slot == Slot::Field
            && !is_made_up
            && let Some(expected) = self.session.rejects(&path, Slot::Field, value)
        {
            self.session.note(&path, expected, describe(value), Remedy::StandIn);
            place.is_stand_in = true;
        }
        place
    }
}

impl<'de> MapAccess<'de> for Entries<'de, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.next = self.advance();
        self.next.map(|(name, ..)| Name(name).read(seed)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (name, value, is_made_up) = self.next.take().unwrap_or(("", &NULL, true));
        seed.deserialize(self.place(name, value, is_made_up))
    }
}
