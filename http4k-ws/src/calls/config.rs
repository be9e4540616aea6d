//! The bounds of the calls of one socket.

use std::time::Duration;

use crate::setters::{optional_setters, setters};

/// The bounds of the calls of one socket, for
/// [`serve_calls_with`](crate::WebSocket::serve_calls_with).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::calls::CallsConfig;
///
/// let config = CallsConfig::default().with_max_calls(8).with_deadline(Duration::from_secs(5));
/// assert_eq!(config.max_streams, 64);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallsConfig {
    /// The number of calls that run at a time. If another arrives, the socket is not read until one
    /// has ended. Default 64, at least 1.
    pub max_calls: usize,
    /// The number of streams that are open at a time. Another is refused with 429, because streams
    /// may last for ever. Default 64.
    pub max_streams: usize,
    /// The time after which a call fails with 503, and its future is dropped. Streams have no
    /// deadline. `None` for no limit; calls that never end then stop the reading of the socket.
    /// Default 30 s.
    pub deadline: Option<Duration>,
}

impl Default for CallsConfig {
    fn default() -> Self {
        Self {
            max_calls: 64,
            max_streams: 64,
            deadline: Some(Duration::from_secs(30)),
        }
    }
}

impl CallsConfig {
    setters! {
        CallsConfig: "http4k_ws::calls::CallsConfig";
        with_max_calls, max_calls: usize = 64 => 8;
        with_max_streams, max_streams: usize = 64 => 8;
    }

    optional_setters! {
        CallsConfig: "http4k_ws::calls::CallsConfig";
        with_deadline, deadline: Duration = Some(Duration::from_secs(30)) => Duration::from_secs(5);
    }
}
