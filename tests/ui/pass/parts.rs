//! Parts of a captured value, and several functions in one macro.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use http4k_ws::prelude::*;

/// Not `Clone`, as the states of most servers.
#[derive(Default)]
struct State {
    hits: AtomicU64,
    names: Mutex<Vec<String>>,
    title: String,
    inner: Inner,
}

#[derive(Default)]
struct Inner {
    hits: AtomicU64,
}

#[derive(Clone, Default)]
struct Config {
    title: String,
    hits: Arc<AtomicU64>,
}

async fn hit(hits: &AtomicU64) -> String {
    hits.fetch_add(1, Ordering::Relaxed).to_string()
}

fn hit_at_once(hits: &AtomicU64) -> String {
    hits.fetch_add(1, Ordering::Relaxed).to_string()
}

async fn add(names: &Mutex<Vec<String>>, name: String) -> String {
    let mut names = names.lock().unwrap();
    names.push(name);
    names.len().to_string()
}

async fn text(text: &str) -> String {
    text.to_owned()
}

async fn length(bytes: &[u8]) -> String {
    bytes.len().to_string()
}

async fn debug<T: Debug>(value: &T) -> String {
    format!("{value:?}")
}

async fn shown(value: &(dyn Debug + Send + Sync)) -> String {
    format!("{value:?}")
}

async fn both(hits: &AtomicU64, title: &str, id: u32) -> String {
    format!("{title} {id} {}", hits.load(Ordering::Relaxed))
}

async fn body(names: &Mutex<Vec<String>>, body: String) -> String {
    format!("{} {body}", names.lock().unwrap().len())
}

async fn chat(ws: WebSocket, hits: &AtomicU64, title: &str) -> WsResult {
    let hits = hits.load(Ordering::Relaxed);
    Ok(ws.send(format!("{title} {hits}")).await?)
}

fn open(title: &str) -> WsConsumer {
    let title = title.to_owned();
    WsConsumer::new(move |ws: WebSocket| async move { ws.send(title).await })
}

impl State {
    async fn count(&self, names: &Mutex<Vec<String>>) -> String {
        names.lock().unwrap().len().to_string()
    }

    fn routes(self: Arc<Self>) -> PolyHandler {
        routes! {
            "/hits" => http(hit(&self.hits)),
            "/title" => http(text(&self.title)),
        }
    }
}

routes! {
    fn app(
        state: Arc<State>,
        config: Config,
        lent: &Config,
        name: String,
        bytes: Vec<u8>,
        value: Arc<dyn Debug + Send + Sync>,
    ) -> PolyHandler {
        "/hit" => http(hit(&state.hits)),
        "/at-once" => http(hit_at_once(&state.hits)),
        "/deep" => http(hit(&state.inner.hits)),
        "/add/<name>" => http(add(&state.names, name)),
        "/title" => http(text(&state.title)),
        "/debug" => http(debug(&state.title)),
        "/generic" => http(debug(&state.names)),
        "/method" => http(state.count(&state.names)),
        "/both/<id>" => http(both(&state.hits, &state.title, id)),
        POST "/body" => http(body(&state.names, _)),
        "/copied" => http(text(&config.title)),
        "/target" => http(hit(&*config.hits)),
        "/lent" => http(text(&lent.title)),
        "/ws" => ws(chat(ws, &state.hits, &state.title)),
        "/open" => ws(open(&state.title)),
        // Methods that return a reference.
        "/as-str" => http(text(name.as_str())),
        "/whole" => http(text(&name[..])),
        "/as-slice" => http(length(bytes.as_slice())),
        "/as-ref" => http(shown(value.as_ref())),
    }

    /// A second function.
    pub fn second(number: u32) -> PolyHandler {
        "/<id: u32>" as number => http(sum(id, number)),
    }

    fn third() -> PolyHandler {}
}

fn sum(a: u32, b: u32) -> String {
    (a + b).to_string()
}

#[test]
fn parts_of_the_state() {
    let state = Arc::new(State {
        title: "title".to_owned(),
        ..State::default()
    });
    let config = |title: &str| Config {
        title: title.to_owned(),
        ..Config::default()
    };
    let app = app(
        state.clone(),
        config("copied"),
        &config("lent"),
        "name".to_owned(),
        vec![1, 2],
        Arc::new(7),
    );
    for (path, expected) in [
        ("/hit", "0"),
        ("/at-once", "1"),
        ("/hit", "2"),
        ("/deep", "0"),
        ("/deep", "1"),
        ("/add/ann", "1"),
        ("/add/bob", "2"),
        ("/title", "title"),
        ("/debug", "\"title\""),
        (
            "/generic",
            "Mutex { data: [\"ann\", \"bob\"], poisoned: false, .. }",
        ),
        ("/method", "2"),
        ("/both/5", "title 5 3"),
        ("/copied", "copied"),
        ("/target", "0"),
        ("/target", "1"),
        ("/lent", "lent"),
        ("/as-str", "name"),
        ("/whole", "name"),
        ("/as-slice", "2"),
        ("/as-ref", "7"),
    ] {
        assert_eq!(app.test_http(path).body(), expected, "{path}");
    }
    let posted = app.test_http(Request::post("/body").body("text"));
    assert_eq!(posted.body(), "2 text");
    for (path, expected) in [("/ws", "title 3"), ("/open", "title")] {
        let mut client = app.test_ws(path);
        assert_eq!(client.received().next().unwrap().unwrap(), expected);
    }
    assert_eq!(state.clone().routes().test_http("/hits").body(), "3");
    assert_eq!(state.clone().routes().test_http("/title").body(), "title");
    assert_eq!(state.hits.load(Ordering::Relaxed), 4);
    // The expression form.
    let app = routes! { "/" => http(hit(&state.hits)) };
    assert_eq!(app.test_http("/").body(), "4");
}

#[test]
fn several_functions() {
    assert_eq!(second(3).test_http("/4").body(), "7");
    assert_eq!(second::number { id: 4 }.uri(), "/4");
    assert_eq!(third().test_http("/").status(), 404);
}
