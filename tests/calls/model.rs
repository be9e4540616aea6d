//! Random interleavings of calls, streams, cancellations and mistakes, compared with a model.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http4k_ws::testing::{NextMessage, WsClient};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Seen, counted};

/// A step of a client. Few ids are used, so that many meet an open call.
#[derive(Debug, Clone)]
enum Step {
    Double(u64, i64),
    Wait(u64),
    Silence(u64),
    Count(u64, u32, Option<u32>),
    More(u64, u32),
    Cancel(u64),
    Unknown(u64),
    Malformed(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let id = || 0..6_u64;
    let step = prop_oneof![
        (id(), -9..9_i64).prop_map(|(id, number)| Step::Double(id, number)),
        id().prop_map(Step::Wait),
        id().prop_map(Step::Silence),
        (id(), 0..6_u32, proptest::option::of(0..4_u32))
            .prop_map(|(id, to, window)| Step::Count(id, to, window)),
        (id(), 0..4_u32).prop_map(|(id, more)| Step::More(id, more)),
        id().prop_map(Step::Cancel),
        id().prop_map(Step::Unknown),
        id().prop_map(Step::Malformed),
    ];
    proptest::collection::vec(step, 0..60)
}

/// An open call of the model.
enum Open {
    Waits,
    /// The next item, the last, and the number of items that may be sent.
    Counts(u32, u32, u32),
}

/// The open calls, and the messages that the server has sent since the last step.
#[derive(Default)]
struct Model {
    open: BTreeMap<u64, Open>,
    sent: Vec<Value>,
}

impl Model {
    /// Returns the message of `step`, and follows it.
    fn step(&mut self, step: &Step) -> Value {
        match *step {
            Step::Double(id, number) => {
                if self.starts(id) {
                    self.sent.push(json!({"id": id, "ok": 2 * number}));
                }
                json!({"id": id, "call": "double", "args": {"number": number}})
            }
            Step::Wait(id) => {
                if self.starts(id) {
                    self.open.insert(id, Open::Waits);
                }
                json!({"id": id, "call": "wait"})
            }
            Step::Silence(id) => {
                if self.starts(id) {
                    self.open.insert(id, Open::Waits);
                }
                json!({"id": id, "call": "silence"})
            }
            Step::Count(id, to, window) => {
                if self.starts(id) {
                    self.open
                        .insert(id, Open::Counts(1, to, window.unwrap_or(u32::MAX)));
                    self.count(id);
                }
                let mut message = json!({"id": id, "call": "count", "args": {"to": to}});
                if let Some(window) = window {
                    message["window"] = window.into();
                }
                message
            }
            Step::More(id, more) => {
                if let Some(Open::Counts(_, _, may)) = self.open.get_mut(&id) {
                    *may = may.saturating_add(more);
                }
                self.count(id);
                json!({"id": id, "more": more})
            }
            Step::Cancel(id) => {
                self.open.remove(&id);
                json!({"id": id, "cancel": true})
            }
            Step::Unknown(id) => {
                self.fail(id, 404);
                json!({"id": id, "call": "nothing"})
            }
            Step::Malformed(id) => {
                self.fail(id, 400);
                json!({"id": id, "call": 7})
            }
        }
    }

    /// Returns `true` if the id is free. Otherwise both calls end.
    fn starts(&mut self, id: u64) -> bool {
        let is_free = !self.open.contains_key(&id);
        if !is_free {
            self.fail(id, 409);
        }
        is_free
    }

    fn fail(&mut self, id: u64, status: u16) {
        self.open.remove(&id);
        self.sent.push(json!({"id": id, "status": status}));
    }

    fn count(&mut self, id: u64) {
        let Some(Open::Counts(next, to, may)) = self.open.get_mut(&id) else {
            return;
        };
        while *next <= *to && *may > 0 {
            self.sent.push(json!({"id": id, "item": *next}));
            (*next, *may) = (*next + 1, *may - 1);
        }
        if *next > *to {
            self.sent.push(json!({"id": id, "end": true}));
            self.open.remove(&id);
        }
    }
}

/// Returns all messages that have arrived, errors by their status alone.
fn received(client: &mut impl WsClient) -> Vec<Value> {
    let mut received = Vec::new();
    while let NextMessage::Message(message) = client.next_within(Duration::ZERO) {
        let mut message: Value = serde_json::from_slice(message.as_bytes()).unwrap();
        if message.get("error").is_some() {
            message = json!({"id": message["id"], "status": message["error"]["status"]});
        }
        received.push(message);
    }
    received
}

/// Returns the messages of each id, in their order.
fn by_id(messages: &[Value]) -> BTreeMap<u64, Vec<&Value>> {
    let mut ids = BTreeMap::<u64, Vec<&Value>>::new();
    for message in messages {
        ids.entry(message["id"].as_u64().unwrap())
            .or_default()
            .push(message);
    }
    ids
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// The client sees the end of each step before the next.
    #[test]
    fn one_step_at_a_time_is_as_the_model(steps in steps()) {
        let seen = Arc::<Seen>::default();
        let mut client = counted(&seen).test_ws("/");
        let mut model = Model::default();
        for step in &steps {
            let message = model.step(step);
            client.send(message.to_string()).unwrap();
            prop_assert_eq!(received(&mut client), std::mem::take(&mut model.sent), "{:?}", step);
            prop_assert_eq!(seen.running(), model.open.len());
        }
        drop(client);
        prop_assert_eq!(seen.running(), 0);
    }

    /// Many messages are under way. A call that is open in the model may have ended before, so only
    /// what holds in any order is compared.
    #[test]
    fn at_once_each_id_has_the_messages_of_a_legal_order(
        steps in steps(),
        pauses in proptest::collection::vec(any::<bool>(), 60),
    ) {
        let seen = Arc::<Seen>::default();
        let received = at_once(&seen, &steps, &pauses);
        let by_id = by_id(&received);
        for (id, messages) in &by_id {
            let mut last = 0;
            for message in messages {
                match message["item"].as_u64() {
                    Some(item) => {
                        // A call behind a cancellation starts again.
                        prop_assert!(item == last + 1 || item == 1, "id {}: {}", id, item);
                        last = item;
                    }
                    None => last = 0,
                }
            }
            let ends = messages.iter().filter(|message| message.get("item").is_none()).count();
            let calls = steps.iter().filter(|step| step.calls() == Some(*id)).count();
            prop_assert!(ends <= calls, "{} ends of {} calls under id {}", ends, calls, id);
        }
        prop_assert_eq!(seen.running(), 0);
    }
}

impl Step {
    /// Returns the id under which a reply may follow.
    fn calls(&self) -> Option<u64> {
        match *self {
            Self::More(..) | Self::Cancel(_) => None,
            Self::Double(id, _) | Self::Wait(id) | Self::Silence(id) | Self::Count(id, ..) => {
                Some(id)
            }
            Self::Unknown(id) | Self::Malformed(id) => Some(id),
        }
    }
}

/// Sends all steps, with pauses, and returns all messages of the server.
fn at_once(seen: &Arc<Seen>, steps: &[Step], pauses: &[bool]) -> Vec<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(async {
        let mut client = counted(seen).connect_ws("/").await.unwrap();
        let mut model = Model::default();
        for (step, pauses) in steps.iter().zip(pauses) {
            client.send(model.step(step).to_string()).await.unwrap();
            if *pauses {
                tokio::task::yield_now().await;
            }
        }
        let mut received = Vec::new();
        let limit = Duration::from_millis(1);
        while let Ok(Ok(Some(message))) = tokio::time::timeout(limit, client.recv()).await {
            received.push(serde_json::from_slice(message.as_bytes()).unwrap());
        }
        drop(client);
        tokio::time::sleep(limit).await;
        received
    })
}
