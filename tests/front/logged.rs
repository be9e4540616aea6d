//! The lines that the library logs, for tests of log lines.
//!
//! A server's handlers run on threads of their own, so the subscriber is that of the process. Tests
//! run side by side: each finds its lines by a text that no other test has.

use std::cell::RefCell;
use std::fmt::{self, Write};
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The name and the fields of each span, by its id less one.
static SPANS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The lines that were logged in a span, each with the id of the span.
static WITHIN: Mutex<Vec<(String, u64)>> = Mutex::new(Vec::new());

thread_local! {
    /// The spans that this thread is in.
    static ENTERED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Starts to keep the library's lines from INFO on, and spans. Call it before the code that logs.
pub(crate) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        tracing::subscriber::set_global_default(Lines).expect("the only subscriber");
    });
}

/// Returns the lines that contain `text`, in order, each as `LEVEL message`.
pub(crate) fn lines_with(text: &str) -> Vec<String> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let found = lines.iter().filter(|line| line.contains(text));
    found.cloned().collect()
}

/// Returns the spans of the lines that contain `text`, with the fields that they have by now.
pub(crate) fn spans_of(text: &str) -> Vec<String> {
    let within = WITHIN.lock().unwrap_or_else(PoisonError::into_inner);
    let spans = SPANS.lock().unwrap_or_else(PoisonError::into_inner);
    let found = within.iter().filter(|(line, _)| line.contains(text));
    found
        .map(|(_, id)| spans[*id as usize - 1].clone())
        .collect()
}

/// Waits for a line that contains `text`, for one that a server logs on another thread.
pub(crate) fn await_line_with(text: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(line) = lines_with(text).pop() {
            return line;
        }
        assert!(Instant::now() < deadline, "no line has {text}");
        std::thread::yield_now();
    }
}

struct Lines;

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            write!(self.0, "{value:?}").expect("a string takes all");
        }
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).expect("a string takes all");
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        let is_ours = target.starts_with("http4k_ws") || target.starts_with("front");
        is_ours && *metadata.level() <= Level::INFO
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(span.metadata().name().to_owned());
        span.record(&mut fields);
        let mut spans = SPANS.lock().unwrap_or_else(PoisonError::into_inner);
        spans.push(fields.0);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        let mut spans = SPANS.lock().unwrap_or_else(PoisonError::into_inner);
        spans[span.into_u64() as usize - 1].push_str(&fields.0);
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(format!("{} ", event.metadata().level()));
        event.record(&mut message);
        if let Some(id) = ENTERED.with_borrow(|entered| entered.last().copied()) {
            let mut within = WITHIN.lock().unwrap_or_else(PoisonError::into_inner);
            within.push((message.0.clone(), id));
        }
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(message.0);
    }

    fn enter(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(span.into_u64()));
    }

    fn exit(&self, _span: &Id) {
        ENTERED.with_borrow_mut(Vec::pop);
    }
}
