//! Rate limits and credits, as replies tell about them.
//!
//! Counts requests; knows nothing of what they are.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

/// Where replies tell about rate limits and credits: names of headers, and JSON pointers into bodies.
/// An empty text is nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(
    missing_docs,
    reason = "each field is the header, or the pointer into the body, that its name says"
)]
pub struct Limits {
    pub limit_header: String,
    pub limit_pointer: String,
    pub remaining_header: String,
    pub remaining_pointer: String,
    pub credits_used_header: String,
    pub credits_used_pointer: String,
    pub credits_balance_header: String,
    pub credits_balance_pointer: String,
}

/// One minute, the window that upstream counts by.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts against the limits that are set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meters {
    window: Duration,
    used: u64,
    spent: u64,
}

/// What the counters stood at when a request was let through or not.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// Limit and what remains of it.
    pub(crate) rate: Option<(u64, u64)>,
    /// Credits used by this request, and what remains.
    pub(crate) credits: Option<(u64, u64)>,
    /// Seconds until the window ends, where the limit is reached.
    pub(crate) retry_after: Option<u64>,
}

impl Meters {
    /// Counts a request against the rate limit.
    pub(crate) fn request(&mut self, limit: Option<u64>, now: Duration) -> Reading {
        let Some(limit) = limit else { return Reading::default() };
        if self.used == 0 || now.saturating_sub(self.window) >= WINDOW {
            (self.window, self.used) = (now, 0);
        }
        if self.used >= limit {
            let left = WINDOW.saturating_sub(now.saturating_sub(self.window));
            let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
            return Reading {
                rate: Some((limit, 0)),
                retry_after: Some(seconds.max(1)),
                ..Reading::default()
            };
        }
        self.used += 1;
        Reading { rate: Some((limit, limit - self.used)), ..Reading::default() }
    }

    /// Takes one credit. `false` when none is left.
    pub(crate) fn spend(&mut self, credits: Option<u64>, reading: &mut Reading) -> bool {
        let Some(credits) = credits else { return true };
        let enough = self.spent < credits;
        self.spent += u64::from(enough);
        reading.credits = Some((u64::from(enough), credits - self.spent.min(credits)));
        enough
    }
}

impl Reading {
    pub(crate) fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Adds the headers.
    pub(crate) fn write_headers(&self, limits: &Limits, headers: &mut HeaderMap) {
        let mut put = |name: &str, value: u64| {
            if let Ok(name) = name.parse::<HeaderName>() {
                headers.insert(name, HeaderValue::from(value));
            }
        };
        if let Some((limit, remaining)) = self.rate {
            put(&limits.limit_header, limit);
            put(&limits.remaining_header, remaining);
        }
        if let Some((used, balance)) = self.credits {
            put(&limits.credits_used_header, used);
            put(&limits.credits_balance_header, balance);
        }
        if let Some(seconds) = self.retry_after {
            put("retry-after", seconds);
        }
    }

    /// Writes the numbers into a body that has a place for them. Answers whether it had.
    pub(crate) fn write_body(&self, limits: &Limits, body: &mut Value) -> bool {
        let mut written = false;
        let mut put = |pointer: &str, value: u64| {
            if let Some(slot) = body.pointer_mut(pointer).filter(|_| !pointer.is_empty()) {
                *slot = value.into();
                written = true;
            }
        };
        if let Some((limit, remaining)) = self.rate {
            put(&limits.limit_pointer, limit);
            put(&limits.remaining_pointer, remaining);
        }
        if let Some((used, balance)) = self.credits {
            put(&limits.credits_used_pointer, used);
            put(&limits.credits_balance_pointer, balance);
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_minute_holds_so_many_requests() {
        let mut meters = Meters::default();
        let mut at =
            |seconds: u64| meters.request(Some(2), Duration::from_millis(seconds * 1000 + 500));
        assert_eq!(at(0).rate, Some((2, 1)));
        assert_eq!(at(1).rate, Some((2, 0)));
        assert_eq!(at(20).retry_after, Some(40));
        assert_eq!(at(60).rate, Some((2, 1)));
        assert_eq!(meters.request(None, Duration::ZERO), Reading::default());
    }

    #[test]
    fn credits_count_down_to_nothing() {
        let mut meters = Meters::default();
        let mut reading = Reading::default();
        assert!(meters.spend(Some(2), &mut reading) && meters.spend(Some(2), &mut reading));
        assert_eq!(reading.credits, Some((1, 0)));
        assert!(!meters.spend(Some(2), &mut reading));
        assert_eq!(reading.credits, Some((0, 0)));
        let limits = Limits {
            credits_used_pointer: "/_meta/_credits/used".to_owned(),
            credits_balance_pointer: "/_meta/_credits/balance".to_owned(),
            credits_balance_header: "x-balance".to_owned(),
            ..Limits::default()
        };
        let mut body = json!({"_meta": {"_credits": {"used": 7, "balance": 7, "note": "x"}}});
        assert!(reading.write_body(&limits, &mut body));
        assert_eq!(body, json!({"_meta": {"_credits": {"used": 0, "balance": 0, "note": "x"}}}));
        assert!(!reading.write_body(&limits, &mut json!([])));
        assert!(!reading.write_body(&Limits::default(), &mut body), "nowhere");
        let mut headers = HeaderMap::new();
        reading.write_headers(&Limits::default(), &mut headers);
        assert!(headers.is_empty(), "nowhere");
        reading.write_headers(&limits, &mut headers);
        assert_eq!(headers.len(), 1);
    }
}
