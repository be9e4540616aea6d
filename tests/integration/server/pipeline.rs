//! Pipelined requests, sent before the responses arrive.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use futures_util::{StreamExt, stream};
use http4k_ws::{Body, Request, Response, Serve};
use tokio::sync::{Semaphore, mpsc};

use super::peer::{self, Peer};

#[test]
fn responses_keep_the_order_of_the_requests() {
    let server = (|request: Request| request.uri().path().to_owned())
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let mut peer = Peer::connect(server.addr());
    let requests: String = (0..200).map(|n| peer::get(&format!("/{n}"))).collect();
    peer.send(requests);
    for n in 0..200 {
        assert_eq!(peer.answer().body, format!("/{n}"));
    }
}

#[test]
fn a_response_does_not_wait_for_a_slow_successor() {
    let gate = Arc::new(Semaphore::new(0));
    let behind = Arc::clone(&gate);
    let app = move |request: Request| {
        let gate = Arc::clone(&behind);
        async move {
            if request.uri().path() == "/slow" {
                gate.acquire().await.expect("an open gate").forget();
            }
            "done"
        }
    };
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let mut peer = Peer::connect(server.addr());
    // The third request is read with the others, and waits in the buffer.
    peer.send(peer::get("/") + &peer::get("/slow") + &peer::get("/"));
    assert_eq!(peer.answer().body, "done");
    gate.add_permits(1);
    assert_eq!(peer.answer().body, "done");
    assert_eq!(peer.answer().body, "done");
}

#[test]
fn a_response_does_not_wait_for_the_rest_of_the_next_request() {
    let server = (|_: Request| "done")
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::get("/") + "GET /half HTTP/1.1\r\nHo");
    assert_eq!(peer.answer().body, "done");
    assert_eq!(peer.send("st: localhost\r\n\r\n").answer().body, "done");
}

/// A body may arrive together with its head and with later requests.
#[test]
fn each_body_belongs_to_its_request() {
    let app = |request: Request| async move {
        match request.uri().path() {
            "/read" => Response::new(request.into_body().text().await.expect("text").into()),
            "/back" => Response::new(request.into_body()),
            _ => Response::new("ignored".into()),
        }
    };
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let request = |path: &str, body: &str| {
        let length = body.len();
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    for length in [0, 1, 27, 3000, 4096, 10_000] {
        // The part that arrived parses as a request with a fragment.
        let body: String = "GET /#x HTTP/1.1\r\n\r\n"
            .chars()
            .cycle()
            .take(length)
            .collect();
        let mut all = String::new();
        for _ in 0..3 {
            all += &request("/read", &body);
            all += &peer::get("/ignored");
            all += &request("/back", &body);
            all += &request("/ignored", "short");
        }
        all += "GET /#x HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let mut peer = Peer::connect(server.addr());
        peer.send(all);
        for _ in 0..3 {
            for expected in [&body, "ignored", &body, "ignored"] {
                let answer = peer.answer();
                assert_eq!((answer.status, &*answer.body), (200, expected), "{length}");
            }
        }
        assert_eq!(peer.answer().status, 400, "{length}");
    }
}

#[test]
fn responses_survive_a_broken_successor() {
    let server = (|_: Request| "done")
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let chunked = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    for broken in [
        "no request at all\r\n\r\n".to_owned(),
        "G\u{1}T / HTTP/1.1\r\n\r\n".to_owned(),
        "GET / HTT".to_owned(),
        format!("{chunked}xyz\r\n"),
        format!("{chunked}xyz\r\n{}", "more".repeat(100_000)),
    ] {
        let mut peer = Peer::connect(server.addr());
        peer.send(peer::get("/") + &peer::get("/") + &broken);
        peer.ends_sending();
        assert_eq!(peer.answer().body, "done", "{broken}");
        assert_eq!(peer.answer().body, "done", "{broken}");
    }
}

#[test]
fn a_streamed_body_leaves_piece_by_piece() {
    let (pieces, source) = mpsc::unbounded_channel::<&'static str>();
    let source = Mutex::new(Some(source));
    let app = move |_: Request| {
        let mut source = source.lock().expect("a lock").take().expect("one request");
        let pieces = stream::poll_fn(move |cx| source.poll_recv(cx));
        Response::new(Body::from_stream(pieces.map(Ok::<_, Infallible>)))
    };
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let mut peer = Peer::connect(server.addr());
    let head = peer.send(peer::get("/")).answer();
    assert_eq!(head.field("transfer-encoding"), Some("chunked"));
    for piece in ["one", "three"] {
        pieces.send(piece).expect("a stream that is read");
        peer.expect(&format!("{:X}\r\n{piece}\r\n", piece.len()));
    }
    drop(pieces);
    peer.expect("0\r\n\r\n");
}

#[test]
fn a_long_body_arrives_whole() {
    let long: Arc<str> = (0..200_000)
        .map(|n| format!("{n} "))
        .collect::<String>()
        .into();
    let sent = Arc::clone(&long);
    let server = (move |_: Request| sent.to_string())
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::get("/").repeat(3));
    for _ in 0..3 {
        assert_eq!(peer.answer().body, *long);
    }
}
