//! The admission of pages and hosts, by the same rules in every backend.

use http4k_ws::contract_test;
use http4k_ws::message::{HostPolicy, OriginPolicy};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::InMemoryConfig;
use http4k_ws::testing::contract::{AsyncBackend, Backend};

fn app() -> PolyHandler {
    routes! {
        "/" => http(|| "hello"),
        "/ws" => ws(|ws: WebSocket| ws.try_send("hello")),
    }
}

fn from(origin: &str, path: &str) -> Request {
    let request = Request::get(path).header("origin", origin);
    request.body(Body::empty()).expect("a request")
}

fn is_forbidden(backend: &impl Backend, request: Request) {
    let refusal = backend.try_ws(request).err().expect("a refusal");
    assert_eq!(refusal.status(), 403);
}

#[contract_test(app())]
fn a_page_of_another_origin_cannot_open_a_socket(backend: &impl Backend) {
    for origin in [
        "https://evil.example",
        "null",
        "",
        "nonsense",
        "http://localhost:1",
    ] {
        is_forbidden(backend, from(origin, "/ws"));
    }
    let twice = from("http://localhost", "/ws");
    let mut twice = twice.with_header("host", "localhost");
    let again = http4k_ws::http::HeaderValue::from_static("http://localhost");
    twice.headers_mut().append("origin", again);
    is_forbidden(backend, twice);
    // Only sockets are guarded.
    assert_eq!(
        backend.http(from("https://evil.example", "/")).body(),
        "hello"
    );
    // A request without an origin comes from a program, not from a page.
    assert_eq!(backend.ws("/ws").closed(), Some(WsStatus::NORMAL));
}

#[contract_test(app())]
fn a_page_of_the_requested_host_opens_a_socket(backend: &impl Backend) {
    for host in ["localhost:7", "127.0.0.1:7", "[::1]:7"] {
        let page = from(&format!("http://{host}"), "/ws").with_header("host", host);
        assert_eq!(backend.ws(page).closed(), Some(WsStatus::NORMAL), "{host}");
        let other = from("http://localhost:8", "/ws").with_header("host", host);
        is_forbidden(backend, other);
    }
}

#[contract_test(app())]
async fn async_clients_are_checked_too(backend: &impl AsyncBackend) {
    let page = from("https://evil.example", "/ws");
    let refusal = backend.try_ws(page).await.expect_err("a refusal");
    assert_eq!(refusal.status(), 403);
}

fn listed() -> ServerConfig {
    let page = "https://www.example.com".parse().expect("an origin");
    ServerConfig::default().with_origins(OriginPolicy::only([page]))
}

#[contract_test(app(), config = listed())]
fn the_configuration_applies_in_every_backend(backend: &impl Backend) {
    let page = from("https://www.example.com", "/ws");
    assert_eq!(backend.ws(page).closed(), Some(WsStatus::NORMAL));
    is_forbidden(backend, from("http://localhost", "/ws"));
}

#[contract_test(app(), config = listed().with_max_message(10))]
async fn the_bounds_of_sockets_apply_too(backend: &impl AsyncBackend) -> WsResult {
    async fn ends(mut ws: WebSocket) -> WsStatus {
        while let Ok(Some(_)) = ws.recv().await {}
        ws.closed().await
    }
    let ws = backend.ws(from("https://www.example.com", "/ws")).await;
    assert_eq!(ends(ws).await, WsStatus::NORMAL);
    Ok(())
}

fn broken() -> ServerConfig {
    let policy = OriginPolicy::own().and_if(|_| panic!("on purpose"));
    ServerConfig::default().with_origins(policy)
}

/// Checks that the request is refused and that the server keeps serving.
#[contract_test(app(), config = broken())]
fn a_panicking_predicate_admits_no_origin(backend: &impl Backend) {
    for _ in 0..2 {
        is_forbidden(backend, from("https://other.example", "/ws"));
    }
}

fn of_chat() -> ServerConfig {
    let chat = "chat.example".parse().expect("a host");
    ServerConfig::default().with_hosts(HostPolicy::only([chat]))
}

#[contract_test(app(), config = of_chat())]
fn a_request_for_another_host_is_misdirected(backend: &impl Backend) {
    let to = |host: &str, path: &str| Request::get(path).header("host", host.to_owned());
    for host in ["chat.example", "CHAT.example.:8443"] {
        assert_eq!(backend.http(to(host, "/")).body(), "hello", "{host}");
        let closed = backend.ws(to(host, "/ws")).closed();
        assert_eq!(closed, Some(WsStatus::NORMAL), "{host}");
    }
    let refused = backend.http(to("evil.example", "/"));
    assert_eq!(refused.status(), 421);
    let refusal = backend.try_ws(to("evil.example", "/ws")).err();
    let refusal = refusal.expect("a refusal");
    assert_eq!(refusal.status(), 421);
    let text = refusal.body().as_text().unwrap_or_default();
    assert!(text.contains("`evil.example`") && text.contains("`ServerConfig::hosts`"));
    // Without a `Host` field the host is that of the backend, which is not listed.
    assert_eq!(backend.http("/").status(), 421);
}

#[contract_test(app())]
fn every_host_is_served_in_a_test(backend: &impl Backend) {
    let request = Request::get("/").header("host", "chat.example");
    assert_eq!(backend.http(request).body(), "hello");
}

#[test]
fn every_in_memory_client_accepts_a_configuration() {
    let page = || from("https://www.example.com", "/ws");
    let handler = |ws: WebSocket| ws.try_send("hello");
    let public = InMemoryConfig::default().with_origins(OriginPolicy::any());
    for config in [public.clone(), listed().into()] {
        let closed = Some(WsStatus::NORMAL);
        assert_eq!(app().test_with(config.clone()).ws(page()).closed(), closed);
        assert_eq!(app().test_ws_with(page(), config.clone()).closed(), closed);
        assert_eq!(handler.test_with(config).ws(page()).closed(), closed);
    }
    // Bounds for sockets alone keep the default origins.
    let refused = app()
        .test_with(SessionConfig::default())
        .try_ws(page())
        .unwrap_err();
    assert_eq!(refused.status(), 403);
    assert_eq!(app().try_test_ws(page()).unwrap_err().status(), 403);
    assert_eq!(handler.try_test_ws(page()).unwrap_err().status(), 403);
}

/// The application sees the request as the client sent it.
#[test]
fn the_host_is_not_invented_in_memory() {
    let host = |request: Request| request.header("host").unwrap_or("none").to_owned();
    assert_eq!(host.test_http("/").body(), "none");
    let says = |ws: WebSocket| {
        let host = ws.request().header("host").unwrap_or("none").to_owned();
        ws.try_send(host)
    };
    let mut client = says.test_ws(from("http://localhost", "/"));
    assert_eq!(client.received().next(), Some(Ok("none".into())));
}
