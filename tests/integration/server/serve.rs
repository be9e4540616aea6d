//! Every function that serves, with every type that can be served.

use std::net::TcpListener;
use std::pin::pin;

use http4k_ws::server::ServerConfig;
use http4k_ws::{PolyHandler, Request, Serve, WebSocket, WsConsumer};
use tokio::sync::oneshot;

use super::peer::{self, Peer};

async fn hello(ws: WebSocket) {
    ws.send("hello").await.expect("an open socket");
}

fn start<Kind>(app: impl Serve<Kind>) -> http4k_ws::server::RunningServer {
    app.as_server("127.0.0.1:0").start().expect("a server")
}

#[test]
fn an_http_handler_refuses_sockets_with_404() {
    let server = start(|_: Request| "http");
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::get("/")).answer().body, "http");
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 404);
}

#[test]
fn a_function_over_a_socket_requires_an_upgrade() {
    let server = start(hello);
    let mut peer = Peer::connect(server.addr());
    let answer = peer.send(peer::get("/")).answer();
    assert_eq!(answer.status, 426);
    assert_eq!(answer.field("upgrade"), Some("websocket"));
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 101);
    assert_eq!(peer.text(), "hello");
    assert_eq!(peer.close_code(), 1000);
}

#[test]
fn a_ws_handler_may_lack_a_consumer() {
    let server =
        start(|request: Request| (request.uri().path() == "/ws").then(|| WsConsumer::new(hello)));
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::handshake("/no", "")).answer().status, 404);
    assert_eq!(peer.send(peer::handshake("/ws", "")).answer().status, 101);
    assert_eq!(peer.text(), "hello");
}

#[test]
fn one_thread_serves_like_many() {
    let app = PolyHandler::new(|_: Request| "http", hello);
    let server = app
        .as_server("127.0.0.1:0")
        .with_threads(1)
        .start()
        .expect("a server");
    let mut peers: Vec<_> = (0..20).map(|_| Peer::connect(server.addr())).collect();
    for peer in &mut peers {
        peer.send(peer::handshake("/", ""));
    }
    for peer in &mut peers {
        assert_eq!(peer.answer().status, 101);
        assert_eq!(peer.text(), "hello");
    }
}

#[test]
fn a_used_port_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address");
    let error = hello
        .as_server(address)
        .start()
        .expect_err("the port is taken");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[test]
fn an_invalid_address_is_an_error() {
    assert!(hello.as_server("nonsense").start().is_err());
}

#[tokio::test]
async fn a_listener_is_served_until_stopped() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("its address");
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(hello.serve_until(listener, ServerConfig::default(), async {
        let _ = stopped.await;
    }));
    let talk = tokio::task::spawn_blocking(move || {
        let mut peer = Peer::connect(address);
        peer.send(peer::handshake("/", "")).answer();
        let greeting = peer.text();
        peer.send(peer::frame(peer::CLOSE, &[0x03, 0xE8]));
        greeting
    });
    assert_eq!(talk.await.expect("a talk"), "hello");
    let _ = stop.send(());
    assert_eq!(served.await.expect("a server").cut, 0);
}

#[tokio::test]
async fn serving_fails_on_a_used_port() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address");
    let mut serving = pin!(hello.serve(address));
    assert!(serving.as_mut().await.is_err());
}

#[test]
fn ten_thousand_messages_sent_at_once_come_back_in_order() {
    async fn echo(mut ws: WebSocket) {
        while let Ok(Some(message)) = ws.recv().await {
            if ws.send(message).await.is_err() {
                return;
            }
        }
    }
    let server = start(echo);
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::handshake("/", "")).answer();
    // The test reads and writes at the same time: otherwise both sides would stall.
    let mut writer = peer.twin();
    let writing = std::thread::spawn(move || {
        for n in 0..10_000 {
            writer.send(peer::text(&n.to_string()));
        }
    });
    for n in 0..10_000 {
        assert_eq!(peer.text(), n.to_string());
    }
    writing.join().expect("a writer");
}
