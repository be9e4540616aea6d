//! Lenses of whole socket messages.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;

use super::failure::LensFailure;
use super::message::Message;
use super::message_part::{Cause, MessagePart, ReadFrom, WriteTo};
use super::meta::Location;
use super::spec::BiDiLensSpec;
use crate::message::WsMessage;

/// A typed view of a [`WsMessage`], which reads and writes; [`Message::lens`] returns it.
///
/// A socket typed `WebSocket<In, Out>` needs no lens. Use one in callbacks, and for sockets that
/// carry messages of several types.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
/// struct Count {
///     number: u32,
/// }
///
/// let lens = Count::lens();
/// let message = lens.create(Count { number: 4 })?;
/// assert_eq!(message, r#"{"number":4}"#);
/// assert_eq!(lens.get(&message)?, Count { number: 4 });
/// # Ok::<(), http4k_ws::lens::LensFailure>(())
/// ```
pub struct MessageLens<T>(PhantomData<fn(T) -> T>);

impl<T: Message> MessageLens<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }

    /// Returns the value of `message`.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if the message is not such a value.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
    /// struct Count(u32);
    ///
    /// assert_eq!(Count::lens().get(&"4".into()), Ok(Count(4)));
    /// let failure = Count::lens().get(&"four".into()).unwrap_err();
    /// assert!(failure.to_string().starts_with("message `Count` must be JSON"));
    /// ```
    pub fn get(&self, message: &WsMessage) -> Result<T, LensFailure> {
        T::from_message(message.clone())
    }

    /// Returns the message that represents `value`.
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
    /// struct Price(f64);
    ///
    /// assert_eq!(Price::lens().create(Price(4.5)).unwrap(), "4.5");
    /// assert!(Price::lens().create(Price(f64::INFINITY)).is_err());
    /// ```
    pub fn create(&self, value: T) -> Result<WsMessage, LensFailure> {
        value.into_message()
    }
}

/// Whole messages, of which [`LensSpec::to_lens`](crate::lens::LensSpec::to_lens) returns lenses.
impl MessagePart for WsMessage {
    type Raw = Self;
    const LOCATION: Location = Location::Message;
}

impl ReadFrom<Self> for WsMessage {
    fn values(message: &Self, _name: &str) -> Vec<Result<Self, Cause>> {
        vec![Ok(message.clone())]
    }
}

impl WriteTo<Self> for WsMessage {
    fn replaced(message: Self, _name: &str, mut values: Vec<Self>) -> Result<Self, Cause> {
        Ok(values.pop().unwrap_or(message))
    }
}

/// Lenses of socket messages.
impl WsMessage {
    /// Returns the spec of a text. It writes text messages, and also reads binary ones in UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    ///
    /// let count = WsMessage::string()
    ///     .try_map_both(|text| text.parse::<u32>(), |count| count.to_string())
    ///     .to_lens();
    /// assert_eq!(count.create(7).unwrap(), "7");
    /// assert_eq!(count.get(&"8".into()).unwrap(), 8);
    /// assert_eq!(count.get(&"x".into()).unwrap_err().ws_status().code(), 1007);
    /// ```
    pub fn string() -> BiDiLensSpec<Self, String> {
        let read = |message: Self| Ok(String::from_utf8(message.into_bytes().into())?);
        BiDiLensSpec::new("message", "string", read, |text| Ok(Self::new_text(text)))
    }

    /// Returns the spec of bytes. It writes binary messages, and also reads the UTF-8 of text ones.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    ///
    /// let bytes = WsMessage::binary().to_lens();
    /// assert!(bytes.create(vec![0, 255].into()).unwrap().is_binary());
    /// assert_eq!(bytes.get(&"hello".into()).unwrap(), "hello");
    /// ```
    pub fn binary() -> BiDiLensSpec<Self, Bytes> {
        let read = |message: Self| Ok(message.into_bytes());
        BiDiLensSpec::new("message", "bytes", read, |bytes: Bytes| {
            Ok(Self::new_binary(bytes))
        })
    }
}

impl<T> Clone for MessageLens<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for MessageLens<T> {}

impl<T: Message> fmt::Debug for MessageLens<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageLens({})", T::NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_created_message_is_read_as_the_same_value() {
        let lens = WsMessage::lens();
        let message = lens.create("hello".into()).unwrap();
        assert_eq!(lens.get(&message), Ok(message));
        assert_eq!(format!("{lens:?}"), "MessageLens(WsMessage)");
    }
}
