//! RFC 9110: methods, expectations and responses.

use super::{each_has_status, post, start, start_with, until_closed};
use crate::server::peer::{self, Peer};
use http4k_ws::server::ServerConfig;

fn line(line: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// §9.3.2: HEAD has the response of GET, without the body.
#[test]
fn head_has_no_body() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    peer.send(line("HEAD /") + &peer::get("/"));
    peer.expect("HTTP/1.1 200 OK\r\n");
    let rest = peer.until("\r\n\r\n");
    assert!(rest.contains("content-length: 5"), "{rest}");
    // The next bytes are those of the next response.
    assert_eq!(peer.answer().body, "hello");
}

/// §9.3.6, §9.3.8: CONNECT and TRACE are refused, and the response lists the methods allowed.
#[test]
fn connect_and_trace_are_refused() {
    let server = start();
    for request in ["CONNECT a:80", "CONNECT a", "TRACE /", "TRACE /hello/x"] {
        let answer = Peer::connect(server.addr()).send(line(request)).answer();
        assert_eq!(answer.status, 405, "{request}");
        let allow = answer.field("allow").expect("Allow");
        assert!(allow.contains("GET") && !allow.contains("TRACE"), "{allow}");
    }
}

/// §15.5.6: 405 names the methods of the path.
#[test]
fn a_405_lists_the_methods_of_the_path() {
    let server = start();
    let answer = Peer::connect(server.addr())
        .send(line("DELETE /echo"))
        .answer();
    assert_eq!(answer.status, 405);
    let allow = answer.field("allow").expect("Allow");
    assert!(
        allow.contains("POST") && !allow.contains("DELETE"),
        "{allow}"
    );
}

/// §10.1.1: `100 Continue` is sent when the handler asks for the body.
#[test]
fn an_expectation_is_met_when_the_body_is_read() {
    let server = start();
    for expect in ["100-continue", "100-CONTINUE"] {
        let mut peer = Peer::connect(server.addr());
        peer.send(post(
            &format!("Content-Length: 3\r\nExpect: {expect}\r\n"),
            "",
        ));
        peer.expect("HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!(peer.send("abc").answer().body, "abc");
        assert_eq!(peer.send(peer::get("/")).answer().body, "hello");
    }
}

/// §10.1.1: it is not sent if the response does not need the body, or refuses it.
#[test]
fn a_final_response_needs_no_continue() {
    let server = start_with(ServerConfig::default().with_max_body(10));
    let expecting = |path: &str, length: usize| {
        let fields = format!("Content-Length: {length}\r\nExpect: 100-continue\r\n");
        post(&fields, "").replace("/echo", path)
    };
    for (request, status) in [
        (expecting("/ignore", 3), 200),
        (expecting("/nowhere", 3), 404),
        (expecting("/echo", 11), 413),
        (expecting("/pass", 11), 413),
    ] {
        let answers = until_closed(&server, &request);
        let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [status], "{request}");
    }
}

/// §10.1.1: an unknown expectation is refused; HTTP/1.0 has none.
#[test]
fn an_unknown_expectation_fails() {
    let with = |expect: &str| post(&format!("Content-Length: 3\r\nExpect: {expect}\r\n"), "");
    each_has_status(
        417,
        ["200-ok", "100-continue, x", "100-continue=1", "\u{e4}"].map(|e| (e, with(e))),
    );
    let old = post("Content-Length: 3\r\nExpect: x\r\n", "abc").replace("HTTP/1.1", "HTTP/1.0");
    each_has_status(200, [("in HTTP/1.0", old)]);
}

/// §6.6.1: every response has a date, refusals included.
#[test]
fn responses_have_a_date() {
    let server = start();
    for request in [
        peer::get("/"),
        peer::get("/nowhere"),
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "no request\r\n\r\n".to_owned(),
    ] {
        let answer = Peer::connect(server.addr()).send(&request).answer();
        assert!(answer.field("date").is_some(), "{request}{answer:?}");
    }
}

/// §15.5.22: 426 names the protocol to change to.
#[test]
fn plain_http_to_a_socket_is_refused_with_426() {
    use http4k_ws::WebSocket;
    use http4k_ws::handler::IntoPolyHandler;

    let app = (|_ws: WebSocket| ()).into_poly_handler();
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let answer = Peer::connect(server.addr()).send(peer::get("/")).answer();
    assert_eq!(answer.status, 426);
    assert_eq!(answer.field("upgrade"), Some("websocket"));
    assert_eq!(answer.field("connection"), Some("upgrade"));
}
