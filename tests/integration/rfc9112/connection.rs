//! Chapters 8 and 9: messages that break off, and connections.

use std::time::Duration;

use http4k_ws::server::ServerConfig;

use super::{each_is_answered, post, start, start_with, until_closed};
use crate::server::peer::{self, Peer};

/// §8: a request that breaks off is not answered as if it were whole.
#[test]
fn a_request_that_breaks_off_is_refused() {
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

/// §9.3: HTTP/1.1 connections go on, unless either side says `close`.
#[test]
fn a_connection_goes_on_until_one_side_says_close() {
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

/// §9.3: HTTP/1.0 connections end, unless the client asks for more.
#[test]
fn an_old_connection_ends_unless_it_is_kept() {
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

/// §9.3.2: pipelined requests are answered in their order, however they are cut into packets.
#[test]
fn pipelined_requests_are_answered_in_order() {
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

/// §9.3.2: after `close`, or an answer that closes, nothing pipelined is answered.
#[test]
fn nothing_is_answered_after_the_last() {
    let server = start();
    let bad = "GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned();
    let answers = until_closed(&server, peer::get("/") + &bad + &peer::get("/"));
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 400]);
}

/// §9.6: a peer that has ended its side still gets its answer, also to several requests.
#[test]
fn half_a_connection_is_still_answered() {
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

/// §9.5, RFC 9110 §15.5.9: a head that is late is answered with 408; silence is not.
#[test]
fn a_late_head_is_answered_with_408() {
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

/// §9.5, RFC 9110 §15.5.9: so is a body that does not come.
#[test]
fn a_body_that_does_not_come_is_answered_with_408() {
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

/// §9.6: an answer is not lost to what the peer goes on sending.
#[test]
fn an_answer_arrives_before_the_connection_is_reset() {
    let server = start_with(ServerConfig::default().with_max_body(10));
    for length in [300_000, 1_000_000] {
        let mut peer = Peer::connect(server.addr());
        let body = "x".repeat(length);
        peer.send(post(&format!("Content-Length: {length}\r\n"), &body));
        assert_eq!(peer.answer().status, 413);
    }
}

/// RFC 9110 §7.8: an upgrade to something that is not spoken here is ignored.
#[test]
fn an_unknown_upgrade_is_ignored() {
    let with = |upgrade: &str| {
        peer::get("/").replace(
            "\r\n\r\n",
            &format!("\r\nConnection: upgrade\r\nUpgrade: {upgrade}\r\n\r\n"),
        )
    };
    each_is_answered(
        200,
        ["h2c", "TLS/1.0", "websockets", "x, y"].map(|u| (u, with(u))),
    );
}
