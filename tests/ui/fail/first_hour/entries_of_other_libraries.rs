use http4k_ws::filter::max_body;
use http4k_ws::prelude::*;

fn home() -> &'static str {
    "home"
}

async fn chat(ws: WebSocket) -> WsResult {
    Ok(ws.send("hi").await?)
}

fn users() -> PolyHandler {
    routes! { "/" => http(home()) }
}

routes! {
    fn methods() -> PolyHandler {
        (GET | POST) "/a" => http(home()),
        [GET, POST] "/b" => http(home()),
        GET ("/c") => http(home()),
        GET("/d") => http(home()),
        GET: "/e" => http(home()),
        "/f" GET => http(home()),
        "/g" => GET => http(home()),
        "/h" => get(home).post(home),
        "/i" => { get: http(home()), post: home() },
        "/j" => { get(home), post(home) },
    }
}

routes! {
    fn chains() -> PolyHandler {
        app.get("/a", home),
        Router::new().route("/b", get(home)),
        .route("/c", get(home)).route("/d", post(home)),
        #[get("/e")] fn handler() -> &'static str { "e" },
        "/f" bind GET to home,
        "/g" bind http(home()),
        "/h" / u64 => http(home()),
    }
}

routes! {
    fn routers() -> PolyHandler {
        "/a" => nest { "/b" => http(home()) },
        "/c" => nest(users()),
        "/d" => users(),
        merge(users()),
        nest("/e", users()),
    }
}

routes! {
    fn filters() -> PolyHandler {
        layer(max_body(4)) => { "/a" => http(home()) },
        use(max_body(4)),
        "/b" wrap(max_body(4)) => http(home()),
        "/c" guard(|request: Request| async { Ok::<_, Response>(request) }) => http(home()),
        "/d" with: max_body(4) => http(home()),
        "/e" with(max_body(4)) with(max_body(5)) => http(home()),
    }
}

routes! {
    fn targets() -> PolyHandler {
        "/a" => (http(home())),
        "/b" => (http(home()), ws(chat(ws))),
        "/c" => [http(home()), ws(chat(ws))],
        "/d" => StatusCode::NO_CONTENT,
        "/e" => format!("e"),
        "/f" => |id: u64| id.to_string(),
        "/g" => async || "g",
    }
}

routes! {
    fn names() -> PolyHandler {
        a: GET "/a" => http(home()),
        b: "/b" => http(home()),
        GET "/c" as "c" => http(home()),
    }
}

fn main() {}
