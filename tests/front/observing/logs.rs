//! The access log, and the spans of requests and sockets.

use std::time::Duration;

use http4k_ws::contract_test;
use http4k_ws::filter::{access_log, request_id, request_span, trace_context};
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;
use http4k_ws::{Sse, SseResult};

use crate::logged;

async fn page(name: String) -> String {
    tracing::info!("page of {name}");
    tokio::time::sleep(Duration::from_millis(1)).await;
    name
}

async fn feed(sse: Sse, name: String) -> SseResult {
    tracing::info!("feed of {name}");
    sse.send("one").await?;
    Ok(())
}

async fn talk(mut ws: WebSocket, name: String) -> WsResult {
    tracing::info!("talk of {name}");
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn app() -> PolyHandler {
    logged::start();
    let app = routes! {
        GET "/pages/<name>" => http(page(name)),
        GET "/feeds/<name>" => sse(feed(sse, name)),
        "/ws/<name>" => ws(talk(ws, name)),
    };
    app.with(access_log())
        .with(request_id().trusted())
        .with(trace_context())
        .with(request_span())
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn get(path: &str, id: &str) -> Request {
    let request = Request::get(path)
        .header("x-request-id", id)
        .header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"));
    request.body(Body::empty()).expect("a request")
}

/// Returns the line with `id`, without its numbers.
fn line(text: &str) -> String {
    let line = logged::await_line_with(text);
    let words = line.split(' ').filter(|word| {
        let is_time = word.contains('.') && word.parse::<f64>().is_ok();
        !is_time && !word.starts_with("peer=127.0.0.1:") && !word.starts_with("socket=")
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Returns a name that no other test has, since all share one log.
fn unique(backend: &str) -> String {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("{backend}-{number}-end")
}

#[contract_test(app())]
fn each_request_has_a_line_without_secrets(backend: &impl Backend) {
    let id = unique("request");
    backend.http(get("/pages/ann?token=hidden", &id));
    let expected =
        format!("INFO GET /pages/ann 200 3 B ms route=/pages/<name> id={id} trace={TRACE}");
    assert_eq!(line(&id), expected);

    let id = unique("escaped");
    backend.http(get("/a%0AGET%20/forged", &id));
    let expected = "INFO GET /a%0AGET%20/forged 404 ";
    assert!(line(&id).starts_with(expected), "{}", line(&id));

    let id = unique("refused");
    assert!(backend.try_ws(get("/nowhere", &id)).is_err());
    assert!(
        line(&id).starts_with("INFO GET /nowhere 404 "),
        "{}",
        line(&id)
    );
}

#[contract_test(app())]
fn a_stream_has_its_line_at_the_end(backend: &impl Backend) {
    let id = unique("stream");
    let mut stream = backend.sse(get("/feeds/ann", &id));
    assert_eq!(
        http4k_ws::testing::SseClient::received(&mut stream).count(),
        1
    );
    drop(stream);
    let line = line(&id);
    assert!(line.starts_with("INFO GET /feeds/ann 200 "), "{line}");
    assert!(line.contains(" route=/feeds/<name> "), "{line}");
}

#[contract_test(app())]
fn a_socket_has_a_line_at_its_opening_and_its_end(backend: &impl Backend) {
    let id = unique("socket");
    let mut client = backend.ws(get("/ws/ann?token=hidden", &id));
    let fields = format!("route=/ws/<name> id={id} trace={TRACE}");
    client.send("four").expect("open");
    assert_eq!(client.received().next(), Some(Ok("four".into())));
    assert_eq!(
        line("open route=/ws/<name> ").split(' ').nth(3),
        Some("open")
    );
    client.close(WsStatus::new(4000, "secret reason").expect("a status"));
    let end = logged::await_line_with("closed 4000");
    assert!(!end.contains("secret"), "{end}");
    assert!(
        end.starts_with("INFO GET /ws/ann closed 4000 received 1 (4 B) sent 1 (4 B) "),
        "{end}"
    );
    let closed = || {
        logged::lines_with(&id)
            .into_iter()
            .find(|line| line.contains(" closed "))
    };
    let start = std::time::Instant::now();
    let closed = loop {
        if let Some(closed) = closed() {
            break closed;
        }
        assert!(start.elapsed() < Duration::from_secs(10));
    };
    assert_eq!(logged::lines_with(&id).len(), 2);
    let fields: Vec<_> = fields.split(' ').collect();
    assert!(
        fields.iter().all(|field| closed.contains(field)),
        "{closed}"
    );
}

#[contract_test(app())]
fn lines_of_handlers_are_in_the_span_of_their_request(backend: &impl Backend) {
    for (path, status) in [("pages", "200"), ("feeds", "200")] {
        let name = unique(path);
        let response = backend.http(get(&format!("/{path}/{name}?token=hidden"), &name));
        assert_eq!(response.status(), 200);
        let spans = logged::spans_of(&format!("of {name}"));
        assert_eq!(spans.len(), 1, "{spans:?}");
        let span = &spans[0];
        let path = format!("/{path}/{name}");
        assert!(span.starts_with("request method=\"GET\""), "{span}");
        for field in [
            format!(" path=\"{path}\""),
            format!(" route=\"{}\"", path.replace(&name, "<name>")),
            format!(" status={status}"),
            format!(" request_id=\"{name}\""),
            format!(" trace_id=\"{TRACE}\""),
            " parent_id=\"b7ad6b7169203331\"".to_owned(),
        ] {
            assert!(span.contains(&field), "{field} in {span}");
        }
        assert!(!span.contains("hidden"), "{span}");
    }
}

#[contract_test(app())]
fn lines_of_consumers_are_in_the_span_of_their_socket(backend: &impl Backend) {
    let name = unique("ws");
    let mut client = backend.ws(get(&format!("/ws/{name}"), &name));
    client.send("four").expect("open");
    assert_eq!(client.received().next(), Some(Ok("four".into())));
    let spans = logged::spans_of(&format!("talk of {name}"));
    assert_eq!(spans.len(), 1, "{spans:?}");
    let span = &spans[0];
    assert!(span.starts_with("websocket "), "{span}");
    for field in [
        " route=\"/ws/<name>\"".to_owned(),
        format!(" request_id=\"{name}\""),
        format!(" trace_id=\"{TRACE}\""),
    ] {
        assert!(span.contains(&field), "{field} in {span}");
    }
    // The line of the opening is in the span of the socket, too.
    let spans = logged::spans_of(&format!("/ws/{name} open"));
    assert!(
        spans.iter().all(|span| span.starts_with("websocket ")),
        "{spans:?}"
    );
    assert_eq!(spans.len(), 1);
}
