//! Automatic reconnection: a client follows a feed whose server restarts again and again.
//!
//! ```text
//! cargo run --example reconnect
//! ```
//!
//! The numbers continue after each restart, because the client sends its last number:
//!
//! ```text
//! Connected { attempt: 1 }
//! 1
//! 2
//! 3
//! Disconnected { status: WsStatus { code: 1012, reason: "service restart" }, unconfirmed: 0 }
//! Reconnecting { attempt: 2, after: 68.2ms }
//! Connected { attempt: 2 }
//! 4
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::client::reconnect::{ReconnectPolicy, ReconnectingWebSocket};
use http4k_ws::prelude::*;
use tokio::time::sleep;

/// Receives the client's last number and sends the next three. Then the server restarts.
async fn count(mut ws: WebSocket) -> WsResult {
    let Some(last) = ws.recv().await? else {
        return Ok(());
    };
    let last: u32 = last.text().parse()?;
    for number in last + 1..=last + 3 {
        ws.send(number.to_string()).await?;
        sleep(Duration::from_millis(200)).await;
    }
    Err(WsError::closing(WsStatus::RESTART))
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        "/count" => ws(count(ws)),
    }
}

/// Prints the numbers of the feed, over as many connections as necessary.
pub(crate) fn counting(uri: String) -> (ReconnectingWebSocket, Arc<AtomicU32>) {
    let last = Arc::new(AtomicU32::new(0));
    let resume = Arc::clone(&last);
    let policy = ReconnectPolicy::default().with_base(Duration::from_millis(100));
    let feed = WebSocketClient::to(uri)
        .reconnecting()
        .with_policy(policy)
        .on_connect(move |ws| {
            let last = resume.load(Ordering::Relaxed).to_string();
            async move {
                ws.send(last).await?;
                Ok(ws)
            }
        })
        .start();
    (feed, last)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = app().as_server("127.0.0.1:0").start()?;
    let (mut feed, last) = counting(format!("ws://{}/count", server.addr()));
    let mut events = feed.events();
    while last.load(Ordering::Relaxed) < 9 {
        tokio::select! {
            Some(event) = events.next() => println!("{event:?}"),
            number = feed.recv() => {
                let number = number?.ok_or("it gave up")?;
                println!("{}", number.text());
                last.store(number.text().parse()?, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}
