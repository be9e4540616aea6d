//! When to connect again, and when to give up.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};

use crate::client::error::ConnectError;
use crate::message::WsStatus;
use crate::random::Random;
use crate::setters::setters;

/// When a [`ReconnectingWebSocket`](super::ReconnectingWebSocket) connects again, and when it gives up.
///
/// The delay before the first attempt is a random time up to [`base`](Self::base), before each further one up
/// to twice as long, and never over [`cap`](Self::cap): with full jitter, the clients of a server that restarts
/// do not come back all at once.
///
/// A server that refuses with `Retry-After` is left alone for that long (RFC 9110 §10.2.3), given as
/// seconds or as a date, and at most for [`retry_after_cap`](Self::retry_after_cap). As it tells all
/// its clients the same, a random time up to [`retry_after_spread`](Self::retry_after_spread) is added:
/// with the default, of 1,000 clients at most 3 % return within any 100 ms.
///
/// What can't be opened is tried again where [`ConnectError::is_transient`] says so. A socket that was closed
/// is opened again after the codes in [`retried_codes`](Self::retried_codes); every other end is final, among
/// them 1000, 1008, and the application's own codes.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::client::reconnect::ReconnectPolicy;
///
/// let policy = ReconnectPolicy::default()
///     .with_cap(Duration::from_secs(5))
///     .with_max_attempts(Some(10))
///     .with_retried_code(1000)
///     .with_final_code(1011);
/// assert!(policy.retried_codes.contains(&1000));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReconnectPolicy {
    /// The longest delay before the first attempt. Default 500 ms.
    pub base: Duration,
    /// The longest delay before any attempt. Default 30 s.
    pub cap: Duration,
    /// The longest time that a server is left alone because it asks for it. Default 5 min.
    pub retry_after_cap: Duration,
    /// The longest random time that is added to what a server asks for; if the delay without its
    /// request could be longer, that is added instead. Default 10 s.
    pub retry_after_spread: Duration,
    /// How many attempts in a row may fail; `None` for any number. Default `None`.
    pub max_attempts: Option<u32>,
    /// How long attempts may go on without a connection; `None` for ever. Default 15 min.
    pub give_up_after: Option<Duration>,
    /// How long one attempt may take, the hook of
    /// [`on_connect`](super::Reconnecting::on_connect) included. Default 10 s.
    pub attempt_timeout: Duration,
    /// How long a connection must stand until attempts and delays count from the beginning again: one
    /// that is closed at once was none. Default 5 s.
    pub stable_after: Duration,
    /// The close codes after which to connect again. Default 1001, 1006, 1011, 1012, 1013 and 1014.
    pub retried_codes: BTreeSet<u16>,
    /// Where the jitter begins, so that a test gets the same delays each time. Default `None`, which is at
    /// random.
    pub seed: Option<u64>,
}

impl Default for ReconnectPolicy {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            cap: Duration::from_secs(30),
            retry_after_cap: Duration::from_secs(5 * 60),
            retry_after_spread: Duration::from_secs(10),
            max_attempts: None,
            give_up_after: Some(Duration::from_secs(15 * 60)),
            attempt_timeout: Duration::from_secs(10),
            stable_after: Duration::from_secs(5),
            retried_codes: [1001, 1006, 1011, 1012, 1013, 1014].into(),
            seed: None,
        }
    }
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum Setback {
    Closed(WsStatus),
    Failed(Arc<ConnectError>),
}

impl Setback {
    /// How it looks to who only asks how a socket ended.
    pub(super) fn status(&self) -> WsStatus {
        match self {
            Self::Closed(status) => status.clone(),
            Self::Failed(_) => WsStatus::ABNORMAL,
        }
    }

    /// The time for which the server wants to be left alone, however long.
    fn retry_after(&self) -> Option<Duration> {
        let Self::Failed(error) = self else {
            return None;
        };
        let ConnectError::Refused { response } = &**error else {
            return None;
        };
        let text = |name| Some(response.headers().get(name)?.to_str().ok()?.trim());
        let asked: &str = text(RETRY_AFTER)?;
        if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
            // More seconds than a number holds are as many as one can.
            return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
        }
        let date = httpdate::parse_http_date(asked).ok()?;
        // By the server's own clock, if it says what that shows.
        let now = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
        let now = now.unwrap_or_else(SystemTime::now);
        Some(date.duration_since(now).unwrap_or_default())
    }
}

impl ReconnectPolicy {
    setters! {
        with_base, base: Duration;
        with_cap, cap: Duration;
        with_retry_after_cap, retry_after_cap: Duration;
        with_retry_after_spread, retry_after_spread: Duration;
        with_max_attempts, max_attempts: Option<u32>;
        with_give_up_after, give_up_after: Option<Duration>;
        with_attempt_timeout, attempt_timeout: Duration;
        with_stable_after, stable_after: Duration;
        with_retried_codes, retried_codes: BTreeSet<u16>;
        with_seed, seed: Option<u64>;
    }

    /// The same policy, which connects again after the close code `code`.
    #[must_use]
    pub fn with_retried_code(mut self, code: u16) -> Self {
        self.retried_codes.insert(code);
        self
    }

    /// The same policy, for which the close code `code` is final.
    #[must_use]
    pub fn with_final_code(mut self, code: u16) -> Self {
        self.retried_codes.remove(&code);
        self
    }

    pub(super) fn is_final(&self, setback: &Setback) -> bool {
        match setback {
            Setback::Closed(status) => !self.retried_codes.contains(&status.code()),
            Setback::Failed(error) => !error.is_transient(),
        }
    }

    /// The delay after a setback, the first since a connection was stable being 1.
    pub(super) fn delay(&self, setbacks: u32, setback: &Setback, random: &mut Random) -> Duration {
        let doubled = 2_u32.saturating_pow(setbacks.saturating_sub(1));
        let longest = self.base.saturating_mul(doubled).min(self.cap);
        match setback.retry_after() {
            Some(asked) => {
                let spread = longest.max(self.retry_after_spread);
                let spread = spread.mul_f64(random.fraction());
                asked.min(self.retry_after_cap).saturating_add(spread)
            }
            None => longest.mul_f64(random.fraction()),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::message::Response;

    #[test]
    fn delays_double_up_to_the_cap() {
        let policy = ReconnectPolicy::default();
        let mut random = Random::seeded(1);
        let lost = Setback::Closed(WsStatus::ABNORMAL);
        for (setbacks, longest) in [
            (1, 500),
            (2, 1000),
            (3, 2000),
            (7, 30_000),
            (u32::MAX, 30_000),
        ] {
            let delays: Vec<_> = (0..200)
                .map(|_| policy.delay(setbacks, &lost, &mut random).as_millis())
                .collect();
            let (shortest, most) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
            assert!(
                *most <= longest && *most > longest * 9 / 10,
                "{setbacks}: {most}"
            );
            assert!(*shortest < longest / 10, "{setbacks}: {shortest}");
        }
    }

    fn refused(fields: &[(&'static str, &'static str)]) -> Setback {
        let mut response = Response::new(Bytes::new());
        for (name, value) in fields {
            response = crate::message::ResponseExt::with_header(response, *name, *value);
        }
        let response = Box::new(response);
        Setback::Failed(Arc::new(ConnectError::Refused { response }))
    }

    #[test]
    fn retry_after_is_kept_within_its_bound() {
        let policy = ReconnectPolicy::default();
        let spread = policy.retry_after_spread;
        let mut random = Random::seeded(1);
        for (fields, least) in [
            (&[("retry-after", "120")][..], Some(120)),
            (&[("retry-after", " 7 ")], Some(7)),
            (&[("retry-after", "0")], Some(0)),
            (&[("retry-after", "301")], Some(300)),
            (&[("retry-after", "18446744073709551615")], Some(300)),
            (&[("retry-after", "99999999999999999999999")], Some(300)),
            (
                &[
                    ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
                    ("date", "Sun, 06 Nov 1994 08:49:07 GMT"),
                ],
                Some(30),
            ),
            (&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], Some(0)),
            (
                &[("retry-after", "Fri, 31 Dec 2100 23:59:59 GMT")],
                Some(300),
            ),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "")], None),
            (&[], None),
        ] {
            let delay = policy.delay(1, &refused(fields), &mut random);
            match least.map(Duration::from_secs) {
                Some(least) => {
                    assert!(
                        delay >= least && delay <= least + spread,
                        "{fields:?}: {delay:?}"
                    )
                }
                None => assert!(delay <= policy.base, "{fields:?}: {delay:?}"),
            }
        }
    }

    #[test]
    fn clients_that_are_told_the_same_do_not_return_together() {
        let policy = ReconnectPolicy::default();
        for value in ["0", "1", "30", "120", "99999999"] {
            let refusal = refused(&[("retry-after", value)]);
            for setbacks in [1, 3, 20] {
                let mut delays: Vec<_> = (0..1000)
                    .map(|seed| policy.delay(setbacks, &refusal, &mut Random::seeded(seed)))
                    .collect();
                delays.sort_unstable();
                let together = |first: &Duration| {
                    let window = *first..*first + Duration::from_millis(100);
                    delays.iter().filter(|delay| window.contains(delay)).count()
                };
                let most = delays.iter().map(together).max();
                assert!(most <= Some(30), "{value}, {setbacks}: {most:?}");
            }
        }
    }

    #[test]
    fn only_ends_that_may_pass_are_tried_again() {
        let policy = ReconnectPolicy::default();
        for code in 1000..5000 {
            let status = match code {
                1006 => WsStatus::ABNORMAL,
                _ => match WsStatus::new(code, "") {
                    Ok(status) => status,
                    Err(_never_travels) => continue,
                },
            };
            let retried = matches!(code, 1001 | 1006 | 1011..=1014);
            assert_eq!(
                policy.is_final(&Setback::Closed(status)),
                !retried,
                "{code}"
            );
        }
        let theirs = WsStatus::new(4000, "").unwrap();
        let policy = policy.with_retried_code(4000).with_final_code(1006);
        assert!(!policy.is_final(&Setback::Closed(theirs)));
        assert!(policy.is_final(&Setback::Closed(WsStatus::ABNORMAL)));
    }
}
