//! The body of a request or a response, as a value.

mod has_body;
mod kinds;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use super::spec::{BothWays, OneWay, Writes};
use super::text::Name;
use super::{Cause, Failure, LensFailure, LensFailureKind, Location, Meta, Modifier};
use crate::message::Body;

pub use has_body::HasBody;
pub(super) use kinds::of_message;

/// What a lens of bodies asks of the Content-Type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ContentTypes {
    /// It must be there, and fit.
    Strict,
    /// It may be missing.
    Lenient,
    /// It is not looked at.
    Unchecked,
}

/// The cause of a failure to read a body that a page of another site could have sent.
pub(super) const NO_CONTENT_TYPE: &str = "it has no Content-Type";

type Fits = fn(&str) -> bool;
pub(super) type ReadBody<T> = Arc<dyn Fn(Bytes, &str) -> Result<T, LensFailure> + Send + Sync>;
pub(super) type WriteBody<T> =
    Arc<dyn Fn(T) -> Result<(&'static str, Bytes), LensFailure> + Send + Sync>;

/// A typed view of the body of a [`Request`](crate::Request) or a [`Response`](crate::Response); `Body::json()`, `T::body()` and their like make it.
///
/// To read, it takes the whole body into memory, and leaves it there: another lens may read it again.
/// A Content-Type that is missing or names something else is Unsupported; [`lenient`](Self::lenient)
/// and [`unchecked`](Self::unchecked) require less. A message with neither a body nor a
/// Content-Type is Missing.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Body, IntoRequest, Request};
/// use http4k_ws::lens::{LensFailure, With};
/// use http4k_ws::message::RequestExt;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Order { item: String, count: u8 }
///
/// async fn count(mut request: Request) -> Result<String, LensFailure> {
///     let order = Body::json::<Order>().get(&mut request).await?;
///     Ok(order.count.to_string())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let order = Order { item: "tea".into(), count: 2 };
/// let request = "/orders".into_request()?.with(Body::json().of(order))?;
/// assert_eq!(request.header("content-type"), Some("application/json"));
/// assert_eq!(count(request).await?, "2");
///
/// let form = "/orders".into_request()?.with_header("content-type", "text/plain").with_body("{}");
/// assert_eq!(count(form).await.unwrap_err().status(), 415);
/// # Ok(())
/// # }
/// ```
pub struct BodyLens<T, D = BothWays> {
    meta: Meta,
    types: ContentTypes,
    fits: Fits,
    read: ReadBody<T>,
    // There where `D` is `BothWays`.
    write: Option<WriteBody<T>>,
    way: PhantomData<D>,
}

impl<T: 'static> BodyLens<T> {
    /// A body called `meta.name()`, of the types that `fits` knows.
    pub(super) fn new(
        meta: Meta,
        fits: Fits,
        read: impl Fn(Bytes, &str) -> Result<T, LensFailure> + Send + Sync + 'static,
        write: impl Fn(T) -> Result<(&'static str, Bytes), LensFailure> + Send + Sync + 'static,
    ) -> Self {
        Self {
            meta: Meta {
                required: true,
                ..meta
            },
            types: ContentTypes::Strict,
            fits,
            read: Arc::new(read),
            write: Some(Arc::new(write)),
            way: PhantomData,
        }
    }
}

impl<T: 'static, D> BodyLens<T, D> {
    /// What the lens says of itself; the name is that of the type.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Says more of the body, for documentation.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Name>) -> Self {
        self.meta.description = Some(description.into());
        self
    }

    /// The same lens, which also reads a body that has no Content-Type.
    ///
    /// A page of another site can make a browser send such a body without asking first; where cookies say who asks,
    /// stay strict.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.types = ContentTypes::Lenient;
        self
    }

    /// The same lens, which reads a body whatever its Content-Type is.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.types = ContentTypes::Unchecked;
        self
    }

    /// Reads what `read` makes of the body's value; the lens can't write.
    pub fn map<R: 'static>(
        self,
        read: impl Fn(T) -> R + Send + Sync + 'static,
    ) -> BodyLens<R, OneWay> {
        self.try_map(move |value| Ok::<_, Cause>(read(value)))
    }

    /// As [`map`](Self::map), where some values are none: an error of `read` is Invalid, and its cause.
    pub fn try_map<R: 'static, E: Into<Cause>>(
        self,
        read: impl Fn(T) -> Result<R, E> + Send + Sync + 'static,
    ) -> BodyLens<R, OneWay> {
        self.mapped(read, None)
    }

    /// Reads what `read` makes of the body's value, and writes what `write` makes of it.
    pub fn map_both<R: 'static>(
        self,
        read: impl Fn(T) -> R + Send + Sync + 'static,
        write: impl Fn(R) -> T + Send + Sync + 'static,
    ) -> BodyLens<R, D> {
        self.try_map_both(move |value| Ok::<_, Cause>(read(value)), write)
    }

    /// As [`map_both`](Self::map_both), where some values are none: an error of `read` is Invalid, and its cause.
    pub fn try_map_both<R: 'static, E: Into<Cause>>(
        self,
        read: impl Fn(T) -> Result<R, E> + Send + Sync + 'static,
        write: impl Fn(R) -> T + Send + Sync + 'static,
    ) -> BodyLens<R, D> {
        let write = self
            .write
            .clone()
            .map(|after| -> WriteBody<R> { Arc::new(move |value| after(write(value))) });
        self.mapped(read, write)
    }

    /// Reads a body that is empty and has no Content-Type as `None`, and writes `None` as such a body.
    pub fn optional(self) -> BodyLens<Option<T>, D> {
        let before = self.read;
        let meta = self.meta;
        let read = move |bytes: Bytes, content_type: &str| {
            if bytes.is_empty() && content_type.is_empty() {
                return Ok(None);
            }
            before(bytes, content_type).map(Some)
        };
        let write = self.write.map(|after| -> WriteBody<Option<T>> {
            Arc::new(move |value| match value {
                Some(value) => after(value),
                None => Ok(("", Bytes::new())),
            })
        });
        BodyLens {
            meta: Meta {
                required: false,
                ..meta
            },
            types: self.types,
            fits: self.fits,
            read: Arc::new(read),
            write,
            way: PhantomData,
        }
    }

    fn mapped<R: 'static, W, E: Into<Cause>>(
        self,
        read: impl Fn(T) -> Result<R, E> + Send + Sync + 'static,
        write: Option<WriteBody<R>>,
    ) -> BodyLens<R, W> {
        let before = self.read;
        let meta = self.meta.clone();
        let read = move |bytes: Bytes, content_type: &str| {
            let value = before(bytes, content_type)?;
            read(value).map_err(|cause| invalid(&meta, cause))
        };
        BodyLens {
            meta: self.meta,
            types: self.types,
            fits: self.fits,
            read: Arc::new(read),
            write,
            way: PhantomData,
        }
    }

    /// The value of the body of `message`, a [`Request`](crate::Request) or a [`Response`](crate::Response).
    ///
    /// # Errors
    ///
    /// [`LensFailure`]: Unsupported, Missing or Invalid; 413 for a body past its limit. Of a response the failure is
    /// one [`in_answer`](LensFailure::in_answer).
    pub async fn get<M: HasBody>(&self, message: &mut M) -> Result<T, LensFailure> {
        let read = self.read(message).await;
        read.map_err(|failure| {
            if M::IS_ANSWER {
                failure.in_answer()
            } else {
                failure
            }
        })
    }

    async fn read<M: HasBody>(&self, message: &mut M) -> Result<T, LensFailure> {
        let is_named = message.fields().contains_key(CONTENT_TYPE);
        if is_named {
            self.check(message.fields())?;
        }
        let bytes = match std::mem::take(message.content()).bytes().await {
            Ok(bytes) => bytes,
            Err(cause) => return Err(invalid(&self.meta, cause)),
        };
        *message.content() = Body::from(bytes.clone());
        if !is_named {
            self.check_unnamed(&bytes)?;
        }
        let content_type = message.fields().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        (self.read)(bytes, content_type.unwrap_or_default())
    }

    /// Checks a body without a Content-Type.
    fn check_unnamed(&self, bytes: &Bytes) -> Result<(), LensFailure> {
        let kind = match self.types {
            ContentTypes::Unchecked | ContentTypes::Lenient => return Ok(()),
            ContentTypes::Strict if !bytes.is_empty() => LensFailureKind::Unsupported,
            ContentTypes::Strict if self.meta.required => LensFailureKind::Missing,
            ContentTypes::Strict => return Ok(()),
        };
        let failure = part(&self.meta, kind);
        Err(match kind {
            LensFailureKind::Missing => failure.into(),
            _ => failure.with_cause(NO_CONTENT_TYPE).into(),
        })
    }

    /// Checks the Content-Type of a body that has one.
    fn check(&self, fields: &HeaderMap) -> Result<(), LensFailure> {
        let cause = match (self.types, fields.get(CONTENT_TYPE)) {
            (ContentTypes::Unchecked, _) | (_, None) => return Ok(()),
            (_, Some(value)) => match value.to_str() {
                Ok(fits) if (self.fits)(fits) => return Ok(()),
                _ => format!("it is `{}`", value.as_bytes().escape_ascii()),
            },
        };
        Err(part(&self.meta, LensFailureKind::Unsupported)
            .with_cause(cause)
            .into())
    }

    /// The same message with `value` as its body, and its Content-Type.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] for a value that has no form in the format; it is one [`in_writing`](LensFailure::in_writing).
    pub fn set<M: HasBody>(&self, mut message: M, value: T) -> Result<M, LensFailure>
    where
        D: Writes,
    {
        let write = self.write.as_ref().expect("a lens both ways can write");
        let (content_type, bytes) = write(value).map_err(LensFailure::in_writing)?;
        let fields = message.fields_mut();
        fields.remove(CONTENT_LENGTH);
        if content_type.is_empty() {
            fields.remove(CONTENT_TYPE);
        } else {
            fields.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        *message.content() = Body::from(bytes);
        Ok(message)
    }

    /// What sets `value`, for [`With::with`](crate::lens::With::with).
    pub fn of(&self, value: T) -> BodySetting<T>
    where
        D: Writes,
    {
        BodySetting {
            lens: self.that_goes(),
            value,
        }
    }
}

pub(super) fn part(meta: &Meta, kind: LensFailureKind) -> Failure {
    Failure::new(
        kind,
        Location::Body,
        meta.name.clone(),
        meta.expected.clone(),
    )
}

pub(super) fn invalid(meta: &Meta, cause: impl Into<Cause>) -> LensFailure {
    let cause = cause.into();
    match cause.downcast::<LensFailure>() {
        Ok(inner) => *inner,
        Err(cause) => part(meta, LensFailureKind::Invalid)
            .with_cause(cause)
            .into(),
    }
}

/// A body on its way into a message; [`BodyLens::of`] makes it.
#[must_use = "it sets nothing until a message is made `with` it"]
pub struct BodySetting<T> {
    lens: BodyLens<T>,
    value: T,
}

impl<M: HasBody, T: 'static> Modifier<M> for BodySetting<T> {
    fn modify(self, message: M) -> Result<M, LensFailure> {
        self.lens.set(message, self.value)
    }
}

/// The type without its parameters, in lower case (RFC 9110 §8.3.1).
pub(super) fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

impl<T, D> BodyLens<T, D> {
    /// The same lens, whose type says `Way` of where values may go through it.
    fn that_goes<Way>(&self) -> BodyLens<T, Way> {
        BodyLens {
            meta: self.meta.clone(),
            types: self.types,
            fits: self.fits,
            read: Arc::clone(&self.read),
            write: self.write.clone(),
            way: PhantomData,
        }
    }
}

impl<T, D> Clone for BodyLens<T, D> {
    fn clone(&self) -> Self {
        self.that_goes()
    }
}

impl<T, D> fmt::Debug for BodyLens<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyLens(`{}`: {})", self.meta.name, self.meta.expected)
    }
}

impl<T> fmt::Debug for BodySetting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodySetting({:?})", self.lens)
    }
}
