//! Links of parameters without a type in the path, whose values the functions of the routes test.

use std::borrow::Cow;
use std::sync::Arc;

use http4k_ws::message::UriFillError;
use http4k_ws::prelude::*;
use http4k_ws::routing::Link;
use http4k_ws::{PathParam, routes};

#[derive(Clone)]
struct Db(&'static str);

impl Db {
    async fn find(&self, id: u64) -> String {
        format!("{} {id}", self.0)
    }
}

#[derive(Clone)]
struct State {
    list: Box<[u8]>,
}

fn borrows_part(id: u8, list: &[u8]) -> String {
    format!("{id} {list:?}")
}

#[derive(PathParam)]
struct UserId(u64);

#[derive(PathParam)]
#[path_param(rename_all = "lowercase")]
enum Order {
    Newest,
    Oldest,
}

fn show(id: u64) -> String {
    id.to_string()
}

async fn in_db(id: u32, db: Db) -> String {
    format!("{} {id}", db.0)
}

fn borrows(name: &str, db: &Db) -> String {
    format!("{} {name}", db.0)
}

fn shared(name: Arc<str>, title: Cow<'static, str>) -> String {
    format!("{name} {title}")
}

fn of_types(user: UserId, order: Order) -> String {
    let order = match order {
        Order::Newest => "newest",
        Order::Oldest => "oldest",
    };
    format!("{user} {order}")
}

fn numbers(all: Vec<u8>) -> String {
    format!("{all:?}")
}

fn whole(rest: String) -> String {
    rest
}

fn generic<T: std::str::FromStr + ToString>(value: T) -> String {
    value.to_string()
}

async fn talk(ws: WebSocket, room: u16, db: Db) -> WsResult {
    ws.send(format!("{} {room}", db.0)).await?;
    Ok(())
}

fn put(id: String) -> String {
    id
}

fn both(year: u16, req: Request) -> String {
    format!("{year} {}", req.uri().path())
}

fn asked<T: ToString>(id: u8, value: T) -> String {
    format!("{id} {}", value.to_string())
}

routes! {
    fn app(db: Db, state: State, text: &str) -> PolyHandler {
        "/users/<id>" => http(show(id)),
        "/db/<id>" => http(in_db(id, db)),
        "/method/<id>" as method => http(db.find(id)),
        "/borrows/<name>" => http(borrows(&name, &db)),
        "/shared/<name>/<title>" => http(shared(name, title)),
        "/types/<user>/<order>" => http(of_types(user, order)),
        "/numbers/<all..>" => http(numbers(all)),
        "/whole/<rest..>" => http(whole(rest)),
        "/generic/<value>" => http(generic::<i8>(value)),
        "/rooms/<room>" => ws(talk(ws, room, db)),
        "/closure/<id>" as closure => http(|id: u64| async move { id.to_string() }),
        GET "/one/<id>" as one => http(show(id)),
        PUT "/one/<id>" as one => http(put(id)),
        GET "/two/<id>" as two => http(show(id)),
        "/asked/<id>" => http(asked(id, db.0)),
        "/part/<id>" as part => http(borrows_part(id, &state.list)),
        "/clone/<id>" as cloned => http(in_db(id, db.clone())),
        "/text/<id>" as text => http(asked(id, format!("{}{:?}", db.clone().0, &state.list))),
        "/literal/<id>" as literal => http(asked(id, -1)),
        "/moved/<id>" as moved => http(asked(id, text.len())),
        "/b/<year>" => {
            "/<id>" with(max_body(10)) => { "/x" as of_block => http(|year: u8, id: i32| format!("{year} {id}")) },
            "/both" => http(both(year, req)),
        },
        DELETE "/two/<id>" as two => http(|id: char| id.to_string()),
        "/typed/<id: u64>/<name>" as typed => http(|id: u64, name: bool| format!("{id} {name}")),
    }
}

routes! {
    fn of_generics<S: ToString + Clone + Send + Sync + 'static>(value: S) -> PolyHandler {
        "/<id>" as one => http(asked(id, value)),
    }
}

fn refusal(link: &impl Link) -> String {
    let error = link.try_uri().unwrap_err();
    assert!(matches!(error, UriFillError::Unreadable { .. }), "{error}");
    error.to_string()
}

fn max_body(bound: u64) -> impl http4k_ws::PolyFilter {
    http4k_ws::filter::max_body(bound)
}

#[test]
fn a_value_that_the_function_reads_makes_a_link_that_arrives() {
    let app = app(
        Db("db"),
        State {
            list: vec![1].into_boxed_slice(),
        },
        "four",
    );
    for (link, body) in [
        (app::show { id: 7_i8 }.uri(), "7"),
        (app::show { id: "7" }.uri(), "7"),
        (app::in_db { id: 7.0 }.uri(), "db 7"),
        (app::method { id: '7' }.uri(), "db 7"),
        (app::borrows { name: 7 }.uri(), "db 7"),
        (
            app::shared {
                name: "a/b",
                title: true,
            }
            .uri(),
            "a/b true",
        ),
        (
            app::of_types {
                user: UserId(7),
                order: Order::Oldest,
            }
            .uri(),
            "7 oldest",
        ),
        (
            app::of_types {
                user: 7,
                order: "newest",
            }
            .uri(),
            "7 newest",
        ),
        (app::numbers { all: "1/2" }.uri(), "[1, 2]"),
        (app::numbers { all: "" }.uri(), "[]"),
        (app::whole { rest: "a b/%" }.uri(), "a b/%"),
        (app::generic { value: -8 }.uri(), "-8"),
        (app::closure { id: 7 }.uri(), "7"),
        (app::one { id: 7 }.uri(), "7"),
        (app::asked { id: 7 }.uri(), "7 db"),
        (app::part { id: 7 }.uri(), "7 [1]"),
        (app::cloned { id: 7 }.uri(), "db 7"),
        (app::text { id: 7 }.uri(), "7 db[1]"),
        (app::literal { id: 7 }.uri(), "7 -1"),
        (app::of_block { year: 1, id: -2 }.uri(), "1 -2"),
        (app::both { year: 1 }.uri(), "1 /b/1/both"),
        (app::typed { id: 7, name: true }.uri(), "7 true"),
    ] {
        assert_eq!(app.test_http(&*link).body(), body, "{link}");
    }
    assert_eq!(app::talk { room: 7 }.uri(), "/rooms/7");
    // One of the two functions reads it.
    assert_eq!(app::one { id: "seven" }.uri(), "/one/seven");
    assert_eq!(app::two { id: "c" }.uri(), "/two/c");
    assert_eq!(app::two { id: 77 }.uri(), "/two/77");
    // The route may move `text`, so it is built in `app` itself.
    assert_eq!(app::moved { id: "seven" }.uri(), "/moved/seven");
    // The function has generics, so it is not called for a test.
    assert_eq!(of_generics::one { id: "seven" }.uri(), "/seven");
    assert_eq!(of_generics(7).test_http("/seven").status(), 404);
}

#[test]
fn a_value_that_the_function_cannot_read_is_refused() {
    assert_eq!(
        refusal(&app::show { id: "seven" }),
        "the value `seven` for `id` in template `/users/<id>` is not u64, which the function of the \
         route takes"
    );
    for refused in [
        refusal(&app::show { id: -1 }),
        refusal(&app::in_db { id: u64::MAX }),
        refusal(&app::method { id: "7/" }),
        refusal(&app::of_types {
            user: "x",
            order: Order::Newest,
        }),
        refusal(&app::of_types {
            user: 7,
            order: "new",
        }),
        refusal(&app::numbers { all: "1/x" }),
        refusal(&app::numbers { all: "1/" }),
        refusal(&app::generic { value: 128 }),
        refusal(&app::talk { room: 65536 }),
        refusal(&app::closure {
            id: "".len() as f32 + 0.5,
        }),
        refusal(&app::two { id: "cc" }),
        refusal(&app::asked { id: 256 }),
        refusal(&app::part { id: 256 }),
        refusal(&app::cloned { id: -1 }),
        refusal(&app::text { id: 256 }),
        refusal(&app::literal { id: 256 }),
        refusal(&app::of_block { year: 256, id: 1 }),
        refusal(&app::of_block { year: 1, id: "x" }),
        refusal(&app::both { year: "x" }),
        refusal(&app::typed { id: 7, name: "yes" }),
    ] {
        assert!(
            refused.contains("which the function of the route takes"),
            "{refused}"
        );
    }
    assert!(app::try_uri(app::show { id: "seven" }).is_err());
}

#[test]
#[should_panic = "the value `seven` for `id` in template `/users/<id>` is not u64"]
fn a_path_with_such_a_value_panics() {
    app::show { id: "seven" }.uri();
}
