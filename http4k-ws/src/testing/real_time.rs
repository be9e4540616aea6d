//! A test runtime whose clock is the machine's.

use super::runtime::TestRuntime;

/// Runs `test` in a test runtime of its own whose time is real, also with feature `testing`.
///
/// The test runtime has a runtime of two threads, as a server has. Use it if virtual time gets in the way:
///
/// - The application waits for a thread, on a system other than Linux, or for a thread with a name.
/// - A task that the application spawns itself calls `block_in_place`.
/// - Another process or a device is at the other end.
///
/// `advance` then waits for as long as it says. A client waits five seconds for a message. The
/// clients must be opened inside `test`. In a build without feature `testing`, each test runtime is one of
/// these.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::with_real_time;
///
/// async fn slow(_request: Request) -> &'static str {
///     tokio::time::sleep(Duration::from_millis(20)).await;
///     "at last"
/// }
///
/// let started = Instant::now();
/// assert_eq!(with_real_time(|| slow.test_http("/")).body(), "at last");
/// assert!(started.elapsed() >= Duration::from_millis(20));
/// ```
pub fn with_real_time<T>(test: impl FnOnce() -> T) -> T {
    TestRuntime::in_real_time().around(test)
}
