//! The conversation on a socket, as a value and as a text.
//!
//! The public address of these types is `testing::transcript`. They are defined here because
//! `filter::record` builds them, and filters import nothing of `testing`.

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

/// The session of one socket: its opening, and the messages of both sides in order.
///
/// [`Display`](fmt::Display) writes it as a text, line by line, and [`FromStr`](std::str::FromStr)
/// reads that text back as an equal value. A transcript is recorded by
/// [`Recorded`](crate::testing::transcript::Recorded) or [`record`](crate::filter::record), or
/// built with the methods here. It is [replayed](Self::replay), or [compared](Self::approve) with a
/// file.
///
/// ```text
/// open /rooms/one?as=ann          the target of the upgrade; always the first line
/// subprotocol chat.v1             the negotiated subprotocol, if there is one
/// client text hello               a text message
/// server binary 00ff              a binary message, in hexadecimal
/// silence 1.5s                    a time in which the server sends nothing
/// server close 1000 bye           the side that closes, its code, and its reason if there is one
/// cut                             the recording was full, and the rest is missing
/// ```
///
/// Text is written as it is, except for characters that a line would lose. These are escaped: `\\`,
/// `\n`, `\r`, `\t`, and `\u{…}` for other control characters, invisible characters, and a space at
/// either end.
///
/// # Examples
///
/// ```
/// use http4k_ws::WsStatus;
/// use http4k_ws::testing::transcript::Transcript;
///
/// let session = Transcript::new("/rooms/one")
///     .client_says("hello\nworld")
///     .server_says(b"\x00\xff")
///     .server_closes(WsStatus::NORMAL);
/// let text = "\
/// open /rooms/one
/// client text hello\\nworld
/// server binary 00ff
/// server close 1000
/// ";
/// assert_eq!(session.to_string(), text);
/// assert_eq!(text.parse(), Ok(session));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    target: String,
    subprotocol: Option<String>,
    entries: Vec<TranscriptEntry>,
}

/// One event on a socket, which is a line of a [`Transcript`].
///
/// # Examples
///
/// ```
/// use http4k_ws::testing::transcript::{Party, Transcript, TranscriptEntry};
///
/// let hello = TranscriptEntry::Message { by: Party::Client, message: "hello".into() };
/// assert_eq!(hello.to_string(), "client text hello");
/// let mut session = Transcript::new("/ws");
/// session.push(hello.clone());
/// assert_eq!(session.entries(), [hello]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TranscriptEntry {
    /// A message.
    Message {
        /// The sender.
        by: Party,
        /// The message.
        message: WsMessage,
    },
    /// The end of the session. A lost connection has the status 1006 (RFC 6455 §7.1.5).
    Close {
        /// The side that closed first, or whose connection was lost.
        by: Party,
        /// The status.
        status: WsStatus,
    },
    /// A time in which the server sent nothing.
    Silence(Duration),
    /// The end of a recording that was full.
    Cut,
}

/// A side of a socket.
///
/// # Examples
///
/// ```
/// use http4k_ws::testing::transcript::{Party, Transcript, TranscriptEntry};
///
/// let session: Transcript = "open /ws\nclient text hello\nserver close 1001\n".parse().unwrap();
/// let last = session.entries().last();
/// assert!(matches!(last, Some(TranscriptEntry::Close { by: Party::Server, .. })));
/// assert_eq!(Party::Server.to_string(), "server");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// The side that opened the socket.
    Client,
    /// The side that accepted the socket.
    Server,
}

impl Transcript {
    /// Returns a session without messages, opened at `target`, such as `/rooms/one?as=ann`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session = Transcript::new("/rooms/one?as=ann");
    /// assert_eq!(session.to_string(), "open /rooms/one?as=ann\n");
    /// ```
    pub fn new(target: impl Into<String>) -> Self {
        Self {
            target: target.into(),
            subprotocol: None,
            entries: Vec::new(),
        }
    }

    /// Sets the negotiated subprotocol (RFC 6455 §1.9).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session = Transcript::new("/chat").with_subprotocol("chat.v1");
    /// assert_eq!(session.to_string(), "open /chat\nsubprotocol chat.v1\n");
    /// ```
    #[must_use]
    pub fn with_subprotocol(self, subprotocol: impl Into<String>) -> Self {
        Self {
            subprotocol: Some(subprotocol.into()),
            ..self
        }
    }

    /// Adds a message of the client.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session = Transcript::new("/chat").client_says("hello").client_says(b"\x00\xff");
    /// assert!(session.to_string().ends_with("client text hello\nclient binary 00ff\n"));
    /// ```
    #[must_use]
    pub fn client_says(self, message: impl Into<WsMessage>) -> Self {
        self.and(TranscriptEntry::Message {
            by: Party::Client,
            message: message.into(),
        })
    }

    /// Adds a message of the server.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session = Transcript::new("/chat").client_says("hello").server_says("welcome, ann");
    /// assert!(session.to_string().ends_with("client text hello\nserver text welcome, ann\n"));
    /// ```
    #[must_use]
    pub fn server_says(self, message: impl Into<WsMessage>) -> Self {
        self.and(TranscriptEntry::Message {
            by: Party::Server,
            message: message.into(),
        })
    }

    /// Adds a close by the client.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsStatus;
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session = Transcript::new("/chat").client_closes(WsStatus::GOING_AWAY);
    /// assert!(session.to_string().ends_with("client close 1001 going away\n"));
    /// ```
    #[must_use]
    pub fn client_closes(self, status: WsStatus) -> Self {
        let by = Party::Client;
        self.and(TranscriptEntry::Close { by, status })
    }

    /// Adds a close by the server.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsStatus;
    /// use http4k_ws::testing::transcript::{Party, Transcript, TranscriptEntry};
    ///
    /// let session = Transcript::new("/chat").server_closes(WsStatus::TRY_AGAIN_LATER);
    /// let (by, status) = (Party::Server, WsStatus::TRY_AGAIN_LATER);
    /// assert_eq!(session.entries(), [TranscriptEntry::Close { by, status }]);
    /// ```
    #[must_use]
    pub fn server_closes(self, status: WsStatus) -> Self {
        let by = Party::Server;
        self.and(TranscriptEntry::Close { by, status })
    }

    /// Adds a time in which the server sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session = Transcript::new("/chat").silence(Duration::from_millis(1_500));
    /// assert!(session.to_string().ends_with("silence 1.5s\n"));
    /// ```
    #[must_use]
    pub fn silence(self, time: Duration) -> Self {
        self.and(TranscriptEntry::Silence(time))
    }

    fn and(mut self, entry: TranscriptEntry) -> Self {
        self.push(entry);
        self
    }

    /// Adds an entry.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// // A session that begins as another one does.
    /// let known = Transcript::new("/chat").client_says("hello").server_says("welcome");
    /// let mut session = Transcript::new("/chat");
    /// for entry in known.entries() {
    ///     session.push(entry.clone());
    /// }
    /// assert_eq!(session, known);
    /// ```
    pub fn push(&mut self, entry: TranscriptEntry) {
        self.entries.push(entry);
    }

    /// Returns the target of the upgrade: a path, and a query if there was one.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session: Transcript = "open /rooms/one?as=ann\nserver text hello\n".parse().unwrap();
    /// assert_eq!(session.target(), "/rooms/one?as=ann");
    /// assert_eq!(session.subprotocol(), None);
    /// ```
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns the negotiated subprotocol.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session: Transcript = "open /chat\nsubprotocol chat.v2\n".parse().unwrap();
    /// assert_eq!(session.subprotocol(), Some("chat.v2"));
    /// assert_eq!(Transcript::new("/chat").subprotocol(), None);
    /// ```
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// Returns the entries in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session = Transcript::new("/chat").client_says("hello").server_says("welcome");
    /// assert_eq!(session.entries().len(), 2);
    /// ```
    pub fn entries(&self) -> &[TranscriptEntry] {
        &self.entries
    }

    /// Returns the number of the line that holds entry `index`. The first line is 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let session = Transcript::new("/chat").client_says("hello");
    /// assert_eq!(session.line_of(0), 2);
    /// assert_eq!(session.with_subprotocol("chat.v1").line_of(0), 3);
    /// ```
    pub fn line_of(&self, index: usize) -> usize {
        let head = 1 + usize::from(self.subprotocol.is_some());
        head + index + 1
    }

    /// Returns the request that opens such a session. It offers the subprotocol, if there is one.
    ///
    /// # Errors
    ///
    /// Returns [`http::Error`](::http::Error) if the target or the subprotocol is not valid in a
    /// request.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::testing::transcript::Transcript;
    ///
    /// let request = Transcript::new("/chat").with_subprotocol("chat.v1").request().unwrap();
    /// assert_eq!(request.header("sec-websocket-protocol"), Some("chat.v1"));
    /// assert!(Transcript::new("no path").request().is_err());
    /// ```
    pub fn request(&self) -> Result<Request, ::http::Error> {
        let mut request = ::http::Request::get(&self.target);
        if let Some(subprotocol) = &self.subprotocol {
            request = request.header(SEC_WEBSOCKET_PROTOCOL, subprotocol);
        }
        request.body(Body::empty())
    }
}

/// Writes the whole text. Each line ends in a line feed.
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

/// Writes the line, without a line feed.
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

/// The text at the end of a line, after a space. An empty text has no space.
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
