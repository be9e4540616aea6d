//! The body of a request or a response: bytes in memory, or a stream of them.

use std::fmt;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;

/// Why the bytes of a body could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The body is longer than the limit set for it; answered with 413.
    #[error("the body is longer than the limit of {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The bytes are not UTF-8, and text was asked for.
    #[error("the body is not UTF-8: byte {position} is invalid")]
    NotUtf8 {
        /// Where the first invalid byte stands, counted from zero.
        position: usize,
    },
    /// The stream behind the body failed.
    #[error("the body broke off")]
    Stream(#[source] Box<dyn std::error::Error + Send + Sync>),
}

type Stream_ = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BodyError> + Send>>;

/// The body of a [`Request`](crate::Request) or a [`Response`](crate::Response).
pub struct Body(Inner);

enum Inner {
    Bytes(Bytes),
    // The mutex is never contended: polling has `&mut`. It makes the body `Sync`, so that a
    // borrowed request may be held across an await.
    Stream(Mutex<Stream_>),
}

impl Body {
    /// A body of no bytes.
    pub const fn empty() -> Self {
        Self(Inner::Bytes(Bytes::new()))
    }

    /// A body over any `http_body::Body`.
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
        Self(Inner::Stream(Mutex::new(Box::pin(body))))
    }

    /// A body whose bytes come from a stream.
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

    /// The bytes, where they are all in memory already; `None` for a stream.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Inner::Bytes(bytes) => Some(bytes),
            Inner::Stream(_) => None,
        }
    }

    /// Reads the body to its end.
    ///
    /// # Errors
    ///
    /// [`BodyError::TooLarge`] past the server's limit, [`BodyError::Stream`] when the peer breaks off.
    pub async fn bytes(self) -> Result<Bytes, BodyError> {
        match self.0 {
            Inner::Bytes(bytes) => Ok(bytes),
            Inner::Stream(stream) => {
                let stream = stream
                    .into_inner()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                Ok(stream.collect().await?.to_bytes())
            }
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Bytes(bytes) => write!(f, "Body({bytes:?})"),
            Inner::Stream(_) => f.write_str("Body(<stream>)"),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.get_mut().0 {
            Inner::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Inner::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Inner::Stream(stream) => {
                let stream = stream
                    .get_mut()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                stream.as_mut().poll_frame(cx)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Bytes(bytes) => bytes.is_empty(),
            Inner::Stream(stream) => stream.lock().is_ok_and(|stream| stream.is_end_stream()),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Stream(stream) => stream
                .lock()
                .map(|stream| stream.size_hint())
                .unwrap_or_default(),
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

impl From<()> for Body {
    fn from((): ()) -> Self {
        Self::empty()
    }
}
