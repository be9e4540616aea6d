//! RFC 6455 on a byte stream: frames in and out, as a session's [`Transport`].
//!
//! The only folder that names tungstenite, which reads and writes the frames. Around it stand a stream
//! that reads into a buffer of the thread instead of one of the socket's own, and a guard that follows
//! the frame headers as the bytes pass.

mod guard;
mod stream;
mod transport;

pub(crate) use transport::Wire;

use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(feature = "client")]
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::handler::SessionConfig;

/// A stream of bytes that a connection can run over.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> ByteStream for S {}

/// What a peer may send at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Bytes of a message, fragments joined; 1009 past it.
    pub(crate) max_message: usize,
    /// Bytes of a frame's payload; 1009 past it, from its header on.
    pub(crate) max_frame: usize,
}

/// tungstenite zero-fills its whole read buffer at every read, so it gets a small one.
const READ_BUFFER: usize = 1024;

/// So much is gathered before it is written ahead of a flush.
const WRITE_BUFFER: usize = 64 * 1024;

impl Limits {
    /// The limits of a session.
    pub(crate) fn of(config: &SessionConfig) -> Self {
        Self {
            max_message: config.max_message,
            max_frame: config.max_frame,
        }
    }

    fn config(self) -> WebSocketConfig {
        WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_message_size(Some(self.max_message))
            .max_frame_size(Some(self.max_frame))
    }
}

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 §4.2.2).
pub(crate) fn accept_key(key: &[u8]) -> String {
    derive_accept_key(key)
}

/// A new `Sec-WebSocket-Key`: 16 random bytes in base64 (RFC 6455 §4.1).
#[cfg(feature = "client")]
pub(crate) fn new_key() -> String {
    generate_key()
}

#[cfg(test)]
mod tests {
    #[test]
    fn accept_key_is_the_one_of_the_rfc() {
        // RFC 6455 §1.3.
        assert_eq!(
            super::accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }
}
