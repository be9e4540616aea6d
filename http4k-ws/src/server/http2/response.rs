//! A response, sent as fast as the peer reads it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, SendStream};
use http::Response as HttpResponse;
use http::header::{CONTENT_LENGTH, DATE, HeaderMap, HeaderValue};
use http_body::Body as _;
use http_body_util::BodyExt;

use super::socket::poll_capacity;
use crate::message::{Body, Response, drop_fields_of_the_connection, printable};
use crate::server::request::Stall;
use crate::wire::StreamProgress;

/// The progress of a response, and the longest time without any.
pub(super) struct Pace {
    progress: StreamProgress,
    limit: Duration,
    stall: Stall,
    /// The bytes that the stream accepted.
    sent: u64,
}

impl Pace {
    /// Creates the pace of a response over `progress`, which may make no progress for at most
    /// `limit`.
    pub(super) fn new(progress: StreamProgress, limit: Duration) -> Self {
        Self {
            progress,
            limit,
            stall: Stall::default(),
            sent: 0,
        }
    }

    /// Ready if the peer has read nothing for too long.
    fn poll_stalled(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let progress = self.progress.bytes_written(self.sent);
        self.stall.poll(cx, Some(progress), self.limit)
    }
}

/// Sends `response`, or only its head if `head_only`. Gives up if the peer reads nothing for too
/// long.
pub(super) async fn send(
    mut respond: SendResponse<Bytes>,
    response: Response,
    head_only: bool,
    pace: Pace,
) {
    let (mut head, body) = response.into_parts();
    // The application's responses are checked before. The server's own have a body and no length.
    if let Some(length @ 1..) = body.size_hint().exact() {
        let length = HeaderValue::from(length);
        head.headers.entry(CONTENT_LENGTH).or_insert(length);
    }
    complete(&mut head.headers);
    let ended = head_only || body.is_end_stream();
    match respond.send_response(HttpResponse::from_parts(head, ()), ended) {
        Ok(stream) if !ended => send_body(stream, body, pace).await,
        Ok(_) => {}
        Err(error) => log::debug!("response not sent: {}", printable(&error)),
    }
}

/// Adds the fields of every response, and removes those of HTTP/1.1 only.
pub(super) fn complete(fields: &mut HeaderMap) {
    drop_fields_of_the_connection(fields);
    if !fields.contains_key(DATE) {
        // RFC 9110 §6.6.1.
        let date = httpdate::fmt_http_date(SystemTime::now());
        if let Ok(date) = HeaderValue::try_from(date) {
            fields.insert(DATE, date);
        }
    }
}

async fn send_body(mut stream: SendStream<Bytes>, mut body: Body, mut pace: Pace) {
    loop {
        let next = until_reset(body.frame(), |cx| stream.poll_reset(cx).is_ready());
        let frame = match next.await {
            Some(Some(Ok(frame))) => frame,
            Some(Some(Err(error))) => {
                log::debug!("the body of a response failed: {}", printable(&error));
                return stream.send_reset(Reason::INTERNAL_ERROR);
            }
            Some(None) => return end(stream),
            None => return,
        };
        match frame.into_data() {
            Ok(data) => {
                let last = body.is_end_stream();
                if send_data(&mut stream, data, last, &mut pace).await.is_err() || last {
                    return;
                }
            }
            Err(frame) => {
                if let Ok(trailers) = frame.into_trailers() {
                    let _ = stream.send_trailers(trailers);
                    return;
                }
            }
        }
    }
}

fn end(mut stream: SendStream<Bytes>) {
    // Fails if the peer has reset the stream, which needs nothing more.
    let _ = stream.send_data(Bytes::new(), true);
}

/// The stream has ended, and nothing more can be sent.
struct Over;

async fn send_data(
    stream: &mut SendStream<Bytes>,
    mut data: Bytes,
    last: bool,
    pace: &mut Pace,
) -> Result<(), Over> {
    if data.is_empty() && last {
        return stream.send_data(data, true).map_err(|_| Over);
    }
    while !data.is_empty() {
        let capacity = poll_fn(|cx| match poll_capacity(stream, cx, data.len()) {
            Poll::Ready(capacity) => Poll::Ready(Some(capacity)),
            Poll::Pending => pace.poll_stalled(cx).map(|()| None),
        });
        match capacity.await {
            Some(Ok(capacity)) => {
                let part = data.split_to(capacity);
                let ended = last && data.is_empty();
                pace.sent += part.len() as u64;
                stream.send_data(part, ended).map_err(|_| Over)?;
            }
            Some(Err(_)) => return Err(Over),
            None => {
                let limit = pace.limit;
                log::debug!("response dropped: the peer read nothing for {limit:?}");
                stream.send_reset(Reason::CANCEL);
                return Err(Over);
            }
        }
    }
    // The capacity that is not needed now is for other streams.
    stream.reserve_capacity(0);
    Ok(())
}

/// Waits for `work`. Returns `None` if `is_reset` returns `true` before.
pub(super) async fn until_reset<T>(
    work: impl Future<Output = T>,
    mut is_reset: impl FnMut(&mut Context<'_>) -> bool,
) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if is_reset(cx) => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}
