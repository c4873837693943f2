//! From places in values to lines and columns, each text being walked once.

use std::collections::HashMap;

use super::join::Draft;
use super::{Change, Changes, Settings, Spot};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::emit::face::Face;
use crate::pointer::Pointer;
use crate::read::Document;

pub(super) fn settle(
    drafts: Vec<Draft>,
    old: &Document,
    new: &Document,
    resources: &Resources<'_>,
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
        let spots: Vec<Spot> = spots.collect();
        let resource = spots.first().map(|spot| resources.at(&spot.at)).unwrap_or_default();
        Change {
            resource: resource.to_owned(),
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

/// The resource of each operation, by its key.
pub(super) struct Resources<'f>(HashMap<&'f str, &'f str>);

impl<'f> Resources<'f> {
    /// Those of the new client, and of what only the old one had.
    pub(super) fn of(new: &'f Face, old: &'f Face) -> Self {
        let methods = old.methods.iter().chain(&new.methods);
        Self(methods.map(|method| (method.key.as_str(), method.resource.as_str())).collect())
    }

    fn at(&self, place: &str) -> &'f str {
        let end = place.match_indices(' ').nth(1).map_or(place.len(), |(at, _)| at);
        self.0.get(&place[..end]).copied().unwrap_or_default()
    }
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
