//! Odd handlers and filters respond alike in memory, over pipes and over a port: the status, every
//! field and every byte of the body.
//!
//! The comparison leaves out `Date`, which a network adds, and the fields of the connection, which
//! an
//! HTTP client does not pass on.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http_body_util::{BodyExt as _, Full, StreamBody};
use http4k_ws::filter::http_only;
use http4k_ws::handler::{IntoHttpHandler, IntoPolyHandler};
use http4k_ws::http::{HeaderMap, Uri, header};
use http4k_ws::message::BodyError;
use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;
use http4k_ws::testing::InMemory;
use http4k_ws::testing::contract::{Backend, OverDuplex, OverNetwork};

/// A body as its client received it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Read {
    Whole(Bytes),
    /// The body ended abruptly after these bytes.
    Broken(Bytes),
}

/// A response as its client received it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: u16,
    fields: Vec<(String, Vec<u8>)>,
    body: Read,
}

impl Seen {
    fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let left_out = [header::DATE, header::CONNECTION, header::UPGRADE];
        let fields = head.headers.iter();
        let mut fields: Vec<_> = fields
            .filter(|(name, _)| !left_out.contains(name))
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .collect();
        // Fields of one name keep their order.
        fields.sort_by(|one, other| one.0.cmp(&other.0));
        Self {
            status: head.status.as_u16(),
            fields,
            body: read(body).now_or_never().expect("the body is in memory"),
        }
    }

    fn field(&self, name: &str) -> Option<&str> {
        let value = self.fields.iter().find(|(field, _)| field == name);
        value.map(|(_, value)| std::str::from_utf8(value).expect("text"))
    }
}

async fn read(mut body: Body) -> Read {
    let mut came = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => came.extend(frame.into_data().unwrap_or_default()),
            Err(_) => return Read::Broken(came.into()),
        }
    }
    Read::Whole(came.into())
}

/// Returns the response of `app` in memory, and checks that the other backends respond the same.
fn everywhere(what: &str, app: &PolyHandler, request: &dyn Fn() -> Request) -> Seen {
    let memory = Seen::of(InMemory::new(app.clone()).http(request()));
    let pipes = Seen::of(OverDuplex::new(app.clone()).http(request()));
    let port = Seen::of(OverNetwork::new(app.clone()).http(request()));
    assert_eq!(
        pipes, memory,
        "{what}: pipes (left) and memory (right) differ"
    );
    assert_eq!(
        port, memory,
        "{what}: a port (left) and memory (right) differ"
    );
    memory
}

fn get() -> Request {
    Request::new(Body::empty())
}

fn head() -> Request {
    get().with_method(Method::HEAD)
}

fn post(body: &'static str) -> Request {
    get().with_method(Method::POST).with_body(body)
}

fn handled<M>(handler: impl IntoHttpHandler<M>) -> PolyHandler {
    handler.into_http_handler().into_poly_handler()
}

fn whole(body: &'static str) -> Read {
    Read::Whole(body.into())
}

fn broken(body: &'static str) -> Read {
    Read::Broken(body.into())
}

fn stream_of(items: impl IntoIterator<Item = &'static str, IntoIter: Send + 'static>) -> Body {
    Body::from_stream(stream::iter(items.into_iter().map(Ok::<_, Infallible>)))
}

/// A stream of `abc` that fails before its end.
fn failing() -> Body {
    Body::from_stream(stream::iter([
        Ok("abc"),
        Err(std::io::Error::other("gone")),
    ]))
}

/// A stream that panics after `abc`.
fn panicking() -> Body {
    Body::from_stream(stream::iter(0..2).map(|number| match number {
        0 => Ok::<_, Infallible>("abc"),
        _ => panic!("on purpose"),
    }))
}

fn declared(length: &'static str, body: impl Into<Body>) -> Response {
    Response::new(body.into()).with_header("content-length", length)
}

/// A case: a response, the request it is for, and the status, length and body for every client.
type Case = (
    &'static str,
    fn() -> Request,
    fn() -> Response,
    u16,
    Option<&'static str>,
    Read,
);

fn check(cases: &[Case]) {
    for (what, request, response, status, length, body) in cases {
        let response = *response;
        let seen = everywhere(what, &handled(move |_: Request| response()), request);
        assert_eq!(seen.status, *status, "{what}");
        assert_eq!(seen.field("content-length"), *length, "{what}");
        assert_eq!(&seen.body, body, "{what}");
        assert_eq!(seen.field("transfer-encoding"), None, "{what}");
    }
}

#[test]
fn a_wrong_declared_length_is_corrected() {
    check(&[
        (
            "right",
            get,
            || declared("3", "abc"),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "too short",
            get,
            || declared("2", "abc"),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "too long",
            get,
            || declared("9", "abc"),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "for no body",
            get,
            || declared("9", ()),
            200,
            Some("0"),
            whole(""),
        ),
        (
            "not a number",
            get,
            || declared("three", "abc"),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "negative",
            get,
            || declared("-3", "abc"),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "twice",
            get,
            || declared("3", "abc").with_added_header("content-length", "4"),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "of an error",
            get,
            || declared("1", "oh").with_status(StatusCode::BAD_GATEWAY),
            502,
            Some("2"),
            whole("oh"),
        ),
    ]);
}

#[test]
fn a_stream_keeps_the_length_that_it_declares() {
    check(&[
        (
            "none declared",
            get,
            || Response::new(stream_of(["ab", "", "c"])),
            200,
            None,
            whole("abc"),
        ),
        (
            "right",
            get,
            || declared("3", stream_of(["ab", "c"])),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "too many bytes in one piece",
            get,
            || declared("2", stream_of(["abc"])),
            200,
            Some("2"),
            whole("ab"),
        ),
        (
            "too many pieces",
            get,
            || declared("2", stream_of(["ab", "c"])),
            200,
            Some("2"),
            whole("ab"),
        ),
        (
            "too few bytes",
            get,
            || declared("9", stream_of(["ab", "c"])),
            200,
            Some("9"),
            broken("abc"),
        ),
        (
            "no bytes, and some declared",
            get,
            || declared("9", stream_of([])),
            200,
            Some("9"),
            broken(""),
        ),
        (
            "none declared, and no bytes",
            get,
            || Response::new(stream_of([])),
            200,
            None,
            whole(""),
        ),
        (
            "zero declared",
            get,
            || declared("0", stream_of(["abc"])),
            200,
            Some("0"),
            whole(""),
        ),
        (
            "not a number",
            get,
            || declared("x", stream_of(["abc"])),
            200,
            None,
            whole("abc"),
        ),
        (
            "never ends, and need not",
            get,
            || {
                declared(
                    "3",
                    Body::from_stream(stream::repeat_with(|| Ok::<_, Infallible>("ab"))),
                )
            },
            200,
            Some("3"),
            whole("aba"),
        ),
        (
            "goes on after its length",
            get,
            || {
                declared(
                    "3",
                    Body::from_stream(
                        stream::iter([Ok::<_, Infallible>("abc")]).chain(stream::pending()),
                    ),
                )
            },
            200,
            Some("3"),
            whole("abc"),
        ),
    ]);
}

#[test]
fn a_status_without_a_body_has_none() {
    const RESET: StatusCode = StatusCode::RESET_CONTENT;
    const SAME: StatusCode = StatusCode::NOT_MODIFIED;
    const NONE: StatusCode = StatusCode::NO_CONTENT;
    check(&[
        (
            "204",
            get,
            || (NONE, ()).into_response(),
            204,
            None,
            whole(""),
        ),
        (
            "204 and a body",
            get,
            || (NONE, "abc").into_response(),
            204,
            None,
            whole(""),
        ),
        (
            "204 and a length",
            get,
            || declared("3", ()).with_status(NONE),
            204,
            None,
            whole(""),
        ),
        (
            "204 and a stream",
            get,
            || (NONE, stream_of(["a"])).into_response(),
            204,
            None,
            whole(""),
        ),
        (
            "204 and a stream that panics",
            get,
            || (NONE, panicking()).into_response(),
            204,
            None,
            whole(""),
        ),
        (
            "205",
            get,
            || (RESET, ()).into_response(),
            205,
            Some("0"),
            whole(""),
        ),
        (
            "205 and a body",
            get,
            || (RESET, "abc").into_response(),
            205,
            Some("0"),
            whole(""),
        ),
        (
            "205 and a length",
            get,
            || declared("3", ()).with_status(RESET),
            205,
            Some("0"),
            whole(""),
        ),
        (
            "205 and a stream",
            get,
            || (RESET, stream_of(["a"])).into_response(),
            205,
            Some("0"),
            whole(""),
        ),
        (
            "304",
            get,
            || (SAME, ()).into_response(),
            304,
            None,
            whole(""),
        ),
        (
            "304 and a body",
            get,
            || (SAME, "abc").into_response(),
            304,
            None,
            whole(""),
        ),
        (
            "304 and a length",
            get,
            || declared("3", ()).with_status(SAME),
            304,
            None,
            whole(""),
        ),
        (
            "304 and a stream",
            get,
            || declared("1", stream_of(["a"])).with_status(SAME),
            304,
            None,
            whole(""),
        ),
        (
            "204 and trailers",
            get,
            || (NONE, "").into_response().with_header("trailer", "x"),
            204,
            None,
            whole(""),
        ),
    ]);
}

#[test]
fn an_interim_status_is_a_500() {
    let error = whole("internal server error\n");
    for status in [100, 101, 102, 103, 150, 199] {
        let status = StatusCode::from_u16(status).expect("a status");
        for body in [Body::empty as fn() -> Body, || "abc".into(), failing] {
            let handler = move |_: Request| {
                (status, body())
                    .into_response()
                    .with_header("upgrade", "websocket")
            };
            let seen = everywhere(status.as_str(), &handled(handler), &get);
            assert_eq!((seen.status, &seen.body), (500, &error), "{status}");
        }
    }
}

#[test]
fn the_response_to_head_has_the_length_and_no_body() {
    const NONE: StatusCode = StatusCode::NO_CONTENT;
    check(&[
        (
            "a body",
            head,
            || "abc".into_response(),
            200,
            Some("3"),
            whole(""),
        ),
        (
            "a wrong length",
            head,
            || declared("9", "abc"),
            200,
            Some("3"),
            whole(""),
        ),
        (
            "a length alone",
            head,
            || declared("9", ()),
            200,
            Some("9"),
            whole(""),
        ),
        (
            "an invalid length",
            head,
            || declared("nine", ()),
            200,
            None,
            whole(""),
        ),
        (
            "neither",
            head,
            || Response::default(),
            200,
            None,
            whole(""),
        ),
        (
            "a stream",
            head,
            || Response::new(stream_of(["a"])),
            200,
            None,
            whole(""),
        ),
        (
            "a stream and a length",
            head,
            || declared("5", stream_of(["a"])),
            200,
            Some("5"),
            whole(""),
        ),
        (
            "a stream that fails",
            head,
            || Response::new(failing()),
            200,
            None,
            whole(""),
        ),
        (
            "a stream that panics",
            head,
            || Response::new(panicking()),
            200,
            None,
            whole(""),
        ),
        (
            "204",
            head,
            || (NONE, "abc").into_response(),
            204,
            None,
            whole(""),
        ),
        (
            "204 and a length",
            head,
            || declared("3", ()).with_status(NONE),
            204,
            None,
            whole(""),
        ),
        (
            "205",
            head,
            || (StatusCode::RESET_CONTENT, "abc").into_response(),
            205,
            Some("0"),
            whole(""),
        ),
        (
            "304",
            head,
            || declared("3", ()).with_status(StatusCode::NOT_MODIFIED),
            304,
            None,
            whole(""),
        ),
        (
            "an error",
            head,
            || (StatusCode::NOT_FOUND, "none").into_response(),
            404,
            Some("4"),
            whole(""),
        ),
        (
            "trailers",
            head,
            || "abc".into_response().with_header("trailer", "x"),
            200,
            Some("3"),
            whole(""),
        ),
    ]);
}

/// A route for GET serves HEAD too.
#[test]
fn head_has_the_length_of_get() {
    fn handlers() -> PolyHandler {
        let unready = |_: Request| declared("9", "abc");
        let none = |_: Request| (StatusCode::NO_CONTENT, "abc");
        Routes::new()
            .http(Method::GET, "/text", |_: Request| "abc")
            .http(Method::GET, "/empty", |_: Request| "")
            .http(Method::GET, "/wrong", unready)
            .http(Method::GET, "/none", none)
            .http(Method::GET, "/reset", |_: Request| {
                (StatusCode::RESET_CONTENT, "abc")
            })
            .http(Method::GET, "/stream", |_: Request| stream_of(["abc"]))
            .http(Method::GET, "/measured", |_: Request| {
                declared("3", stream_of(["abc"]))
            })
            .http(Method::GET, "/panic", |_: Request| -> Response {
                panic!("on purpose")
            })
            .build()
            .expect("routes")
    }
    let paths = [
        "/text",
        "/empty",
        "/wrong",
        "/none",
        "/reset",
        "/stream",
        "/measured",
        "/panic",
        "/nowhere",
    ];
    for path in paths {
        let got = everywhere(path, &handlers(), &|| {
            get().with_uri(Uri::from_static(path))
        });
        let headed = everywhere(path, &handlers(), &|| {
            head().with_uri(Uri::from_static(path))
        });
        assert_eq!(
            (headed.status, headed.fields),
            (got.status, got.fields),
            "{path}"
        );
        assert_eq!(headed.body, whole(""), "{path}");
    }
}

#[test]
fn a_filter_may_change_the_declared_length() {
    async fn longer(request: Request, next: Next) -> Response {
        next.call(request).await.map(|_| Body::from("much longer"))
    }
    async fn shorter(request: Request, next: Next) -> Response {
        next.call(request).await.map(|_| Body::from("a"))
    }
    async fn streamed(request: Request, next: Next) -> Response {
        next.call(request).await.map(|_| stream_of(["ab", "cd"]))
    }
    async fn emptied(request: Request, next: Next) -> Response {
        let response = next.call(request).await;
        response.with_status(StatusCode::NO_CONTENT)
    }
    async fn early(_request: Request, _next: Next) -> Response {
        declared("7", "early")
    }
    let handler = || handled(|_: Request| declared("3", "abc"));
    for (what, app, length, body) in [
        (
            "longer",
            handler().with(http_only(longer)),
            Some("11"),
            whole("much longer"),
        ),
        (
            "shorter",
            handler().with(http_only(shorter)),
            Some("1"),
            whole("a"),
        ),
        (
            "a stream",
            handler().with(http_only(streamed)),
            Some("3"),
            whole("abc"),
        ),
        (
            "no content",
            handler().with(http_only(emptied)),
            None,
            whole(""),
        ),
        (
            "early",
            handler().with(http_only(early)),
            Some("5"),
            whole("early"),
        ),
    ] {
        let seen = everywhere(what, &app, &get);
        assert_eq!(
            (seen.field("content-length"), &seen.body),
            (length, &body),
            "{what}"
        );
    }
}

#[test]
fn a_panic_is_a_500_at_each_stage() {
    async fn before(_request: Request, _next: Next) -> Response {
        panic!("on purpose")
    }
    async fn after(request: Request, next: Next) -> Response {
        let _response = next.call(request).await;
        panic!("on purpose")
    }
    let fine = || handled(|_: Request| "fine");
    let at_once = |_: Request| -> Response { panic!("on purpose") };
    let later = |_: Request| async {
        tokio::task::yield_now().await;
        panic!("on purpose");
        #[allow(unreachable_code)]
        "never"
    };
    let after_reading = |request: Request| async {
        let read = request.into_body().text().await;
        assert_eq!(read.ok().as_deref(), Some("other"), "on purpose");
        "never"
    };
    let spawned = |_: Request| async {
        let task = tokio::spawn(async { panic!("on purpose") });
        task.await.expect("on purpose");
        "never"
    };
    for (what, app) in [
        ("at once", handled(at_once)),
        ("later", handled(later)),
        ("after the body was read", handled(after_reading)),
        ("in a task", handled(spawned)),
        ("before the handler", fine().with(http_only(before))),
        ("after the handler", fine().with(http_only(after))),
    ] {
        let seen = everywhere(what, &app, &|| post("body"));
        assert_eq!(seen.status, 500, "{what}");
        assert_eq!(seen.body, whole("internal server error\n"), "{what}");
    }
}

#[test]
fn a_failing_stream_ends_the_body_at_the_failure() {
    let measured = || declared("9", failing());
    check(&[
        (
            "fails",
            get,
            || Response::new(failing()),
            200,
            None,
            broken("abc"),
        ),
        (
            "panics",
            get,
            || Response::new(panicking()),
            200,
            None,
            broken("abc"),
        ),
        (
            "fails before its length",
            get,
            measured,
            200,
            Some("9"),
            broken("abc"),
        ),
        (
            "fails after its length",
            get,
            || declared("3", failing()),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "panics after its length",
            get,
            || declared("3", panicking()),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "fails at once",
            get,
            || {
                Response::new(Body::from_stream(stream::iter([Err::<&str, _>(
                    BodyError::TooLarge { limit: 1 },
                )])))
            },
            200,
            None,
            broken(""),
        ),
        (
            "has a limit",
            get,
            || Response::new(stream_of(["abc", "def"]).limit(4)),
            200,
            None,
            broken("abc"),
        ),
    ]);
}

#[test]
fn a_slow_stream_arrives_whole() {
    fn slow() -> Body {
        let pieces = stream::iter(["a", "b", "c"]).then(|piece| async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok::<_, Infallible>(piece)
        });
        Body::from_stream(pieces)
    }
    check(&[
        (
            "slow",
            get,
            || Response::new(slow()),
            200,
            None,
            whole("abc"),
        ),
        (
            "slow and declared",
            get,
            || declared("3", slow()),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "slow and too short",
            get,
            || declared("4", slow()),
            200,
            Some("4"),
            broken("abc"),
        ),
    ]);
}

#[test]
fn trailers_are_not_part_of_a_body() {
    fn with_trailers(body: Body) -> Body {
        let trailers = HeaderMap::from_iter([(header::ETAG, "x".parse().expect("a value"))]);
        Body::new(body.with_trailers(async move { Some(Ok(trailers)) }))
    }
    fn interleaved() -> Body {
        let trailers = HeaderMap::from_iter([(header::ETAG, "x".parse().expect("a value"))]);
        let frames = [
            http_body::Frame::data(Bytes::from("abc")),
            http_body::Frame::trailers(trailers),
        ];
        Body::new(StreamBody::new(stream::iter(
            frames.map(Ok::<_, Infallible>),
        )))
    }
    check(&[
        (
            "known length",
            get,
            || Response::new(with_trailers("abc".into())),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "stream",
            get,
            || Response::new(with_trailers(stream_of(["abc"]))),
            200,
            None,
            whole("abc"),
        ),
        (
            "declared",
            get,
            || declared("3", with_trailers(stream_of(["abc"]))),
            200,
            Some("3"),
            whole("abc"),
        ),
        (
            "announced",
            get,
            || Response::new(interleaved()).with_header("trailer", "etag"),
            200,
            None,
            whole("abc"),
        ),
        (
            "another library's body",
            get,
            || Response::new(Body::new(Full::new(Bytes::from("abc")))),
            200,
            Some("3"),
            whole("abc"),
        ),
    ]);
}

#[test]
fn fields_keep_their_order_and_connection_fields_are_removed() {
    let handler = |_: Request| {
        "abc"
            .into_response()
            .with_header("set-cookie", "b=1")
            .with_added_header("set-cookie", "a=2")
            .with_added_header("set-cookie", "b=1")
            .with_header("x-mine", "1")
            .with_header("connection", "x-mine, keep-alive")
            .with_added_header("connection", "close")
            .with_header("keep-alive", "timeout=1")
            .with_header("proxy-connection", "keep-alive")
            .with_header("transfer-encoding", "gzip, chunked")
            .with_header("upgrade", "h2c")
    };
    let seen = everywhere("fields", &handled(handler), &get);
    let named: Vec<_> = seen.fields.iter().map(|(name, _)| &**name).collect();
    let cookies = ["set-cookie"; 3];
    assert_eq!(
        named,
        [&["content-length", "content-type"][..], &cookies].concat()
    );
    let cookies: Vec<_> = seen.fields[2..].iter().map(|(_, value)| &**value).collect();
    assert_eq!(cookies, [b"b=1", b"a=2", b"b=1"]);

    for coding in ["chunked", "gzip", "chunked, chunked", "identity"] {
        for body in [(|| "abc".into()) as fn() -> Body, || stream_of(["abc"])] {
            let handler =
                move |_: Request| Response::new(body()).with_header("transfer-encoding", coding);
            let seen = everywhere(coding, &handled(handler), &get);
            assert_eq!(seen.body, whole("abc"), "{coding}");
            assert_eq!(seen.field("transfer-encoding"), None, "{coding}");
        }
    }
}

#[test]
fn a_response_does_not_wait_for_an_unread_body() {
    let long = || post("0123456789").with_body("x".repeat(200_000));
    for (what, app, status) in [
        ("ignored", handled(|_: Request| "early"), 200),
        ("refused", handled(|_: Request| StatusCode::FORBIDDEN), 403),
        (
            "dropped",
            handled(|request: Request| async move {
                drop(request);
                StatusCode::ACCEPTED
            }),
            202,
        ),
    ] {
        let seen = everywhere(what, &app, &|| post("0123456789"));
        assert_eq!(seen.status, status, "{what}");
        let seen = everywhere(what, &app, &long);
        assert_eq!(seen.status, status, "{what}");
    }
}

#[test]
fn a_body_may_be_sent_back() {
    let echo = |request: Request| async { Response::new(request.into_body()) };
    let seen = everywhere("echo", &handled(echo), &|| post("0123456789"));
    assert_eq!(seen.body, whole("0123456789"));
}

#[test]
fn a_refused_upgrade_is_a_valid_response() {
    fn refusal(backend: &impl Backend, request: Request) -> Seen {
        Seen::of(backend.try_ws(request).map(drop).expect_err("a refusal"))
    }
    type Refuse = fn() -> Response;
    for (what, refuse, status) in [
        (
            "a wrong length",
            (|| declared("9", "abc").with_status(StatusCode::FORBIDDEN)) as Refuse,
            403,
        ),
        (
            "204 and a body",
            || (StatusCode::NO_CONTENT, "abc").into_response(),
            204,
        ),
        (
            "205 and a body",
            || (StatusCode::RESET_CONTENT, "abc").into_response(),
            205,
        ),
        (
            "101",
            || StatusCode::SWITCHING_PROTOCOLS.into_response(),
            500,
        ),
        ("103", || StatusCode::EARLY_HINTS.into_response(), 500),
        (
            "hop by hop",
            || {
                (
                    StatusCode::GONE,
                    [("keep-alive", "x"), ("connection", "x-a"), ("x-a", "1")],
                    "abc",
                )
                    .into_response()
            },
            410,
        ),
        ("a panic", || panic!("on purpose"), 500),
    ] {
        let handler = move |_: Request| WsResponse::refuse(refuse());
        let app = PolyHandler::new(|_: Request| "http", handler);
        let memory = refusal(&InMemory::new(app.clone()), get());
        assert_eq!(
            refusal(&OverDuplex::new(app.clone()), get()),
            memory,
            "{what}"
        );
        assert_eq!(refusal(&OverNetwork::new(app), get()), memory, "{what}");
        assert_eq!(memory.status, status, "{what}");
        assert_eq!(memory.field("keep-alive"), None, "{what}");
        assert_eq!(memory.field("x-a"), None, "{what}");
    }
}

#[test]
fn work_beside_the_handler_changes_nothing() {
    let blocking = |_: Request| async { tokio::task::block_in_place(|| "done") };
    let at_once = |_: Request| tokio::task::block_in_place(|| "done");
    let spawned = |_: Request| async {
        let task = tokio::spawn(async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            "done"
        });
        task.await.expect("a task that ends")
    };
    let closure = |_: Request| async {
        let closure = tokio::task::spawn_blocking(|| "done");
        closure.await.expect("a closure that ends")
    };
    let thread = |_: Request| async {
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || tell.send("done"));
        let told = tokio::time::timeout(Duration::from_secs(4), told).await;
        told.expect("in time").expect("a word")
    };
    let joined = |_: Request| async {
        let thread = std::thread::spawn(|| "done");
        thread.join().expect("a thread that ends")
    };
    let in_stream = |_: Request| {
        let pieces = ["do", "ne"].map(Ok::<_, Infallible>);
        Body::from_stream(stream::iter(pieces).map(|piece| tokio::task::block_in_place(|| piece)))
    };
    for (what, app) in [
        ("block_in_place", handled(blocking)),
        ("block_in_place at once", handled(at_once)),
        ("a task", handled(spawned)),
        ("a closure", handled(closure)),
        ("a thread", handled(thread)),
        ("a thread that is joined", handled(joined)),
        ("block_in_place in a stream", handled(in_stream)),
    ] {
        let seen = everywhere(what, &app, &get);
        assert_eq!((seen.status, &seen.body), (200, &whole("done")), "{what}");
    }
}
