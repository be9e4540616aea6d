//! A dashboard: 1,000 prices a second, of which a slow page receives the latest of each symbol.
//!
//! ```text
//! cargo run --example dashboard
//! ```
//!
//! Then open <http://127.0.0.1:9000/> and slow the page down with its slider: the counter of
//! coalesced prices rises, and what is shown stays fresh. The buffers of the network and of the
//! browser would hide a slow page for a minute, so the page acknowledges what it has shown. It
//! chooses the format by subprotocol: JSON or MessagePack.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use http4k_ws::filter::subprotocols;
use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::prelude::*;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::interval;

const SYMBOLS: [&str; 20] = [
    "ACME", "BOLT", "CRUX", "DUNE", "ECHO", "FLUX", "GLOW", "HALO", "IRIS", "JADE", "KITE", "LUMA",
    "MESA", "NOVA", "ONYX", "PIKE", "QUIL", "RUNE", "SAGE", "TIDE",
];

/// The prices that a page may not have acknowledged yet.
const WINDOW: usize = 128;
/// The prices that a message of the page acknowledges.
const ACKNOWLEDGED: usize = 32;

/// The subprotocols, which name the format of the messages.
const FORMATS: [&str; 2] = ["prices+json", "prices+msgpack"];

/// A message to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "camelCase")]
#[message(json, msgpack)]
enum Update {
    /// The price of a symbol, and its time in milliseconds since 1970.
    Price { symbol: String, price: f64, at: u64 },
    /// The prices that this page did not receive, because a later one took their place.
    Coalesced { prices: u64 },
}

/// The latest price of each symbol, and the prices to come.
#[derive(Clone)]
struct Market(Arc<Prices>);

struct Prices {
    latest: Mutex<BTreeMap<String, Update>>,
    updates: broadcast::Sender<Update>,
}

impl Market {
    fn new() -> Self {
        Self(Arc::new(Prices {
            latest: Mutex::default(),
            updates: broadcast::channel(1024).0,
        }))
    }

    fn publish(&self, symbol: &str, price: f64) {
        let Prices { latest, updates } = &*self.0;
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let update = Update::Price {
            symbol: symbol.to_owned(),
            price,
            at: now.as_millis() as u64,
        };
        let mut latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.insert(symbol.to_owned(), update.clone());
        // Without a page there is no receiver.
        let _ = updates.send(update);
    }

    /// Returns the latest price of each symbol, and every later one.
    fn subscribe(&self) -> (Vec<Update>, broadcast::Receiver<Update>) {
        let Prices { latest, updates } = &*self.0;
        let latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
        (latest.values().cloned().collect(), updates.subscribe())
    }

    /// Publishes 1,000 prices a second.
    fn trade(&self) {
        let mut random: u64 = 0x2545_F491_4F6C_DD1D;
        let mut prices = SYMBOLS.map(|_| 100.0);
        let start = Instant::now();
        for number in 0.. {
            let due = start + Duration::from_millis(number);
            thread::sleep(due.saturating_duration_since(Instant::now()));
            // Xorshift: Marsaglia, 2003.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let place = (random >> 32) as usize % SYMBOLS.len();
            let step = (random & 0xFFFF) as f64 / 65_535.0 - 0.5;
            prices[place] = (prices[place] * (1.0 + step / 100.0) * 100.0).round() / 100.0;
            self.publish(SYMBOLS[place], prices[place]);
        }
    }
}

/// The prices that wait for the page: the latest of each symbol, the oldest first.
#[derive(Default)]
struct Waiting {
    prices: VecDeque<Update>,
    coalesced: u64,
}

impl Waiting {
    fn push(&mut self, update: Update) {
        let symbol = |update: &Update| match update {
            Update::Price { symbol, .. } => Some(symbol.clone()),
            Update::Coalesced { .. } => None,
        };
        let new = symbol(&update);
        match self.prices.iter_mut().find(|old| symbol(old) == new) {
            Some(old) => {
                *old = update;
                self.coalesced += 1;
            }
            None => self.prices.push_back(update),
        }
    }
}

async fn prices(mut ws: WebSocket<WsMessage, Update>, market: Market) -> WsResult {
    let (latest, mut updates) = market.subscribe();
    let mut waiting = Waiting::default();
    latest.into_iter().for_each(|update| waiting.push(update));
    let mut window = WINDOW;
    let mut report = interval(Duration::from_millis(500));
    loop {
        while window > 0 {
            let Some(update) = waiting.prices.pop_front() else {
                break;
            };
            ws.send(update).await?;
            window -= 1;
        }
        tokio::select! {
            update = updates.recv() => match update {
                Ok(update) => waiting.push(update),
                Err(RecvError::Lagged(skipped)) => {
                    waiting.coalesced += skipped;
                    let (latest, later) = market.subscribe();
                    latest.into_iter().for_each(|update| waiting.push(update));
                    updates = later;
                }
                Err(RecvError::Closed) => return Ok(()),
            },
            message = ws.recv() => match message? {
                Some(_acknowledged) => window = WINDOW.min(window + ACKNOWLEDGED),
                None => return Ok(()),
            },
            _ = report.tick() => {
                let prices = waiting.coalesced;
                ws.send(Update::Coalesced { prices }).await?;
            }
        }
    }
}

fn page() -> Response {
    Response::new(Body::from(include_str!("dashboard.html")))
        .with_header(CONTENT_TYPE, "text/html; charset=utf-8")
}

routes! {
    fn app(market: Market) -> PolyHandler {
        GET "/" => http(page()),
        "/prices" with(subprotocols(FORMATS)) => ws(prices(ws, market)),
    }
}

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("127.0.0.1:9000".to_owned());
    let market = Market::new();
    let trading = market.clone();
    thread::spawn(move || trading.trade());
    let server = app(market).as_server(address).start()?;
    println!("prices at http://{}/", server.addr());
    server.block();
    Ok(())
}

#[cfg(test)]
mod tests {
    use http4k_ws::lens::Format;
    use http4k_ws::testing::TestWsClient;

    use super::*;

    fn next(format: Format, client: &mut TestWsClient) -> Update {
        let message = client.received().next().unwrap().unwrap();
        Update::from_message_in(format, message).unwrap()
    }

    fn price(update: Update) -> Option<(String, f64)> {
        match update {
            Update::Price { symbol, price, .. } => Some((symbol, price)),
            Update::Coalesced { .. } => None,
        }
    }

    #[test]
    fn a_page_receives_the_latest_prices_and_each_later_one() {
        for format in [Format::Json, Format::MessagePack] {
            let market = Market::new();
            market.publish("ACME", 1.0);
            market.publish("ACME", 2.0);
            market.publish("BOLT", 3.0);
            let name = match format {
                Format::Json => "prices+json",
                _ => "prices+msgpack",
            };
            let request = Request::get("/prices").header("sec-websocket-protocol", name);
            let mut client = app(market.clone()).test_ws(request);
            assert_eq!(client.subprotocol(), Some(name));
            let mut prices = std::iter::repeat_with(|| next(format, &mut client));
            let latest: Vec<_> = prices.by_ref().filter_map(price).take(2).collect();
            assert_eq!(latest, [("ACME".to_owned(), 2.0), ("BOLT".to_owned(), 3.0)]);
            market.publish("ACME", 4.0);
            let later = prices.find_map(price);
            assert_eq!(later, Some(("ACME".to_owned(), 4.0)));
        }
    }

    #[test]
    fn a_slow_page_receives_the_latest_of_each_symbol_and_the_number_of_the_others() {
        const ROUNDS: usize = 100;
        let market = Market::new();
        let mut client = app(market.clone()).test_ws("/prices");
        for round in 1..=ROUNDS {
            for symbol in SYMBOLS {
                market.publish(symbol, round as f64);
            }
            client.advance(Duration::from_millis(20));
        }
        let mut updates = std::iter::repeat_with(|| next(Format::Json, &mut client));
        let first = updates.by_ref().filter_map(price).take(WINDOW);
        assert!(first.count() == WINDOW);
        let coalesced = (ROUNDS * SYMBOLS.len() - WINDOW - SYMBOLS.len()) as u64;
        let report = Update::Coalesced { prices: coalesced };
        assert!(updates.by_ref().take(10).any(|update| update == report));

        client.send("32").unwrap();
        let updates = std::iter::repeat_with(|| next(Format::Json, &mut client));
        let mut latest: Vec<_> = updates.filter_map(price).take(SYMBOLS.len()).collect();
        latest.sort_by(|one, other| one.0.cmp(&other.0));
        let expected = SYMBOLS.map(|symbol| (symbol.to_owned(), ROUNDS as f64));
        assert_eq!(latest, expected);
    }
}
