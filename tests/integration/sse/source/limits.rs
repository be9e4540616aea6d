//! Long events, silent connections, and calls that are dropped.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};
use http4k_ws::client::{EventSource, EventSourceError};
use http4k_ws::prelude::*;
use http4k_ws::sse::SseEnd;
use tokio::time::{sleep, timeout};

use super::{at_once, data, ending, open, source, watched};

/// Case S13.
#[tokio::test(start_paused = true)]
async fn an_event_over_the_bound_is_final() {
    let long = || format!("data: short\n\ndata: {}", "x".repeat(1000));
    let (request, requests) = source(move |_, _| open(&long()));
    let mut source: EventSource = request.with_max_event(100).start();
    assert_eq!(data(&mut source).await, "short");
    let error = source.recv().await.unwrap_err();
    let text = "an event of the stream is longer than the limit of 100 bytes";
    assert_eq!(error.to_string(), text);
    assert!(
        matches!(error, EventSourceError::Ended(SseEnd::TooLarge(_))),
        "{error:?}"
    );
    assert_eq!(source.recv().await.expect("an end"), None);
    assert_eq!(requests.count(), 1);
}

/// Returns a stream of pieces, each after a pause.
fn paced(pieces: &'static [&'static str], pause: Duration) -> Response {
    let pieces = stream::iter(pieces).then(move |piece| async move {
        sleep(pause).await;
        Ok::<_, std::io::Error>(*piece)
    });
    ending("").with_body(Body::from_stream(pieces.chain(stream::pending())))
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_replaced() {
    let (request, requests) = source(|number, _| match number {
        1 => paced(
            &[": on\n", ": and on\n", "data: a\n\n", ": "],
            Duration::from_secs(40),
        ),
        _ => open("data: b\n\n"),
    });
    let (request, log) = watched(request);
    let mut source: EventSource = request.with_policy(at_once()).start();
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(requests.times(), [0, 4 * 40 + 45].map(Duration::from_secs));
    let silent = "disconnected: no byte of the stream came for 45s";
    assert_eq!(log.lock().unwrap()[1], silent);
    assert_eq!(source.comments(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_silence_can_be_lifted() {
    let (request, _) = source(|_, _| paced(&["data: a\n\n"], Duration::from_secs(3600)));
    let mut source: EventSource = request.with_max_silence(None).start();
    assert_eq!(data(&mut source).await, "a");

    let (request, _) = super::source(|_, _| paced(&["data: a\n\n"], Duration::from_secs(3600)));
    let request = request
        .with_max_silence(Duration::from_secs(1))
        .with_reconnection(false);
    let error = request.start::<String>().recv().await.unwrap_err();
    let after = Duration::from_secs(1);
    assert!(
        matches!(error, EventSourceError::Ended(SseEnd::Silent { after: limit }) if limit == after)
    );
}

/// Other tasks, and the time limits of the program, have their turn.
#[tokio::test(start_paused = true)]
async fn endless_comments_do_not_keep_the_task() {
    let (request, _) = source(|_, _| {
        let comments = stream::repeat(": on\n").map(Ok::<_, std::io::Error>);
        let comments = comments.take(1_000_000);
        let event = stream::iter([Ok("data: a\n\n")]);
        ending("").with_body(Body::from_stream(comments.chain(event)))
    });
    let mut source: EventSource = request.start();
    source.opened().await.expect("a stream");
    assert!(
        source.recv().now_or_never().is_none(),
        "other tasks run in between"
    );
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(source.comments(), 1_000_000);
}

/// A call that is dropped takes nothing with it: neither an attempt, nor a wait, nor an event.
#[tokio::test(start_paused = true)]
async fn a_dropped_call_loses_nothing() {
    let (sent, connections) = (Duration::from_millis(100), std::sync::Arc::default());
    let counted: std::sync::Arc<std::sync::atomic::AtomicU32> = std::sync::Arc::clone(&connections);
    let request = EventSource::to("/").over(move |_request| {
        let number = counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        async move {
            sleep(sent).await;
            let pieces: &[&str] = match number {
                0 => &["data: a\n", "\ndata", ": b", "\n\nretry: 700\ndata: c\n\n"],
                _ => &["data: d\n\ndata: e\n\n"],
            };
            let pieces = stream::iter(pieces.iter().copied()).then(move |piece| async move {
                sleep(sent).await;
                Ok::<_, std::io::Error>(piece)
            });
            Ok::<_, EventSourceError>(ending("").with_body(Body::from_stream(pieces)))
        }
    });
    let mut source: EventSource = request.with_policy(at_once()).start();
    let (mut found, mut dropped) = (Vec::new(), 0);
    while found.len() < 5 {
        match timeout(Duration::from_millis(7), source.recv()).await {
            Ok(event) => found.push(event.expect("a stream").expect("an event").into_data()),
            Err(_) => dropped += 1,
        }
    }
    assert_eq!(found, ["a", "b", "c", "d", "e"]);
    assert_eq!(connections.load(std::sync::atomic::Ordering::Relaxed), 2);
    assert!(dropped > 100, "{dropped}");
}

#[tokio::test(start_paused = true)]
async fn it_is_a_stream_of_values() {
    let (request, _) = source(|number, _| match number {
        1 => ending("data: 1\n\ndata: 2\n\n"),
        _ => StatusCode::NOT_FOUND.into_response(),
    });
    let source = request.with_policy(at_once()).start::<String>();
    let items: Vec<_> = source.collect().await;
    let texts: Vec<_> = items.iter().flatten().map(String::as_str).collect();
    assert_eq!((texts, items.len()), (vec!["1", "2"], 3));
    assert!(matches!(items[2], Err(EventSourceError::Refused { .. })));
}

#[test]
fn it_can_be_shared_and_sent() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<EventSource>();
    is_shared::<http4k_ws::client::BlockingEventSource>();
}
