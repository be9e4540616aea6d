//! The bounds of one socket.

use std::time::Duration;

/// The bounds of one socket: how much may wait, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionConfig {
    /// How long a message from the peer may be, in bytes, its fragments joined; a longer one closes the
    /// socket with 1009. Default 1 MiB.
    pub max_message: usize,
    /// How long the payload of one frame from the peer may be, in bytes; 1009 too, and from the frame's
    /// header on. Only on the network, for in memory there are no frames. Default 1 MiB.
    pub max_frame: usize,
    /// How many messages may wait in each direction. Default 256, at least 1.
    pub queue_messages: usize,
    /// How many bytes may wait in each direction; one message of any size may, in an empty queue.
    /// Default 1 MiB.
    pub queue_bytes: usize,
    /// How long the peer may take nothing of what waits for it, before the socket is closed with 1013
    /// and cut. Default 10 s.
    pub write_stall: Duration,
    /// How long the peer may take to answer a close frame, before the connection is cut. Default 5 s.
    pub close_timeout: Duration,
    /// How long a consumer may go on after its socket is over, before it is dropped. Default 30 s.
    pub consumer_grace: Duration,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            max_message: 1024 * 1024,
            max_frame: 1024 * 1024,
            queue_messages: 256,
            queue_bytes: 1024 * 1024,
            write_stall: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
            consumer_grace: Duration::from_secs(30),
        }
    }
}
