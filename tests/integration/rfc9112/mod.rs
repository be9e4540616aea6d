//! The server's duties by RFC 9112 and the related parts of RFC 9110: a module for each chapter,
//! raw
//! bytes on a real port.

mod body;
mod chunked;
mod connection;
mod fields;
mod message;
mod request_line;
mod semantics;

use http4k_ws::message::HostPolicy;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig};

use crate::server::peer::{Answer, Peer};

fn hello() -> &'static str {
    "hello"
}

fn greet(name: String) -> String {
    format!("hello {name}")
}

fn same(text: String) -> String {
    text
}

/// Responds with the target of the request.
fn target(request: Request) -> String {
    let hosts: Vec<_> = request.header_values("host").collect();
    format!("{} at {}", request.uri(), hosts.join(" and "))
}

/// Responds with the request's body, unread.
fn passed_on(request: Request) -> Response {
    Response::new(request.into_body())
}

fn app() -> PolyHandler {
    routes! {
        GET  "/"             => http(hello()),
        GET  "/hello/<name>" => http(greet(name)),
        GET  "/target"       => http(target),
        POST "/echo"         => http(same(_)),
        POST "/pass"         => http(passed_on(req)),
        POST "/ignore"       => http(hello()),
    }
}

fn start_with(config: ServerConfig) -> RunningServer {
    // The hosts of these requests are those of the RFC's examples.
    let config = config.with_hosts(HostPolicy::any());
    let server = app().as_server("127.0.0.1:0").with_config(config);
    server.with_threads(1).start().expect("a server")
}

fn start() -> RunningServer {
    start_with(ServerConfig::default())
}

/// Sends each request on its own connection, and checks the status of the response.
fn each_has_status<'a>(status: u16, requests: impl IntoIterator<Item = (&'a str, String)>) {
    let server = start();
    for (what, request) in requests {
        let answer = Peer::connect(server.addr()).send(&request).answer();
        assert_eq!(answer.status, status, "{what}: {request}{answer:?}");
    }
}

/// Sends `request` and returns all responses until the server ends the connection.
fn until_closed(server: &RunningServer, request: impl AsRef<[u8]>) -> Vec<Answer> {
    let mut peer = Peer::connect(server.addr());
    peer.send(request);
    let mut answers = vec![peer.answer()];
    while !peer.is_ended() {
        answers.push(peer.answer());
    }
    answers
}

/// Returns a GET with these lines after the request line.
fn get_with(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\n{fields}\r\n")
}

/// Returns a POST to `/echo` with these fields, followed by `rest`.
fn post(fields: &str, rest: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nHost: a\r\n{fields}\r\n{rest}")
}
