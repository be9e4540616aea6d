//! JSON in the bodies of requests and responses.

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};

use super::{Json, invalid, name_of, read};
use crate::lens::{Failure, LensFailure, LensFailureKind, Location};
use crate::message::{
    Body, FromRequest, IntoResponse, Rejection, Request, RequestExt, Response, ResponseExt,
};

/// Reads and writes JSON in the body of a [`Request`] or a [`Response`].
///
/// # Examples
///
/// ```
/// use http4k_ws::{IntoRequest, JsonExt, LensFailure, Request, Response, Body};
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
    /// [`LensFailure`]: Unsupported where the Content-Type is there and names no JSON, Missing for no body at all,
    /// Invalid for a body that is no such value or can't be read. Of a response the failure is one
    /// [`in_answer`](LensFailure::in_answer).
    fn json<T: DeserializeOwned>(self) -> impl Future<Output = Result<T, LensFailure>> + Send;

    /// The same message with `value` as its body, and `application/json` as its Content-Type.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] when serde has no JSON for it, such as a map with keys that are no text.
    fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, LensFailure>;
}

impl JsonExt for Request {
    async fn json<T: DeserializeOwned>(self) -> Result<T, LensFailure> {
        let content_type = self.header("content-type");
        supported::<T>(content_type)?;
        body::<T>(self.into_body()).await
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
        supported::<T>(content_type).map_err(LensFailure::in_answer)?;
        body::<T>(self.into_body())
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
            Err(failure) => {
                log::error!("a response could not be written: {failure}");
                http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// Takes the body.
impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        supported::<T>(request.header("content-type"))?;
        let taken = std::mem::take(request.body_mut());
        Ok(Json(body(taken).await?))
    }
}

/// Refuses a Content-Type that names something else; a form posted by a foreign page names one (RFC 9110 §8.3).
fn supported<T>(content_type: Option<&str>) -> Result<(), LensFailure> {
    match content_type {
        Some(other) if !is_json(other) => {
            let cause = format!("it is `{other}`");
            let kind = LensFailureKind::Unsupported;
            let failure = Failure::new(kind, Location::Body, name_of::<T>(), "JSON");
            Err(failure.with_cause(cause).into())
        }
        _ => Ok(()),
    }
}

/// `application/json`, and any type with the suffix `+json` (RFC 6839 §3.1); parameters don't matter.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let Some((_, subtype)) = essence.split_once('/') else {
        return false;
    };
    let subtype = subtype.to_ascii_lowercase();
    subtype == "json" || subtype.ends_with("+json")
}

async fn body<T: DeserializeOwned>(body: Body) -> Result<T, LensFailure> {
    let bytes = match body.bytes().await {
        Ok(bytes) => bytes,
        Err(cause) => return Err(invalid(Location::Body, name_of::<T>(), cause)),
    };
    if bytes.is_empty() {
        let kind = LensFailureKind::Missing;
        return Err(Failure::new(kind, Location::Body, name_of::<T>(), "JSON").into());
    }
    read(&bytes, Location::Body, name_of::<T>())
}

fn written<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, LensFailure> {
    serde_json::to_vec(value).map_err(|cause| invalid(Location::Body, name_of::<T>(), cause))
}
