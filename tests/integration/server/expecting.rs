//! `Expect: 100-continue` (RFC 9110 §10.1.1) with handlers that read the body in unusual ways.

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use http::{Method, StatusCode};
use http_body_util::{BodyExt, BodyStream};
use http4k_ws::message::BodyError;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig};
use tokio::sync::mpsc;

use super::peer::Peer;
use crate::http2::client::{Client, request, whole};
use crate::http2::within;

fn pieces(body: Body) -> impl futures_util::Stream<Item = Result<Bytes, BodyError>> {
    let frames = BodyStream::new(body);
    frames.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default()))
}

/// Returns the request body as a stream.
fn passed_on(request: Request) -> Response {
    Response::new(request.into_body())
}

/// Responds with bytes of its own, followed by the request body.
fn greeted(request: Request) -> Response {
    let first = stream::iter([Ok(Bytes::from_static(b"first "))]);
    Response::new(Body::from_stream(first.chain(pieces(request.into_body()))))
}

/// Reads the body in a separate task.
fn elsewhere(request: Request) -> Response {
    let (read, mut come) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut pieces = Box::pin(pieces(request.into_body()));
        while let Some(piece) = pieces.next().await {
            if read.send(piece).await.is_err() {
                return;
            }
        }
    });
    let come = stream::poll_fn(move |cx| come.poll_recv(cx));
    Response::new(Body::from_stream(come))
}

/// Polls the body once before it responds.
async fn peeked(request: Request) -> Response {
    let mut body = request.into_body();
    assert!(body.frame().now_or_never().is_none());
    Response::new(body)
}

/// Reads the whole body.
async fn whole_body(request: Request) -> Result<Response, BodyError> {
    Ok(Response::new(request.into_body().bytes().await?.into()))
}

fn unread(_request: Request) -> &'static str {
    "unread"
}

fn app() -> PolyHandler {
    routes! {
        POST "/passed"    => http(passed_on(req)),
        POST "/greeted"   => http(greeted(req)),
        POST "/elsewhere" => http(elsewhere(req)),
        POST "/peeked"    => http(peeked(req)),
        POST "/whole"     => http(whole_body(req)),
        POST "/unread"    => http(unread(req)),
    }
}

const READERS: [(&str, &str); 5] = [
    ("/passed", "body"),
    ("/greeted", "first body"),
    ("/elsewhere", "body"),
    ("/peeked", "body"),
    ("/whole", "body"),
];

fn start() -> RunningServer {
    let config = ServerConfig::default().with_max_body(10);
    let server = app().as_server("127.0.0.1:0").with_config(config);
    server.start().expect("a server")
}

fn post(path: &str, fields: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n{fields}\r\n")
}

#[test]
fn every_handler_that_reads_the_body_gets_it() {
    let server = start();
    for (path, echoed) in READERS {
        for (fields, body) in [
            ("Content-Length: 4\r\n", "body"),
            (
                "Transfer-Encoding: chunked\r\n",
                "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n",
            ),
        ] {
            let mut peer = Peer::connect(server.addr());
            peer.send(post(path, &format!("{fields}Connection: close\r\n")));
            peer.expect("HTTP/1.1 100 Continue\r\n\r\n");
            let response = peer.send(body).rest();
            assert!(response.starts_with("HTTP/1.1 200 "), "{path}: {response}");
            let (_, came) = response.split_once("\r\n\r\n").expect("a head");
            let came: String = match response.contains("transfer-encoding: chunked") {
                true => came.split("\r\n").skip(1).step_by(2).collect(),
                false => came.to_owned(),
            };
            assert_eq!(came, echoed, "{path}: {response}");
        }
    }
}

/// A peer may send the body without waiting, and its connection stays usable.
#[test]
fn a_body_sent_without_waiting_is_read_once() {
    let server = start();
    for (path, echoed) in READERS {
        let mut peer = Peer::connect(server.addr());
        for _ in 0..2 {
            peer.send(post(path, "Content-Length: 4\r\n") + "body");
            let mut head = peer.head();
            if head.contains(" 100 ") {
                head = peer.head();
            }
            assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
            if head.contains("chunked") {
                let body = peer.until("0\r\n\r\n");
                let came: String = body.split("\r\n").skip(1).step_by(2).collect();
                assert_eq!(came, echoed, "{path}");
            } else {
                peer.expect(echoed);
            }
        }
    }
}

#[test]
fn an_unread_body_is_not_requested() {
    let server = start();
    for (path, length, status) in [
        ("/unread", 4, "200"),
        ("/nowhere", 4, "404"),
        ("/passed", 11, "413"),
        ("/greeted", 11, "413"),
        ("/whole", 11, "413"),
    ] {
        let fields = format!("Content-Length: {length}\r\nConnection: close\r\n");
        let mut peer = Peer::connect(server.addr());
        let response = peer.send(post(path, &fields)).rest();
        let line = format!("HTTP/1.1 {status} ");
        assert!(response.starts_with(&line), "{path}: {response}");
    }
}

#[tokio::test(start_paused = true)]
async fn http_2_behaves_the_same() {
    let config = ServerConfig::default().with_max_body(10);
    let mut client = Client::to(app(), config).await;
    for (path, echoed) in READERS {
        let asked = request(Method::POST, path, &[("expect", "100-continue")]);
        let (mut answer, mut body) = client.begin(asked, false);
        let informed = within(std::future::poll_fn(|cx| answer.poll_informational(cx))).await;
        let informed = informed.unwrap_or_else(|| panic!("{path}: no 100"));
        assert_eq!(informed.expect("100").status(), StatusCode::CONTINUE);
        let sent = body.send_data(Bytes::from_static(b"body"), true);
        sent.expect("an open stream");
        assert_eq!(whole(answer).await.expect("a response").text(), echoed);
    }
    for (path, length, status) in [("/unread", "4", 200), ("/passed", "11", 413)] {
        let fields = [("expect", "100-continue"), ("content-length", length)];
        let (mut answer, _body) = client.begin(request(Method::POST, path, &fields), false);
        let informed = within(std::future::poll_fn(|cx| answer.poll_informational(cx))).await;
        assert!(informed.is_none(), "{path}: {informed:?}");
        assert_eq!(whole(answer).await.expect("a response").status, status);
    }
}
