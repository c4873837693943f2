//! Makes kin one type: the same role, compatible types, most fields shared.
//!
//! Only replies have kin. A reply that may hold a field more is read all the same; a request that may hold one more is
//! refused. Enums have none either: a value is never borrowed.

use indexmap::IndexMap;

use super::Context;
use super::join::{Likeness, cover, join};
use super::role::{Role, Roles, is_close};
use crate::model::{Draft, Shape, Travel, TypeId};

pub(super) fn run(draft: &mut Draft, _: &mut Context<'_>) {
    // Joining one group can make another's types alike, so the groups are walked until nothing moves.
    loop {
        let mut moved = join_locked(draft);
        let mut roles = Roles::of(draft);
        for (role, group) in groups(draft, &mut roles) {
            moved |= join_group(draft, &mut roles, &role, &group);
        }
        if !moved {
            break;
        }
    }
    cover(&mut draft.types);
}

/// Types that were published under one name are one, if that is still possible.
///
/// After the run that wrote the lock they are one already, whatever the lock says: this speaks only where the document
/// has changed. It comes first, so that the kin of one are not taken by another meanwhile.
fn join_locked(draft: &mut Draft) -> bool {
    let mut by_name: IndexMap<String, Vec<TypeId>> = IndexMap::new();
    for id in draft.types.ids() {
        if let Some(name) = &draft.types.get(id).locked_name {
            by_name.entry(name.clone()).or_default().push(id);
        }
    }
    let mut moved = false;
    for ids in by_name.into_values() {
        for id in &ids[1..] {
            let is_reply = |id: TypeId| draft.types.get(id).travel == Travel::Reply;
            // What a request may hold is never widened by what another may.
            let likeness =
                if is_reply(ids[0]) && is_reply(*id) { Likeness::Known } else { Likeness::Equal };
            moved |= draft.types.find(ids[0]) != draft.types.find(*id)
                && join(&mut draft.types, ids[0], *id, likeness);
        }
    }
    moved
}

/// The objects in replies by the roles that they play.
fn groups(draft: &Draft, roles: &mut Roles) -> IndexMap<Role, Vec<TypeId>> {
    let mut groups: IndexMap<Role, Vec<TypeId>> = IndexMap::new();
    for id in draft.types.ids() {
        let def = draft.types.get(id);
        if matches!(def.shape, Shape::Struct(_)) && !def.is_component && def.travel == Travel::Reply
        {
            for role in roles.shared(&draft.types, id).iter().filter(|role| is_close(role)) {
                groups.entry(Role::clone(role)).or_default().push(id);
            }
        }
    }
    groups.retain(|_, group| group.len() > 1);
    groups
}

fn join_group(draft: &mut Draft, roles: &mut Roles, role: &Role, group: &[TypeId]) -> bool {
    let mut moved = false;
    let mut kept: Vec<TypeId> = Vec::new();
    for &id in group {
        let id = draft.types.find(id);
        if kept.iter().any(|other| draft.types.find(*other) == id)
            || !roles.shared(&draft.types, id).contains(role)
        {
            continue;
        }
        let joined = kept.iter().any(|other| {
            roles.shared(&draft.types, *other).contains(role)
                && join(&mut draft.types, *other, id, Likeness::Kin)
        });
        if joined {
            moved = true;
        } else {
            kept.push(id);
        }
    }
    moved
}
