//! One request, answered by the application.

use std::error::Error;
use std::future::{self, Future};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::EXPECT;
use http::{Request, StatusCode, Version};

use super::body::Arriving;
use super::expected::Expected;
use super::rules::closing;
use super::shared::Shared;
use crate::handler::{RefusalKind, Responding, ResponseFuture, plain};
use crate::message::{Body, BodyBounds, BodyStage, Response, printable};

type Failure = Box<dyn Error + Send + Sync>;

/// A response that is about to be there.
///
/// hyper copies it into its own state for each request, so all but the most frequent is boxed.
pub(super) enum Pending<'a> {
    /// The application is called, and what it returns is sent.
    Application(Responding<'a>),
    Boxed(ResponseFuture<'a>),
}

impl Pending<'_> {
    /// A response that is there already.
    pub(super) fn ready(response: Response) -> Self {
        Self::Boxed(Box::pin(future::ready(response)))
    }
}

impl Future for Pending<'_> {
    type Output = Response;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        match &mut *self {
            Self::Application(responding) => Pin::new(responding).poll(cx),
            Self::Boxed(response) => response.as_mut().poll(cx),
        }
    }
}

/// Responds to a request that asks for no upgrade.
pub(super) fn respond<B>(shared: &Shared, request: Request<B>) -> Pending<'_>
where
    B: http_body::Body<Data = Bytes, Error: Into<Failure> + Send> + Send + Unpin + 'static,
{
    if request.body().is_end_stream() {
        // hyper adds the length of a body as it writes the head.
        let is_hyper = request.version() < Version::HTTP_2;
        let responding = shared.app.answer(request.map(|_| Body::empty()));
        return Pending::Application(match is_hyper {
            true => responding.without_length(),
            false => responding,
        });
    }
    Pending::Boxed(Box::pin(respond_to_body(shared, request)))
}

/// Responds to a request with a body.
///
/// The bounds of its body are those of the server until a filter of its route sets others. A
/// declared length is therefore compared when the body is first read, before a byte of it arrives
/// and before `100 Continue`. A handler that does not read may respond whatever was declared.
async fn respond_to_body<B>(shared: &Shared, mut request: Request<B>) -> Response
where
    B: http_body::Body<Data = Bytes, Error: Into<Failure> + Send> + Send + Unpin + 'static,
{
    let told = request.body().size_hint().lower();
    let bounds = BodyBounds::new(shared.config.max_body, shared.config.body_stall);
    bounds.set_min_rate(shared.config.min_body_rate);
    request.extensions_mut().insert(bounds.clone());
    let (request, expected) = if request.headers().contains_key(EXPECT) {
        let request = request.map(Expected::new);
        let expected = request.body().share();
        (request.map(|body| bounded(body, &bounds)), Some(expected))
    } else {
        (request.map(|body| bounded(body, &bounds)), None)
    };
    let target = printable(request.uri().path()).to_string();
    let response = shared.app.answer(request).await;
    let response = match (bounds.stage(), expected) {
        (BodyStage::Failed, _) => closing(response),
        (BodyStage::Unread, _) if told > bounds.max() => too_large(told, bounds.max()),
        (BodyStage::Dropped, _) if told > bounds.max() => closing(response),
        (BodyStage::Unread | BodyStage::Begun, Some(expected)) => {
            expected.invite().await;
            response
        }
        _ => response,
    };
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let limit = bounds.max();
        let refused = format!(
            "a body for `{target}` was refused with 413: the limit is {limit} bytes, set by \
             `ServerConfig::max_body` or the filter `max_body`"
        );
        shared.refusals.warn(RefusalKind::Body, refused);
    }
    response
}

/// `body`, which is waited for and read only as far as `bounds` allow.
fn bounded<B>(body: B, bounds: &BodyBounds) -> Body
where
    B: http_body::Body<Data = Bytes, Error: Into<Failure> + Send> + Send + Unpin + 'static,
{
    Body::received(Arriving::new(body, bounds.clone()), bounds.clone())
}

/// For a body that is to be read after the handler answered, such as one that it sends back, and that
/// could only break its answer off.
fn too_large(told: u64, limit: u64) -> Response {
    let line = format!(
        "the body has {told} bytes, over the limit of {limit} in `ServerConfig::max_body` or the filter `max_body` (RFC 9110 §15.5.14)\n"
    );
    closing(plain(StatusCode::PAYLOAD_TOO_LARGE, line))
}
