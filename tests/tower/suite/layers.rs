//! Layers of tower-http and tower as filters, over requests and opening handshakes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseResult};
use http4k_ws::tower::layer;
use tokio::sync::Semaphore;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tower_http::validate_request::{ValidateRequest, ValidateRequestHeaderLayer};

use crate::support::{client, exchanged, handshake, next, ours, served};

/// The layers that most services have.
fn layered() -> PolyHandler {
    ours()
        .with(layer(CompressionLayer::new()))
        .with(layer(CorsLayer::permissive()))
        .with(layer(PropagateRequestIdLayer::x_request_id()))
        .with(layer(SetRequestIdLayer::x_request_id(MakeRequestUuid)))
        .with(layer(TraceLayer::new_for_http()))
}

#[test]
fn pages_pass_through_layers_in_memory_and_over_a_port() {
    let request = || Request::get("/hello/bob").header("accept-encoding", "gzip");
    let server = served(layered());
    let over_port = client(server.addr()).send(request()).expect("a response");
    for page in [layered().test_http(request()), over_port] {
        assert_eq!(page.status(), 200);
        assert_eq!(page.header("content-encoding"), Some("gzip"));
        assert!(page.body().as_bytes().expect("read").len() < 200);
        assert_eq!(page.header("access-control-allow-origin"), Some("*"));
        assert_eq!(page.header("x-request-id").map(str::len), Some(36));
    }
}

#[test]
fn handshakes_pass_through_layers_in_memory_and_over_a_port() {
    let request = || Request::get("/ws/bob").header("x-request-id", "nr-7");
    let mut socket = layered().test_ws(request());
    assert_eq!(socket.response_headers()["x-request-id"], "nr-7");
    assert_eq!(
        socket.response_headers()["access-control-allow-origin"],
        "*"
    );
    assert_eq!(next(&mut socket), "hello bob");

    let server = served(layered());
    let (_tcp, head) = exchanged(
        server.addr(),
        &handshake("/ws/bob", "x-request-id: nr-7\r\n"),
    );
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(head.contains("\r\nx-request-id: nr-7\r\n"), "{head}");
    assert!(
        head.contains("\r\naccess-control-allow-origin: *\r\n"),
        "{head}"
    );
}

/// Accepts requests with a key.
#[derive(Clone)]
struct HasKey;

impl<B> ValidateRequest<B> for HasKey {
    type ResponseBody = Body;

    fn validate(&mut self, request: &mut http::Request<B>) -> Result<(), Response> {
        match request.headers().contains_key("x-key") {
            true => Ok(()),
            false => Err(StatusCode::UNAUTHORIZED
                .into_response()
                .with_header("x-why", "key")),
        }
    }
}

#[test]
fn a_response_of_a_layer_refuses_the_upgrade() {
    let app = ours().with(layer(ValidateRequestHeaderLayer::custom(HasKey)));
    let refusal = app.try_test_ws("/ws/bob").expect_err("no key");
    assert_eq!(
        (refusal.status(), refusal.header("x-why")),
        (StatusCode::UNAUTHORIZED, Some("key"))
    );
    assert_eq!(app.test_http("/hello/bob").status(), 401);
    assert!(
        app.try_test_ws(Request::get("/ws/bob").header("x-key", "1"))
            .is_ok()
    );

    let server = served(app);
    let (_tcp, head) = exchanged(server.addr(), &handshake("/ws/bob", ""));
    assert!(
        head.starts_with("http/1.1 401") && head.contains("x-why: key"),
        "{head}"
    );
}

#[test]
fn a_timeout_ends_requests_and_spares_open_sockets() {
    async fn late() -> &'static str {
        tokio::time::sleep(Duration::from_secs(30)).await;
        "late"
    }
    let app = routes! {
        GET "/late" => http(late()),
        "/ws"       => ws(|ws: WebSocket| async move {
            tokio::time::sleep(Duration::from_secs(30)).await;
            ws.send("patient").await
        }),
    };
    let timeout = Duration::from_secs(3);
    let layer = layer(TimeoutLayer::with_status_code(
        StatusCode::GATEWAY_TIMEOUT,
        timeout,
    ));
    let app = app.with(layer);
    assert_eq!(app.test_http("/late").status(), 504);
    assert_eq!(next(&mut app.test_ws("/ws")), "patient");
}

#[test]
fn a_permit_of_a_layer_is_released_after_each_response() {
    let one = GlobalConcurrencyLimitLayer::with_semaphore(Arc::new(Semaphore::new(1)));
    let app = ours().with(layer(one));
    for _ in 0..3 {
        assert_eq!(app.test_http("/hello/bob").status(), 200);
        // A socket has its permit until the handshake is accepted.
        assert_eq!(next(&mut app.test_ws("/ws/bob")), "hello bob");
    }
}

#[tokio::test]
async fn a_request_waits_until_the_service_of_a_layer_is_ready() {
    let permits = Arc::new(Semaphore::new(1));
    let limit = GlobalConcurrencyLimitLayer::with_semaphore(Arc::clone(&permits));
    let app = ours().with(layer(limit));
    let held = Arc::clone(&permits).acquire_owned().await.expect("open");
    let waits = app.send_http("/hello/bob");
    tokio::pin!(waits);
    assert!((&mut waits).now_or_never().is_none());
    drop(held);
    assert_eq!(waits.await.status(), 200);
}

#[test]
fn a_layer_is_a_filter_of_single_routes_and_is_listed() {
    fn has_id(request: Request) -> String {
        request.header("x-request-id").is_some().to_string()
    }
    let app = routes! {
        "/deep" with(layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))) => {
            GET "/id" => http(has_id),
        },
        GET "/none" => http(has_id),
    };
    assert_eq!(app.test_http("/deep/id").body(), "true");
    assert_eq!(app.test_http("/none").body(), "false");
    let routes = app.routes().to_string();
    assert!(routes.contains("layer(SetRequestIdLayer)"), "{routes}");
}

#[test]
fn reserved_fields_of_a_layer_stay_off_the_101() {
    let poly = http4k_ws::filter::poly(|request: Request, next: Next| async move {
        next.call(request).await.with_header("content-length", "7")
    });
    let app = ours()
        .with(poly)
        .with(layer(PropagateRequestIdLayer::x_request_id()));
    let socket = app.test_ws("/ws/bob");
    assert!(!socket.response_headers().contains_key("content-length"));
}

#[test]
fn streams_of_events_pass_through_layers_uncompressed() {
    async fn feed(sse: Sse) -> SseResult {
        sse.send("x".repeat(2000)).await?;
        Ok(())
    }
    let app = routes! { GET "/feed" => sse(feed(sse)) };
    let app = app
        .with(layer(CompressionLayer::new()))
        .with(layer(PropagateRequestIdLayer::x_request_id()))
        .with(layer(SetRequestIdLayer::x_request_id(MakeRequestUuid)));
    let request = || {
        let request = Request::get("/feed").header("accept", "text/event-stream");
        request.header("accept-encoding", "gzip")
    };
    let server = served(app.clone());
    let over_port = client(server.addr()).send(request()).expect("a response");
    for stream in [app.test_http(request()), over_port] {
        assert_eq!(stream.header("content-type"), Some("text/event-stream"));
        assert_eq!(stream.header("content-encoding"), None);
        assert!(stream.header("x-request-id").is_some());
        assert!(
            stream
                .body()
                .as_text()
                .is_some_and(|text| text.starts_with("data: xxx"))
        );
    }
}
