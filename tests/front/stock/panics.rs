//! Panics as responses, and fields of every response.

use http4k_ws::contract_test;
use http4k_ws::filter::{catch_panics, guard, remove_header, set_header};
use http4k_ws::handler::HandlerPanic;
use http4k_ws::http::request::Parts;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;

fn apologize(panic: HandlerPanic, request: Parts) -> (StatusCode, String) {
    let (path, message) = (request.uri.path(), panic.message());
    (StatusCode::BAD_GATEWAY, format!("{path}: {message}"))
}

async fn late_panic() -> &'static str {
    tokio::task::yield_now().await;
    std::panic::panic_any(7)
}

fn refuse(_request: Request) -> WsConsumer {
    panic!("no socket")
}

async fn failing(ws: WebSocket) -> WsResult {
    ws.send("hello").await?;
    panic!("in the consumer")
}

async fn broken(request: Request) -> Result<Request, Response> {
    assert!(request.header("x-broken").is_none(), "in a filter");
    Ok(request)
}

fn app() -> PolyHandler {
    let app = routes! {
        GET "/" => http(|| "well".into_response().with_header("x-framework", "ours")),
        GET "/panic" => http(|| -> &'static str { panic!("at\nonce") }),
        GET "/late" => http(late_panic()),
        "/ws" => ws(refuse),
        "/failing" => ws(failing(ws)),
    };
    app.with(guard(broken))
        .with(catch_panics(apologize))
        .with(set_header("x-served-by", "london"))
        .with(remove_header("x-framework"))
}

#[contract_test(app())]
fn a_panic_has_the_response_of_the_application(backend: &impl Backend) {
    for (path, text) in [
        ("/", "well"),
        ("/panic", "/panic: at\nonce"),
        ("/late", "/late: no message"),
    ] {
        let response = backend.http(path);
        assert_eq!(response.body(), text, "{path}");
        assert_eq!(response.status() == 502, path != "/", "{path}");
        assert_eq!(response.header("x-served-by"), Some("london"), "{path}");
        assert_eq!(response.header("x-framework"), None);
    }
    let in_a_filter = backend.http(Request::get("/").header("x-broken", "yes"));
    assert_eq!(in_a_filter.body(), "/: in a filter");
    let refusal = backend.try_ws("/ws").map(drop).expect_err("no socket");
    assert_eq!(refusal.body(), "/ws: no socket");
    assert_eq!(refusal.header("x-served-by"), Some("london"));
    let mut client = backend.ws("/failing");
    assert_eq!(client.received().next(), Some(Ok("hello".into())));
    assert_eq!(client.closed(), Some(WsStatus::INTERNAL_ERROR));
}

#[test]
fn a_response_that_panics_is_the_500() {
    let again = |_panic: HandlerPanic, _request: Parts| -> Response { panic!("again") };
    let app = routes! { GET "/" => http(|| -> &'static str { panic!("once") }) };
    let response = app.with(catch_panics(again)).test_http("/");
    assert_eq!(response.status(), 500);
    assert_eq!(response.body(), "internal server error\n");
}

#[test]
#[should_panic(expected = "`connection` is set by the server")]
fn fields_of_the_connection_cannot_be_set() {
    drop(set_header("connection", "close"));
}
