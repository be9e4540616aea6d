//! What answers an opening handshake.

use std::future::Future;
use std::pin::Pin;

use http::StatusCode;

use super::consumer::WsConsumer;
use crate::message::{IntoResponse, Rejection, Response};

/// An answer on its way.
pub(crate) type WsResponseFuture<'a> = Pin<Box<dyn Future<Output = WsResponse> + Send + 'a>>;

/// The answer to an opening handshake: a consumer, or a refusal.
#[derive(Debug)]
pub struct WsResponse {
    outcome: Result<WsConsumer, Box<Response>>,
    subprotocol: Option<String>,
}

impl WsResponse {
    /// Accepts the upgrade; `consumer` gets the socket.
    pub fn accept(consumer: WsConsumer) -> Self {
        Self {
            outcome: Ok(consumer),
            subprotocol: None,
        }
    }

    /// Refuses the upgrade: the peer gets `response`, and no socket (RFC 6455 §4.2.2).
    pub fn refuse(response: impl IntoResponse) -> Self {
        Self {
            outcome: Err(Box::new(response.into_response())),
            subprotocol: None,
        }
    }

    /// Chooses a subprotocol; the peer must have offered it (RFC 6455 §4.2.2).
    #[must_use]
    pub fn with_subprotocol(mut self, subprotocol: impl Into<String>) -> Self {
        self.subprotocol = Some(subprotocol.into());
        self
    }

    /// The subprotocol chosen.
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// The response that refuses the upgrade; `None` where it is accepted.
    pub fn refusal(&self) -> Option<&Response> {
        self.outcome.as_ref().err().map(|response| &**response)
    }

    /// The same subprotocol, another consumer in front of the one chosen.
    #[must_use]
    pub fn map_consumer(mut self, wrap: impl FnOnce(WsConsumer) -> WsConsumer) -> Self {
        self.outcome = self.outcome.map(wrap);
        self
    }

    /// The consumer and the subprotocol chosen, or the refusal.
    ///
    /// # Errors
    ///
    /// The response that refuses the upgrade.
    pub fn into_outcome(self) -> Result<(WsConsumer, Option<String>), Response> {
        match self.outcome {
            Ok(consumer) => Ok((consumer, self.subprotocol)),
            Err(response) => Err(*response),
        }
    }
}

/// What a WebSocket handler may give back: a [`WsResponse`] and what becomes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer to an opening handshake",
    label = "a ws handler gives back a `WsResponse`, `WsConsumer`, `Option<WsConsumer>` or `Result<WsConsumer, _>`",
    note = "to hand the socket to a function, pass it: `ws(talk(ws))`"
)]
pub trait IntoWsResponse {
    /// Makes the answer.
    fn into_ws_response(self) -> WsResponse;
}

impl IntoWsResponse for WsResponse {
    fn into_ws_response(self) -> WsResponse {
        self
    }
}

impl IntoWsResponse for WsConsumer {
    fn into_ws_response(self) -> WsResponse {
        WsResponse::accept(self)
    }
}

impl IntoWsResponse for Rejection {
    fn into_ws_response(self) -> WsResponse {
        WsResponse::refuse(self)
    }
}

/// `None` is refused with 404.
impl<T: IntoWsResponse> IntoWsResponse for Option<T> {
    fn into_ws_response(self) -> WsResponse {
        match self {
            Some(accepted) => accepted.into_ws_response(),
            None => WsResponse::refuse(StatusCode::NOT_FOUND),
        }
    }
}

impl<T: IntoWsResponse, E: IntoResponse> IntoWsResponse for Result<T, E> {
    fn into_ws_response(self) -> WsResponse {
        match self {
            Ok(accepted) => accepted.into_ws_response(),
            Err(refusal) => WsResponse::refuse(refusal),
        }
    }
}
