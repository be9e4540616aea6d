//! The event source, with responses in memory and on their clock.

mod limits;
mod network;
mod outages;
mod redirects;
mod refusals;
mod resuming;
mod spread;
mod waiting;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use http4k_ws::client::event_source::{EventSourceRequest, SourceEvent};
use http4k_ws::client::reconnect::ReconnectPolicy;
use http4k_ws::client::{EventSource, EventSourceError};
use http4k_ws::prelude::*;
use http4k_ws::sse::SseEvent;
use tokio::time::Instant;

/// Returns a stream that ends after `text`.
fn ending(text: &str) -> Response {
    Response::new(Body::from(text.to_owned())).with_header("content-type", "text/event-stream")
}

/// Returns a stream that stays open after `text`.
fn open(text: &str) -> Response {
    let text: Result<_, std::io::Error> = Ok(text.to_owned());
    let body = Body::from_stream(stream::iter([text]).chain(stream::pending()));
    Response::new(body).with_header("content-type", "text/event-stream")
}

/// Returns a stream whose connection breaks after `text`.
fn breaking(text: &str) -> Response {
    let broken = std::io::Error::other("the connection broke");
    let body = Body::from_stream(stream::iter([Ok(text.to_owned()), Err(broken)]));
    Response::new(body).with_header("content-type", "text/event-stream")
}

/// The requests of a source, with the time of each.
#[derive(Clone, Default)]
struct Requests(Arc<Mutex<Vec<(Duration, Request)>>>);

impl Requests {
    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn times(&self) -> Vec<Duration> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|(time, _)| *time)
            .collect()
    }

    /// Returns the value of a field in each request.
    fn field(&self, name: &str) -> Vec<Option<String>> {
        let requests = self.0.lock().unwrap();
        let fields = requests.iter().map(|(_, request)| request.header(name));
        fields.map(|value| value.map(str::to_owned)).collect()
    }
}

/// Sends the requests of a source to `respond`, with the number of each, from 1.
fn sending(
    request: EventSourceRequest,
    respond: impl Fn(usize, &Request) -> Response + Send + Sync + 'static,
) -> (EventSourceRequest, Requests) {
    let (requests, begun) = (Requests::default(), Instant::now());
    let (log, respond) = (requests.clone(), Arc::new(respond));
    let source = request.over(move |request| {
        let mut log = log.0.lock().unwrap();
        let response = respond(log.len() + 1, &request);
        log.push((begun.elapsed(), request));
        async move { Ok::<_, EventSourceError>(response) }
    });
    (source, requests)
}

fn source(
    respond: impl Fn(usize, &Request) -> Response + Send + Sync + 'static,
) -> (EventSourceRequest, Requests) {
    sending(EventSource::to("/feed"), respond)
}

/// A policy without any delay of its own.
fn at_once() -> ReconnectPolicy {
    ReconnectPolicy::default()
        .with_base(Duration::ZERO)
        .with_retry_after_spread(Duration::ZERO)
}

async fn data(source: &mut EventSource) -> String {
    received(source).await.into_data()
}

async fn received(source: &mut EventSource) -> SseEvent {
    let event = source.recv().await.expect("a stream");
    event.expect("another event")
}

/// Returns the events of the connections, in short form.
fn watched(request: EventSourceRequest) -> (EventSourceRequest, Arc<Mutex<Vec<String>>>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&log);
    let request = request.observe(move |event| {
        lines.lock().unwrap().push(match event {
            SourceEvent::Connected { attempt } => format!("connected {attempt}"),
            SourceEvent::Disconnected { end } => format!("disconnected: {end}"),
            SourceEvent::Failed { attempt, error } => format!("failed {attempt}: {error}"),
            SourceEvent::Reconnecting { attempt, after } => {
                format!("reconnecting {attempt} after {after:?}")
            }
            SourceEvent::GaveUp { attempts } => format!("gave up {attempts}"),
            other => panic!("{other:?}"),
        });
    });
    (request, log)
}
