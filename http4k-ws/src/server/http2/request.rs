//! The body of a request of HTTP/2.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::RecvStream;
use http::header::{CONTENT_LENGTH, HeaderMap};
use http_body::{Frame, SizeHint};
use tokio::sync::oneshot;

/// The body of a request. The peer may send more as soon as bytes are read.
pub(super) struct ReceivedBody {
    stream: RecvStream,
    /// The bytes still to come, if a length is declared. h2 checks that it is true.
    left: Option<u64>,
    /// Notified when the body is first read.
    wanted: Option<oneshot::Sender<()>>,
}

impl ReceivedBody {
    /// Creates the body that follows `fields`. `wanted` is notified when it is first read.
    pub(super) fn new(
        stream: RecvStream,
        fields: &HeaderMap,
        wanted: Option<oneshot::Sender<()>>,
    ) -> Self {
        let declared = fields.get(CONTENT_LENGTH);
        let declared = declared.and_then(|length| length.to_str().ok());
        Self {
            stream,
            left: declared.and_then(|length| length.parse().ok()),
            wanted,
        }
    }
}

impl http_body::Body for ReceivedBody {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        if let Some(wanted) = self.wanted.take() {
            let _ = wanted.send(());
        }
        match ready!(self.stream.poll_data(cx)) {
            Some(Ok(data)) => {
                let length = data.len();
                if let Some(left) = &mut self.left {
                    *left = left.saturating_sub(length as u64);
                }
                self.stream.flow_control().release_capacity(length)?;
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            None => {
                let trailers = ready!(self.stream.poll_trailers(cx))?;
                Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(trailers))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
