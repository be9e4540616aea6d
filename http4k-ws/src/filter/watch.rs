//! A watch over one request, from the filter to the last byte of its response.
//!
//! 1. A watch reports exactly once, unless it is dismissed.
//! 2. A response whose bytes are in memory ends when the handlers return it. A stream ends with its
//!    last frame, its error, or its drop.
//! 3. A connection may drop a stream without asking for the end, once it has all bytes of the
//!    declared length. So the length counts as the end, too.
//! 4. A watch that is dropped before that reports an aborted request: the client left, or a filter
//!    dropped the future of the handler.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

use super::report_requests::{HttpEnd, HttpTransaction};
use crate::handler::found_template::FoundTemplate;
use crate::handler::{WsHandler, WsNext, WsResponse};
use crate::message::{Body, BodyError, Request, Response, copy_of_head};
use crate::panics::guarded;

type Report = Box<dyn FnOnce(HttpTransaction) + Send>;

/// A request whose end will be reported.
pub(super) struct Watch {
    /// `None` once the report is made.
    open: Option<Open>,
}

struct Open {
    report: Report,
    request: Request,
    route: FoundTemplate,
    started: Instant,
    status: Option<StatusCode>,
    bytes: u64,
}

impl Watch {
    /// Starts to watch `request`. `report` is called at its end.
    pub(super) fn new(
        request: &mut Request,
        report: impl FnOnce(HttpTransaction) + Send + 'static,
    ) -> Self {
        let route = FoundTemplate::of(request);
        Self {
            open: Some(Open {
                report: Box::new(report),
                request: copy_of_head(request),
                route,
                started: Instant::now(),
                status: None,
                bytes: 0,
            }),
        }
    }

    /// Continues to watch the body of `response`.
    pub(super) fn responded(mut self, response: Response) -> Response {
        let Some(open) = &mut self.open else {
            return response;
        };
        open.status = Some(response.status());
        let is_head = open.request.method() == Method::HEAD;
        let length = length(&response);
        if is_head || is_bodiless(response.status()) || length == Some(0) {
            self.end(HttpEnd::Complete);
            return response;
        }
        if let Some(bytes) = response.body().as_bytes() {
            open.bytes = bytes.len() as u64;
            self.end(HttpEnd::Complete);
            return response;
        }
        response.map(|body| {
            Body::new(WatchedBody {
                body,
                length,
                watch: self,
            })
        })
    }

    /// Watches the handshake behind `next`. An accepted upgrade is not reported.
    pub(super) async fn handshake(self, request: Request, next: WsNext) -> WsResponse {
        let response = WsHandler::call(&next, request).await;
        if response.refusal().is_none() {
            self.dismiss();
            return response;
        }
        match response.into_outcome() {
            Err(refusal) => WsResponse::refuse(self.responded(refusal)),
            Ok((consumer, _)) => WsResponse::accept(consumer),
        }
    }

    /// Ends the watch without a report.
    fn dismiss(mut self) {
        self.open = None;
    }

    fn end(&mut self, end: HttpEnd) {
        let Some(open) = self.open.take() else {
            return;
        };
        let transaction = HttpTransaction {
            request: open.request,
            route: open.route.get(),
            status: open.status,
            end,
            duration: open.started.elapsed(),
            bytes: open.bytes,
        };
        guarded("a report of a request", || (open.report)(transaction));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end(HttpEnd::Aborted);
    }
}

fn is_bodiless(status: StatusCode) -> bool {
    status.is_informational() || matches!(status.as_u16(), 204 | 205 | 304)
}

/// Returns the number of bytes of the body, if it is known or declared.
fn length(response: &Response) -> Option<u64> {
    let exact = response.body().size_hint().exact();
    exact.or_else(|| {
        let declared = response.headers().get(CONTENT_LENGTH)?;
        declared.to_str().ok()?.parse().ok()
    })
}

struct WatchedBody {
    body: Body,
    length: Option<u64>,
    watch: Watch,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.body).poll_frame(cx);
        match &polled {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(frame))) => {
                let sent = frame.data_ref().map_or(0, Bytes::len) as u64;
                let open = this.watch.open.as_mut();
                let bytes = open.map_or(0, |open| {
                    open.bytes += sent;
                    open.bytes
                });
                // Trailers follow the length.
                let is_whole = this.length.is_some_and(|length| bytes >= length);
                if is_whole || this.body.is_end_stream() {
                    this.watch.end(HttpEnd::Complete);
                }
            }
            Poll::Ready(Some(Err(_))) => this.watch.end(HttpEnd::Failed),
            Poll::Ready(None) => this.watch.end(HttpEnd::Complete),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        // The stream is dropped before the report, which the drop of the watch makes.
        drop(mem::take(&mut self.body));
    }
}
