//! One request, answered by the application.

use std::error::Error;

use bytes::Bytes;
use http::header::{EXPECT, UPGRADE};
use http::{Request, StatusCode};

use super::body::Arriving;
use super::expected::Expected;
use super::rules::closing;
use super::shared::Shared;
use crate::handler::{RefusalKind, plain};
use crate::message::{Body, BodyBounds, BodyStage, Response, printable};

type Failure = Box<dyn Error + Send + Sync>;

/// Answers a request that asks for no upgrade.
///
/// The bounds of its body are those of the server until a filter of its route sets others. So a length
/// that is told is compared where the body is first asked for, before a byte of it is read and before
/// `100 Continue`; and a handler that asks for none may answer whatever was announced.
pub(super) async fn answer<B>(shared: &Shared, mut request: Request<B>) -> Response
where
    B: http_body::Body<Data = Bytes, Error: Into<Failure> + Send> + Send + Unpin + 'static,
{
    if request.headers().contains_key(UPGRADE) {
        // Takes hyper's handle of an upgrade to something else out of the extensions.
        drop(hyper::upgrade::on(&mut request));
    }
    if request.body().is_end_stream() {
        return shared.app.answer(request.map(|_| Body::empty())).await;
    }
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
