//! Types that are read from an event.

use super::event::SseEvent;
use crate::lens::{Format, LensFailure, Message};
use crate::message::WsMessage;

/// A type that a client reads from an event: an [`SseEvent`] itself, or a [`Message`], whose text
/// is the data.
///
/// A type of your own that depends on the name or the id of its events implements it, instead of
/// [`Message`].
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::LensFailure;
/// use http4k_ws::sse::{FromSseEvent, SseEvent};
///
/// #[derive(Debug, PartialEq)]
/// enum News {
///     Headline(String),
///     Other,
/// }
///
/// impl FromSseEvent for News {
///     fn from_sse_event(event: SseEvent) -> Result<Self, LensFailure> {
///         Ok(match event.name() {
///             Some("headline") => Self::Headline(event.into_data()),
///             _ => Self::Other,
///         })
///     }
/// }
///
/// let event = SseEvent::new("rain").named("headline");
/// assert_eq!(News::from_sse_event(event), Ok(News::Headline("rain".into())));
/// assert_eq!(String::from_sse_event(SseEvent::new("rain")), Ok("rain".into()));
/// ```
pub trait FromSseEvent: Sized + Send + 'static {
    /// Reads a value from an event.
    ///
    /// # Errors
    ///
    /// Returns [`LensFailure`] if the data is not such a value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{FromSseEvent, SseEvent};
    /// assert_eq!(Json::<i32>::from_sse_event(SseEvent::new("21")), Ok(Json(21)));
    /// let failure = Json::<i32>::from_sse_event(SseEvent::new("warm")).unwrap_err();
    /// assert_eq!(failure.status(), 400);
    /// ```
    fn from_sse_event(event: SseEvent) -> Result<Self, LensFailure>;
}

impl FromSseEvent for SseEvent {
    fn from_sse_event(event: SseEvent) -> Result<Self, LensFailure> {
        Ok(event)
    }
}

impl<T: Message> FromSseEvent for T {
    fn from_sse_event(event: SseEvent) -> Result<Self, LensFailure> {
        let message = WsMessage::from(event.into_data());
        // Of several formats, one of text, as the server sends it.
        let is_text = |format: &&Format| matches!(format, Format::Json | Format::Text);
        match T::FORMATS.iter().find(is_text) {
            Some(format) => Self::from_message_in(*format, message),
            None => Self::from_message(message),
        }
    }
}
