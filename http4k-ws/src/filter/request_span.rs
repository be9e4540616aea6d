//! A span of `tracing` for each request.

#[cfg(feature = "tracing")]
pub use spans::request_span;

use crate::message::Request;

/// Sets a field of the span of `request`, if a filter before has created one.
#[cfg(feature = "tracing")]
pub(super) fn label_request(request: &Request, field: &'static str, value: &str) {
    if let Some(spans::RequestSpan(span)) = request.extensions().get() {
        span.record(field, value);
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) fn label_request(_request: &Request, _field: &'static str, _value: &str) {}

#[cfg(feature = "tracing")]
mod spans {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use bytes::Bytes;
    use http_body::{Body as HttpBody, Frame, SizeHint};
    use tracing::{Instrument, Span, field::Empty};

    use super::label_request;
    use crate::filter::{RequestId, TraceContext};
    use crate::handler::found_template::FoundTemplate;
    use crate::handler::{HttpHandler, Next, PolyFilter, over_all};
    use crate::message::{Body, BodyError, Request, Response, printable_text};

    /// Runs each request in a span `request` at the level INFO, with the feature `tracing`.
    ///
    /// The events of the handler, and those of the handshake of a socket, belong to the span. So do
    /// those of a body that is a stream, and of the consumer of a stream of events. A socket has a
    /// span `websocket` of its own.
    ///
    /// | field | value |
    /// |---|---|
    /// | `method` | the method |
    /// | `path` | the path without the query, with control characters escaped |
    /// | `route` | the template of the route, from the moment it is chosen |
    /// | `status` | the status of the response |
    /// | `request_id` | the id, if [`request_id`](crate::filter::request_id) is before or behind |
    /// | `trace_id`, `span_id`, `parent_id` | those of [`trace_context`](crate::filter::trace_context) |
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::{request_id, request_span};
    ///
    /// let app = routes! { GET "/users/<id>" => http(|id: u32| format!("user {id}")) };
    /// let app = app.with(request_span()).with(request_id());
    /// // `tracing_subscriber::fmt::init()` shows: request{method=GET path="/users/7"
    /// // route="/users/<id>" request_id="9d4c…"}: app: loading the user
    /// assert_eq!(app.test_http("/users/7").body(), "user 7");
    /// ```
    pub fn request_span() -> impl PolyFilter + Clone {
        over_all("request_span", |mut request: Request, next: Next| {
            let span = span_of(&mut request);
            async move {
                let response = next.call(request).instrument(span.clone()).await;
                span.record("status", response.status().as_u16());
                in_span(response, span)
            }
        })
    }

    fn span_of(request: &mut Request) -> Span {
        let path = &*printable_text(request.uri().path());
        let span = tracing::info_span!(
            "request",
            method = request.method().as_str(),
            path,
            route = Empty,
            status = Empty,
            request_id = Empty,
            trace_id = Empty,
            span_id = Empty,
            parent_id = Empty,
        );
        FoundTemplate::of(request).show_in(&span);
        request.extensions_mut().insert(RequestSpan(span.clone()));
        if let Some(id) = request.extensions().get::<RequestId>() {
            label_request(request, "request_id", id.as_str());
        }
        if let Some(context) = request.extensions().get::<TraceContext>() {
            context.label(request);
        }
        span
    }

    /// The span of a request. Its extensions hold it, so that a filter in a span of its own sets
    /// the fields of this one.
    #[derive(Clone)]
    pub(super) struct RequestSpan(pub(super) Span);

    /// Runs the body of `response` in `span`, if it is a stream.
    fn in_span(response: Response, span: Span) -> Response {
        if response.body().as_bytes().is_some() {
            return response;
        }
        response.map(|body| {
            Body::new(SpannedBody {
                body: Some(body),
                span,
            })
        })
    }

    struct SpannedBody {
        body: Option<Body>,
        span: Span,
    }

    impl HttpBody for SpannedBody {
        type Data = Bytes;
        type Error = BodyError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
            let this = &mut *self;
            let _entered = this.span.enter();
            match &mut this.body {
                Some(body) => Pin::new(body).poll_frame(cx),
                None => Poll::Ready(None),
            }
        }

        fn is_end_stream(&self) -> bool {
            self.body.as_ref().is_none_or(HttpBody::is_end_stream)
        }

        fn size_hint(&self) -> SizeHint {
            let hint = self.body.as_ref().map(HttpBody::size_hint);
            hint.unwrap_or_default()
        }
    }

    /// The stream is dropped in the span, too.
    impl Drop for SpannedBody {
        fn drop(&mut self) {
            let _entered = self.span.enter();
            self.body = None;
        }
    }
}
