//! HTTP and WebSocket on one port.
//!
//! ```text
//! cargo run --example hello
//! ```
//!
//! `http://127.0.0.1:9000/` responds with `hiya world`. A socket at `ws://127.0.0.1:9000/bob` greets bob
//! and responds to every message.

use http4k_ws::prelude::*;

async fn home() -> &'static str {
    "hiya world"
}

async fn greet(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(format!("hello {name}")).await?;
    while let Some(_message) = ws.recv().await? {
        ws.send(format!("{name} is responding")).await?;
    }
    println!("{name} is closing");
    Ok(())
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        GET "/"   => http(home()),
        "/<name>" => ws(greet(ws, name)),
    }
}

fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:9000".to_owned());
    let server = app().as_server(address).start()?;
    println!("listening on {}", server.addr());
    server.block();
    Ok(())
}
