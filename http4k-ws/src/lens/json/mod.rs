//! JSON in messages and in bodies, of any serde type.

#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};

use super::body::{BodyLens, BodyRules, Content, Described, HasBody};
use super::codec::Codec;
use super::description::MessageDescription;
use super::failure::{LensFailure, LensFailureKind};
use super::format::{Format, json as codec};
use super::message::Message;
use super::message_part::Cause;
use super::meta::{Location, Meta, TypeName, name_of};
use super::spec::BiDiLensSpec;
use crate::message::{
    Body, FromRequest, IntoResponse, ReadsBody, Rejection, Request, RequestExt, Response,
    ResponseExt, WsMessage,
};

pub use super::format::json::{from_message, into_message};

/// A value of any serde type as JSON: a message, the `_` argument of a route, and a response.
///
/// A request must have the Content-Type of JSON. Any other is refused with 415, so that a form on a
/// page of another site never reaches a JSON handler. To read a body without a Content-Type, take
/// the [`Request`] and use `Body::json().lenient()`.
///
/// A body that is not such a value is refused with 400 and the cause from serde. A byte order mark
/// in front of it is ignored (RFC 8259 §8.1). A response has the Content-Type `application/json`.
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

/// Failures name the inner type.
impl<T: Serialize + DeserializeOwned + Send + 'static> Message for Json<T> {
    const NAME: &'static str = "Json";
    const FORMATS: &'static [Format] = &[Format::Json];

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        codec::write::<Self, _>(&self.0, TypeName::<T>::new(), |Json(value)| value)
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        codec::read(message.as_bytes(), Location::Message, TypeName::<T>::new()).map(Json)
    }

    /// Describes the inner type.
    fn description() -> MessageDescription {
        MessageDescription {
            name: name_of::<T>().into(),
            ..MessageDescription::of::<Self>()
        }
    }
}

/// The schema of the value.
#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Json<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

/// Reads and writes JSON in the body of a [`Request`] or a [`Response`].
///
/// # Examples
///
/// ```
/// use http4k_ws::{Body, IntoRequest, Request, Response};
/// use http4k_ws::lens::LensFailure;
/// use http4k_ws::lens::json::JsonExt;
///
/// async fn double(request: Request) -> Result<Response, LensFailure> {
///     let number: i64 = request.json().await?;
///     Response::new(Body::empty()).with_json(&(number * 2))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let request = "/double".into_request()?.with_json(&21)?;
/// let response = double(request).await?;
/// assert_eq!(response.json::<i64>().await?, 42);
///
/// let refused = double("/double".into_request()?.with_json("text")?).await.unwrap_err();
/// assert_eq!(refused.status(), 400);
/// # Ok(())
/// # }
/// ```
pub trait JsonExt: Sized {
    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`LensFailure`]: Missing if there is neither a body nor a Content-Type, Unsupported if the
    /// Content-Type is not that of JSON or is missing, Invalid if the body is not such a value or
    /// cannot be read. `Body::json().lenient()` reads a body without a Content-Type. The failure of
    /// a response is one [`in_response`](LensFailure::in_response).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::LensFailure;
    /// use http4k_ws::prelude::*;
    ///
    /// async fn sum(request: Request) -> Result<String, LensFailure> {
    ///     let numbers: Vec<i64> = request.json().await?;
    ///     Ok(numbers.iter().sum::<i64>().to_string())
    /// }
    ///
    /// let post = |kind: &str, body| {
    ///     sum.test_http(Request::post("/").header("content-type", kind).body::<&str>(body))
    /// };
    /// assert_eq!(post("application/json", "[40, 2]").body(), "42");
    /// assert_eq!(post("application/json", "[40, two]").status(), 400);
    /// assert_eq!(post("text/plain", "[40, 2]").status(), 415);
    /// ```
    fn json<T: DeserializeOwned>(self) -> impl Future<Output = Result<T, LensFailure>> + Send;

    /// Returns the message with `value` as its body, and `application/json` as its Content-Type.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if serde has no JSON for the value, such as NaN or a map whose keys are
    /// lists.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = Response::default().with_json(&["tea", "cake"]).unwrap();
    /// assert_eq!(response.header("content-type"), Some("application/json"));
    /// assert_eq!(response.body(), r#"["tea","cake"]"#);
    /// assert!(Response::default().with_json(&f64::NAN).is_err());
    /// ```
    fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, LensFailure>;
}

macro_rules! json_ext {
    ($($message:ty)*) => {$(
        impl JsonExt for $message {
            async fn json<T: DeserializeOwned>(mut self) -> Result<T, LensFailure> {
                read_body(&mut self).await
            }

            fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, LensFailure> {
                let json = codec::write_body(value)?;
                let content_type = Format::Json.content_type();
                Ok(self.with_body(json).with_header("content-type", content_type))
            }
        }
    )*};
}
json_ext!(Request Response);

/// The response has the value as `application/json`. If serde has no JSON for it, the status is 500
/// and the failure is logged.
impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match Response::new(Body::empty()).with_json(&self.0) {
            Ok(response) => response,
            Err(failure) => failure.into_response(),
        }
    }
}

impl<T: DeserializeOwned> ReadsBody for Json<T> {}

/// Takes the body.
impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let value = read_body(request).await?;
        *request.body_mut() = Body::empty();
        Ok(Json(value))
    }
}

/// The rules for a body of JSON, which are the same for [`JsonExt`], [`Json`] and `Body::json()`.
fn rules<M: Described>(meta: M) -> BodyRules<M> {
    BodyRules::new(meta, |content_type| {
        Format::Json.is_content_type(content_type)
    })
}

fn meta<T>() -> Meta {
    let expected = Format::Json.as_str();
    Meta::new(Location::Body, TypeName::<T>::new(), expected).required()
}

async fn read_body<T: DeserializeOwned, M: HasBody>(message: &mut M) -> Result<T, LensFailure> {
    // The name of `T` is computed for a failure only.
    let meta: fn() -> Meta = meta::<T>;
    rules(meta).read(message, read::<T>).await
}

fn read<T: DeserializeOwned>(content: Content) -> Result<T, Cause> {
    if content.bytes.is_empty() {
        let missing = meta::<T>().failure(LensFailureKind::Missing);
        return Err(LensFailure::from(missing).into());
    }
    Ok(codec::read(
        &content.bytes,
        Location::Body,
        TypeName::<T>::new(),
    )?)
}

/// Writes a body that `read` returns the same value of.
fn write<T: Serialize + DeserializeOwned + Send + 'static>(value: T) -> Result<Content, Cause> {
    let message = Json(value).into_message();
    let message = message.map_err(|failure| failure.moved_to(Location::Body))?;
    let content_type = Format::Json.content_type();
    Ok(Content::new(content_type, message.into_bytes()))
}

/// Lenses of bodies.
impl Body {
    /// Returns a lens of any serde type, as JSON.
    ///
    /// It writes the Content-Type `application/json`, and also reads `…+json` (RFC 6839).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let ages = Body::json::<Vec<u32>>();
    /// let mut request = Request::post("/ages")
    ///     .header("content-type", "application/vnd.ages+json")
    ///     .body("[7]".into())
    ///     .unwrap();
    /// assert_eq!(ages.get(&mut request).await.unwrap(), [7]);
    /// # }
    /// ```
    pub fn json<T: Serialize + DeserializeOwned + Send + 'static>() -> BodyLens<T> {
        BodyLens::new(rules(meta::<T>()), Codec::new(read::<T>, write::<T>))
    }
}

/// Lenses of socket messages.
impl WsMessage {
    /// Returns a lens of any serde type, as JSON. It writes text messages, and reads both kinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    ///
    /// let lens = WsMessage::json::<Vec<u8>>().to_lens();
    /// assert_eq!(lens.create(vec![1, 2]).unwrap(), "[1,2]");
    /// assert_eq!(lens.get(&"[1,2]".into()).unwrap(), [1, 2]);
    /// ```
    pub fn json<T: Serialize + DeserializeOwned + Send + 'static>() -> BiDiLensSpec<Self, T> {
        let read = |message| Ok(Json::<T>::from_message(message)?.0);
        let write = |value| Ok(Json(value).into_message()?);
        BiDiLensSpec::new(name_of::<T>(), Format::Json.as_str(), read, write)
    }
}

#[cfg(test)]
mod tests;
