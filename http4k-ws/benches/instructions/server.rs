//! The server that is counted: plain and typed HTTP, and a socket that echoes.

use std::io::Write;
use std::sync::Arc;

use http4k_ws::lens::json::Json;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;

use super::Outcome;
use super::gate::{self, Held};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Count {
    name: String,
    count: i64,
}

async fn hello() -> &'static str {
    "hello"
}

fn greet(name: String) -> String {
    format!("hello {name}")
}

fn same_json(Json(count): Json<Count>) -> Json<Count> {
    Json(count)
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

routes! {
    fn app() -> PolyHandler {
        GET "/"             => http(hello()),
        GET "/hello/<name>" => http(greet(name)),
        POST "/json"        => http(same_json(_)),
        "/ws/<_name>"       => ws(echo(ws)),
    }
}

/// Serves on a free port, which it prints, until the standard input ends.
pub(super) fn serve() -> Outcome<()> {
    let held = Arc::<Held>::default();
    let (parked, unparked) = (Arc::clone(&held), Arc::clone(&held));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_park(move || parked.set_waiting(true))
        .on_thread_unpark(move || unparked.set_waiting(false))
        .build()?;
    runtime.block_on(async {
        gate::obey(held);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let mut stdout = std::io::stdout();
        writeln!(stdout, "{port}")?;
        stdout.flush()?;
        app().serve_with(listener, ServerConfig::default()).await?;
        Ok(())
    })
}
