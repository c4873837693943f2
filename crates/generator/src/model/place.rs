//! Where a type stands in an API: what names come from, and what `names.lock` knows a type by.

use std::fmt;

/// The way from an operation or a component down to a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Where the way starts.
    pub root: Root,
    /// The steps down.
    pub steps: Vec<Step>,
}

/// Where a place starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Root {
    /// The reply of an operation with a status.
    Reply {
        /// The operation's key: method and path with nameless parameters.
        operation: String,
        /// The status as the document writes it.
        status: String,
    },
    /// The body of an operation's request.
    Body {
        /// The operation's key.
        operation: String,
    },
    /// A parameter of an operation.
    Param {
        /// The operation's key.
        operation: String,
        /// The parameter's name on the wire.
        name: String,
    },
    /// A schema that the document names.
    Component(String),
    /// What the envelope's fields share.
    Envelope,
}

/// A step down from a type to one of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Into a property.
    Field(String),
    /// Into the items of a list.
    Item,
    /// Into the values of a map.
    Value,
    /// Into an arm of a union.
    Arm(ArmKey),
}

/// What an arm of a union is known by: what it is, and not where it stands, since arms come and go.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ArmKey {
    /// What the document calls it: a value of the tag, a component, a title, a status.
    Said(String),
    /// A property that no other arm has.
    Holds(String),
    /// What it is made of, where no one thing tells it: its properties, its values, or its kind.
    Made(Vec<String>),
    /// Nothing but its place among the others.
    At(usize),
}

impl fmt::Display for ArmKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(name) => write!(f, "|{name}"),
            Self::Holds(property) => write!(f, "|+{property}"),
            Self::Made(parts) => write!(f, "|{{{}}}", parts.join(",")),
            Self::At(index) => write!(f, "|{index}"),
        }
    }
}

impl Place {
    /// The place where a way starts.
    pub fn root(root: Root) -> Self {
        Self { root, steps: Vec::new() }
    }

    /// The place one step further down.
    pub fn then(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.steps.len() + 1);
        steps.extend_from_slice(&self.steps);
        steps.push(step);
        Self { root: self.root.clone(), steps }
    }

    /// The place of a property.
    pub fn field(&self, name: &str) -> Self {
        self.then(Step::Field(name.to_owned()))
    }

    /// The key of the operation that the way starts at, if it starts at one.
    pub fn operation(&self) -> Option<&str> {
        match &self.root {
            Root::Reply { operation, .. }
            | Root::Body { operation }
            | Root::Param { operation, .. } => Some(operation),
            Root::Component(_) | Root::Envelope => None,
        }
    }

    /// The name of the last property on the way, past list items and map values.
    pub fn role(&self) -> Option<&str> {
        Self::role_of(&self.steps)
    }

    /// The same for a way of its own.
    pub(crate) fn role_of(steps: &[Step]) -> Option<&str> {
        steps.iter().rev().find_map(|step| match step {
            Step::Field(name) => Some(name.as_str()),
            Step::Item | Step::Value | Step::Arm(_) => None,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Root::Reply { operation, status } => write!(f, "{operation} reply {status}")?,
            Root::Body { operation } => write!(f, "{operation} body")?,
            Root::Param { operation, name } => write!(f, "{operation} param {name}")?,
            Root::Component(name) => write!(f, "schema {name}")?,
            Root::Envelope => write!(f, "envelope")?,
        }
        for (index, step) in self.steps.iter().enumerate() {
            f.write_str(if index == 0 { " " } else { "." })?;
            match step {
                Step::Field(name) => write!(f, "{name}")?,
                Step::Item => write!(f, "[]")?,
                Step::Value => write!(f, "{{}}")?,
                Step::Arm(key) => write!(f, "{key}")?,
            }
        }
        Ok(())
    }
}
