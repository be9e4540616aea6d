//! Connections that fail or end early, and the policy.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http4k_ws::client::reconnect::ReconnectPolicy;
use http4k_ws::client::{EventSource, EventSourceError};
use http4k_ws::prelude::*;
use http4k_ws::sse::SseEnd;

use super::{at_once, breaking, data, ending, open, source, watched};

/// Returns a source whose first attempts fail.
fn failing(
    times: u32,
) -> (
    http4k_ws::client::event_source::EventSourceRequest,
    Arc<AtomicU32>,
) {
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&attempts);
    let request = EventSource::to("/feed").over(move |_request| {
        let fails = counted.fetch_add(1, Ordering::Relaxed) < times;
        async move {
            match fails {
                true => Err(io::Error::other("no route to host")),
                false => Ok(open("data: a\n\n")),
            }
        }
    });
    (request, attempts)
}

#[tokio::test(start_paused = true)]
async fn a_failure_to_connect_is_repeated() {
    let (request, attempts) = failing(5);
    let (request, log) = watched(request);
    let mut source: EventSource = request.with_policy(at_once()).start();
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(attempts.load(Ordering::Relaxed), 6);
    let log = log.lock().unwrap();
    assert_eq!(
        log[..2],
        ["failed 1: the request failed", "reconnecting 2 after 0ns"]
    );
    assert_eq!(log.last().map(String::as_str), Some("connected 6"));
}

#[tokio::test(start_paused = true)]
async fn the_policy_limits_the_attempts() {
    let (request, attempts) = failing(u32::MAX);
    let request = request.with_policy(at_once().with_max_attempts(3));
    let mut source = request.start::<String>();
    let error = source.recv().await.unwrap_err();
    assert_eq!(error.to_string(), "gave up after 3 attempts");
    let EventSourceError::GaveUp { source: last, .. } = error else {
        panic!("{error}")
    };
    let cause = std::error::Error::source(&last).map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("no route to host"));
    assert_eq!(attempts.load(Ordering::Relaxed), 3);
    assert_eq!(source.recv().await.expect("an end"), None);

    let begun = tokio::time::Instant::now();
    let (request, _) = failing(u32::MAX);
    let error = request.start::<String>().recv().await.unwrap_err();
    assert!(matches!(error, EventSourceError::GaveUp { .. }), "{error}");
    let waited = begun.elapsed().as_secs();
    assert!((13 * 60..=15 * 60).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_has_a_time_limit() {
    let request = EventSource::to("/").over(|_request| async {
        std::future::pending::<()>().await;
        Ok::<_, EventSourceError>(open(""))
    });
    let policy = at_once().with_max_attempts(2);
    let begun = tokio::time::Instant::now();
    let error = request
        .with_policy(policy)
        .start::<String>()
        .recv()
        .await
        .unwrap_err();
    assert_eq!(begun.elapsed(), Duration::from_secs(20));
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("there was no response after 10s"));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_is_opened_again() {
    let (request, requests) = source(|number, _| match number {
        1 => breaking("id: 1\ndata: a\n\ndata: lost with the connec"),
        _ => open("data: b\n\n"),
    });
    let (request, log) = watched(request);
    let mut source: EventSource = request.with_policy(at_once()).start();
    assert_eq!(data(&mut source).await, "a");
    assert!(source.is_connected());
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(requests.field("last-event-id")[1].as_deref(), Some("1"));
    assert_eq!(
        *log.lock().unwrap(),
        [
            "connected 1",
            "disconnected: the stream ended early: the body is incomplete: the connection broke",
            "reconnecting 1 after 0ns",
            "connected 1",
        ]
    );
}

/// A server that sends events works, however often it ends the stream.
#[tokio::test(start_paused = true)]
async fn a_stream_with_an_event_starts_the_attempts_anew() {
    let (request, _) = source(|_, _| ending("data: a\n\n"));
    let policy = ReconnectPolicy::default().with_max_attempts(2);
    let mut source: EventSource = request.with_policy(policy).start();
    for _ in 0..100 {
        assert_eq!(data(&mut source).await, "a");
    }

    let (request, requests) = super::source(|_, _| ending(": no event\n\n"));
    let policy = ReconnectPolicy::default().with_max_attempts(4);
    let error = request
        .with_policy(policy)
        .start::<String>()
        .recv()
        .await
        .unwrap_err();
    assert!(
        matches!(error, EventSourceError::GaveUp { attempts: 4, .. }),
        "{error}"
    );
    assert_eq!(requests.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_closed_source_has_no_other_event_and_no_connection() {
    let (guard, dropped) = tokio::sync::oneshot::channel::<()>();
    let guard = std::sync::Mutex::new(Some(guard));
    let (request, requests) = source(move |_, _| {
        let guard = guard.lock().unwrap().take();
        let frames = futures_util::stream::unfold((guard, true), |(guard, first)| async move {
            if !first {
                std::future::pending::<()>().await;
            }
            Some((Ok::<_, io::Error>("data: a\n\ndata: b\n\n"), (guard, false)))
        });
        ending("").with_body(Body::from_stream(frames))
    });
    let (request, log) = watched(request);
    let mut source: EventSource = request.start();
    assert_eq!(data(&mut source).await, "a");
    source.close();
    source.close();
    assert!(dropped.await.is_err(), "the body is dropped");
    assert_eq!(source.recv().await.expect("an end"), None);
    assert!(source.is_closed() && !source.is_connected());
    assert_eq!(requests.count(), 1);
    let end = SseEnd::Closed.to_string();
    assert_eq!(log.lock().unwrap()[1..], [format!("disconnected: {end}")]);
}
