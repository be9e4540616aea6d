//! Services inside an application: an axum router, and services that fail.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use axum::extract::OriginalUri;
use axum::routing::{get, post};
use http4k_ws::prelude::*;
use http4k_ws::tower::{MountedAt, service};
use tower::util::BoxCloneService;
use tower::{Service, service_fn};

use crate::support::{client, exchanged, greet, next, served};

fn legacy() -> axum::Router {
    async fn whole(uri: OriginalUri, request: axum::extract::Request) -> String {
        let at = request.extensions().get::<MountedAt>();
        let at = at.map(|at| format!("{} + {}", at.prefix(), at.uri()));
        format!("{} {at:?}", uri.0)
    }
    axum::Router::new()
        .route("/", get(|| async { "from axum" }))
        .route(
            "/name/{name}",
            get(|name: axum::extract::Path<String>| async move { name.0 }),
        )
        .route("/echo", post(|body: String| async move { body }))
        .route("/whole", get(whole))
        .route("/panic", get(|| async { panic!("on purpose") as () }))
}

fn both() -> PolyHandler {
    routes! {
        GET "/new"        => http(|| "new"),
        "/ws/<name>"      => ws(greet(ws, name)),
        "/old"            => mount({ service(legacy()) }),
        "/shop/<id>"      => {
            "/deep" => mount({ service(legacy()) }),
        },
        "/"               => mount({ service(legacy()) }),
    }
}

#[test]
fn a_router_of_axum_is_a_mount_at_any_prefix() {
    let server = served(both());
    let client = client(server.addr());
    for (path, status, body) in [
        ("/new", 200, "new"),
        ("/", 200, "from axum"),
        ("/old", 200, "from axum"),
        ("/old/", 200, "from axum"),
        ("/name/bob", 200, "bob"),
        ("/old/name/b%20b", 200, "b b"),
        ("/shop/7/deep/name/bob", 200, "bob"),
        ("/nothing", 404, ""),
        ("/old/nothing", 404, ""),
        (
            "/old/whole?a=1",
            200,
            "/whole?a=1 Some(\"/old + /old/whole?a=1\")",
        ),
        (
            "/shop/7/deep/whole",
            200,
            "/whole Some(\"/shop/7/deep + /shop/7/deep/whole\")",
        ),
        ("/whole", 200, "/whole Some(\" + /whole\")"),
    ] {
        for response in [
            both().test_http(path),
            client.send(path).expect("a response"),
        ] {
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(response.body(), body, "{path}");
        }
    }
    assert_eq!(next(&mut both().test_ws("/ws/bob")), "hello bob");
}

#[test]
fn bodies_reach_the_service_within_the_bounds_of_the_server() {
    let server = served(both());
    let client = client(server.addr());
    let sent = "a".repeat(100_000);
    let echo = client
        .send(Request::post("/old/echo").body(sent.clone()))
        .expect("a response");
    assert_eq!(echo.body(), sent.as_str());
    // axum reads the body and fails. It calls every failure of a body 400.
    let (_tcp, head) = exchanged(
        server.addr(),
        "POST /old/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3000000\r\n\r\n",
    );
    assert!(head.starts_with("http/1.1 400"), "{head}");
    assert!(head.contains("connection: close"), "{head}");
}

#[test]
fn a_panic_inside_a_service_is_a_500() {
    assert_eq!(both().test_http("/panic").status(), 500);
    let server = served(both());
    assert_eq!(
        client(server.addr())
            .send("/panic")
            .expect("a response")
            .status(),
        500
    );
    assert_eq!(
        client(server.addr())
            .send("/new")
            .expect("a response")
            .status(),
        200
    );
}

/// A service that fails, before or when it is called.
#[derive(Clone)]
struct Fails {
    ready: bool,
}

impl Service<Request> for Fails {
    type Response = Response;
    type Error = &'static str;
    type Future = Ready<Result<Response, &'static str>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(if self.ready { Ok(()) } else { Err("not ready") })
    }

    fn call(&mut self, _request: Request) -> Self::Future {
        assert!(self.ready, "called before it was ready");
        ready(Err("failed"))
    }
}

#[test]
fn an_error_of_a_service_is_a_500() {
    for ready in [true, false] {
        let app = service(Fails { ready });
        assert_eq!(app.test_http("/").status(), 500);
        assert_eq!(app.try_test_ws("/").expect_err("no socket").status(), 500);
    }
}

#[test]
fn a_service_need_not_be_sync() {
    let inner = service_fn(|request: Request| async move {
        Ok::<_, Infallible>(request.uri().path().to_owned().into_response())
    });
    let boxed: BoxCloneService<Request, Response, Infallible> = BoxCloneService::new(inner);
    assert_eq!(service(boxed).test_http("/a/b").body(), "/a/b");
}

#[test]
fn a_service_without_a_mount_sees_the_whole_path() {
    assert_eq!(
        service(legacy()).test_http("/whole?a").body(),
        "/whole?a None"
    );
}
