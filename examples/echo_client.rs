//! An echo client for conformance tests.
//!
//! It connects to Autobahn's fuzzing server, requests the number of cases, runs each of them, and lets
//! the server write its report. It offers compression.
//!
//! ```text
//! cargo run --release --example echo_client -- ws://127.0.0.1:9001 http4k-ws
//! ```

use http4k_ws::client::ConnectError;
use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::session::{Deflate, SessionConfig};

/// The length of the longest message in the suite, in bytes.
const MAX_MESSAGE: usize = 64 * 1024 * 1024;

async fn connect(uri: String) -> Result<WebSocket, ConnectError> {
    let config = SessionConfig::default()
        .with_max_message(MAX_MESSAGE)
        .with_deflate(Deflate::default().with_max_ratio(None));
    WebSocketClient::to(uri).with_config(config).connect().await
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    ws.closed().await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let server = arguments.next().unwrap_or("ws://127.0.0.1:9001".to_owned());
    let agent = arguments.next().unwrap_or("http4k-ws".to_owned());

    let mut count = connect(format!("{server}/getCaseCount")).await?;
    let cases: u32 = match count.recv().await? {
        Some(message) => message.text().parse()?,
        None => return Err("the server closed without telling the number of cases".into()),
    };
    for case in 1..=cases {
        let socket = connect(format!("{server}/runCase?case={case}&agent={agent}")).await?;
        if let Err(error) = echo(socket).await {
            println!("case {case}: {error}");
        }
    }
    let report = connect(format!("{server}/updateReports?agent={agent}")).await?;
    report.closed().await;
    println!("ran {cases} cases");
    Ok(())
}
