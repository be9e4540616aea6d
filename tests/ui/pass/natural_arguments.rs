//! Arguments and heads that newcomers write first.

use std::borrow::Cow;
use std::sync::Arc;

use http4k_ws::routing::RouteError;
use http4k_ws::testing::WsClient;
use http4k_ws::{PolyHandler, Response, WebSocket, WsMessage, WsResult, routes};

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

async fn shared(store: &Arc<dyn Store>) -> String {
    format!("shared {}", store.name())
}

async fn greet_from(ws: WebSocket, store: &dyn Store) -> WsResult {
    ws.send(WsMessage::new_text(store.name())).await?;
    Ok(())
}

fn texts(arc: Arc<str>, boxed: Box<str>, cow: Cow<'static, str>) -> String {
    format!("{arc} {boxed} {cow}")
}

fn segments(all: Vec<String>) -> String {
    format!("{all:?}")
}

fn sum(all: Vec<u32>) -> String {
    all.iter().sum::<u32>().to_string()
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
        "/lent" => http(stored(&store)),
        "/lent/both/<name>" => http(both(&name, &POOL, &store)),
        "/shared" => http(shared(&store)),
        "/ws-from" => ws(greet_from(ws, &store)),
        "/texts/<arc>/<boxed>/<cow>" => http(texts(arc, boxed, cow)),
        "/segments/<all..>" => http(segments(all)),
        "/sum/<all..>" => http(sum(all)),
        "/raw/<r#type>/<gen: u8>" => http(word(r#type, r#gen)),
    }
}

routes! {
    fn any_error() -> anyhow::Result<PolyHandler> {
        "/" => http(|| "any"),
        "/own" => mount(own_error().map_err(|error| anyhow::anyhow!("{error:?}"))?),
    }
}

routes! {
    fn sendable_error(
        error: Option<&str>,
    ) -> Result<PolyHandler, Box<dyn std::error::Error + Send + Sync>> {
        "/" => http(|| "sendable"),
        "/any" => mount({
            if let Some(error) = error {
                return Err(error.into());
            }
            any_error()?
        }),
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

#[test]
fn accepted() {
    let app = app(Arc::new(Memory)).expect("the routes differ");
    for (path, expected) in [
        ("/shout/bob", "BOB"),
        ("/double/21", "42"),
        ("/stored", "memory"),
        ("/pooled", "pool"),
        ("/both/ann", "ann pool memory"),
        ("/rest/a/b", "a/b"),
        ("/raw/x/7", "x 7"),
        ("/lent", "memory"),
        ("/lent/both/ann", "ann pool memory"),
        ("/shared", "shared memory"),
        ("/texts/a/b/c%20d", "a b c d"),
        ("/segments/a/b%2Fc/d", r#"["a", "b/c", "d"]"#),
        ("/segments", "[]"),
        ("/sum/1/2/3", "6"),
    ] {
        assert_eq!(body(app.test_http(path)), expected, "{path}");
    }
    for path in ["/sum/1/x", "/sum/1//2"] {
        assert_eq!(app.test_http(path).status(), 404, "{path}");
    }
    let mut client = app.test_ws("/ws-from");
    let greeting = client
        .received()
        .next()
        .expect("a greeting")
        .expect("no end");
    assert_eq!(greeting.text(), "memory");
    let mut client = app.test_ws("/ws/bob");
    let greeting = client
        .received()
        .next()
        .expect("a greeting")
        .expect("no end");
    assert_eq!(greeting.text(), "bob pool memory");
    assert_eq!(
        app::word {
            r#type: "x",
            r#gen: 7
        }
        .uri(),
        "/raw/x/7"
    );
    assert_eq!(body(own_error().expect("one route").test_http("/")), "own");

    let any = any_error().expect("the routes differ");
    assert_eq!(body(any.test_http("/")), "any");
    assert_eq!(body(any.test_http("/own")), "own");
    let nested = sendable_error(None).expect("no error");
    assert_eq!(body(nested.test_http("/any/own")), "own");
    let error = sendable_error(Some("down")).expect_err("an error");
    assert_eq!(error.to_string(), "down");

    // The expression form.
    let store: Arc<dyn Store> = Arc::new(Memory);
    let app = routes! { "/<name>" => http(both(&name, &POOL, &*store)) };
    assert_eq!(body(app.test_http("/eve")), "eve pool memory");
}
