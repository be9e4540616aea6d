//! A socket message as a value, and a value as a message.

use std::fmt;
use std::marker::PhantomData;

use super::{LensFailure, Message};
use crate::message::WsMessage;

/// A typed view of a [`WsMessage`], both ways; [`Message::lens`] makes it.
///
/// A socket typed `WebSocket<In, Out>` needs none. It is for sockets that carry messages of several types, and for
/// callbacks.
pub struct MessageLens<T>(PhantomData<fn(T) -> T>);

impl<T: Message> MessageLens<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }

    /// The value of `message`, which stays as it is.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] where the message is no such value.
    pub fn get(&self, message: &WsMessage) -> Result<T, LensFailure> {
        T::from_message(message.clone())
    }

    /// The message that carries `value`.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] where the format has no form for this value.
    pub fn create(&self, value: T) -> Result<WsMessage, LensFailure> {
        value.into_message()
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
    fn what_is_created_is_got_again() {
        let lens = WsMessage::lens();
        let message = lens.create("hello".into()).unwrap();
        assert_eq!(lens.get(&message), Ok(message));
        assert_eq!(format!("{lens:?}"), "MessageLens(WsMessage)");
    }
}
