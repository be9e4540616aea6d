//! The arguments of a route's function, and its return types.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http4k_ws::message::{PathParams, Rejection};
use http4k_ws::testing::WsClient;
use http4k_ws::{
    FromRequest, IntoResponse, PolyHandler, Request, Response, WebSocket, WsConsumer, WsMessage,
    WsResponse, WsResult, routes,
};

use super::{ask, refusal};

#[derive(Clone, Default)]
struct Db {
    reads: Arc<AtomicUsize>,
}

impl Db {
    async fn find(&self, id: u64) -> String {
        self.reads.fetch_add(1, Ordering::Relaxed);
        format!("row {id}")
    }

    async fn join(&self, ws: WebSocket, room: String) -> WsResult {
        ws.send(WsMessage::new_text(room)).await?;
        Ok(())
    }
}

struct Page(u32);

impl FromRequest for Page {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let query = request.uri().query().unwrap_or_default();
        let page = query
            .strip_prefix("page=")
            .and_then(|page| page.parse().ok());
        page.map(Self).ok_or_else(|| Rejection::new("no page"))
    }
}

async fn home(_req: Request) -> &'static str {
    "hiya world"
}

fn at_once(_req: Request) -> &'static str {
    "at once"
}

async fn hello(name: String) -> String {
    format!("hello {name}")
}

fn plain(a: u8, b: u8) -> String {
    (a + b).to_string()
}

async fn show(id: u64, db: Db) -> Result<String, Response> {
    match id {
        0 => Err("no zero".into_response()),
        id => Ok(db.find(id).await),
    }
}

async fn borrowed(id: u64, db: &Db) -> String {
    db.find(id).await
}

async fn search(page: Page, db: Db) -> String {
    db.find(page.0.into()).await
}

async fn legacy(req: Request) -> String {
    let params = req.extensions().get::<PathParams>().unwrap();
    format!("{params:?}")
}

async fn greet(ws: WebSocket, name: String) -> WsResult {
    ws.send(WsMessage::new_text(name)).await?;
    Ok(())
}

fn choose(name: String) -> Option<WsConsumer> {
    (name != "eve").then(|| WsConsumer::new(|_ws: WebSocket| async {}))
}

async fn choose_later(name: String) -> WsResponse {
    choose(name)
        .map(WsResponse::accept)
        .unwrap_or_else(|| WsResponse::refuse("no"))
        .with_subprotocol("chat")
}

async fn bare(_ws: WebSocket) {}

struct Config {
    greeting: String,
}

fn join_all(greeting: String, number: usize, text: &'static str) -> String {
    format!("{greeting} {number} {text}")
}

routes! {
    /// The whole application.
    pub(super) fn app(db: Db, config: Config) -> PolyHandler {
        GET "/" => http(home),
        "/at-once" => http(at_once),
        "/hello/<name>" => http(hello(name)),
        "/plain/<a>/<b>" => http(plain(a, b)),
        "/swapped/<a: u8>/<b: u8>" => http(plain(b, a,)),
        "/users/<id: u64>" => http(show(id, db)),
        "/borrowed/<id>" => http(borrowed(id, &db)),
        "/method/<id>" => http(db.find(id)),
        "/search" => http(search(_, db)),
        "/any/<rest..>" => http(legacy(req)),
        "/values" => http(join_all(config.greeting, 1 + 2, "x")),
        "/closure/<text>" => http(|text: String| async move { text }),
        "/closure/sum/<a>/<b>" => http(|b: i32, a: i32| (a - b).to_string()),
        "/closure/req/<a>" => http(move |req: Request, _: Page| async move { req.uri().to_string() }),
        "/value" => http({ http4k_ws::handler::BoxHttpHandler::new(home) }),
        "/keyword/<type>/<_ignored>" => http(hello(r#type)),
        "/ws/<name>" => ws(greet(ws, name)),
        "/rooms/<room>" => ws(db.join(ws, room)),
        "/choose/<name>" => ws(choose(name)),
        "/later/<name>" => ws(choose_later(name)),
        "/bare" => ws(bare),
        "/both" => ws(|ws: WebSocket, req: Request| async move {
            assert_eq!(ws.request().uri(), req.uri());
        }),
    }
}

fn the_app() -> PolyHandler {
    let config = Config {
        greeting: "hi".to_owned(),
    };
    app(Db::default(), config)
}

#[tokio::test]
async fn arguments_match_their_names() {
    let app = the_app();
    for (path, text) in [
        ("/", "hiya world"),
        ("/at-once", "at once"),
        ("/hello/bob", "hello bob"),
        ("/hello/a%2Fb%20c", "hello a/b c"),
        ("/plain/1/2", "3"),
        ("/swapped/1/2", "3"),
        ("/users/7", "row 7"),
        ("/users/0", "no zero"),
        ("/borrowed/8", "row 8"),
        ("/method/9", "row 9"),
        ("/search?page=4", "row 4"),
        ("/any/a/b%20c", r#"{"rest": "a/b c"}"#),
        ("/any", r#"{"rest": ""}"#),
        ("/any/", r#"{"rest": ""}"#),
        ("/values", "hi 3 x"),
        ("/closure/text", "text"),
        ("/closure/sum/5/3", "2"),
        ("/closure/req/x?page=1", "/closure/req/x?page=1"),
        ("/value", "hiya world"),
        ("/keyword/a/b", "hello a"),
    ] {
        assert_eq!(
            ask(&app, "GET", path).await,
            (200, text.to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_captured_value_is_shared_by_all_calls() {
    let db = Db::default();
    let app = app(
        db.clone(),
        Config {
            greeting: String::new(),
        },
    );
    for path in [
        "/users/1",
        "/users/2",
        "/method/3",
        "/borrowed/4",
        "/search?page=5",
    ] {
        ask(&app, "GET", path).await;
    }
    assert_eq!(db.reads.load(Ordering::Relaxed), 5);
}

#[tokio::test]
async fn an_unreadable_argument_never_reaches_the_function() {
    let app = the_app();
    let not_a_number = ask(&app, "GET", "/users/abc").await;
    assert_eq!(
        not_a_number,
        (404, "path segment `abc` is not u64\n".to_owned())
    );
    assert_eq!(ask(&app, "GET", "/users/%zz").await.0, 400);
    assert_eq!(ask(&app, "GET", "/users/%FF").await.0, 400);
    assert_eq!(ask(&app, "GET", "/search").await.1, "no page");
}

#[tokio::test]
async fn a_socket_is_accepted_or_refused() {
    let app = the_app();
    for (path, status) in [
        ("/ws/bob", None),
        ("/ws/%zz", Some(400)),
        ("/rooms/one", None),
        ("/choose/bob", None),
        ("/choose/eve", Some(404)),
        ("/later/bob", None),
        ("/later/eve", Some(200)),
        ("/bare", None),
        ("/both", None),
        ("/nope", Some(404)),
        ("/hello/bob", Some(404)),
    ] {
        assert_eq!(refusal(&app, path).await, status, "{path}");
    }
    let chosen = super::upgrade(&app, "/later/bob").await;
    assert_eq!(chosen.subprotocol(), Some("chat"));
}

#[tokio::test]
async fn the_expression_form_has_the_same_grammar() {
    let db = Db::default();
    let app = routes! {
        GET "/hello/<name>" => http(hello(name)),
        "/users/<id>" => http(show(id, db)),
        "/" => http(|req: Request| async move { req.method().to_string() })
    };
    assert_eq!(ask(&app, "GET", "/hello/bob").await.1, "hello bob");
    assert_eq!(ask(&app, "PURGE", "/").await.1, "PURGE");
    assert_eq!(
        db.find(1).await,
        "row 1",
        "a captured value stays usable by its owner"
    );
}

/// A name that a method consumes to show it.
#[derive(Clone)]
struct Name(&'static str);

impl Name {
    async fn show(self, id: u8) -> String {
        format!("{} {id}", self.0)
    }

    async fn tell(self: Arc<Self>, ws: WebSocket) -> WsResult {
        ws.send(WsMessage::new_text(self.0)).await?;
        Ok(())
    }
}

routes! {
    fn from_variables(
        show: fn(u8) -> String,
        (tell, greeting): (fn(WebSocket, String) -> bool, &'static str),
        name: Name,
        shared: Arc<Name>,
    ) -> PolyHandler {
        "/show/<id>" => http(show(id)),
        "/tell" => ws(greet_with(ws, tell, greeting)),
        "/taken/<id>" => http(name.show(id)),
        "/shared" => ws(shared.tell(ws)),
        "/async/<text>" => ws(async |ws: WebSocket, text: String| {
            ws.send(WsMessage::new_text(text)).await
        }),
    }
}

fn greet_with(ws: WebSocket, tell: fn(WebSocket, String) -> bool, greeting: &str) {
    assert!(tell(ws, greeting.to_owned()));
}

fn the_variables() -> PolyHandler {
    let tell = |ws: WebSocket, text: String| ws.try_send(WsMessage::new_text(text)).is_ok();
    let (ann, bob) = (Name("ann"), Name("bob"));
    from_variables(|id| (id + 1).to_string(), (tell, "hi"), ann, Arc::new(bob))
}

#[tokio::test]
async fn a_function_may_be_a_variable() {
    let app = the_variables();
    assert_eq!(ask(&app, "GET", "/show/7").await.1, "8");
    assert_eq!(ask(&app, "GET", "/taken/7").await.1, "ann 7");
    let prefix = "x".to_owned();
    let twice = move |id: u8| format!("{prefix}{id}{id}");
    let app = routes! { "/<id>" => http(twice(id)), "/plain/<a>/<b>" => http(plain(a, b)) };
    assert_eq!(ask(&app, "GET", "/1").await.1, "x11");
    assert_eq!(ask(&app, "GET", "/plain/1/2").await.1, "3");
}

#[test]
fn a_socket_may_be_passed_to_a_variable() {
    let app = the_variables();
    for (path, text) in [("/tell", "hi"), ("/shared", "bob"), ("/async/cat", "cat")] {
        let mut client = app.test_ws(path);
        let chat_in_room = client.received().next().unwrap().unwrap();
        assert_eq!(chat_in_room.text(), text, "{path}");
    }
}

#[tokio::test]
async fn a_route_captures_any_number_of_values() {
    #[rustfmt::skip]
    #[allow(clippy::too_many_arguments)]
    fn sum(id: u8, a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: &u8) -> String {
        [id, a, b, c, d, e, f, g, h, i, j, k, l, *m].iter().sum::<u8>().to_string()
    }
    let n = 1;
    let app = routes! { "/<id>" => http(sum(id, n, n, n, n, n, n, n, n, n, n, n, n, &n)) };
    assert_eq!(ask(&app, "GET", "/7").await.1, "20");
}

#[test]
fn an_application_shows_its_routes() {
    let shown = format!("{:?}", the_app());
    assert!(shown.contains(r#"GET "/" => http(home)"#), "{shown}");
    assert!(shown.contains(r#""/ws/<name>" => ws(greet)"#), "{shown}");
}

#[test]
fn a_sockets_request_has_the_parameters() {
    let app = routes! {
        "/rooms/<room>/<_seat>" => ws(chat_in_room(ws, room)),
        "/bare/<team>" => mount(routes! { "/talk" => ws(tell) }),
        "/taken/<_name>" => ws(|ws: WebSocket, req: Request| async move {
            assert_eq!(seen(ws.request()), seen(&req));
            tell(ws).await
        }),
    };
    for (path, text) in [
        ("/rooms/a%20b/7", r#"{"room": "a b", "_seat": "7"}"#),
        ("/bare/red/talk", r#"{"team": "red"}"#),
        ("/taken/bob", r#"{"_name": "bob"}"#),
    ] {
        let mut client = app.test_ws(path);
        assert_eq!(
            client.received().next().unwrap().unwrap().text(),
            text,
            "{path}"
        );
    }
}

fn seen(request: &Request) -> String {
    format!("{:?}", request.extensions().get::<PathParams>().unwrap())
}

async fn tell(ws: WebSocket) -> WsResult {
    ws.send(WsMessage::new_text(seen(ws.request()))).await?;
    Ok(())
}

async fn chat_in_room(ws: WebSocket, _room: String) -> WsResult {
    tell(ws).await
}
