//! How many exchanges there were, and why some taught nothing.

use serde_json::{Value, json};

/// What was read, and what of it was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Recordings.
    pub files: u64,
    /// Exchanges in them.
    pub exchanges: u64,
    /// Replies that were held against the document.
    pub replies: u64,
    /// Exchanges that were recorded before.
    pub repeated: u64,
    /// Exchanges with other hosts.
    pub foreign: u64,
    /// Replies that a mock server made.
    pub mock: u64,
    /// Exchanges of operations that the document does not have.
    pub undocumented: u64,
    /// Redirects, cached replies, and requests that got no reply.
    pub no_reply: u64,
    /// Replies whose body was not recorded.
    pub unrecorded: u64,
    /// Replies whose body is empty.
    pub empty: u64,
    /// Bodies that end too early.
    pub cut_off: u64,
    /// Bodies that are no JSON.
    pub no_json: u64,
    /// Bodies that are too large to be read.
    pub too_large: u64,
    /// Bodies that are nested too deep, or could not be held against their schema to the end.
    pub too_complex: u64,
    /// Bodies that are no base64, though they say so.
    pub no_base64: u64,
    /// Numbers beyond 2^53, which a double rounds.
    pub large_numbers: u64,
}

impl Counts {
    /// What was left out, in words: each with how often.
    pub fn left_out(&self) -> Vec<(u64, &'static str)> {
        let all = [
            (self.repeated, "recorded twice, and counted once"),
            (self.foreign, "with other hosts"),
            (self.mock, "answered by a mock, which knows the document only"),
            (self.undocumented, "of operations that the document does not have"),
            (self.no_reply, "without a reply of their own: redirected, cached or failed"),
            (self.unrecorded, "whose body was not recorded"),
            (self.empty, "with an empty body"),
            (self.cut_off, "whose body is cut off"),
            (self.no_json, "whose body is no JSON"),
            (self.too_large, "whose body is larger than 4 MiB"),
            (self.too_complex, "whose body is nested too deep or too large to compare"),
            (self.no_base64, "whose body is no base64, though it says so"),
        ];
        all.into_iter().filter(|(count, _)| *count > 0).collect()
    }

    /// As an object for scripts.
    pub fn to_value(&self) -> Value {
        json!({
            "files": self.files, "exchanges": self.exchanges, "replies": self.replies, "repeated": self.repeated,
            "foreign": self.foreign, "mock": self.mock, "undocumented": self.undocumented,
            "no_reply": self.no_reply, "unrecorded": self.unrecorded, "empty": self.empty,
            "cut_off": self.cut_off, "no_json": self.no_json, "too_large": self.too_large,
            "too_complex": self.too_complex, "no_base64": self.no_base64,
            "large_numbers": self.large_numbers,
        })
    }
}
