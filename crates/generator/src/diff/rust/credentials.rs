//! Credentials: what programs give by the name of a scheme, or as the key.

use super::{Comparison, Effect};
use crate::diff::Class;
use crate::emit::face::CredentialFace;

impl Comparison<'_> {
    /// A name that is gone compiles and is refused when the client is built; a key that belongs to another scheme is
    /// sent where it does not belong.
    pub(super) fn credentials(&mut self) {
        let (old, new) = (&self.old.credentials, &self.new.credentials);
        let has = |list: &[CredentialFace], name: &str| list.iter().any(|known| known.name == name);
        for gone in old.iter().filter(|known| !has(new, &known.name)) {
            let text = format!(
                "`credential(\"{}\", …)` is refused when the client is built, and its variable is not read",
                gone.name
            );
            self.credential(Class::Breaking, text, &gone.name);
        }
        for come in new.iter().filter(|known| !has(old, &known.name)) {
            let text = format!("`credential(\"{}\", …)` can be given", come.name);
            self.credential(Class::Addition, text, &come.name);
        }
        let (Some(one), Some(two)) = (old.first(), new.first()) else { return };
        // The same key under another name of its scheme is told already, and goes on working.
        if one.name != two.name && one.kind != two.kind {
            let text = format!("`key()` is for `{}` now, and was for `{}`", two.name, one.name);
            self.credential(Class::Breaking, text, &two.name);
        }
    }

    fn credential(&mut self, class: Class, text: String, name: &str) {
        let anchors = vec![format!("credentials {name}")];
        self.effects.push(Effect {
            class,
            text,
            anchors,
            users: Vec::new(),
            before: None,
            after: None,
        });
    }
}
