//! The session of a socket: wakeups, queues, and the order in which messages leave.

mod exchanging;
mod failing;
mod waking;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::io::duplex;

use crate::peer::within;

/// Serves one connection of `app`. Returns its client, and the future of the connection, which runs
/// the session of the socket itself.
fn connection<Kind>(
    app: impl Serve<Kind>,
    config: ServerConfig,
) -> (
    impl Future<Output = WebSocket>,
    impl Future<Output = ()> + Send + 'static,
) {
    let (ours, theirs) = duplex(256 * 1024);
    let client = async {
        let handshake = WebSocketClient::to("ws://localhost/");
        handshake.connect_over(ours).await.expect("it accepts")
    };
    (client, app.serve_connection(theirs, config))
}
