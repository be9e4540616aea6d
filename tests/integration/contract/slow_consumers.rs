//! The policies for messages that a slow peer cannot receive in time.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, channel};

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::session::{SessionConfig, SlowConsumer};
use http4k_ws::testing::{ReceiveError, WsClient};
use http4k_ws::{PolyHandler, SendError, WebSocket, WsMessage, WsResult, WsStatus};
use proptest::prelude::*;

use super::backends::{Backend, Memory, next_report, on_every_backend};

/// The number of dropped messages, and the result of the last send.
type Outcome = (u64, Result<(), SendError>);

/// Sends all messages without a pause, so that none leaves meanwhile, and reports the outcome.
fn burst(messages: Vec<WsMessage>) -> (PolyHandler, Receiver<Outcome>) {
    let (tell, outcomes) = channel();
    let app = move |mut ws: WebSocket| {
        let (tell, messages) = (tell.clone(), messages.clone());
        async move {
            let mut last = Ok(());
            for message in messages {
                last = ws.try_send(message);
            }
            tell.send((ws.dropped(), last))?;
            assert_eq!(ws.sender().dropped(), ws.dropped());
            ws.recv().await?;
            WsResult::Ok(())
        }
    };
    (app.into_poly_handler(), outcomes)
}

fn numbers(upto: u32) -> Vec<WsMessage> {
    (0..upto).map(|number| number.to_string().into()).collect()
}

/// Returns the messages until the end, and the kind of end.
fn received(client: &mut impl WsClient) -> (Vec<String>, Option<ReceiveError>) {
    let mut texts = Vec::new();
    for message in client.received() {
        match message {
            Ok(message) => texts.push(message.text().into_owned()),
            Err(error) => return (texts, Some(error)),
        }
    }
    (texts, None)
}

fn ten(policy: SlowConsumer) -> SessionConfig {
    SessionConfig::default()
        .with_queue_messages(10)
        .with_slow_consumer(policy)
}

/// Uses the number before a colon as the key; a message without a colon has no key.
fn by_prefix() -> SlowConsumer {
    SlowConsumer::coalesce_by(|message| {
        let text = message.as_text()?;
        text.split_once(':').map(|(key, _)| key.to_owned())
    })
}

on_every_backend! {
    fn wait_refuses_and_drops_nothing<B>() {
        let (app, outcomes) = burst(numbers(100));
        let mut client = B::start(app, ten(SlowConsumer::Wait)).connect("/");
        assert_eq!(next_report(&outcomes), (0, Err(SendError::Full)));
        client.send("enough").expect("open");
        let expected: Vec<_> = (0..10).map(|number| number.to_string()).collect();
        assert_eq!(received(&mut client), (expected, None));
    }

    fn drop_oldest_sends_the_latest<B>() {
        let (app, outcomes) = burst(numbers(100));
        let mut client = B::start(app, ten(SlowConsumer::DropOldest)).connect("/");
        assert_eq!(next_report(&outcomes), (90, Ok(())));
        client.send("enough").expect("open");
        let expected: Vec<_> = (90..100).map(|number| number.to_string()).collect();
        assert_eq!(received(&mut client), (expected, None));
    }

    fn coalesce_sends_the_latest_of_each_key<B>() {
        let keyed = (0..100).map(|number| format!("{}:{number}", number % 3).into());
        let (app, outcomes) = burst(keyed.collect());
        let mut client = B::start(app, ten(by_prefix())).connect("/");
        let (dropped, last) = next_report(&outcomes);
        assert_eq!(last, Ok(()));
        client.send("enough").expect("open");
        let (texts, end) = received(&mut client);
        assert_eq!((texts.len() as u64 + dropped, end), (100, None));
        assert!(texts.ends_with(&["1:97".to_owned(), "2:98".to_owned(), "0:99".to_owned()]), "{texts:?}");
    }

    fn close_sends_the_queued_messages_and_1013<B>() {
        let (app, outcomes) = burst(numbers(100));
        let mut client = B::start(app, ten(SlowConsumer::Close)).connect("/");
        let closed = SendError::Closed(WsStatus::TRY_AGAIN_LATER);
        assert_eq!(next_report(&outcomes), (0, Err(closed)));
        let expected: Vec<_> = (0..10).map(|number| number.to_string()).collect();
        let end = ReceiveError::Closed(WsStatus::TRY_AGAIN_LATER);
        assert_eq!(received(&mut client), (expected, Some(end)));
    }

    fn a_queue_with_room_leaves_nothing_out<B>() {
        for policy in [SlowConsumer::Wait, SlowConsumer::DropOldest, by_prefix(), SlowConsumer::Close] {
            let same_key = (0..10).map(|number| format!("key:{number}").into()).collect();
            let (app, outcomes) = burst(same_key);
            let mut client = B::start(app, ten(policy)).connect("/");
            assert_eq!(next_report(&outcomes), (0, Ok(())));
            client.send("enough").expect("open");
            let expected: Vec<_> = (0..10).map(|number| format!("key:{number}")).collect();
            assert_eq!(received(&mut client), (expected, None));
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Policy {
    Wait,
    Close,
    DropOldest,
    Coalesce,
}

/// The simplest model of a queue.
#[derive(Debug, Default)]
struct Model {
    waiting: VecDeque<String>,
    dropped: u64,
    closed: bool,
}

impl Model {
    fn bytes(&self) -> usize {
        self.waiting.iter().map(String::len).sum()
    }

    fn send(&mut self, text: &str, policy: Policy, most: usize, most_bytes: usize) {
        let full = |model: &Self| model.waiting.len() >= most || model.bytes() >= most_bytes;
        if self.closed {
            return;
        }
        if full(self) {
            match policy {
                Policy::Wait => return,
                Policy::Close => {
                    self.closed = true;
                    return;
                }
                Policy::DropOldest => {}
                Policy::Coalesce => {
                    let key = text.split_once(':').map(|(key, _)| key);
                    let before = self.waiting.len();
                    self.waiting.retain(|known| {
                        key.is_none() || known.split_once(':').map(|(key, _)| key) != key
                    });
                    self.dropped += (before - self.waiting.len()) as u64;
                }
            }
            while full(self) {
                self.waiting.pop_front();
                self.dropped += 1;
            }
        }
        self.waiting.push_back(text.to_owned());
        // A single message may exceed the byte limit, but only the last one.
        let last = self.waiting.back().map_or(0, String::len);
        assert!(self.waiting.len() <= most && self.bytes() - last < most_bytes.max(1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_policy_agrees_with_the_model_and_its_bounds(
        policy in prop_oneof![
            Just(Policy::Wait), Just(Policy::Close), Just(Policy::DropOldest), Just(Policy::Coalesce),
        ],
        most in 1_usize..20,
        most_bytes in 1_usize..500,
        texts in prop::collection::vec("([abc]:)?[xyz]{0,40}", 0..60),
    ) {
        let mut model = Model::default();
        for text in &texts {
            model.send(text, policy, most, most_bytes);
        }
        let config = SessionConfig::default()
            .with_queue_messages(most)
            .with_queue_bytes(most_bytes)
            .with_slow_consumer(match policy {
                Policy::Wait => SlowConsumer::Wait,
                Policy::Close => SlowConsumer::Close,
                Policy::DropOldest => SlowConsumer::DropOldest,
                Policy::Coalesce => by_prefix(),
            });
        let (app, outcomes) = burst(texts.iter().map(|text| text.as_str().into()).collect());
        let mut client = Memory::start(app, config).connect("/");
        prop_assert_eq!(next_report(&outcomes).0, model.dropped);
        // The send fails if the application has closed already.
        let _ = client.send("enough");
        let (texts, end) = received(&mut client);
        prop_assert_eq!(texts, Vec::from(model.waiting));
        prop_assert_eq!(end.is_some(), model.closed);
    }
}
