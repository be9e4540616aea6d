//! The formats there are, and what they are called.

use crate::lens::body::essence;

/// How a value is written: what it is called in a Content-Type and in a subprotocol, and in which frames it travels.
///
/// | format | feature | Content-Type | frames |
/// |---|---|---|---|
/// | JSON | `json` | `application/json` | text |
/// | MessagePack, fields by name | `msgpack` | `application/msgpack` | binary |
/// | CBOR | `cbor` | `application/cbor` | binary |
/// | text, by `Display` and `FromStr` | | `text/plain; charset=utf-8` | text |
/// | bytes, by `Into<Bytes>` and `TryFrom<Bytes>` | | `application/octet-stream` | binary |
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
    /// The name, in texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::MessagePack => "MessagePack",
            Self::Cbor => "CBOR",
            Self::Text => "text",
            Self::Binary => "bytes",
        }
    }

    /// The Content-Type of a body in this format.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::MessagePack => "application/msgpack",
            Self::Cbor => "application/cbor",
            Self::Text => "text/plain; charset=utf-8",
            Self::Binary => "application/octet-stream",
        }
    }

    /// Whether `content_type` names this format: also by a suffix such as `+json` (RFC 6839), in any case, whatever
    /// its parameters.
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

    /// The format that a subprotocol says messages have: `chat.v1+json`, or `json` alone.
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

    /// Whether messages in this format are text messages; they are else binary.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Json | Self::Text)
    }

    /// Whether no bytes at all may be a value.
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

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
