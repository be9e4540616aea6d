//! Bounds for the streams of events of some routes.

use crate::handler::{HttpHandler, Next, PolyFilter, over_http};
use crate::message::Request;
use crate::sse::{Setup, SseConfig};

/// Changes the configuration of the streams of events behind the filter.
///
/// `adjust` receives the configuration of the server, or of the filter around this one, and returns
/// the one to use. Of two such filters, the one nearer to the route decides. The bounds also hold
/// in memory. Other responses pass unchanged.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::sse_config;
/// use http4k_ws::sse::{Sse, SseConfig, respond};
///
/// fn feed(request: Request) -> Response {
///     respond(request, |sse: Sse| async move { sse.send("hello").await })
/// }
///
/// let soon = |config: SseConfig| config.with_retry(Duration::from_secs(1));
/// let app = routes! {
///     GET "/feed" with(sse_config(soon)) => http(feed),
///     GET "/news" => http(feed),
/// };
/// assert_eq!(app.test_http("/feed").body(), "retry: 1000\n\ndata: hello\n\n");
/// assert_eq!(app.test_http("/news").body(), "data: hello\n\n");
/// ```
pub fn sse_config<F>(adjust: F) -> impl PolyFilter + Clone
where
    F: Fn(SseConfig) -> SseConfig + Clone + Send + Sync + 'static,
{
    over_http("sse_config", move |request: Request, next: Next| {
        let adjust = adjust.clone();
        async move {
            let response = next.call(request).await;
            if let Some(setup) = Setup::of(response.extensions()) {
                setup.adjust(adjust);
            }
            response
        }
    })
}
