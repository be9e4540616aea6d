//! JSON, in text messages and in bodies.

mod http;
mod keys;

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

pub use self::http::JsonExt;
use super::{Format, Message, checked, path};
use crate::lens::{Cause, LensFailure, Location, name_of};
use crate::message::WsMessage;

/// `value` as a text message of JSON.
///
/// # Errors
///
/// [`LensFailure`] if serde has no JSON for the value, such as NaN or a map whose keys are lists, or
/// if the JSON is not one that `T` is read from; see the table at the derive
/// [`Message`](macro@crate::Message).
pub fn into_message<T: Message + Serialize>(value: &T) -> Result<WsMessage, LensFailure> {
    to_message::<T, _>(value, T::NAME, |value| value)
}

/// The value of a message of JSON, text or binary.
///
/// # Errors
///
/// [`LensFailure`] with serde's line, column and cause.
pub fn from_message<T: Message + DeserializeOwned>(message: WsMessage) -> Result<T, LensFailure> {
    read(message.as_bytes(), Location::Message, T::NAME)
}

/// Any serde type as JSON, also of another crate: a message, the `_` argument of a route, and a response.
///
/// A request must have the Content-Type of JSON; it is refused with 415 otherwise, so that a form
/// on a page of another site never reaches a JSON handler. To read a body without a Content-Type,
/// take the [`Request`](crate::Request) and use `Body::json().lenient()`. A body that is not such a
/// value is refused with 400 and serde's cause. A byte order mark in front of it is ignored
/// (RFC 8259 §8.1). A response has the Content-Type `application/json`.
///
/// # Examples
///
/// ```
/// use http4k_ws::{IntoResponse, Message};
/// use http4k_ws::lens::json::Json;
/// use http4k_ws::message::ResponseExt;
///
/// let response = Json([1, 2]).into_response();
/// assert_eq!(response.body(), "[1,2]");
/// assert_eq!(response.header("content-type"), Some("application/json"));
///
/// let lens = Json::<Vec<u8>>::lens();
/// assert_eq!(lens.get(&"[1,2]".into()), Ok(Json(vec![1, 2])));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Json<T>(
    /// The value.
    pub T,
);

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// Failures name the type inside.
impl<T: Serialize + DeserializeOwned + Send + 'static> Message for Json<T> {
    const NAME: &'static str = "Json";
    const FORMATS: &'static [Format] = &[Format::Json];

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        to_message::<Self, _>(&self.0, name_of::<T>(), |Json(value)| value)
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        read(message.as_bytes(), Location::Message, name_of::<T>()).map(Json)
    }
}

/// The message of `value`, which is what a `T` is written as; `inside` returns it of a `T`.
fn to_message<T: Message, V: Serialize>(
    value: &V,
    name: impl Into<Cow<'static, str>>,
    inside: impl FnOnce(&T) -> &V,
) -> Result<WsMessage, LensFailure> {
    let write =
        |value: &V| checked::checking::<true, _, _>(value, |value| serde_json::to_string(value));
    let (written, notes) = write(value);
    match written {
        Ok(json) => {
            let message = WsMessage::new_text(json);
            let again = |value: &T| write(inside(value)).1;
            checked::read_back(notes, Format::Json, message, name, again)
        }
        Err(cause) => Err(unwritable(Location::Message, name, cause)),
    }
}

/// Reads a value from bytes. A byte order mark in front is ignored (RFC 8259 §8.1).
fn read<T: DeserializeOwned>(
    json: &[u8],
    location: Location,
    name: impl Into<Cow<'static, str>>,
) -> Result<T, LensFailure> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    serde_json::from_slice(json).or_else(|cause| {
        if let Some(value) = keys::read(json, &cause) {
            return Ok(value);
        }
        let failure = super::invalid(location, name, Format::Json, cause);
        // Read again, because keeping the path costs; only what fails pays.
        let path = path::of::<T, _>(&mut serde_json::Deserializer::from_slice(json));
        Err(path::added(failure, path).into())
    })
}

fn invalid(
    location: Location,
    name: impl Into<Cow<'static, str>>,
    cause: impl Into<Cause>,
) -> LensFailure {
    super::invalid(location, name, Format::Json, cause).into()
}

fn unwritable(
    location: Location,
    name: impl Into<Cow<'static, str>>,
    cause: serde_json::Error,
) -> LensFailure {
    invalid(location, name, checked::unwritten(cause)).in_writing()
}

#[cfg(test)]
mod tests;
