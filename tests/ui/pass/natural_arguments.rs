//! Arguments and heads that one writes first.

use std::sync::Arc;

use http4k_ws::{
    PolyHandler, Response, RouteError, WebSocket, WsClient, WsMessage, WsResult, routes,
};

trait Store: Send + Sync {
    fn name(&self) -> String;
}

struct Memory;

impl Store for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }
}

static POOL: Pool = Pool("pool");

/// Not `Clone`.
struct Pool(&'static str);

async fn shout(name: &str) -> String {
    name.to_uppercase()
}

async fn double(n: &u64) -> String {
    (n * 2).to_string()
}

async fn stored(store: &dyn Store) -> String {
    store.name()
}

async fn pooled(pool: &Pool) -> String {
    pool.0.to_owned()
}

async fn both(name: &str, pool: &Pool, store: &dyn Store) -> String {
    format!("{name} {} {}", pool.0, store.name())
}

async fn greet(ws: WebSocket, name: &str, pool: &Pool, store: &dyn Store) -> WsResult {
    let greeting = format!("{name} {} {}", pool.0, store.name());
    ws.send(WsMessage::new_text(greeting)).await?;
    Ok(())
}

fn rest(rest: &str) -> String {
    rest.to_owned()
}

fn word(r#type: String, r#gen: u8) -> String {
    format!("{} {}", r#type, r#gen)
}

#[derive(Debug)]
enum Failure {
    Routes(RouteError),
}

impl From<RouteError> for Failure {
    fn from(error: RouteError) -> Self {
        Self::Routes(error)
    }
}

routes! {
    fn app(store: Arc<dyn Store>) -> Result<PolyHandler, Box<dyn std::error::Error>> {
        "/shout/<name>" => http(shout(&name)),
        "/double/<n: u64>" => http(double(&n)),
        "/stored" => http(stored(&*store)),
        "/pooled" => http(pooled(&POOL)),
        "/both/<name>" => http(both(&name, &self::POOL, &*store)),
        "/ws/<name>" => ws(greet(ws, &name, &POOL, &*store)),
        "/rest/<all..>" => http(rest(&all)),
        "/raw/<r#type>/<gen: u8>" => http(word(r#type, r#gen)),
    }
}

routes! {
    fn own_error() -> Result<PolyHandler, Failure> {
        "/" => http(|| "own"),
    }
}

fn body(response: Response) -> String {
    let body = response.body().as_bytes().expect("it is there");
    String::from_utf8_lossy(body).into_owned()
}

fn main() {
    let app = app(Arc::new(Memory)).expect("the routes differ");
    for (path, expected) in [
        ("/shout/bob", "BOB"),
        ("/double/21", "42"),
        ("/stored", "memory"),
        ("/pooled", "pool"),
        ("/both/ann", "ann pool memory"),
        ("/rest/a/b", "a/b"),
        ("/raw/x/7", "x 7"),
    ] {
        assert_eq!(body(app.test_http(path)), expected, "{path}");
    }
    let mut client = app.test_ws("/ws/bob");
    let greeting = client.received().next().expect("a greeting").expect("no end");
    assert_eq!(greeting.text(), "bob pool memory");
    assert_eq!(app::word { r#type: "x", r#gen: 7 }.uri(), "/raw/x/7");
    assert_eq!(body(own_error().expect("one route").test_http("/")), "own");

    // The expression form.
    let store: Arc<dyn Store> = Arc::new(Memory);
    let app = routes! { "/<name>" => http(both(&name, &POOL, &*store)) };
    assert_eq!(body(app.test_http("/eve")), "eve pool memory");
}
