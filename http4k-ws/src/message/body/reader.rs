//! The reading of a body, frame by frame, and its comparison.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::error::BodyError;
use super::{Body, Inner};

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
            Inner::Arrived(arrived) if arrived.is_read() => Poll::Ready(None),
            Inner::Arrived(arrived) => Poll::Ready(Some(arrived.read().map(Frame::data))),
            Inner::Stream(stream) | Inner::Exact(stream) => {
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
            Inner::Arrived(arrived) => arrived.is_read(),
            Inner::Stream(stream) | Inner::Exact(stream) => {
                stream.lock().is_ok_and(|stream| stream.is_end_stream())
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Arrived(arrived) => arrived.size_hint(),
            Inner::Stream(stream) | Inner::Exact(stream) => stream
                .lock()
                .map(|stream| stream.size_hint())
                .unwrap_or_default(),
        }
    }
}

/// Two bodies are equal if both are in memory and have the same bytes. A stream equals nothing, not
/// even itself, since comparing it would consume it.
impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        match other.as_bytes() {
            Some(bytes) => *self == **bytes,
            None => false,
        }
    }
}

/// Equal if the body is in memory and has these bytes; a stream equals nothing.
impl PartialEq<[u8]> for Body {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_bytes().is_some_and(|bytes| bytes == other)
    }
}

macro_rules! compare {
    ($($(#[$generics:tt])? $other:ty),* $(,)?) => {$(
        /// Equal if the body is in memory and has these bytes; a stream equals nothing.
        impl $(<const $generics: usize>)? PartialEq<$other> for Body {
            fn eq(&self, other: &$other) -> bool {
                let bytes: &[u8] = other.as_ref();
                self == bytes
            }
        }
    )*};
}
compare!(
    str,
    &str,
    String,
    &[u8],
    Vec<u8>,
    Bytes,
    #[N]
    [u8; N],
    #[N]
    &[u8; N]
);
