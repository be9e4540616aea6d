//! Other bounds for the bodies of some routes.

use std::time::Duration;

use crate::handler::{HttpHandler, Next, PolyFilter, over_http};
use crate::message::{Request, with_body_bounds};

/// Takes request bodies of at most `bytes`, which may be more or less than
/// [`ServerConfig::max_body`](crate::server::ServerConfig::max_body); a longer one is answered with 413.
///
/// A body whose length is told is refused before anything of it is read, and before `100 Continue`. Of two
/// such filters the inner one decides. In memory it holds as on the network.
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
}

/// Waits at most `pause` for the next bytes of a request body, instead of
/// [`ServerConfig::body_stall`](crate::server::ServerConfig::body_stall). A peer that pauses for longer receives 408.
///
/// Counted in milliseconds. The least rate of the body still holds: see [`min_body_rate`]. In memory a
/// body is there at once, and the filter has no effect.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::body_stall;
///
/// /// From devices with a poor link.
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

/// Accepts request bodies that come at `bytes` per second or faster, instead of
/// [`ServerConfig::min_body_rate`](crate::server::ServerConfig::min_body_rate), which tells how the rate is
/// measured. A peer that sends more slowly receives 408; 0 accepts any rate.
///
/// Of two such filters the inner one decides. In memory a body is there at once, and the filter has no
/// effect.
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
/// // A reading every minute, for as long as the device likes.
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
