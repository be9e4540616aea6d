//! The application of these tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream;
use http4k_ws::calls::{
    CallProblem, CallReply, CallResult, CallSocket, Calls, CallsConfig, Replies, Reply,
};
use http4k_ws::prelude::*;
use http4k_ws::testing::WsClient;
use serde_json::{Value, json};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Double {
    pub(crate) number: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Count {
    pub(crate) to: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ping;

/// Waits for ever.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Wait;

/// Sends the numbers from 0, for ever.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Flood;

/// Sends nothing, for ever.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Silence;

/// Replies after a millisecond.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Nap;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fail {
    pub(crate) how: String,
}

#[derive(Calls)]
#[calls(notice = String)]
pub(crate) enum Math {
    Double(Double, Reply<i64>),
    Count(Count, Replies<u32>),
    Ping(Ping, Reply<()>),
    Wait(Wait, Reply<()>),
    Flood(Flood, Replies<u64>),
    Silence(Silence, Replies<()>),
    Nap(Nap, Reply<()>),
    Fail(Fail, Reply<f64>),
}

/// The handlers that run, and all that have started.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    running: AtomicUsize,
    most: AtomicUsize,
    started: AtomicUsize,
    sent: AtomicUsize,
}

impl Seen {
    pub(crate) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// The largest number of handlers that ran at a time.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    pub(crate) fn started(&self) -> usize {
        self.started.load(Ordering::SeqCst)
    }

    /// The number of items that were sent by `Flood`.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

struct Running(Arc<Seen>);

impl Running {
    fn new(seen: &Arc<Seen>) -> Self {
        let running = seen.running.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most.fetch_max(running, Ordering::SeqCst);
        seen.started.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(seen))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(crate) async fn respond(seen: Arc<Seen>, call: Math) -> CallResult {
    let _running = Running::new(&seen);
    match call {
        Math::Double(Double { number }, reply) => {
            let overflow = || CallProblem::new(StatusCode::BAD_REQUEST).with_detail("too large");
            reply.send(number.checked_mul(2).ok_or_else(overflow)?)
        }
        Math::Count(Count { to }, replies) => replies.send_all(stream::iter(1..=to)).await,
        Math::Ping(Ping, reply) => reply.send(()),
        Math::Wait(Wait, _reply) => std::future::pending().await,
        Math::Flood(Flood, mut replies) => {
            for number in 0.. {
                replies.send(number).await?;
                seen.sent.fetch_add(1, Ordering::SeqCst);
            }
            replies.end()
        }
        Math::Nap(Nap, reply) => {
            tokio::time::sleep(Duration::from_millis(1)).await;
            reply.send(())
        }
        Math::Silence(Silence, _replies) => std::future::pending().await,
        Math::Fail(Fail { how }, reply) => match how.as_str() {
            "error" => Err(std::io::Error::other("the secret of the server").into()),
            "panic" => panic!("the secret of the server"),
            "encoding" => reply.send(f64::NAN),
            "late" => {
                tokio::time::sleep(Duration::from_millis(1)).await;
                panic!("the secret of the server")
            }
            _ => reply.send(0.5),
        },
    }
}

pub(crate) async fn math(ws: CallSocket<Math>, seen: Arc<Seen>) -> WsResult {
    ws.serve_calls(|call| respond(Arc::clone(&seen), call))
        .await
}

/// An application with a welcome, whose calls are bounded by `config`.
pub(crate) fn bounded(config: CallsConfig, seen: &Arc<Seen>) -> PolyHandler {
    let seen = Arc::clone(seen);
    let serve = move |ws: CallSocket<Math>| {
        let (seen, config) = (Arc::clone(&seen), config.clone());
        ws.serve_calls_with(config, move |call| respond(Arc::clone(&seen), call))
    };
    routes! { "/" => ws(serve) }
}

pub(crate) fn app() -> PolyHandler {
    counted(&Arc::default())
}

pub(crate) fn counted(seen: &Arc<Seen>) -> PolyHandler {
    let seen = Arc::clone(seen);
    routes! {
        "/" => ws(math(ws, seen)),
        "/news" => ws(news(ws)),
    }
}

/// Sends a notice at once, and one for each call.
async fn news(ws: CallSocket<Math>) -> WsResult {
    let sender = ws.sender();
    sender.send(CallReply::notice("welcome".to_owned())).await?;
    ws.serve_calls(|call| async {
        sender.send(CallReply::notice("called".to_owned())).await?;
        respond(Arc::default(), call).await
    })
    .await
}

/// Returns the next message as JSON.
#[track_caller]
pub(crate) fn next(client: &mut impl WsClient) -> Value {
    let message = client.received().next().expect("a message").unwrap();
    serde_json::from_slice(message.as_bytes()).expect("JSON")
}

/// Sends JSON, and returns the next message.
#[track_caller]
pub(crate) fn answer(client: &mut impl WsClient, request: Value) -> Value {
    client.send(request.to_string()).unwrap();
    next(client)
}

pub(crate) fn call(id: u64, name: &str, args: Value) -> Value {
    json!({"id": id, "call": name, "args": args})
}
