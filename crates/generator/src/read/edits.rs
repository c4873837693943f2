//! What was done to a document since it was read, so that a node can still be placed in the text
//! that it came from.

use crate::diagnostic::Place;
use crate::pointer::Pointer;
use indexmap::IndexMap;

/// One change, in the coordinates of the tree right after it.
#[derive(Clone, Debug)]
enum Edit {
    /// The node at the pointer, with all below it, was written at this place.
    Written(Pointer, Place),
    /// The element of the list was taken out; those behind it moved up.
    Removed(Pointer, usize),
    /// The node at the first pointer stood at the second before.
    Moved(Pointer, Pointer),
    /// The node at the pointer was brought in from a file, where it stands at the other pointer.
    Grafted(Pointer, usize, Pointer),
}

/// Every change so far, oldest first.
///
/// A change concerns only what is below one node. Most documents with many changes have them in
/// many operations, so changes are found by the first two tokens of that node (`/paths/~1pets`),
/// and the cost of looking back does not grow with the document.
#[derive(Clone, Debug, Default)]
pub(super) struct Edits {
    all: Vec<Edit>,
    /// The changes below a node of the second level, oldest first.
    near: IndexMap<String, Vec<usize>>,
    /// The changes further out, oldest first.
    wide: Vec<usize>,
}

/// Where a node comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Origin {
    /// One of the texts that the document was read from, by its number, and where in it.
    Text(usize, Pointer),
    /// Somewhere else.
    Elsewhere(Place),
}

impl Origin {
    /// The node in the text with this number, if it comes from there.
    pub(super) fn in_text(&self, file: usize) -> Option<&Pointer> {
        match self {
            Self::Text(number, pointer) if *number == file => Some(pointer),
            Self::Text(..) | Self::Elsewhere(_) => None,
        }
    }
}

impl Edits {
    /// The node at `pointer` was put there by something at `place`.
    pub(super) fn written(&mut self, pointer: Pointer, place: Place) {
        self.push(pointer.clone(), Edit::Written(pointer, place));
    }

    /// Element `index` of the list at `pointer` was taken out.
    pub(super) fn removed(&mut self, pointer: Pointer, index: usize) {
        self.push(pointer.clone(), Edit::Removed(pointer, index));
    }

    /// What stood at `from` now stands at `to`.
    pub(super) fn moved(&mut self, from: Pointer, to: Pointer) {
        self.push(to.clone(), Edit::Moved(to, from));
    }

    /// What stands at `to` was brought in from the file with this number, where it stands at `from`.
    pub(super) fn grafted(&mut self, to: Pointer, file: usize, from: Pointer) {
        self.push(to.clone(), Edit::Grafted(to, file, from));
    }

    fn push(&mut self, concerned: Pointer, edit: Edit) {
        let number = self.all.len();
        self.all.push(edit);
        match second_level(&concerned) {
            Some(key) => self.near.entry(key.to_owned()).or_default().push(number),
            None => self.wide.push(number),
        }
    }

    /// The last change before number `before` that may concern a node.
    fn last_before(&self, before: usize, pointer: &Pointer) -> Option<usize> {
        let near = second_level(pointer).and_then(|key| self.near.get(key));
        [Some(&self.wide), near]
            .into_iter()
            .flatten()
            .filter_map(|numbers| {
                let end = numbers.partition_point(|&number| number < before);
                numbers[..end].last().copied()
            })
            .max()
    }

    /// Goes back through every change.
    pub(super) fn origin(&self, pointer: &Pointer) -> Origin {
        let mut pointer = pointer.clone();
        let mut before = self.all.len();
        while let Some(number) = self.last_before(before, &pointer) {
            before = number;
            match &self.all[number] {
                Edit::Written(at, place) => {
                    if pointer.below(at).is_some() {
                        return Origin::Elsewhere(place.clone());
                    }
                }
                Edit::Removed(list, index) => {
                    if let Some(earlier) = shifted(&pointer, list, *index) {
                        pointer = earlier;
                    }
                }
                Edit::Moved(to, from) => {
                    if let Some(rest) = pointer.below(to) {
                        pointer = from.join(rest);
                    }
                }
                Edit::Grafted(to, file, from) => {
                    if let Some(rest) = pointer.below(to) {
                        return Origin::Text(*file, from.join(rest));
                    }
                }
            }
        }
        Origin::Text(0, pointer)
    }
}

/// The first two tokens of a pointer, in written form, if it has as many.
fn second_level(pointer: &Pointer) -> Option<&str> {
    let text = pointer.as_str();
    let mut slashes = text.match_indices('/').map(|(at, _)| at).skip(1);
    slashes.next()?;
    Some(&text[..slashes.next().unwrap_or(text.len())])
}

/// The pointer before element `index` of `list` was taken out, if that made a difference.
fn shifted(pointer: &Pointer, list: &Pointer, index: usize) -> Option<Pointer> {
    let rest = pointer.below(list)?.strip_prefix('/')?;
    let (token, rest) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let now: usize = token.parse().ok()?;
    (now >= index).then(|| list.index(now + 1).join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(text: &str) -> Pointer {
        Pointer::parse(text).expect("a pointer")
    }

    #[test]
    fn changes_are_undone_from_the_last() {
        let mut edits = Edits::default();
        let overlay = Place::File("overlay.yaml".into());
        edits.written(pointer("/list/3"), overlay.clone());
        edits.removed(pointer("/list"), 0);
        edits.removed(pointer("/list"), 0);
        edits.moved(pointer("/list"), pointer("/other"));
        let origin = |text: &str| edits.origin(&pointer(text));
        assert_eq!(origin("/other/0/x"), Origin::Text(0, pointer("/list/2/x")));
        assert_eq!(origin("/other/1/x"), Origin::Elsewhere(overlay));
        assert_eq!(origin("/other/2"), Origin::Text(0, pointer("/list/4")));
        edits.moved(pointer("/paths/a/get"), pointer("/paths/b/get"));
        edits.removed(pointer("/paths/b/get/x"), 0);
        edits.moved(pointer("/paths/b"), pointer("/paths/c"));
        let origin = |text: &str| edits.origin(&pointer(text));
        assert_eq!(origin("/paths/c/get/x/0"), Origin::Text(0, pointer("/paths/a/get/x/1")));
        assert_eq!(origin("/paths/b/get/x/0"), Origin::Text(0, pointer("/paths/a/get/x/1")));
        assert_eq!(origin("/others/2"), Origin::Text(0, pointer("/others/2")));
        edits.grafted(pointer("/paths/d"), 3, pointer("/x"));
        edits.moved(pointer("/paths/d"), pointer("/paths/e"));
        assert_eq!(edits.origin(&pointer("/paths/e/get")), Origin::Text(3, pointer("/x/get")));
    }
}
