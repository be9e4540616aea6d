//! Server-sent events, read from a body, over pipes and over a port.

mod failing;
mod leaving;
mod naive;
mod parse;
mod queue;
mod routing;
mod senders;
mod source;
mod stop;
mod stream;
mod testing;

use std::time::Duration;

use futures_util::FutureExt;
use http_body_util::BodyExt;
use http4k_ws::filter::sse_config;
use http4k_ws::message::BodyError;
use http4k_ws::prelude::*;
use http4k_ws::sse::{IntoSseResult, Sse, SseConfig, SseSender, respond};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// The time limit of a step, which may be on a paused clock.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    let deadline = Duration::from_secs(60);
    timeout(deadline, work).await.expect("an end in time")
}

/// Returns an application that responds to every request with a stream.
pub(crate) fn streaming<F, T>(config: SseConfig, consumer: F) -> PolyHandler
where
    F: Fn(Sse) -> T + Clone + Send + Sync + 'static,
    T: Future<Output: IntoSseResult> + Send + 'static,
{
    let handler = move |request: Request| respond(request, consumer.clone());
    sse_config(move |_| config.clone()).then(handler)
}

/// Returns an application whose streams stay open, and their senders.
pub(crate) fn open_streams(config: SseConfig) -> (PolyHandler, UnboundedReceiver<SseSender>) {
    let (join, joined) = unbounded_channel();
    let app = streaming(config, move |sse: Sse| {
        let join = join.clone();
        async move {
            let _ = join.send(sse.sender());
            sse.closed().await;
        }
    });
    (app, joined)
}

/// Returns the unread body of the response to `GET /`.
pub(crate) async fn body_of(app: &PolyHandler) -> Body {
    app.http().call(Request::default()).await.into_body()
}

/// Returns the text of the next frame, or the failure of the stream. `None` at its end.
pub(crate) async fn next(body: &mut Body) -> Option<Result<String, BodyError>> {
    let frame = within(body.frame()).await?;
    Some(frame.map(|frame| {
        let data = frame.into_data().expect("data");
        String::from_utf8(data.to_vec()).expect("text")
    }))
}

/// Returns the reason for which the stream breaks off.
pub(crate) async fn failure(body: &mut Body) -> String {
    let failure = next(body).await.expect("a failure").expect_err("a failure");
    let reason = std::error::Error::source(&failure).expect("a reason");
    reason.to_string()
}

/// Returns the text of the next frame.
pub(crate) async fn frame(body: &mut Body) -> String {
    next(body).await.expect("an open stream").expect("a frame")
}

/// Returns the bounds of a stream without comments, whose queue holds `events`.
pub(crate) fn silent(events: usize) -> SseConfig {
    SseConfig::default()
        .with_keep_alive(None)
        .with_queue_events(events)
}

/// Starts a stream whose body is not read. Returns its body and a sender.
pub(crate) async fn unread(config: SseConfig) -> (Body, SseSender) {
    let (app, mut joined) = open_streams(config);
    let mut body = body_of(&app).await;
    // The first poll starts the consumer.
    assert!(next(&mut body).now_or_never().is_none());
    (body, joined.recv().await.expect("a stream"))
}
