//! From places in values to lines and columns, each text being walked once.

use super::join::Draft;
use super::{Change, Changes, Settings, Spot};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::pointer::Pointer;
use crate::read::Document;

pub(super) fn settle(
    drafts: Vec<Draft>,
    old: &Document,
    new: &Document,
    settings: &Settings,
) -> Changes {
    let mut before = places(
        old,
        drafts.iter().flat_map(|draft| draft.spots.iter().map(|(_, before, _)| before)),
    );
    let mut after =
        places(new, drafts.iter().flat_map(|draft| draft.spots.iter().map(|(_, _, after)| after)));
    let list = drafts.into_iter().map(|draft| {
        let spots = draft.spots.into_iter().map(|(at, ..)| Spot {
            at,
            before: before.next().unwrap_or_default(),
            after: after.next().unwrap_or_default(),
        });
        let spots = spots.collect();
        Change {
            code: draft.code,
            title: draft.title,
            spots,
            wire: draft.wire,
            rust: draft.rust,
            help: draft.help,
            acknowledged: None,
        }
    });
    let mut list: Vec<Change> = list.collect();
    list.iter_mut().for_each(|change| settings.judge(change));
    list.sort_by_key(|change| {
        std::cmp::Reverse((change.class(), change.rust.class.min(change.wire.class)))
    });
    Changes { list, notes: Vec::new() }
}

/// The places of some nodes, in their order.
fn places<'p>(
    document: &Document,
    pointers: impl Iterator<Item = &'p Option<Pointer>>,
) -> std::vec::IntoIter<Place> {
    let mut carriers = Diagnostics::new();
    for pointer in pointers {
        let carrier = Diagnostic::note("spot", String::new());
        carriers.push(match pointer {
            Some(pointer) => carrier.at(pointer),
            None => carrier,
        });
    }
    document.settle(&mut carriers);
    carriers.into_vec().into_iter().map(|carrier| carrier.place).collect::<Vec<_>>().into_iter()
}
