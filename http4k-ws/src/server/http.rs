//! One request, answered by the application.

use std::error::Error;

use bytes::Bytes;
use http::header::UPGRADE;
use http::{Request, StatusCode};

use super::body::Arriving;
use super::rules::closing;
use super::shared::Shared;
use crate::handler::plain;
use crate::message::{Body, BodyBounds, BodyStage, Response};

type Failure = Box<dyn Error + Send + Sync>;

/// Answers a request that asks for no upgrade.
///
/// The bounds of its body are those of the server until a filter of its route sets others. So a length
/// that is told is compared where the body is first asked for, before a byte of it is read and before
/// `100 Continue`; and a handler that asks for none may answer whatever was announced.
pub(super) async fn answer<B>(shared: &Shared, mut request: Request<B>) -> Response
where
    B: http_body::Body<Data = Bytes, Error: Into<Failure>> + Send + Unpin + 'static,
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
    let arriving = |body| Body::received(Arriving::new(body, bounds.clone()), bounds.clone());
    let response = shared.app.answer(request.map(arriving)).await;
    match bounds.stage() {
        BodyStage::Failed => closing(response),
        BodyStage::Unread if told > bounds.max() => too_large(told, bounds.max()),
        BodyStage::Dropped if told > bounds.max() => closing(response),
        _ => response,
    }
}

/// For a body that is to be read after the handler answered, such as one that it sends back, and that
/// could only break its answer off.
fn too_large(told: u64, limit: u64) -> Response {
    let line =
        format!("the body has {told} bytes, over the limit of {limit} (RFC 9110 §15.5.14)\n");
    closing(plain(StatusCode::PAYLOAD_TOO_LARGE, line))
}
