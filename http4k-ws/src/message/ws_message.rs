//! Socket messages: text or binary.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str;
#[cfg(feature = "deflate")]
use std::sync::Arc;

use bytes::Bytes;
use bytestring::ByteString;

use super::abridged::Abridged;
#[cfg(feature = "deflate")]
use super::encoded::{EncodedForms, Encoding, is_shared};

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
#[derive(Clone)]
pub struct WsMessage {
    owner: PayloadOwner,
}

/// A payload, which takes no more memory with its second variant.
#[derive(Clone)]
enum PayloadOwner {
    Message(Payload),
    /// A payload whose clones share its compressed forms.
    #[cfg(feature = "deflate")]
    Clones(Arc<SharedPayload>),
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Payload {
    /// Was checked once to be UTF-8, so that reading it costs nothing.
    Text(ByteString),
    Binary(Bytes),
}

#[cfg(feature = "deflate")]
struct SharedPayload {
    payload: Payload,
    forms: EncodedForms,
}

impl Payload {
    #[inline]
    fn bytes(&self) -> &Bytes {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

impl WsMessage {
    /// Creates a text message.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    ///
    /// let message = WsMessage::new_text(format!("hello {}", "bob"));
    /// assert!(message.is_text());
    /// assert_eq!(message, "hello bob");
    /// ```
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
        Self::of(Payload::Text(text))
    }

    #[inline]
    fn of(payload: Payload) -> Self {
        #[cfg(feature = "deflate")]
        if is_shared(payload.bytes().len()) {
            return Self::sharing(payload);
        }
        Self {
            owner: PayloadOwner::Message(payload),
        }
    }

    #[cfg(feature = "deflate")]
    #[inline(never)]
    fn sharing(payload: Payload) -> Self {
        let forms = EncodedForms::default();
        Self {
            owner: PayloadOwner::Clones(Arc::new(SharedPayload { payload, forms })),
        }
    }

    #[inline]
    fn payload(&self) -> &Payload {
        match &self.owner {
            PayloadOwner::Message(payload) => payload,
            #[cfg(feature = "deflate")]
            PayloadOwner::Clones(shared) => &shared.payload,
        }
    }

    /// Creates a binary message.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    ///
    /// let pixel = WsMessage::new_binary(vec![0, 127, 255]);
    /// assert!(pixel.is_binary());
    /// assert_eq!(pixel.as_bytes().as_ref(), [0, 127, 255]);
    /// ```
    pub fn new_binary(bytes: impl Into<Bytes>) -> Self {
        Self::of(Payload::Binary(bytes.into()))
    }

    /// Returns `true` for a text message.
    pub fn is_text(&self) -> bool {
        matches!(self.payload(), Payload::Text(_))
    }

    /// Returns `true` for a binary message.
    pub fn is_binary(&self) -> bool {
        matches!(self.payload(), Payload::Binary(_))
    }

    /// Returns the text of a text message; `None` for a binary one. The text was checked when the
    /// message was created, so the call costs nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    ///
    /// assert_eq!(WsMessage::from("hello").as_text(), Some("hello"));
    /// assert_eq!(WsMessage::from(b"hello").as_text(), None);
    /// ```
    pub fn as_text(&self) -> Option<&str> {
        match self.payload() {
            Payload::Text(text) => Some(text),
            Payload::Binary(_) => None,
        }
    }

    /// Returns the text. The bytes of a binary message are decoded as UTF-8, with U+FFFD for
    /// invalid bytes.
    ///
    /// To distinguish the kinds, use [`as_text`](Self::as_text).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    ///
    /// assert_eq!(WsMessage::from(b"hello").text(), "hello");
    /// assert_eq!(WsMessage::from(b"caf\xe9").text(), "caf\u{fffd}");
    /// ```
    pub fn text(&self) -> Cow<'_, str> {
        match self.payload() {
            Payload::Text(text) => Cow::Borrowed(text),
            Payload::Binary(bytes) => String::from_utf8_lossy(bytes),
        }
    }

    /// Returns the payload of either kind.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    ///
    /// assert_eq!(WsMessage::from("café").as_bytes().len(), 5);
    /// ```
    pub fn as_bytes(&self) -> &Bytes {
        self.payload().bytes()
    }

    /// Returns another form of the payload, which clones share. `encode` makes it if there is none.
    #[cfg(feature = "deflate")]
    #[cfg_attr(not(any(feature = "server", feature = "client")), allow(dead_code))]
    pub(crate) fn encoded(
        &self,
        encoding: Encoding,
        encode: impl FnOnce(&[u8]) -> Option<Bytes>,
    ) -> Option<Bytes> {
        match &self.owner {
            PayloadOwner::Message(payload) => encode(payload.bytes()),
            PayloadOwner::Clones(shared) => {
                let bytes = shared.payload.bytes();
                shared.forms.of(encoding, || encode(bytes))
            }
        }
    }

    /// Returns the payload of either kind.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    /// use http4k_ws::bytes::Bytes;
    ///
    /// let sent = Bytes::from_static(b"\x89PNG");
    /// let received = WsMessage::from(sent.clone()).into_bytes();
    /// assert_eq!(received.as_ptr(), sent.as_ptr()); // The bytes are shared.
    /// ```
    pub fn into_bytes(self) -> Bytes {
        match self.owner {
            PayloadOwner::Message(payload) => payload.into_bytes(),
            #[cfg(feature = "deflate")]
            PayloadOwner::Clones(shared) => shared.payload.bytes().clone(),
        }
    }
}

impl PartialEq for WsMessage {
    fn eq(&self, other: &Self) -> bool {
        self.payload() == other.payload()
    }
}

impl Eq for WsMessage {}

impl Hash for WsMessage {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.payload().hash(state);
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
        let kind = match self.payload() {
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
    #[cfg(feature = "deflate")]
    use std::collections::HashSet;

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

    /// The variant that shares forms fits into the space of the other one.
    #[test]
    fn a_message_takes_five_words() {
        assert_eq!(size_of::<WsMessage>(), 5 * size_of::<usize>());
        assert_eq!(size_of::<Option<WsMessage>>(), 5 * size_of::<usize>());
    }

    #[cfg(feature = "deflate")]
    #[test]
    fn a_message_that_shares_its_forms_is_the_same_message() {
        for content in ["grüße", ""] {
            for payload in [
                Payload::Text(content.into()),
                Payload::Binary(Bytes::from(content)),
            ] {
                let own = WsMessage {
                    owner: PayloadOwner::Message(payload.clone()),
                };
                let shared = WsMessage::sharing(payload);
                assert_eq!(own, shared);
                assert_eq!(shared.is_text(), own.is_text());
                assert_eq!(shared.is_binary(), own.is_binary());
                assert_eq!(shared.as_text(), own.as_text());
                assert_eq!(shared.text(), own.text());
                assert_eq!(shared.as_bytes(), own.as_bytes());
                assert_eq!(format!("{shared:?}"), format!("{own:?}"));
                assert_eq!(HashSet::from([own.clone(), shared.clone()]).len(), 1);
                assert_eq!(shared.clone().into_bytes(), own.into_bytes());
                let bytes = shared.as_bytes().as_ptr();
                assert_eq!(shared.clone().as_bytes().as_ptr(), bytes);
            }
        }
    }

    #[cfg(feature = "deflate")]
    #[test]
    fn clones_share_their_forms() {
        let shared = WsMessage::sharing(Payload::Binary(Bytes::from("a")));
        let clone = shared.clone();
        assert_eq!(shared.encoded(1, |_| Some("b".into())), Some("b".into()));
        assert_eq!(clone.encoded(1, |_| None), Some("b".into()));
        assert_eq!(clone.encoded(2, |_| None), None);
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
