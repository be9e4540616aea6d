//! The report of each stream of events.

use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use http4k_ws::filter::{SseTransaction, report_streams, sse_config};
use http4k_ws::prelude::*;
use http4k_ws::server::RunningServer;
use http4k_ws::session::SlowConsumer;
use http4k_ws::sse::{Sse, SseConfig, SseOutcome, SseResult};
use http4k_ws::testing::contract::{Backend, OverDuplex, OverNetwork};
use http4k_ws::testing::{InMemory, NextEvent, SseClient};

use super::DEADLINE;

async fn feed(sse: Sse, name: String) -> SseResult {
    sse.send(name).await?;
    sse.closed().await;
    Ok(())
}

async fn count(sse: Sse, to: u32) -> SseResult {
    for number in 1..=to {
        sse.send(number.to_string()).await?;
    }
    Ok(())
}

async fn panicking(sse: Sse) -> SseResult {
    sse.send("one").await?;
    panic!("on purpose");
}

/// Sends more than its queue accepts.
async fn flooding(sse: Sse) -> SseResult {
    for _ in 0..3 {
        sse.try_send("x")?;
    }
    Ok(())
}

fn app() -> (PolyHandler, Receiver<SseTransaction>) {
    let (report, reported) = channel();
    let report = report_streams(move |stream| {
        // The test may have ended.
        let _ = report.send(stream);
    });
    let narrow = |config: SseConfig| {
        let config = config.with_queue_events(1);
        config.with_slow_consumer(SlowConsumer::Close)
    };
    let app = routes! {
        GET "/rooms/<name>" => sse(feed(sse, name)),
        GET "/count/<to>" => sse(count(sse, to)),
        GET "/panicking" => sse(panicking(sse)),
        GET "/flooding" with(sse_config(narrow)) => sse(flooding(sse)),
        GET "/page" => http(|| "page"),
        "/hold" => ws(hold(ws)),
    };
    (app.with(report), reported)
}

async fn hold(mut ws: WebSocket) -> WsResult {
    while ws.recv().await?.is_some() {}
    Ok(())
}

fn next(reported: &Receiver<SseTransaction>) -> SseTransaction {
    reported.recv_timeout(DEADLINE).expect("a report in time")
}

fn each_end_is_reported_once(backend: &impl Backend, reported: &Receiver<SseTransaction>) {
    let stream = |path: &str| -> Request {
        let request = Request::get(path).header("accept", "text/event-stream");
        request.body(Body::empty()).expect("a request")
    };
    let body = backend.http(stream("/count/3")).into_body();
    let done = next(reported);
    assert_eq!(done.request.uri().path(), "/count/3");
    assert_eq!(done.route.as_deref(), Some("/count/<to>"));
    assert_eq!((done.outcome, done.events), (SseOutcome::Complete, 3));
    assert_eq!(done.bytes, body.as_bytes().expect("a body").len() as u64);
    assert!(done.duration < DEADLINE);

    let mut left = backend.sse(stream("/rooms/blue"));
    assert_eq!(left.next_within(DEADLINE), NextEvent::Event("blue".into()));
    drop(left);
    let mut clock = backend.ws("/hold");
    let mut report = None;
    super::eventually("the stream is reported", || {
        report = reported.try_recv().ok();
        // Time passes, also if it is virtual.
        let _ = clock.next_within(Duration::from_millis(100));
        report.is_some()
    });
    let done = report.expect("a report");
    assert_eq!(done.route.as_deref(), Some("/rooms/<name>"));
    assert_eq!((done.outcome, done.events), (SseOutcome::Disconnected, 1));

    for (path, outcome) in [
        ("/panicking", SseOutcome::Failed),
        ("/flooding", SseOutcome::TooSlow),
    ] {
        let mut broken = backend.sse(stream(path));
        let end = broken.closed().expect("an end");
        assert!(!end.is_normal(), "{path}: {end:?}");
        let done = next(reported);
        assert_eq!(done.route.as_deref(), Some(path));
        assert_eq!((done.outcome, done.events), (outcome, 1), "{path}");
    }

    // These are not streams that started.
    let head = Request::head("/count/3").header("accept", "text/event-stream");
    assert_eq!(backend.http(head).status(), 200);
    assert_eq!(backend.http("/page").body(), "page");
    assert_eq!(backend.http("/nothing").status(), 404);
    assert_eq!(backend.http(stream("/count/0")).status(), 200);
    let done = next(reported);
    assert_eq!(done.request.uri().path(), "/count/0");
    assert_eq!((done.events, done.bytes), (0, 0));
    assert!(reported.try_recv().is_err());
}

#[test]
fn each_end_is_reported_in_memory() {
    let (app, reported) = app();
    each_end_is_reported_once(&InMemory::new(app), &reported);
}

#[test]
fn each_end_is_reported_over_pipes() {
    let (app, reported) = app();
    each_end_is_reported_once(&OverDuplex::new(app), &reported);
}

#[test]
fn each_end_is_reported_over_the_network() {
    let (app, reported) = app();
    each_end_is_reported_once(&OverNetwork::new(app), &reported);
}

fn start(app: PolyHandler) -> RunningServer {
    let server = app.as_server("127.0.0.1:0").with_threads(2);
    server.start().expect("a server")
}

#[test]
fn a_stream_that_the_server_stops_is_reported() {
    let (app, reported) = app();
    let server = start(app);
    let uri = format!("http://{}/rooms/blue", server.addr());
    let source = http4k_ws::client::EventSource::to(uri).with_reconnection(false);
    let mut source = source.blocking().expect("a source");
    assert_eq!(
        source.next_within(DEADLINE),
        NextEvent::Event("blue".into())
    );
    server.stop();
    let done = next(&reported);
    assert_eq!((done.outcome, done.events), (SseOutcome::Stopped, 1));
}

#[test]
fn streams_of_both_versions_of_http_are_reported() {
    let (app, reported) = app();
    let server = start(app);
    let rooms = format!("http://{}/rooms/blue", server.addr());
    let counted = format!("http://{}/count/2", server.addr());
    for version in ["--http1.1", "--http2-prior-knowledge"] {
        for (uri, time, outcome, events) in [
            (&rooms, "0.5", SseOutcome::Disconnected, 1),
            (&counted, "20", SseOutcome::Complete, 2),
        ] {
            let curl = Command::new("curl")
                .args(["-sS", "-N", "--max-time", time, version])
                .args(["-H", "accept: text/event-stream", uri])
                .output();
            if let Err(error) = curl {
                eprintln!("skipped, because curl does not run: {error}");
                return;
            }
            let done = next(&reported);
            assert_eq!((done.outcome, done.events), (outcome, events), "{version}");
        }
    }
}

#[test]
fn the_duration_is_that_of_the_clock_and_a_panic_of_the_report_is_kept_away() {
    async fn nap(sse: Sse) -> SseResult {
        tokio::time::sleep(Duration::from_secs(90)).await;
        sse.send("good morning").await?;
        Ok(())
    }
    let (report, reported) = channel();
    let report = report_streams(move |stream: SseTransaction| {
        report.send(stream.duration).expect("the test listens");
        panic!("on purpose");
    });
    let app = routes! { GET "/" => sse(nap(sse)) }.with(report);
    let mut stream = app.test_sse("/");
    assert_eq!(stream.next(), NextEvent::Event("good morning".into()));
    assert!(stream.closed().is_some_and(|end| end.is_normal()));
    let duration = reported.try_recv().expect("a report");
    assert_eq!(duration, Duration::from_secs(90));
}
