//! Transcripts: a session is recorded as a text, approved by a developer, and replayed as a test.
//!
//! ```text
//! cargo test --example transcript
//! HTTP4K_WS_APPROVE=1 cargo test --example transcript      # replaces the approved text
//! ```
//!
//! The program serves the application at port 9000, or at the address in its argument. It prints the
//! transcript of each socket when the socket is closed:
//!
//! ```text
//! cargo run --example transcript
//! ```

use http4k_ws::filter::record;
use http4k_ws::prelude::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Order {
    Coffee { milk: bool },
    Bill,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Served {
    Cup { of: String },
    Bill { cups: u32, cents: u32 },
}

/// A table in a café. It serves cups until the bill is requested.
async fn table(mut ws: WebSocket<Order, Served>, _number: u8) -> WsResult {
    let mut cups = 0;
    while let Some(order) = ws.recv().await? {
        match order {
            Order::Coffee { milk } => {
                cups += 1;
                let of = if milk { "coffee with milk" } else { "coffee" };
                ws.send(Served::Cup { of: of.to_owned() }).await?;
            }
            Order::Bill => {
                let cents = cups * 250;
                ws.send(Served::Bill { cups, cents }).await?;
                return Ok(());
            }
        }
    }
    Ok(())
}

pub(crate) fn app() -> PolyHandler {
    routes! { "/tables/<number>" => ws(table(ws, number)) }
}

#[tokio::main]
#[allow(dead_code)]
async fn main() -> std::io::Result<()> {
    let addr = std::env::args().nth(1);
    let addr = addr.as_deref().unwrap_or("127.0.0.1:9000");
    // Prints each socket when it is closed.
    let recording = record(|transcript| println!("{transcript}"));
    app().with(recording).serve(addr).await
}

#[cfg(test)]
mod tests {
    use http4k_ws::testing::InMemory;
    use http4k_ws::testing::contract::OverNetwork;
    use http4k_ws::testing::transcript::{Recorded, Transcript};

    use super::*;

    const APPROVED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/transcripts/cafe.transcript");

    /// Uses the application, and returns the transcript.
    fn visit() -> Transcript {
        let mut client = Recorded::new(app().test_ws("/tables/7"), "/tables/7");
        for order in [
            r#"{"type":"coffee","milk":true}"#,
            r#"{"type":"coffee","milk":false}"#,
            r#"{"type":"bill"}"#,
        ] {
            client.send(order).expect("the table is free");
            client.next();
        }
        client.next();
        client.into_transcript()
    }

    /// The session equals the approved transcript.
    #[test]
    fn a_visit_matches_the_approved_transcript() {
        if let Err(error) = visit().approve(APPROVED) {
            panic!("{error}");
        }
    }

    /// A transcript is a complete test, in memory and at a port.
    #[test]
    fn a_visit_replays_without_differences() {
        let text = visit().to_string();
        let visit: Transcript = text.parse().expect("what was written is read");
        assert_eq!(visit.replay_in(&InMemory::new(app())), Ok(()));
        assert_eq!(visit.replay_in(&OverNetwork::new(app())), Ok(()));
    }
}
