//! How an application is tested: as functions, in memory, in every backend at once, and ahead of its time.
//!
//! ```text
//! cargo test --example testing
//! ```
//!
//! The tests below are what to read. The program itself serves the application, at 9000 or where its
//! argument says:
//!
//! ```text
//! cargo run --example testing
//! ```

use std::time::Duration;

use http4k_ws::prelude::*;
use tokio::time::{Instant, sleep_until, timeout};

/// The clock of an auction: whoever bids last before it stands still for a minute has won.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub(crate) struct Bid {
    pub(crate) amount: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Told {
    Highest { amount: u32 },
    TooLow { highest: u32 },
    Sold { item: String, amount: u32 },
}

/// What a bid is answered with, given the highest one so far: no socket is needed to say that.
fn judged(bid: &Bid, highest: &mut u32) -> Told {
    if bid.amount > *highest {
        *highest = bid.amount;
        Told::Highest { amount: bid.amount }
    } else {
        Told::TooLow { highest: *highest }
    }
}

async fn auction(mut ws: WebSocket<Bid, Told>, item: String) -> WsResult {
    let mut highest = 0;
    while let Ok(bid) = timeout(PATIENCE, ws.recv()).await {
        match bid? {
            Some(bid) => ws.send(judged(&bid, &mut highest)).await?,
            None => return Ok(()),
        }
    }
    let amount = highest;
    ws.send(Told::Sold { item, amount }).await?;
    Ok(())
}

/// Says every thirty seconds that it is there.
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

    fn told(client: &mut impl WsClient) -> Told {
        let message = client.received().next().expect("a message");
        Told::from_message(message.expect("an open socket")).expect("what an auction tells")
    }

    // A handler is a function, and what it decides is one too.

    #[test]
    fn only_a_higher_bid_counts() {
        let mut highest = 10;
        assert_eq!(
            judged(&Bid { amount: 10 }, &mut highest),
            Told::TooLow { highest: 10 }
        );
        assert_eq!(
            judged(&Bid { amount: 11 }, &mut highest),
            Told::Highest { amount: 11 }
        );
    }

    // A socket in memory: no port, no runtime, no sleep. `send` returns when the application is done with it.

    #[test]
    fn a_bid_is_answered() {
        let mut client = app().test_ws("/items/teapot");
        client.send(bid(5)).expect("an open socket");
        assert_eq!(told(&mut client), Told::Highest { amount: 5 });
        client.send(bid(5)).expect("an open socket");
        assert_eq!(told(&mut client), Told::TooLow { highest: 5 });
    }

    #[test]
    fn what_is_no_bid_ends_the_auction() {
        let mut client = app().test_ws("/items/teapot");
        client.send("one million").expect("an open socket");
        assert_eq!(client.closed().expect("an end").code(), 1007);
    }

    #[test]
    fn an_upgrade_that_no_route_takes_is_an_answer() {
        let refusal = app().try_test_ws("/nowhere").expect_err("a refusal");
        assert_eq!(refusal.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            app().test_http("/items/teapot").body(),
            "one teapot, as good as new"
        );
    }

    // Time is virtual in memory, with the feature `testing`: sending never moves it, waiting does.

    #[test]
    fn it_is_sold_when_nobody_bids_for_a_minute() {
        let mut client = app().test_ws("/items/teapot");
        client.send(bid(5)).expect("an open socket");
        told(&mut client);
        client.advance(Duration::from_secs(59));
        client.send(bid(7)).expect("just in time");
        told(&mut client);
        client.expect_silence(Duration::from_secs(59));
        let sold = Told::Sold {
            item: "teapot".to_owned(),
            amount: 7,
        };
        assert_eq!(told(&mut client), sold);
        assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    }

    #[test]
    fn the_heart_beats_all_day() {
        let mut client = app().test_ws("/heartbeat");
        client.expect_silence(Duration::from_millis(29_999));
        let day = client.received().take(24 * 120).map(Result::unwrap);
        assert_eq!(day.last().expect("a beat"), "beat 2880");
    }

    // What goes wrong on a network can be done to an application here.

    #[test]
    fn a_client_that_vanishes_does_not_disturb_another() {
        let app = app();
        let (mut stays, goes) = (app.test_ws("/heartbeat"), app.test_ws("/heartbeat"));
        goes.vanish();
        let hour = stays.received().take(120).map(Result::unwrap);
        assert_eq!(hour.last().expect("a beat"), "beat 120");
    }

    #[test]
    fn whatever_the_order_each_bidder_has_an_auction_of_their_own() {
        for seed in 0..20 {
            with_seed(seed, || {
                let app = app();
                let mut clients = [1, 2, 3].map(|_| app.test_ws("/items/teapot"));
                for client in &mut clients {
                    client.send(bid(5)).expect("an open socket");
                }
                assert_eq!(
                    clients.each_mut().map(told),
                    [1, 2, 3].map(|_| Told::Highest { amount: 5 })
                );
            });
        }
    }

    // A contract is a function over a backend, and becomes three tests: `in_memory`, `over_the_network` at a port
    // that was free, and `over_duplex`, where every byte of a network is written and read without one.

    #[contract_test(app())]
    fn bids_are_answered_wherever_it_runs(backend: &impl Backend) {
        let mut client = backend.ws("/items/tea%20pot");
        client.send(bid(5)).expect("an open socket");
        assert_eq!(told(&mut client), Told::Highest { amount: 5 });
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
        let mut ann = backend.ws("/items/teapot").await.typed::<Told, Bid>();
        let mut bob = backend.ws("/items/samovar").await.typed::<Told, Bid>();
        tokio::try_join!(ann.send(Bid { amount: 5 }), bob.send(Bid { amount: 7 }))?;
        assert_eq!(ann.recv().await?, Some(Told::Highest { amount: 5 }));
        assert_eq!(bob.recv().await?, Some(Told::Highest { amount: 7 }));
        Ok(())
    }
}
