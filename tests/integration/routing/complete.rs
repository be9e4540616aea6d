//! Path parameters that a handler's type reads and the path lacks.

use std::panic::{AssertUnwindSafe, catch_unwind};

use http4k_ws::filter::http_only;
use http4k_ws::http::HeaderMap;
use http4k_ws::lens::LensFailure;
use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;
use http4k_ws::{FromRequest, HttpHandler};

#[derive(FromRequest)]
struct User {
    #[param]
    id: u64,
    #[query]
    page: Option<u32>,
}

#[derive(FromRequest)]
struct Named {
    #[param("name")]
    who: String,
    #[param]
    id: u64,
}

#[derive(FromRequest)]
struct Lenient {
    #[param]
    id: Option<u64>,
    #[param(default = 3)]
    page: u32,
}

async fn show(user: User) -> String {
    format!("user {} {:?}", user.id, user.page)
}

async fn named(named: Named) -> String {
    format!("{} {}", named.who, named.id)
}

fn lenient(lenient: Lenient) -> String {
    format!("{:?} {}", lenient.id, lenient.page)
}

fn fallible(_user: Result<User, LensFailure>, _headers: HeaderMap) {}

async fn talk(ws: WebSocket, user: User) -> WsResult {
    ws.send(user.id.to_string()).await?;
    Ok(())
}

async fn uncached(request: Request, next: Next) -> Response {
    next.call(request).await
}

routes! { fn users() -> PolyHandler { GET "/show" => http(show(_)) } }

routes! { fn outer() -> PolyHandler { "/users/<id>" => mount(users()) } }

routes! {
    fn complete() -> PolyHandler {
        "/users/<id>" => mount(users()),
        "/deep/<id>" => { "/down" => { "/here" => http(show(_)) }, "/ws" => ws(talk(ws, _)) },
        "/named/<name>/<id>" => http(named(_)),
        "/lenient" => http(lenient(_)),
        "/both/<id>" => http(|id: u64, User { id: read, .. }: User| format!("{id} {read}")),
    }
}

/// Returns the report for `app` when it is tested, and when it is served.
fn reported(app: PolyHandler) -> String {
    let served = app.clone();
    let tested = catch_unwind(AssertUnwindSafe(|| app.test_http("/")));
    let served = catch_unwind(AssertUnwindSafe(|| served.as_server("127.0.0.1:0")));
    let text = |panic: Box<dyn std::any::Any + Send>| *panic.downcast::<String>().unwrap();
    let tested = text(tested.map(drop).expect_err("a test panics"));
    assert_eq!(text(served.map(drop).expect_err("a server panics")), tested);
    tested
}

#[test]
fn parameters_of_the_path_and_of_all_prefixes_are_read() {
    let app = complete();
    for (path, expected) in [
        ("/users/7/show?page=2", "user 7 Some(2)"),
        ("/deep/8/down/here", "user 8 None"),
        ("/named/ann/9", "ann 9"),
        ("/lenient", "None 3"),
        ("/both/5", "5 5"),
    ] {
        assert_eq!(app.test_http(path).body(), expected, "{path}");
    }
    let mut client = app.test_ws("/deep/4/ws");
    assert_eq!(client.received().next().unwrap().unwrap().text(), "4");
    let built = Routes::new().mount("/users/<id>", users()).build().unwrap();
    assert_eq!(built.test_http("/users/7/show").body(), "user 7 None");
    let filtered = routes! { "/users/<id>" => mount(users().with(http_only(uncached))) };
    assert_eq!(filtered.test_http("/users/7/show").body(), "user 7 None");
    assert_eq!(outer().test_http("/users/7/show").body(), "user 7 None");
}

#[test]
fn a_missing_parameter_is_reported_with_its_route_and_the_line_to_write() {
    let template = |path: &str| format!("write `\"{path}\"`");
    for (app, route, path) in [
        (users(), "GET /show", "/show/<id>"),
        (routes! { "/" => http(show(_)) }, "http /", "/<id>"),
        (
            routes! { "/users" => mount(users()) },
            "GET /users/show",
            "/users/show/<id>",
        ),
        (
            routes! { "/a" => mount(routes! { "/b/<name>" => mount(users()) }) },
            "GET /a/b/<name>/show",
            "/a/b/<name>/show/<id>",
        ),
        (
            routes! { "/a" => { "/<uid>" => { POST "/x" => http(show(_)) } } },
            "POST /a/<uid>/x",
            "/a/<uid>/x/<id>",
        ),
        (routes! { "/ws" => ws(talk(ws, _)) }, "ws /ws", "/ws/<id>"),
        (
            routes! { "/n/<id>" => http(named(_)) },
            "http /n/<id>",
            "/n/<id>/<name>",
        ),
        (
            routes! { "/f" => http(|_: HeaderMap, _: User| "closure") },
            "http /f",
            "/f/<id>",
        ),
        (
            routes! { "/r" => http(fallible(_, _)) },
            "http /r",
            "/r/<id>",
        ),
        (users().with(http_only(uncached)), "GET /show", "/show/<id>"),
        (
            Routes::new().mount("/built", users()).build().unwrap(),
            "GET /built/show",
            "/built/show/<id>",
        ),
    ] {
        let message = reported(app);
        assert!(message.contains(&format!("`{route}`")), "{message}");
        assert!(message.contains(&template(path)), "{message}");
    }
}

#[tokio::test]
async fn a_missing_parameter_is_a_500_without_a_server_or_a_test() {
    let request = Request::get("/show").body(Default::default()).unwrap();
    let response = users().http().call(request).await;
    assert_eq!(response.status(), 500);
}
