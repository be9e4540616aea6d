//! The formats and their names, and the two that need no serde: text and bytes.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;

use super::invalid;
use crate::lens::failure::LensFailure;
use crate::lens::message::Message;
use crate::lens::message_part::Cause;
use crate::lens::meta::Location;
use crate::message::WsMessage;

/// The serialization of a value.
///
/// A format has names in Content-Types and in subprotocols, and travels in frames of one kind.
///
/// | format | feature | Content-Type | frames |
/// |---|---|---|---|
/// | JSON | `json` | `application/json` | text |
/// | MessagePack, fields by name | `msgpack` | `application/msgpack` | binary |
/// | CBOR | `cbor` | `application/cbor` | binary |
/// | text, by `Display` and `FromStr` | | `text/plain; charset=utf-8` | text |
/// | bytes, by `Into<Bytes>` and `TryFrom<Bytes>` | | `application/octet-stream` | binary |
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::Format;
///
/// assert_eq!(Format::Json.content_type(), "application/json");
/// assert_eq!(Format::MessagePack.as_str(), "MessagePack");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// MessagePack, in which a struct is a map of its fields' names.
    MessagePack,
    /// CBOR (RFC 8949).
    Cbor,
    /// Text, by `Display` and `FromStr`.
    Text,
    /// Bytes, by `Into<Bytes>` and `TryFrom<Bytes>`.
    Binary,
}

impl Format {
    /// Returns the name in texts.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Format;
    ///
    /// assert_eq!(Format::Cbor.as_str(), "CBOR");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::MessagePack => "MessagePack",
            Self::Cbor => "CBOR",
            Self::Text => "text",
            Self::Binary => "bytes",
        }
    }

    /// Returns the Content-Type of a body in this format.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Format;
    ///
    /// assert_eq!(Format::Text.content_type(), "text/plain; charset=utf-8");
    /// assert_eq!(Format::MessagePack.content_type(), "application/msgpack");
    /// ```
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::MessagePack => "application/msgpack",
            Self::Cbor => "application/cbor",
            Self::Text => "text/plain; charset=utf-8",
            Self::Binary => "application/octet-stream",
        }
    }

    /// Returns `true` if `content_type` names this format.
    ///
    /// A suffix such as `+json` also names it (RFC 6839). Letter case and parameters are ignored.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Format;
    ///
    /// assert!(Format::Json.is_content_type("application/problem+json; charset=utf-8"));
    /// assert!(Format::MessagePack.is_content_type("application/x-msgpack"));
    /// assert!(!Format::Json.is_content_type("text/plain"));
    /// ```
    pub fn is_content_type(self, content_type: &str) -> bool {
        if content_type == self.content_type() {
            return true;
        }
        let essence = essence(content_type);
        let Some((kind, subtype)) = essence.split_once('/') else {
            return false;
        };
        match self {
            Self::Text => kind == "text",
            Self::Binary => essence == self.content_type(),
            Self::Json | Self::MessagePack | Self::Cbor => self.is_named(subtype),
        }
    }

    /// Returns the format that a subprotocol declares for its messages, such as `chat.v1+json`, or
    /// `json` alone.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Format;
    ///
    /// assert_eq!(Format::of_subprotocol("chat.v1+msgpack"), Some(Format::MessagePack));
    /// assert_eq!(Format::of_subprotocol("cbor"), Some(Format::Cbor));
    /// assert_eq!(Format::of_subprotocol("chat.v1"), None);
    /// ```
    pub fn of_subprotocol(subprotocol: &str) -> Option<Self> {
        let name = subprotocol.rsplit('+').next()?.to_ascii_lowercase();
        let formats = [Self::Json, Self::MessagePack, Self::Cbor];
        formats
            .into_iter()
            .find(|format| format.names().contains(&name.as_str()))
    }

    /// Returns `true` if messages in this format are text messages, and `false` if they are binary.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Format;
    ///
    /// assert!(Format::Json.is_text());
    /// assert!(!Format::Cbor.is_text());
    /// ```
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Json | Self::Text)
    }

    /// Returns `true` if a value may have no bytes at all.
    pub(in crate::lens) const fn has_empty_values(self) -> bool {
        matches!(self, Self::Text | Self::Binary)
    }

    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["json"],
            Self::MessagePack => &["msgpack", "x-msgpack", "vnd.msgpack"],
            Self::Cbor => &["cbor"],
            Self::Text | Self::Binary => &[],
        }
    }

    fn is_named(self, subtype: &str) -> bool {
        let suffix = subtype.rsplit('+').next().unwrap_or_default();
        self.names().contains(&suffix)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Returns a media type without its parameters, in lower case (RFC 9110 §8.3.1).
pub(in crate::lens) fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Reads a text from a message of either kind, and parses it.
pub(super) fn parsed<T: Message + FromStr<Err: Into<Cause>>>(
    message: &WsMessage,
) -> Result<T, LensFailure> {
    fn failure<T: Message>(cause: impl Into<Cause>) -> LensFailure {
        invalid(Location::Message, T::NAME, Format::Text, cause).into()
    }
    let text = std::str::from_utf8(message.as_bytes()).map_err(failure::<T>)?;
    text.parse().map_err(failure::<T>)
}

/// Reads a value from the bytes of a message of either kind.
pub(super) fn unpacked<T: Message + TryFrom<Bytes, Error: Into<Cause>>>(
    message: WsMessage,
) -> Result<T, LensFailure> {
    T::try_from(message.into_bytes())
        .map_err(|cause| invalid(Location::Message, T::NAME, Format::Binary, cause).into())
}

/// The text itself.
impl Message for String {
    const NAME: &'static str = "String";
    const FORMATS: &'static [Format] = &[Format::Text];

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        Ok(WsMessage::new_text(self))
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        parsed(&message)
    }
}

/// The bytes of a message of either kind.
impl Message for Bytes {
    const NAME: &'static str = "Bytes";
    const FORMATS: &'static [Format] = &[Format::Binary];

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        Ok(WsMessage::new_binary(self))
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        Ok(message.into_bytes())
    }
}
