//! Recording of the messages of sockets.
//!
//! The file is in `filter` because `filter::record` is its public address, and a filter imports
//! nothing of `testing`.

use std::sync::{Mutex, PoisonError};

use crate::handler::{BoxWsHandler, PolyFilter, WsConsumer, WsFilter, WsHandler, WsNext};
use crate::message::{Party, Recorder, Request, Transcript, WsStatus, shown_target};
use crate::session::{WebSocket, WsEvent};

/// Calls `sink` with the [`Transcript`] of each socket when the socket is closed.
///
/// Use it for debugging, and to turn a real session into a test. A transcript contains the
/// messages, so it may contain secrets. At most 1 MiB of each socket is kept in memory: 64 bytes
/// and the payload of each message. After that the transcript ends in `cut`. [`Record::with_limit`]
/// sets another limit.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::record;
///
/// async fn greet(ws: WebSocket) -> WsResult {
///     Ok(ws.send("hello").await?)
/// }
///
/// let recorded = Arc::new(Mutex::new(Vec::new()));
/// let to = Arc::clone(&recorded);
/// let recording = record(move |transcript| to.lock().unwrap().push(transcript));
/// let app = routes! { "/ws" with(recording) => ws(greet(ws)) };
/// app.test_ws("/ws?x=1").closed();
/// assert_eq!(
///     recorded.lock().unwrap()[0].to_string(),
///     "open /ws?x=1\nserver text hello\nserver close 1000\n"
/// );
/// ```
pub fn record<F>(sink: F) -> Record<F>
where
    F: Fn(Transcript) + Clone + Send + Sync + 'static,
{
    Record {
        sink,
        limit: Recorder::LIMIT,
    }
}

/// The filter that [`record`] returns.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::record;
///
/// let (sender, recorded) = channel();
/// let recording = record(move |transcript| sender.send(transcript).unwrap());
/// let recording = recording.with_limit(0);
/// let app = routes! { "/ws" with(recording) => ws(|ws: WebSocket| ws.try_send("hello")) };
/// app.test_ws("/ws").closed();
/// assert_eq!(recorded.try_recv().unwrap().to_string(), "open /ws\ncut\n");
/// ```
#[derive(Debug, Clone)]
pub struct Record<F> {
    sink: F,
    limit: usize,
}

impl<F> Record<F> {
    /// Sets the limit of each recording in bytes. Default: 1 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use http4k_ws::filter::record;
    /// use http4k_ws::prelude::*;
    ///
    /// let (sender, recorded) = channel();
    /// let recording = record(move |transcript| sender.send(transcript).unwrap()).with_limit(100);
    /// let long = |ws: WebSocket| ws.try_send("x".repeat(200));
    /// let app = routes! { "/ws" with(recording) => ws(long) };
    /// app.test_ws("/ws").closed();
    /// assert!(recorded.try_recv().unwrap().to_string().ends_with("cut\n"));
    /// ```
    #[must_use]
    pub fn with_limit(self, bytes: usize) -> Self {
        Self {
            limit: bytes,
            ..self
        }
    }
}

impl<F> PolyFilter for Record<F>
where
    F: Fn(Transcript) + Clone + Send + Sync + 'static,
{
    fn name(&self) -> String {
        "record".to_owned()
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let Self { sink, limit } = self.clone();
        let recording = move |request: Request, next: WsNext| {
            let sink = sink.clone();
            async move {
                let target = shown_target(request.uri()).into_owned();
                let response = next.call(request).await;
                response.map_consumer(|consumer| recorded(consumer, target, limit, sink))
            }
        };
        recording.then(next)
    }
}

fn recorded(
    consumer: WsConsumer,
    target: String,
    limit: usize,
    sink: impl Fn(Transcript) + Send + Sync + 'static,
) -> WsConsumer {
    consumer.after(move |socket: &mut WebSocket| {
        let mut transcript = Transcript::new(target);
        if let Some(subprotocol) = socket.subprotocol() {
            transcript = transcript.with_subprotocol(subprotocol);
        }
        let recorder = Mutex::new(Some(Recorder::new(transcript, limit)));
        socket.observe(move |event: WsEvent<'_>| {
            let mut place = recorder.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(recorder) = place.as_mut() else {
                return;
            };
            match event {
                WsEvent::Received(message) => recorder.message(Party::Client, message),
                WsEvent::Sent(message) => recorder.message(Party::Server, message),
                WsEvent::PeerCloses(status) => recorder.close(Party::Client, status),
                WsEvent::Closed { status, .. } => {
                    recorder.close(closer(status), status);
                    if let Some(recorder) = place.take() {
                        drop(place);
                        sink(recorder.into_transcript());
                    }
                }
            }
        });
    })
}

/// Returns the side that ended a socket without a close frame of the client. A lost connection
/// counts as the client's end.
fn closer(status: &WsStatus) -> Party {
    if *status == WsStatus::ABNORMAL {
        Party::Client
    } else {
        Party::Server
    }
}
