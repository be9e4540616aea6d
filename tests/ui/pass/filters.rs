//! Each place of `with(..)`, and the filters that it accepts.

use http4k_ws::PolyFilter;
use http4k_ws::filter::session_config;
use http4k_ws::filter::{guard, http_only, max_body, poly, record, subprotocols, ws_only};
use http4k_ws::prelude::*;

async fn auth(request: Request, next: Next) -> Response {
    match request.header("x-name") {
        Some(_) => next.call(request).await,
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn ws_auth(request: Request, next: WsNext) -> WsResponse {
    match request.header("x-name") {
        Some(_) => next.call(request).await,
        None => WsResponse::refuse(StatusCode::UNAUTHORIZED),
    }
}

async fn checked(request: Request) -> Result<Request, StatusCode> {
    match request.header("x-name") {
        Some(_) => Ok(request),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

fn logged() -> impl Filter {
    auth
}

/// A filter that is not `Clone`.
struct NotClone;

impl Filter for NotClone {
    async fn filter(&self, request: Request, next: Next) -> Response {
        auth(request, next).await
    }
}

struct Audit;

impl PolyFilter for Audit {}

fn home() -> &'static str {
    "hiya world"
}

async fn talk(ws: WebSocket) -> WsResult {
    Ok(ws.send("hi").await?)
}

fn inner() -> PolyHandler {
    routes! { GET "/home" => http(home()), "/ws" => ws(talk(ws)) }
}

routes! {
    pub fn before_http() -> PolyHandler {
        GET "/1" with(auth) => http(home()),
        GET "/2" with(logged()) => http(home()),
        GET "/3" with(NotClone) => http(home()),
        GET "/4" with(guard(checked), max_body(4)) => http(home()),
        GET "/5" with(|request: Request, next: Next| auth(request, next)) => http(home()),
        GET "/6" with(async |request: Request, next: Next| auth(request, next).await)
            => http(home()),
        "/7" with(auth) => { GET "/" => http(home()), "/x" => { _ => http(home()) } },
    }
}

routes! {
    pub fn before_ws() -> PolyHandler {
        "/1" with(ws_auth) => ws(talk(ws)),
        "/2" with(poly(auth)) => ws(talk(ws)),
        "/3" with(guard(async |request: Request| checked(request).await)) => ws(talk(ws)),
        "/4" with(
            session_config(|config| config.with_max_message(9)),
            subprotocols(["a"]),
            record(drop),
            ws_auth,
        ) => ws(talk(ws)),
        "/5" with(ws_only(ws_auth)) => ws(talk(ws)),
        "/6" with(|request: Request, next: WsNext| ws_auth(request, next)) => ws(talk(ws)),
    }
}

routes! {
    pub fn before_both(name: &'static str) -> PolyHandler {
        "/1" with(guard(checked)) => { GET "/home" => http(home()), "/ws" => ws(talk(ws)) },
        "/2" with(poly(auth)) => { GET "/home" => http(home()), "/ws" => ws(talk(ws)) },
        "/3" with(http_only(auth), ws_only(ws_auth), Audit, max_body(4)) => {
            GET "/home" => http(home()),
            "/ws" => ws(talk(ws)),
        },
        "/4" with(guard({
            let name = name.to_owned();
            move |request: Request| {
                let known = request.header(&name).is_some();
                async move { if known { Ok(request) } else { Err(StatusCode::UNAUTHORIZED) } }
            }
        })) => mount(inner()),
        "/5" with(poly(NotClone)) => mount(inner()),
        "/6" with(guard(|request| async move { Ok::<_, Response>(request) })) => {
            "/" with(poly(auth)) => mount(inner()),
        },
    }
}

fn ann(path: &str) -> Request {
    Request::get(path)
        .header("x-name", "ann")
        .body(http4k_ws::Body::empty())
        .unwrap()
}

#[test]
fn accepted() {
    for path in ["/1", "/2", "/3", "/4", "/5", "/6", "/7", "/7/x/y"] {
        assert_eq!(before_http().test_http(path).status(), 401, "{path}");
        assert_eq!(
            before_http().test_http(ann(path)).body(),
            "hiya world",
            "{path}"
        );
    }
    for path in ["/1", "/2", "/3", "/4", "/5", "/6"] {
        let app = before_ws();
        assert_eq!(app.try_test_ws(path).unwrap_err().status(), 401, "{path}");
        assert!(app.try_test_ws(ann(path)).is_ok(), "{path}");
        let app = before_both("x-name");
        let (home, ws) = (format!("{path}/home"), format!("{path}/ws"));
        assert_eq!(app.test_http(home.as_str()).status(), 401, "{path}");
        assert_eq!(app.test_http(ann(&home)).body(), "hiya world", "{path}");
        assert_eq!(
            app.try_test_ws(ws.as_str()).unwrap_err().status(),
            401,
            "{path}"
        );
        assert!(app.try_test_ws(ann(&ws)).is_ok(), "{path}");
    }
    let around = inner()
        .with(http_only(auth))
        .with(ws_only(ws_auth))
        .with(max_body(4));
    for app in [
        around,
        guard(checked).then(inner()),
        poly(logged()).then(talk),
    ] {
        assert_eq!(app.try_test_ws("/ws").unwrap_err().status(), 401);
        assert!(app.try_test_ws(ann("/ws")).is_ok());
    }
}
