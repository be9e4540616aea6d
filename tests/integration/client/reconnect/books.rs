//! The account of sent messages, with servers that act at random.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::client::reconnect::{ReconnectEvent, ReconnectEvents};
use http4k_ws::prelude::*;

use super::{closing, policy, serving};

/// A seeded source of choices.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Each message is received once and in order, or reported as unconfirmed or lost.
#[tokio::test(start_paused = true)]
async fn no_message_is_lost_in_silence() {
    for seed in 0..60 {
        let heard = Arc::new(Mutex::new(VecDeque::new()));
        let hears = Arc::clone(&heard);
        let serving = serving(move |connection, mut ws| {
            let hears = Arc::clone(&hears);
            Box::pin(async move {
                let mut dice = Dice(seed * 1000 + u64::from(connection));
                let mut left = dice.below(300);
                loop {
                    if left == 0 {
                        return Err(closing(1012));
                    }
                    left -= 1;
                    // This is sometimes slow enough to fill the client's own queue.
                    if dice.below(10) == 0 {
                        tokio::time::sleep(Duration::from_millis(dice.below(1000))).await;
                    }
                    match ws.recv().await? {
                        Some(message) => hears
                            .lock()
                            .unwrap()
                            .push_back(message.text().parse::<u64>()?),
                        None => return Ok(()),
                    }
                }
            })
        });
        let mut ws = serving
            .client()
            .with_policy(policy().with_seed(Some(seed)).with_give_up_after(None))
            .with_outbox(32, usize::MAX)
            .start::<WsMessage, WsMessage>();
        let events = ws.events();
        let mut dice = Dice(seed);
        let sent = 1000 + dice.below(1000);
        let sending = async {
            for number in 0..sent {
                if dice.below(20) == 0 {
                    tokio::time::sleep(Duration::from_millis(dice.below(300))).await;
                }
                ws.send(number.to_string()).await.expect("room in the end");
            }
            if dice.below(2) == 0 {
                tokio::time::sleep(Duration::from_secs(100)).await;
            }
            ws.close(WsStatus::NORMAL);
        };
        let (told, ()) = tokio::join!(tally(events), sending);
        let heard = heard.lock().unwrap();
        assert!(
            heard.iter().zip(heard.iter().skip(1)).all(|(a, b)| a < b),
            "seed {seed}: in order, once"
        );
        let received = heard.len() as u64;
        // Unconfirmed messages may have been received; all others were, or are reported as lost.
        assert!(
            received + told.lost <= sent,
            "seed {seed}: {received} {told:?} of {sent}"
        );
        assert!(
            told.unconfirmed + told.lost == sent,
            "seed {seed}: {told:?} of {sent}"
        );
    }
}

#[derive(Debug, Default)]
struct Tally {
    unconfirmed: u64,
    lost: u64,
}

async fn tally(mut events: ReconnectEvents) -> Tally {
    let mut tally = Tally::default();
    while let Some(event) = events.next().await {
        match event {
            ReconnectEvent::Disconnected { unconfirmed, .. } => tally.unconfirmed += unconfirmed,
            ReconnectEvent::Lost { messages } => tally.lost += messages,
            ReconnectEvent::Missed { .. } => panic!("the test hears every event"),
            _ => {}
        }
    }
    tally
}
