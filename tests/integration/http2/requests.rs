//! Requests and responses of HTTP/2, which an application sees as those of HTTP/1.1 (RFC 9113 §8).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Method, StatusCode, Version};
use http4k_ws::http::HeaderValue;
use http4k_ws::message::RequestExt;
use http4k_ws::server::ServerConfig;
use http4k_ws::{IntoResponse, PolyHandler, Request, Response, WebSocket, WsStatus};
use tokio::sync::Semaphore;

use super::client::{Client, get, request, whole};
use super::frames::{Frame, GOAWAY, HEADERS, PROTOCOL_ERROR, Peer, RST_STREAM};
use super::{serve, within};

async fn no_socket(ws: WebSocket) {
    ws.close(WsStatus::NORMAL);
}

fn app(http: impl Fn(Request) -> Response + Send + Sync + 'static) -> PolyHandler {
    PolyHandler::new(http, no_socket)
}

/// Returns a request as an application sees it.
fn seen(request: &Request) -> String {
    format!(
        "{:?} {} {} host={} cookie={}",
        request.version(),
        request.method(),
        request.uri(),
        request.header("host").unwrap_or("-"),
        request.header("cookie").unwrap_or("-"),
    )
}

async fn response_for(request: http::Request<()>) -> super::client::Answer {
    let app = app(|request| seen(&request).into_response());
    let mut client = Client::to(app, ServerConfig::default()).await;
    client.ask(request).await
}

#[tokio::test(start_paused = true)]
async fn a_request_has_the_shape_of_one_of_http_1() {
    let answer = response_for(get("/a/b?c=d", &[])).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.text(),
        "HTTP/2.0 GET /a/b?c=d host=localhost cookie=-"
    );
    let length = answer.body.len().to_string();
    assert_eq!(answer.fields["content-length"], length.as_str());
    assert!(answer.fields.contains_key("date"));
}

/// RFC 9113 §8.2.3.
#[tokio::test(start_paused = true)]
async fn cookies_are_joined() {
    let answer = response_for(get("/", &[("cookie", "a=1"), ("cookie", "b=2")])).await;
    assert!(answer.text().ends_with("cookie=a=1; b=2"), "{answer:?}");
}

/// RFC 9113 §8.3.1.
#[tokio::test(start_paused = true)]
async fn the_host_is_named_once_and_the_same() {
    assert_eq!(
        response_for(get("/", &[("host", "localhost")]))
            .await
            .status,
        200
    );
    assert_eq!(
        response_for(get("/", &[("host", "another")])).await.status,
        400
    );
    let two = get("/", &[("host", "localhost"), ("host", "another")]);
    assert_eq!(response_for(two).await.status, 400);
}

/// RFC 9112 §3.2 and RFC 9113 §8.3.1: without `:authority`, `Host` is required as usual.
#[tokio::test(start_paused = true)]
async fn a_request_without_authority_needs_a_host() {
    for (host, status) in [(Some("localhost"), 0x88), (None, 0x8C)] {
        let app = app(|request| seen(&request).into_response());
        let mut peer = Peer::new(serve(app, ServerConfig::default()).0, &[]).await;
        let mut fields = vec![(":method", "GET"), (":scheme", "http"), (":path", "/")];
        fields.extend(host.map(|host| ("host", host)));
        peer.send(Frame::head(1, &fields)).await;
        let head = peer.next_of(&[HEADERS]).await.expect("an answer");
        // The index of `:status` 200 or 400 (RFC 7541 §A).
        assert_eq!(head.payload[0], status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_request_returns_an_empty_body() {
    let answer = response_for(request(Method::HEAD, "/", &[])).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
    assert_ne!(answer.fields["content-length"], "0");
}

/// RFC 9110 §15.3.5, §15.4.5.
#[tokio::test(start_paused = true)]
async fn statuses_without_a_body_have_none() {
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED] {
        let app = app(move |_| (status, "too much").into_response());
        let mut client = Client::to(app, ServerConfig::default()).await;
        let answer = client.ask(get("/", &[])).await;
        assert_eq!((answer.status, answer.body.len()), (status, 0));
        assert!(!answer.fields.contains_key("content-length"));
    }
}

/// RFC 9113 §8.2.2.
#[tokio::test(start_paused = true)]
async fn fields_of_the_connection_are_not_sent() {
    let app = app(|_| {
        let mut response = "body".into_response();
        for (name, value) in [
            ("connection", "close, x-hop"),
            ("x-hop", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "close"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("x-end", "1"),
        ] {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    });
    let mut client = Client::to(app, ServerConfig::default()).await;
    let answer = client.ask(get("/", &[])).await;
    assert_eq!((answer.status, answer.text()), (StatusCode::OK, "body"));
    let mut names: Vec<_> = answer.fields.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-length", "content-type", "date", "x-end"]);
}

/// RFC 9113 §8.1.1, §8.2, §8.2.2, §8.3: each is malformed, and a stream error.
#[tokio::test(start_paused = true)]
async fn malformed_requests_are_reset() {
    let good = [
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "localhost"),
        (":path", "/"),
    ];
    for (missing, more) in [
        (Some(":method"), &[][..]),
        (Some(":scheme"), &[]),
        (Some(":path"), &[]),
        (None, &[("connection", "close")]),
        (None, &[("keep-alive", "timeout=5")]),
        (None, &[("transfer-encoding", "chunked")]),
        (None, &[("upgrade", "websocket")]),
        (None, &[("te", "gzip")]),
        (None, &[(":path", "/again")]),
        (None, &[("x", "y"), (":late", "z")]),
        (None, &[(":unknown", "x")]),
        (None, &[(":status", "200")]),
        (None, &[("UPPER", "x")]),
        (None, &[("content-length", "5")]),
    ] {
        let app = app(|request| seen(&request).into_response());
        let mut peer = Peer::new(serve(app, ServerConfig::default()).0, &[]).await;
        let kept = good.iter().filter(|(name, _)| Some(*name) != missing);
        let fields: Vec<_> = kept.chain(more).copied().collect();
        peer.send(Frame::head(1, &fields)).await;
        let over = peer.next_of(&[RST_STREAM, GOAWAY, HEADERS]).await;
        let over = over.expect("an answer");
        assert_ne!(over.kind, HEADERS, "{missing:?} {more:?}");
        assert_eq!(over.code(), PROTOCOL_ERROR, "{missing:?} {more:?}");
    }
}

/// RFC 9110 §9.3.6, §9.3.8.
#[tokio::test(start_paused = true)]
async fn trace_and_connect_are_not_allowed() {
    assert_eq!(
        response_for(request(Method::TRACE, "/", &[])).await.status,
        405
    );
    let app = app(|request| seen(&request).into_response());
    let mut peer = Peer::new(serve(app, ServerConfig::default()).0, &[]).await;
    let tunnel = [(":method", "CONNECT"), (":authority", "localhost:80")];
    peer.send(Frame::head(1, &tunnel)).await;
    let head = peer.next_of(&[HEADERS]).await.expect("an answer");
    // Neither 200 nor another status with an index: those begin a tunnel, or are not a rejection.
    assert_eq!(head.payload[0] & 0xC0, 0x40, "{head:?}");
}

#[tokio::test(start_paused = true)]
async fn many_requests_share_a_connection() {
    let app = app(|request| seen(&request).into_response());
    let mut client = Client::to(app, ServerConfig::default()).await;
    let asked: Vec<_> = (0..90)
        .map(|n| client.begin(get(&format!("/{n}"), &[]), true).0)
        .collect();
    for (n, answer) in asked.into_iter().enumerate() {
        let answer = whole(answer).await.expect("an answer");
        assert!(answer.text().contains(&format!(" /{n} ")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_500_and_other_streams_continue() {
    let app = app(|request| match request.uri().path() {
        "/panic" => panic!("on purpose"),
        _ => "fine".into_response(),
    });
    let mut client = Client::to(app, ServerConfig::default()).await;
    assert_eq!(client.ask(get("/panic", &[])).await.status, 500);
    assert_eq!(client.ask(get("/", &[])).await.text(), "fine");
}

#[tokio::test(start_paused = true)]
async fn an_informational_response_is_a_500() {
    let app = app(|_| StatusCode::EARLY_HINTS.into_response());
    let mut client = Client::to(app, ServerConfig::default()).await;
    assert_eq!(client.ask(get("/", &[])).await.status, 500);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_request_is_dropped() {
    struct Dropped(Arc<Semaphore>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.add_permits(1);
        }
    }
    let begun = Arc::new(AtomicUsize::new(0));
    let dropped = Arc::new(Semaphore::new(0));
    let (count, tell) = (Arc::clone(&begun), Arc::clone(&dropped));
    let http = move |_: Request| {
        count.fetch_add(1, Ordering::Relaxed);
        let waits = Dropped(Arc::clone(&tell));
        async move {
            std::future::pending::<()>().await;
            drop(waits);
            "never"
        }
    };
    let app = PolyHandler::new(http, no_socket);
    let mut client = Client::to(app, ServerConfig::default()).await;
    let (_answer, mut stream) = client.begin(get("/", &[]), false);
    while begun.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    stream.send_reset(h2::Reason::CANCEL);
    within(dropped.acquire()).await.expect("a permit").forget();
}

#[test]
fn an_application_can_tell_the_versions_apart() {
    let version = |request: Request| format!("{:?}", request.version());
    let app = PolyHandler::new(version, no_socket);
    assert_eq!(
        app.test_http("/").body(),
        format!("{:?}", Version::HTTP_11).as_str()
    );
}

/// RFC 9110 §9.3.7: the request addresses the whole server, so no route is called.
#[tokio::test(start_paused = true)]
async fn the_server_handles_options_of_the_whole_server() {
    let never = |_: Request| -> &'static str { panic!("no route is asked") };
    let app = PolyHandler::new(never, no_socket);
    let (ours, _serving) = serve(app, ServerConfig::default());
    let mut peer = Peer::new(ours, &[]).await;
    let fields = [
        (":method", "OPTIONS"),
        (":scheme", "http"),
        (":authority", "localhost"),
        (":path", "*"),
    ];
    peer.send(Frame::head(1, &fields)).await;
    let answer = peer.next_of(&[HEADERS, RST_STREAM]).await;
    let answer = answer.expect("a frame");
    // The status 200 is the static entry 8 (RFC 7541, A).
    assert_eq!((answer.kind, answer.payload[0]), (HEADERS, 0x80 | 8));
}

/// RFC 9113 §8.3.1: a path begins with a slash, or is `*` for OPTIONS.
#[tokio::test(start_paused = true)]
async fn a_path_is_one_of_the_forms_of_http_1() {
    let app = app(|request| seen(&request).into_response());
    let (ours, _serving) = serve(app, ServerConfig::default());
    let mut peer = Peer::new(ours, &[]).await;
    let paths = ["a", "*", "a/b", "?a", "/a^b", "/a?\"", "http://a/"];
    for (stream, path) in (1..).step_by(2).zip(paths) {
        peer.send(Frame::get(stream, path)).await;
        let refusal = peer.next_of(&[HEADERS, RST_STREAM]).await.expect("a frame");
        // The first field of a response is its status: 400 is the static entry 12 (RFC 7541, A).
        let refused = refusal.kind == RST_STREAM || refusal.payload[0] == 0x80 | 12;
        assert!(refused, "{path}: {refusal:?}");
    }
}
