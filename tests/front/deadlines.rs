//! Deadlines of handlers.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use futures_util::stream;
use http4k_ws::filter::{HttpTransaction, deadline, report_requests};
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;
use http4k_ws::{Sse, SseResult, contract_test};
use tokio::time::sleep;

struct Held(Sender<&'static str>);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

async fn nap(seconds: u64, dropped: Sender<&'static str>) -> &'static str {
    let held = Held(dropped);
    sleep(Duration::from_secs(seconds)).await;
    drop(held);
    "awake"
}

async fn read(body: String) -> String {
    body
}

/// A body that is late, behind a head that is in time.
fn late() -> Response {
    let pieces = stream::unfold(0, |n: u32| async move {
        sleep(Duration::from_secs(30)).await;
        (n < 2).then_some((Ok::<_, std::io::Error>("piece"), n + 1))
    });
    Response::new(Body::from_stream(pieces))
}

async fn feed(sse: Sse) -> SseResult {
    sleep(Duration::from_secs(100)).await;
    sse.send("late").await?;
    Ok(())
}

async fn talk(ws: WebSocket) -> WsResult {
    sleep(Duration::from_secs(100)).await;
    Ok(ws.send("late").await?)
}

async fn slow_handshake(_request: Request) -> WsConsumer {
    sleep(Duration::from_secs(100)).await;
    WsConsumer::new(talk)
}

fn app_with(dropped: Sender<&'static str>) -> PolyHandler {
    let app = routes! {
        GET "/naps/<seconds>" => http(nap(seconds, dropped)),
        POST "/read" => http(read(_)),
        GET "/late" => http(late()),
        GET "/feed" => sse(feed(sse)),
        "/ws" => ws(talk(ws)),
        "/slow" => ws(slow_handshake),
    };
    app.with(deadline(Duration::from_secs(10)))
}

#[test]
fn a_handler_that_is_late_is_dropped() {
    let (held, dropped) = channel();
    let app = app_with(held);
    assert_eq!(app.test_http("/naps/9").body(), "awake");
    assert_eq!(dropped.try_iter().count(), 1);
    let response = app.test_http("/naps/11");
    assert_eq!(response.status(), 503);
    assert_eq!(response.body(), "the response took longer than 10s\n");
    assert_eq!(dropped.try_iter().count(), 1);
}

#[test]
fn bodies_streams_and_sockets_take_their_time() {
    let app = app_with(channel().0);
    assert_eq!(app.test_http("/late").body(), "piecepiece");
    assert_eq!(app.test_sse("/feed").received().count(), 1);
    let mut client = app.test_ws("/ws");
    assert_eq!(client.received().next(), Some(Ok("late".into())));
    assert_eq!(
        app.try_test_ws("/slow").expect_err("no socket").status(),
        503
    );
}

#[test]
fn the_time_to_read_a_request_counts() {
    let app = app_with(channel().0);
    let pieces = stream::once(async {
        sleep(Duration::from_secs(11)).await;
        Ok::<_, std::io::Error>("late")
    });
    let request = Request::post("/read").body(Body::from_stream(pieces));
    assert_eq!(app.test_http(request).status(), 503);
}

#[test]
fn a_report_around_a_deadline_has_its_status_and_one_behind_it_has_none() {
    let (report, reported) = channel();
    let reports = |from: &'static str| {
        let report = report.clone();
        report_requests(move |done: HttpTransaction| {
            report
                .send((from, done.status.map(|status| status.as_u16())))
                .expect("open");
        })
    };
    let app = routes! { GET "/naps/<seconds>" => http(nap(seconds, { channel().0 })) };
    let app = app.with(reports("behind"));
    let app = app
        .with(deadline(Duration::from_secs(10)))
        .with(reports("around"));
    app.test_http("/naps/11");
    let reports: Vec<_> = reported.try_iter().collect();
    assert_eq!(reports, [("behind", None), ("around", Some(503))]);
}

async fn pause(millis: u64) -> &'static str {
    sleep(Duration::from_millis(millis)).await;
    "awake"
}

async fn hesitate(millis: u64) -> WsConsumer {
    sleep(Duration::from_millis(millis)).await;
    WsConsumer::new(|ws: WebSocket| async move { ws.send("hello").await })
}

fn quick() -> PolyHandler {
    let app = routes! {
        GET "/<millis>" => http(pause(millis)),
        "/ws/<millis>" => ws(hesitate(millis)),
    };
    app.with(deadline(Duration::from_millis(50)))
}

#[contract_test(quick())]
fn memory_and_network_agree(backend: &impl Backend) {
    assert_eq!(backend.http("/0").body(), "awake");
    assert_eq!(backend.http("/60000").status(), 503);
    assert!(backend.try_ws("/ws/0").is_ok());
    let refusal = backend.try_ws("/ws/60000").map(drop);
    assert_eq!(refusal.expect_err("no socket").status(), 503);
}
