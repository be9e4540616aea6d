//! The bounds of one socket.

use std::time::Duration;

use crate::setters::setters;

/// The bounds of one socket: how much may wait, and for how long.
///
/// # Examples
///
/// ```
/// use http4k_ws::SessionConfig;
///
/// let config = SessionConfig::default().with_queue_messages(16);
/// assert_eq!(config.queue_messages, 16);
/// assert_eq!(config.max_message, 1024 * 1024);
/// ```
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

impl SessionConfig {
    setters! {
        with_max_message, max_message: usize;
        with_max_frame, max_frame: usize;
        with_queue_messages, queue_messages: usize;
        with_queue_bytes, queue_bytes: usize;
        with_write_stall, write_stall: Duration;
        with_close_timeout, close_timeout: Duration;
        with_consumer_grace, consumer_grace: Duration;
    }
}
