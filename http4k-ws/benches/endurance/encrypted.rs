//! The memory of sockets over TLS that do nothing.

use http4k_ws::WebSocket;
use http4k_ws::client::{ClientTls, WebSocketClient};

use crate::process::{Server, kib_each, needs_files};
use crate::report::Report;
use crate::{Outcome, Scale};

/// KiB that one may cost: 8 for its socket, and the buffers of rustls, of which 4 are for reading.
const BAR: f64 = 16.0;

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let count = scale.pick(4_000, 300);
    needs_files(count + 500)?;
    let (server, uri, tls) = certified().await?;
    // The first of them pay for shared state.
    let mut sockets = opened(&uri, &tls, 64).await?;
    server.until_quiet().await?;
    let before = server.memory()?;
    sockets.extend(opened(&uri, &tls, count).await?);
    server.until_quiet().await?;
    let each = kib_each(before, server.memory()?, count);
    let what = format!("{count} sockets over TLS, just open: each");
    report.at_most(what, each, BAR, "KiB");
    Ok(())
}

/// Starts a server over TLS. Returns it with the URI of its echo and a configuration that trusts it.
pub(crate) async fn certified() -> Outcome<(Server, String, ClientTls)> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let server = Server::start_with(&["--tls", &certificate, &key]).await?;
    let uri = format!("wss://localhost:{}/echo", server.address.port());
    Ok((server, uri, ClientTls::trusting_only(certificate)?))
}

pub(crate) async fn opened(uri: &str, tls: &ClientTls, count: usize) -> Outcome<Vec<WebSocket>> {
    let mut sockets = Vec::with_capacity(count);
    for _ in 0..count {
        let handshake = WebSocketClient::to(uri).with_tls(tls.clone());
        sockets.push(handshake.connect().await?);
    }
    Ok(sockets)
}
