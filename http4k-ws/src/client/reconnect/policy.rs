//! The policy for when to connect again, and when to give up.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use crate::client::error::ConnectError;
use crate::message::WsStatus;
use crate::random::Random;
use crate::setters::{optional_setters, setters};

/// The policy for when a [`ReconnectingWebSocket`](super::ReconnectingWebSocket) or an
/// [`EventSource`](crate::client::EventSource) connects again, and when it gives up.
///
/// The delay before the first attempt is a random time up to [`base`](Self::base). Its limit
/// doubles before each further attempt, up to [`cap`](Self::cap). With this full jitter, the
/// clients of a server that restarts do not return all at once.
///
/// If a server refuses with `Retry-After`, in seconds or as a date (RFC 9110 §10.2.3), the client
/// waits that long, at most for [`retry_after_cap`](Self::retry_after_cap). A server sends the same
/// value to all its clients, so a random time up to
/// [`retry_after_spread`](Self::retry_after_spread) is added. With the default, at most 3 % of
/// 1,000 clients return within any 100 ms.
///
/// A failed attempt is repeated if [`ConnectError::is_transient`] returns `true`. After a
/// connection was closed, another is opened for the codes in
/// [`retried_codes`](Self::retried_codes). Every other code is final, among them 1000, 1008, and
/// the codes of the application. An event source has no close codes, and treats the `retry` of a
/// stream as it treats `Retry-After`.
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
///     .with_max_attempts(10)
///     .with_retried_code(1000)
///     .with_final_code(1011);
/// assert_eq!(policy.max_attempts, Some(10));
/// assert!(policy.retried_codes.contains(&1000));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReconnectPolicy {
    /// The longest delay before the first attempt. Default 500 ms.
    pub base: Duration,
    /// The longest delay before any attempt. Default 30 s.
    pub cap: Duration,
    /// The longest delay that a server can request. Default 5 min.
    pub retry_after_cap: Duration,
    /// The longest random time that is added to the delay that a server requests. If the delay
    /// without that request could be longer, its limit is used instead. Default 10 s.
    pub retry_after_spread: Duration,
    /// The number of attempts in a row that may fail; `None` for any number. Default `None`.
    pub max_attempts: Option<u32>,
    /// The time for which attempts may go on without a connection; `None` for ever. Default 15 min.
    pub give_up_after: Option<Duration>,
    /// The time limit of one attempt, including the hook of
    /// [`on_connect`](super::Reconnecting::on_connect). Default 10 s.
    pub attempt_timeout: Duration,
    /// The time after which a connection is stable: attempts and delays then start from the
    /// beginning again. A connection that is closed at once does not reset them. Default 5 s.
    pub stable_after: Duration,
    /// The close codes after which to connect again. Default 1001, 1006, 1011, 1012, 1013 and 1014.
    pub retried_codes: BTreeSet<u16>,
    /// The seed of the random delays, for a test that needs the same delays each time. Default
    /// `None`, for a random one.
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

/// The reason why there is currently no connection.
#[derive(Debug)]
pub(super) enum Interruption {
    Closed(WsStatus),
    Failed(Arc<ConnectError>),
}

impl Interruption {
    /// Returns the status of a socket that ends with this interruption.
    pub(super) fn status(&self) -> WsStatus {
        match self {
            Self::Closed(status) => status.clone(),
            Self::Failed(_) => WsStatus::ABNORMAL,
        }
    }

    /// Returns the delay that the server requests, however long.
    pub(super) fn requested_delay(&self) -> Option<Duration> {
        let Self::Failed(error) = self else {
            return None;
        };
        let ConnectError::Refused { response } = &**error else {
            return None;
        };
        retry_after(response.headers())
    }
}

/// Returns the delay that the header of a response requests, however long (RFC 9110 §10.2.3).
pub(in crate::client) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| Some(headers.get(name)?.to_str().ok()?.trim());
    let value: &str = text(RETRY_AFTER)?;
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number of seconds that overflows is cut to the largest one.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    // The clock of the server is used if it is known, because ours may differ.
    let now = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    let now = now.unwrap_or_else(SystemTime::now);
    Some(date.duration_since(now).unwrap_or_default())
}

impl ReconnectPolicy {
    setters! {
        ReconnectPolicy: "http4k_ws::client::reconnect::ReconnectPolicy";
        with_base, base: Duration = Duration::from_millis(500) => Duration::from_secs(2);
        with_cap, cap: Duration = Duration::from_secs(30) => Duration::from_secs(5);
        with_retry_after_cap, retry_after_cap: Duration =
            Duration::from_secs(300) => Duration::from_secs(60);
        with_retry_after_spread, retry_after_spread: Duration =
            Duration::from_secs(10) => Duration::from_secs(1);
        with_attempt_timeout, attempt_timeout: Duration =
            Duration::from_secs(10) => Duration::from_secs(3);
        with_stable_after, stable_after: Duration =
            Duration::from_secs(5) => Duration::from_secs(60);
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::client::reconnect::ReconnectPolicy;
        /// let policy = ReconnectPolicy::default();
        /// assert_eq!(policy.retried_codes, [1001, 1006, 1011, 1012, 1013, 1014].into());
        /// let policy = policy.with_retried_codes([1006, 1012].into());
        /// assert_eq!(policy.retried_codes, [1006, 1012].into());
        /// ```
        with_retried_codes, retried_codes: BTreeSet<u16>;
    }

    optional_setters! {
        ReconnectPolicy: "http4k_ws::client::reconnect::ReconnectPolicy";
        with_max_attempts, max_attempts: u32 = None => 10;
        with_give_up_after, give_up_after: Duration =
            Some(Duration::from_secs(900)) => Duration::from_secs(60);
        with_seed, seed: u64 = None => 7;
    }

    /// Connects again after the close code `code`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::reconnect::ReconnectPolicy;
    /// let policy = ReconnectPolicy::default();
    /// assert!(!policy.retried_codes.contains(&4000));
    /// assert!(policy.with_retried_code(4000).retried_codes.contains(&4000));
    /// ```
    #[must_use]
    pub fn with_retried_code(mut self, code: u16) -> Self {
        self.retried_codes.insert(code);
        self
    }

    /// Does not connect again after the close code `code`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::reconnect::ReconnectPolicy;
    /// let policy = ReconnectPolicy::default();
    /// assert!(policy.retried_codes.contains(&1011));
    /// assert!(!policy.with_final_code(1011).retried_codes.contains(&1011));
    /// ```
    #[must_use]
    pub fn with_final_code(mut self, code: u16) -> Self {
        self.retried_codes.remove(&code);
        self
    }

    pub(super) fn is_final(&self, interruption: &Interruption) -> bool {
        match interruption {
            Interruption::Closed(status) => !self.retried_codes.contains(&status.code()),
            Interruption::Failed(error) => !error.is_transient(),
        }
    }

    /// Returns the delay after an interruption, for which the server may have requested one. The
    /// first since a connection was stable counts 1.
    pub(super) fn delay(
        &self,
        interruptions: u32,
        requested: Option<Duration>,
        random: &mut Random,
    ) -> Duration {
        let doubled = 2_u32.saturating_pow(interruptions.saturating_sub(1));
        let longest = self.base.saturating_mul(doubled).min(self.cap);
        match requested {
            Some(requested) => {
                let spread = longest.max(self.retry_after_spread);
                let spread = spread.mul_f64(random.fraction());
                requested.min(self.retry_after_cap).saturating_add(spread)
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
        for (interruptions, longest) in [
            (1, 500),
            (2, 1000),
            (3, 2000),
            (7, 30_000),
            (u32::MAX, 30_000),
        ] {
            let delays: Vec<_> = (0..200)
                .map(|_| policy.delay(interruptions, None, &mut random).as_millis())
                .collect();
            let (shortest, most) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
            assert!(
                *most <= longest && *most > longest * 9 / 10,
                "{interruptions}: {most}"
            );
            assert!(*shortest < longest / 10, "{interruptions}: {shortest}");
        }
    }

    fn refused(fields: &[(&'static str, &'static str)]) -> Interruption {
        let mut response = Response::new(Bytes::new());
        for (name, value) in fields {
            response = crate::message::ResponseExt::with_header(response, *name, *value);
        }
        let response = Box::new(response);
        Interruption::Failed(Arc::new(ConnectError::Refused { response }))
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
            let requested = refused(fields).requested_delay();
            let delay = policy.delay(1, requested, &mut random);
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
    fn clients_with_the_same_retry_after_do_not_return_together() {
        let policy = ReconnectPolicy::default();
        for value in ["0", "1", "30", "120", "99999999"] {
            let requested = refused(&[("retry-after", value)]).requested_delay();
            for interruptions in [1, 3, 20] {
                let mut delays: Vec<_> = (0..1000)
                    .map(|seed| policy.delay(interruptions, requested, &mut Random::seeded(seed)))
                    .collect();
                delays.sort_unstable();
                let together = |first: &Duration| {
                    let window = *first..*first + Duration::from_millis(100);
                    delays
                        .iter()
                        .filter(|delay| window.contains(*delay))
                        .count()
                };
                let most = delays.iter().map(together).max();
                assert!(most <= Some(30), "{value}, {interruptions}: {most:?}");
            }
        }
    }

    #[test]
    fn only_transient_ends_are_tried_again() {
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
                policy.is_final(&Interruption::Closed(status)),
                !retried,
                "{code}"
            );
        }
        let theirs = WsStatus::new(4000, "").unwrap();
        let policy = policy.with_retried_code(4000).with_final_code(1006);
        assert!(!policy.is_final(&Interruption::Closed(theirs)));
        assert!(policy.is_final(&Interruption::Closed(WsStatus::ABNORMAL)));
    }
}
