//! Quotas, and the arithmetic of their use.
//!
//! The generic cell rate algorithm (GCRA) keeps one number for each key: the time at which the key
//! has its whole burst again. A call moves that time ahead by the interval between two calls. It is
//! refused if the time would then be further ahead than a whole burst.

use std::fmt;
use std::time::Duration;

/// A number of calls in a period, and the burst that may come at once.
///
/// A quota is used evenly: `Quota::per_minute(60)` returns one call each second, not 60 of them at
/// the full minute. The burst is what an idle caller may use at once. By default it is the number
/// of calls of the period. Refused calls use nothing.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::filter::Quota;
///
/// let chat = Quota::per_second(20).with_burst(40);
/// assert_eq!((chat.interval(), chat.burst()), (Duration::from_millis(50), 40));
/// assert_eq!(Quota::per_minute(60), Quota::per_second(1).with_burst(60));
/// assert_eq!(Quota::one_per(Duration::from_secs(1)), Quota::per_second(1));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    /// The time after which one more call is allowed, in nanoseconds, at least 1.
    interval: u64,
    /// At least 1.
    burst: u32,
}

impl Quota {
    /// Allows `calls` in a second.
    ///
    /// # Panics
    ///
    /// Panics if `calls` is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::filter::Quota;
    ///
    /// let quota = Quota::per_second(4);
    /// assert_eq!((quota.interval(), quota.burst()), (Duration::from_millis(250), 4));
    /// ```
    #[track_caller]
    pub const fn per_second(calls: u32) -> Self {
        Self::per(calls, Duration::from_secs(1))
    }

    /// Allows `calls` in a minute.
    ///
    /// # Panics
    ///
    /// Panics if `calls` is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::filter::Quota;
    ///
    /// let quota = Quota::per_minute(6);
    /// assert_eq!((quota.interval(), quota.burst()), (Duration::from_secs(10), 6));
    /// ```
    #[track_caller]
    pub const fn per_minute(calls: u32) -> Self {
        Self::per(calls, Duration::from_secs(60))
    }

    /// Allows `calls` in an hour.
    ///
    /// # Panics
    ///
    /// Panics if `calls` is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::filter::Quota;
    ///
    /// let quota = Quota::per_hour(6);
    /// assert_eq!((quota.interval(), quota.burst()), (Duration::from_secs(600), 6));
    /// ```
    #[track_caller]
    pub const fn per_hour(calls: u32) -> Self {
        Self::per(calls, Duration::from_secs(60 * 60))
    }

    /// Allows one call in each `interval`, and no burst. The interval is at least a nanosecond and
    /// at most 584 years.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::filter::Quota;
    ///
    /// let quota = Quota::one_per(Duration::from_secs(90));
    /// assert_eq!((quota.interval(), quota.burst()), (Duration::from_secs(90), 1));
    /// ```
    pub const fn one_per(interval: Duration) -> Self {
        let nanos = interval.as_nanos();
        let interval = if nanos > u64::MAX as u128 {
            u64::MAX
        } else if nanos == 0 {
            1
        } else {
            nanos as u64
        };
        Self { interval, burst: 1 }
    }

    /// Sets the number of calls that may come at once. Default: the calls of the period.
    ///
    /// # Panics
    ///
    /// Panics if `calls` is 0, because no call would ever be allowed.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{Quota, rate_limit};
    /// use http4k_ws::prelude::*;
    ///
    /// let quota = Quota::per_minute(60);
    /// assert_eq!(quota.burst(), 60);
    /// let limit = rate_limit(|_request: &Request| Some("everyone"), quota.with_burst(2));
    /// let app = routes! { GET "/" => http(|| "hello") }.with(limit);
    /// let statuses = [(); 3].map(|()| app.test_http("/").status().as_u16());
    /// assert_eq!(statuses, [200, 200, 429]);
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn with_burst(mut self, calls: u32) -> Self {
        assert!(calls > 0, "the burst of a quota must be at least 1");
        self.burst = calls;
        self
    }

    /// Returns the time after which one more call is allowed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::filter::Quota;
    ///
    /// let quota = Quota::per_second(4).with_burst(20);
    /// // A client that waits as long between its calls is never refused.
    /// assert_eq!(quota.interval(), Duration::from_millis(250));
    /// ```
    pub const fn interval(&self) -> Duration {
        Duration::from_nanos(self.interval)
    }

    /// Returns the number of calls that may come at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::Quota;
    ///
    /// let quota = Quota::per_minute(600);
    /// assert_eq!(quota.burst(), 600);
    /// let even = quota.with_burst(1);
    /// assert_eq!((even.burst(), even.interval()), (1, quota.interval()));
    /// ```
    pub const fn burst(&self) -> u32 {
        self.burst
    }

    #[track_caller]
    const fn per(calls: u32, period: Duration) -> Self {
        assert!(calls > 0, "a quota must allow at least 1 call");
        let each = Self::one_per(Duration::from_nanos(
            (period.as_nanos() / calls as u128) as u64,
        ));
        each.with_burst(calls)
    }

    /// Decides about a call at `now`, in nanoseconds, of a key that has its whole burst again at
    /// `full_at`. Returns the next such time, or the nanoseconds to wait before another call.
    pub(super) fn decide(&self, full_at: u64, now: u64) -> Result<u64, u64> {
        let next = full_at.max(now).saturating_add(self.interval);
        let ahead = next - now;
        let allowed = self.interval.saturating_mul(u64::from(self.burst));
        match ahead.checked_sub(allowed) {
            None | Some(0) => Ok(next),
            Some(wait) => Err(wait),
        }
    }
}

impl fmt::Debug for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quota")
            .field("interval", &self.interval())
            .field("burst", &self.burst)
            .finish()
    }
}

/// Shows the quota as in a log: `1 in 50ms, at most 40 at once`.
impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (interval, burst) = (self.interval(), self.burst);
        write!(f, "1 in {interval:?}, at most {burst} at once")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::rate_limit::random::Random;

    /// Calls a key at each of `times`, and returns the decisions.
    fn decisions(quota: Quota, times: impl IntoIterator<Item = u64>) -> Vec<Result<(), u64>> {
        let mut full_at = 0;
        let each = times.into_iter().map(|now| {
            let next = quota.decide(full_at, now);
            full_at = next.unwrap_or(full_at);
            next.map(drop)
        });
        each.collect()
    }

    #[test]
    fn a_table_of_calls() {
        const MS: u64 = 1_000_000;
        let yes = Ok(());
        let no = |ms: u64| Err(ms * MS);
        // 10 in a second, 3 at once.
        let quota = Quota::per_second(10).with_burst(3);
        for (times, expected) in [
            (&[0, 0, 0, 0][..], &[yes, yes, yes, no(100)][..]),
            (
                &[0, 0, 0, 99, 100, 100],
                &[yes, yes, yes, no(1), yes, no(100)],
            ),
            // A refused call uses nothing.
            (
                &[0, 0, 0, 50, 60, 70, 100],
                &[yes, yes, yes, no(50), no(40), no(30), yes],
            ),
            // An idle key never has more than the burst.
            (&[5000, 5000, 5000, 5000], &[yes, yes, yes, no(100)]),
            // An even use is never refused.
            (&[0, 100, 200, 300, 400], &[yes, yes, yes, yes, yes]),
        ] {
            let times = times.iter().map(|ms| ms * MS);
            assert_eq!(decisions(quota, times), expected);
        }
    }

    #[test]
    fn extreme_quotas_do_not_overflow() {
        let rare = Quota::one_per(Duration::MAX).with_burst(u32::MAX);
        assert_eq!(decisions(rare, [0, u64::MAX - 1]), [Ok(()), Ok(())]);
        let once = Quota::one_per(Duration::MAX);
        assert_eq!(decisions(once, [0, 1])[0], Ok(()));
        let often = Quota::per_second(u32::MAX);
        assert_eq!(often.interval(), Duration::from_nanos(1));
        assert_eq!(
            Quota::one_per(Duration::ZERO).interval(),
            Duration::from_nanos(1)
        );
    }

    #[test]
    #[should_panic(expected = "at least 1 call")]
    fn a_quota_of_nothing_panics() {
        let _ = Quota::per_second(0);
    }

    /// A bucket that is filled one nanosecond at a time.
    struct Bucket {
        drops: u64,
        at: u64,
    }

    impl Bucket {
        fn call(&mut self, quota: Quota, now: u64) -> bool {
            let whole = quota.interval * u64::from(quota.burst);
            while self.at < now && self.drops < whole {
                (self.at, self.drops) = (self.at + 1, self.drops + 1);
            }
            self.at = now;
            let allowed = self.drops >= quota.interval;
            if allowed {
                self.drops -= quota.interval;
            }
            allowed
        }
    }

    #[test]
    fn the_decisions_are_those_of_a_bucket() {
        for seed in 0..500 {
            let mut random = Random(seed);
            let quota = Quota {
                interval: random.below(20) + 1,
                burst: random.below(6) as u32 + 1,
            };
            let mut bucket = Bucket {
                drops: quota.interval * u64::from(quota.burst),
                at: 0,
            };
            let mut now = 0;
            let times: Vec<_> = std::iter::repeat_with(|| {
                now += random.below(40);
                now
            })
            .take(60)
            .collect();
            let expected: Vec<_> = times.iter().map(|now| bucket.call(quota, *now)).collect();
            let decided = decisions(quota, times);
            let allowed: Vec<_> = decided.iter().map(Result::is_ok).collect();
            assert_eq!(allowed, expected, "seed {seed}");
        }
    }

    #[test]
    fn a_refused_call_is_allowed_after_exactly_its_wait() {
        for seed in 0..500 {
            let mut random = Random(seed);
            let quota = Quota {
                interval: random.below(1000) + 1,
                burst: random.below(6) as u32 + 1,
            };
            let (mut full_at, now) = (0, random.below(5000));
            let wait = loop {
                match quota.decide(full_at, now) {
                    Ok(next) => full_at = next,
                    Err(wait) => break wait,
                }
            };
            assert!(quota.decide(full_at, now + wait).is_ok(), "seed {seed}");
            assert!(
                quota.decide(full_at, now + wait - 1).is_err(),
                "seed {seed}"
            );
        }
    }
}
