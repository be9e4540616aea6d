//! Negotiation of a subprotocol.

use http::header::SEC_WEBSOCKET_PROTOCOL;

use crate::handler::{PolyFilter, changing_ws};
use crate::message::members;

/// Selects the first subprotocol of `ours` that the client offers (RFC 6455 §4.2.2). If the client
/// offers none of them, no subprotocol is selected.
///
/// [`WebSocket::subprotocol`](crate::WebSocket::subprotocol) returns the selected one on both
/// sides.
///
/// # Examples
///
/// ```
/// use http4k_ws::{PolyFilter, Request, WebSocket};
/// use http4k_ws::filter::subprotocols;
/// use http4k_ws::testing::WsClient;
///
/// let app = subprotocols(["chat.v2", "chat.v1"]).then(|_ws: WebSocket| ());
/// let request = Request::get("/").header("sec-websocket-protocol", "chat.v1, chat.v2");
/// assert_eq!(app.test_ws(request).subprotocol(), Some("chat.v2"));
/// assert_eq!(app.test_ws("/").subprotocol(), None);
/// ```
pub fn subprotocols<const N: usize>(ours: [&'static str; N]) -> impl PolyFilter + Clone {
    changing_ws("subprotocols", move |fields| {
        let is_offered =
            |ours: &&str| members(fields, SEC_WEBSOCKET_PROTOCOL).any(|offered| offered == *ours);
        let chosen = ours.into_iter().find(is_offered)?;
        Some(Box::new(move |response| response.with_subprotocol(chosen)))
    })
    .describing(|route| route.subprotocols.extend(ours.map(str::to_owned)))
}
