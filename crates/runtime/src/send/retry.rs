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
        let wait = match error.retry_after() {
            Some(asked) if asked > self.settings().retry_after_cap => return None,
            Some(asked) => asked,
            None => backoff(self.settings(), made, random::unit()),
        };
        let in_time = deadline.is_none_or(|deadline| Instant::now() + wait < deadline);
        in_time.then_some(wait)
    }

    /// The rule that nothing is done twice: what may have taken effect is repeated only if repeating is harmless.
    fn may_repeat(&self, error: &Error) -> bool {
        if !self.content.can_be_sent_again() {
            return false;
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

/// Exponential, with full jitter: `luck` from 0 to 1 picks the wait between nothing and the bound.
fn backoff(settings: &Settings, made: u32, luck: f64) -> Duration {
    let doubled =
        settings.backoff.saturating_mul(2_u32.saturating_pow(made.saturating_sub(1).min(30)));
    doubled.min(settings.max_backoff).mul_f64(luck.clamp(0.0, 1.0))
}

/// How long a server asks to wait: in milliseconds, in seconds, or until a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number = |text: &str, unit: f64| {
        let seconds = text.parse::<f64>().ok()? * unit;
        Duration::try_from_secs_f64(seconds).ok()
    };
    if let Some(wait) = text("retry-after-ms").and_then(|text| number(text, 0.001)) {
        return Some(wait);
    }
    let value = text(RETRY_AFTER.as_str())?;
    number(value, 1.0).or_else(|| {
        let until = chrono::DateTime::parse_from_rfc2822(value).ok()?.timestamp();
        let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(Duration::from_secs(u64::try_from(until).ok()?).saturating_sub(now))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_comes_in_three_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_470);
        let read = |name: &'static str, value: &str| {
            let headers = HeaderMap::from_iter([(
                name.parse().expect("a name"),
                value.parse().expect("a value"),
            )]);
            retry_after(&headers, now)
        };
        assert_eq!(read("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(read("retry-after", "1.5"), Some(Duration::from_millis(1500)));
        assert_eq!(read("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(
            read("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"),
            Some(Duration::from_secs(10))
        );
        assert_eq!(read("retry-after", "Fri, 21 Oct 2005 07:28:00 GMT"), Some(Duration::ZERO));
        for nonsense in ["-1", "soon", "", "NaN", "1e99"] {
            assert_eq!(read("retry-after", nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn backoff_doubles_up_to_its_bound() {
        let settings = Settings::default();
        let waits: Vec<u128> =
            (1..7).map(|made| backoff(&settings, made, 1.0).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(backoff(&settings, 3, 0.5).as_millis(), 1000);
        assert_eq!(backoff(&settings, 3, 0.0), Duration::ZERO);
    }
}
