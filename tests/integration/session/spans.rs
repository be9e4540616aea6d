//! A socket's spans and events under feature `tracing`: a span with its number and route, and an
//! event for its end.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use http4k_ws::prelude::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, subscriber};

/// A subscriber that records every event of the library and of this test, with the span around it.
#[derive(Clone, Default)]
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<Mutex<Vec<String>>>,
    within: Arc<Mutex<Vec<u64>>>,
    next: Arc<AtomicU64>,
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Numbers differ from run to run.
        if field.name() != "id" {
            write!(self.0, " {}={value:?}", field.name()).expect("a string takes all");
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("http4k_ws") || metadata.target().starts_with("integration")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(span.metadata().name().to_owned());
        span.record(&mut fields);
        self.spans
            .lock()
            .expect("the lock is not poisoned")
            .push(fields.0);
        Id::from_u64(self.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        let within = self
            .within
            .lock()
            .expect("the lock is not poisoned")
            .last()
            .copied();
        let id = event.parent().map(Id::into_u64).or(within);
        let spans = self.spans.lock().expect("the lock is not poisoned");
        let span = id.map_or("", |id| &spans[id as usize - 1]);
        let line = format!("{span}:{}", fields.0);
        self.lines
            .lock()
            .expect("the lock is not poisoned")
            .push(line);
    }

    fn enter(&self, span: &Id) {
        self.within
            .lock()
            .expect("the lock is not poisoned")
            .push(span.into_u64());
    }

    fn exit(&self, _span: &Id) {
        self.within.lock().expect("the lock is not poisoned").pop();
    }
}

#[tokio::test]
async fn a_socket_has_a_span_with_its_route() {
    async fn talk(mut ws: WebSocket, room: String) -> WsResult {
        tracing::info!(room, "joined");
        while ws.recv().await?.is_some() {}
        Ok(())
    }
    let app = routes! { "/rooms/<room>" => ws(talk(ws, room)) };
    // Other tests reach the same call sites without a subscriber. Once all are registered, a new
    // subscriber makes `tracing` rebuild their interest cache.
    let known = subscriber::set_default(Log::default());
    let first = app.connect_ws("/rooms/hall").await.expect("accepted");
    first.close(WsStatus::NORMAL);
    first.closed().await;
    drop(known);
    let log = Log::default();
    // The runtime of this test runs on this thread, with all of its tasks.
    let guard = subscriber::set_default(log.clone());
    let ws = app.connect_ws("/rooms/kitchen").await.expect("accepted");
    ws.send("four").await.expect("open");
    ws.close(WsStatus::new(4000, "bye\nforged").expect("a status"));
    assert_eq!(ws.closed().await.code(), 4000);
    drop(guard);
    let lines = log.lines.lock().expect("the lock is not poisoned").clone();
    let span = "websocket path=\"/rooms/kitchen\" route=\"/rooms/<room>\"";
    let of_the_application: Vec<_> = lines
        .iter()
        .filter_map(|line| line.strip_prefix(span))
        .collect();
    assert_eq!(
        of_the_application,
        [
            ": message=open",
            ": message=joined room=\"kitchen\"",
            ": message=closed code=4000 reason=\"bye\\\\nforged\" messages_received=1 bytes_received=4 \
             messages_sent=0 bytes_sent=0",
        ],
        "{lines:#?}"
    );
}
