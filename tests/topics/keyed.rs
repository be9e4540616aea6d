//! Messages with a key of their own, in memory and over the network.

use http4k_ws::SendError;
use http4k_ws::contract_test;
use http4k_ws::filter::session_config;
use http4k_ws::prelude::*;
use http4k_ws::session::{SessionConfig, SlowConsumer};
use http4k_ws::testing::contract::Backend;

use crate::support::{Said, said};

/// Sends prices of three symbols without a pause, so that none leaves meanwhile.
async fn prices(ws: WebSocket<String, Said>, count: usize) -> WsResult {
    let sender = ws.sender();
    for number in 1..=count {
        let key = ["a", "b", "c"][number % 3];
        sender.try_send_keyed(key, said(&format!("{key}{number}")))?;
    }
    let dropped = sender.dropped();
    sender.send(said(&format!("dropped {dropped}"))).await?;
    Ok(())
}

/// Fills the queue, and offers a key that is not in it.
async fn others(ws: WebSocket<String, Said>) -> WsResult {
    let sender = ws.sender();
    for number in 1..=9 {
        sender.try_send(said(&number.to_string()))?;
    }
    sender.try_send_keyed(1, said("first"))?;
    assert_eq!(
        sender.try_send_keyed(2, said("other")),
        Err(SendError::Full)
    );
    sender.try_send_keyed(1, said("second"))?;
    sender.send_keyed(2, said("last")).await?;
    Ok(())
}

fn app() -> PolyHandler {
    let ten = |config: SessionConfig| config.with_queue_messages(10);
    let latest = move |config| ten(config).with_slow_consumer(SlowConsumer::DropOldest);
    routes! {
        "/waits" with(session_config(ten)) => {
            "/<count>" => ws(prices(ws, count)),
            "/others/of" => ws(others(ws)),
        },
        "/drops" with(session_config(latest)) => {
            "/<count>" => ws(prices(ws, count)),
        },
    }
}

fn texts(backend: &impl Backend, path: &str) -> Vec<String> {
    let mut client = backend.ws(path);
    let messages = client.received().map(|message| message.unwrap());
    let texts = messages.map(|message| Said::from_message(message).unwrap().text);
    texts.collect()
}

#[contract_test(app())]
fn the_latest_message_of_each_key_reaches_a_slow_peer(backend: &impl Backend) {
    for policy in ["waits", "drops"] {
        let texts = texts(backend, &format!("/{policy}/1000"));
        let (last, prices) = texts.split_last().unwrap();
        let dropped: usize = last.strip_prefix("dropped ").unwrap().parse().unwrap();
        let sent = texts.len() - 1 + dropped;
        assert!(sent == 1000 || policy == "drops", "{texts:?}");
        assert!(
            prices.ends_with(&["c998", "a999", "b1000"].map(str::to_owned)),
            "{texts:?}"
        );
    }
}

#[contract_test(app())]
fn below_its_bound_a_queue_keeps_every_message(backend: &impl Backend) {
    let texts = texts(backend, "/waits/9");
    let expected = [
        "b1",
        "c2",
        "a3",
        "b4",
        "c5",
        "a6",
        "b7",
        "c8",
        "a9",
        "dropped 0",
    ];
    assert_eq!(texts, expected);
}

#[contract_test(app())]
fn a_key_that_is_not_queued_waits_for_space(backend: &impl Backend) {
    let texts = texts(backend, "/waits/others/of");
    assert_eq!(texts[8..], ["9", "second", "last"]);
}
