//! When a request is repeated, and after how long a wait.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

use super::plan::Plan;
use crate::config::Settings;
use crate::error::Error;
use crate::random;

impl Plan {
    /// The wait before the next attempt; `None` when there must be none. `made` attempts were made.
    pub(crate) fn wait_before_retry(
        &self,
        error: &Error,
        made: u32,
        deadline: Option<Instant>,
    ) -> Option<Duration> {
        if made > self.settings().max_retries || !self.may_repeat(error) {
            return None;
        }
        let asked = error.retry_after().unwrap_or_default();
        if asked > self.settings().retry_after_cap {
            return None;
        }
        // A server that says "at once", or names a moment that is over, is not asked at once: it is in trouble.
        let wait = backoff(self.settings(), made, random::unit()).max(asked);
        ends_before(wait, deadline).then_some(wait)
    }

    /// The wait before a stream that broke is asked for again for the `made`-th time; `None` when it must not be.
    /// `asked` is the wait that the server wishes for.
    pub(crate) fn wait_before_resumption(&self, made: u32, asked: Duration) -> Option<Duration> {
        let settings = self.settings();
        (made <= settings.max_retries).then(|| backoff(settings, made, random::unit()).max(asked))
    }

    /// The rule that nothing is done twice: what may have taken effect is repeated only if repeating is harmless.
    fn may_repeat(&self, error: &Error) -> bool {
        if !self.content.can_be_sent_again() {
            return false;
        }
        match self.told_to_retry(error) {
            Some(false) => return false,
            // Who says that it be asked again says that nothing was done.
            Some(true) => return true,
            None => {}
        }
        // A 409 to a keyed request says that its first attempt is still being worked on.
        let is_busy = self.is_keyed && error.status().is_some_and(|status| status.as_u16() == 409);
        let may_help = error.is_retryable() || is_busy;
        // The limiter stands before the work, so a 429 has had no effect.
        let is_harmless =
            self.is_repeatable() || error.is_rate_limited() || !error.may_have_been_sent();
        may_help && is_harmless
    }
}

impl Plan {
    /// What a failure says about being asked again, in the header that the service names for it.
    fn told_to_retry(&self, error: &Error) -> Option<bool> {
        let name = self.client.inner().service.retry_header;
        let said = error.as_status()?.headers().get(name)?.to_str().ok()?.trim();
        if said.eq_ignore_ascii_case("true") {
            Some(true)
        } else {
            said.eq_ignore_ascii_case("false").then_some(false)
        }
    }
}

/// Whether a wait from now on is over before the deadline. One beyond all clocks is not.
pub(super) fn ends_before(wait: Duration, deadline: Option<Instant>) -> bool {
    deadline
        .is_none_or(|deadline| Instant::now().checked_add(wait).is_some_and(|end| end < deadline))
}

/// Exponential, with jitter: `luck` from 0 to 1 picks the wait between half of the bound and the bound. Nothing at all
/// would be no wait, however well it spreads.
fn backoff(settings: &Settings, made: u32, luck: f64) -> Duration {
    let doubled =
        settings.backoff.saturating_mul(2_u32.saturating_pow(made.saturating_sub(1).min(30)));
    let half = doubled.min(settings.max_backoff) / 2;
    let more = Duration::try_from_secs_f64(half.as_secs_f64() * luck.clamp(0.0, 1.0));
    half.saturating_add(more.unwrap_or(half))
}

/// How long a server asks to wait: in milliseconds, in seconds, or until a date in any form that HTTP has had.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number = |text: &str, unit: f64| {
        let seconds = text.parse::<f64>().ok()? * unit;
        // More than any clock holds is longer than anybody waits, and not nothing.
        let longest = (seconds.is_finite() && seconds > 0.0).then_some(Duration::MAX);
        Duration::try_from_secs_f64(seconds).ok().or(longest)
    };
    if let Some(wait) = text("retry-after-ms").and_then(|text| number(text, 0.001)) {
        return Some(wait);
    }
    let value = text(RETRY_AFTER.as_str())?;
    number(value, 1.0).or_else(|| {
        let until = httpdate::parse_http_date(value).ok().or_else(|| {
            // No form of HTTP's, but what mailers and some servers write: with a zone.
            let date = chrono::DateTime::parse_from_rfc2822(value).ok()?;
            let seconds = u64::try_from(date.timestamp()).ok()?;
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
        })?;
        Some(until.duration_since(now).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_comes_in_many_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_470);
        let read = |name: &'static str, value: &str| {
            let headers = HeaderMap::from_iter([(
                name.parse().expect("a name"),
                value.parse().expect("a value"),
            )]);
            retry_after(&headers, now)
        };
        assert_eq!(read("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(read("retry-after", "99999999999999999999"), Some(Duration::MAX));
        assert_eq!(read("retry-after", "1.5"), Some(Duration::from_millis(1500)));
        assert_eq!(read("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(
            read("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"),
            Some(Duration::from_secs(10))
        );
        for date in [
            "Wednesday, 21-Oct-15 07:28:00 GMT",
            "Wed Oct 21 07:28:00 2015",
            "Wed, 21 Oct 2015 09:28:00 +0200",
        ] {
            assert_eq!(read("retry-after", date), Some(Duration::from_secs(10)), "{date}");
        }
        assert_eq!(read("retry-after", "Fri, 21 Oct 2005 07:28:00 GMT"), Some(Duration::ZERO));
        for nonsense in ["-1", "soon", "", "NaN", "inf"] {
            assert_eq!(read("retry-after", nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn backoff_doubles_up_to_its_bound() {
        let settings = Settings::default();
        let waits: Vec<u128> =
            (1..7).map(|made| backoff(&settings, made, 1.0).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(backoff(&settings, 3, 0.5).as_millis(), 1500);
        assert_eq!(backoff(&settings, 3, 0.0).as_millis(), 1000);
        let forever =
            Settings { backoff: Duration::MAX, max_backoff: Duration::MAX, ..Settings::default() };
        for made in [1, 2, 99] {
            assert!(backoff(&forever, made, 1.0) > Duration::from_secs(u64::MAX / 2));
        }
    }
}
