//! The cost of a typed socket over serde_json by hand, on the same bytes.
//!
//! ```text
//! cargo bench -p http4k-ws --all-features --bench messages
//! ```
//!
//! It prints both times of each comparison and their ratio, and fails if a ratio is over 1.05. Rounds
//! alternate, and the fastest of each side counts, because slower rounds show the load of the machine.
//! The time of an echo in memory follows, which has nothing to compare with.

use std::hint::black_box;
use std::time::{Duration, Instant};

use http4k_ws::handler::BoxWsHandler;
use http4k_ws::lens::LensFailure;
use http4k_ws::prelude::*;
use http4k_ws::testing::TestWsClient;

const ROUNDS: usize = 40;
const MESSAGES: usize = 2_000;
const LIMIT: f64 = 1.05;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
struct Order {
    id: u64,
    customer: String,
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    item: String,
    count: u32,
    price: f64,
}

fn message() -> WsMessage {
    let line = |n: u32| Line {
        item: format!("item number {n}"),
        count: n,
        price: f64::from(n) / 4.0,
    };
    let order = Order {
        id: 7,
        customer: "a customer with a name".to_owned(),
        lines: (0..8).map(line).collect(),
    };
    order.into_message().expect("JSON")
}

async fn typed(mut ws: WebSocket<Order, Order>) -> WsResult {
    while let Some(order) = ws.recv().await? {
        ws.send(order).await?;
    }
    Ok(())
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

async fn by_hand(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        let order: Order = serde_json::from_slice(message.as_bytes())?;
        ws.send(serde_json::to_string(&order)?).await?;
    }
    Ok(())
}

/// Returns the message of a borrowed value.
fn encoded(order: &Order) -> Result<WsMessage, LensFailure> {
    http4k_ws::lens::json::into_message(order)
}

fn client(consumer: BoxWsHandler) -> TestWsClient {
    PolyHandler::new(|_: Request| StatusCode::NOT_FOUND, consumer).test_ws("/")
}

/// The time to send every message and receive every response.
fn through(client: &mut TestWsClient, message: &WsMessage) -> Duration {
    let start = Instant::now();
    for _ in 0..MESSAGES {
        client.send(message.clone()).expect("open");
        black_box(client.received().next());
    }
    start.elapsed()
}

fn timed(mut once: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..MESSAGES {
        once();
    }
    start.elapsed()
}

/// Returns the fastest rounds of both sides, and their ratio.
fn compared(
    name: &str,
    mut ours: impl FnMut() -> Duration,
    mut hand: impl FnMut() -> Duration,
) -> bool {
    let (mut best, mut best_by_hand) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        best = best.min(ours());
        best_by_hand = best_by_hand.min(hand());
    }
    let each = |time: Duration| time.as_nanos() / MESSAGES as u128;
    let ratio = best.as_secs_f64() / best_by_hand.as_secs_f64();
    println!(
        "{name}: {} ns a message, by hand {} ns: {ratio:.3}",
        each(best),
        each(best_by_hand)
    );
    ratio <= LIMIT
}

fn main() {
    let message = message();
    println!(
        "{} bytes of JSON, decoded and encoded",
        message.as_bytes().len()
    );
    let lens = compared(
        "the lens alone",
        || {
            timed(|| {
                let order = Order::from_message(black_box(&message).clone()).expect("an order");
                black_box(order.into_message().expect("JSON"));
            })
        },
        || {
            timed(|| {
                let order: Order =
                    serde_json::from_slice(black_box(&message).as_bytes()).expect("an order");
                black_box(serde_json::to_string(&order).expect("JSON"));
            })
        },
    );
    let order = Order::from_message(message.clone()).expect("an order");
    let encoding = compared(
        "encoding alone",
        || timed(|| drop(black_box(encoded(black_box(&order))))),
        || timed(|| drop(black_box(serde_json::to_string(black_box(&order))))),
    );
    let mut ours = client(BoxWsHandler::new(typed));
    let mut hand = client(BoxWsHandler::new(by_hand));
    let socket = compared(
        "through a socket in memory",
        || through(&mut ours, &message),
        || through(&mut hand, &message),
    );
    let mut echo = client(BoxWsHandler::new(echo));
    let rounds = (0..ROUNDS).map(|_| through(&mut echo, &"hello".into()));
    let fastest = rounds.min().unwrap_or_default();
    println!(
        "an echo in memory: {} ns",
        fastest.as_nanos() / MESSAGES as u128
    );
    if !(lens && encoding && socket) {
        println!("over {LIMIT}");
        std::process::exit(1);
    }
}
