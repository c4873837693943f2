//! Scopes: what a program says once, and the methods that it then finds.

use std::collections::HashSet;

use super::{Comparison, Effect};
use crate::diff::Class;

impl Comparison<'_> {
    /// A method that is gone from the client is told as such; here it is only those that lost their scope.
    pub(super) fn scopes(&mut self) {
        let here: HashSet<(&str, &str)> =
            self.new.methods.iter().map(|it| (it.resource.as_str(), it.method.as_str())).collect();
        for scope in &self.old.scopes {
            let Some(other) = self.new.scopes.iter().find(|other| other.name == scope.name) else {
                self.scope(Class::Breaking, format!("the scope `{}()` is gone", scope.name));
                continue;
            };
            for (resource, method) in &scope.methods {
                let is_there = other.methods.iter().any(|(r, m)| r == resource && m == method);
                if !is_there && here.contains(&(resource.as_str(), method.as_str())) {
                    let text = format!(
                        "`{resource}().{method}` is no longer found in the scope `{}()`",
                        scope.name
                    );
                    self.scope(Class::Breaking, text);
                }
            }
        }
        for scope in &self.new.scopes {
            if !self.old.scopes.iter().any(|other| other.name == scope.name) {
                self.scope(Class::Addition, format!("the scope `{}()` is new", scope.name));
            }
        }
    }

    fn scope(&mut self, class: Class, text: String) {
        self.effects.push(Effect {
            class,
            text,
            anchors: vec!["scopes".to_owned()],
            users: Vec::new(),
            before: None,
            after: None,
        });
    }
}
