//! Lenses of the body of a request or a response.

mod content;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};

use self::content::ContentTypes;
use super::codec::{BothWays, Codec, OneWay, Write, Writes, mapping_methods};
use super::failure::LensFailure;
use super::format::{Format, essence};
use super::message_part::Cause;
use super::meta::{Location, Meta};
use super::text::{Name, lens_example};
use super::with::Modifier;
use crate::message::Body;

#[cfg(feature = "json")]
pub(super) use self::content::Described;
pub use self::content::HasBody;
pub(super) use self::content::{BodyRules, Content};

/// A typed view of the body of a [`Request`](crate::Request) or a [`Response`](crate::Response).
///
/// `Body::json()`, `T::body()` and the like create it. To read, it takes the whole body into memory
/// and leaves it there, so that another lens may read it again.
///
/// A Content-Type that is missing or names another type is Unsupported; [`lenient`](Self::lenient)
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
    rules: BodyRules,
    codec: Codec<Content, T>,
    way: PhantomData<D>,
}

impl<T: 'static> BodyLens<T> {
    /// Returns the lens of a body that is required.
    pub(super) fn new(mut rules: BodyRules, codec: Codec<Content, T>) -> Self {
        rules.meta.required = true;
        Self {
            rules,
            codec,
            way: PhantomData,
        }
    }
}

impl<T: 'static, D> BodyLens<T, D> {
    mapping_methods!(
        BodyLens;
        "Body::string()", "", "let mut message" = "\"7\".into_response()", ".get(&mut message).await"
    );

    /// Returns the description of the lens; its name is that of the type.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Body;
    /// use http4k_ws::lens::Location;
    ///
    /// let lens = Body::json::<Vec<u32>>();
    /// assert_eq!(lens.meta().location(), Location::Body);
    /// assert_eq!(lens.meta().expected(), "JSON");
    /// ```
    pub fn meta(&self) -> &Meta {
        &self.rules.meta
    }

    /// Adds a description of the body, for documentation.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Body;
    ///
    /// let order = Body::json::<Vec<u32>>().with_description("the numbers of the items");
    /// assert_eq!(order.meta().description(), Some("the numbers of the items"));
    /// ```
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Name>) -> Self {
        self.rules.meta.description = Some(description.into());
        self
    }

    /// Also reads a body that has no Content-Type.
    ///
    /// A page of another site can make a browser send such a body without a preflight request. Stay
    /// strict if cookies authenticate the client.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut request = "/ages".into_request().unwrap().with_body("[7]");
    /// let ages = Body::json::<Vec<u32>>();
    /// assert_eq!(ages.get(&mut request).await.unwrap_err().status(), 415);
    /// assert_eq!(ages.lenient().get(&mut request).await.unwrap(), [7]);
    /// # }
    /// ```
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.rules.types = ContentTypes::Lenient;
        self
    }

    /// Reads a body whatever its Content-Type is.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let request = "/ages".into_request().unwrap().with_header("content-type", "text/plain");
    /// let mut request = request.with_body("[7]");
    /// assert_eq!(Body::json::<Vec<u32>>().unchecked().get(&mut request).await.unwrap(), [7]);
    /// # }
    /// ```
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.rules.types = ContentTypes::Unchecked;
        self
    }

    /// Reads a body that is empty and has no Content-Type as `None`, and writes `None` as such a
    /// body.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let filter = Body::json::<Vec<u32>>().optional();
    /// assert_eq!(filter.get(&mut "/search".into_request()?).await?, None);
    /// let mut request = "/search".into_request()?.with(filter.of(Some(vec![7])))?;
    /// assert_eq!(filter.get(&mut request).await?, Some(vec![7]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn optional(mut self) -> BodyLens<Option<T>, D> {
        self.rules.meta.required = false;
        self.mapped(|codec| {
            let before = codec.read;
            let write = codec.write.map(|after| -> Write<Content, Option<T>> {
                Arc::new(move |value| value.map_or(Ok(Content::none()), |v| after(v)))
            });
            let read = move |content: Content| match content.bytes.is_empty()
                && content.content_type().is_empty()
            {
                true => Ok(None),
                false => before(content).map(Some),
            };
            Codec {
                read: Arc::new(read),
                write,
            }
        })
    }

    fn mapped<R, W>(
        self,
        map: impl FnOnce(Codec<Content, T>) -> Codec<Content, R>,
    ) -> BodyLens<R, W> {
        BodyLens {
            rules: self.rules,
            codec: map(self.codec),
            way: PhantomData,
        }
    }

    /// Returns the value of the body of `message`, a [`Request`](crate::Request) or a
    /// [`Response`](crate::Response).
    ///
    /// # Errors
    ///
    /// [`LensFailure`]: Unsupported, Missing or Invalid; its status is 413 for a body over its
    /// limit. The failure of a response is one [`in_response`](LensFailure::in_response).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::json::JsonExt;
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let ages = Body::json::<Vec<u32>>();
    /// let mut request = "/ages".into_request()?.with_json(&[7])?;
    /// assert_eq!(ages.get(&mut request).await?, [7]);
    ///
    /// let mut response = "".into_response().with_json("seven")?;
    /// assert_eq!(ages.get(&mut response).await.unwrap_err().status(), 502);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get<M: HasBody>(&self, message: &mut M) -> Result<T, LensFailure> {
        let read = &self.codec.read;
        self.rules.read(message, |content| read(content)).await
    }

    /// Returns the message with `value` as its body, and with its Content-Type.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if the format cannot represent the value; it is one
    /// [`in_writing`](LensFailure::in_writing).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = Body::json().set(Response::default(), vec![7]).unwrap();
    /// assert_eq!(response.header("content-type"), Some("application/json"));
    /// assert_eq!(response.body(), "[7]");
    /// ```
    pub fn set<M: HasBody>(&self, mut message: M, value: T) -> Result<M, LensFailure>
    where
        D: Writes,
    {
        let write = self.codec.write.as_ref();
        let write = write.expect("a lens both ways can write");
        let content = write(value).map_err(|cause| self.rules.invalid(cause).in_writing())?;
        let fields = message.fields_mut();
        fields.remove(CONTENT_LENGTH);
        match content.content_type {
            Some(content_type) => fields.insert(CONTENT_TYPE, content_type),
            None => fields.remove(CONTENT_TYPE),
        };
        *message.content() = Body::from(content.bytes);
        Ok(message)
    }

    /// Returns the change that sets `value`, for [`With::with`](crate::lens::With::with).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Header;
    /// use http4k_ws::prelude::*;
    ///
    /// let (ages, key) = (Body::json::<Vec<u32>>(), Header::string("x-key").required());
    /// let request = "/ages".into_request().unwrap();
    /// let request = request.with((ages.of(vec![7]), key.of("k1".into()))).unwrap();
    /// assert_eq!(request.body(), "[7]");
    /// assert_eq!(request.header("x-key"), Some("k1"));
    /// ```
    pub fn of(&self, value: T) -> BodySetting<T>
    where
        D: Writes,
    {
        BodySetting {
            lens: self.marked(),
            value,
        }
    }
}

/// A body that is set by [`With::with`](crate::lens::With::with).
#[must_use = "it sets nothing until it is passed to `with`"]
pub struct BodySetting<T> {
    lens: BodyLens<T>,
    value: T,
}

impl<M: HasBody, T: 'static> Modifier<M> for BodySetting<T> {
    fn modify(self, message: M) -> Result<M, LensFailure> {
        self.lens.set(message, self.value)
    }
}

/// Lenses of bodies.
impl Body {
    /// Returns a lens of text, which is sent as `text/plain; charset=utf-8`. It reads every
    /// `text/*` that is UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let page = Request::post("/").header("content-type", "text/html").body("<p>".into());
    /// assert_eq!(Body::string().get(&mut page.unwrap()).await.unwrap(), "<p>");
    /// let json = Request::post("/").header("content-type", "application/json").body("[]".into());
    /// assert_eq!(Body::string().get(&mut json.unwrap()).await.unwrap_err().status(), 415);
    /// # }
    /// ```
    pub fn string() -> BodyLens<String> {
        let meta = Meta::new(Location::Body, "body", "text");
        let rules = BodyRules::new(meta, |content_type| {
            essence(content_type).starts_with("text/")
        });
        let read = |content: Content| {
            let text = String::from_utf8(content.bytes.into());
            text.map_err(|cause| cause.utf8_error().into())
        };
        let write = |text: String| Ok(Content::new(Format::Text.content_type(), text));
        BodyLens::new(rules, Codec::new(read, write))
    }

    /// Returns a lens of bytes, which are sent and read as `application/octet-stream`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let pixel = Body::binary().set(Response::default(), vec![0, 255].into()).unwrap();
    /// assert_eq!(pixel.header("content-type"), Some("application/octet-stream"));
    /// assert_eq!(pixel.body(), &b"\x00\xff"[..]);
    /// ```
    pub fn binary() -> BodyLens<Bytes> {
        let meta = Meta::new(Location::Body, "body", "bytes");
        let is_read = |content_type: &str| Format::Binary.is_content_type(content_type);
        let write = |bytes: Bytes| Ok(Content::new(Format::Binary.content_type(), bytes));
        let codec = Codec::new(|content: Content| Ok(content.bytes), write);
        BodyLens::new(BodyRules::new(meta, is_read), codec)
    }
}

impl<T, D> BodyLens<T, D> {
    /// Returns a copy that is marked with another direction. The caller has checked it.
    fn marked<W>(&self) -> BodyLens<T, W> {
        BodyLens {
            rules: self.rules.clone(),
            codec: self.codec.clone(),
            way: PhantomData,
        }
    }
}

impl<T, D> Clone for BodyLens<T, D> {
    fn clone(&self) -> Self {
        self.marked()
    }
}

impl<T, D> fmt::Debug for BodyLens<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meta = &self.rules.meta;
        write!(f, "BodyLens(`{}`: {})", meta.name, meta.expected)
    }
}

impl<T> fmt::Debug for BodySetting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodySetting({:?})", self.lens)
    }
}
