//! The HTTP client, with our server, an application in memory, and faulty servers.

use std::error::Error;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use http4k_ws::bytes::Bytes;
use http4k_ws::client::{BlockingHttpClient, DialError, HttpClient, HttpClientError};
use http4k_ws::message::BodyError;
use http4k_ws::prelude::*;
use http4k_ws::server::RunningServer;
use http4k_ws::{Filter, HttpHandler, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const BRIEF: Duration = Duration::from_millis(40);

fn app() -> PolyHandler {
    async fn echo(request: Request) -> Response {
        let kind = request.header("content-type").unwrap_or("none").to_owned();
        let body = request.into_body().bytes().await.expect("a body");
        Response::new(Body::from(body))
            .try_with_header("x-kind", kind)
            .expect("a field")
    }
    routes! {
        GET "/"        => http(|| "hello"),
        POST "/echo"   => http(echo),
        GET "/gone"    => http(|| (StatusCode::FOUND, [("location", "/")], "over there")),
        GET "/teapot"  => http(|| StatusCode::IM_A_TEAPOT),
    }
}

fn serve(app: PolyHandler) -> RunningServer {
    app.as_server("127.0.0.1:0").start().expect("a server")
}

fn client_of(server: &RunningServer) -> HttpClient {
    HttpClient::new()
        .with_base(format!("http://{}", server.addr()))
        .expect("a base")
}

/// Starts a server that sends `answer` after the first request, and then keeps the connection open.
/// Returns its URI.
async fn serving_response(answer: impl Into<Vec<u8>>) -> String {
    let answer = answer.into();
    serving(move |mut stream: TcpStream| {
        let answer = answer.clone();
        async move {
            head_of(&mut stream).await;
            // A client may leave once it has read enough.
            let _ = stream.write_all(&answer).await;
            pending::<()>().await;
        }
    })
    .await
}

async fn serving<F, Fut>(connection: F) -> String
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream));
        }
    });
    format!("http://{address}/")
}

/// Reads one head. Returns an empty text if the client has left.
async fn head_of(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return Vec::new(),
        }
    }
    head
}

fn brief() -> HttpClient {
    HttpClient::new().with_timeout(BRIEF)
}

#[tokio::test]
async fn the_network_responds_like_the_application_in_memory() {
    let server = serve(app());
    let client = client_of(&server);
    for (method, path, body) in [
        (Method::GET, "/", ""),
        (Method::HEAD, "/", ""),
        (Method::POST, "/echo", "to be sent back"),
        (Method::GET, "/gone", ""),
        (Method::GET, "/teapot", ""),
        (Method::GET, "/nowhere", ""),
        (Method::PUT, "/", ""),
    ] {
        let request = || (method.clone(), path, body);
        let live = client.send(request()).await.expect("an answer");
        let offline = app().test_http(request());
        assert_eq!(live.status(), offline.status(), "{method} {path}");
        assert_eq!(live.body(), offline.body(), "{method} {path}");
        for (name, value) in offline.headers() {
            assert_eq!(
                live.headers().get(name),
                Some(value),
                "{method} {path} {name}"
            );
        }
    }
}

#[test]
fn the_blocking_client_works_everywhere() {
    fn sends_requests(client: &BlockingHttpClient) {
        assert_eq!(client.send("/").expect("an answer").body(), "hello");
        assert_eq!(client.call((Method::POST, "/echo", "x")).body(), "x");
    }
    let server = serve(app());
    let client = client_of(&server).blocking();
    sends_requests(&client);
    for mut runtime in [
        tokio::runtime::Builder::new_current_thread(),
        tokio::runtime::Builder::new_multi_thread(),
    ] {
        let runtime = runtime.build().expect("a runtime");
        runtime.block_on(async { sends_requests(&client) });
    }
}

#[tokio::test]
async fn filters_stand_in_front_of_it() {
    let server = serve(app());
    let marked = |request: Request, next: Next| async move {
        next.call(request.with_header("content-type", "x/y")).await
    };
    let client = marked.then(client_of(&server));
    let request = (Method::POST, "/echo", "hello")
        .into_request()
        .expect("a request");
    let answer = client.call(request).await;
    assert_eq!(answer.header("x-kind"), Some("x/y"));
    assert_eq!(answer.body(), "hello");
}

#[tokio::test]
async fn a_body_of_unknown_length_is_sent_and_received_whole() {
    let server = serve(app());
    let pieces = (0..100).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![7; 1000])));
    let request = Request::post("/echo").body(Body::from_stream(stream::iter(pieces)));
    let answer = client_of(&server).send(request).await.expect("an answer");
    assert_eq!(answer.body(), &vec![7; 100_000]);
}

/// Responds to every request of a connection until the client leaves.
async fn keep_answering(mut stream: TcpStream) {
    while !head_of(&mut stream).await.is_empty() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        stream.write_all(answer).await.expect("a client");
    }
}

#[tokio::test]
async fn one_connection_takes_many_requests() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let uri = serving(move |stream| {
        counted.fetch_add(1, Ordering::Relaxed);
        keep_answering(stream)
    })
    .await;
    let client = HttpClient::new();
    for _ in 0..5 {
        assert_eq!(
            client.clone().send(&uri).await.expect("an answer").body(),
            "ok"
        );
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[test]
fn a_client_outlives_the_runtimes_it_is_used_in() {
    let server = serve(app());
    let client = client_of(&server);
    let runtimes: Vec<_> = (0..3)
        .map(|_| {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_all().build().expect("a runtime")
        })
        .collect();
    for _ in 0..2 {
        for runtime in &runtimes {
            // The other runtimes, and the connections in them, are not polled meanwhile.
            let answer = runtime.block_on(client.send("/")).expect("an answer");
            assert_eq!(answer.body(), "hello");
        }
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_replaced() {
    let uri = serving(|mut stream| async move {
        head_of(&mut stream).await;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        stream.write_all(answer).await.expect("a client");
    })
    .await;
    let client = HttpClient::new();
    for _ in 0..3 {
        assert_eq!(client.send(&uri).await.expect("an answer").body(), "ok");
        // The connection ends before the next request.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_request_on_an_ended_connection_is_sent_again_if_that_is_safe() {
    let uri = serving(|mut stream| async move {
        head_of(&mut stream).await;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        stream.write_all(answer).await.expect("a client");
        // The server reads the next request but does not respond.
        head_of(&mut stream).await;
    })
    .await;
    let client = HttpClient::new();
    for _ in 0..3 {
        assert_eq!(client.send(&uri).await.expect("an answer").body(), "ok");
    }
    let error = client
        .send((Method::POST, &*uri))
        .await
        .expect_err("not sent twice");
    assert!(matches!(error, HttpClientError::Broken { .. }), "{error:?}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_an_error_before_it_is_read_whole() {
    let told = serving_response("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello").await;
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n";
    let untold = serving_response(chunked).await;
    let client = HttpClient::new().with_max_body(10);
    for uri in [told, untold] {
        let error = client.send(&uri).await.expect_err("too long");
        assert!(
            matches!(error, HttpClientError::BodyTooLarge { limit: 10 }),
            "{error:?}"
        );
        assert_eq!(
            client.call((&uri).into_request().unwrap()).await.status(),
            502
        );
    }
}

#[tokio::test]
async fn a_silent_or_slow_server_times_out() {
    let silent = serving_response("").await;
    let halfway = serving_response("HTTP/1.1 200 OK\r\nContent-Le").await;
    let slow_body = serving_response("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").await;
    let interim = serving_response("HTTP/1.1 100 Continue\r\n\r\n").await;
    for uri in [silent, halfway, slow_body, interim] {
        let error = brief().send(&uri).await.expect_err("no whole answer");
        assert!(
            matches!(error, HttpClientError::Timeout { after: BRIEF }),
            "{error:?}"
        );
        assert_eq!(
            brief().call((&uri).into_request().unwrap()).await.status(),
            504
        );
    }
}

#[tokio::test]
async fn an_invalid_response_is_an_error_and_a_bad_gateway() {
    let endless_head = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(200_000));
    let many_fields = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(1000));
    for answer in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        &endless_head,
        &many_fields,
    ] {
        let uri = serving_response(answer).await;
        let error = HttpClient::new().send(&uri).await.expect_err("no answer");
        assert!(matches!(error, HttpClientError::Broken { .. }), "{error:?}");
        assert!(error.source().is_some());
        let answer = HttpClient::new().call((&uri).into_request().unwrap()).await;
        assert_eq!(
            (answer.status().as_u16(), answer.body().as_text()),
            (502, Some("bad gateway\n"))
        );
    }
}

#[tokio::test]
async fn a_truncated_response_is_an_error() {
    let uri = serving(|mut stream| async move {
        head_of(&mut stream).await;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello";
        stream.write_all(answer).await.expect("a client");
    })
    .await;
    let error = HttpClient::new()
        .send(&uri)
        .await
        .expect_err("half an answer");
    assert!(matches!(error, HttpClientError::Broken { .. }), "{error:?}");
}

#[tokio::test]
async fn an_unreachable_server_is_an_error_with_its_address() {
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("its address")
    };
    let uri = format!("http://{address}/");
    match HttpClient::new().send(&uri).await {
        Err(HttpClientError::Dial(DialError::Unreachable { address: tried, .. })) => {
            assert_eq!(tried, address)
        }
        other => panic!("{other:?}"),
    }
    // RFC 6761 §6.4: such a name never resolves.
    let absent = "http://absent.invalid/";
    match HttpClient::new().send(absent).await {
        Err(HttpClientError::Dial(DialError::Unresolvable { host, .. })) => {
            assert_eq!(host, "absent.invalid")
        }
        other => panic!("{other:?}"),
    }
    for uri in [&uri, absent] {
        assert_eq!(
            HttpClient::new()
                .call(uri.into_request().unwrap())
                .await
                .status(),
            502
        );
    }
}

#[tokio::test]
async fn an_invalid_request_is_the_callers_fault() {
    for request in ["/path", "ftp://host/", "http://host/\r\nx: y", ""] {
        let error = HttpClient::new()
            .send(request)
            .await
            .expect_err("no target");
        assert_eq!(error.status(), 500, "{request}: {error}");
    }
    let connect = Request::builder().method(Method::CONNECT).uri("host:80");
    let error = HttpClient::new()
        .send(connect)
        .await
        .expect_err("no tunnel");
    assert!(
        matches!(error, HttpClientError::BadTarget { .. }),
        "{error:?}"
    );
    assert!(HttpClient::new().with_base("localhost").is_err());
    assert!(HttpClient::new().with_base("gopher://localhost").is_err());
}

#[tokio::test]
async fn a_request_whose_body_fails_is_the_senders_fault() {
    let uri = serving_response("").await;
    let too_long = Body::from_stream(stream::iter([Ok::<_, std::io::Error>("hello")])).limit(4);
    let broken = Body::from_stream(stream::iter([Err::<Bytes, _>(std::io::Error::other(
        "reset",
    ))]));
    for (body, status) in [(too_long, 413), (broken, 400)] {
        let request = Request::post(&uri).body(body);
        let error = brief().send(request).await.expect_err("no request");
        assert!(
            matches!(error, HttpClientError::RequestBody { .. }),
            "{error:?}"
        );
        assert_eq!(error.status(), status);
    }
}

#[tokio::test]
async fn a_streamed_response_arrives_before_its_body() {
    let uri = serving_response(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nworld\r\n",
    )
    .await;
    let client = HttpClient::new().with_max_body(9).streaming();
    let answer = client.send(&uri).await.expect("a head");
    assert_eq!(answer.header("transfer-encoding"), None);
    let mut body = http_body_util::BodyStream::new(answer.into_body());
    let first = body.next().await.expect("a piece").expect("a piece");
    assert_eq!(first.into_data().ok().as_deref(), Some(&b"hello"[..]));
    let past_the_limit = body.next().await.expect("an end").expect_err("too long");
    assert_eq!(past_the_limit.status(), 502);
    let cause = past_the_limit.source().expect("a cause").to_string();
    assert!(cause.contains("limit of 9 bytes"), "{cause}");
}

#[tokio::test]
async fn a_streamed_body_that_stalls_or_breaks_off_is_not_the_readers_fault() {
    let stalls = serving_response("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").await;
    let breaks = serving(|mut stream| async move {
        head_of(&mut stream).await;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello";
        stream.write_all(answer).await.expect("a client");
    })
    .await;
    for uri in [stalls, breaks] {
        let answer = brief().streaming().send(&uri).await.expect("a head");
        let error = answer.into_body().bytes().await.expect_err("half a body");
        assert!(matches!(error, BodyError::Upstream(_)), "{error:?}");
        assert_eq!(error.status(), 502);
    }
}

/// Only the time that the reader waits counts.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_of_a_streamed_body_is_not_a_slow_server() {
    let (ours, mut theirs) = tokio::io::duplex(1024);
    tokio::spawn(async move {
        let mut request = [0; 1024];
        let read = theirs.read(&mut request).await.expect("a request");
        assert!(read > 0, "the client sends no request");
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
        theirs.write_all(head).await.expect("a client");
        for piece in [b"a", b"b", b"c"] {
            theirs.write_all(piece).await.expect("a client");
            tokio::time::sleep(Duration::from_secs(41)).await;
        }
        pending::<()>().await;
    });
    let client = HttpClient::new().with_timeout(Duration::from_secs(30));
    let answer = client.streaming().send_over(ours, "http://a/").await;
    let mut body = http_body_util::BodyStream::new(answer.expect("a head").into_body());
    for piece in ["a", "b"] {
        let read = body.next().await.expect("a piece").expect("a piece");
        assert_eq!(read.into_data().ok().as_deref(), Some(piece.as_bytes()));
        // The next piece is not ready at the call, but soon is.
        tokio::time::sleep(Duration::from_secs(40)).await;
    }
    let waited = tokio::time::Instant::now();
    // This piece arrives a second after the call.
    body.next().await.expect("a piece").expect("a piece");
    assert_eq!(waited.elapsed().as_secs(), 1);
}

#[test]
fn an_application_passes_requests_on() {
    let behind = serve(app());
    let client = client_of(&behind);
    let front = serve(routes! { "/<_rest..>" => http({ client.clone().streaming() }) });
    let client = client_of(&front).blocking();
    let request = Request::post("/echo")
        .header("content-type", "a/b")
        .body("through two");
    let answer = client.send(request).expect("an answer");
    assert_eq!(
        (answer.header("x-kind"), answer.body().as_text()),
        (Some("a/b"), Some("through two"))
    );
    assert_eq!(client.send("/teapot").expect("an answer").status(), 418);
    assert_eq!(behind.stop().cut, 0);
    assert_eq!(client.send("/").expect("an answer").status(), 502);
}
