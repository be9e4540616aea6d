//! Rate limits of requests, over every protocol.

mod address;
mod keys;
mod message_rate;
mod quota;
#[cfg(test)]
mod random;

use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use tokio::time::Instant;

pub use address::{ClientNetwork, by_address};
pub use message_rate::{MessageRate, message_rate};
pub use quota::Quota;

use self::keys::{Keys, Outcome};
use crate::describe::{HeaderDescription, ResponseDescription, RouteDescription};
use crate::filter::guard;
use crate::handler::{BoxHttpHandler, BoxPolyFilter, BoxWsHandler, PolyFilter, short_name};
use crate::lens::problem;
use crate::message::{Request, Response};

/// Limits the requests of each client, over every protocol, to a [`Quota`].
///
/// `key` returns what identifies the client, such as [`by_address`] or the user of a filter before
/// this one. Each key has a quota of its own. A request for which `key` returns `None` is not
/// limited. All routes behind the filter share the quotas, and so do clones. A request, a socket
/// and a stream of events each use one call. Messages on a socket are limited by [`message_rate`].
///
/// A request over the quota receives 429 before the handler and before an upgrade (RFC 6585 §4),
/// with the seconds to wait in `Retry-After` (RFC 9110 §10.2.3) and a body of
/// `application/problem+json`. It uses nothing of the quota. The first refusal is logged at `warn`,
/// without the key. Time is that of tokio, which is virtual in tests with feature `testing`.
///
/// The memory is bounded, because an attacker may invent keys: a key that has its whole quota again
/// is forgotten, and at most [`with_max_keys`](RateLimit::with_max_keys) are held. Keys are held as
/// hashes with a random seed, so their size does not count, and secrets in them are not kept. The
/// work of a request does not grow with the number of keys.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Quota, rate_limit};
///
/// fn api_key(request: &Request) -> Option<String> {
///     request.header("x-api-key").map(str::to_owned)
/// }
///
/// let app = routes! {
///     "/api" with(rate_limit(api_key, Quota::per_minute(2))) => {
///         GET "/hello" => http(|| "hello"),
///         "/ws"        => ws(|ws: WebSocket| ws.try_send("hi")),
///     },
/// };
/// let by = |path: &str, key: &str| Request::get(path).header("x-api-key", key);
/// assert_eq!(app.test_http(by("/api/hello", "a")).status(), 200);
/// assert!(app.try_test_ws(by("/api/ws", "a")).is_ok());
///
/// let refusal = app.test_http(by("/api/hello", "a"));
/// assert_eq!(refusal.status(), 429);
/// assert_eq!(refusal.header("retry-after"), Some("30"));
/// assert_eq!(app.try_test_ws(by("/api/ws", "a")).unwrap_err().status(), 429);
/// assert_eq!(app.test_http(by("/api/hello", "b")).status(), 200);
/// ```
pub fn rate_limit<K, F>(key: F, quota: Quota) -> RateLimit
where
    F: Fn(&Request) -> Option<K> + Send + Sync + 'static,
    K: Hash,
{
    let seed = RandomState::new();
    let key = move |request: &Request| key(request).map(|key| seed.hash_one(key));
    RateLimit {
        key: Arc::new(key),
        limit: Arc::new(Limit::new(quota)),
        name: format!("rate_limit({})", short_name::<F>()).into(),
    }
}

/// The filter that [`rate_limit`] returns. Clones share the quotas.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Quota, RateLimit, by_address, rate_limit};
///
/// let limit: RateLimit = rate_limit(by_address(), Quota::per_minute(1));
/// let api = limit.clone().then(|_request: Request| "api");
/// let pages = limit.then(|_request: Request| "page");
/// assert_eq!(api.test_http("/").status(), 200);
/// assert_eq!(pages.test_http("/").status(), 429);
/// ```
#[derive(Clone)]
pub struct RateLimit {
    key: Arc<KeyOf>,
    limit: Arc<Limit>,
    name: Arc<str>,
}

/// Returns the hash of the key of a request.
type KeyOf = dyn Fn(&Request) -> Option<u64> + Send + Sync;

impl RateLimit {
    /// The number of keys that a limit holds at once by default.
    pub const MAX_KEYS: usize = 100_000;

    /// Sets the most keys that are held at once. Default: [`MAX_KEYS`](Self::MAX_KEYS), about 4 MiB
    /// if all are in use.
    ///
    /// While so many are in use, all other keys share one quota, so that invented keys have no more
    /// than one caller. Keys in use keep their own: inventing others does not clear their use.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::{Quota, rate_limit};
    ///
    /// let by_path = |request: &Request| Some(request.uri().path().to_owned());
    /// let limit = rate_limit(by_path, Quota::per_hour(1)).with_max_keys(1);
    /// let app = limit.then(|_request: Request| "hello");
    /// let statuses = ["/a", "/b", "/c", "/a"].map(|path| app.test_http(path).status().as_u16());
    /// assert_eq!(statuses, [200, 200, 429, 429]);
    /// ```
    #[must_use]
    pub fn with_max_keys(self, most: usize) -> Self {
        self.limit.lock().set_most(most);
        self
    }

    /// Returns the filter behind both protocols.
    fn guard(&self) -> BoxPolyFilter {
        let limit = self.clone();
        guard(move |request: Request| {
            let checked = match limit.check(&request) {
                None => Ok(request),
                Some(wait) => Err(too_many_requests(wait)),
            };
            std::future::ready(checked)
        })
    }

    /// Returns the time to wait if `request` is over the quota.
    fn check(&self, request: &Request) -> Option<Duration> {
        let key = (self.key)(request)?;
        self.limit.call(key, &self.name)
    }
}

impl PolyFilter for RateLimit {
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        self.guard().http(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        self.guard().ws(next)
    }

    fn name(&self) -> String {
        self.name.as_ref().to_owned()
    }

    fn describe(&self, route: &mut RouteDescription) {
        let response = ResponseDescription::problem(StatusCode::TOO_MANY_REQUESTS);
        let retry = HeaderDescription::new("retry-after").with_docs("The seconds to wait.");
        let response = response.with_docs("Too many requests.").with_header(retry);
        route.responses.push(response);
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("name", &self.name)
            .field("quota", &self.limit.quota)
            .finish_non_exhaustive()
    }
}

/// The quotas of all keys.
struct Limit {
    quota: Quota,
    keys: Mutex<Keys>,
    started: Instant,
    /// `true` once a refusal was logged.
    logged: AtomicBool,
    /// `true` once a full table was logged.
    logged_full: AtomicBool,
}

impl Limit {
    fn new(quota: Quota) -> Self {
        Self {
            quota,
            keys: Mutex::new(Keys::new(RateLimit::MAX_KEYS)),
            started: Instant::now(),
            logged: AtomicBool::new(false),
            logged_full: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call of `key`. Returns the time to wait if it is over the quota.
    fn call(&self, key: u64, name: &str) -> Option<Duration> {
        let now = nanos_since(self.started);
        let outcome = self.lock().call(key, &self.quota, now);
        let (wait, is_full) = match outcome {
            Outcome::Allowed => return None,
            Outcome::Refused(wait) => (wait, false),
            Outcome::RefusedShared(wait) => (wait, true),
        };
        self.log(name, is_full);
        Some(Duration::from_nanos(wait))
    }

    /// Logs the first refusal of each kind.
    fn log(&self, name: &str, is_full: bool) {
        let quota = self.quota;
        if is_full && !self.logged_full.swap(true, Ordering::Relaxed) {
            log::warn!(
                "`{name}` holds as many keys as it may, so new keys share one quota of {quota} \
                 (`RateLimit::with_max_keys`); later refusals are not logged"
            );
        } else if !is_full && !self.logged.swap(true, Ordering::Relaxed) {
            log::warn!(
                "`{name}` refused a request over its quota of {quota}; later refusals are not \
                 logged"
            );
        }
    }
}

/// Returns the time since `started`, in nanoseconds, which suffice for 584 years.
fn nanos_since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Returns a 429 with the time to wait (RFC 6585 §4), in whole seconds (RFC 9110 §10.2.3).
fn too_many_requests(wait: Duration) -> Response {
    let seconds = wait.as_nanos().div_ceil(1_000_000_000).max(1);
    let detail = format!("too many requests: wait {seconds} s before the next one");
    let mut response = problem(StatusCode::TOO_MANY_REQUESTS, &detail);
    if let Ok(seconds) = HeaderValue::try_from(seconds.to_string()) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}
