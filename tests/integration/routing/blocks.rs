//! Prefixes, filters, mounts and fallbacks.

use std::sync::{Arc, Mutex};

use http4k_ws::filter::{http_only, ws_only};
use http4k_ws::message::PathParams;
use http4k_ws::{
    Filter, Next, PolyHandler, Request, Response, WebSocket, WsNext, WsResponse, routes,
};

use super::{ask, refusal};

/// The filters' observations, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// Returns a filter that logs its name and the parameters it can see.
    fn filter(&self, name: &'static str) -> impl Filter + Clone {
        let log = self.clone();
        move |request: Request, next: Next| {
            let log = log.clone();
            async move {
                log.add(format!("{name} {}", params(&request)));
                http4k_ws::HttpHandler::call(&next, request).await
            }
        }
    }
}

fn params(request: &Request) -> String {
    let params = request.extensions().get::<PathParams>();
    format!("{:?}", params.cloned().unwrap_or_default())
}

async fn refuse_sockets(_request: Request, _next: WsNext) -> WsResponse {
    WsResponse::refuse(http4k_ws::Response::new("no sockets"))
}

async fn seen(req: Request) -> String {
    params(&req)
}

fn two(outer: String, inner: u8) -> String {
    format!("{outer} {inner}")
}

fn said(text: &'static str) -> &'static str {
    text
}

async fn not_found(req: Request) -> (String,) {
    (req.uri().path().to_owned(),)
}

async fn socket(_ws: WebSocket) {}

#[tokio::test]
async fn a_block_is_a_prefix() {
    let app = routes! {
        "/rooms/<room>" => {
            "/" => http(seen(req)),
            GET "/users/<id>" => http(two(room, id)),
            POST => http(said("posted")),
            "/deep" => { "/er" => http(said("deeper")), PUT "/er" => http(said("put")) }
            "/ws" => ws(socket),
        }
        "/rooms" => http(said("rooms")),
    };
    for (method, path, text) in [
        ("GET", "/rooms/a", r#"{"room": "a"}"#),
        ("POST", "/rooms/a", "posted"),
        ("GET", "/rooms/a/users/7", "a 7"),
        ("GET", "/rooms/a/deep/er", "deeper"),
        ("PUT", "/rooms/a/deep/er", "put"),
        ("GET", "/rooms", "rooms"),
    ] {
        assert_eq!(
            ask(&app, method, path).await,
            (200, text.to_owned()),
            "{method} {path}"
        );
    }
    assert_eq!(refusal(&app, "/rooms/a/ws").await, None);
    assert_eq!(ask(&app, "GET", "/rooms/a/").await.0, 404);
}

#[tokio::test]
async fn filters_see_parameters_from_the_outside_in() {
    let log = Log::default();
    let app = routes! {
        "/open/<id>" => http(|id: String| id),
        "/<team>" with(log.filter("first"), log.filter("second")) => {
            "/a/<id>" with(log.filter("own")) => http(two(team, id)),
            "/b" => http(said("b")),
        }
    };
    assert_eq!(ask(&app, "GET", "/open/1").await.1, "1");
    assert_eq!(log.take(), [] as [&str; 0]);
    assert_eq!(ask(&app, "GET", "/red/a/1").await.1, "red 1");
    let both = r#"{"team": "red", "id": "1"}"#;
    assert_eq!(
        log.take(),
        [
            format!("first {both}"),
            format!("second {both}"),
            format!("own {both}")
        ]
    );
    assert_eq!(ask(&app, "GET", "/red/b").await.1, "b");
    assert_eq!(log.take().len(), 2);
}

#[tokio::test]
async fn filters_also_wrap_unmatched_requests_under_their_prefix() {
    let log = Log::default();
    let app = routes! {
        "/api" with(http_only(log.filter("api"))) => {
            GET "/x" => http(said("x")),
            "/ws" => ws(socket),
            "/inner/<id>" with(log.filter("inner")) => { "/y" => http(|id: String| id) }
        }
        "/other" => http(said("other")),
    };
    for (method, path, status, filters) in [
        ("GET", "/api/nope", 404, &["api {}"] as &[&str]),
        ("POST", "/api/x", 405, &["api {}"]),
        ("GET", "/api/ws", 426, &["api {}"]),
        ("GET", "/api", 404, &["api {}"]),
        (
            "GET",
            "/api/inner/1/z",
            404,
            &[r#"api {"id": "1"}"#, r#"inner {"id": "1"}"#],
        ),
        ("GET", "/api/inner/%zz/y", 400, &["api {}", "inner {}"]),
        ("GET", "/nope", 404, &[]),
        ("POST", "/other", 200, &[]),
    ] {
        assert_eq!(ask(&app, method, path).await.0, status, "{method} {path}");
        assert_eq!(log.take(), filters, "{method} {path}");
    }
}

#[tokio::test]
async fn a_filter_may_apply_to_one_protocol() {
    let app = routes! {
        "/x" with(ws_only(refuse_sockets)) => { "/" => http(said("x")), "/" => ws(socket) },
        "/ws" with(refuse_sockets) => ws(socket),
        "/free" => ws(socket),
    };
    assert_eq!(ask(&app, "GET", "/x").await.1, "x");
    assert_eq!(refusal(&app, "/x").await, Some(200));
    assert_eq!(refusal(&app, "/ws").await, Some(200));
    assert_eq!(refusal(&app, "/free").await, None);
}

#[tokio::test]
async fn a_fallback_serves_unknown_paths_only() {
    let log = Log::default();
    let app = routes! {
        GET "/x" => http(said("x")),
        "/ws" => ws(socket),
        "/api" with(log.filter("api")) => { "/y" => http(said("y")) }
        "/own/<id>" => {
            "/y" => http(said("y")),
            _ => http(|id: String| format!("no such thing in {id}")),
            "/deeper" with(log.filter("deeper")) => { "/z" => http(said("z")) }
        }
        _ => http(|req: Request| async move { not_found(req).await.0 }),
    };
    for (method, path, status, text) in [
        ("GET", "/nope", 200, "/nope"),
        ("GET", "/api/nope", 200, "/api/nope"),
        ("GET", "/own/7/nope", 200, "no such thing in 7"),
        ("GET", "/own/7/deeper/nope", 200, "no such thing in 7"),
        (
            "GET",
            "/ws",
            426,
            "`/ws` is a WebSocket route: send an upgrade request\n",
        ),
    ] {
        assert_eq!(
            ask(&app, method, path).await,
            (status, text.to_owned()),
            "{method} {path}"
        );
    }
    assert_eq!(ask(&app, "POST", "/x").await.0, 405);
    assert_eq!(log.take(), ["api {}", r#"deeper {"id": "7"}"#]);
    assert_eq!(refusal(&app, "/nope").await, Some(404));
}

fn inner() -> PolyHandler {
    routes! {
        "/" => http(seen(req)),
        "/users/<id>" => http(two_or_one(req, id)),
        GET "/only" => http(said("only")),
        "/ws/<name>" => ws(|ws: WebSocket, name: String| async move { drop((ws, name)) }),
        "/<rest..>" => http(|rest: String| format!("rest {rest}")),
    }
}

async fn two_or_one(req: Request, id: u8) -> String {
    format!("{id} {}", params(&req))
}

#[tokio::test]
async fn a_mounted_application_matches_the_rest_of_the_path() {
    let log = Log::default();
    let filtered = inner().with(http_only(log.filter("outside")));
    let plain = PolyHandler::new(seen, socket);
    let twice = routes! { "/<b>" => mount(inner()) };
    let app = routes! {
        "/routed/<team>" => mount(inner()),
        "/filtered/<team>" => mount(filtered),
        "/plain/<team>" => mount(plain),
        "/inside/<team>" with(http_only(log.filter("inside"))) => mount(inner()),
        "/twice/<a>" => mount(twice),
        "/routed/mine/users/7" => http(said("mine")),
    };
    for (path, text) in [
        ("/routed/red", r#"{"team": "red"}"#),
        ("/routed/red/users/7", r#"7 {"team": "red", "id": "7"}"#),
        ("/routed/red/x/y", "rest x/y"),
        ("/routed/red/only", "only"),
        ("/routed/mine/users/7", "mine"),
        ("/routed/mine/users/8", r#"8 {"team": "mine", "id": "8"}"#),
        ("/filtered/red/users/7", r#"7 {"team": "red", "id": "7"}"#),
        ("/inside/red/users/7", r#"7 {"team": "red", "id": "7"}"#),
        ("/plain/red/users/7", r#"{"team": "red"}"#),
        ("/twice/1/2/users/3", r#"3 {"a": "1", "b": "2", "id": "3"}"#),
        ("/twice/1/2", r#"{"a": "1", "b": "2"}"#),
    ] {
        assert_eq!(
            ask(&app, "GET", path).await,
            (200, text.to_owned()),
            "{path}"
        );
    }
    assert_eq!(
        log.take(),
        [r#"outside {"team": "red"}"#, r#"inside {"team": "red"}"#]
    );
    assert_eq!(ask(&app, "GET", "/routed/red/users/700").await.0, 404);
    assert_eq!(ask(&app, "GET", "/routed/red/users/%zz").await.0, 400);
    assert_eq!(refusal(&app, "/filtered/red/ws/bob").await, None);
    assert_eq!(refusal(&app, "/plain/red/anything").await, None);
    assert_eq!(refusal(&app, "/routed").await, Some(404));
}

#[tokio::test]
async fn a_routed_request_can_be_routed_again_from_its_start() {
    let other = routes! { "/any/<x>" => http(|x: String| format!("again {x}")) };
    let app = routes! {
        "/any/<_rest..>" => http(move |req: Request| {
            let other = other.clone();
            async move { http4k_ws::HttpHandler::call(other.http(), req).await }
        }),
    };
    assert_eq!(ask(&app, "GET", "/any/thing").await.1, "again thing");
}

#[tokio::test]
async fn a_filter_around_an_application_runs_before_routing() {
    let app = routes! { "/x" => http(said("x")) };
    let app = app.with(http_only(|mut request: Request, next: Next| async move {
        *request.uri_mut() = "/x".parse().unwrap();
        let response: Response = http4k_ws::HttpHandler::call(&next, request).await;
        response
    }));
    assert_eq!(ask(&app, "GET", "/y").await.1, "x");
}

#[tokio::test]
async fn a_path_replaced_behind_a_mount_is_not_the_root() {
    for (path, status) in [("/", 404), ("/api/x", 200), ("/apixx", 404), ("/ap/x", 404)] {
        let rewritten = inner().with(http_only(
            move |mut request: Request, next: Next| async move {
                *request.uri_mut() = path.parse().unwrap();
                http4k_ws::HttpHandler::call(&next, request).await
            },
        ));
        let app = routes! { "/api" => mount(rewritten) };
        assert_eq!(ask(&app, "GET", "/api/only").await.0, status, "{path}");
    }
}

/// The fallback of a block is found by the block's prefix; the deepest prefix wins, and a literal
/// wins
/// over a parameter.
#[tokio::test]
async fn the_fallback_of_the_deepest_and_most_specific_prefix_responds() {
    let written = routes! {
        "/<_x>" => { "/1" => http(said("x")), _ => http(said("any")) }
        "/a" => { "/1" => http(said("a")), _ => http(said("a")) }
        "/a/b" => { "/1" => http(said("b")), _ => http(said("a b")) }
        "/<_x>/c" => { "/1" => http(said("c")), _ => http(said("any c")) }
    };
    let answers = |text: &'static str| move |_: Request| text;
    let made = http4k_ws::routing::Routes::new()
        .under("/<_x>", |inner| {
            inner
                .http(http4k_ws::Method::GET, "/1", answers("x"))
                .fallback(answers("any"))
        })
        .under("/a", |inner| {
            inner
                .http(http4k_ws::Method::GET, "/1", answers("a"))
                .fallback(answers("a"))
        })
        .under("/a/b", |inner| {
            inner
                .http(http4k_ws::Method::GET, "/1", answers("b"))
                .fallback(answers("a b"))
        })
        .under("/<_x>/c", |inner| {
            inner
                .http(http4k_ws::Method::GET, "/1", answers("c"))
                .fallback(answers("any c"))
        })
        .build()
        .unwrap();
    for app in [written, made] {
        for (path, text) in [
            ("/a/no", "a"),
            ("/z/no", "any"),
            ("/a/b/no", "a b"),
            ("/a/c/no", "any c"),
            ("/z/c/no", "any c"),
        ] {
            assert_eq!(
                ask(&app, "GET", path).await,
                (200, text.to_owned()),
                "{path}"
            );
        }
    }
}

/// The prefix of a block counts, not only its depth.
#[tokio::test]
async fn the_fallback_of_a_block_is_not_for_a_deeper_block_under_another_prefix() {
    let log = Log::default();
    let app = routes! {
        "/a" => { "/1" => http(said("1")), _ => http(said("a")) }
        "/b/c" => { "/2" => http(said("2")), _ => ws(socket) }
        "/b/d" with(log.filter("own")) => { "/3" => http(said("3")) }
        "/<_x>/e" with(log.filter("own")) => { "/4" => http(said("4")) }
        "/a/f" with(log.filter("own")) => { "/5" => http(said("5")) }
        _ => http(said("everywhere")),
    };
    for (path, text) in [
        ("/a/no", "a"),
        ("/b/c/no", "everywhere"),
        ("/b/d/no", "everywhere"),
        ("/z/e/no", "everywhere"),
        ("/a/f/no", "a"),
    ] {
        assert_eq!(ask(&app, "GET", path).await.1, text, "{path}");
    }
}

/// A fallback is behind the filters of its block, so it is not for a sibling block with other
/// filters.
#[tokio::test]
async fn the_fallback_of_a_filtered_block_is_not_for_a_deeper_block_beside_it() {
    let log = Log::default();
    let app = routes! {
        "/a" with(log.filter("guard")) => { "/1" => http(said("1")), _ => http(said("guarded")) }
        "/a/b" with(log.filter("own")) => { "/2" => http(said("2")) }
        _ => http(said("everywhere")),
    };
    assert_eq!(ask(&app, "GET", "/a/no").await.1, "guarded");
    assert_eq!(log.take(), ["guard {}"]);
    assert_eq!(ask(&app, "GET", "/a/b/no").await.1, "everywhere");
    assert_eq!(log.take(), ["own {}"]);
}

#[tokio::test]
async fn an_entry_without_a_path_is_at_the_root_or_at_the_prefix_of_its_block() {
    let inner = || routes! { "/inner" => http(said("inner")) };
    let app = routes! {
        GET => http(said("read")),
        POST => http(said("written")),
        "/block" => {
            "/below" => http(said("below")),
            PUT => http(said("put")),
        },
        => mount(inner()),
    };
    for (method, path, text) in [
        ("GET", "/", "read"),
        ("POST", "/", "written"),
        ("GET", "/block/below", "below"),
        ("PUT", "/block", "put"),
        ("GET", "/inner", "inner"),
    ] {
        assert_eq!(
            ask(&app, method, path).await,
            (200, text.to_owned()),
            "{method} {path}"
        );
    }
}
