//! How much work a reply may be.

use serde_json::Value;

/// Most values that are made for one reply, all tries together.
const VALUES: usize = 30_000;
/// Most nodes of schemas that are copied for one reply.
const COPIED: usize = 1_000_000;

/// Most bytes of text in all that is made for one reply.
const TEXT: usize = 16 << 20;

/// The schema demands more than a reply may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent;

/// What is left.
#[derive(Debug)]
pub(super) struct Budget {
    values: usize,
    copied: usize,
    text: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { values: VALUES, copied: COPIED, text: TEXT }
    }
}

impl Budget {
    /// One more value.
    pub(super) fn value(&mut self) -> Result<(), Spent> {
        self.values = self.values.checked_sub(1).ok_or(Spent)?;
        Ok(())
    }

    /// So many bytes of text more.
    pub(super) fn text(&mut self, bytes: usize) -> Result<(), Spent> {
        self.text = self.text.checked_sub(bytes).ok_or(Spent)?;
        Ok(())
    }

    /// One more copy of a schema.
    pub(super) fn copy(&mut self, schema: &Value) -> Result<(), Spent> {
        let mut open = vec![schema];
        while let Some(value) = open.pop() {
            self.copied = self.copied.checked_sub(1).ok_or(Spent)?;
            match value {
                Value::Array(list) => open.extend(list),
                Value::Object(map) => open.extend(map.values()),
                _ => {}
            }
        }
        Ok(())
    }
}
