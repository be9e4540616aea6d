//! The types that a stream can send.

use super::event::SseEvent;
use crate::lens::description::MessageDescription;
use crate::lens::{Failure, Format, LensFailure, LensFailureKind, Location, Message};

/// Values that a stream can send: an [`SseEvent`], or a [`Message`], whose text is the data.
///
/// A type of your own that gives its events names and ids implements it, instead of [`Message`].
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::LensFailure;
/// use http4k_ws::sse::{IntoSseEvent, SseEvent};
///
/// enum News {
///     Headline { number: u64, text: String },
///     Weather(i32),
/// }
///
/// impl IntoSseEvent for News {
///     fn into_sse_event(self) -> Result<SseEvent, LensFailure> {
///         Ok(match self {
///             Self::Headline { number, text } => SseEvent::new(text).with_id(number),
///             Self::Weather(degrees) => SseEvent::new(degrees.to_string()).named("weather"),
///         })
///     }
/// }
///
/// let event = News::Weather(21).into_sse_event().unwrap();
/// assert_eq!((event.name(), event.data()), (Some("weather"), "21"));
/// let event = News::Headline { number: 3, text: "rain".into() }.into_sse_event().unwrap();
/// assert_eq!((event.id(), event.data()), (Some("3"), "rain"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as an event",
    label = "a stream sends `SseEvent`, a type that derives `Message`, or one that implements \
             `IntoSseEvent`",
    note = "add `#[derive(Message)]` to `{Self}`, beside serde's `Serialize` and `Deserialize`"
)]
pub trait IntoSseEvent: Send + 'static {
    /// Converts the value into an event.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if the format cannot represent the value, or represents it as bytes. The
    /// data of an event is text.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{IntoSseEvent, SseEvent};
    /// assert_eq!(Json([1, 2]).into_sse_event(), Ok(SseEvent::new("[1,2]")));
    /// // Bytes are not text.
    /// assert!(WsMessage::new_binary([0xFF].as_slice()).into_sse_event().is_err());
    /// ```
    fn into_sse_event(self) -> Result<SseEvent, LensFailure>;

    /// Describes the data of the events in documents. By default, and for an [`SseEvent`], it is
    /// unknown; a [`Message`] is described as it is for sockets.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{IntoSseEvent, SseEvent};
    /// assert!(SseEvent::description().is_none());
    /// assert!(<String as IntoSseEvent>::description().is_some());
    /// ```
    fn description() -> Option<MessageDescription> {
        None
    }
}

impl IntoSseEvent for SseEvent {
    fn into_sse_event(self) -> Result<SseEvent, LensFailure> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Message> IntoSseEvent for T {
    fn into_sse_event(self) -> Result<SseEvent, LensFailure> {
        // Of several formats, one of text.
        let is_text = |format: &&Format| matches!(format, Format::Json | Format::Text);
        let message = match T::FORMATS.iter().find(is_text) {
            Some(format) => self.into_message_in(*format)?,
            None => self.into_message()?,
        };
        match message.as_text() {
            Some(text) => Ok(SseEvent::new(text)),
            None => {
                let kind = LensFailureKind::Invalid;
                let failure = Failure::new(kind, Location::Message, T::NAME, "text in an event");
                Err(LensFailure::from(failure).in_writing())
            }
        }
    }

    fn description() -> Option<MessageDescription> {
        Some(<T as Message>::description())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::WsMessage;

    #[test]
    fn a_message_is_the_text_of_its_data() {
        let event = String::from("hello").into_sse_event().unwrap();
        assert_eq!(event, SseEvent::new("hello"));
        let bytes = WsMessage::new_binary([0xFF].as_slice());
        let failure = bytes.into_sse_event().unwrap_err();
        let text = "message `WsMessage` must be text in an event";
        assert_eq!(failure.to_string(), text);
        assert_eq!(failure.status(), 500);
    }
}
