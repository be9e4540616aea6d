//! Bounds for the request bodies of some routes, in place of the server's.

use std::time::Duration;

use crate::handler::{HttpHandler, Next, PolyFilter, over_http};
use crate::message::{Request, with_body_bounds};

/// Accepts request bodies of at most `bytes` bytes. A longer body receives 413.
///
/// The bound may be above or below [`ServerConfig::max_body`]. A body with a declared length is
/// refused before any of it is read, and before `100 Continue`. Of two such filters, the inner one
/// decides. The bound also holds in memory.
///
#[doc = crate::doc_link::server!("ServerConfig::max_body")]
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::max_body;
///
/// fn length(text: String) -> String {
///     text.len().to_string()
/// }
///
/// let app = routes! {
///     POST "/notes"                            => http(length(_)),
///     POST "/words"  with(max_body(4))         => http(length(_)),
///     POST "/photos" with(max_body(50_000_000)) => http(length(_)),
/// };
/// let post = |path: &'static str| app.test_http(Request::post(path).body("hello"));
/// assert_eq!(post("/notes").body(), "5");
/// assert_eq!(post("/words").status(), 413);
/// assert_eq!(post("/photos").body(), "5");
/// ```
pub fn max_body(bytes: u64) -> impl PolyFilter + Clone {
    over_http("max_body", move |request: Request, next: Next| async move {
        let request = with_body_bounds(request, |bounds| bounds.set_max(bytes));
        next.call(request).await
    })
    .describing(|route| route.max_body = Some(bytes))
}

/// Waits at most `pause` for the next bytes of a request body. A client that pauses for longer
/// receives 408.
///
/// The limit replaces [`ServerConfig::body_stall`] and is counted in milliseconds. The minimum rate
/// of the body still applies: see [`min_body_rate`]. In memory a body arrives at once, so the
/// filter has no effect.
///
#[doc = crate::doc_link::server!("ServerConfig::body_stall")]
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::body_stall;
///
/// /// Counts the readings of a device with a poor connection.
/// fn measured(readings: String) -> String {
///     readings.lines().count().to_string()
/// }
///
/// let app = routes! {
///     POST "/readings" with(body_stall(Duration::from_secs(120))) => http(measured(_)),
/// };
/// let readings = Request::post("/readings").body("20.5\n20.7\n");
/// assert_eq!(app.test_http(readings).body(), "2");
/// ```
pub fn body_stall(pause: Duration) -> impl PolyFilter + Clone {
    over_http(
        "body_stall",
        move |request: Request, next: Next| async move {
            let request = with_body_bounds(request, |bounds| bounds.set_stall(pause));
            next.call(request).await
        },
    )
}

/// Accepts request bodies that arrive at `bytes` bytes per second or faster. A client that sends
/// more slowly receives 408; 0 accepts any rate.
///
/// The rate replaces [`ServerConfig::min_body_rate`], which describes the measurement. Of two such
/// filters, the inner one decides. In memory a body arrives at once, so the filter has no effect.
///
#[doc = crate::doc_link::server!("ServerConfig::min_body_rate")]
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{body_stall, min_body_rate};
///
/// fn measured(readings: String) -> String {
///     readings.lines().count().to_string()
/// }
///
/// // A reading every minute, without a limit on the whole time.
/// let app = routes! {
///     POST "/readings" with(body_stall(Duration::from_secs(90)), min_body_rate(0))
///         => http(measured(_)),
/// };
/// let readings = Request::post("/readings").body("20.5\n20.7\n");
/// assert_eq!(app.test_http(readings).body(), "2");
/// ```
pub fn min_body_rate(bytes: u64) -> impl PolyFilter + Clone {
    over_http(
        "min_body_rate",
        move |request: Request, next: Next| async move {
            let request = with_body_bounds(request, |bounds| bounds.set_min_rate(bytes));
            next.call(request).await
        },
    )
}
