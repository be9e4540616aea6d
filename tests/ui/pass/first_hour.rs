//! First guesses of newcomers that compile.

use http4k_ws::prelude::*;

async fn show(id: u64) -> String {
    format!("user {id}")
}

/// Responds to a handshake without the socket.
fn open(name: &str) -> Option<WsConsumer> {
    let greeting = format!("hello {name}");
    (name != "nobody")
        .then(|| WsConsumer::new(move |ws: WebSocket| async move { ws.send(greeting).await }))
}

async fn open_later(name: impl Into<String>) -> Option<WsConsumer> {
    open(&name.into())
}

routes! {
    pub fn app() -> PolyHandler {
        // A comma may be missing.
        GET "/users/<id>" => http(show(id))
        // The path declares the type of the closure's parameter.
        GET "/length/<text: String>" => http(|text| text.len().to_string()),
        GET "/shown/<id>" => http(|id| show(id)),
        "/open/<name: String>" => ws(open(&name)),
        "/later/<name: String>" => ws(open_later(name)),
        "/closure/<name: String>" => ws(|name| open(&name)),
    }
}

fn made() -> PolyHandler {
    routes! { GET "/" => http(|| "made") }
}

#[test]
fn accepted() {
    assert_eq!(app().test_http("/users/7").body(), "user 7");
    assert_eq!(app().test_http("/length/four").body(), "4");
    assert_eq!(app().test_http("/shown/8").body(), "user 8");
    for path in ["/open/ann", "/later/ann", "/closure/ann"] {
        let mut client = app().test_ws(path);
        assert_eq!(
            client.received().next().unwrap().unwrap().text(),
            "hello ann"
        );
    }
    assert_eq!(app().try_test_ws("/open/nobody").unwrap_err().status(), 404);

    let local = |name: String| open(&name);
    let app = routes! { "/<name>" => ws(local(name)) };
    let mut client = app.test_ws("/ann");
    assert_eq!(
        client.received().next().unwrap().unwrap().text(),
        "hello ann"
    );
    assert_eq!(made().test_http("/").body(), "made");
    assert_eq!(
        routes!(GET "/" => http(|| "here")).test_http("/").body(),
        "here"
    );
    let both = [routes!(), routes! { GET "/" => http(|| "second"), }];
    assert_eq!(both[1].test_http("/").body(), "second");
}
