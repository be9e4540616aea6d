//! One message of a socket: text or binary.

use std::borrow::Cow;
use std::fmt;
use std::str;

use bytes::Bytes;

/// One WebSocket message, whole: fragments are joined before it is seen (RFC 6455 §5.4).
///
/// Cloning shares the bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WsMessage {
    // Text is always valid UTF-8.
    kind: Kind,
    bytes: Bytes,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Text,
    Binary,
}

impl WsMessage {
    /// A text message.
    pub fn new_text(text: impl Into<String>) -> Self {
        Self {
            kind: Kind::Text,
            bytes: Bytes::from(text.into()),
        }
    }

    /// A text message from bytes that must be UTF-8.
    ///
    /// # Errors
    ///
    /// The position of the first invalid byte, as [`str::Utf8Error`].
    pub fn text_from_utf8(bytes: Bytes) -> Result<Self, str::Utf8Error> {
        str::from_utf8(&bytes)?;
        Ok(Self {
            kind: Kind::Text,
            bytes,
        })
    }

    /// A text message from bytes that are known to be UTF-8.
    pub(crate) fn from_checked_utf8(bytes: Bytes) -> Self {
        Self {
            kind: Kind::Text,
            bytes,
        }
    }

    /// A binary message.
    pub fn new_binary(bytes: impl Into<Bytes>) -> Self {
        Self {
            kind: Kind::Binary,
            bytes: bytes.into(),
        }
    }

    /// Whether this is a text message.
    pub fn is_text(&self) -> bool {
        self.kind == Kind::Text
    }

    /// Whether this is a binary message.
    pub fn is_binary(&self) -> bool {
        self.kind == Kind::Binary
    }

    /// The text of a text message; `None` for a binary one.
    pub fn as_text(&self) -> Option<&str> {
        match self.kind {
            Kind::Text => str::from_utf8(&self.bytes).ok(),
            Kind::Binary => None,
        }
    }

    /// The text; of a binary message, its bytes read as UTF-8 with U+FFFD for what is none.
    ///
    /// Where the difference matters, ask [`as_text`](Self::as_text).
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// The payload, of either kind.
    pub fn as_bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The payload, of either kind.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl fmt::Debug for WsMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_text() {
            Some(text) => write!(f, "Text({text:?})"),
            None => write!(f, "Binary({:?})", self.bytes),
        }
    }
}

macro_rules! from {
    ($make:ident: $($source:ty),*) => {$(
        impl From<$source> for WsMessage {
            fn from(source: $source) -> Self {
                Self::$make(source)
            }
        }
    )*};
}
from!(new_text: &str, String);
from!(new_binary: &'static [u8], Vec<u8>, Bytes);
