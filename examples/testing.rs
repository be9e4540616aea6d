//! The ways to test an application: as functions, in memory, in virtual time, and on every backend.
//!
//! ```text
//! cargo test --example testing
//! ```
//!
//! Read the tests below. The program itself serves the application at port 9000, or at the address in
//! its argument:
//!
//! ```text
//! cargo run --example testing
//! ```

use std::time::Duration;

use http4k_ws::prelude::*;
use tokio::time::{Instant, sleep_until, timeout};

/// The time without a bid after which the last bidder has won.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub(crate) struct Bid {
    pub(crate) amount: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Reply {
    Highest { amount: u32 },
    TooLow { highest: u32 },
    Sold { item: String, amount: u32 },
}

/// Returns the response to a bid, given the highest one so far. The rule needs no socket.
fn judged(bid: &Bid, highest: &mut u32) -> Reply {
    if bid.amount > *highest {
        *highest = bid.amount;
        Reply::Highest { amount: bid.amount }
    } else {
        Reply::TooLow { highest: *highest }
    }
}

async fn auction(mut ws: WebSocket<Bid, Reply>, item: String) -> WsResult {
    let mut highest = 0;
    while let Ok(bid) = timeout(PATIENCE, ws.recv()).await {
        match bid? {
            Some(bid) => ws.send(judged(&bid, &mut highest)).await?,
            None => return Ok(()),
        }
    }
    let amount = highest;
    ws.send(Reply::Sold { item, amount }).await?;
    Ok(())
}

/// Sends a message every thirty seconds.
async fn heartbeat(ws: WebSocket) -> WsResult {
    let began = Instant::now();
    for beat in 1.. {
        sleep_until(began + beat * Duration::from_secs(30)).await;
        ws.send(format!("beat {beat}")).await?;
    }
    Ok(())
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        GET "/items/<item>"   => http(|item: String| async move { format!("one {item}, as good as new") }),
        "/items/<item>"       => ws(auction(ws, item)),
        "/heartbeat"          => ws(heartbeat(ws)),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or_else(|| "127.0.0.1:9000".to_owned());
    println!("listening on {address}");
    app().serve(address).await
}

#[cfg(test)]
mod tests {
    use http4k_ws::contract_test;
    use http4k_ws::testing::contract::{AsyncBackend, Backend};
    use http4k_ws::testing::{NextMessage, with_seed};

    use http4k_ws::testing::WsClient;

    use super::*;

    fn bid(amount: u32) -> WsMessage {
        Bid { amount }.into_message().expect("a bid is JSON")
    }

    fn reply(client: &mut impl WsClient) -> Reply {
        let message = client.received().next().expect("a message");
        Reply::from_message(message.expect("an open socket")).expect("a reply of an auction")
    }

    // A handler is a function, and so is its decision.

    #[test]
    fn only_a_higher_bid_counts() {
        let mut highest = 10;
        assert_eq!(
            judged(&Bid { amount: 10 }, &mut highest),
            Reply::TooLow { highest: 10 }
        );
        assert_eq!(
            judged(&Bid { amount: 11 }, &mut highest),
            Reply::Highest { amount: 11 }
        );
    }

    // A socket in memory needs no port, no runtime and no sleep. `send` returns when the application has
    // nothing left to do.

    #[test]
    fn each_bid_gets_a_response() {
        let mut client = app().test_ws("/items/teapot");
        client.send(bid(5)).expect("an open socket");
        assert_eq!(reply(&mut client), Reply::Highest { amount: 5 });
        client.send(bid(5)).expect("an open socket");
        assert_eq!(reply(&mut client), Reply::TooLow { highest: 5 });
    }

    #[test]
    fn an_invalid_bid_ends_the_auction() {
        let mut client = app().test_ws("/items/teapot");
        client.send("one million").expect("an open socket");
        assert_eq!(client.closed().expect("an end").code(), 1007);
    }

    #[test]
    fn an_upgrade_without_a_route_gets_a_response() {
        let refusal = app().try_test_ws("/nowhere").expect_err("a refusal");
        assert_eq!(refusal.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            app().test_http("/items/teapot").body(),
            "one teapot, as good as new"
        );
    }

    // Time in memory is virtual with feature `testing`. Sending does not move it; waiting does.

    #[test]
    fn the_item_is_sold_after_a_minute_without_a_bid() {
        let mut client = app().test_ws("/items/teapot");
        client.send(bid(5)).expect("an open socket");
        reply(&mut client);
        client.advance(Duration::from_secs(59));
        client.send(bid(7)).expect("just in time");
        reply(&mut client);
        client.expect_silence(Duration::from_secs(59));
        let sold = Reply::Sold {
            item: "teapot".to_owned(),
            amount: 7,
        };
        assert_eq!(reply(&mut client), sold);
        assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    }

    #[test]
    fn the_heart_beats_all_day() {
        let mut client = app().test_ws("/heartbeat");
        client.expect_silence(Duration::from_millis(29_999));
        let day = client.received().take(24 * 120).map(Result::unwrap);
        assert_eq!(day.last().expect("a beat"), "beat 2880");
    }

    // A test can cause the faults of a network.

    #[test]
    fn a_client_that_vanishes_does_not_disturb_another() {
        let app = app();
        let (mut stays, goes) = (app.test_ws("/heartbeat"), app.test_ws("/heartbeat"));
        goes.vanish();
        let hour = stays.received().take(120).map(Result::unwrap);
        assert_eq!(hour.last().expect("a beat"), "beat 120");
    }

    #[test]
    fn each_item_has_its_own_auction_in_any_order() {
        for seed in 0..20 {
            with_seed(seed, || {
                let app = app();
                let mut clients = [1, 2, 3].map(|_| app.test_ws("/items/teapot"));
                for client in &mut clients {
                    client.send(bid(5)).expect("an open socket");
                }
                assert_eq!(
                    clients.each_mut().map(reply),
                    [1, 2, 3].map(|_| Reply::Highest { amount: 5 })
                );
            });
        }
    }

    // A contract is a function over a backend. It becomes three tests: `in_memory`, `over_the_network` at
    // a free port, and `over_duplex`, which writes and reads every byte without a port.

    #[contract_test(app())]
    fn each_bid_gets_a_response_on_every_backend(backend: &impl Backend) {
        let mut client = backend.ws("/items/tea%20pot");
        client.send(bid(5)).expect("an open socket");
        assert_eq!(reply(&mut client), Reply::Highest { amount: 5 });
        assert_eq!(
            client.next_within(Duration::from_millis(10)),
            NextMessage::Pending
        );
        client.close(WsStatus::GOING_AWAY);
        assert_eq!(client.closed(), Some(WsStatus::GOING_AWAY));
        let item = backend.http("/items/tea%20pot");
        assert_eq!(item.body(), "one tea pot, as good as new");
    }

    #[contract_test(app())]
    async fn two_may_bid_at_once(backend: &impl AsyncBackend) -> WsResult {
        let mut ann = backend.ws("/items/teapot").await.typed::<Reply, Bid>();
        let mut bob = backend.ws("/items/samovar").await.typed::<Reply, Bid>();
        tokio::try_join!(ann.send(Bid { amount: 5 }), bob.send(Bid { amount: 7 }))?;
        assert_eq!(ann.recv().await?, Some(Reply::Highest { amount: 5 }));
        assert_eq!(bob.recv().await?, Some(Reply::Highest { amount: 7 }));
        Ok(())
    }
}
