//! One request, answered by the application.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{CONNECTION, HeaderValue, UPGRADE};
use http::{Request, StatusCode};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use super::shared::Shared;
use crate::handler::plain;
use crate::message::{Body, BodyError, Response};

/// Answers a request that asks for no upgrade.
pub(super) async fn answer(shared: &Shared, mut request: Request<Incoming>) -> Response {
    if let Some(refusal) = too_long(shared, &request) {
        return refusal;
    }
    if request.headers().contains_key(UPGRADE) {
        // Takes hyper's handle of an upgrade to something else out of the extensions.
        drop(hyper::upgrade::on(&mut request));
    }
    let limit = shared.config.max_body;
    let request = request.map(|body| bounded(body, limit));
    shared.app.answer(request).await
}

/// 414 for the target, 413 for a body whose length is told.
pub(super) fn too_long(shared: &Shared, request: &Request<Incoming>) -> Option<Response> {
    let config = &shared.config;
    // Only the path and query can be long: hyper refuses a long authority with 431.
    let target = request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if target > config.max_target {
        let reason = format!(
            "the target has {target} bytes, over the limit of {} (RFC 9110 §15.5.15)\n",
            config.max_target
        );
        return Some(plain(StatusCode::URI_TOO_LONG, reason));
    }
    let length = request.body().size_hint().lower();
    if length > config.max_body {
        let reason = format!(
            "the body has {length} bytes, over the limit of {} (RFC 9110 §15.5.14)\n",
            config.max_body
        );
        let mut refusal = plain(StatusCode::PAYLOAD_TOO_LARGE, reason);
        // The body is never read, so no other request can follow it.
        refusal
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        return Some(refusal);
    }
    None
}

fn bounded(body: Incoming, limit: u64) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    Body::new(Bounded {
        body,
        limit,
        left: limit,
    })
}

/// A body that fails once more than `limit` bytes of it came.
struct Bounded {
    body: Incoming,
    limit: u64,
    left: u64,
}

impl http_body::Body for Bounded {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Some(Err(BodyError::Stream(Box::new(error))))),
            None => return Poll::Ready(None),
        };
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        match self.left.checked_sub(length) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(Ok(frame)))
            }
            None => {
                self.left = 0;
                let limit = self.limit;
                Poll::Ready(Some(Err(BodyError::TooLarge { limit })))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
