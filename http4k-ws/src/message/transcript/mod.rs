//! What was said on a socket, as a text that people read and tests replay.

mod error;
mod escape;
mod parse;
mod recorder;

use std::fmt;
use std::time::Duration;

use ::http::header::SEC_WEBSOCKET_PROTOCOL;

pub use error::{TranscriptError, TranscriptRule};
use escape::Escaped;
pub(crate) use recorder::Recorder;

use super::body::Body;
use super::http::Request;
use super::ws_message::WsMessage;
use super::ws_status::WsStatus;

/// The session of one socket: how it was opened, and what each side said, in order.
///
/// It is a value with a text, line by line, that [`Display`](fmt::Display) writes and [`FromStr`](std::str::FromStr)
/// reads: what was written is read as the same value. A recording makes one
/// ([`Recorded`](crate::testing::transcript::Recorded), [`record`](crate::filter::record)), and so do the methods here; it is replayed
/// ([`replay`](Self::replay)) or compared with a file ([`approve`](Self::approve)).
///
/// ```text
/// open /rooms/one?as=ann          what was asked for; always the first line
/// subprotocol chat.v1             what was agreed on, if anything
/// client text hello               one message of text
/// server binary 00ff              one message of bytes, in hexadecimal
/// silence 1.5s                    nothing comes from the server for so long
/// server close 1000 bye           who closes; the code, and the reason if there is one
/// cut                             the recording was full: more was said than is written
/// ```
///
/// Text stands as it is. Only what would not survive in a line is escaped: `\\`, `\n`, `\r`, `\t`, and
/// `\u{…}` for other control characters, for characters that are not seen, and for a space at either end.
///
/// # Examples
///
/// ```
/// use http4k_ws::WsStatus;
/// use http4k_ws::testing::transcript::Transcript;
///
/// let said = Transcript::new("/rooms/one")
///     .client_says("hello\nworld")
///     .server_says(b"\x00\xff")
///     .server_closes(WsStatus::NORMAL);
/// let text = "\
/// open /rooms/one
/// client text hello\\nworld
/// server binary 00ff
/// server close 1000
/// ";
/// assert_eq!(said.to_string(), text);
/// assert_eq!(text.parse(), Ok(said));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    target: String,
    subprotocol: Option<String>,
    entries: Vec<TranscriptEntry>,
}

/// One thing that happened on a socket; a line of a [`Transcript`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TranscriptEntry {
    /// A message.
    Message {
        /// Who sent it.
        by: Party,
        /// What it was.
        message: WsMessage,
    },
    /// The end. A connection that was lost has the status 1006 here (RFC 6455 §7.1.5).
    Close {
        /// Who closed first, or was lost.
        by: Party,
        /// With what.
        status: WsStatus,
    },
    /// Nothing came from the server for so long.
    Silence(Duration),
    /// The recording was full.
    Cut,
}

/// A side of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// Who opened it.
    Client,
    /// Who accepted it.
    Server,
}

impl Transcript {
    /// A session that was opened at `target`, such as `/rooms/one?as=ann`, and in which nothing was said yet.
    pub fn new(target: impl Into<String>) -> Self {
        Self {
            target: target.into(),
            subprotocol: None,
            entries: Vec::new(),
        }
    }

    /// The same session with a subprotocol that was agreed on (RFC 6455 §1.9).
    #[must_use]
    pub fn with_subprotocol(self, subprotocol: impl Into<String>) -> Self {
        Self {
            subprotocol: Some(subprotocol.into()),
            ..self
        }
    }

    /// And then the client sends `message`.
    #[must_use]
    pub fn client_says(self, message: impl Into<WsMessage>) -> Self {
        self.and(TranscriptEntry::Message {
            by: Party::Client,
            message: message.into(),
        })
    }

    /// And then the server sends `message`.
    #[must_use]
    pub fn server_says(self, message: impl Into<WsMessage>) -> Self {
        self.and(TranscriptEntry::Message {
            by: Party::Server,
            message: message.into(),
        })
    }

    /// And then the client closes.
    #[must_use]
    pub fn client_closes(self, status: WsStatus) -> Self {
        let by = Party::Client;
        self.and(TranscriptEntry::Close { by, status })
    }

    /// And then the server closes.
    #[must_use]
    pub fn server_closes(self, status: WsStatus) -> Self {
        let by = Party::Server;
        self.and(TranscriptEntry::Close { by, status })
    }

    /// And then nothing comes from the server for so long.
    #[must_use]
    pub fn silence(self, time: Duration) -> Self {
        self.and(TranscriptEntry::Silence(time))
    }

    fn and(mut self, entry: TranscriptEntry) -> Self {
        self.push(entry);
        self
    }

    /// Adds what happened next.
    pub fn push(&mut self, entry: TranscriptEntry) {
        self.entries.push(entry);
    }

    /// What was asked for: a path, and a query if there was one.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The subprotocol agreed on.
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// What happened, in order.
    pub fn entries(&self) -> &[TranscriptEntry] {
        &self.entries
    }

    /// The number of the line that entry `index` stands in; the first line is 1.
    pub fn line_of(&self, index: usize) -> usize {
        let head = 1 + usize::from(self.subprotocol.is_some());
        head + index + 1
    }

    /// The request that opens such a session: it offers the subprotocol, if there is one.
    ///
    /// # Errors
    ///
    /// [`http::Error`](::http::Error) for a target or a subprotocol that no request can have.
    pub fn request(&self) -> Result<Request, ::http::Error> {
        let mut request = ::http::Request::get(&self.target);
        if let Some(subprotocol) = &self.subprotocol {
            request = request.header(SEC_WEBSOCKET_PROTOCOL, subprotocol);
        }
        request.body(Body::empty())
    }
}

/// The whole text; each line ends in a line feed.
impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "open{}", Behind(&self.target))?;
        if let Some(subprotocol) = &self.subprotocol {
            writeln!(f, "subprotocol{}", Behind(subprotocol))?;
        }
        self.entries
            .iter()
            .try_for_each(|entry| writeln!(f, "{entry}"))
    }
}

/// The line, without its end.
impl fmt::Display for TranscriptEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message { by, message } => match message.as_text() {
                Some(text) => write!(f, "{by} text{}", Behind(text)),
                None => {
                    write!(f, "{by} binary")?;
                    let mut bytes = message.as_bytes().iter();
                    if let Some(first) = bytes.next() {
                        write!(f, " {first:02x}")?;
                    }
                    bytes.try_for_each(|byte| write!(f, "{byte:02x}"))
                }
            },
            Self::Close { by, status } => {
                let (code, reason) = (status.code(), Behind(status.reason()));
                write!(f, "{by} close {code}{reason}")
            }
            Self::Silence(time) => write!(f, "silence {}", Seconds(*time)),
            Self::Cut => f.write_str("cut"),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Server => "server",
        })
    }
}

/// Text that ends a line, with the space before it; nothing, where there is none.
struct Behind<'a>(&'a str);

impl fmt::Display for Behind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => Ok(()),
            text => write!(f, " {}", Escaped(text)),
        }
    }
}

/// A time in seconds, exact to the nanosecond.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_secs())?;
        if self.0.subsec_nanos() > 0 {
            let fraction = format!("{:09}", self.0.subsec_nanos());
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        f.write_str("s")
    }
}
