//! Requests and responses, their limits, and handlers that fail.

use std::time::Duration;

use http4k_ws::server::{RunningServer, ServerConfig};
use http4k_ws::{IntoResponse, PolyHandler, Request, Response, Serve, WebSocket};

use super::peer::{self, Peer};

async fn app(request: Request) -> Response {
    match request.uri().path() {
        "/panic" => panic!("an http handler that panics, in a test"),
        "/echo" => match request.into_body().bytes().await {
            Ok(bytes) => Response::new(bytes.into()),
            Err(error) => error.into_response(),
        },
        _ => Response::new("hello".into()),
    }
}

fn start(config: ServerConfig) -> RunningServer {
    app.as_server("127.0.0.1:0")
        .with_config(config)
        .start()
        .expect("a server")
}

fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_connection_answers_one_request_after_another() {
    let server = start(ServerConfig::default());
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::get("/")).answer().body, "hello");
    assert_eq!(peer.send(post("/echo", "abc")).answer().body, "abc");
    let chunked = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
                   3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    assert_eq!(peer.send(chunked).answer().body, "abcde");
    let last = peer::get("/").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    assert_eq!(peer.send(last).answer().body, "hello");
    assert!(peer.is_ended());
}

#[test]
fn http_and_sockets_share_a_port() {
    async fn hello(ws: WebSocket) {
        ws.send("from the socket").await.expect("an open socket");
    }
    let server = PolyHandler::new(app, hello)
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let mut http = Peer::connect(server.addr());
    let mut ws = Peer::connect(server.addr());
    ws.send(peer::handshake("/", "")).answer();
    assert_eq!(ws.text(), "from the socket");
    assert_eq!(http.send(peer::get("/")).answer().body, "hello");
}

#[test]
fn a_handler_that_panics_returns_500_and_the_server_continues() {
    let server = start(ServerConfig::default());
    let mut neighbour = Peer::connect(server.addr());
    assert_eq!(neighbour.send(peer::get("/")).answer().status, 200);
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::get("/panic")).answer().status, 500);
    assert_eq!(peer.send(peer::get("/")).answer().body, "hello");
    assert_eq!(neighbour.send(peer::get("/")).answer().body, "hello");
}

#[test]
fn a_body_that_is_announced_too_long_is_refused_unread() {
    let server = start(ServerConfig::default().with_max_body(10));
    let mut peer = Peer::connect(server.addr());
    assert_eq!(
        peer.send(post("/echo", "0123456789")).answer().body,
        "0123456789"
    );
    peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n");
    let answer = peer.answer();
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("limit of 10"), "{answer:?}");
    assert_eq!(answer.field("connection"), Some("close"));
}

#[test]
fn a_body_that_grows_too_long_fails_while_it_is_read() {
    let server = start(ServerConfig::default().with_max_body(10));
    let chunked = |size: usize| {
        let piece = "1\r\na\r\n".repeat(size);
        format!(
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{piece}0\r\n\r\n"
        )
    };
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(chunked(10)).answer().body, "a".repeat(10));
    assert_eq!(peer.send(chunked(11)).answer().status, 413);
}

#[test]
fn a_refused_body_does_not_lose_the_response() {
    let server = start(ServerConfig::default().with_max_body(10));
    let mut peer = Peer::connect(server.addr());
    peer.send(post("/echo", &"x".repeat(300_000)));
    assert_eq!(peer.answer().status, 413);
    assert!(peer.is_ended());
}

#[test]
fn heads_are_bounded() {
    let server = start(ServerConfig::default());
    let status = |request: String| Peer::connect(server.addr()).send(request).answer().status;
    let field = |length: usize| {
        let value = "v".repeat(length);
        peer::get("/").replace("\r\n\r\n", &format!("\r\nX: {value}\r\n\r\n"))
    };
    assert_eq!(status(field(15 * 1024)), 200);
    assert_eq!(status(field(16 * 1024)), 431);
    let fields = |count: usize| {
        let fields = "X: y\r\n".repeat(count);
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n")
    };
    assert_eq!(status(fields(99)), 200);
    assert_eq!(status(fields(100)), 431);
    let target = |length: usize| peer::get(&format!("/{}", "t".repeat(length - 1)));
    assert_eq!(status(target(8 * 1024)), 200);
    assert_eq!(status(target(8 * 1024 + 1)), 414);
    assert_eq!(status("no request at all\r\n\r\n".to_owned()), 400);
}

#[test]
fn another_number_of_fields_is_kept_too() {
    let server = start(ServerConfig::default().with_max_fields(2));
    let mut peer = Peer::connect(server.addr());
    let more = |fields: &str| peer::get("/").replace("\r\n\r\n", &format!("\r\n{fields}\r\n"));
    assert_eq!(peer.send(more("A: b\r\n")).answer().status, 200);
    assert_eq!(peer.send(more("A: b\r\nC: d\r\n")).answer().status, 431);
}

#[test]
fn an_endless_head_is_dropped() {
    let brief = Duration::from_millis(30);
    let long = Duration::from_secs(600);
    let server = start(
        ServerConfig::default()
            .with_head_timeout(brief)
            .with_keep_alive(long),
    );
    assert!(Peer::connect(server.addr()).is_ended());
    let mut peer = Peer::connect(server.addr());
    let begun = "GET / HTTP/1.1\r\nHost:";
    assert_eq!(peer.send(begun).answer().status, 408);
    assert!(peer.is_ended());
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::get("/")).answer().status, 200);
    assert_eq!(peer.send(begun).answer().status, 408);
    assert!(peer.is_ended());
}

#[test]
fn a_silent_connection_is_closed_after_a_while() {
    let brief = Duration::from_millis(30);
    let server = start(ServerConfig::default().with_keep_alive(brief));
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::get("/")).answer().status, 200);
    assert!(peer.is_ended());
}
