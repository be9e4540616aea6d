//! A route table in front of an axum application that moves one route at a time.
//!
//! New routes are declared here. All others, sockets included, are still axum's. Run it with
//! `cargo run -p http4k-ws-examples-tower --example axum_inside`, then open
//! <http://127.0.0.1:9000/hello/bob> and <http://127.0.0.1:9000/users/7>.

use axum::extract::Path as AxumPath;
use axum::extract::ws::{WebSocket as AxumSocket, WebSocketUpgrade};
use axum::routing::{any, get};
use http4k_ws::prelude::*;
use http4k_ws::tower::{layer, service};
use tower_http::trace::TraceLayer;

/// The application as it was.
fn legacy() -> axum::Router {
    async fn echo(mut socket: AxumSocket) {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                return;
            }
        }
    }
    axum::Router::new()
        .route(
            "/users/{id}",
            get(|id: AxumPath<u64>| async move { format!("user {}", id.0) }),
        )
        .route(
            "/old/ws",
            any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(echo) }),
        )
}

async fn greet(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(format!("hello {name}")).await?;
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

routes! {
    /// The new table, with the old application behind it.
    fn table() -> PolyHandler {
        GET "/hello/<name>" => http(|name: String| format!("hello {name}")),
        "/ws/<name>"        => ws(greet(ws, name)),
        "/"                 => mount({ service(legacy()) }),
    }
}

/// A layer of tower-http is a filter over everything, opening handshakes included.
fn app() -> PolyHandler {
    table().with(layer(TraceLayer::new_for_http()))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:9000".into());
    println!("http://{address}");
    app().serve(address).await
}

#[cfg(test)]
mod tests {
    use http4k_ws::client::WebSocketClient;

    use super::*;

    #[test]
    fn old_and_new_routes_are_tested_in_memory() {
        assert_eq!(app().test_http("/hello/bob").body(), "hello bob");
        assert_eq!(app().test_http("/users/7").body(), "user 7");
        assert_eq!(app().test_http("/users/x").status(), 400);
        assert_eq!(app().test_http("/none").status(), 404);
        let mut client = app().test_ws("/ws/bob");
        assert_eq!(
            client.received().next().unwrap().unwrap().text(),
            "hello bob"
        );
        // axum takes the connection from the server, and in memory there is none.
        assert_eq!(app().try_test_ws("/old/ws").unwrap_err().status(), 501);
    }

    #[test]
    fn old_sockets_work_over_a_port() {
        let server = app().as_server("127.0.0.1:0").start().unwrap();
        let uri = format!("ws://{}/old/ws", server.addr());
        let mut socket = WebSocketClient::blocking(uri).unwrap();
        socket.send("still here").unwrap();
        assert_eq!(
            socket.received().next().unwrap().unwrap().text(),
            "still here"
        );
    }
}
