//! Going slower on purpose: a limit of one's own, and the service's word on what is left.
//!
//! Every request asks for its turn, and waits while it is told to. Nothing here knows about requests.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tokio::time::Instant;

use crate::error::Result;
use crate::limits::RateLimit;
use crate::service::LimitRules;

#[cfg(feature = "pacing")]
type Limiter = governor::DefaultDirectRateLimiter;

/// The limits of one client.
pub(crate) struct Pacer {
    rules: LimitRules,
    auto: Option<Mutex<Window>>,
    #[cfg(feature = "pacing")]
    limiter: Option<Limiter>,
}

impl Pacer {
    pub(crate) fn new(
        rules: Option<LimitRules>,
        auto: bool,
        per_minute: Option<u32>,
    ) -> Result<Self> {
        #[cfg(not(feature = "pacing"))]
        let _ = per_minute;
        Ok(Self {
            rules: rules.unwrap_or(LimitRules::DEFAULT),
            auto: auto.then(|| Mutex::new(Window::default())),
            #[cfg(feature = "pacing")]
            limiter: per_minute.map(limiter).transpose()?,
        })
    }

    /// The wait until the next request may go. Zero takes the turn; after a wait one has to ask again.
    pub(crate) fn turn(&self) -> Duration {
        if let Some(window) = &self.auto {
            let wait = window.lock().unwrap_or_else(PoisonError::into_inner).turn(Instant::now());
            if !wait.is_zero() {
                return wait;
            }
        }
        self.own_turn()
    }

    #[cfg(feature = "pacing")]
    fn own_turn(&self) -> Duration {
        use governor::clock::Clock;
        let Some(limiter) = &self.limiter else { return Duration::ZERO };
        match limiter.check() {
            Ok(()) => Duration::ZERO,
            // Never zero, which would be a turn that was not taken.
            Err(not_yet) => not_yet
                .wait_time_from(governor::clock::DefaultClock::default().now())
                .max(Duration::from_millis(1)),
        }
    }

    #[cfg(not(feature = "pacing"))]
    fn own_turn(&self) -> Duration {
        Duration::ZERO
    }

    /// Takes in what a reply says.
    pub(crate) fn observe(&self, status: StatusCode, headers: &HeaderMap, body: Option<&Bytes>) {
        let Some(window) = &self.auto else { return };
        let said = RateLimit::read(&self.rules, headers, body);
        let asked = if status == StatusCode::TOO_MANY_REQUESTS {
            crate::send::retry_after(headers, std::time::SystemTime::now())
        } else {
            None
        };
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        window.observe(said, asked, self.rules.window, Instant::now());
    }
}

#[cfg(feature = "pacing")]
fn limiter(per_minute: u32) -> Result<Limiter> {
    use std::num::NonZeroU32;
    let per_minute = NonZeroU32::new(per_minute)
        .ok_or_else(|| crate::Error::configuration("a rate limit of 0 lets nothing through"))?;
    // One at a time: a burst of a whole minute's worth is what services complain about.
    let quota = governor::Quota::per_minute(per_minute).allow_burst(NonZeroU32::MIN);
    Ok(Limiter::direct(quota))
}

/// What is known about the service's current window.
#[derive(Debug, Default)]
struct Window {
    /// When the window was first seen; it began then or earlier.
    began: Option<Instant>,
    remaining: Option<u64>,
    /// Nothing goes before this moment.
    closed_until: Option<Instant>,
}

impl Window {
    /// The last tenth of a limit is spread over the rest of its window.
    const RESERVE: u64 = 10;

    fn observe(
        &mut self,
        said: Option<RateLimit>,
        asked: Option<Duration>,
        window: Duration,
        now: Instant,
    ) {
        if let Some(asked) = asked {
            self.close(now.checked_add(asked.min(window)));
        }
        let Some(RateLimit { limit, remaining: Some(remaining) }) = said else { return };
        let is_new = self.began.is_none_or(|began| now.saturating_duration_since(began) >= window)
            || self.remaining.is_none_or(|before| remaining > before);
        if is_new {
            self.began = Some(now);
        }
        self.remaining = Some(remaining);
        let scarce = limit.map_or(remaining == 0, |limit| remaining <= limit / Self::RESERVE);
        if scarce {
            let share = u32::try_from(remaining.saturating_add(1)).unwrap_or(u32::MAX);
            let gone = now.saturating_duration_since(self.began.unwrap_or(now));
            self.close(now.checked_add(window.saturating_sub(gone) / share));
        }
    }

    /// A moment that no clock can tell is none.
    fn close(&mut self, until: Option<Instant>) {
        let Some(until) = until else { return };
        self.closed_until = Some(self.closed_until.map_or(until, |known| known.max(until)));
    }

    fn turn(&mut self, now: Instant) -> Duration {
        let wait =
            self.closed_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        if wait.is_zero() {
            self.closed_until = None;
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_left_is_spread_over_the_window() {
        let minute = Duration::from_secs(60);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let left = |remaining| Some(RateLimit { limit: Some(100), remaining: Some(remaining) });
        let mut window = Window::default();

        window.observe(left(90), None, minute, at(0));
        assert_eq!(window.turn(at(0)), Duration::ZERO, "plenty is left");
        window.observe(left(9), None, minute, at(10));
        assert_eq!(window.turn(at(10)), Duration::from_secs(5), "50 s for 10 turns");
        window.observe(left(0), None, minute, at(20));
        assert_eq!(window.turn(at(20)), Duration::from_secs(40), "nothing is left of this window");
        assert_eq!(window.turn(at(60)), Duration::ZERO, "a new window");
        window.observe(None, Some(Duration::from_secs(7)), minute, at(61));
        assert_eq!(window.turn(at(61)), Duration::from_secs(7), "a 429 holds everyone");
    }
}
