//! Limits of a route, and limits on the number of connections.

use std::time::Duration;

use http4k_ws::filter::max_body;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig};

use super::peer::{self, Peer};

const BRIEFLY: Duration = Duration::from_millis(100);

fn length(text: String) -> String {
    text.len().to_string()
}

fn passed_on(request: Request) -> Response {
    Response::new(request.into_body())
}

fn address(request: Request) -> String {
    let address = request.peer_addr();
    address.map_or("nowhere".to_owned(), |address| address.to_string())
}

async fn reports_address(ws: WebSocket) -> WsResult {
    let address = ws.request().peer_addr();
    let told = ws.send(format!("{address:?}")).await;
    Ok(told?)
}

fn app() -> PolyHandler {
    routes! {
        POST "/usual"                             => http(length(_)),
        POST "/less"   with(max_body(5))          => http(length(_)),
        POST "/more"   with(max_body(1000))       => http(length(_)),
        POST "/passed" with(max_body(5))          => http(passed_on(req)),
        POST "/inner"  with(max_body(5), max_body(1000)) => http(length(_)),
        GET  "/address"                           => http(address(req)),
        "/address"                                => ws(reports_address(ws)),
    }
}

fn start(config: ServerConfig) -> RunningServer {
    let server = app().as_server("127.0.0.1:0").with_config(config);
    server.start().expect("a server")
}

fn post(path: &str, fields: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n{body}")
}

#[test]
fn a_route_may_take_longer_bodies_or_shorter_ones() {
    let server = start(ServerConfig::default().with_max_body(10));
    for (path, limit) in [
        ("/usual", 10),
        ("/less", 5),
        ("/more", 1000),
        ("/inner", 1000),
    ] {
        for (size, status) in [(limit, 200), (limit + 1, 413)] {
            let body = "x".repeat(size);
            let told = post(path, &format!("Content-Length: {size}\r\n"), &body);
            let chunks = format!("{size:x}\r\n{body}\r\n0\r\n\r\n");
            let untold = post(path, "Transfer-Encoding: chunked\r\n", &chunks);
            for request in [told, untold] {
                let answer = Peer::connect(server.addr()).send(request).answer();
                assert_eq!(answer.status, status, "{path} {size}");
                let limit = format!("limit of {limit}");
                assert_eq!(answer.body.contains(&limit), status == 413, "{answer:?}");
            }
        }
    }
}

/// A body that is streamed back has the same limit as one that is read first.
#[test]
fn a_body_that_is_sent_back_is_bounded_too() {
    let server = start(ServerConfig::default());
    for (size, status) in [(0, 200), (4, 200), (5, 200), (6, 413), (5000, 413)] {
        let body = "x".repeat(size);
        let told = post("/passed", &format!("Content-Length: {size}\r\n"), &body);
        let mut peer = Peer::connect(server.addr());
        let answer = peer.send(told).answer();
        assert_eq!(answer.status, status, "{size}");
        assert_eq!(
            answer.field("connection"),
            (status == 413).then_some("close")
        );
        if status == 200 {
            assert_eq!(answer.body, body);
        }
    }
}

/// An unread body may have any length, but its connection ends at the limit.
#[test]
fn a_body_that_is_not_read_is_not_refused() {
    let app = routes! { POST "/" with(max_body(5)) => http(|| "early") };
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    for (size, closes) in [(5, false), (6, true)] {
        let request = post(
            "/",
            &format!("Content-Length: {size}\r\n"),
            &"x".repeat(size),
        );
        let answer = Peer::connect(server.addr()).send(request).answer();
        assert_eq!((answer.status, answer.body.as_str()), (200, "early"));
        assert_eq!(
            answer.field("connection"),
            closes.then_some("close"),
            "{size}"
        );
    }
}

#[test]
fn a_body_over_the_limit_of_its_route_is_not_requested() {
    let server = start(ServerConfig::default().with_max_body(10));
    for (path, length, goes_on) in [
        ("/usual", 11, false),
        ("/less", 6, false),
        ("/passed", 6, false),
        ("/more", 1001, false),
        ("/more", 1000, true),
        ("/usual", 10, true),
    ] {
        let fields = format!("Content-Length: {length}\r\nExpect: 100-continue\r\n");
        let answer = Peer::connect(server.addr())
            .send(post(path, &fields, ""))
            .answer();
        assert_eq!(
            answer.status,
            if goes_on { 100 } else { 413 },
            "{path} {length}"
        );
    }
}

#[test]
fn in_memory_the_limit_of_a_route_is_the_same() {
    let post = |path: &'static str, size: usize| {
        let body = Body::from("x".repeat(size));
        app()
            .test_http(Request::post(path).body(body).expect("a request"))
            .status()
    };
    assert_eq!(post("/usual", 100_000), 200);
    assert_eq!(
        (post("/less", 5), post("/less", 6)),
        (StatusCode::OK, StatusCode::PAYLOAD_TOO_LARGE)
    );
    assert_eq!(
        (post("/inner", 1000), post("/inner", 1001)),
        (StatusCode::OK, StatusCode::PAYLOAD_TOO_LARGE)
    );
}

#[test]
fn a_request_knows_its_peer() {
    let server = start(ServerConfig::default());
    let mut peer = Peer::connect(server.addr());
    let own = peer.own_address().to_string();
    assert_eq!(peer.send(peer::get("/address")).answer().body, own);
    assert_eq!(
        peer.send(peer::handshake("/address", "")).answer().status,
        101
    );
    assert_eq!(peer.text(), format!("Some({own})"));
    assert_eq!(app().test_http("/address").body(), "nowhere");
}

fn is_served(peer: &mut Peer) -> bool {
    peer.hears_within(BRIEFLY)
}

#[test]
fn an_excess_connection_waits_for_another_to_end() {
    let server = start(ServerConfig::default().with_max_connections(2));
    let mut first = Peer::connect(server.addr());
    assert_eq!(first.send(peer::get("/address")).answer().status, 200);
    // A socket counts as a connection.
    let mut second = Peer::connect(server.addr());
    assert_eq!(
        second.send(peer::handshake("/address", "")).answer().status,
        101
    );
    second.text();
    let _held = second.close_code();

    let mut third = Peer::connect(server.addr());
    third.send(peer::get("/address"));
    assert!(!is_served(&mut third));
    drop(first);
    assert_eq!(third.answer().status, 200);

    let mut fourth = Peer::connect(server.addr());
    fourth.send(peer::get("/address"));
    assert!(!is_served(&mut fourth));
    drop(second);
    assert_eq!(fourth.answer().status, 200);
}

#[test]
fn a_server_that_is_full_can_be_stopped() {
    let server = start(ServerConfig::default().with_max_connections(1));
    let mut only = Peer::connect(server.addr());
    assert_eq!(only.send(peer::get("/address")).answer().status, 200);
    let report = server.stop();
    assert_eq!((report.connections, report.cut), (1, 0));
}

#[test]
fn an_excess_connection_from_one_address_returns_503() {
    let config = ServerConfig::default().with_max_connections_per_address(2);
    let server = start(config);
    let mut first = Peer::connect(server.addr());
    assert_eq!(first.send(peer::get("/address")).answer().status, 200);
    let mut second = Peer::connect(server.addr());
    assert_eq!(
        second.send(peer::handshake("/address", "")).answer().status,
        101
    );

    let mut third = Peer::connect(server.addr());
    let answer = third.answer();
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("too many connections"), "{answer:?}");
    assert_eq!(answer.field("connection"), Some("close"));
    assert!(third.is_ended());

    drop(first);
    // The server releases its permit a moment later.
    let served = (0..100).any(|_| {
        let mut next = Peer::connect(server.addr());
        next.send(peer::get("/address"));
        next.answer().status == 200
    });
    assert!(served);
}
