//! An application inside axum, over HTTP/1.1.

use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Duration;

use axum::extract::Request as AxumRequest;
use axum::middleware::{Next as AxumNext, from_fn};
use axum::routing::get;
use bytes::Bytes;
use http_body_util::Full;
use http4k_ws::client::WebSocketClient;
use http4k_ws::message::OriginPolicy;
use http4k_ws::prelude::*;
use http4k_ws::server::{PolyService, ServerConfig};
use http4k_ws::session::{Deflate, SessionConfig};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use crate::support::{PATIENCE, client, connected, exchanged, handshake, next, ours};

/// Serves `router` on threads of its own until the test ends.
pub(crate) fn serve(router: axum::Router) -> SocketAddr {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0")
                .await
                .expect("a port is free");
            send.send(listener.local_addr().expect("bound"))
                .expect("the test waits");
            axum::serve(listener, router).await.expect("serves");
        });
    });
    receive.recv_timeout(PATIENCE).expect("the server starts")
}

/// Mounts `service` in a router with the layers that most services have.
pub(crate) fn in_axum(service: PolyService) -> axum::Router {
    axum::Router::new()
        .route("/", get(|| async { "axum" }))
        .nest_service("/ours", service)
        .layer(CompressionLayer::new())
        .layer(CorsLayer::permissive())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http())
}

fn default(app: PolyHandler) -> PolyService {
    app.into_service(ServerConfig::default())
}

#[test]
fn pages_are_served_behind_the_layers_of_axum() {
    let at = serve(in_axum(default(ours())));
    let client = client(at);
    assert_eq!(client.send("/").expect("a response").body(), "axum");
    let page = Request::get("/ours/hello/bob").header("accept-encoding", "gzip");
    let page = client.send(page).expect("a response");
    assert_eq!(page.header("content-encoding"), Some("gzip"));
    assert!(page.header("x-request-id").is_some());
    assert_eq!(page.header("access-control-allow-origin"), Some("*"));
    let echo = Request::post("/ours/echo").body("a".repeat(100_000));
    let echo = client.send(echo).expect("a response");
    assert_eq!(echo.body().as_bytes().map(Bytes::len), Some(100_000));
    for (path, status) in [
        ("/ours/nothing", 404),
        ("/ours/ws/bob", 426),
        ("/ours/panic", 500),
    ] {
        assert_eq!(
            client.send(path).expect("a response").status(),
            status,
            "{path}"
        );
    }
    let head = Request::head("/ours/hello/bob");
    let head = client.send(head).expect("a response");
    assert_eq!(head.header("content-length"), Some("2010"));
}

#[test]
fn sockets_are_live() {
    let at = serve(in_axum(default(ours())));
    let mut socket = connected(at, "/ours/ws/bob");
    assert_eq!(next(&mut socket), "hello bob");
    for n in 0..500 {
        socket.send(n.to_string()).expect("open");
        assert_eq!(next(&mut socket), n.to_string());
    }
    socket.send("x".repeat(500_000)).expect("open");
    assert_eq!(next(&mut socket).len(), 500_000);
    socket.close(WsStatus::NORMAL);
    assert_eq!(socket.closed(), Some(WsStatus::NORMAL));
    // The layers of axum see the 101.
    let (_tcp, head) = exchanged(at, &handshake("/ours/ws/bob", "x-request-id: nr-7\r\n"));
    assert!(
        head.starts_with("http/1.1 101") && head.contains("x-request-id: nr-7"),
        "{head}"
    );
}

#[test]
fn sockets_are_compressed() {
    let session = SessionConfig::default().with_deflate(Deflate::default());
    let config = ServerConfig::default().with_session(session.clone());
    let at = serve(in_axum(ours().into_service(config)));
    let offer = "sec-websocket-extensions: permessage-deflate\r\n";
    let (_tcp, head) = exchanged(at, &handshake("/ours/ws/bob", offer));
    let agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    assert!(head.contains(agreed), "{head}");
    let socket = WebSocketClient::to(format!("ws://{at}/ours/ws/bob")).with_config(session);
    let mut socket = socket.blocking().expect("a socket");
    assert_eq!(next(&mut socket), "hello bob");
    let long = "the same words again, ".repeat(1000);
    socket.send(long.clone()).expect("open");
    assert_eq!(next(&mut socket), long);
}

#[test]
fn the_rules_of_our_server_hold() {
    let config = ServerConfig::default()
        .with_max_target(100)
        .with_max_fields(10)
        .with_origins(OriginPolicy::own())
        .with_hosts(
            "localhost"
                .parse::<http4k_ws::message::HostPattern>()
                .map(|host| http4k_ws::message::HostPolicy::only([host]))
                .expect("a host"),
        );
    let at = serve(in_axum(ours().into_service(config)));
    let fields = "x: y\r\n".repeat(11);
    let get = |path: &str, host: &str, fields: &str| {
        format!("GET /ours{path} HTTP/1.1\r\nhost: {host}\r\n{fields}connection: close\r\n\r\n")
    };
    let post = |length: usize| {
        format!("POST /ours/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n")
    };
    let open = |path: &str, fields: &str| handshake(&format!("/ours{path}"), fields);
    for (request, status) in [
        (get("/hello/bob", "localhost", ""), 200),
        (get("/hello/bob", "evil.example", ""), 421),
        (
            get(&format!("/hello/{}", "b".repeat(100)), "localhost", ""),
            414,
        ),
        (get("/hello/bob", "localhost", &fields), 431),
        (post(3_000_000), 413),
        (open("/ws/bob", ""), 101),
        (open("/ws/bob", "origin: https://evil.example\r\n"), 403),
        (open("/ws/bob", "origin: http://localhost\r\n"), 101),
        (open("/none", ""), 404),
        (open("/ws/bob", "sec-websocket-version: 12\r\n"), 400),
        (
            open("/ws/bob", "").replace("version: 13", "version: 12"),
            426,
        ),
        (open("/ws/bob", "").replace("dGhl", "d!hl"), 400),
    ] {
        let (_tcp, head) = exchanged(at, &request);
        assert!(
            head.starts_with(&format!("http/1.1 {status}")),
            "{request}{head}"
        );
    }
}

#[test]
fn the_limit_of_connections_counts_sockets() {
    let config = ServerConfig::default().with_max_connections(1);
    let at = serve(in_axum(ours().into_service(config)));
    let mut first = connected(at, "/ours/ws/bob");
    let (_tcp, head) = exchanged(at, &handshake("/ours/ws/bob", ""));
    assert!(head.starts_with("http/1.1 503"), "{head}");
    assert_eq!(
        client(at)
            .send("/ours/hello/bob")
            .expect("a response")
            .status(),
        200
    );
    first.close(WsStatus::NORMAL);
    drop(first);
    let deadline = std::time::Instant::now() + PATIENCE;
    while WebSocketClient::blocking(format!("ws://{at}/ours/ws/bob")).is_err() {
        assert!(
            std::time::Instant::now() < deadline,
            "the permit is not released"
        );
    }
}

#[derive(Clone, Debug, PartialEq)]
struct User(String);

/// A layer of axum that knows the user.
async fn known(mut request: AxumRequest, next: AxumNext) -> axum::response::Response {
    request.extensions_mut().insert(User("ann".to_owned()));
    request.extensions_mut().insert(7_u64);
    next.run(request).await
}

/// Sees the extensions in a filter, in the handler of the handshake, and in the open socket.
fn who() -> PolyHandler {
    fn seen(extensions: &http::Extensions) -> String {
        let user = extensions.get::<User>().map(|user| user.0.as_str());
        format!("{user:?} {:?}", extensions.get::<u64>())
    }
    async fn talk(ws: WebSocket, Seen(at_handshake): Seen, name: String) -> WsResult {
        let extensions = ws.request().extensions();
        let name = name == ws.request().path_param("name").unwrap_or_default();
        let text = format!("{at_handshake}, then {}, {name}", seen(extensions));
        ws.send(text).await?;
        Ok(())
    }
    struct Seen(String);
    impl FromRequest for Seen {
        async fn from_request(
            request: &mut Request,
        ) -> Result<Self, http4k_ws::message::Rejection> {
            Ok(Self(seen(request.extensions())))
        }
    }
    async fn noted(request: Request, next: WsNext) -> WsResponse {
        let seen = seen(request.extensions());
        next.call(request)
            .await
            .with_header("x-seen", seen.parse::<http::HeaderValue>().unwrap())
    }
    routes! {
        GET "/page"      => http({ |request: Request| seen(request.extensions()) }),
        "/ws/<name>" with(noted) => ws(talk(ws, _, name)),
    }
}

#[test]
fn extensions_of_axum_are_seen_by_handlers_and_dropped_when_the_socket_opens() {
    let kept = default(who()).keep::<User>();
    let router = axum::Router::new()
        .nest_service("/ours", default(who()))
        .nest_service("/kept", kept)
        .layer(from_fn(known));
    let at = serve(router);
    for (path, then) in [("/ours", "None None"), ("/kept", "Some(\"ann\") None")] {
        let page = client(at).send(format!("{path}/page")).expect("a response");
        assert_eq!(page.body(), "Some(\"ann\") Some(7)");
        let mut socket = connected(at, &format!("{path}/ws/bob"));
        assert_eq!(socket.response_headers()["x-seen"], "Some(\"ann\") Some(7)");
        assert_eq!(
            next(&mut socket),
            format!("Some(\"ann\") Some(7), then {then}, true")
        );
    }
}

#[test]
fn a_layer_of_axum_may_refuse_an_accepted_handshake() {
    async fn refuse(request: AxumRequest, next: AxumNext) -> axum::response::Response {
        let mut response = next.run(request).await;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            response = axum::response::IntoResponse::into_response(StatusCode::FORBIDDEN);
        }
        response
    }
    let (dropped, is_dropped) = mpsc::channel::<()>();
    let dropped = std::sync::Arc::new(std::sync::Mutex::new(Some(dropped)));
    let app = routes! {
        "/ws" => ws({
            move |_request: Request| {
                let held = dropped.lock().unwrap().take();
                WsConsumer::new(move |ws: WebSocket| async move {
                    let _held = held;
                    ws.send("never").await
                })
            }
        }),
    };
    let config = ServerConfig::default().with_write_stall(Duration::from_millis(50));
    let router = axum::Router::new()
        .nest_service("/ours", app.into_service(config))
        .layer(from_fn(refuse));
    let at = serve(router);
    let (_tcp, head) = exchanged(at, &handshake("/ours/ws", ""));
    assert!(head.starts_with("http/1.1 403"), "{head}");
    // The consumer is dropped, although it was never called.
    assert_eq!(
        is_dropped.recv_timeout(PATIENCE),
        Err(mpsc::RecvTimeoutError::Disconnected)
    );
}

#[tokio::test]
async fn a_server_without_upgrades_gets_501_with_the_reason() {
    let request = http::Request::get("/ws/bob")
        .header("host", "localhost")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    // Any body will do.
    let request = request.body(Full::new(Bytes::new())).expect("a request");
    let response = default(ours()).oneshot(request).await.expect("never fails");
    assert_eq!(response.status(), 501);
    let text = response.into_body().text().await.expect("a text");
    assert!(text.contains("does not offer to upgrade"), "{text}");
}

#[tokio::test]
async fn a_service_talks_over_a_pipe_of_hyper() {
    let (near, far) = tokio::io::duplex(256);
    let service = TowerToHyperService::new(default(ours()));
    let serving = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(far), service)
        .with_upgrades();
    let serving = tokio::spawn(serving);
    let mut socket = WebSocketClient::to("ws://localhost/ws/bob")
        .connect_over(near)
        .await
        .expect("the server accepts");
    serving.await.expect("no panic").expect("upgraded");
    assert_eq!(socket.recv().await.unwrap().unwrap().text(), "hello bob");
    socket.send("x".repeat(10_000)).await.unwrap();
    assert_eq!(socket.recv().await.unwrap().unwrap().text().len(), 10_000);
    socket.close(WsStatus::NORMAL);
    assert_eq!(socket.closed().await, WsStatus::NORMAL);
}

#[tokio::test]
async fn a_response_has_its_length_whatever_calls_the_service() {
    let request = || http::Request::get("/hello/bob").header("host", "localhost");
    let request = request().body(Full::new(Bytes::new())).expect("a request");
    let response = default(ours()).oneshot(request).await.expect("never fails");
    assert_eq!(response.headers()["content-length"], "2010");
}

/// Notes when it is dropped.
struct Dropped(mpsc::Sender<()>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[test]
fn a_client_that_leaves_drops_handlers_streams_and_sockets() {
    let (dropped, is_dropped) = mpsc::channel();
    async fn waits(dropped: mpsc::Sender<()>) -> &'static str {
        let _dropped = Dropped(dropped);
        std::future::pending().await
    }
    fn streams(dropped: mpsc::Sender<()>) -> Body {
        let dropped = Dropped(dropped);
        let stream = futures_util::stream::unfold(dropped, |dropped| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, Infallible>("more"), dropped))
        });
        Body::from_stream(stream)
    }
    async fn talks(mut ws: WebSocket, dropped: mpsc::Sender<()>) -> WsResult {
        let _dropped = Dropped(dropped);
        while ws.recv().await?.is_some() {}
        Ok(())
    }
    let app = routes! {
        GET "/waits"   => http(waits(dropped)),
        GET "/streams" => http(streams(dropped)),
        "/ws"          => ws(talks(ws, dropped)),
    };
    let at = serve(in_axum(default(app)));
    for path in ["/ours/waits", "/ours/streams"] {
        let mut tcp = std::net::TcpStream::connect(at).expect("the server listens");
        write!(tcp, "GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").expect("open");
        std::thread::sleep(Duration::from_millis(50));
        drop(tcp);
        is_dropped
            .recv_timeout(PATIENCE)
            .expect("the handler is dropped");
    }
    let (tcp, head) = exchanged(at, &handshake("/ours/ws", ""));
    assert!(head.starts_with("http/1.1 101"), "{head}");
    drop(tcp);
    is_dropped
        .recv_timeout(PATIENCE)
        .expect("the consumer is dropped");
}

#[test]
fn a_body_that_is_read_in_half_leaves_the_connection_usable_or_closed() {
    async fn half(request: Request) -> String {
        let mut body = request.into_body();
        let first = http_body_util::BodyExt::frame(&mut body).await;
        first
            .and_then(Result::ok)
            .and_then(|frame| frame.into_data().ok())
            .map_or(0, |d| d.len())
            .min(1)
            .to_string()
    }
    let app = routes! { POST "/half" => http({ half }), GET "/next" => http(|| "next") };
    let at = serve(in_axum(default(app)));
    let body = "x".repeat(100_000);
    let request = format!(
        "POST /ours/half HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}\
         GET /ours/next HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut tcp = std::net::TcpStream::connect(at).expect("the server listens");
    tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    // The server may close the connection before all of it is sent.
    let _ = tcp.write_all(request.as_bytes());
    let mut read = Vec::new();
    let _ = tcp.read_to_end(&mut read);
    let text = String::from_utf8_lossy(&read).to_lowercase();
    assert!(text.starts_with("http/1.1 200"), "{text}");
    let rest = text.split("\r\n\r\n").nth(1).unwrap_or_default();
    assert!(rest.starts_with('1'), "{text}");
}

#[test]
fn a_tower_service_inside_ours_inside_axum_opens_its_sockets() {
    async fn echo(mut socket: axum::extract::ws::WebSocket) {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                return;
            }
        }
    }
    let inner = axum::Router::new().route(
        "/ws",
        axum::routing::any(|upgrade: axum::extract::ws::WebSocketUpgrade| async {
            upgrade.on_upgrade(echo)
        }),
    );
    let app = routes! { "/deep" => mount({ http4k_ws::tower::service(inner) }) };
    let mut socket = connected(serve(in_axum(default(app))), "/ours/deep/ws");
    socket.send("hi").expect("open");
    assert_eq!(next(&mut socket), "hi");
}
