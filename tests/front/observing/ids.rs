//! The ids of requests, over every protocol.

use http4k_ws::contract_test;
use http4k_ws::filter::{RequestId, request_id};
use http4k_ws::http::HeaderMap;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::AsyncBackend;
use http4k_ws::{Sse, SseResult};

async fn page(id: RequestId) -> String {
    id.to_string()
}

async fn feed(sse: Sse, id: RequestId) -> SseResult {
    sse.send(id.to_string()).await?;
    Ok(())
}

async fn talk(ws: WebSocket) -> WsResult {
    let id = ws.request().extensions().get::<RequestId>();
    let text = id.map(RequestId::to_string).unwrap_or_default();
    Ok(ws.send(text).await?)
}

/// A consumer whose request is not passed on by the library.
fn plain(_request: Request) -> WsConsumer {
    WsConsumer::new(talk)
}

fn routes() -> PolyHandler {
    routes! {
        GET "/" => http(page(_)),
        GET "/panic" => http(|| -> &'static str { panic!("on purpose") }),
        GET "/feed" => sse(feed(sse, _)),
        "/ws" => ws(talk(ws)),
        "/plain" => ws(plain),
    }
}

fn app() -> PolyHandler {
    routes().with(request_id())
}

fn trusting() -> PolyHandler {
    routes().with(request_id().trusted())
}

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn with_id(path: &str, id: &str) -> Request {
    let request = Request::get(path).header("x-request-id", id);
    request.body(Body::empty()).expect("a request")
}

fn id_of(headers: &HeaderMap) -> String {
    let ids: Vec<_> = headers.get_all("x-request-id").iter().collect();
    assert_eq!(ids.len(), 1, "{headers:?}");
    ids[0].to_str().expect("text").to_owned()
}

#[contract_test(app())]
async fn every_response_has_a_new_id(backend: &impl AsyncBackend) -> TestResult {
    let mut ids = Vec::new();
    for (path, status) in [("/", 200), ("/nowhere", 404), ("/panic", 500)] {
        let response = backend.http(with_id(path, "mine")).await;
        assert_eq!(response.status(), status, "{path}");
        ids.push(id_of(response.headers()));
        if path == "/" {
            assert_eq!(response.body(), &ids[0]);
        }
    }
    for path in ["/ws", "/plain"] {
        let mut ws = backend.ws(with_id(path, "mine")).await;
        ids.push(id_of(ws.response_headers()));
        let message = ws.recv().await?.expect("a message");
        assert_eq!(message.text(), ids[ids.len() - 1], "{path}");
    }
    let refusal = backend.try_ws(with_id("/nowhere", "mine")).await;
    ids.push(id_of(refusal.expect_err("no socket").headers()));
    let mut stream = backend.sse("/feed").await;
    ids.push(stream.recv().await?.expect("an event").data().to_owned());
    assert!(ids.iter().all(|id| id.len() == 32), "{ids:?}");
    ids.sort();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
    Ok(())
}

#[contract_test(trusting())]
async fn a_trusted_id_is_kept_if_it_is_valid(backend: &impl AsyncBackend) -> TestResult {
    let response = backend.http(with_id("/", "Root=1-abc")).await;
    assert_eq!(response.body(), "Root=1-abc");
    assert_eq!(id_of(response.headers()), "Root=1-abc");
    let mut ws = backend.ws(with_id("/ws", "Root=1-abc")).await;
    assert_eq!(ws.recv().await?, Some("Root=1-abc".into()));
    for invalid in ["", "a b", "<script>", &"a".repeat(129)] {
        let response = backend.http(with_id("/", invalid)).await;
        assert_eq!(id_of(response.headers()).len(), 32, "{invalid}");
    }
    let twice = with_id("/", "a").with_added_header("x-request-id", "b");
    assert_eq!(id_of(backend.http(twice).await.headers()).len(), 32);
    Ok(())
}

#[test]
#[should_panic(
    expected = "reads `RequestId`, which no filter before it provides: add `request_id()`"
)]
fn an_application_without_the_filter_is_refused_before_it_serves() {
    routes().test_http("/");
}

#[test]
fn an_optional_argument_needs_no_filter() {
    async fn either(id: Option<RequestId>) -> String {
        id.map_or_else(|| "none".to_owned(), |id| id.to_string())
    }
    let app = routes! { "/" => http(either(_)) };
    assert_eq!(app.test_http("/").body(), "none");
}
