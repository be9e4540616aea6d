//! The body of a request or a response: bytes in memory, or a stream of them.
//!
//! A body that the program creates is usually in memory and can be compared. A body from the
//! network is a stream, which [`Body::bytes`] and [`Body::text`] read.

mod arrived;
mod bounds;
mod error;
mod guarded;
mod limit;
mod reader;

use std::fmt;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http_body::{Body as _, Frame};
use http_body_util::BodyExt;

use arrived::Arrived;
pub(crate) use bounds::BodyBounds;
#[cfg(feature = "server")]
pub(crate) use bounds::Stage as BodyStage;
pub use error::BodyError;
use guarded::{Broken, Guarded, Measured};
use limit::Limited;

use super::abridged::Abridged;

type Frames = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BodyError> + Send>>;

/// The body of a [`Request`](crate::Request) or a [`Response`](crate::Response).
///
/// [`Into`] converts text and bytes to one. A body in memory can be compared with text, bytes and
/// other bodies. A stream equals nothing, since its bytes are not yet known.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Body, Response};
///
/// let response = Response::new(Body::from("hello"));
/// assert_eq!(response.body(), "hello");
/// assert_eq!(response.body(), b"hello");
/// ```
pub struct Body(Inner);

enum Inner {
    Bytes(Bytes),
    /// Bytes from the network, which a limit bounds until they are read.
    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    Arrived(Arrived),
    // The mutex is never contended: polling has `&mut`. It makes the body `Sync`, so that a
    // borrowed request may be held across an await.
    Stream(Mutex<Frames>),
    /// A stream that yields the number of bytes in its size hint, or fails.
    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    Exact(Mutex<Frames>),
}

impl Body {
    /// Creates a body without bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{Body, Response};
    ///
    /// let response = Response::new(Body::empty());
    /// assert_eq!(response.body(), "");
    /// ```
    pub const fn empty() -> Self {
        Self(Inner::Bytes(Bytes::new()))
    }

    /// Creates a body from any `http_body::Body`, such as that of another library.
    ///
    /// If `body` panics while it is read, this body fails with [`BodyError::Stream`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Body;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::message::BodyError> {
    /// let inner = Body::from("hello");       // a `Body` is itself an `http_body::Body`
    /// assert_eq!(Body::new(inner).text().await?, "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let body = body.map_err(|error| {
            let error = error.into();
            match error.downcast::<BodyError>() {
                Ok(ours) => *ours,
                Err(other) => BodyError::Stream(other),
            }
        });
        Self::frames(body)
    }

    /// Creates a body from a stream of bytes.
    ///
    /// Its length is not known beforehand, so that HTTP/1.1 sends it in chunks (RFC 9112 §7.1). An
    /// item that is an error, or a panic of the stream, aborts the message, which the peer detects.
    /// If a response declares a `Content-Length`, the stream must yield that many bytes. Fewer
    /// abort the message, and more are not sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures_util::stream;
    /// use http4k_ws::Body;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::message::BodyError> {
    /// let body = Body::from_stream(stream::iter([Ok::<_, std::io::Error>("hel"), Ok("lo")]));
    /// assert_eq!(body.text().await?, "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes> + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        let frames = stream.map(|item| {
            item.map(|bytes| Frame::data(bytes.into()))
                .map_err(Into::into)
        });
        Self::new(http_body_util::StreamBody::new(frames))
    }

    fn frames(
        body: impl http_body::Body<Data = Bytes, Error = BodyError> + Send + 'static,
    ) -> Self {
        Self::unguarded(Guarded::new(body))
    }

    fn unguarded(
        body: impl http_body::Body<Data = Bytes, Error = BodyError> + Send + 'static,
    ) -> Self {
        Self(Inner::Stream(Mutex::new(Box::pin(body))))
    }

    /// Limits the body to `limit` bytes. Reading more fails with [`BodyError::TooLarge`].
    ///
    /// A body whose length is known to be over the limit fails before it is read.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Body;
    /// use http4k_ws::message::BodyError;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let refused = Body::from("hello").limit(4).bytes().await;
    /// assert!(matches!(refused, Err(BodyError::TooLarge { limit: 4 })));
    /// # }
    /// ```
    #[must_use]
    pub fn limit(self, limit: u64) -> Self {
        match self.0 {
            Inner::Bytes(bytes) if bytes.len() as u64 <= limit => Self(Inner::Bytes(bytes)),
            _ => Self::received(self, BodyBounds::new(limit, Duration::MAX)),
        }
    }

    /// Creates a body that fails outside `bounds`, which may change while it is read.
    pub(crate) fn received(
        body: impl http_body::Body<Data = Bytes, Error = BodyError> + Send + Unpin + 'static,
        bounds: BodyBounds,
    ) -> Self {
        Self::frames(Limited::new(body, bounds))
    }

    /// Creates a body of bytes that have all arrived, which fails outside `bounds` as one that is
    /// [`received`](Self::received) does.
    #[cfg(feature = "server")]
    pub(crate) fn arrived(bytes: Bytes, bounds: BodyBounds) -> Self {
        Self(Inner::Arrived(Arrived::new(bytes, bounds)))
    }

    /// Returns the bounds of a body that has arrived complete.
    pub(crate) fn bounds(&self) -> Option<&BodyBounds> {
        match &self.0 {
            Inner::Arrived(arrived) => Some(arrived.bounds()),
            _ => None,
        }
    }

    /// Returns the bytes that a connection would send, if they are in memory.
    #[cfg(feature = "server")]
    pub(crate) fn sent_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Inner::Arrived(arrived) => arrived.as_bytes(),
            _ => self.as_bytes(),
        }
    }

    /// Declares that the connection of this stream checks its length, so that
    /// [`measured`](Self::measured) need not. The length must be in its size hint.
    #[cfg(feature = "server")]
    pub(crate) fn exact(self) -> Self {
        match self.0 {
            Inner::Stream(stream) => Self(Inner::Exact(stream)),
            other => Self(other),
        }
    }

    /// Returns `true` if the number of remaining bytes is known.
    #[cfg(feature = "server")]
    pub(crate) fn has_length(&self) -> bool {
        match &self.0 {
            Inner::Bytes(_) | Inner::Arrived(_) | Inner::Exact(_) => true,
            Inner::Stream(_) => self.size_hint().exact().is_some(),
        }
    }

    /// Returns the bytes if they are in memory; `None` for a stream.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Body;
    ///
    /// let body = Body::from("café");
    /// assert_eq!(body.as_bytes().map(|bytes| bytes.len()), Some(5));
    /// ```
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Inner::Bytes(bytes) => Some(bytes),
            Inner::Arrived(_) | Inner::Stream(_) | Inner::Exact(_) => None,
        }
    }

    /// Returns the text if it is in memory; `None` for a stream and for bytes that are not UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Body;
    ///
    /// assert_eq!(Body::from("hello").as_text(), Some("hello"));
    /// assert_eq!(Body::from(&b"caf\xe9"[..]).as_text(), None);
    /// ```
    pub fn as_text(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()?).ok()
    }

    /// Reads the body to its end.
    ///
    /// The limit of the server bounds a body from the network; [`limit`](Self::limit) sets a lower
    /// one.
    ///
    /// # Errors
    ///
    /// [`BodyError::TooLarge`] over a limit, [`BodyError::Stream`] if the body is incomplete.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Body;
    /// use http4k_ws::message::BodyError;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// assert_eq!(Body::from("hello").bytes().await.unwrap(), "hello");
    /// let error = Body::from("hello").limit(4).bytes().await.unwrap_err();
    /// assert!(matches!(error, BodyError::TooLarge { limit: 4 }));
    /// # }
    /// ```
    pub async fn bytes(self) -> Result<Bytes, BodyError> {
        match self.0 {
            Inner::Bytes(bytes) => Ok(bytes),
            Inner::Arrived(mut arrived) => arrived.read(),
            Inner::Stream(stream) | Inner::Exact(stream) => {
                let frames = stream
                    .into_inner()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                let (bytes, error) = gathered(frames, |_| false).await;
                error.map_or(Ok(bytes), Err)
            }
        }
    }

    /// Creates a body that yields exactly `length` bytes, or fails. `length` is that of the size
    /// hint, if there is one.
    pub(crate) fn measured(self, length: u64) -> Self {
        match self.0 {
            Inner::Arrived(_) | Inner::Exact(_) => self,
            _ => Self::frames(Measured::new(self, length)),
        }
    }

    /// Reads the body into memory, as the client of a response does. A body that fails yields the
    /// bytes before the failure and then [`BodyError::Upstream`].
    pub(crate) async fn read(self) -> Self {
        match self.0 {
            Inner::Bytes(bytes) => Self(Inner::Bytes(bytes)),
            Inner::Arrived(mut arrived) => match arrived.read() {
                Ok(bytes) => Self::from(bytes),
                Err(error) => {
                    let error = BodyError::Upstream(error.into());
                    Self::unguarded(Broken::new(Bytes::new(), error))
                }
            },
            Inner::Stream(stream) | Inner::Exact(stream) => {
                let frames = stream
                    .into_inner()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                let is_complete = |frames: &Frames| frames.size_hint().exact() == Some(0);
                match gathered(frames, is_complete).await {
                    (bytes, None) => Self::from(bytes),
                    (bytes, Some(error @ BodyError::Upstream(_))) => {
                        Self::unguarded(Broken::new(bytes, error))
                    }
                    (bytes, Some(error)) => {
                        Self::unguarded(Broken::new(bytes, BodyError::Upstream(error.into())))
                    }
                }
            }
        }
    }

    /// Reads the body to its end as UTF-8, whatever charset the Content-Type names.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), and [`BodyError::NotUtf8`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::BodyError;
    ///
    /// async fn shout(request: Request) -> Result<String, BodyError> {
    ///     Ok(request.into_body().text().await?.to_uppercase())
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// assert_eq!(shout(Request::new("hello".into())).await.unwrap(), "HELLO");
    /// # }
    /// ```
    pub async fn text(self) -> Result<String, BodyError> {
        let bytes = self.bytes().await?;
        String::from_utf8(bytes.into()).map_err(|error| BodyError::NotUtf8 {
            position: error.utf8_error().valid_up_to(),
        })
    }
}

/// Returns the bytes of all frames until `is_complete`, and the error that ended them.
///
/// The bytes of each frame are copied to one buffer. A peer may send one byte in each chunk, and a
/// list of chunks would use a hundred bytes for each.
async fn gathered(
    mut frames: Frames,
    is_complete: impl Fn(&Frames) -> bool,
) -> (Bytes, Option<BodyError>) {
    let (mut first, mut gathered) = (Bytes::new(), BytesMut::new());
    let mut failed = None;
    while !is_complete(&frames) {
        let frame = match frames.frame().await {
            Some(Ok(frame)) => frame,
            ended => {
                failed = ended.and_then(Result::err);
                break;
            }
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if first.is_empty() && gathered.is_empty() {
            first = data;
        } else {
            gathered.extend_from_slice(&std::mem::take(&mut first));
            gathered.extend_from_slice(&data);
        }
    }
    let bytes = if gathered.is_empty() {
        first
    } else {
        gathered.freeze()
    };
    (bytes, failed)
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

/// Writes the abridged bytes in memory; a stream is not read.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Bytes(bytes) => write!(f, "Body({})", Abridged(bytes)),
            Inner::Arrived(_) | Inner::Stream(_) | Inner::Exact(_) => f.write_str("Body(<stream>)"),
        }
    }
}

macro_rules! from_bytes_like {
    ($($source:ty),*) => {$(
        impl From<$source> for Body {
            fn from(source: $source) -> Self {
                Self(Inner::Bytes(Bytes::from(source)))
            }
        }
    )*};
}
from_bytes_like!(&'static str, String, &'static [u8], Vec<u8>, Bytes);

impl<const N: usize> From<&'static [u8; N]> for Body {
    fn from(source: &'static [u8; N]) -> Self {
        Self::from(source.as_slice())
    }
}

impl From<std::borrow::Cow<'static, str>> for Body {
    fn from(source: std::borrow::Cow<'static, str>) -> Self {
        match source {
            std::borrow::Cow::Borrowed(text) => Self::from(text),
            std::borrow::Cow::Owned(text) => Self::from(text),
        }
    }
}

impl From<()> for Body {
    fn from((): ()) -> Self {
        Self::empty()
    }
}

#[cfg(test)]
mod tests;
