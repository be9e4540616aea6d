//! The choice of a route for a request.

use http4k_ws::{PolyHandler, WebSocket, routes};

use super::{ask, refusal, respond};

fn said(text: &'static str) -> &'static str {
    text
}

fn id(id: String) -> String {
    format!("id {id}")
}

async fn socket(_ws: WebSocket) {}

fn app() -> PolyHandler {
    routes! {
        "/a/<id>/c" => http(id(id)),
        "/a/b/d" => http(said("a b d")),
        "/a/<rest..>" => http(id(rest)),
        GET "/m/x" => http(said("get x")),
        POST "/m/<_x>" => http(said("post any")),
        DELETE "/m/<_rest..>" => http(said("delete rest")),
        GET | PUT "/two" => http(said("two")),
        "/two" => http(said("any two")),
        HEAD "/head" => http(said("")),
        GET "/head" => http(said("get head")),
        GET "/options" => http(said("get")),
        OPTIONS "/options" => http(said("own options")),
        "/café" => http(said("coffee")),
        "/u" => http(said("page")),
        "/u" => ws(socket),
        "/s" => ws(socket),
        GET "/g" => http(said("page")),
        "/g" => ws(socket),
    }
}

#[tokio::test]
async fn literal_then_parameter_then_rest_with_backtracking() {
    let app = app();
    for (method, path, answer) in [
        ("GET", "/a/b/d", "a b d"),
        ("GET", "/a/b/c", "id b"),
        ("GET", "/a/b/e", "id b/e"),
        ("GET", "/a/b", "id b"),
        ("GET", "/a/x/d", "id x/d"),
        ("GET", "/a//c", "id /c"),
        ("GET", "/m/x", "get x"),
        ("POST", "/m/x", "post any"),
        ("DELETE", "/m/x", "delete rest"),
        ("GET", "/two", "two"),
        ("PUT", "/two", "two"),
        ("POST", "/two", "any two"),
        ("PURGE", "/two", "any two"),
        ("OPTIONS", "/options", "own options"),
        ("GET", "/caf%C3%A9", "coffee"),
        ("GET", "/%61/b/d", "a b d"),
    ] {
        assert_eq!(
            ask(&app, method, path).await,
            (200, answer.to_owned()),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn an_empty_segment_is_not_found() {
    let app = app();
    for path in ["/two/", "//two", "/m//", "//", "/", "/a%2Fb%2Fd"] {
        assert_eq!(
            ask(&app, "GET", path).await.0,
            if path == "/m//" { 405 } else { 404 },
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_405_lists_the_methods_of_the_path() {
    let app = app();
    for (method, path, status, allow) in [
        ("PUT", "/m/x", 405, "GET, HEAD, POST, DELETE, OPTIONS"),
        ("PUT", "/m/y", 405, "POST, DELETE, OPTIONS"),
        ("OPTIONS", "/m/y", 204, "POST, DELETE, OPTIONS"),
        ("POST", "/options", 405, "GET, HEAD, OPTIONS"),
        ("POST", "/g", 405, "GET, HEAD, OPTIONS"),
    ] {
        let response = respond(&app, method, path).await;
        assert_eq!(response.status(), status, "{method} {path}");
        assert_eq!(response.headers()["allow"], allow, "{method} {path}");
    }
    let (_, text) = ask(&app, "PUT", "/m/y").await;
    assert_eq!(
        text,
        "`/m/y` does not take PUT, only POST, DELETE, OPTIONS\n"
    );
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let app = app();
    let response = respond(&app, "HEAD", "/m/x").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-length"], "5");
    assert_eq!(response.into_body().bytes().await.unwrap(), "");
    let routed = respond(&app, "HEAD", "/head").await;
    assert!(!routed.headers().contains_key("content-length"));
}

#[tokio::test]
async fn each_protocol_has_its_own_routes_at_a_path() {
    let app = app();
    assert_eq!(ask(&app, "GET", "/u").await.1, "page");
    assert_eq!(refusal(&app, "/u").await, None);
    let response = respond(&app, "GET", "/s").await;
    assert_eq!(response.status(), 426);
    assert_eq!(response.headers()["upgrade"], "websocket");
    assert_eq!(refusal(&app, "/two").await, Some(404));
}

#[tokio::test]
async fn bad_encoding_in_a_captured_segment_is_a_400() {
    let app = app();
    for (path, status) in [
        ("/a/%zz/c", 400),
        ("/a/%C3/c", 400),
        ("/two%zz", 404),
        ("/x/%zz", 404),
    ] {
        assert_eq!(ask(&app, "GET", path).await.0, status, "{path}");
    }
}

#[tokio::test]
async fn a_target_without_a_path_is_not_found() {
    let app = routes! { "/" => http(said("root")) };
    let mut options = http4k_ws::Request::new(http4k_ws::Body::empty());
    *options.uri_mut() = "*".parse().unwrap();
    let response = http4k_ws::HttpHandler::call(app.http(), options).await;
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn an_application_without_routes_returns_404() {
    let app: PolyHandler = routes! {};
    assert_eq!(
        ask(&app, "GET", "/").await,
        (404, "no route has the path `/`\n".into())
    );
}
