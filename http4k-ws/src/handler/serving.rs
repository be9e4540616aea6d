//! An application called as a server calls it: in memory and on the network by the same rules.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::{HeaderMap, StatusCode};

use super::consumer::WsConsumer;
use super::http::HttpHandler;
use super::plain::plain;
use super::poly::PolyHandler;
use super::session::{Handshake, SessionConfig};
use super::ws::WsHandler;
use crate::message::{Request, Response, copy_of_head, members};

impl PolyHandler {
    /// Answers a request; a panic of the handler is a 500.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        guarded(self.http().call(request))
            .await
            .unwrap_or_else(internal_error)
    }

    /// Answers an upgrade: what the socket is to know of its opening handshake, and who talks on it.
    /// Whom `session` says is told of a refusal.
    pub(crate) async fn upgrade(
        &self,
        request: Request,
        session: &SessionConfig,
    ) -> Result<(Handshake, WsConsumer), Response> {
        let seen = copy_of_head(&request);
        let answer = guarded(self.ws().call(seen)).await;
        let mut headers = HeaderMap::new();
        let outcome = match answer {
            Some(mut answer) => {
                headers = answer.take_headers();
                answer.into_outcome().map_err(refusal)
            }
            None => Err(internal_error()),
        };
        let (mut consumer, chosen) = outcome.inspect_err(|response| {
            session.metrics.refused(&request, response.status());
        })?;
        let subprotocol = chosen.filter(|chosen| is_offered(&request, chosen));
        Ok((
            Handshake {
                request,
                subprotocol,
                route: consumer.route.take(),
                response: (!headers.is_empty()).then(|| Box::new(headers)),
            },
            consumer,
        ))
    }
}

/// Polls what an application gave; `None` where it panicked.
async fn guarded<T>(answer: impl Future<Output = T>) -> Option<T> {
    let answer = AssertUnwindSafe(answer).catch_unwind().await;
    answer
        .inspect_err(|_panic| log::error!("a handler panicked"))
        .ok()
}

fn internal_error() -> Response {
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal server error\n".to_owned(),
    )
}

/// The response an application refuses with, which can't be one that switches.
fn refusal(response: Response) -> Response {
    if response.status().is_informational() {
        log::error!("an upgrade was refused with {}", response.status());
        return internal_error();
    }
    response
}

/// Whether the client knows the subprotocol chosen. Without it the answer is still a good one, and both
/// sides see that none was agreed on; a subprotocol that was not offered would fail the client (RFC 6455
/// §4.1).
fn is_offered(request: &Request, chosen: &str) -> bool {
    let offered = members(request.headers(), SEC_WEBSOCKET_PROTOCOL).any(|member| member == chosen);
    if !offered {
        log::warn!("the subprotocol `{chosen}` was chosen but not offered, and is left out");
    }
    offered
}
