//! One event of a stream, and its encoding (WHATWG HTML §9.2.6).
//!
//! 1. No text can end its line early. Each line of the data becomes a `data` field, and a name or
//!    an id that has a line end is refused when the event is built.
//! 2. An event always has a `data` field, so a client dispatches it even if its data is empty.
//! 3. An empty name is no name, because a client cannot tell them apart. An empty id is kept,
//!    because it resets the last event id of the client.

use std::fmt::{Display, Write};
use std::time::Duration;

use bytes::{BufMut, BytesMut};

use crate::lens::{Failure, Format, LensFailure, LensFailureKind, Location, Message};

/// One event of a stream: its data, and optionally a name, an id and a reconnection time.
///
/// `&str` and `String` convert into one with that data.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::sse::SseEvent;
///
/// let event = SseEvent::new("first\nsecond")
///     .named("lines")
///     .with_id(7)
///     .with_retry(Duration::from_secs(2));
///
/// assert_eq!(event.data(), "first\nsecond");
/// assert_eq!(event.name(), Some("lines"));
/// assert_eq!(event.id(), Some("7"));
/// assert_eq!(event.retry(), Some(Duration::from_secs(2)));
/// assert_eq!(SseEvent::from("hello"), SseEvent::new("hello"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SseEvent {
    data: String,
    name: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
}

/// A name or an id that an event cannot have, because it contains a line end or NUL.
///
/// On the wire it would end its line early, and could forge the fields of other events (WHATWG HTML
/// §9.2.6).
///
/// # Examples
///
/// ```
/// use http4k_ws::sse::SseEvent;
///
/// let refused = SseEvent::new("hello").try_named("news\ndata: forged").unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "the event name \"news\\ndata: forged\" contains a line end or NUL"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event {field} {value:?} contains a line end or NUL")]
pub struct SseFieldError {
    field: &'static str,
    value: String,
}

fn checked(field: &'static str, value: String) -> Result<String, SseFieldError> {
    match value.contains(['\r', '\n', '\0']) {
        true => Err(SseFieldError { field, value }),
        false => Ok(value),
    }
}

impl SseEvent {
    /// Creates an event with `data`, which may have several lines.
    ///
    /// A client receives each line end as `\n`, whether it is `\n`, `\r` or `\r\n` here.
    pub fn new(data: impl Into<String>) -> Self {
        Self {
            data: data.into(),
            name: None,
            id: None,
            retry: None,
        }
    }

    /// Sets the name, by which a browser chooses the listeners: `addEventListener("name", …)`. An
    /// event without a name, or with an empty one, is a `message`.
    ///
    /// # Panics
    ///
    /// If `name` contains a line end or NUL. [`try_named`](Self::try_named) returns an error
    /// instead.
    #[must_use]
    #[track_caller]
    pub fn named(self, name: impl Into<String>) -> Self {
        match self.try_named(name) {
            Ok(event) => event,
            Err(error) => panic!("{error}"),
        }
    }

    /// Sets the name as [`named`](Self::named), from text that may not be valid.
    ///
    /// # Errors
    ///
    /// [`SseFieldError`] if `name` contains a line end or NUL.
    pub fn try_named(mut self, name: impl Into<String>) -> Result<Self, SseFieldError> {
        let name = checked("name", name.into())?;
        self.name = Some(name).filter(|name| !name.is_empty());
        Ok(self)
    }

    /// Sets the id. A client that reconnects sends the last id in the field `Last-Event-ID`. An
    /// empty id makes it send none.
    ///
    /// # Panics
    ///
    /// If the text of `id` contains a line end or NUL. [`try_with_id`](Self::try_with_id) returns
    /// an error instead.
    #[must_use]
    #[track_caller]
    pub fn with_id(self, id: impl Display) -> Self {
        match self.try_with_id(id) {
            Ok(event) => event,
            Err(error) => panic!("{error}"),
        }
    }

    /// Sets the id as [`with_id`](Self::with_id), from text that may not be valid.
    ///
    /// # Errors
    ///
    /// [`SseFieldError`] if the text of `id` contains a line end or NUL.
    pub fn try_with_id(mut self, id: impl Display) -> Result<Self, SseFieldError> {
        self.id = Some(checked("id", id.to_string())?);
        Ok(self)
    }

    /// Sets the time that the client waits before it reconnects. It travels in whole milliseconds,
    /// so it is rounded down, and at most [`u64::MAX`] milliseconds.
    #[must_use]
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = Some(Duration::from_millis(millis(retry)));
        self
    }

    /// Creates an event as a parser has received it, whose name and id may have a NUL.
    pub(super) fn received(
        data: String,
        name: Option<String>,
        id: Option<String>,
        retry: Option<Duration>,
    ) -> Self {
        Self {
            data,
            name,
            id,
            retry,
        }
    }

    /// Returns the data.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Converts the event into its data.
    pub fn into_data(self) -> String {
        self.data
    }

    /// Returns the name; `None` for a `message`.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the id; `None` if the event leaves that of the client as it is.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the time that the client waits before it reconnects; `None` if the event leaves it
    /// as it is.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Returns the number of bytes that the event holds.
    pub(super) fn size(&self) -> usize {
        let of = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.data.len() + of(&self.name) + of(&self.id)
    }

    /// Appends the event in the format `text/event-stream`.
    pub(crate) fn write_to(&self, out: &mut BytesMut) {
        out.reserve(self.encoded_len());
        if let Some(name) = &self.name {
            field(out, "event", name);
        }
        for line in lines(&self.data) {
            field(out, "data", line);
        }
        if let Some(id) = &self.id {
            field(out, "id", id);
        }
        if let Some(retry) = self.retry {
            write_retry(out, retry);
        }
        out.put_u8(b'\n');
    }

    /// Returns the bytes that the event takes on the wire, or a few more. Exact unless it has a
    /// retry or line ends of two bytes.
    fn encoded_len(&self) -> usize {
        const MARKS: usize = ": \n".len();
        let of = |name: &str, value: &Option<String>| {
            let length = |value: &String| name.len() + MARKS + value.len();
            value.as_ref().map_or(0, length)
        };
        let ends = self.data.bytes().filter(|byte| is_line_end(*byte)).count();
        let data = self.data.len() - ends + (ends + 1) * ("data".len() + MARKS);
        let retry = self.retry.map_or(0, |_| 32);
        data + of("event", &self.name) + of("id", &self.id) + retry + 1
    }
}

/// Appends a field `retry` with its line end.
pub(super) fn write_retry(out: &mut BytesMut, retry: Duration) {
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

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
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

impl From<&str> for SseEvent {
    fn from(data: &str) -> Self {
        Self::new(data)
    }
}

impl From<String> for SseEvent {
    fn from(data: String) -> Self {
        Self::new(data)
    }
}

/// Values that a stream can send: an [`SseEvent`], or a [`Message`], whose text is the data.
///
/// A type of your own that gives its events names and ids implements it, instead of [`Message`].
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::LensFailure;
/// use http4k_ws::sse::{IntoSseEvent, SseEvent};
///
/// enum News {
///     Headline { number: u64, text: String },
///     Weather(i32),
/// }
///
/// impl IntoSseEvent for News {
///     fn into_sse_event(self) -> Result<SseEvent, LensFailure> {
///         Ok(match self {
///             Self::Headline { number, text } => SseEvent::new(text).with_id(number),
///             Self::Weather(degrees) => SseEvent::new(degrees.to_string()).named("weather"),
///         })
///     }
/// }
///
/// let event = News::Weather(21).into_sse_event().unwrap();
/// assert_eq!((event.name(), event.data()), (Some("weather"), "21"));
/// let event = News::Headline { number: 3, text: "rain".into() }.into_sse_event().unwrap();
/// assert_eq!((event.id(), event.data()), (Some("3"), "rain"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as an event",
    label = "a stream sends `SseEvent`, a type that derives `Message`, or one that implements \
             `IntoSseEvent`",
    note = "add `#[derive(Message)]` to `{Self}`, beside serde's `Serialize` and `Deserialize`"
)]
pub trait IntoSseEvent: Send + 'static {
    /// Converts the value into an event.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if the format cannot represent the value, or represents it as bytes. The
    /// data of an event is text.
    fn into_sse_event(self) -> Result<SseEvent, LensFailure>;
}

impl IntoSseEvent for SseEvent {
    fn into_sse_event(self) -> Result<SseEvent, LensFailure> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Message> IntoSseEvent for T {
    fn into_sse_event(self) -> Result<SseEvent, LensFailure> {
        // Of several formats, one of text.
        let is_text = |format: &&Format| matches!(format, Format::Json | Format::Text);
        let message = match T::FORMATS.iter().find(is_text) {
            Some(format) => self.into_message_in(*format)?,
            None => self.into_message()?,
        };
        match message.as_text() {
            Some(text) => Ok(SseEvent::new(text)),
            None => {
                let kind = LensFailureKind::Invalid;
                let failure = Failure::new(kind, Location::Message, T::NAME, "text in an event");
                Err(LensFailure::from(failure).in_writing())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::WsMessage;

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

    /// Case S9.
    #[test]
    fn a_name_or_id_with_a_line_end_or_nul_is_refused() {
        for value in ["a\nb", "a\r", "\r\nb", "\0", "a\0b"] {
            let name = SseEvent::new("").try_named(value).unwrap_err();
            let text = format!("the event name {value:?} contains a line end or NUL");
            assert_eq!(name.to_string(), text);
            let id = SseEvent::new("").try_with_id(value).unwrap_err();
            let text = format!("the event id {value:?} contains a line end or NUL");
            assert_eq!(id.to_string(), text);
        }
        for value in ["", " ", ":", "a b", "é\u{2028}", "data: x"] {
            assert!(SseEvent::new("").try_named(value).is_ok());
            assert!(SseEvent::new("").try_with_id(value).is_ok());
        }
    }

    #[test]
    #[should_panic(expected = r#"the event name "a\nb" contains a line end or NUL"#)]
    fn the_short_form_panics() {
        let _ = SseEvent::new("").named("a\nb");
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

    #[test]
    fn a_message_is_the_text_of_its_data() {
        let event = String::from("hello").into_sse_event().unwrap();
        assert_eq!(event, SseEvent::new("hello"));
        let bytes = WsMessage::new_binary([0xFF].as_slice());
        let failure = bytes.into_sse_event().unwrap_err();
        let text = "message `WsMessage` must be text in an event";
        assert_eq!(failure.to_string(), text);
        assert_eq!(failure.status(), 500);
    }
}
