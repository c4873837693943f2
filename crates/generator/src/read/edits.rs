//! What was done to a document since it was read, so that a node can still be placed in the text
//! that it came from.

use crate::diagnostic::Place;
use crate::pointer::Pointer;

/// One change, in the coordinates of the tree right after it.
#[derive(Clone, Debug)]
enum Edit {
    /// The node at the pointer, with all below it, was written at this place.
    Written(Pointer, Place),
    /// The element of the list was taken out; those behind it moved up.
    Removed(Pointer, usize),
    /// The node at the first pointer stood at the second before.
    Moved(Pointer, Pointer),
}

/// Every change so far, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Edits(Vec<Edit>);

/// Where a node comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Origin {
    /// The text that the document was read from.
    Text(Pointer),
    /// Somewhere else.
    Elsewhere(Place),
}

impl Origin {
    /// The node in the text, if it comes from there.
    pub(super) fn in_text(&self) -> Option<&Pointer> {
        match self {
            Self::Text(pointer) => Some(pointer),
            Self::Elsewhere(_) => None,
        }
    }
}

impl Edits {
    /// The node at `pointer` was put there by something at `place`.
    pub(super) fn written(&mut self, pointer: Pointer, place: Place) {
        self.0.push(Edit::Written(pointer, place));
    }

    /// Element `index` of the list at `pointer` was taken out.
    pub(super) fn removed(&mut self, pointer: Pointer, index: usize) {
        self.0.push(Edit::Removed(pointer, index));
    }

    /// What stood at `from` now stands at `to`.
    pub(super) fn moved(&mut self, from: Pointer, to: Pointer) {
        self.0.push(Edit::Moved(to, from));
    }

    /// Goes back through every change.
    pub(super) fn origin(&self, pointer: &Pointer) -> Origin {
        let mut pointer = pointer.clone();
        for edit in self.0.iter().rev() {
            match edit {
                Edit::Written(at, place) => {
                    if pointer.below(at).is_some() {
                        return Origin::Elsewhere(place.clone());
                    }
                }
                Edit::Removed(list, index) => {
                    if let Some(before) = shifted(&pointer, list, *index) {
                        pointer = before;
                    }
                }
                Edit::Moved(to, from) => {
                    if let Some(rest) = pointer.below(to) {
                        pointer = from.join(rest);
                    }
                }
            }
        }
        Origin::Text(pointer)
    }
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
        assert_eq!(origin("/other/0/x"), Origin::Text(pointer("/list/2/x")));
        assert_eq!(origin("/other/1/x"), Origin::Elsewhere(overlay));
        assert_eq!(origin("/other/2"), Origin::Text(pointer("/list/4")));
        assert_eq!(origin("/others/2"), Origin::Text(pointer("/others/2")));
    }
}
