//! Panics of handlers, which become responses that the filters around them see.

use std::convert::Infallible;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http_body::{Frame, SizeHint};
use http4k_ws::filter::session_config;
use http4k_ws::filter::{Cors, http_only, poly, ws_only};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::message::{BodyError, OriginPolicy};
use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{HttpHandler, WsHandler};

use super::backends::{Backend, next_report, on_every_backend};

fn backend<B: Backend>(app: PolyHandler) -> B {
    B::start(app, SessionConfig::default())
}

fn at_once() -> &'static str {
    panic!("on purpose")
}

async fn later() -> &'static str {
    tokio::task::yield_now().await;
    panic!("on purpose")
}

async fn with_parameter(name: String) -> String {
    assert_eq!(name, "bob", "on purpose");
    name
}

async fn plain(_request: Request) -> &'static str {
    panic!("on purpose")
}

async fn plain_filter(_request: Request, _next: Next) -> Response {
    panic!("on purpose")
}

async fn ws_filter(_request: Request, _next: WsNext) -> WsResponse {
    panic!("on purpose")
}

fn ws_at_once() -> Option<WsConsumer> {
    panic!("on purpose")
}

async fn ws_later() -> WsResponse {
    tokio::task::yield_now().await;
    panic!("on purpose")
}

/// A handler that panics before it returns a future.
#[derive(Clone)]
struct Eager;

impl HttpHandler for Eager {
    #[allow(clippy::manual_async_fn)]
    fn call(&self, request: Request) -> impl Future<Output = Response> + Send {
        assert!(request.uri().path().is_empty(), "on purpose");
        async { Response::default() }
    }
}

impl WsHandler for Eager {
    #[allow(clippy::manual_async_fn)]
    fn call(&self, request: Request) -> impl Future<Output = WsResponse> + Send {
        assert!(request.uri().path().is_empty(), "on purpose");
        async { WsResponse::refuse(StatusCode::OK) }
    }
}

/// A value that panics as it becomes a response.
struct Unready;

impl IntoResponse for Unready {
    fn into_response(self) -> Response {
        panic!("on purpose")
    }
}

/// A value that panics as it is dropped, with another one as the payload.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic_any(Self);
        }
    }
}

/// A future that is ready at once, and panics as it is dropped.
struct Armed<T> {
    value: Option<T>,
    _bomb: Bomb,
}

fn armed<T>(value: T) -> Armed<T> {
    Armed {
        value: Some(value),
        _bomb: Bomb,
    }
}

impl<T: Unpin> Future for Armed<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<T> {
        Poll::Ready(self.value.take().expect("polled once"))
    }
}

async fn with_payload() -> &'static str {
    tokio::task::yield_now().await;
    panic_any(Bomb)
}

async fn filter_with_payload(_request: Request, _next: Next) -> Response {
    panic_any(Bomb)
}

/// A body of `abc` that panics at the question for its end or length, or as it is dropped.
struct Moody {
    on: &'static str,
    left: Option<Bytes>,
    _bomb: Option<Bomb>,
}

impl Moody {
    fn on(on: &'static str) -> Body {
        Body::new(Self {
            on,
            left: Some(Bytes::from("abc")),
            _bomb: (on == "drop").then(|| Bomb),
        })
    }

    fn check(&self, what: &str) {
        assert_ne!(self.on, what, "on purpose");
    }
}

impl http_body::Body for Moody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.left.take().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.check("end");
        false
    }

    fn size_hint(&self) -> SizeHint {
        self.check("length");
        SizeHint::default()
    }
}

fn code<C: WsClient>(mut client: C) -> Option<u16> {
    client.closed().map(|status| status.code())
}

/// Marks every response that passes, with its status.
async fn marks(request: Request, next: Next) -> Response {
    let response = next.call(request).await;
    let status = response.status().as_u16();
    response.with_header("x-seen", status)
}

async fn marks_ws(request: Request, next: WsNext) -> WsResponse {
    let response = next.call(request).await;
    match response.refusal() {
        Some(refusal) => {
            let seen = refusal.status().as_u16();
            WsResponse::refuse(refusal.status().into_response().with_header("x-seen", seen))
        }
        None => response,
    }
}

fn mounted() -> PolyHandler {
    routes! { "/a" => http(later()), "/ws" => ws(ws_later()) }
}

fn declared() -> PolyHandler {
    routes! {
        GET "/at-once"     => http(at_once()),
        GET "/later"       => http(later()),
        GET "/for/<name>"  => http(with_parameter(name)),
        GET "/closure"     => http(|| -> &'static str { panic!("on purpose") }),
        GET "/plain"       => http(plain),
        GET "/eager"       => http({ Eager }),
        GET "/unready"     => http(|| Unready),
        "/filtered" with(plain_filter) => { "/x" => http(|| "x") },
        "/block" with(http_only(marks), ws_only(marks_ws)) => { "/x" => http(at_once()), "/ws" => ws(ws_at_once()) },
        "/mount"           => mount(mounted()),
        "/ws/at-once"      => ws(ws_at_once()),
        "/ws/later"        => ws(ws_later()),
        "/ws/eager"        => ws({ Eager }),
        "/ws-filtered" with(ws_filter) => { "/x" => ws(|ws: WebSocket| ws.try_send("x")) },
        _                  => http(later()),
        _                  => ws(ws_later()),
    }
}

fn built() -> PolyHandler {
    Routes::new()
        .http(Method::GET, "/at-once", |_: Request| at_once())
        .http(Method::GET, "/plain", plain)
        .http(Method::GET, "/eager", Eager)
        .mount("/mount", mounted())
        .ws("/ws/later", |_: Request| ws_later())
        .fallback(plain)
        .ws_fallback(|_: Request| ws_at_once())
        .build()
        .expect("routes")
}

fn is_seen(response: &Response, what: &str) {
    assert_eq!(response.status(), 500, "{what}");
    assert_eq!(response.header("x-seen"), Some("500"), "{what}");
}

on_every_backend! {
    fn the_filters_around_a_handler_see_its_panic<B>() {
        let backend = backend::<B>(declared().with(http_only(marks)).with(ws_only(marks_ws)));
        for path in [
            "/at-once", "/later", "/for/ann", "/closure", "/plain", "/eager", "/unready",
            "/filtered/x", "/block/x", "/mount/a", "/nowhere",
        ] {
            is_seen(&backend.http(path), path);
        }
        assert_eq!(backend.http("/for/bob").status(), 200);
        for path in [
            "/ws/at-once", "/ws/later", "/ws/eager", "/ws-filtered/x", "/block/ws", "/mount/ws",
            "/nowhere/ws",
        ] {
            is_seen(&backend.try_connect(path).map(drop).expect_err(path), path);
        }
    }

    fn the_filters_around_a_built_table_see_a_panic<B>() {
        let backend = backend::<B>(built().with(http_only(marks)).with(ws_only(marks_ws)));
        for path in ["/at-once", "/plain", "/eager", "/mount/a", "/nowhere"] {
            is_seen(&backend.http(path), path);
        }
        for path in ["/ws/later", "/mount/ws", "/nowhere/ws"] {
            is_seen(&backend.try_connect(path).map(drop).expect_err(path), path);
        }
    }

    fn the_filters_around_a_handler_without_routes_see_its_panic<B>() {
        for app in [
            plain.into_poly_handler(),
            PolyHandler::new(Eager, Eager),
            PolyHandler::new(|_: Request| at_once(), |_: Request| ws_later()),
        ] {
            let backend = backend::<B>(app.with(http_only(marks)).with(ws_only(marks_ws)));
            is_seen(&backend.http("/"), "http");
        }
    }

    fn a_panic_of_a_filter_is_seen_by_the_filters_around_it<B>() {
        let app = declared().with(http_only(plain_filter)).with(ws_only(ws_filter)).with(http_only(marks)).with(ws_only(marks_ws));
        let backend = backend::<B>(app);
        is_seen(&backend.http("/for/bob"), "http");
        is_seen(&backend.try_connect("/ws").map(drop).expect_err("a refusal"), "ws");
    }

    fn a_filter_over_upgrades_sees_panics_and_its_own_are_seen<B>() {
        let backend = backend::<B>(declared().with(poly(marks)));
        is_seen(&backend.http("/later"), "http");
        is_seen(&backend.try_connect("/ws/later").map(drop).expect_err("a refusal"), "ws");
        let backend = self::backend::<B>(declared().with(poly(plain_filter)).with(poly(marks)));
        is_seen(&backend.http("/for/bob"), "http");
        is_seen(&backend.try_connect("/ws-filtered/x").map(drop).expect_err("a refusal"), "ws");
    }

    fn a_page_of_another_origin_can_read_the_500_of_a_panic<B>() {
        let cors = Cors::new(OriginPolicy::only(["https://a.example".parse().expect("an origin")]));
        let app = routes! { GET "/" => http(|| -> &'static str { panic!("on purpose") }) };
        let response = backend::<B>(app.with(cors))
            .http(Request::get("/").header("origin", "https://a.example"));
        assert_eq!(response.status(), 500);
        assert_eq!(response.header("access-control-allow-origin"), Some("https://a.example"));
    }

    fn a_counter_counts_a_panic_once<B>() {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let counts = move |request: Request, next: Next| {
            let counted = Arc::clone(&counted);
            async move {
                let response = next.call(request).await;
                if response.status().is_server_error() {
                    counted.fetch_add(1, Ordering::SeqCst);
                }
                response
            }
        };
        let backend = backend::<B>(declared().with(http_only(counts)));
        backend.http("/later");
        backend.http("/for/bob");
        backend.http("/mount/a");
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    fn the_payload_of_a_panic_may_panic_too<B>() {
        let app = routes! {
            GET "/at-once" => http(|| -> &'static str { panic_any(Bomb) }),
            GET "/later" => http(with_payload()),
            GET "/number" => http(|| -> &'static str { panic_any(7) }),
            "/filtered" with(filter_with_payload) => { "/x" => http(|| "x") },
            "/refused" => ws({ |_: Request| -> WsResponse { panic_any(Bomb) } }),
            "/consumer" => ws(|ws: WebSocket| -> () { drop(ws); panic_any(Bomb) }),
            "/callback" => ws(|ws: WebSocket| ws.on_message(|_: WsMessage| -> () { panic_any(Bomb) })),
            "/observer" => ws(|ws: WebSocket| ws.observe(|_| panic_any(Bomb))),
        };
        let backend = backend::<B>(app.with(http_only(marks)).with(ws_only(marks_ws)));
        for path in ["/at-once", "/later", "/number", "/filtered/x"] {
            is_seen(&backend.http(path), path);
        }
        is_seen(&backend.try_connect("/refused").map(drop).expect_err("a refusal"), "/refused");
        for (path, expected) in [("/consumer", 1011), ("/callback", 1011), ("/observer", 1000)] {
            let mut client = backend.connect(path);
            // The socket may have ended already.
            let _ = client.send("x");
            assert_eq!(code(client), Some(expected), "{path}");
        }
    }

    fn a_value_of_a_handler_may_panic_as_it_is_dropped<B>() {
        let (tell, ends) = channel();
        let callbacks = move |ws: WebSocket| {
            let (one, other, tell) = (Bomb, Bomb, tell.clone());
            ws.on_message(move |_: WsMessage| { let _ = &one; });
            ws.on_error(move |_| { let _ = &other; });
            ws.on_close(move |status| tell.send(status.code()).expect("the test listens"));
        };
        let app = routes! {
            GET "/http" => http(|| armed("x")),
            "/refused" => ws({ |_: Request| armed(WsResponse::refuse(StatusCode::GONE)) }),
            "/consumer" => ws(|ws: WebSocket| { drop(ws); armed(()) }),
            "/callbacks" => ws({ callbacks.clone() }),
        };
        let backend = backend::<B>(app.with(http_only(marks)).with(ws_only(marks_ws)));
        // A future is dropped at its await, inside the handler.
        is_seen(&backend.http("/http"), "/http");
        is_seen(&backend.try_connect("/refused").map(drop).expect_err("a refusal"), "/refused");
        assert_eq!(code(backend.connect("/consumer")), Some(1011));
        let mut client = backend.connect("/callbacks");
        client.close(WsStatus::NORMAL);
        assert_eq!(code(client), Some(1000));
        assert_eq!(next_report(&ends), 1000);
    }

    /// A body whose drop panics was already read, so the response is complete.
    fn a_body_that_panics_in_its_hints_is_still_sent<B>() {
        for on in ["end", "length", "drop"] {
            let backend = backend::<B>((move |_: Request| Moody::on(on)).into_poly_handler());
            for _ in 0..2 {
                assert_eq!(backend.http("/").body(), "abc", "{on}");
            }
            assert_eq!(backend.http(Request::head("/")).body(), "", "{on}");
        }
    }

    fn a_function_that_adjusts_a_session_may_panic<B>() {
        let hello = |ws: WebSocket| ws.try_send("hello");
        let app = routes! {
            "/consumer" => ws({ move |_: Request| {
                WsConsumer::new(hello).with_session(|_| panic!("on purpose"))
            } }),
            "/block" with(session_config(|_| panic!("on purpose"))) => { "/x" => ws({ hello }) },
        };
        let backend = backend::<B>(app);
        for path in ["/consumer", "/block/x"] {
            assert_eq!(code(backend.connect(path)), Some(1011), "{path}");
        }
    }

    fn a_panicking_predicate_allows_no_origin<B>() {
        let policy = OriginPolicy::own().and_if(|_| panic!("on purpose"));
        let backend = backend::<B>(declared().with(Cors::new(policy)));
        let from = |origin: &str| Request::get("/for/bob").header("host", "a").header("origin", origin);
        assert_eq!(backend.http(from("https://b")).status(), 403);
        assert_eq!(backend.http(from("https://a")).status(), 200);
        let refusal = backend.try_connect(from("https://b")).map(drop).expect_err("a refusal");
        assert_eq!(refusal.status(), 403);
    }

    fn a_panicking_stream_ends_only_its_own_body<B>() {
        let streams = |_: Request| {
            Body::from_stream(stream::iter(0..3).map(|number| match number {
                2 => panic!("on purpose"),
                _ => Ok::<_, std::io::Error>("abc"),
            }))
        };
        let backend = backend::<B>(streams.into_poly_handler());
        for _ in 0..2 {
            let response = backend.http("/");
            assert_eq!(response.status(), 200);
            assert!(matches!(read(response), Err(BodyError::Upstream(_))));
        }
    }
}

fn read(response: Response) -> Result<Bytes, BodyError> {
    let read = futures_util::FutureExt::now_or_never(response.into_body().bytes());
    read.expect("the body is there")
}
