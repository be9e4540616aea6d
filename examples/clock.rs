//! A socket that sends a tick every second. Its test uses virtual time and does not wait.
//!
//! ```text
//! cargo run --example clock
//! ```

use std::time::Duration;

use http4k_ws::prelude::*;
use tokio::time::{Instant, interval};

/// Sends the number of seconds since the socket was opened, until the client closes.
async fn tick(mut ws: WebSocket) -> WsResult {
    let start = Instant::now();
    let mut seconds = interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            now = seconds.tick() => ws.send((now - start).as_secs().to_string()).await?,
            message = ws.recv() => if message?.is_none() { return Ok(()) },
        }
    }
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        "/clock" => ws(tick(ws)),
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
