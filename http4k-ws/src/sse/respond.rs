//! The response that is a stream of events.

use std::future::Future;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};

use super::body::StreamBody;
use super::error::IntoSseResult;
use super::into_event::IntoSseEvent;
use super::reader::EVENT_STREAM;
use super::setup::Setup;
use super::state::StreamState;
use super::stream::Sse;
use crate::message::{Body, Request, Response};

/// Keeps nginx from buffering the response.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Returns the response that is a stream of events, and calls `consumer` with the stream once the
/// response is sent.
///
/// For handlers that decide for each request whether they stream, such as an endpoint with a field
/// `stream` in its request. The body of `request` is dropped, so a handler reads it before.
///
/// The response has the status 200 and the fields `Content-Type: text/event-stream`,
/// `Cache-Control: no-store` and `X-Accel-Buffering: no`. In the response to HEAD, the consumer is
/// not called. A panic of the consumer is logged, and breaks the stream off as an error does. With
/// a [`keep_alive`](crate::sse::SseConfig::keep_alive), the body must be read inside a tokio
/// runtime.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseResult, respond};
///
/// async fn answer(sse: Sse) -> SseResult {
///     for word in ["forty", "two"] {
///         sse.send(word).await?;
///     }
///     Ok(())
/// }
///
/// let app = |request: Request| match request.query("stream").as_deref() {
///     Some("true") => respond(request, answer),
///     _ => "forty two".into_response(),
/// };
/// assert_eq!(app.test_http("/").body(), "forty two");
/// assert_eq!(app.test_http("/?stream=true").body(), "data: forty\n\ndata: two\n\n");
/// ```
pub fn respond<Out, F, T>(request: Request, consumer: F) -> Response
where
    Out: IntoSseEvent,
    F: FnOnce(Sse<Out>) -> T + Send + 'static,
    T: Future<Output: IntoSseResult> + Send + 'static,
{
    let state = StreamState::new();
    let setup = Setup::default();
    let sse = Sse::new(&state, request.map(|_| Body::empty()));
    // Called inside the future, so that the body catches the panic of a plain function.
    let consumer = Box::pin(async move { consumer(sse).await.into_sse_result() });
    let body = StreamBody::new(state, setup.clone(), consumer);
    let mut response = Response::new(Body::new(body));
    response.extensions_mut().insert(setup);
    let fields = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, EVENT_STREAM),
        (CACHE_CONTROL, "no-store"),
        (X_ACCEL_BUFFERING, "no"),
    ] {
        fields.insert(name, HeaderValue::from_static(value));
    }
    response
}
