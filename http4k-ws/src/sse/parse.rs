//! The grammar of an event stream (WHATWG HTML §9.2.5 and §9.2.6).
//!
//! 1. A line ends with CR, LF or CR LF. A line that ends with the CR at the end of a piece is
//!    handled at once, and an LF at the start of the next piece then belongs to it.
//! 2. A line end is never part of a longer UTF-8 sequence. Decoding each line therefore has the
//!    same result as decoding the whole stream.
//! 3. Each byte is searched once and copied at most twice, so that the work grows with the bytes
//!    and not with the number of pieces.
//! 4. The unfinished event and the unfinished line are bounded together, before they grow.

use std::time::Duration;

use super::event::SseEvent;

/// The default bound of an event, in bytes. It is that of a message of a socket.
const MAX_EVENT: usize = 1024 * 1024;

/// The largest buffer of a line that is kept for the next line, in bytes.
const KEPT_LINE: usize = 4 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A parser of one event stream, which arrives in pieces of any size (WHATWG HTML §9.2.6).
///
/// - A byte order mark at the start is ignored, and bytes that are not UTF-8 become U+FFFD.
/// - Unknown fields are ignored, and so is an `id` with a NUL and a `retry` that is not a number.
/// - An event without `data` is not returned. Its `id` and `retry` still count.
/// - An event is returned at its blank line. An unfinished event at the end of a stream is dropped.
/// - [`last_event_id`](Self::last_event_id) keeps the last `id` until another one, also an empty
///   one, replaces it.
///
/// # Examples
///
/// ```
/// use http4k_ws::sse::SseParser;
///
/// # fn main() -> Result<(), http4k_ws::sse::SseTooLarge> {
/// let mut parser = SseParser::new();
/// let mut events = Vec::new();
/// for mut piece in [&b"id: 7\ndata: he"[..], b"llo\n\nretry: 50\ndata: bye\r\n\r", b"\n"] {
///     while let Some(event) = parser.read(&mut piece)? {
///         events.push(event.data().to_owned());
///     }
/// }
/// assert_eq!(events, ["hello", "bye"]);
/// assert_eq!(parser.last_event_id(), "7");
/// assert_eq!(parser.retry(), Some(std::time::Duration::from_millis(50)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct SseParser {
    max_event: usize,
    /// The bytes of a line whose end has not arrived.
    line: Vec<u8>,
    /// The first line has ended.
    started: bool,
    /// The last byte of the piece before was a CR.
    after_cr: bool,
    event: Unfinished,
    last_event_id: String,
    retry: Option<Duration>,
    comments: u64,
    failed: bool,
}

/// The fields since the last blank line.
#[derive(Debug, Clone, Default)]
struct Unfinished {
    name: String,
    data: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
}

impl Unfinished {
    fn bytes(&self) -> usize {
        let lengths =
            [self.data.as_ref(), self.id.as_ref()].map(|text| text.map_or(0, String::len));
        self.name.len() + lengths.iter().sum::<usize>()
    }
}

/// An event, or one of its lines, is longer than the bound of its reader.
///
/// # Examples
///
/// ```
/// use http4k_ws::sse::{SseParser, SseTooLarge};
///
/// let mut parser = SseParser::new().with_max_event(8);
/// let error = parser.read(&mut &b"data: a long event\n\n"[..]).unwrap_err();
/// assert_eq!(error, SseTooLarge { limit: 8 });
/// assert_eq!(error.to_string(), "an event of the stream is longer than the limit of 8 bytes");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than the limit of {limit} bytes")]
pub struct SseTooLarge {
    /// The bound, in bytes.
    pub limit: usize,
}

impl Default for SseParser {
    fn default() -> Self {
        Self {
            max_event: MAX_EVENT,
            line: Vec::new(),
            started: false,
            after_cr: false,
            event: Unfinished::default(),
            last_event_id: String::new(),
            retry: None,
            comments: 0,
            failed: false,
        }
    }
}

impl SseParser {
    /// Returns a parser at the start of a stream.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::{SseEvent, SseParser, SseTooLarge};
    /// let (mut parser, mut bytes) = (SseParser::new(), &b": a comment\ndata: one\n\ndata: t"[..]);
    /// assert_eq!((parser.last_event_id(), parser.retry()), ("", None));
    /// assert_eq!(parser.read(&mut bytes)?, Some(SseEvent::new("one")));
    /// assert_eq!(parser.read(&mut bytes)?, None); // The next event has not ended.
    /// # Ok::<(), SseTooLarge>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the bound of one event, in bytes: its data, name and id, and the line that is being
    /// read. Default 1 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::{SseParser, SseTooLarge};
    /// let mut parser = SseParser::new().with_max_event(16);
    /// let mut bytes = &b"data: short\n\ndata: much too long for this\n\n"[..];
    /// assert!(parser.read(&mut bytes).unwrap().is_some());
    /// assert_eq!(parser.read(&mut bytes), Err(SseTooLarge { limit: 16 }));
    /// ```
    #[must_use]
    pub fn with_max_event(mut self, bytes: usize) -> Self {
        self.max_event = bytes;
        self
    }

    /// Sets the id that counts until the stream has another one. A client that reconnects passes
    /// the id of the connection before.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseParser;
    /// let mut parser = SseParser::new().with_last_event_id("7");
    /// assert_eq!(parser.last_event_id(), "7");
    /// parser.read(&mut &b"id: 8\ndata: rain\n\n"[..]).unwrap();
    /// assert_eq!(parser.last_event_id(), "8");
    /// ```
    #[must_use]
    pub fn with_last_event_id(mut self, id: impl Into<String>) -> Self {
        self.last_event_id = id.into();
        self
    }

    /// Reads bytes up to the end of the next event, and removes them from the front of `bytes`.
    /// Returns `None` once all bytes are read and no event is complete.
    ///
    /// # Errors
    ///
    /// Returns [`SseTooLarge`] for an event over the bound. The parser has failed then, and returns
    /// the error at every further call.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseParser;
    /// let mut parser = SseParser::new();
    /// let mut bytes = &b"data: one\n\ndata: two\n\ndata: th"[..];
    /// assert_eq!(parser.read(&mut bytes).unwrap().unwrap().data(), "one");
    /// assert_eq!(bytes, b"data: two\n\ndata: th");
    /// assert_eq!(parser.read(&mut bytes).unwrap().unwrap().data(), "two");
    /// // The third event is not complete.
    /// assert_eq!(parser.read(&mut bytes).unwrap(), None);
    /// assert!(bytes.is_empty());
    /// ```
    pub fn read(&mut self, bytes: &mut &[u8]) -> Result<Option<SseEvent>, SseTooLarge> {
        if self.failed {
            return Err(self.too_large());
        }
        if self.after_cr {
            if let Some((first, rest)) = bytes.split_first() {
                self.after_cr = false;
                if *first == b'\n' {
                    *bytes = rest;
                }
            }
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            let (line, rest) = bytes.split_at(end);
            *bytes = match rest {
                [b'\r', b'\n', rest @ ..] => rest,
                [_, rest @ ..] => rest,
                [] => rest,
            };
            self.after_cr = rest == b"\r";
            if let Some(event) = self.end_line(line)? {
                return Ok(Some(event));
            }
        }
        self.check_room_for(bytes.len())?;
        self.line.extend_from_slice(bytes);
        *bytes = &[];
        Ok(None)
    }

    /// Returns the id that a client sends as `Last-Event-ID` when it reconnects (WHATWG HTML
    /// §9.2.3). It is empty if the stream has none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseParser;
    /// let mut parser = SseParser::new();
    /// assert_eq!(parser.last_event_id(), "");
    /// parser.read(&mut &b"id: 7\ndata: rain\n\n"[..]).unwrap();
    /// parser.read(&mut &b"data: without an id\n\n"[..]).unwrap();
    /// assert_eq!(parser.last_event_id(), "7");
    /// ```
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// Returns the delay before a reconnection that the stream requested last; `None` if it did
    /// not.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseParser;
    /// # use std::time::Duration;
    /// let mut parser = SseParser::new();
    /// assert_eq!(parser.retry(), None);
    /// parser.read(&mut &b"retry: 1500\n"[..]).unwrap();
    /// assert_eq!(parser.retry(), Some(Duration::from_millis(1500)));
    /// ```
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Returns the number of comments so far, which servers send to keep a connection open.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseParser;
    /// let mut parser = SseParser::new();
    /// assert_eq!(parser.read(&mut &b": still here\n\n:\n\n"[..]), Ok(None));
    /// assert_eq!(parser.comments(), 2);
    /// ```
    pub fn comments(&self) -> u64 {
        self.comments
    }

    fn too_large(&self) -> SseTooLarge {
        SseTooLarge {
            limit: self.max_event,
        }
    }

    fn check_room_for(&mut self, bytes: usize) -> Result<(), SseTooLarge> {
        let held = self.event.bytes().saturating_add(self.line.len());
        if held.saturating_add(bytes) <= self.max_event {
            return Ok(());
        }
        self.failed = true;
        // Nothing more will be read, so nothing is kept.
        (self.line, self.event) = (Vec::new(), Unfinished::default());
        Err(self.too_large())
    }

    /// Handles a line that ends with `rest`.
    fn end_line(&mut self, rest: &[u8]) -> Result<Option<SseEvent>, SseTooLarge> {
        self.check_room_for(rest.len())?;
        if self.line.is_empty() {
            return Ok(self.handle(rest));
        }
        let mut line = std::mem::take(&mut self.line);
        line.extend_from_slice(rest);
        let event = self.handle(&line);
        if line.capacity() <= KEPT_LINE {
            line.clear();
            self.line = line;
        }
        Ok(event)
    }

    fn handle(&mut self, line: &[u8]) -> Option<SseEvent> {
        let is_first = !std::mem::replace(&mut self.started, true);
        let line = match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) if is_first => rest,
            _ => line,
        };
        if line.is_empty() {
            return self.end_event();
        }
        if line[0] == b':' {
            self.comments += 1;
            return None;
        }
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        self.set(field, value.strip_prefix(' ').unwrap_or(value));
        None
    }

    fn set(&mut self, field: &str, value: &str) {
        match field {
            "data" => match &mut self.event.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.event.data = Some(value.to_owned()),
            },
            "event" => value.clone_into(&mut self.event.name),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                // A number that is too large for any clock is cut to the largest one.
                let retry = Duration::from_millis(value.parse().unwrap_or(u64::MAX));
                self.event.retry = Some(retry);
                // It counts at once, also without a blank line.
                self.retry = Some(retry);
            }
            _ => {}
        }
    }

    fn end_event(&mut self) -> Option<SseEvent> {
        let event = std::mem::take(&mut self.event);
        if let Some(id) = &event.id {
            self.last_event_id.clone_from(id);
        }
        let name = (!event.name.is_empty()).then_some(event.name);
        Some(SseEvent::received(event.data?, name, event.id, event.retry))
    }
}
