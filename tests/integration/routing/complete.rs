//! Path parameters that a handler's type reads and the path lacks, and types that no request can be
//! read as.

use std::panic::{AssertUnwindSafe, catch_unwind};

use http4k_ws::filter::http_only;
use http4k_ws::http::HeaderMap;
use http4k_ws::lens::{Form, Header, LensFailure};
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

async fn one(Path(id): Path<u64>) -> String {
    id.to_string()
}

fn pair(Path((name, id)): Path<(String, u64)>) -> String {
    format!("{name} {id}")
}

#[derive(Deserialize)]
struct Item {
    id: u64,
    name: String,
}

fn item(Path(item): Path<Item>) -> String {
    format!("{} {}", item.name, item.id)
}

async fn search(Query(text): Query<String>) -> String {
    text
}

#[derive(Deserialize)]
struct Nested {
    item: Item,
}

async fn nested(_ws: WebSocket, query: Query<Nested>) {
    drop(query.0.item);
}

fn pairs(_: Result<Query<(u32, u32)>, LensFailure>, _: Header<u32>) {}

async fn form(Form(number): Form<u32>) -> String {
    number.to_string()
}

routes! { fn of_one() -> PolyHandler { GET "/<id>" => http(one(_)) } }

routes! { fn of_two() -> PolyHandler { GET "/<id>" => http(pair(_)) } }

#[test]
fn a_type_that_no_request_can_be_read_as_is_reported() {
    let two = "`Path<u64>`: one value is read from one parameter, and the path has 2";
    for (app, route, reason) in [
        (routes! { "/<a>/<b>" => http(one(_)) }, "http /<a>/<b>", two),
        (
            routes! { "/<tenant>" => mount(of_one()) },
            "GET /<tenant>/<id>",
            two,
        ),
        (
            Routes::new().mount("/<a>/<b>", of_two()).build().unwrap(),
            "GET /<a>/<b>/<id>",
            "a tuple of 2 is read from as many parameters, and the path has 3",
        ),
        (of_two(), "GET /<id>", "and the path has 1"),
        (
            routes! { "/<id>" => http(item(_)) },
            "http /<id>",
            "the path lacks `<name>`",
        ),
        (
            routes! { "/q" => http(search(_)) },
            "http /q",
            "`Query<String>`: pairs are read as a struct, a map or a list of tuples",
        ),
        (
            routes! { "/n" => ws(nested(ws, _)) },
            "ws /n",
            "`item`: a text cannot be read as a struct or a map",
        ),
        (routes! { "/p" => http(pairs(_, _)) }, "http /p", "`Query<"),
        (
            routes! { POST "/f" => http(form(_)) },
            "POST /f",
            "`Form<u32>`",
        ),
    ] {
        let message = reported(app);
        assert!(message.contains(&format!("`{route}`")), "{message}");
        assert!(message.contains(reason), "{message}");
    }
    // A prefix may have the parameters that a table lacks.
    let app = routes! { "/<name>" => mount(of_two()) };
    assert_eq!(app.test_http("/ann/7").body(), "ann 7");
    let app = routes! { "/<name>" => { "/<id>" => http(item(_)) } };
    assert_eq!(app.test_http("/ann/7").body(), "ann 7");
}

#[tokio::test]
async fn a_missing_parameter_is_a_500_without_a_server_or_a_test() {
    let request = Request::get("/show").body(Default::default()).unwrap();
    let response = users().http().call(request).await;
    assert_eq!(response.status(), 500);
}
