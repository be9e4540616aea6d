//! permessage-deflate (RFC 7692): the handshake that agrees on it, and messages of both forms.

mod frames;
mod handshakes;
mod limits;
mod over_http2;
mod refusals;
mod rooms;
mod sockets;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::{Deflate, SessionConfig};

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Returns the configuration of a server with `deflate`.
fn with_deflate(deflate: Deflate) -> ServerConfig {
    ServerConfig::default().with_session(SessionConfig::default().with_deflate(deflate))
}

fn with_takeover() -> Deflate {
    Deflate::default()
        .with_context_takeover(true)
        .with_peer_context_takeover(true)
}

/// The end of every flush, which is not sent (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xFF, 0xFF];

/// Compresses one message.
fn compressed(plain: impl AsRef<[u8]>) -> Vec<u8> {
    let mut out = Vec::with_capacity(plain.as_ref().len() + 1000);
    Compress::new(Compression::best(), false)
        .compress_vec(plain.as_ref(), &mut out, FlushCompress::Sync)
        .expect("room");
    out.strip_suffix(&TAIL)
        .expect("the end of a flush")
        .to_vec()
}

/// Inflates the messages of one sender.
struct Inflater(Decompress);

impl Inflater {
    fn new() -> Self {
        Self(Decompress::new(false))
    }

    fn inflate(&mut self, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(1 << 21);
        let whole = [payload, &TAIL].concat();
        self.0
            .decompress_vec(&whole, &mut out, FlushDecompress::Sync)
            .expect("a valid payload");
        out
    }
}

/// Text of `length` bytes, which compresses well.
fn text(length: usize) -> String {
    let mut text: String = (0..)
        .map(|n| format!("line {} of the text; ", n * 7919))
        .take(length / 12 + 1)
        .collect();
    text.truncate(length);
    text
}
