//! Chapters 8 and 9: incomplete messages, and connections.

use std::time::Duration;

use http4k_ws::server::ServerConfig;

use super::{each_has_status, post, start, start_with, until_closed};
use crate::server::peer::{self, Peer};

/// §8: an incomplete request is not processed like a complete one.
#[test]
fn an_incomplete_request_is_refused() {
    let server = start();
    for request in [
        post("Content-Length: 10\r\n", "abc"),
        post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"),
        post("Transfer-Encoding: chunked\r\n", "3\r\nab"),
        post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n"),
    ] {
        let mut peer = Peer::connect(server.addr());
        peer.send(&request);
        peer.ends_sending();
        assert_eq!(peer.answer().status, 400, "{request}");
        assert!(peer.is_ended());
    }
}

/// §9.3: HTTP/1.1 connections persist, unless either side sends `close`.
#[test]
fn a_connection_persists_until_one_side_sends_close() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    for _ in 0..3 {
        assert_eq!(peer.send(peer::get("/")).answer().status, 200);
    }
    for connection in ["close", "Close", "keep-alive, close", "close, x"] {
        let last =
            peer::get("/").replace("\r\n\r\n", &format!("\r\nConnection: {connection}\r\n\r\n"));
        let answers = until_closed(&server, last + &peer::get("/"));
        assert_eq!(answers.len(), 1, "{connection}");
        assert_eq!(
            answers[0].field("connection"),
            Some("close"),
            "{connection}"
        );
    }
}

/// §9.3: HTTP/1.0 connections end, unless the client asks for keep-alive.
#[test]
fn an_http_1_0_connection_ends_unless_kept_alive() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    let kept = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    assert_eq!(
        peer.send(kept).answer().field("connection"),
        Some("keep-alive")
    );
    assert_eq!(peer.send("GET / HTTP/1.0\r\n\r\n").answer().status, 200);
    assert!(peer.is_ended());
}

/// §9.3.2: responses to pipelined requests come in order, for any division into packets.
#[test]
fn pipelined_requests_get_their_responses_in_order() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    let requests = (0..20)
        .map(|n| peer::get(&format!("/hello/{n}")) + &post("Content-Length: 3\r\n", "abc"))
        .collect::<String>();
    for piece in requests.as_bytes().chunks(7) {
        peer.send(piece);
    }
    for n in 0..20 {
        assert_eq!(peer.answer().body, format!("hello {n}"));
        assert_eq!(peer.answer().body, "abc");
    }
}

/// §9.3.2: pipelined requests after `close`, or after a response that closes, get no response.
#[test]
fn requests_after_the_last_response_are_ignored() {
    let server = start();
    let bad = "GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned();
    let answers = until_closed(&server, peer::get("/") + &bad + &peer::get("/"));
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 400]);
}

/// §9.6: a peer that has shut down its sending side still receives all responses.
#[test]
fn a_half_closed_connection_still_gets_its_responses() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::get("/").repeat(3) + &post("Content-Length: 3\r\n", "abc"));
    peer.ends_sending();
    for _ in 0..3 {
        assert_eq!(peer.answer().body, "hello");
    }
    assert_eq!(peer.answer().body, "abc");
    assert!(peer.is_ended());
}

/// §9.5, RFC 9110 §15.5.9: a late head is refused with 408; a silent connection just ends.
#[test]
fn a_late_head_is_refused_with_408() {
    let brief = ServerConfig::default().with_head_timeout(Duration::from_millis(30));
    let server = start_with(brief);
    for begun in [
        "G",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: ",
    ] {
        let mut peer = Peer::connect(server.addr());
        let answer = peer.send(begun).answer();
        assert_eq!(answer.status, 408, "{begun}");
        assert_eq!(answer.field("connection"), Some("close"));
        assert!(answer.field("date").is_some());
        assert!(peer.is_ended());
    }
    assert!(Peer::connect(server.addr()).is_ended());
}

/// §9.5, RFC 9110 §15.5.9: a late body is refused with 408 too.
#[test]
fn a_missing_body_is_refused_with_408() {
    let server = start_with(ServerConfig::default().with_body_stall(Duration::from_millis(30)));
    for request in [
        post("Content-Length: 10\r\n", "abc"),
        post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"),
        post("Content-Length: 10\r\nExpect: 100-continue\r\n", ""),
    ] {
        let answers = until_closed(&server, &request);
        let last = answers.last().expect("an answer");
        assert_eq!(last.status, 408, "{request}");
        assert_eq!(last.field("connection"), Some("close"), "{request}");
    }
}

/// §9.6: a response arrives although the peer goes on sending.
#[test]
fn a_response_arrives_before_the_connection_is_reset() {
    let server = start_with(ServerConfig::default().with_max_body(10));
    for length in [300_000, 1_000_000] {
        let mut peer = Peer::connect(server.addr());
        let body = "x".repeat(length);
        peer.send(post(&format!("Content-Length: {length}\r\n"), &body));
        assert_eq!(peer.answer().status, 413);
    }
}

/// RFC 9110 §7.8: an upgrade to an unknown protocol is ignored.
#[test]
fn an_unknown_upgrade_is_ignored() {
    let with = |upgrade: &str| {
        peer::get("/").replace(
            "\r\n\r\n",
            &format!("\r\nConnection: upgrade\r\nUpgrade: {upgrade}\r\n\r\n"),
        )
    };
    each_has_status(
        200,
        ["h2c", "TLS/1.0", "websockets", "x, y"].map(|u| (u, with(u))),
    );
}
