//! Handlers, arguments and closures as users of other libraries write them first.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use http4k_ws::http::HeaderMap;
use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| vec!["one".to_owned()]);
static SITE: Site = Site { name: "site" };

struct Site {
    name: &'static str,
}

#[derive(Clone, Debug, Default)]
enum Mode {
    #[default]
    Fast,
    Slow(u32),
}

#[derive(Clone)]
struct Shop(Arc<str>);

async fn home() -> &'static str {
    "home"
}

fn plain() -> String {
    "plain".to_owned()
}

impl Shop {
    async fn about() -> Option<&'static str> {
        Some("about")
    }

    async fn name(&self) -> String {
        self.0.to_string()
    }

    async fn greet(&self, ws: WebSocket) -> WsResult {
        Ok(ws.send(self.0.to_string()).await?)
    }

    /// The routes are built from a reference, and have a copy.
    fn routes(&self) -> PolyHandler {
        routes! {
            "/name" => http(self.name()),
            "/field" => http(text(&self.0)),
            "/ws" => ws(self.greet(ws)),
        }
    }

    fn shared(self: Arc<Self>) -> PolyHandler {
        routes! { "/name" => http(self.name()) }
    }
}

async fn text(text: &str) -> String {
    text.to_owned()
}

async fn owned(text: String) -> String {
    text
}

async fn words(words: &[String]) -> String {
    words.join(" ")
}

async fn mode(mode: Mode) -> String {
    format!("{mode:?}")
}

async fn wait(duration: Duration) -> String {
    format!("{duration:?}")
}

async fn optional(number: Option<u32>) -> String {
    format!("{number:?}")
}

async fn shop(shop: &Shop) -> String {
    shop.0.to_string()
}

async fn until_closed(mut ws: WebSocket) -> ! {
    ws.try_send("tea").expect("there is space");
    loop {
        let _ = ws.recv().await;
        std::future::pending::<()>().await;
    }
}

routes! {
    fn app(borrowed: &Shop, name: String) -> PolyHandler {
        // Functions of nothing.
        "/" => http(home),
        "/plain" => http(plain),
        "/about" => http(Shop::about),
        // Statics, and what they hold.
        "/words" => http(words(&WORDS)),
        "/deref" => http(words(&*WORDS)),
        "/site" => http(text(&SITE.name)),
        // Values that are always the same.
        "/slow" => http(mode(Mode::Slow(3))),
        "/fast" => http(mode(Mode::default())),
        "/some" => http(optional(Some(3))),
        "/none" => http(optional(None)),
        "/wait" => http(wait(Duration::from_secs(3))),
        "/literal" => http(owned("literal".to_owned())),
        "/from" => http(owned(String::from("from"))),
        "/empty" => http(owned(String::new())),
        // Temporary values, which the route keeps.
        "/format" => http(text(&format!("format {}", 1))),
        "/cloned" => http(text(&name.clone())),
        "/upper" => http(text(&name.to_uppercase())),
        // A reference, of whose target the route has a copy.
        "/borrowed" => http(shop(borrowed)),
        "/again" => http(shop(&borrowed)),
        "/target" => http(shop(&*borrowed)),
        "/method" => http(borrowed.name()),
        "/never" => ws(until_closed(ws)),
        _ => http(plain),
    }
}

#[test]
fn functions_and_values() {
    let app = app(&Shop("tea".into()), "ann".to_owned());
    for (path, expected) in [
        ("/", "home"),
        ("/plain", "plain"),
        ("/about", "about"),
        ("/words", "one"),
        ("/deref", "one"),
        ("/site", "site"),
        ("/slow", "Slow(3)"),
        ("/fast", "Fast"),
        ("/some", "Some(3)"),
        ("/none", "None"),
        ("/wait", "3s"),
        ("/literal", "literal"),
        ("/from", "from"),
        ("/empty", ""),
        ("/format", "format 1"),
        ("/cloned", "ann"),
        ("/upper", "ANN"),
        ("/borrowed", "tea"),
        ("/again", "tea"),
        ("/target", "tea"),
        ("/method", "tea"),
        ("/unknown", "plain"),
    ] {
        assert_eq!(app.test_http(path).body(), expected, "{path}");
    }
    let mut client = app.test_ws("/never");
    assert_eq!(client.received().next().unwrap().unwrap(), "tea");
}

#[test]
fn receivers_of_a_method() {
    let app = Shop("tea".into()).routes();
    assert_eq!(app.test_http("/name").body(), "tea");
    assert_eq!(app.test_http("/field").body(), "tea");
    let mut client = app.test_ws("/ws");
    assert_eq!(client.received().next().unwrap().unwrap(), "tea");
    let app = Arc::new(Shop("shared".into())).shared();
    assert_eq!(app.test_http("/name").body(), "shared");
}

#[derive(Serialize, Deserialize)]
struct Page {
    number: u32,
}

routes! {
    fn closures() -> PolyHandler {
        "/query" => http(|page: Query<Page>| page.0.number.to_string()),
        "/headers/<id>" => http(|id: u64, headers: HeaderMap| format!("{id} {}", headers.len())),
        POST "/json" => http(|page: Json<Page>| async move { page }),
        POST "/body" => http(async |body: String| body),
        "/request" => http(|request: Request| request.uri().path().to_owned()),
        "/ignored" => http(|_request: Request| "ignored"),
        "/wild" => http(|_| async { "wild" }),
        "/ws" => ws(|socket: WebSocket, page: Query<Page>| async move {
            socket.send(page.0.number.to_string()).await
        }),
        "/sse" => sse(|events: Sse| async move { events.send("event").await }),
    }
}

#[test]
fn parameters_of_closures() {
    let app = closures();
    for (path, expected) in [
        ("/query?number=7", "7"),
        ("/headers/3", "3 0"),
        ("/request", "/request"),
        ("/ignored", "ignored"),
        ("/wild", "wild"),
        ("/sse", "data: event\n\n"),
    ] {
        assert_eq!(app.test_http(path).body(), expected, "{path}");
    }
    assert_eq!(
        app.test_http(Request::post("/body").body("text")).body(),
        "text"
    );
    let json = Request::post("/json").header("content-type", "application/json");
    assert_eq!(
        app.test_http(json.body(r#"{"number":7}"#)).body(),
        r#"{"number":7}"#
    );
    let mut client = app.test_ws("/ws?number=7");
    assert_eq!(client.received().next().unwrap().unwrap(), "7");
}

#[test]
fn closures_in_braces() {
    let word = "word".to_owned();
    let app = routes! {
        "/clone" => http({
            let word = word.clone();
            move || word.clone()
        }),
        "/later" => http({
            move || {
                let word = word.clone();
                async move { word }
            }
        }),
    };
    assert_eq!(app.test_http("/clone").body(), "word");
    assert_eq!(app.test_http("/later").body(), "word");
}

type Db = Arc<Mutex<HashMap<u64, String>>>;

async fn get(id: u64, db: Db) -> Option<String> {
    db.lock().unwrap().get(&id).cloned()
}

async fn put(id: u64, db: Db, text: String) -> (HeaderMap, StatusCode) {
    db.lock().unwrap().insert(id, text);
    (HeaderMap::new(), StatusCode::CREATED)
}

#[test]
fn variables_whose_type_the_call_decides() {
    let db = Arc::new(Mutex::new(HashMap::new()));
    let app = routes! {
        GET "/<id>" => http(get(id, db)),
        PUT "/<id>" => http(put(id, db, _)),
    };
    assert_eq!(
        app.test_http(Request::put("/3").body("three")).status(),
        201
    );
    assert_eq!(app.test_http("/3").body(), "three");
    let (db, text) = (Default::default(), None);
    let app = routes! {
        "/<id>" => http(get(id, db)),
        "/optional" => http(optional(text)),
    };
    assert_eq!(app.test_http("/3").status(), 404);
    assert_eq!(app.test_http("/optional").body(), "None");
}

#[derive(Deserialize)]
struct Id(u64);

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
}

#[derive(Deserialize)]
struct Named {
    id: u64,
    name: String,
}

async fn one(Path(id): Path<u64>) -> String {
    id.to_string()
}

async fn newtype(Path(id): Path<Id>) -> String {
    id.0.to_string()
}

async fn color(Path(color): Path<Color>) -> &'static str {
    match color {
        Color::Red => "red",
    }
}

async fn pair(Path((name, id)): Path<(String, u64)>) -> String {
    format!("{name} {id}")
}

async fn named(Path(named): Path<Named>) -> String {
    format!("{} {}", named.name, named.id)
}

async fn map(Path(all): Path<HashMap<String, String>>) -> String {
    all.len().to_string()
}

routes! {
    fn paths() -> PolyHandler {
        "/one/<id>" => http(one(_)),
        "/newtype/<id>" => http(newtype(_)),
        "/color/<color>" => http(color(_)),
        "/pair/<name>/<id>" => http(pair(_)),
        "/named/<id>/<name>" => http(named(_)),
        "/map/<id>/<name>" => http(map(_)),
        "/outer/<name>" => mount(inner()),
    }
}

routes! {
    fn inner() -> PolyHandler {
        "/<id>" => http(pair(_)),
    }
}

#[test]
fn the_whole_path() {
    let app = paths();
    for (path, expected) in [
        ("/one/3", "3"),
        ("/newtype/3", "3"),
        ("/color/red", "red"),
        ("/pair/ann/3", "ann 3"),
        ("/named/3/ann", "ann 3"),
        ("/map/3/ann", "2"),
        ("/outer/ann/3", "ann 3"),
    ] {
        assert_eq!(app.test_http(path).body(), expected, "{path}");
    }
    for path in ["/one/x", "/color/blue", "/pair/ann/x"] {
        assert_eq!(app.test_http(path).status(), 400, "{path}");
    }
}
