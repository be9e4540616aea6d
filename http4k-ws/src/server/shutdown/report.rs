//! How a server came to its end.

use std::time::Duration;

/// How a server came to its end.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Request, Serve};
///
/// let server = (|_request: Request| "hello").as_server("127.0.0.1:0").start()?;
/// let report = server.stop();
/// assert_eq!((report.sockets, report.cut), (0, 0));
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// The HTTP connections that were open when it began to stop and ended in order, their last request
    /// answered.
    pub connections: usize,
    /// The sockets that were closed in order.
    pub sockets: usize,
    /// The connections and sockets that were cut, because their time was over or a second signal came.
    pub cut: usize,
    /// How long it took, from when no further connection was taken.
    pub took: Duration,
}
