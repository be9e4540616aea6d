//! Bodies in both directions, and their flow-control windows (RFC 9113 §5.2).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::client::Builder;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::StreamBody;
use http4k_ws::server::ServerConfig;
use http4k_ws::{Body, IntoResponse, PolyHandler, Request, Response, WebSocket, WsStatus};
use tokio::time::Instant;

use super::client::{Client, get, request, whole};
use super::{serve, within};

async fn no_socket(ws: WebSocket) {
    ws.close(WsStatus::NORMAL);
}

/// Responds with the length of the body.
async fn count(request: Request) -> Response {
    match request.into_body().bytes().await {
        Ok(bytes) => bytes.len().to_string().into_response(),
        Err(error) => error.into_response(),
    }
}

fn counting() -> PolyHandler {
    PolyHandler::new(count, no_socket)
}

fn long(length: usize) -> PolyHandler {
    let body = Bytes::from(vec![b'b'; length]);
    PolyHandler::new(move |_: Request| body.clone(), no_socket)
}

fn post(fields: &[(&str, &str)]) -> http::Request<()> {
    request(Method::POST, "/", fields)
}

#[tokio::test(start_paused = true)]
async fn a_long_body_comes_through_every_window() {
    let length = 3 * 1024 * 1024;
    let config = ServerConfig::default().with_max_body(length as u64);
    let mut client = Client::to(counting(), config).await;
    let (answer, mut body) = client.begin(post(&[]), false);
    body.send_data(Bytes::from(vec![7; length]), true)
        .expect("a stream");
    let answer = whole(answer).await.expect("an answer");
    assert_eq!(answer.text(), length.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_long_response_goes_through_every_window() {
    let mut client = Client::to(long(3_000_000), ServerConfig::default()).await;
    let answer = client.ask(get("/", &[])).await;
    assert_eq!(answer.body.len(), 3_000_000);
    assert_eq!(answer.fields["content-length"], "3000000");
}

#[tokio::test(start_paused = true)]
async fn trailers_are_sent() {
    let http = |_: Request| {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", "7".parse().expect("a value"));
        let frames = [
            Ok::<_, std::io::Error>(http_body::Frame::data(Bytes::from_static(b"data"))),
            Ok(http_body::Frame::trailers(trailers)),
        ];
        Response::new(Body::new(StreamBody::new(futures_util::stream::iter(
            frames,
        ))))
    };
    let app = PolyHandler::new(http, no_socket);
    let mut client = Client::to(app, ServerConfig::default()).await;
    let answer = client.ask(get("/", &[])).await;
    assert_eq!(answer.text(), "data");
    assert_eq!(answer.trailers.expect("trailers")["x-sum"], "7");
}

/// A body that knows its last piece, but not its length.
struct Pieces(&'static [&'static str]);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        let Some((piece, rest)) = self.0.split_first() else {
            return Poll::Ready(None);
        };
        self.0 = rest;
        let data = Bytes::from_static(piece.as_bytes());
        Poll::Ready(Some(Ok(http_body::Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_ends_with_its_last_piece() {
    for pieces in [&[][..], &[""], &["a"], &["a", ""], &["", "a", "bc"]] {
        let http = move |_: Request| Response::new(Body::new(Pieces(pieces)));
        let app = PolyHandler::new(http, no_socket);
        let mut client = Client::to(app, ServerConfig::default()).await;
        let (answer, _) = client.begin(get("/", &[]), true);
        let answer = whole(answer).await.expect("a response with an end");
        assert_eq!(answer.text(), pieces.concat(), "{pieces:?}");
    }
}

/// Without trailers, the last byte or an empty frame ends a stream.
#[tokio::test(start_paused = true)]
async fn a_streamed_response_ends() {
    for pieces in [&[][..], &[""], &["a"], &["a", ""], &["", "a", "bc"]] {
        let http = move |_: Request| {
            let pieces = pieces.iter().map(|piece| Ok::<_, std::io::Error>(*piece));
            Response::new(Body::from_stream(futures_util::stream::iter(pieces)))
        };
        let app = PolyHandler::new(http, no_socket);
        let mut client = Client::to(app, ServerConfig::default()).await;
        for _ in 0..2 {
            let (answer, _) = client.begin(get("/", &[]), true);
            let answer = whole(answer).await.expect("a response with an end");
            assert_eq!(answer.text(), pieces.concat(), "{pieces:?}");
            assert_eq!(answer.trailers, None, "{pieces:?}");
        }
    }
}

/// A body that is streamed back has the same limit as one that is read first.
#[tokio::test(start_paused = true)]
async fn a_body_that_is_sent_back_is_bounded() {
    let http = |request: Request| Response::new(request.into_body());
    let config = ServerConfig::default().with_max_body(10);
    let mut client = Client::to(PolyHandler::new(http, no_socket), config).await;
    for (length, status) in [(0, 200), (9, 200), (10, 200), (11, 413)] {
        let told = length.to_string();
        let (answer, mut body) = client.begin(post(&[("content-length", &told)]), false);
        // The server may have rejected it already.
        let _ = body.send_data(Bytes::from(vec![b'x'; length]), true);
        let answer = whole(answer).await.expect("a response");
        assert_eq!(answer.status, status, "{length}");
        if status == 200 {
            assert_eq!(answer.text(), "x".repeat(length));
        }
    }
    let (answer, mut body) = client.begin(post(&[]), false);
    let _ = body.send_data(Bytes::from(vec![b'x'; 11]), true);
    assert!(whole(answer).await.is_err(), "a body that breaks off");
}

#[tokio::test(start_paused = true)]
async fn a_body_over_the_limit_is_a_413() {
    let config = ServerConfig::default().with_max_body(10);
    let mut client = Client::to(counting(), config).await;
    // The server rejects it by its length, before any byte arrives.
    let (answer, _body) = client.begin(post(&[("content-length", "11")]), false);
    let answer = whole(answer).await.expect("an answer");
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);

    let (answer, mut body) = client.begin(post(&[]), false);
    body.send_data(Bytes::from_static(&[7; 11]), true)
        .expect("a stream");
    let answer = whole(answer).await.expect("an answer");
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);

    let (answer, mut body) = client.begin(post(&[("content-length", "10")]), false);
    body.send_data(Bytes::from_static(&[7; 10]), true)
        .expect("a stream");
    assert_eq!(whole(answer).await.expect("an answer").text(), "10");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_a_408() {
    let mut client = Client::to(counting(), ServerConfig::default()).await;
    let start = Instant::now();
    let (answer, mut body) = client.begin(post(&[]), false);
    body.send_data(Bytes::from_static(b"a"), false)
        .expect("a stream");
    let answer = whole(answer).await.expect("an answer");
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(start.elapsed().as_secs(), 15);
    // The connection continues.
    let (answer, _) = client.begin(post(&[]), true);
    assert_eq!(whole(answer).await.expect("an answer").text(), "0");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_a_408() {
    let mut client = Client::to(counting(), ServerConfig::default()).await;
    let start = Instant::now();
    let (answer, mut body) = client.begin(post(&[]), false);
    let dripping = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            // An empty frame does not count as a byte.
            for data in [&b"a"[..], b""] {
                if body.send_data(Bytes::from_static(data), false).is_err() {
                    return;
                }
            }
        }
    });
    let answer = whole(answer).await.expect("an answer");
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    assert!((15..17).contains(&start.elapsed().as_secs()));
    dripping.abort();
}

/// RFC 9110 §10.1.1.
#[tokio::test(start_paused = true)]
async fn a_waiting_peer_receives_100_continue() {
    let mut client = Client::to(counting(), ServerConfig::default()).await;
    let (mut answer, mut body) = client.begin(post(&[("expect", "100-continue")]), false);
    let informed = within(std::future::poll_fn(|cx| answer.poll_informational(cx))).await;
    let informed = informed.expect("an answer").expect("no failure");
    assert_eq!(informed.status(), StatusCode::CONTINUE);
    body.send_data(Bytes::from_static(b"abc"), true)
        .expect("a stream");
    assert_eq!(whole(answer).await.expect("an answer").text(), "3");

    // Not if the body is rejected, nor if the expectation is unknown.
    for (fields, status) in [
        (
            [("expect", "100-continue"), ("content-length", "9000000")],
            413,
        ),
        ([("expect", "miracles"), ("content-length", "1")], 417),
    ] {
        let (answer, _body) = client.begin(post(&fields), false);
        assert_eq!(whole(answer).await.expect("an answer").status, status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_that_is_never_read_is_given_up() {
    let (ours, _serving) = serve(long(100_000), ServerConfig::default());
    let mut closed = Builder::new();
    closed.initial_window_size(0);
    let mut client = Client::over(ours, &closed).await;
    let start = Instant::now();
    let (answer, _) = client.begin(get("/", &[]), true);
    let error = whole(answer).await.expect_err("no whole answer");
    assert_eq!(error.reason(), Some(Reason::CANCEL));
    assert_eq!(start.elapsed().as_secs(), 10);
    // A response that needs no window still arrives.
    let head = client.ask(request(Method::HEAD, "/", &[])).await;
    assert_eq!(head.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_response_that_is_read_slowly_is_completed() {
    let mut client = Client::to(long(300_000), ServerConfig::default()).await;
    let (answer, _) = client.begin(get("/", &[]), true);
    let mut body = within(answer).await.expect("an answer").into_body();
    let mut came = 0;
    while let Some(data) = within(body.data()).await {
        let data = data.expect("data");
        tokio::time::sleep(Duration::from_secs(6)).await;
        came += data.len();
        let released = body.flow_control().release_capacity(data.len());
        released.expect("an open stream");
    }
    assert_eq!(came, 300_000);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_off_resets_the_stream() {
    let http = |_: Request| {
        let frames = [
            Ok(http_body::Frame::data(Bytes::from_static(b"data"))),
            Err(std::io::Error::other("broken")),
        ];
        Response::new(Body::new(StreamBody::new(futures_util::stream::iter(
            frames,
        ))))
    };
    let app = PolyHandler::new(http, no_socket);
    let mut client = Client::to(app, ServerConfig::default()).await;
    assert_eq!(client.refused(get("/", &[])).await, Reason::INTERNAL_ERROR);
}

#[tokio::test(start_paused = true)]
async fn an_unread_body_does_not_delay_the_response() {
    let app = PolyHandler::new(|_: Request| "early", no_socket);
    let mut client = Client::to(app, ServerConfig::default()).await;
    let (answer, mut body) = client.begin(post(&[]), false);
    body.reserve_capacity(1);
    assert_eq!(whole(answer).await.expect("an answer").text(), "early");
    let data = Bytes::from(vec![0; 1024 * 1024]);
    // The server may have reset the stream, which it no longer needs.
    let _ = body.send_data(data, true);
    assert_eq!(client.ask(get("/", &[])).await.text(), "early");
}
