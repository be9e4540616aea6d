//! One request and its response.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::time::{Sleep, sleep, timeout};

use super::error::HttpClientError;
use super::pool::Pool;
use crate::client::dial::{Trust, dial, secure};
use crate::client::uri::Remote;
use crate::message::{Body, BodyError, Request, Response};
use crate::wire::ByteStream;

/// The limit of a response head, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Sends `request` over a connection of the pool if one is ready, and a new one otherwise. Returns
/// the response with its body unread.
pub(super) async fn exchange(
    pool: &Pool,
    remote: Remote,
    mut request: Request,
    trust: &Trust,
    connect_timeout: Duration,
    title_case: bool,
) -> Result<Response<Incoming>, HttpClientError> {
    while let Some(mut connection) = pool.take(&remote) {
        let spare = repeatable(&request);
        match connection.try_send_request(request).await {
            Ok(response) => {
                pool.keep(remote, connection);
                return Ok(response);
            }
            // The server may close an idle connection at any time, also while a request is on its
            // way.
            Err(mut error) => match error.take_message() {
                Some(unsent) => request = unsent,
                None => {
                    let error = error.into_error();
                    match spare {
                        Some(spare) if error.is_incomplete_message() => request = spare,
                        _ => return Err(error.into()),
                    }
                }
            },
        }
    }
    let mut connection = connect(&remote, trust, connect_timeout, title_case).await?;
    let response = connection.send_request(request).await?;
    pool.keep(remote, connection);
    Ok(response)
}

/// Returns a copy of a request that may be sent twice (RFC 9110 §9.2.2).
fn repeatable(request: &Request) -> Option<Request> {
    let bytes = request.body().as_bytes()?;
    if !request.method().is_idempotent() {
        return None;
    }
    let mut copy = Request::new(Body::from(bytes.clone()));
    request.method().clone_into(copy.method_mut());
    request.uri().clone_into(copy.uri_mut());
    request.headers().clone_into(copy.headers_mut());
    Some(copy)
}

/// Sends `request` to `remote` over `io`, which is used for this exchange alone.
pub(super) async fn exchange_over(
    io: impl ByteStream,
    remote: &Remote,
    request: Request,
    trust: &Trust,
    title_case: bool,
) -> Result<Response<Incoming>, HttpClientError> {
    let stream = secure(io, remote, trust).await?;
    let mut connection = handshake(stream, title_case).await?;
    Ok(connection.send_request(request).await?)
}

async fn connect(
    remote: &Remote,
    trust: &Trust,
    after: Duration,
    title_case: bool,
) -> Result<SendRequest<Body>, HttpClientError> {
    let stream = timeout(after, dial(remote, trust))
        .await
        .map_err(|_| HttpClientError::ConnectTimeout { after })??;
    handshake(stream, title_case).await
}

async fn handshake(
    io: impl ByteStream,
    title_case: bool,
) -> Result<SendRequest<Body>, HttpClientError> {
    let (connection, driver) = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .title_case_headers(title_case)
        .handshake(TokioIo::new(io))
        .await?;
    // Its failures are reported to its requests.
    tokio::spawn(async { drop(driver.await) });
    Ok(connection)
}

/// Reads the body of a response into memory, at most `limit` bytes.
pub(super) async fn in_memory(
    response: Response<Incoming>,
    limit: u64,
) -> Result<Response, HttpClientError> {
    let (head, body) = response.into_parts();
    let read = Body::new(body).limit(limit).bytes().await;
    let bytes = read.map_err(|error| match error {
        BodyError::TooLarge { limit } => HttpClientError::BodyTooLarge { limit },
        other => HttpClientError::broken(other),
    })?;
    Ok(Response::from_parts(head, Body::from(bytes)))
}

/// Returns the response with its body as a stream, which fails past `limit` bytes, and after
/// `stall` without a byte.
pub(super) fn streamed(response: Response<Incoming>, limit: u64, stall: Duration) -> Response {
    response.map(|body| {
        if body.is_end_stream() {
            return Body::empty();
        }
        Body::new(Streamed {
            body: Body::new(body).limit(limit),
            stall,
            waiting: None,
        })
    })
}

/// The body of another server's response. Its errors are not the fault of the client that it is
/// passed on to.
struct Streamed {
    body: Body,
    stall: Duration,
    /// The end of the current wait for bytes. Only the time in which the reader waits counts,
    /// because a slow reader is not a slow server.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl http_body::Body for Streamed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                this.waiting = None;
                Poll::Ready(
                    frame.map(|frame| frame.map_err(|error| BodyError::Upstream(error.into()))),
                )
            }
            Poll::Pending => {
                let after = this.stall;
                let waiting = this.waiting.get_or_insert_with(|| Box::pin(sleep(after)));
                waiting.as_mut().poll(cx).map(|()| {
                    let stalled = HttpClientError::Timeout { after };
                    Some(Err(BodyError::Upstream(stalled.into())))
                })
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
