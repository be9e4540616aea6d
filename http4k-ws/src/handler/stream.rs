//! The function over a stream of events, `Sse -> ()`, as an HTTP handler.

use super::http::{BoxHttpHandler, IntoHttpHandler};
use super::respond::{IntoStreamed, Later, Now};
use crate::describe::RouteDescription;
use crate::message::{Request, Response};
use crate::sse::{self, IntoSseEvent, IntoSseResult, Sse};

/// Values that can respond with a stream of events: functions over an [`Sse`].
///
/// The stream is the response to an HTTP request, so the handler is one for HTTP. Users never
/// implement this trait. `Kind` is always inferred.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::Routes;
/// use http4k_ws::sse::{Sse, SseResult};
///
/// async fn count(sse: Sse) -> SseResult {
///     for number in 1..=3 {
///         sse.send(number.to_string()).await?;
///     }
///     Ok(())
/// }
///
/// let in_macro = routes! { "/count" => sse(count) };
/// let built = Routes::new().sse(Method::GET, "/count", count).build().unwrap();
/// for app in [in_macro, built] {
///     assert_eq!(app.test_http("/count").body(), "data: 1\n\ndata: 2\n\ndata: 3\n\n");
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a function over a stream of events",
    label = "an sse handler is a function over an `Sse` that returns `()` or `SseResult`, or a \
             future of one",
    note = "a function with other arguments is called: `sse(feed(sse, topic))`, and \
            `sse(feed(sse, _))` if the argument is read from the request",
    note = "a function that returns a response belongs in `http(..)`, and one over a `WebSocket` in \
            `ws(..)`"
)]
pub trait IntoSseHandler<Kind> {
    /// Converts the value into a shared handler for HTTP.
    fn into_sse_handler(self) -> BoxHttpHandler;

    /// Adds to a description what the type says. By default, nothing.
    #[doc(hidden)]
    fn describe(_route: &mut RouteDescription) {}
}

/// Marks a function over a stream.
#[derive(Debug)]
pub struct OverStream<Out, When>(std::marker::PhantomData<(Out, When)>);

// Two implementations, so that the compiler describes any other value by the trait, and not by the
// signature that one of them requires.
impl<F, R, Out> IntoSseHandler<OverStream<Out, Now>> for F
where
    F: Fn(Sse<Out>) -> R + Clone + Send + Sync + 'static,
    Out: IntoSseEvent,
    R: IntoStreamed<Now, Output: IntoSseResult, Future: Send>,
{
    fn into_sse_handler(self) -> BoxHttpHandler {
        streaming(self)
    }

    fn describe(route: &mut RouteDescription) {
        describe::<Out>(route);
    }
}

impl<F, R, Out> IntoSseHandler<OverStream<Out, Later>> for F
where
    F: Fn(Sse<Out>) -> R + Clone + Send + Sync + 'static,
    Out: IntoSseEvent,
    R: IntoStreamed<Later, Output: IntoSseResult, Future: Send>,
{
    fn into_sse_handler(self) -> BoxHttpHandler {
        streaming(self)
    }

    fn describe(route: &mut RouteDescription) {
        describe::<Out>(route);
    }
}

fn streaming<F, R, Out, When: 'static>(consumer: F) -> BoxHttpHandler
where
    F: Fn(Sse<Out>) -> R + Clone + Send + Sync + 'static,
    Out: IntoSseEvent,
    R: IntoStreamed<When, Output: IntoSseResult, Future: Send>,
{
    (move |request: Request| respond_with_stream(request, consumer.clone())).into_http_handler()
}

fn describe<Out: IntoSseEvent>(route: &mut RouteDescription) {
    if let Some(message) = Out::description() {
        route.send(message);
    }
}

/// Responds to `request` with a stream of events, which `consumer` sends.
pub(crate) fn respond_with_stream<W, Out, F, T>(request: Request, consumer: F) -> Response
where
    Out: IntoSseEvent,
    F: FnOnce(Sse<Out>) -> T + Send + 'static,
    T: IntoStreamed<W, Output: IntoSseResult, Future: Send>,
{
    sse::respond(request, async move |sse| {
        consumer(sse).into_streamed().await
    })
}
