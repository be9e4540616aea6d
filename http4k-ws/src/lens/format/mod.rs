//! Wire formats: how a value becomes a message, and back.

mod binary;
#[cfg(feature = "cbor")]
mod cbor;
#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor"))]
mod checked;
pub(crate) mod derived;
mod formats;
#[cfg(feature = "json")]
pub mod json;
#[cfg(feature = "msgpack")]
mod msgpack;
#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor"))]
mod path;
mod text;

pub use formats::Format;

use super::{BodyLens, Failure, LensFailure, LensFailureKind, Location, MessageLens, body};
use crate::message::WsMessage;

/// A type that travels as one message: what a [`WebSocket`](crate::WebSocket) can carry.
///
/// Most often derived, beside serde's two traits: then a value is one text message of JSON, or what
/// [`#[message(..)]`](macro@crate::Message) says. Written by hand, it can be any format. [`WsMessage`] itself is one,
/// `String` is text and `Bytes` binary, and so is [`Json`](crate::lens::json::Json) over a serde type of another crate.
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
/// assert_eq!(failure.to_string(), "message `Count` must be integer: invalid digit found in string");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't travel as a message",
    label = "a `WebSocket` carries `WsMessage` or a type that derives `Message`",
    note = "add `#[derive(Message)]` to `{Self}`, beside serde's `Serialize` and `Deserialize`"
)]
pub trait Message: Sized + Send + 'static {
    /// What the message is called: the type's name.
    const NAME: &'static str;

    /// The variants of an enum, as they are called on the wire; empty for anything else.
    const VARIANTS: &'static [&'static str] = &[];

    /// The formats that values are written and read in, the usual one first; empty where it is none of them.
    ///
    /// A socket whose subprotocol names one of them ([`Format::of_subprotocol`]) speaks that one, any other the first.
    const FORMATS: &'static [Format] = &[];

    /// The value as it travels.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] when the format has no form for this value.
    fn into_message(self) -> Result<WsMessage, LensFailure>;

    /// The value of a message.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] when the message is no such value; a socket then closes with 1007.
    fn from_message(message: WsMessage) -> Result<Self, LensFailure>;

    /// As [`into_message`](Self::into_message), in `format`, which is one of [`FORMATS`](Self::FORMATS).
    ///
    /// # Errors
    ///
    /// As [`into_message`](Self::into_message).
    fn into_message_in(self, format: Format) -> Result<WsMessage, LensFailure> {
        let _usual = format;
        self.into_message()
    }

    /// As [`from_message`](Self::from_message), in `format`, which is one of [`FORMATS`](Self::FORMATS).
    ///
    /// # Errors
    ///
    /// As [`from_message`](Self::from_message).
    fn from_message_in(format: Format, message: WsMessage) -> Result<Self, LensFailure> {
        let _usual = format;
        Self::from_message(message)
    }

    /// The view of a [`WsMessage`] as this type, both ways.
    fn lens() -> MessageLens<Self> {
        MessageLens::new()
    }

    /// The view of an HTTP body as this type, both ways: the bytes that a message has, and the Content-Type of their
    /// format. Where there are several [`FORMATS`](Self::FORMATS), the Content-Type says which is read.
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
        body::of_message(Self::NAME)
    }
}

/// The value of a message on a socket whose subprotocol names `spoken`.
pub(crate) fn decoded<T: Message>(
    spoken: Option<Format>,
    message: WsMessage,
) -> Result<T, LensFailure> {
    match spoken {
        Some(format) if T::FORMATS.contains(&format) => T::from_message_in(format, message),
        _ => T::from_message(message),
    }
}

/// The message of a value on a socket whose subprotocol names `spoken`.
pub(crate) fn encoded<T: Message>(
    spoken: Option<Format>,
    value: T,
) -> Result<WsMessage, LensFailure> {
    match spoken {
        Some(format) if T::FORMATS.contains(&format) => value.into_message_in(format),
        _ => value.into_message(),
    }
}

fn invalid(
    location: Location,
    name: impl Into<std::borrow::Cow<'static, str>>,
    format: Format,
    cause: impl Into<super::Cause>,
) -> Failure {
    Failure::new(LensFailureKind::Invalid, location, name, format.as_str()).with_cause(cause)
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
