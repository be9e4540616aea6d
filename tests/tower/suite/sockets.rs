//! Sockets that axum opens itself, through our server.

use std::io::Write;
use std::time::{Duration, Instant};

use axum::extract::ws::{Message as AxumMessage, WebSocket as AxumSocket, WebSocketUpgrade};
use axum::routing::{any, get};
use futures_util::FutureExt;
use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::tower::{layer, service};
use tokio::net::TcpListener;
use tower_http::request_id::PropagateRequestIdLayer;

use crate::support::{PATIENCE, connected, exchanged, greet, handshake, next, served};

async fn echo(mut socket: AxumSocket) {
    if socket.send(AxumMessage::text("welcome")).await.is_err() {
        return;
    }
    while let Some(Ok(message)) = socket.recv().await {
        if let AxumMessage::Text(text) = message {
            let echo = AxumMessage::text(format!("axum: {text}"));
            if socket.send(echo).await.is_err() {
                return;
            }
        }
    }
}

/// A handler that never looks at its socket again.
async fn stuck(mut socket: AxumSocket) {
    let _ = socket.send(AxumMessage::text("welcome")).await;
    std::future::pending::<()>().await;
}

fn legacy() -> axum::Router {
    axum::Router::new()
        .route(
            "/ws",
            any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(echo) }),
        )
        .route(
            "/stuck",
            any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(stuck) }),
        )
        .route("/page", get(|| async { "a page" }))
        .route("/secret", any(|| async { StatusCode::UNAUTHORIZED }))
}

fn app() -> PolyHandler {
    let app = routes! {
        "/ws/<name>" => ws(greet(ws, name)),
        "/legacy"    => mount({ service(legacy()) }),
    };
    app.with(layer(PropagateRequestIdLayer::x_request_id()))
}

#[test]
fn a_socket_of_axum_talks_through_our_server() {
    let server = served(app());
    let mut socket = connected(server.addr(), "/legacy/ws");
    assert_eq!(next(&mut socket), "welcome");
    for n in 0..100 {
        socket.send(n.to_string()).expect("open");
        assert_eq!(next(&mut socket), format!("axum: {n}"));
    }
    let long = "x".repeat(300_000);
    socket.send(long.clone()).expect("open");
    assert_eq!(next(&mut socket), format!("axum: {long}"));
    socket.close(WsStatus::NORMAL);
    assert_eq!(socket.closed(), Some(WsStatus::NORMAL));
    assert_eq!(next(&mut connected(server.addr(), "/ws/bob")), "hello bob");
}

#[test]
fn frames_behind_the_handshake_reach_a_socket_of_axum() {
    let server = served(app());
    let frame = "\u{1}\u{2}\0\0\0\0hi"; // the bits of FIN and MASK are set below
    let mut bytes = handshake("/legacy/ws", "x-request-id: nr-7\r\n").into_bytes();
    let at = bytes.len();
    bytes.extend_from_slice(frame.as_bytes());
    bytes[at] |= 0x80;
    bytes[at + 1] |= 0x80;
    let mut tcp = std::net::TcpStream::connect(server.addr()).expect("the server listens");
    tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    tcp.write_all(&bytes).expect("open");
    let mut read = Vec::new();
    while !read.ends_with(b"axum: hi") {
        let mut byte = [0];
        std::io::Read::read_exact(&mut tcp, &mut byte).expect("in time");
        read.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&read).to_lowercase();
    assert!(head.starts_with("http/1.1 101"), "{head}");
    // Layers in front of the service see its 101 too.
    assert!(head.contains("\r\nx-request-id: nr-7\r\n"), "{head}");
}

#[tokio::test]
async fn a_socket_of_axum_talks_over_a_pipe() {
    let (ours, theirs) = tokio::io::duplex(64);
    let serving = tokio::spawn(app().serve_connection(theirs, ServerConfig::default()));
    let mut socket = WebSocketClient::to("ws://localhost/legacy/ws")
        .connect_over(ours)
        .await
        .expect("the server accepts");
    assert_eq!(socket.recv().await.unwrap().unwrap().text(), "welcome");
    socket.send("x".repeat(10_000)).await.unwrap();
    assert_eq!(socket.recv().await.unwrap().unwrap().text().len(), 10_006);
    assert!(
        !serving.is_finished(),
        "the connection lasts as long as the socket"
    );
    socket.close(WsStatus::NORMAL);
    assert_eq!(socket.closed().await, WsStatus::NORMAL);
    tokio::time::timeout(PATIENCE, serving)
        .await
        .expect("in time")
        .expect("no panic");
}

#[test]
fn in_memory_such_a_socket_is_refused_with_the_reason() {
    let refusal = app()
        .try_test_ws("/legacy/ws")
        .expect_err("there is no connection");
    assert_eq!(refusal.status(), 501);
    let text = refusal.body().as_text().expect("a text");
    assert!(
        text.contains("HTTP/1.1") && text.contains("in memory"),
        "{text}"
    );
    // Everything else that the service says about a handshake is the same as over a port.
    let server = served(app());
    for (path, status) in [
        ("/legacy/none", 404),
        ("/legacy/page", 200),
        ("/legacy/secret", 401),
    ] {
        let refusal = app().try_test_ws(path).expect_err("no socket");
        assert_eq!(refusal.status(), status, "{path}");
        let (_tcp, head) = exchanged(server.addr(), &handshake(path, ""));
        assert!(
            head.starts_with(&format!("http/1.1 {status}")),
            "{path}: {head}"
        );
    }
}

#[tokio::test]
async fn over_http2_such_a_socket_is_refused_with_the_reason() {
    let server = served(app());
    let tcp = tokio::net::TcpStream::connect(server.addr())
        .await
        .expect("the server listens");
    let (h2, connection) = h2::client::handshake(tcp).await.expect("HTTP/2");
    tokio::spawn(connection);
    let mut h2 = h2.ready().await.expect("open");
    while !h2.is_extended_connect_protocol_enabled() {
        tokio::task::yield_now().await;
    }
    let uri = format!("http://{}/legacy/ws", server.addr());
    let mut request = http::Request::builder().method("CONNECT").uri(uri);
    request = request.header("sec-websocket-version", "13");
    let mut request = request.body(()).expect("a request");
    request
        .extensions_mut()
        .insert(h2::ext::Protocol::from_static("websocket"));
    let (response, _send) = h2.send_request(request, false).expect("open");
    let response = response.await.expect("a response");
    assert_eq!(response.status(), 501);
    let text = response
        .into_body()
        .data()
        .await
        .expect("a body")
        .expect("bytes");
    assert!(
        String::from_utf8_lossy(&text).contains("not over HTTP/2"),
        "{text:?}"
    );
}

/// Serves `app` until the returned sender is dropped, with a grace of `grace`.
fn stoppable(
    config: ServerConfig,
) -> (
    std::net::SocketAddr,
    tokio::sync::oneshot::Sender<()>,
    tokio::task::JoinHandle<http4k_ws::server::ShutdownReport>,
) {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.set_nonblocking(true).expect("a setting");
    let listener = TcpListener::from_std(listener).expect("a listener");
    let at = listener.local_addr().expect("bound");
    let serving = tokio::spawn(app().serve_until(listener, config, stopped.map(drop)));
    (at, stop, serving)
}

async fn opened(at: std::net::SocketAddr, path: &str) -> WebSocket {
    let mut socket = WebSocketClient::connect(format!("ws://{at}{path}"))
        .await
        .expect("accepted");
    assert_eq!(socket.recv().await.unwrap().unwrap().text(), "welcome");
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_a_socket_of_axum() {
    let (at, stop, serving) = stoppable(ServerConfig::default());
    let mut socket = opened(at, "/legacy/ws").await;
    let started = Instant::now();
    drop(stop);
    // The handler of axum reads the end of the connection. There is no Close frame.
    assert_eq!(socket.recv().await, Ok(None));
    assert_eq!(socket.closed().await.code(), 1006);
    let report = serving.await.expect("no panic");
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert_eq!((report.connections, report.sockets, report.cut), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_cuts_off_a_handler_of_axum_that_does_not_end() {
    let config = ServerConfig::default().with_shutdown_grace(Duration::from_millis(300));
    let (at, stop, serving) = stoppable(config);
    let mut socket = opened(at, "/legacy/stuck").await;
    drop(stop);
    let report = serving.await.expect("no panic");
    assert_eq!((report.connections, report.cut), (0, 1));
    assert!(report.took < Duration::from_secs(2), "{report:?}");
    // The client learns of it, although the handler still holds its half.
    assert_eq!(socket.recv().await, Ok(None));
    assert_eq!(socket.closed().await.code(), 1006);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_of_axum_counts_as_a_connection_while_it_is_open() {
    let config = ServerConfig::default().with_max_connections(1);
    let (at, _stop, _serving) = stoppable(config);
    let socket = opened(at, "/legacy/ws").await;
    let second = opened(at, "/legacy/ws");
    tokio::pin!(second);
    let early = tokio::time::timeout(Duration::from_millis(300), &mut second).await;
    assert!(early.is_err(), "the only connection is taken");
    socket.close(WsStatus::NORMAL);
    drop(socket);
    tokio::time::timeout(PATIENCE, second)
        .await
        .expect("the permit is free again");
}
