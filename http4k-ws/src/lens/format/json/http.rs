//! JSON in the bodies of requests and responses.

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};

use super::super::checked;
use super::{Json, Message, invalid, read, unwritable};
use crate::lens::body::{NO_CONTENT_TYPE, of_message};
use crate::lens::{
    BiDiLensSpec, BodyLens, Cause, Failure, Format, LensFailure, LensFailureKind, Location, name_of,
};
use crate::message::{
    Body, FromRequest, IntoResponse, ReadsBody, Rejection, Request, RequestExt, Response,
    ResponseExt, WsMessage,
};

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
    /// can't be read. `Body::json().lenient()` reads a body without a Content-Type. The failure of a
    /// response is one [`in_answer`](LensFailure::in_answer).
    fn json<T: DeserializeOwned>(self) -> impl Future<Output = Result<T, LensFailure>> + Send;

    /// The same message with `value` as its body, and `application/json` as its Content-Type.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if serde has no JSON for the value, such as NaN or a map whose keys are lists.
    fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, LensFailure>;
}

impl JsonExt for Request {
    async fn json<T: DeserializeOwned>(self) -> Result<T, LensFailure> {
        let is_named = supported::<T>(self.header("content-type"))?;
        body::<T>(is_named, self.into_body()).await
    }

    fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, LensFailure> {
        let json = written(value)?;
        Ok(self
            .with_body(json)
            .with_header("content-type", "application/json"))
    }
}

impl JsonExt for Response {
    async fn json<T: DeserializeOwned>(self) -> Result<T, LensFailure> {
        let content_type = self.header("content-type");
        let is_named = supported::<T>(content_type).map_err(LensFailure::in_answer)?;
        body::<T>(is_named, self.into_body())
            .await
            .map_err(LensFailure::in_answer)
    }

    fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, LensFailure> {
        let json = written(value)?;
        Ok(self
            .with_body(json)
            .with_header("content-type", "application/json"))
    }
}

/// The value as `application/json`; 500 where serde has no JSON for it, which is logged.
impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match Response::new(Body::empty()).with_json(&self.0) {
            Ok(response) => response,
            Err(failure) => failure.into_response(),
        }
    }
}

/// Takes the body.
impl<T: DeserializeOwned> ReadsBody for Json<T> {}

impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let is_named = supported::<T>(request.header("content-type"))?;
        let taken = std::mem::take(request.body_mut());
        Ok(Json(body(is_named, taken).await?))
    }
}

/// Refuses a Content-Type that names something else, before the body is read. Returns `false` if
/// there is none.
fn supported<T>(content_type: Option<&str>) -> Result<bool, LensFailure> {
    match content_type {
        Some(other) if !Format::Json.is_content_type(other) => {
            Err(unsupported::<T>(format!("it is `{other}`")))
        }
        named => Ok(named.is_some()),
    }
}

fn unsupported<T>(cause: impl Into<Cause>) -> LensFailure {
    let kind = LensFailureKind::Unsupported;
    let failure = Failure::new(kind, Location::Body, name_of::<T>(), "JSON");
    failure.with_cause(cause).into()
}

/// Reads a body. A page of another site can send one without a Content-Type, so that it is refused
/// unless there is nothing in it.
async fn body<T: DeserializeOwned>(is_named: bool, body: Body) -> Result<T, LensFailure> {
    let bytes = match body.bytes().await {
        Ok(bytes) => bytes,
        Err(cause) => return Err(invalid(Location::Body, name_of::<T>(), cause)),
    };
    if bytes.is_empty() {
        let kind = LensFailureKind::Missing;
        return Err(Failure::new(kind, Location::Body, name_of::<T>(), "JSON").into());
    }
    if !is_named {
        return Err(unsupported::<T>(NO_CONTENT_TYPE));
    }
    read(&bytes, Location::Body, name_of::<T>())
}

fn written<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, LensFailure> {
    let (written, _) = checked::checking::<true, _, _>(value, |value| serde_json::to_vec(value));
    written.map_err(|cause| unwritable(Location::Body, name_of::<T>(), cause))
}

/// Lenses of bodies.
impl Body {
    /// Any serde type, as JSON; the Content-Type is `application/json`, and read is also `…+json` (RFC 6839).
    pub fn json<T: Serialize + DeserializeOwned + Send + 'static>() -> BodyLens<T> {
        of_message::<Json<T>>(name_of::<T>()).map_both(|Json(value)| value, Json)
    }
}

/// Lenses of socket messages.
impl WsMessage {
    /// Any serde type, as a text message of JSON; read from either kind.
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
