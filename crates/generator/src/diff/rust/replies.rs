//! What comes back of a method beside its reply: streams and declared failures.

use super::Comparison;
use crate::diff::Class;
use crate::emit::face::MethodFace;

impl Comparison<'_> {
    /// The stream that is to be had in place of the whole.
    pub(super) fn streams(&mut self, old: &MethodFace, new: &MethodFace, anchors: &[String]) {
        let call = format!("{}().{}().stream", new.resource, new.method);
        let (class, text) = match (&old.streams, &new.streams) {
            (None, None) => return,
            (Some(one), Some(two)) if self.names.same(one, two) => return,
            (None, Some(kind)) => (Class::Addition, format!("`{call}()` is new: `{kind}`")),
            (Some(_), None) => (Class::Breaking, format!("`{call}()` is gone")),
            (Some(one), Some(two)) => {
                (Class::Breaking, format!("`{call}()` gives `{two}` now, and gave `{one}`"))
            }
        };
        self.tell(class, text, anchors.to_vec(), (old, new));
    }

    /// The enum of declared failures: it may grow, and no variant may go or hold something else.
    pub(super) fn failures(&mut self, old: &MethodFace, new: &MethodFace, anchors: &[String]) {
        let mut told = Vec::new();
        let (Some((name, before)), after) = (&old.failures, &new.failures) else {
            if let Some((name, _)) = &new.failures {
                let text = format!("the failures of `{}` are an enum: `{name}`", new.method);
                self.tell(Class::Addition, text, anchors.to_vec(), (old, new));
            }
            return;
        };
        let Some((called, after)) = after else {
            let text = format!("`{name}` is gone: no failure has a type");
            self.tell(Class::Breaking, text, anchors.to_vec(), (old, new));
            return;
        };
        if !self.names.same(name, called) {
            told.push((Class::Breaking, format!("`{name}` is called `{called}` now")));
        }
        for (variant, ty) in before {
            match after.iter().find(|(other, _)| other == variant) {
                None => told.push((Class::Breaking, format!("`{called}::{variant}` is gone"))),
                Some((_, other)) if self.names.same(ty, other) => {}
                Some((_, other)) => told.push((
                    Class::Breaking,
                    format!("`{called}::{variant}` holds `{other}` now, and held `{ty}`"),
                )),
            }
        }
        for (variant, _) in after.iter().filter(|own| before.iter().all(|old| old.0 != own.0)) {
            told.push((Class::Addition, format!("`{called}::{variant}` is new")));
        }
        for (class, text) in told {
            self.tell(class, text, anchors.to_vec(), (old, new));
        }
    }
}
