//! The responses to requests whose handler panics.

use http::request::Parts;

use crate::handler::{HandlerPanic, HttpHandler, Next, PolyFilter, over_all};
use crate::message::{IntoResponse, Request, copy_of_head};

/// Replaces the response to a request whose handler panics with the one that `respond` returns.
///
/// Without this filter the response is a 500 with one line of text. The panic is logged in any
/// case, and the filters around this one see the new response. `respond` receives the panic and the
/// head of the request as it arrived at the filter. If it panics itself, the response is the 500.
///
/// | panic in | result |
/// |---|---|
/// | a handler or filter behind this one, before an upgrade too | the response of `respond` |
/// | the body of a response, the consumer of a stream of events | the response is broken off |
/// | the consumer or a callback of a socket | the socket closes with 1011 |
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::catch_panics;
/// use http4k_ws::handler::HandlerPanic;
/// use http4k_ws::http::request::Parts;
///
/// fn apologize(panic: HandlerPanic, request: Parts) -> (StatusCode, String) {
///     assert_eq!(panic.message(), "no room 7");
///     let path = request.uri.path();
///     (StatusCode::INTERNAL_SERVER_ERROR, format!("{path} is broken, and we know it"))
/// }
///
/// fn show(id: u32) -> String {
///     panic!("no room {id}")
/// }
///
/// let app = routes! { GET "/rooms/<id>" => http(show(id)) }.with(catch_panics(apologize));
/// let response = app.test_http("/rooms/7");
/// assert_eq!(response.status(), 500);
/// assert_eq!(response.body(), "/rooms/7 is broken, and we know it");
/// ```
pub fn catch_panics<F, R>(respond: F) -> impl PolyFilter + Clone
where
    F: Fn(HandlerPanic, Parts) -> R + Clone + Send + Sync + 'static,
    R: IntoResponse,
{
    over_all("catch_panics", move |request: Request, next: Next| {
        let respond = respond.clone();
        async move {
            let (head, _) = copy_of_head(&request).into_parts();
            let mut response = next.call(request).await;
            match response.extensions_mut().remove::<HandlerPanic>() {
                Some(panic) => respond(panic, head).into_response(),
                None => response,
            }
        }
    })
}
