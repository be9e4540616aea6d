//! Socket messages: text or binary.

use std::borrow::Cow;
use std::fmt;
use std::str;

use bytes::Bytes;
use bytestring::ByteString;

use super::abridged::Abridged;

/// A whole WebSocket message, whose fragments were joined (RFC 6455 §5.4).
///
/// [`Into`] converts `&str` and `String` to a text message, and `Bytes`, `Vec<u8>` and `b"…"` to a
/// binary one. Cloning shares the bytes. A text and a binary message are never equal, even with the
/// same bytes. A message may be empty.
///
/// # Examples
///
/// ```
/// use http4k_ws::WsMessage;
///
/// let greeting = WsMessage::from("hello");
/// assert!(greeting.is_text());
/// assert_eq!(greeting, "hello");
///
/// let picture = WsMessage::from(b"\x89PNG");
/// assert_eq!(picture.as_text(), None);
/// assert_eq!(picture.as_bytes().len(), 4);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WsMessage {
    payload: Payload,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Payload {
    /// Was checked once to be UTF-8, so that reading it costs nothing.
    Text(ByteString),
    Binary(Bytes),
}

impl WsMessage {
    /// Creates a text message.
    pub fn new_text(text: impl Into<String>) -> Self {
        Self::from_checked(text.into().into())
    }

    /// Creates a text message from bytes in UTF-8, without copying them.
    ///
    /// # Errors
    ///
    /// [`str::Utf8Error`] with the position of the first invalid byte.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http4k_ws::WsMessage;
    ///
    /// let message = WsMessage::text_from_utf8(Bytes::from_static(b"hello")).unwrap();
    /// assert_eq!(message, "hello");
    /// assert!(WsMessage::text_from_utf8(Bytes::from_static(b"\xff")).is_err());
    /// ```
    pub fn text_from_utf8(bytes: Bytes) -> Result<Self, str::Utf8Error> {
        ByteString::try_from(bytes).map(Self::from_checked)
    }

    /// Creates a text message without a check.
    #[inline]
    pub(crate) fn from_checked(text: ByteString) -> Self {
        Self {
            payload: Payload::Text(text),
        }
    }

    /// Creates a binary message.
    pub fn new_binary(bytes: impl Into<Bytes>) -> Self {
        Self {
            payload: Payload::Binary(bytes.into()),
        }
    }

    /// Returns `true` for a text message.
    pub fn is_text(&self) -> bool {
        matches!(self.payload, Payload::Text(_))
    }

    /// Returns `true` for a binary message.
    pub fn is_binary(&self) -> bool {
        matches!(self.payload, Payload::Binary(_))
    }

    /// Returns the text of a text message; `None` for a binary one. The text was checked when the
    /// message was created, so the call costs nothing.
    pub fn as_text(&self) -> Option<&str> {
        match &self.payload {
            Payload::Text(text) => Some(text),
            Payload::Binary(_) => None,
        }
    }

    /// Returns the text. The bytes of a binary message are decoded as UTF-8, with U+FFFD for
    /// invalid bytes.
    ///
    /// To distinguish the kinds, use [`as_text`](Self::as_text).
    pub fn text(&self) -> Cow<'_, str> {
        match &self.payload {
            Payload::Text(text) => Cow::Borrowed(text),
            Payload::Binary(bytes) => String::from_utf8_lossy(bytes),
        }
    }

    /// Returns the payload of either kind.
    pub fn as_bytes(&self) -> &Bytes {
        match &self.payload {
            Payload::Text(text) => text.as_bytes(),
            Payload::Binary(bytes) => bytes,
        }
    }

    /// Returns the payload of either kind.
    pub fn into_bytes(self) -> Bytes {
        match self.payload {
            Payload::Text(text) => text.into_bytes(),
            Payload::Binary(bytes) => bytes,
        }
    }
}

/// Compares the kind and the bytes, without decoding or copying them.
impl PartialEq<str> for WsMessage {
    fn eq(&self, text: &str) -> bool {
        self.as_text() == Some(text)
    }
}

/// Compares the kind and the bytes, without decoding or copying them.
impl PartialEq<&str> for WsMessage {
    fn eq(&self, text: &&str) -> bool {
        *self == **text
    }
}

/// Writes the kind and the abridged payload.
impl fmt::Debug for WsMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.payload {
            Payload::Text(_) => "Text",
            Payload::Binary(_) => "Binary",
        };
        write!(f, "{kind}({})", Abridged(self.as_bytes()))
    }
}

macro_rules! from {
    ($new:ident: $($source:ty),*) => {$(
        impl From<$source> for WsMessage {
            fn from(source: $source) -> Self {
                Self::$new(source)
            }
        }
    )*};
}
from!(new_text: &str, String, &String, Cow<'_, str>);
from!(new_binary: &'static [u8], Vec<u8>, Bytes);

impl<const N: usize> From<&'static [u8; N]> for WsMessage {
    fn from(source: &'static [u8; N]) -> Self {
        Self::new_binary(source.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_converts_to_text_and_bytes_to_binary() {
        let owned = String::from("a");
        let texts: [WsMessage; 4] = [
            "a".into(),
            (&owned).into(),
            owned.clone().into(),
            Cow::Borrowed("a").into(),
        ];
        for message in texts {
            assert!(message.is_text() && !message.is_binary());
            assert_eq!(message.as_text(), Some("a"));
        }
        let binaries: [WsMessage; 4] = [
            b"a".into(),
            b"a".as_slice().into(),
            b"a".to_vec().into(),
            Bytes::from("a").into(),
        ];
        for message in binaries {
            assert!(message.is_binary() && !message.is_text());
            assert_eq!(message.as_text(), None);
            assert_eq!(message.into_bytes(), "a");
        }
    }

    #[test]
    fn kinds_differ_even_with_the_same_bytes() {
        assert_ne!(WsMessage::new_text("a"), WsMessage::new_binary("a"));
        assert_ne!(WsMessage::new_text(""), WsMessage::new_binary(""));
        assert_eq!(WsMessage::new_text("a"), "a");
    }

    #[test]
    fn cloning_shares_the_bytes() {
        let message = WsMessage::new_text("hello");
        assert_eq!(
            message.clone().as_bytes().as_ptr(),
            message.as_bytes().as_ptr()
        );
    }

    #[test]
    fn text_of_a_binary_message_is_read_with_replacements() {
        assert_eq!(WsMessage::new_binary("a").text(), "a");
        assert_eq!(WsMessage::from(b"a\xff").text(), "a\u{fffd}");
        let failure = WsMessage::text_from_utf8(Bytes::from_static(b"ab\xff")).unwrap_err();
        assert_eq!(failure.valid_up_to(), 2);
    }

    #[test]
    fn debug_shows_kind_and_payload() {
        assert_eq!(
            format!("{:?}", WsMessage::new_text("a\"b")),
            r#"Text("a\"b")"#
        );
        assert_eq!(
            format!("{:?}", WsMessage::from(b"\xff")),
            r#"Binary(b"\xff")"#
        );
        let long = format!("{:?}", WsMessage::new_binary(vec![0; 100_000]));
        assert!(
            long.len() < 600 && long.ends_with("… 100000 bytes)"),
            "{long}"
        );
    }
}
