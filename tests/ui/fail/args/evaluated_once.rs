//! Calls that seem to run for each request, but would run once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use http4k_ws::{PolyHandler, routes};

async fn stamp(_at: Instant) -> &'static str {
    "stamped"
}

#[derive(Clone)]
struct Event {
    at: Instant,
}

async fn seconds(_seconds: u64) {}

async fn event(_event: Event) {}

async fn pair(_pair: (u32, Instant)) {}

async fn text(_text: String) {}

async fn lent(_at: &Instant) {}

routes! {
    fn app(count: Arc<Mutex<u64>>, hits: Arc<AtomicU64>) -> PolyHandler {
        GET "/call" => http(stamp(Instant::now())),
        GET "/method" => http(stamp(Instant::now().checked_add(Default::default()).unwrap())),
        GET "/inside" => http(seconds(1 + Instant::now().elapsed().as_secs())),
        GET "/struct" => http(event(Event { at: Instant::now() })),
        GET "/tuple" => http(pair((1, Instant::now()))),
        GET "/macro" => http(text(format!("{:?}", Instant::now()))),
        GET "/reference" => http(lent(&Instant::now())),
        GET "/lock" => http(seconds(*count.lock().unwrap())),
        GET "/load" => http(seconds(hits.load(Ordering::Relaxed))),
        GET "/meant" => http(stamp({ Instant::now() })),
    }
}

fn main() {
    app(Arc::default(), Arc::default());
}
