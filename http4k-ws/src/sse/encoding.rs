//! The format `text/event-stream` of an event (WHATWG HTML §9.2.6).
//!
//! 1. No text can end its line early. Each line of the data becomes a `data` field, and a name or
//!    an id that has a line end is refused when the event is built.
//! 2. An event always has a `data` field, so a client dispatches it even if its data is empty.
//! 3. An empty name is no name, because a client cannot tell them apart. An empty id is kept,
//!    because it resets the last event id of the client.

use std::fmt::Write;
use std::time::Duration;

use bytes::{BufMut, BytesMut};

use super::event::{SseEvent, millis};

impl SseEvent {
    /// Appends the event in the format `text/event-stream`.
    pub(crate) fn write_to(&self, out: &mut BytesMut) {
        out.reserve(self.encoded_len());
        if let Some(name) = self.name() {
            field(out, "event", name);
        }
        for line in lines(self.data()) {
            field(out, "data", line);
        }
        if let Some(id) = self.id() {
            field(out, "id", id);
        }
        if let Some(retry) = self.retry() {
            write_retry(out, retry);
        }
        out.put_u8(b'\n');
    }

    /// Returns the bytes that the event takes on the wire, or a few more. Exact unless it has a
    /// retry or line ends of two bytes.
    fn encoded_len(&self) -> usize {
        const MARKS: usize = ": \n".len();
        let of = |name: &str, value: Option<&str>| {
            value.map_or(0, |value| name.len() + MARKS + value.len())
        };
        let data = self.data();
        let ends = data.bytes().filter(|byte| is_line_end(*byte)).count();
        let data = data.len() - ends + (ends + 1) * ("data".len() + MARKS);
        let retry = self.retry().map_or(0, |_| 32);
        data + of("event", self.name()) + of("id", self.id()) + retry + 1
    }
}

/// Appends a reconnection time without an event.
pub(super) fn write_retry_alone(out: &mut BytesMut, retry: Duration) {
    write_retry(out, retry);
    out.put_u8(b'\n');
}

/// Appends a field `retry` with its line end.
fn write_retry(out: &mut BytesMut, retry: Duration) {
    // A `BytesMut` grows, so that writing to it succeeds.
    let _ = writeln!(out, "retry: {}", millis(retry));
}

/// Appends `text` as comments, one for each of its lines. A client ignores them (WHATWG HTML
/// §9.2.5).
pub(super) fn write_comment(out: &mut BytesMut, text: &str) {
    for line in lines(text) {
        field(out, "", line);
    }
    out.put_u8(b'\n');
}

fn field(out: &mut BytesMut, name: &str, value: &str) {
    out.put_slice(name.as_bytes());
    // A client removes one space behind the colon, so one that belongs to the value is kept.
    out.put_slice(b": ");
    out.put_slice(value.as_bytes());
    out.put_u8(b'\n');
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Returns the lines of `text` by each end that the format knows. `str::lines` does not know a CR
/// alone, and leaves out an empty last line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let Some(end) = text.bytes().position(is_line_end) else {
            return Some(text);
        };
        let (line, after) = text.split_at(end);
        let length = if after.starts_with("\r\n") { 2 } else { 1 };
        rest = Some(&after[length..]);
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(event: &SseEvent) -> String {
        let mut out = BytesMut::new();
        event.write_to(&mut out);
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn each_part_is_a_field_and_an_empty_line_ends_the_event() {
        let event = SseEvent::new("hello")
            .named("greeting")
            .with_id(7)
            .with_retry(Duration::from_millis(1500));
        let lines = "event: greeting\ndata: hello\nid: 7\nretry: 1500\n\n";
        assert_eq!(written(&event), lines);
    }

    #[test]
    fn every_line_end_in_data_starts_another_field() {
        for (data, lines) in [
            ("", "data: \n\n"),
            ("\n", "data: \ndata: \n\n"),
            ("a\nb", "data: a\ndata: b\n\n"),
            ("a\rb", "data: a\ndata: b\n\n"),
            ("a\r\nb", "data: a\ndata: b\n\n"),
            ("a\n\rb", "data: a\ndata: \ndata: b\n\n"),
            ("a\r\n", "data: a\ndata: \n\n"),
            (" a", "data:  a\n\n"),
            ("a\u{2028}b\0", "data: a\u{2028}b\0\n\n"),
            (
                "a\n\ndata: forged",
                "data: a\ndata: \ndata: data: forged\n\n",
            ),
        ] {
            assert_eq!(written(&SseEvent::new(data)), lines, "{data:?}");
        }
    }

    #[test]
    fn an_empty_name_is_none_and_an_empty_id_resets() {
        assert_eq!(written(&SseEvent::new("x").named("")), "data: x\n\n");
        assert_eq!(
            written(&SseEvent::new("x").with_id("")),
            "data: x\nid: \n\n"
        );
    }

    #[test]
    fn a_retry_is_in_whole_milliseconds() {
        for (retry, millis) in [
            (Duration::ZERO, 0),
            (Duration::from_micros(1999), 1),
            (Duration::MAX, u64::MAX),
        ] {
            let event = SseEvent::new("x").with_retry(retry);
            assert_eq!(event.retry(), Some(Duration::from_millis(millis)));
            assert_eq!(written(&event), format!("data: x\nretry: {millis}\n\n"));
        }
    }

    #[test]
    fn a_comment_has_a_colon_on_every_line() {
        for (text, lines) in [("", ": \n\n"), ("a\r\ndata: b", ": a\n: data: b\n\n")] {
            let mut out = BytesMut::new();
            write_comment(&mut out, text);
            assert_eq!(out, lines);
        }
    }

    #[test]
    fn the_space_of_an_event_is_reserved_once() {
        for data in ["", "a\rb\nc", "some text"] {
            let event = SseEvent::new(data).named("name").with_id("id");
            assert_eq!(event.encoded_len(), written(&event).len());
        }
        let longest = SseEvent::new("a\r\nb").with_retry(Duration::MAX);
        assert!(longest.encoded_len() >= written(&longest).len());
    }
}
