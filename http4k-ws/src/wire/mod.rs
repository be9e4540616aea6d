//! RFC 6455 on a byte stream: frames as the [`Transport`] of a session.
//!
//! Incoming frames that break a rule are refused by their headers alone. Payloads are unmasked and
//! checked where they were read, and copied once, into their message. Outgoing frames are gathered,
//! and large payloads are written without a copy. Bytes are read into and gathered in buffers of
//! the thread, so an idle socket owns none.
//!
//! tungstenite makes the keys of the opening handshake, and is the second opinion of the decoder's
//! tests.
//!
//! [`Transport`]: crate::session::Transport

mod buffers;
mod decoder;
#[cfg(feature = "deflate")]
pub(crate) mod deflate;
mod frame;
mod mask;
mod meter;
#[cfg(any(feature = "server", feature = "client"))]
pub(crate) mod socket;
mod transport;
mod writer;

#[cfg(fuzzing)]
pub use decoder::oracle::fuzz;
pub(crate) use meter::{Meter, Metered, StreamProgress};
pub(crate) use transport::Wire;

use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(feature = "client")]
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::session::SessionConfig;

/// A stream of bytes that a connection can run over.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> ByteStream for S {}

/// The limits on incoming frames and messages, each as in [`SessionConfig`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) max_message: usize,
    pub(crate) max_frame: usize,
    pub(crate) max_fragments: Option<u32>,
    pub(crate) max_empty_fragments: Option<u32>,
    pub(crate) max_control_rate: Option<u32>,
}

impl Limits {
    /// Returns the limits of a session.
    pub(crate) fn of(config: &SessionConfig) -> Self {
        Self {
            max_message: config.max_message,
            max_frame: config.max_frame.unwrap_or(config.max_message),
            max_fragments: config.max_fragments,
            max_empty_fragments: config.max_empty_fragments,
            max_control_rate: config.max_control_rate,
        }
    }
}

/// Returns the `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key` (RFC 6455 §4.2.2).
pub(crate) fn accept_key(key: &[u8]) -> String {
    derive_accept_key(key)
}

/// Returns a new `Sec-WebSocket-Key`: 16 random bytes in base64 (RFC 6455 §4.1).
#[cfg(feature = "client")]
pub(crate) fn new_key() -> String {
    generate_key()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_accept_key_matches_the_rfc_example() {
        // RFC 6455 §1.3.
        assert_eq!(
            super::accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }
}
