//! Types that travel as one message, on a socket or in a body.

use bytes::Bytes;

use super::body::{BodyLens, BodyRules, Content};
use super::codec::Codec;
use super::description::MessageDescription;
use super::failure::{LensFailure, LensFailureKind};
use super::format::Format;
use super::message_part::Cause;
use super::meta::{Location, Meta};
use super::ws_message::MessageLens;
use crate::message::WsMessage;

/// A type that travels as one message, which a [`WebSocket`](crate::WebSocket) can carry.
///
/// Most types get it from [`derive(Message)`], beside serde's two traits. A value is then one text
/// message of JSON, or has the format that `#[message(..)]` names. A type that implements it may
/// use any format. [`WsMessage`] is a message itself, `String` is text and `Bytes` binary, and so
/// is [`Json`] over a serde type of another crate.
///
#[doc = crate::doc_link::macros!("derive(Message)", "Message")]
#[doc = crate::doc_link::json!("Json")]
///
/// # Examples
///
/// ```
/// use http4k_ws::{Message, WsMessage};
/// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location};
///
/// /// A number, as text.
/// #[derive(Debug, PartialEq)]
/// struct Count(u64);
///
/// impl Message for Count {
///     const NAME: &'static str = "Count";
///
///     fn into_message(self) -> Result<WsMessage, LensFailure> {
///         Ok(self.0.to_string().into())
///     }
///
///     fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
///         message.text().parse().map(Count).map_err(|cause: std::num::ParseIntError| {
///             Failure::new(LensFailureKind::Invalid, Location::Message, "Count", "integer")
///                 .with_cause(cause)
///                 .into()
///         })
///     }
/// }
///
/// let lens = Count::lens();
/// assert_eq!(lens.create(Count(7)), Ok("7".into()));
/// assert_eq!(lens.get(&"7".into()), Ok(Count(7)));
/// let failure = lens.get(&"seven".into()).unwrap_err();
/// let text = "message `Count` must be integer: invalid digit found in string";
/// assert_eq!(failure.to_string(), text);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't travel as a message",
    label = "a `WebSocket` carries `WsMessage` or a type that derives `Message`",
    note = "add `#[derive(Message)]` to `{Self}`, beside serde's `Serialize` and `Deserialize`"
)]
pub trait Message: Sized + Send + 'static {
    /// The name of the message, which is that of the type.
    const NAME: &'static str;

    /// The names that the variants of an enum have on the wire; empty for any other type.
    const VARIANTS: &'static [&'static str] = &[];

    /// The formats that values are written and read in, the usual one first; empty for a format
    /// that is not one of [`Format`].
    ///
    /// If the subprotocol of a socket names one of them ([`Format::of_subprotocol`]), its messages
    /// have that format. Otherwise they have the first.
    const FORMATS: &'static [Format] = &[];

    /// Converts the value to a message.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if the format cannot represent the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// #[derive(Serialize, Deserialize, Message)]
    /// struct Price {
    ///     cents: f64,
    /// }
    ///
    /// assert_eq!(Price { cents: 7.5 }.into_message().unwrap(), r#"{"cents":7.5}"#);
    /// assert!(Price { cents: f64::NAN }.into_message().is_err());
    /// ```
    fn into_message(self) -> Result<WsMessage, LensFailure>;

    /// Reads a value from a message.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if the message is not such a value; a socket then closes with 1007.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
    /// struct Price {
    ///     cents: u32,
    /// }
    ///
    /// assert_eq!(Price::from_message(r#"{"cents":7}"#.into()).unwrap(), Price { cents: 7 });
    /// assert!(Price::from_message("seven".into()).is_err());
    /// ```
    fn from_message(message: WsMessage) -> Result<Self, LensFailure>;

    /// Converts as [`into_message`](Self::into_message), to `format`, which is one of
    /// [`FORMATS`](Self::FORMATS).
    ///
    /// # Errors
    ///
    /// As [`into_message`](Self::into_message).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Format;
    /// use http4k_ws::prelude::*;
    ///
    /// #[derive(Serialize, Deserialize, Message)]
    /// #[message(json, msgpack)]
    /// struct Price(u32);
    ///
    /// assert!(Price(7).into_message_in(Format::Json).unwrap().is_text());
    /// assert!(Price(7).into_message_in(Format::MessagePack).unwrap().is_binary());
    /// ```
    fn into_message_in(self, format: Format) -> Result<WsMessage, LensFailure> {
        let _usual = format;
        self.into_message()
    }

    /// Reads as [`from_message`](Self::from_message), from `format`, which is one of
    /// [`FORMATS`](Self::FORMATS).
    ///
    /// # Errors
    ///
    /// As [`from_message`](Self::from_message).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Format;
    /// use http4k_ws::prelude::*;
    ///
    /// #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
    /// #[message(json, msgpack)]
    /// struct Price(u32);
    ///
    /// assert_eq!(Price::from_message_in(Format::MessagePack, b"\x07".into()), Ok(Price(7)));
    /// assert!(Price::from_message_in(Format::Json, b"\xff".into()).is_err());
    /// ```
    fn from_message_in(format: Format, message: WsMessage) -> Result<Self, LensFailure> {
        let _usual = format;
        Self::from_message(message)
    }

    /// Describes the type in documents. By default, it is known by its constants alone.
    ///
    /// `#[derive(Message)]` adds the doc comment of the type and, with the feature `schema`, the
    /// schema of a type that implements `schemars::JsonSchema`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// /// A price in cents.
    /// #[derive(Serialize, Deserialize, Message)]
    /// struct Price(u32);
    ///
    /// assert_eq!(Price::description().docs, "A price in cents.");
    /// ```
    fn description() -> MessageDescription {
        MessageDescription::of::<Self>()
    }

    /// Returns the view of a [`WsMessage`] as this type, which reads and writes.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
    /// struct Price(u32);
    ///
    /// let echo = |ws: WebSocket| {
    ///     let sender = ws.sender();
    ///     ws.on_message(move |message| {
    ///         let Price(cents) = Price::lens().get(&message)?;
    ///         WsResult::Ok(sender.try_send(Price::lens().create(Price(cents + 1))?)?)
    ///     });
    /// };
    /// let mut client = echo.test_ws("/");
    /// client.send("7").unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), "8");
    /// ```
    fn lens() -> MessageLens<Self> {
        MessageLens::new()
    }

    /// Returns the view of an HTTP body as this type, which reads and writes.
    ///
    /// The body has the bytes of the message, and the Content-Type of its format. If there are
    /// several [`FORMATS`](Self::FORMATS), the Content-Type of a body selects the one that is read.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{IntoRequest, Message};
    /// use http4k_ws::lens::With;
    /// use http4k_ws::message::RequestExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let lens = String::body();
    /// let mut request = "/echo".into_request()?.with(lens.of("hello".into()))?;
    /// assert_eq!(request.header("content-type"), Some("text/plain; charset=utf-8"));
    /// assert_eq!(lens.get(&mut request).await?, "hello");
    /// # Ok(())
    /// # }
    /// ```
    fn body() -> BodyLens<Self> {
        body_lens()
    }
}

impl Message for WsMessage {
    const NAME: &'static str = "WsMessage";

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        Ok(self)
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        Ok(message)
    }
}

/// Reads a message of a socket whose subprotocol names `format`.
pub(crate) fn decoded<T: Message>(
    format: Option<Format>,
    message: WsMessage,
) -> Result<T, LensFailure> {
    match format {
        Some(format) if T::FORMATS.contains(&format) => T::from_message_in(format, message),
        _ => T::from_message(message),
    }
}

/// Writes a message of a socket whose subprotocol names `format`.
pub(crate) fn encoded<T: Message>(
    format: Option<Format>,
    value: T,
) -> Result<WsMessage, LensFailure> {
    match format {
        Some(format) if T::FORMATS.contains(&format) => value.into_message_in(format),
        _ => value.into_message(),
    }
}

/// The lens of a body that carries one message. It writes the first format, and reads any.
fn body_lens<T: Message>() -> BodyLens<T> {
    let expected = T::FORMATS.first().map_or("a message", |f| f.as_str());
    let meta = Meta::new(Location::Body, T::NAME, expected);
    let rules = BodyRules::new(meta.clone(), |content_type| {
        let mut formats = T::FORMATS.iter();
        T::FORMATS.is_empty() || formats.any(|format| format.is_content_type(content_type))
    });
    let codec = Codec::new(move |content| read::<T>(&meta, content), write::<T>);
    let lens = BodyLens::new(rules, codec);
    match T::FORMATS {
        [] => lens.unchecked(),
        _ => lens,
    }
}

fn read<T: Message>(meta: &Meta, content: Content) -> Result<T, Cause> {
    let mut formats = T::FORMATS.iter();
    let declared = formats.find(|format| format.is_content_type(content.content_type()));
    let format = declared.or(T::FORMATS.first()).copied();
    if content.bytes.is_empty() && format.is_some_and(|format| !format.has_empty_values()) {
        return Err(LensFailure::from(meta.failure(LensFailureKind::Missing)).into());
    }
    let message = message_of(format, content.bytes);
    let value = match format {
        Some(format) => T::from_message_in(format, message),
        None => T::from_message(message),
    };
    value.map_err(|failure| failure.moved_to(Location::Body).into())
}

/// Returns a text message if the format has them and the bytes are UTF-8.
fn message_of(format: Option<Format>, bytes: Bytes) -> WsMessage {
    match WsMessage::text_from_utf8(bytes.clone()) {
        Ok(text) if format.is_none_or(Format::is_text) => text,
        _ => WsMessage::new_binary(bytes),
    }
}

fn write<T: Message>(value: T) -> Result<Content, Cause> {
    let message = value
        .into_message()
        .map_err(|failure| failure.moved_to(Location::Body))?;
    let format = match T::FORMATS.first() {
        Some(format) => *format,
        None if message.is_text() => Format::Text,
        None => Format::Binary,
    };
    Ok(Content::new(format.content_type(), message.into_bytes()))
}
