//! The server's side of the negotiation of compression (RFC 7692 §5).

use http::HeaderMap;
use http::header::SEC_WEBSOCKET_EXTENSIONS;

use super::state::ServerState;
use super::upgrade::{HandshakeRefused, found, refuse};
use crate::handler::WsConsumer;
use crate::message::{Response, copy_of_head};
use crate::session::Handshake;
use crate::wire::deflate::{MalformedExtensions, accept};

/// Adds the terms of compression to the consumer of an accepted socket, if the client `offers` some
/// and the route has settings for them.
///
/// # Errors
///
/// Returns the refusal if the field of the offers breaks its grammar. Without settings it is not
/// read.
pub(super) fn negotiated(
    server: &ServerState,
    offers: &HeaderMap,
    (handshake, mut consumer): (Handshake, WsConsumer),
) -> Result<(Handshake, WsConsumer), Response> {
    let Some(settings) = consumer.deflate_within(&server.session) else {
        return Ok((handshake, consumer));
    };
    match accept(offers, &settings) {
        Ok(agreed) => {
            consumer.deflate = agreed;
            Ok((handshake, consumer))
        }
        Err(MalformedExtensions) => {
            let found = found(offers, SEC_WEBSOCKET_EXTENSIONS);
            let refused = HandshakeRefused::Extensions { found };
            Err(refuse(
                server,
                copy_of_head(handshake.request.get()),
                None,
                refused,
            ))
        }
    }
}
