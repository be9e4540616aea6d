//! The bytes of a body, and the rules for its Content-Type.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use crate::lens::failure::{LensFailure, LensFailureKind};
use crate::lens::message_part::Cause;
use crate::lens::meta::Meta;
use crate::message::{Body, Request, Response};

/// A [`Request`] or a [`Response`]. This trait is sealed.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{HasBody, LensFailure, With};
/// use http4k_ws::{Body, Request, Response};
///
/// async fn text_of<M: HasBody>(message: &mut M) -> Result<String, LensFailure> {
///     Body::string().get(message).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), LensFailure> {
/// let mut request = Request::default().with(Body::string().of("a question".into()))?;
/// assert_eq!(text_of(&mut request).await?, "a question");
/// let mut response = Response::default().with(Body::string().of("a response".into()))?;
/// assert_eq!(text_of(&mut response).await?, "a response");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not have a body",
    label = "expected a `Request` or a `Response`"
)]
pub trait HasBody: sealed::Message {}

impl HasBody for Request {}
impl HasBody for Response {}

mod sealed {
    use http::HeaderMap;

    use crate::message::{Body, Request, Response};

    pub trait Message: Send {
        const IS_RESPONSE: bool;

        fn fields(&self) -> &HeaderMap;
        fn fields_mut(&mut self) -> &mut HeaderMap;
        fn content(&mut self) -> &mut Body;
    }

    macro_rules! message {
        ($message:ty: $is_response:literal) => {
            impl Message for $message {
                const IS_RESPONSE: bool = $is_response;

                fn fields(&self) -> &HeaderMap {
                    self.headers()
                }

                fn fields_mut(&mut self) -> &mut HeaderMap {
                    self.headers_mut()
                }

                fn content(&mut self) -> &mut Body {
                    self.body_mut()
                }
            }
        };
    }
    message!(Request: false);
    message!(Response: true);
}

/// The bytes of a body and its Content-Type.
pub(in crate::lens) struct Content {
    pub(in crate::lens) bytes: Bytes,
    pub(super) content_type: Option<HeaderValue>,
}

impl Content {
    pub(in crate::lens) fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            content_type: Some(HeaderValue::from_static(content_type)),
        }
    }

    /// The body of a message without a value.
    pub(super) fn none() -> Self {
        Self {
            bytes: Bytes::new(),
            content_type: None,
        }
    }

    /// Returns the Content-Type; an empty text if there is none, or if it is not UTF-8.
    pub(in crate::lens) fn content_type(&self) -> &str {
        self.content_type
            .as_ref()
            .and_then(text)
            .unwrap_or_default()
    }
}

fn text(value: &HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
}

/// The requirement that a lens of bodies has of the Content-Type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContentTypes {
    /// It must be present and name a type that is read.
    Strict,
    /// It may be missing.
    Lenient,
    /// It is ignored.
    Unchecked,
}

/// The rules by which the body of a message is read.
#[derive(Debug, Clone)]
pub(in crate::lens) struct BodyRules<M = Meta> {
    pub(super) meta: M,
    pub(super) types: ContentTypes,
    is_read: fn(&str) -> bool,
}

/// The description of a body: itself, or a function that returns it for a failure.
pub(in crate::lens) trait Described {
    fn meta(&self) -> Cow<'_, Meta>;
}

impl Described for Meta {
    fn meta(&self) -> Cow<'_, Meta> {
        Cow::Borrowed(self)
    }
}

impl Described for fn() -> Meta {
    fn meta(&self) -> Cow<'_, Meta> {
        Cow::Owned(self())
    }
}

impl<M: Described> BodyRules<M> {
    /// Returns the rules of a body whose Content-Type `is_read` accepts.
    pub(in crate::lens) fn new(meta: M, is_read: fn(&str) -> bool) -> Self {
        Self {
            meta,
            types: ContentTypes::Strict,
            is_read,
        }
    }
}

impl<M: Described + Sync> BodyRules<M> {
    /// Reads the body of `message` into memory and leaves it there. Returns the value that `read`
    /// returns for it.
    pub(in crate::lens) async fn read<B: HasBody, T>(
        &self,
        message: &mut B,
        read: impl FnOnce(Content) -> Result<T, Cause>,
    ) -> Result<T, LensFailure> {
        let outcome = match self.content(message).await {
            Ok(content) => read(content).map_err(|cause| self.invalid(cause)),
            Err(failure) => Err(failure),
        };
        outcome.map_err(|failure| match B::IS_RESPONSE {
            true => failure.in_response(),
            false => failure,
        })
    }

    async fn content<B: HasBody>(&self, message: &mut B) -> Result<Content, LensFailure> {
        let content_type = message.fields().get(CONTENT_TYPE).cloned();
        // A body of another type is refused before it is read.
        if let Some(content_type) = &content_type {
            self.check(content_type)?;
        }
        let body = std::mem::take(message.content());
        let bytes = body.bytes().await.map_err(|cause| self.invalid(cause))?;
        *message.content() = Body::from(bytes.clone());
        if content_type.is_none() {
            self.check_untyped(&bytes)?;
        }
        Ok(Content {
            bytes,
            content_type,
        })
    }

    fn check(&self, content_type: &HeaderValue) -> Result<(), LensFailure> {
        if self.types == ContentTypes::Unchecked || text(content_type).is_some_and(self.is_read) {
            return Ok(());
        }
        let cause = format!("it is `{}`", content_type.as_bytes().escape_ascii());
        let failure = self.meta.meta().failure(LensFailureKind::Unsupported);
        Err(failure.with_cause(cause).into())
    }

    /// Checks a body without a Content-Type. A page of another site can make a browser send one
    /// without a preflight request, so that it is refused unless it is empty.
    fn check_untyped(&self, bytes: &Bytes) -> Result<(), LensFailure> {
        if self.types != ContentTypes::Strict {
            return Ok(());
        }
        if !bytes.is_empty() {
            let failure = self.meta.meta().failure(LensFailureKind::Unsupported);
            return Err(failure.with_cause("the Content-Type is missing").into());
        }
        let meta = self.meta.meta();
        match meta.required {
            true => Err(meta.failure(LensFailureKind::Missing).into()),
            false => Ok(()),
        }
    }

    /// Returns the failure of a body that is not such a value.
    pub(in crate::lens) fn invalid(&self, cause: impl Into<Cause>) -> LensFailure {
        self.meta.meta().invalid(cause.into())
    }
}
