//! One stream from its start to its end, and the comments that keep it open.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::BodyExt;
use http4k_ws::filter::sse_config;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::sse::{Sse, SseConfig, SseEvent, SseResult, respond};
use http4k_ws::testing::InMemoryConfig;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, timeout};

use super::{body_of, frame, next, open_streams, streaming, within};
use crate::http2::client::{Client, request};
use crate::server::peer::{self, Peer};

#[tokio::test]
async fn a_stream_is_a_response_with_three_fields() {
    let app = streaming(SseConfig::default(), |_: Sse| async {});
    let response = app.http().call(Request::default()).await;
    assert_eq!(response.status(), 200);
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(response.header(name), Some(value));
    }
    assert_eq!(response.headers().len(), 3);
    assert!(next(&mut response.into_body()).await.is_none());
}

#[tokio::test]
async fn events_between_two_waits_are_one_frame() {
    let gate = Arc::new(Semaphore::new(0));
    let behind = Arc::clone(&gate);
    let app = streaming(SseConfig::default(), move |sse: Sse| {
        let gate = Arc::clone(&behind);
        async move {
            sse.send("a").await?;
            sse.comment("b").await?;
            sse.send(SseEvent::new("c").named("d")).await?;
            gate.acquire().await?.forget();
            sse.try_send("e")?;
            SseResult::Ok(())
        }
    });
    let mut body = body_of(&app).await;
    let first = "data: a\n\n: b\n\nevent: d\ndata: c\n\n";
    assert_eq!(frame(&mut body).await, first);
    gate.add_permits(1);
    assert_eq!(frame(&mut body).await, "data: e\n\n");
    assert!(next(&mut body).await.is_none());
    assert!(next(&mut body).await.is_none());
}

/// Case S5.
#[tokio::test(start_paused = true)]
async fn a_comment_is_sent_after_fifteen_seconds_of_silence() {
    let (app, mut joined) = open_streams(SseConfig::default());
    let mut body = body_of(&app).await;
    let start = Instant::now();
    for comments in 1..=3 {
        assert_eq!(frame(&mut body).await, ":\n\n");
        assert_eq!(start.elapsed().as_millis(), comments * 15_000);
    }
    // An event restarts the silence.
    let sender = joined.recv().await.expect("a stream");
    let silent = timeout(Duration::from_secs(10), body.frame());
    assert!(silent.await.is_err());
    sender.try_send("news").expect("an open stream");
    assert_eq!(frame(&mut body).await, "data: news\n\n");
    let start = Instant::now();
    assert_eq!(frame(&mut body).await, ":\n\n");
    assert_eq!(start.elapsed().as_millis(), 15_000);
}

#[tokio::test(start_paused = true)]
async fn the_silence_before_a_comment_is_configured() {
    for (keep_alive, silence) in [
        (Some(Duration::from_secs(40)), Some(40_000)),
        // A silence that is too short would keep the connection busy.
        (Some(Duration::ZERO), Some(10)),
        (Some(Duration::MAX), None),
        (None, None),
    ] {
        let config = SseConfig::default().with_keep_alive(keep_alive);
        let (app, _joined) = open_streams(config);
        let mut body = body_of(&app).await;
        let start = Instant::now();
        let first = timeout(Duration::from_secs(3600), body.frame()).await;
        let silent = first.ok().map(|_| start.elapsed().as_millis());
        assert_eq!(silent, silence, "{keep_alive:?}");
    }
}

/// Case S8.
#[tokio::test]
async fn a_response_to_head_starts_no_consumer() {
    let started = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&started);
    let app = streaming(SseConfig::default(), move |_: Sse| {
        count.fetch_add(1, Ordering::Relaxed);
        async {}
    });
    let head = || Request::new(Body::empty()).with_method(Method::HEAD);
    let response = app.send_http(head()).await;
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    assert_eq!(response.body(), "");

    let mut client = Client::to(app.clone(), ServerConfig::default()).await;
    let answer = client.ask(request(Method::HEAD, "/", &[])).await;
    assert_eq!(answer.fields["content-type"], "text/event-stream");
    assert_eq!(answer.text(), "");

    let server = app
        .clone()
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let mut peer = Peer::connect(server.addr());
    peer.send("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let head = peer.rest();
    assert!(
        head.contains("text/event-stream") && head.ends_with("\r\n\r\n"),
        "{head}"
    );

    assert_eq!(started.load(Ordering::Relaxed), 0);
    assert_eq!(app.send_http("/").await.body(), "");
    assert_eq!(started.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_stream_lives_as_long_as_its_handle() {
    let (hand, mut handed) = unbounded_channel();
    let app = streaming(SseConfig::default(), move |sse: Sse| {
        let hand = hand.clone();
        async move {
            let _ = hand.send(sse);
        }
    });
    let mut body = body_of(&app).await;
    let reading = tokio::spawn(async move {
        let first = frame(&mut body).await;
        (first, next(&mut body).await)
    });
    let sse = within(handed.recv()).await.expect("a stream");
    tokio::task::yield_now().await;
    assert!(!sse.is_closed());
    sse.send("after the consumer")
        .await
        .expect("an open stream");
    let sender = sse.sender();
    drop(sse);
    assert!(sender.is_closed());
    let (first, end) = within(reading).await.expect("a reader");
    assert_eq!(first, "data: after the consumer\n\n");
    assert!(end.is_none());
}

#[tokio::test]
async fn the_last_event_id_is_that_of_the_client() {
    let app = streaming(SseConfig::default(), |sse: Sse| async move {
        sse.send(format!("{:?}", sse.last_event_id())).await
    });
    let with = |bytes: &'static [u8]| {
        let value = http::HeaderValue::from_bytes(bytes).expect("a value");
        Request::new(Body::empty()).try_with_header("last-event-id", value)
    };
    for (id, read) in [
        (&b"7"[..], r#"Some("7")"#),
        ("é".as_bytes(), r#"Some("é")"#),
        (b"", "None"),
        (b"\xFF", "None"),
    ] {
        let response = app.send_http(with(id).expect("a request")).await;
        assert_eq!(response.body(), &format!("data: {read}\n\n"));
    }
    let response = app.send_http("/").await;
    assert_eq!(response.body(), "data: None\n\n");
}

/// A stream may be the response to any method, and see what was read of the request.
#[tokio::test]
async fn a_handler_reads_the_body_before_it_streams() {
    let app = |mut request: Request| async move {
        let text = std::mem::take(request.body_mut()).text().await?;
        let words = move |sse: Sse| async move {
            let path = sse.request().uri().path().to_owned();
            for word in text.split(' ') {
                sse.send(format!("{path} {word}")).await?;
            }
            SseResult::Ok(())
        };
        Ok::<_, http4k_ws::message::BodyError>(respond(request, words))
    };
    let question = || Request::post("/ask").body("forty two");
    let words = "data: /ask forty\n\ndata: /ask two\n\n";
    assert_eq!(app.send_http(question()).await.body(), words);
    let server = app.into_poly_handler().as_server("127.0.0.1:0");
    let server = server.start().expect("a server");
    let mut peer = Peer::connect(server.addr());
    peer.send("POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nforty two");
    assert!(peer.until("\r\n0\r\n\r\n").contains("data: /ask two\n\n"));
}

fn once(request: Request) -> Response {
    respond(request, |sse: Sse| async move { sse.send("once").await })
}

fn retry(millis: u64) -> SseConfig {
    SseConfig::default().with_retry(Duration::from_millis(millis))
}

#[tokio::test]
async fn the_bounds_are_the_same_in_memory_and_on_a_port() {
    let text = "retry: 70\n\ndata: once\n\n";
    let config = ServerConfig::default().with_sse(retry(70));
    let in_memory = once.test_with(InMemoryConfig::default().with_sse(retry(70)));
    assert_eq!(in_memory.send_http("/").await.body(), text);
    let in_memory = once.test_with(config.clone());
    assert_eq!(in_memory.send_http("/").await.body(), text);

    let server = once.as_server("127.0.0.1:0").with_config(config.clone());
    let server = server.start().expect("a server");
    let mut peer = Peer::connect(server.addr());
    let came = peer.send(peer::get("/")).until("\r\n0\r\n\r\n");
    assert!(
        came.contains("retry: 70\n\n") && came.contains("data: once\n\n"),
        "{came}"
    );

    let mut client = Client::to(once.into_poly_handler(), config).await;
    assert_eq!(
        client.ask(request(Method::GET, "/", &[])).await.text(),
        text
    );
}

#[tokio::test]
async fn the_filter_nearest_to_the_stream_decides() {
    let add = |millis: u64| {
        sse_config(move |config: SseConfig| {
            let before = config.retry.unwrap_or_default();
            config.with_retry(before * 10 + Duration::from_millis(millis))
        })
    };
    let app = add(1).then(add(2).then(once));
    let in_memory = app.test_with(InMemoryConfig::default().with_sse(retry(7)));
    // The bounds of the application, then the outer filter, then the inner one.
    let text = "retry: 712\n\ndata: once\n\n";
    assert_eq!(in_memory.send_http("/").await.body(), text);
}
