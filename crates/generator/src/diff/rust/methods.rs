//! Methods, what they take, what their requests can be told, and what comes back.

use std::collections::HashMap;

use super::{Comparison, Effect, missing};
use crate::diff::Class;
use crate::diff::wire::Moves;
use crate::emit::face::{MethodFace, PartFace};

/// What stands around a value that may also be none.
const OR: [&str; 2] = ["OrNull", "OrEmpty"];

impl Comparison<'_> {
    pub(super) fn methods(&mut self, moves: &Moves<'_>) {
        let (old, new) = (self.old, self.new);
        let by_key: HashMap<&str, usize> = new
            .methods
            .iter()
            .enumerate()
            .map(|(index, method)| (method.key.as_str(), index))
            .collect();
        let mut met = vec![false; new.methods.len()];
        for method in &old.methods {
            let other = moves.to(&method.key).and_then(|key| by_key.get(key).copied());
            match other {
                Some(index) => {
                    met[index] = true;
                    self.method(method, &new.methods[index]);
                }
                None => {
                    self.lone(Class::Breaking, format!("`{}` is gone", call(method)), method, true)
                }
            }
        }
        for (method, _) in new.methods.iter().zip(met).filter(|(_, met)| !met) {
            self.lone(Class::Addition, format!("`{}` is new", call(method)), method, false);
        }
    }

    fn lone(&mut self, class: Class, text: String, method: &MethodFace, is_old: bool) {
        let pointer = Some(method.pointer.clone());
        let (before, after) = if is_old { (pointer, None) } else { (None, pointer) };
        self.effects.push(Effect {
            class,
            text,
            anchors: vec![method.key.clone()],
            users: Vec::new(),
            before,
            after,
        });
    }

    pub(super) fn tell(
        &mut self,
        class: Class,
        text: String,
        anchors: Vec<String>,
        (old, new): (&MethodFace, &MethodFace),
    ) {
        let users = vec![new.key.clone(), old.key.clone()];
        self.effects.push(Effect {
            class,
            text,
            anchors,
            users,
            before: Some(old.pointer.clone()),
            after: Some(new.pointer.clone()),
        });
    }

    fn method(&mut self, old: &MethodFace, new: &MethodFace) {
        let pair = (old, new);
        let keys = || vec![new.key.clone(), old.key.clone()];
        if (&old.resource, &old.method) != (&new.resource, &new.method) {
            self.tell(
                Class::Breaking,
                format!("`{}` is called `{}` now", path(old), path(new)),
                keys(),
                pair,
            );
        }
        if (&old.resource, &old.request) != (&new.resource, &new.request) {
            let text = format!(
                "the request `{}::{}` is called `{}::{}` now",
                old.resource, old.request, new.resource, new.request
            );
            self.tell(Class::Breaking, text, keys(), pair);
        }
        self.arguments(old, new);
        self.setters(old, new);
        let replies = || -> Vec<String> {
            let all = new.replies.iter().chain(&old.replies).cloned();
            all.chain([format!("{} reply", new.key), format!("{} reply", old.key)]).collect()
        };
        if !self.names.same(&old.reply, &new.reply) {
            let text =
                format!("`{}` gives `{}` now, and gave `{}`", path(new), new.reply, old.reply);
            self.tell(Class::Breaking, text, replies(), pair);
        }
        self.streams(old, new, &replies());
        self.failures(old, new, &replies());
        match (&old.item, &new.item) {
            (Some(one), Some(two)) if self.names.same(one, two) => {}
            (None, None) => {}
            (None, Some(item)) => {
                self.tell(
                    Class::Addition,
                    format!("the pages of `{}` can be walked, item by item: `{item}`", path(new)),
                    replies(),
                    pair,
                );
            }
            (Some(_), None) => self.tell(
                Class::Breaking,
                format!("the pages of `{}` can no longer be walked", path(new)),
                replies(),
                pair,
            ),
            (Some(one), Some(two)) => self.tell(
                Class::Breaking,
                format!("`{}` walks over `{two}` now, and did over `{one}`", path(new)),
                replies(),
                pair,
            ),
        }
        if old.deprecated != new.deprecated {
            let how = if new.deprecated { "deprecated now" } else { "no longer deprecated" };
            self.tell(Class::Addition, format!("`{}` is {how}", path(new)), keys(), pair);
        }
    }

    /// Arguments have positions and types; their names are nobody's business.
    fn arguments(&mut self, old: &MethodFace, new: &MethodFace) {
        let (a, b) = (&old.required, &new.required);
        let same =
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.names.same(&a.ty, &b.ty));
        // Arguments of one type that change places still compile, and say something else.
        let swapped =
            same && a.iter().any(|part| b.iter().any(|other| other.name == part.name)) && {
                let order = |list: &[PartFace], others: &[PartFace]| -> Vec<String> {
                    list.iter()
                        .filter(|part| others.iter().any(|other| other.name == part.name))
                        .map(|part| part.name.clone())
                        .collect()
                };
                order(a, b) != order(b, a)
            };
        if same && !swapped {
            return;
        }
        let mut anchors: Vec<String> = Vec::new();
        for (from, other) in [(b, a), (a, b)] {
            anchors.extend(
                from.iter()
                    .filter(|part| {
                        !other.iter().any(|twin| {
                            twin.name == part.name && self.names.same(&twin.ty, &part.ty)
                        })
                    })
                    .map(|part| part.place.clone()),
            );
        }
        if anchors.is_empty() {
            anchors.push(new.key.clone());
        }
        let text = format!("`{}` is `{}` now", call(old), call(new));
        self.tell(Class::Breaking, text, anchors, (old, new));
    }

    fn setters(&mut self, old: &MethodFace, new: &MethodFace) {
        let pair = (old, new);
        for part in missing(&old.optional, &new.optional, |part| part.name.as_str()) {
            self.tell(
                Class::Breaking,
                format!("`{}` has no setter `{}` any more", old.request, part.name),
                vec![part.place.clone()],
                pair,
            );
        }
        for part in missing(&new.optional, &old.optional, |part| part.name.as_str()) {
            self.tell(
                Class::Addition,
                format!("`{}` has a setter `{}({})`", new.request, part.name, part.ty),
                vec![part.place.clone()],
                pair,
            );
        }
        let by_name: HashMap<&str, &PartFace> =
            old.optional.iter().map(|part| (part.name.as_str(), part)).collect();
        for part in &new.optional {
            let Some(before) = by_name.get(part.name.as_str()) else {
                continue;
            };
            if !self.names.same(&before.ty, &part.ty) {
                // A setter that takes "none" as well takes what it took, except for text, of which it took any kind.
                let wider = before.ty != "String"
                    && OR.iter().any(|or| part.ty == format!("impl Into<{or}<{}>>", before.ty));
                let class = if wider { Class::Addition } else { Class::Breaking };
                let text = format!(
                    "the setter `{}` of `{}` takes `{}` now, and took `{}`",
                    part.name, new.request, part.ty, before.ty
                );
                self.tell(class, text, vec![part.place.clone(), before.place.clone()], pair);
            }
            if before.deprecated != part.deprecated {
                let how = if part.deprecated { "deprecated now" } else { "no longer deprecated" };
                self.tell(
                    Class::Addition,
                    format!("the setter `{}` of `{}` is {how}", part.name, new.request),
                    vec![part.place.clone()],
                    pair,
                );
            }
        }
    }
}

fn path(method: &MethodFace) -> String {
    format!("{}().{}()", method.resource, method.method)
}

fn call(method: &MethodFace) -> String {
    let arguments: Vec<String> =
        method.required.iter().map(|part| format!("{}: {}", part.name, part.ty)).collect();
    format!("{}().{}({})", method.resource, method.method, arguments.join(", "))
}
