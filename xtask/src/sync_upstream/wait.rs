//! How long a server asks to be left alone.

use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use ureq::http::HeaderMap;
use ureq::http::header::RETRY_AFTER;

/// What `Retry-After` says: seconds, or a date. `None` where it says neither.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number has are a long time too.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// A wait as people say it.
pub(super) fn words(wait: Duration) -> String {
    match wait.as_secs_f32().ceil() as u64 {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7_199 => format!("{} min", seconds.div_ceil(60)),
        seconds @ 7_200..=172_799 => format!("{} h", seconds.div_ceil(3_600)),
        seconds => format!("{} days", seconds.div_ceil(86_400)),
    }
}

/// The time before which nobody asks: one worker that is told to wait speaks for all of them.
#[derive(Debug, Default)]
pub(super) struct Calm(Mutex<Option<Instant>>);

impl Calm {
    pub(super) fn until(&self, time: Instant) {
        let mut until = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *until = Some(until.map_or(time, |known| known.max(time)));
    }

    pub(super) fn keep(&self) {
        let until = *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(wait) = until.and_then(|until| until.checked_duration_since(Instant::now())) {
            std::thread::sleep(wait);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        for (text, wait) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Thu, 01 Jan 1970 00:20:00 GMT", Some(200)),
            ("Thursday, 01-Jan-70 00:20:00 GMT", Some(200)),
            ("Thu, 01 Jan 1970 00:10:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().expect("a header"));
            assert_eq!(retry_after(&headers, now), wait.map(Duration::from_secs), "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn waits_are_told_in_the_unit_that_fits() {
        let told = [1, 119, 120, 7_200, 172_800, u64::MAX].map(|s| words(Duration::from_secs(s)));
        assert_eq!(told[..5], ["1 s", "119 s", "2 min", "2 h", "2 days"].map(str::to_owned));
    }
}
