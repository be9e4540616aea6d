//! Responses without a known length, inside another server.
//!
//! A shutdown waits for them, as our own servers wait for their connections. After the grace they
//! are cut off, so that the other server ends too.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use crate::message::{Body, BodyError, Response};
use crate::server::shutdown::ConnectionGuard;
use crate::server::state::ServerState;

/// Registers the body of a response, if it may have no end. `cut` is notified after the grace.
pub(super) fn tracked(server: &ServerState, cut: &Arc<Notify>, response: Response) -> Response {
    if response.body().has_length() {
        return response;
    }
    server.prepare_stream(&response);
    let open = OpenBody {
        _guard: server.connections.enter(),
        cut: Box::pin(Arc::clone(cut).notified_owned()),
    };
    let open = Some(open);
    response.map(|body| Body::new(TrackedBody { body, open }))
}

/// A body that counts as open until it ends.
struct TrackedBody {
    body: Body,
    /// `None` once it has ended.
    open: Option<OpenBody>,
}

struct OpenBody {
    _guard: ConnectionGuard,
    cut: Pin<Box<OwnedNotified>>,
}

impl http_body::Body for TrackedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        let Some(open) = &mut this.open else {
            return Poll::Ready(None);
        };
        let frame = if open.cut.as_mut().poll(cx).is_ready() {
            this.body = Body::empty();
            Poll::Ready(Some(Err(BodyError::Stream("cut off by a shutdown".into()))))
        } else {
            Pin::new(&mut this.body).poll_frame(cx)
        };
        if let Poll::Ready(None | Some(Err(_))) = frame {
            // Dropped first, so that a stream of events has ended when a shutdown counts it.
            this.body = Body::empty();
            this.open = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.open.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
