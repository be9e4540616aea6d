//! Programs of a first hour that compile as they are.
// A handler that is yet to be written is one of them.
#![allow(clippy::todo)]

use std::sync::LazyLock;

use http4k_ws::prelude::*;
use http4k_ws::{SendError, StatusCode};

#[derive(Clone)]
struct Hub(&'static str);

impl Hub {
    async fn greet(&self, name: String) -> String {
        format!("{} {name}", self.0)
    }

    fn title(hub: &Self) -> String {
        hub.0.to_owned()
    }
}

async fn home() -> &'static str {
    "home"
}

async fn show<T: ToString>(id: T) -> String {
    id.to_string()
}

async fn create(order: String) -> (StatusCode, String) {
    (StatusCode::CREATED, order)
}

/// The error of `send`, without a conversion.
async fn say(ws: WebSocket, text: String) -> Result<(), SendError> {
    ws.send(text).await
}

const HOME: fn() -> &'static str = || "constant";

/// An application in a static is built at its first use.
static APP: LazyLock<PolyHandler> = LazyLock::new(|| {
    routes! {
        "/" => http(home()),
        "/say/<text>" => ws(say(ws, text)),
    }
});

routes! {
    fn app(hub: Hub) -> PolyHandler {
        "/todo" => http(|| -> Response { todo!() }),
        "/orders" => {
            GET => http(home()),
            POST => http(create(_)),
        },
        "/async/<id>" => http(async |id: u64| id.to_string()),
        "/move/<id>" => http(move |id: u64| id.to_string()),
        "/commas/<id>" => http(show::<u64>(id,),),
        "/self/<id>" => http(self::show::<i8>(id)),
        "/ufcs/<name>" => http(Hub::greet(&hub, name)),
        "/title" => http(Hub::title(&hub)),
        r"/raw/<id>" => http(show::<char>(id)),
        r#"/raw"# => http(HOME),
        "/é/<naïve>" => http(|naïve: String| naïve),
        "/sockets" => ws(async |ws: WebSocket| { ws.send("hi").await }),
    }
}

#[test]
fn they_respond() {
    let app = app(Hub("hub"));
    for (path, body) in [
        ("/orders", "home"),
        ("/async/7", "7"),
        ("/move/7", "7"),
        ("/commas/7", "7"),
        ("/self/-7", "-7"),
        ("/ufcs/bob", "hub bob"),
        ("/title", "hub"),
        ("/raw/x", "x"),
        ("/raw", "constant"),
        ("/%C3%A9/x", "x"),
    ] {
        assert_eq!(app.test_http(path).body(), body, "{path}");
    }
    assert_eq!(app.test_http("/todo").status(), 500);
    let created = app.test_http((http4k_ws::Method::POST, "/orders", "tea"));
    assert_eq!(
        (created.status().as_u16(), created.body().as_text().unwrap()),
        (201, "tea")
    );
    let mut sockets = app.test_ws("/sockets");
    assert_eq!(sockets.received().next().unwrap().unwrap().text(), "hi");
}

#[test]
fn an_application_in_a_static_responds() {
    assert_eq!(APP.test_http("/").body(), "home");
    let mut socket = APP.test_ws("/say/hi");
    assert_eq!(socket.received().next().unwrap().unwrap().text(), "hi");
}
