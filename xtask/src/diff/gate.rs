//! Gates: which changes make `cargo xtask diff` fail, and with which exit code.

use std::str::FromStr;

use lockstep_generator::diff::{Changes, Class};

/// What `--help` says of exit codes: the one table of them.
pub const EXIT_CODES: &str = "\
Exit codes:
   0  compared, and nothing was found that was asked to fail on
   1  the documents could not be compared
   2  the command was not understood
  10  --exit-code: the worst change for the next release is a fix or an addition
  20  --exit-code: it is a breaking one
  3x  --fail-on: found on the wire alone
  4x  --fail-on: found for Rust alone
  5x  --fail-on: found on both sides
  x1  the worst of what was found is docs, x2 a fix, x3 an addition, x4 breaking

--fail-on takes a class, or a side and a class: `breaking` is the same as `any:breaking`, `wire:addition` fails on
additions and breaking changes on the wire, `rust:fix` on all but docs for Rust, and `both:breaking` where both sides
have a breaking change. Changes that client.yaml acknowledges are left out of it until the day it names.";

/// What fails: changes of this class or worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    side: Side,
    class: Class,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Any,
    Wire,
    Rust,
    Both,
}

/// The sides on which a gate was reached, and the worst class there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    wire: bool,
    rust: bool,
    class: Class,
}

impl FromStr for Gate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (side, class) = text.split_once(':').unwrap_or(("any", text));
        let side = match side {
            "any" => Side::Any,
            "wire" => Side::Wire,
            "rust" => Side::Rust,
            "both" => Side::Both,
            other => return Err(format!("`{other}` is no side: write any, wire, rust or both")),
        };
        let class = match class {
            "docs" => Class::Docs,
            "fix" => Class::Fix,
            "addition" => Class::Addition,
            "breaking" => Class::Breaking,
            other => {
                return Err(format!(
                    "`{other}` is no class: write docs, fix, addition or breaking"
                ));
            }
        };
        Ok(Self { side, class })
    }
}

impl Gate {
    /// Where the changes reach it; `None` if they do not.
    fn reached(self, changes: &Changes) -> Option<Reached> {
        let (wire, rust) = changes.open();
        let (on_wire, on_rust) = (wire >= self.class, rust >= self.class);
        let (on_wire, on_rust) = match self.side {
            Side::Any => (on_wire, on_rust),
            Side::Wire => (on_wire, false),
            Side::Rust => (false, on_rust),
            Side::Both => (on_wire && on_rust, on_wire && on_rust),
        };
        let worst = |on: bool, class: Class| if on { class } else { Class::None };
        (on_wire || on_rust).then(|| Reached {
            wire: on_wire,
            rust: on_rust,
            class: worst(on_wire, wire).max(worst(on_rust, rust)),
        })
    }
}

impl Reached {
    /// Where the changes reach any of the gates, all in one.
    pub(super) fn of(gates: &[Gate], changes: &Changes) -> Option<Self> {
        gates.iter().filter_map(|gate| gate.reached(changes)).reduce(|one, two| Self {
            wire: one.wire || two.wire,
            rust: one.rust || two.rust,
            class: one.class.max(two.class),
        })
    }

    /// As [`EXIT_CODES`] says.
    pub fn exit_code(self) -> u8 {
        let side = match (self.wire, self.rust) {
            (_, false) => 30,
            (false, true) => 40,
            (true, true) => 50,
        };
        let class = match self.class {
            Class::None | Class::Docs => 1,
            Class::Fix => 2,
            Class::Addition => 3,
            Class::Breaking => 4,
        };
        side + class
    }
}
