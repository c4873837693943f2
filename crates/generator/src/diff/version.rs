//! Version numbers, and which one comes next.

use std::fmt;

use super::Class;

/// A version number as cargo reads it, without what may follow the three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Goes up with what breaks programs.
    pub major: u64,
    /// Goes up with what is new; below 1.0 with what breaks.
    pub minor: u64,
    /// Goes up with what is mended; below 1.0 with what is new as well.
    pub patch: u64,
}

impl Version {
    /// Reads `1.2.3`; what follows a hyphen or a plus sign is passed over.
    pub fn parse(text: &str) -> Option<Self> {
        let core = text.trim().split(['-', '+']).next()?;
        let mut parts = core.split('.').map(str::parse::<u64>);
        let mut next = || parts.next()?.ok();
        let version = Self { major: next()?, minor: next()?, patch: next()? };
        parts.next().is_none().then_some(version)
    }

    /// The version after a release of this class. Below 1.0, as cargo has it, the minor number stands for what
    /// breaks and the patch number for all else.
    ///
    /// ```
    /// use lockstep_generator::diff::{Class, Version};
    ///
    /// let next = |text: &str, class| Version::parse(text).unwrap().after(class).to_string();
    /// assert_eq!(next("0.3.1", Class::Breaking), "0.4.0");
    /// assert_eq!(next("0.3.1", Class::Addition), "0.3.2");
    /// assert_eq!(next("1.3.1", Class::Breaking), "2.0.0");
    /// assert_eq!(next("1.3.1", Class::Addition), "1.4.0");
    /// assert_eq!(next("1.3.1", Class::Docs), "1.3.1");
    /// ```
    #[must_use]
    pub fn after(self, class: Class) -> Self {
        let Self { major, minor, patch } = self;
        match (class, major) {
            (Class::None | Class::Docs, _) => self,
            (Class::Breaking, 0) => Self { major, minor: minor.saturating_add(1), patch: 0 },
            (Class::Breaking, _) => Self { major: major.saturating_add(1), minor: 0, patch: 0 },
            (Class::Addition, 1..) => Self { major, minor: minor.saturating_add(1), patch: 0 },
            (Class::Addition | Class::Fix, _) => {
                Self { major, minor, patch: patch.saturating_add(1) }
            }
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}
