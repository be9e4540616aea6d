//! Requests of HTTP/1.1: an ordinary one, which arrives complete, has the same response as one that
//! arrives byte by byte, and the values that a connection knows of it are there for all that ask.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http4k_ws::filter::max_body;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::message::PathParams;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::{sleep, timeout};

/// Counts the calls of its routes.
#[derive(Clone, Debug, Default)]
struct Calls(Arc<AtomicUsize>);

impl Calls {
    fn count(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

fn numbered(calls: Calls) -> String {
    format!("call {}", calls.count())
}

async fn later(calls: Calls) -> String {
    sleep(Duration::from_millis(5)).await;
    tokio::task::yield_now().await;
    format!("later {}", calls.count())
}

fn echoed(request: Request) -> Response {
    Response::new(request.into_body())
}

fn text_of(body: String) -> String {
    body
}

fn seen(request: Request) -> String {
    let mut lines: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    lines.sort_unstable();
    format!(
        "{} {} {:?} {lines:?}",
        request.method(),
        request.uri(),
        request.version()
    )
}

fn streamed() -> Body {
    let parts = ["a", "bc", ""].map(Ok::<_, std::io::Error>);
    Body::from_stream(futures_util::stream::iter(parts))
}

pub(super) fn app() -> PolyHandler {
    let calls = Calls::default();
    routes! {
        GET "/"               => http(numbered(calls)),
        GET "/later"          => http(later(calls)),
        GET "/seen/<_rest..>" => http(seen(req)),
        GET "/stream"         => http(streamed()),
        GET "/long"           => http(|| "x".repeat(100_000)),
        GET "/empty"          => http(|| StatusCode::NO_CONTENT),
        GET "/panics"         => http(|| -> &str { panic!("on purpose") }),
        GET "/closes"         => http(|| "bye".into_response().with_header("connection", "close")),
        GET "/text/<text>"    => http(|text: String| text),
        POST "/echo"          => http(echoed(req)),
        POST "/read"          => http(text_of(_)),
        POST "/small" with(max_body(3)) => http(text_of(_)),
    }
}

/// Returns all bytes that the server sends for `bytes`, without the values of dates. A pipe of
/// `capacity` bytes divides the bytes in both directions.
async fn exchanged(bytes: &[u8], capacity: usize) -> String {
    let (ours, theirs) = duplex(capacity);
    let serving = app().serve_connection(theirs, ServerConfig::default());
    let (mut reading, mut writing) = tokio::io::split(ours);
    let talking = async {
        let mut received = Vec::new();
        let sending = async {
            let _ = writing.write_all(bytes).await;
            let _ = writing.shutdown().await;
        };
        let (_, read) = tokio::join!(sending, reading.read_to_end(&mut received));
        read.expect("an end");
        received
    };
    let both = async { tokio::join!(serving, talking).1 };
    let limit = Duration::from_secs(30);
    let received = timeout(limit, both)
        .await
        .unwrap_or_else(|_| panic!("no end in time: {}", bytes.escape_ascii()));
    undated(&received)
}

/// Returns responses without the values of dates.
pub(super) fn undated(received: &[u8]) -> String {
    let text = String::from_utf8_lossy(received);
    let undated = text
        .split("\r\n")
        .map(|line| match line.split_once("date: ") {
            Some((before, _)) => format!("{before}date: -"),
            None => line.to_owned(),
        });
    undated.collect::<Vec<_>>().join("\r\n")
}

/// Requests that need hyper, and requests that do not, in any order.
pub(super) fn pipelines() -> Vec<String> {
    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const CHUNKED: &str = "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
                           3\r\nabc\r\n0\r\n\r\n";
    let request = |line: &str, fields: &str, body: &str| {
        format!("{line} HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}")
    };
    let post = |path: &str, body: &str| {
        let length = format!("Content-Length: {}\r\n", body.len());
        request(&format!("POST {path}"), &length, body)
    };
    let between = |middle: &str| format!("{GET}{middle}{GET}{GET}");
    let mut all: Vec<_> = [
        "GET /later",
        "GET /stream",
        "GET /long",
        "GET /empty",
        "GET /panics",
        "GET /closes",
        "GET /unknown",
        "GET /text/a%20b",
        "GET /text/%FF",
        "GET /seen/x?a=b",
        "GET http://b/seen/x",
        "GET /#fragment",
        "GET /\"",
        "HEAD /",
        "HEAD /long",
        "OPTIONS *",
        "OPTIONS /",
        "DELETE /",
        "CONNECT a:1",
        "TRACE /",
        "BREW /",
    ]
    .map(|line| between(&request(line, "", "")))
    .into();
    all.extend(
        [
            "X-A: 1\r\nx-a: \t2 \r\n",
            "Connection: keep-alive\r\n",
            "Connection: close\r\n",
            "Connection: x-a\r\nX-A: 1\r\n",
            "Host: b\r\n",
            "Expect: 100-continue\r\n",
            "Expect: more\r\n",
            "Upgrade: h2c\r\nConnection: upgrade\r\n",
            "Content-Length: 0\r\n",
            "Content-Length: x\r\n",
            "Transfer-Encoding: gzip\r\n",
            "X : 1\r\n",
            "X: \u{1}\r\n",
            "X-Forwarded-For: 1.2.3.4\r\n",
            "Forwarded: for=1.2.3.4\r\n",
            "Authorization: secret\r\n",
        ]
        .map(|fields| between(&request("GET /seen/x", fields, ""))),
    );
    all.extend([
        between(&post("/echo", "hello")),
        between(&post("/echo", &"x".repeat(5_000))),
        between(&post("/small", "abc")),
        between(&post("/small", "abcd")),
        between(CHUNKED),
        format!("{CHUNKED}{CHUNKED}{GET}"),
        // Differs about the end of the first request, if read by either field alone.
        between(&request(
            "POST /read",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            "0\r\n\r\n",
        )),
        between(&request(
            "POST /echo",
            "Content-Length: 3\r\nContent-Length: 30\r\n",
            "abc",
        )),
        between("GET / HTTP/1.0\r\nHost: a\r\n\r\n"),
        between("GET / HTTP/1.1\r\n\r\n"),
        between("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        between("GET / HTTP/1.1\nHost: a\n\n"),
        "GET / HTTP/1.1\r\nHost: a\r\n".to_owned(),
        GET.repeat(100),
        request("GET /long", "", "").repeat(2),
    ]);
    all
}

#[tokio::test]
async fn bytes_in_any_division_have_the_same_responses() {
    for pipeline in pipelines() {
        let whole = exchanged(pipeline.as_bytes(), 1 << 20).await;
        // Without a complete head at a time, every request is read by hyper.
        for capacity in [1, 7, 64] {
            let parts = exchanged(pipeline.as_bytes(), capacity).await;
            assert_eq!(whole, parts, "{capacity}: {pipeline:?}");
        }
    }
}

#[tokio::test]
async fn each_request_calls_its_handler_once_and_in_order() {
    let lines = ["/", "/later", "/", "/", "/later", "/later", "/"];
    let pipeline = lines.map(|path| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
    let received = exchanged(pipeline.concat().as_bytes(), 1 << 20).await;
    let bodies: Vec<_> = received
        .split("\r\n\r\n")
        .skip(1)
        .map(|after| after.split("HTTP/1.1").next().expect("a body"))
        .collect();
    assert_eq!(
        bodies,
        [
            "call 1", "later 2", "call 3", "call 4", "later 5", "later 6", "call 7"
        ]
    );
}

/// Sends a request over a real connection, and returns the body of the response.
fn over_tcp(app: PolyHandler, request: &str) -> (String, u16) {
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let mut stream = TcpStream::connect(server.addr()).expect("a connection");
    let limit = Some(Duration::from_secs(10));
    stream.set_read_timeout(limit).expect("an open connection");
    stream.write_all(request.as_bytes()).expect("a request");
    let own = stream.local_addr().expect("an address");
    stream
        .shutdown(std::net::Shutdown::Write)
        .expect("an open connection");
    let mut received = String::new();
    stream.read_to_string(&mut received).expect("a response");
    server.stop();
    let (_, body) = received.split_once("\r\n\r\n").expect("a head");
    (body.to_owned(), own.port())
}

fn port_of(request: &Request) -> u16 {
    request.peer_addr().map_or(0, |peer| peer.port())
}

fn text(value: String) -> http4k_ws::http::HeaderValue {
    value.try_into().expect("a value")
}

async fn reads_address(request: Request, next: Next) -> Response {
    let port = port_of(&request).to_string();
    next.call(request).await.with_header("x-port", text(port))
}

async fn changes_address(request: Request, next: Next) -> Response {
    let other = "127.0.0.9:9".parse().expect("an address");
    next.call(request.with_peer_addr(other)).await
}

async fn removes_everything(mut request: Request, next: Next) -> Response {
    request.extensions_mut().clear();
    next.call(request).await
}

async fn reads_params(request: Request, next: Next) -> Response {
    let params = request.extensions().get::<PathParams>();
    let id = params.and_then(|params| params.get("id")).unwrap_or("-");
    let id = id.to_owned();
    next.call(request).await.with_header("x-id", text(id))
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

#[test]
fn the_address_of_the_peer_is_there_for_all_that_ask() {
    fn from_argument(request: Request) -> String {
        port_of(&request).to_string()
    }
    let app = || {
        routes! {
            GET "/req"                          => http(from_argument(req)),
            GET "/plain"                        => http(from_argument),
            GET "/changed" with(changes_address) => http(from_argument(req)),
            GET "/removed" with(removes_everything) => http(from_argument(req)),
            "/in" => mount(routes! { GET "/<id>" => http(|id: String, req: Request| format!("{id} {}", port_of(&req))) }),
            "/block" with(reads_address) => {
                GET "/x" => http(from_argument(req)),
            },
            _ => http(from_argument),
        }
    };
    for path in ["/req", "/plain", "/block/x", "/unknown"] {
        let (body, port) = over_tcp(app(), &get(path));
        assert_eq!(body, port.to_string(), "{path}");
    }
    assert_eq!(over_tcp(app(), &get("/changed")).0, "9");
    assert_eq!(over_tcp(app(), &get("/removed")).0, "0");
    let (body, port) = over_tcp(app(), &get("/in/a"));
    assert_eq!(body, format!("a {port}"));
}

#[test]
fn an_application_without_routes_knows_the_address() {
    async fn alone(request: Request) -> String {
        port_of(&request).to_string()
    }
    let (body, port) = over_tcp(alone.into_poly_handler(), &get("/"));
    assert_eq!(body, port.to_string());
    let filtered = reads_address.then(alone).into_poly_handler();
    let (body, port) = over_tcp(filtered, &get("/"));
    assert_eq!(body, port.to_string());
}

#[test]
fn filters_read_and_remove_path_parameters() {
    let app = || {
        routes! {
            GET "/read/<id>" with(reads_params) => http(|id: String| id),
            GET "/removed/<id>" with(removes_everything, reads_params)
                => http(|| "no parameter"),
        }
    };
    let response = app().test_http("/read/7");
    assert_eq!(response.header("x-id"), Some("7"));
    assert_eq!(app().test_http("/removed/7").header("x-id"), Some("-"));
    assert_eq!(over_tcp(app(), &get("/read/7")).0, "7");
}

#[test]
fn a_filter_bounds_a_body_that_has_arrived() {
    let app = || {
        routes! {
            POST "/read" with(max_body(3)) => http(text_of(_)),
            POST "/sent" with(max_body(3)) => http(echoed(req)),
            POST "/more" with(max_body(3), max_body(5)) => http(echoed(req)),
            POST "/left" with(max_body(3)) => http(|| "unread"),
        }
    };
    let post = |path: &str, body: &str| {
        let length = body.len();
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    for path in ["/read", "/sent", "/more"] {
        assert_eq!(over_tcp(app(), &post(path, "abc")).0, "abc", "{path}");
    }
    assert_eq!(over_tcp(app(), &post("/more", "abcde")).0, "abcde");
    for path in ["/read", "/sent", "/more"] {
        let body = over_tcp(app(), &post(path, "abcdef")).0;
        assert!(body.contains("limit of"), "{path}: {body}");
    }
    assert_eq!(over_tcp(app(), &post("/left", "abcdef")).0, "unread");
}
