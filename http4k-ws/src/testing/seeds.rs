//! Tests in a test runtime of their own: with a seed, or in real time.

use std::thread;

use super::engine::Time;
use super::runtime::TestRuntime;

/// Runs `test` in a test runtime of its own, in which `seed` decides which of several ready sockets
/// runs next.
///
/// The same seed always leads to the same order, so a seed that reveals a race reveals it again. A
/// test that fails prints its seed. Without a seed, sockets run in the order in which they were
/// woken.
///
/// The clients must be opened inside `test`, and the clock starts anew. The seed does not decide:
///
/// - the order of tasks that the application spawns itself; they run in the order in which they are
///   woken,
/// - the branches of `tokio::select!` without `biased`, which picks one at random,
/// - `block_in_place`, which stops the whole test runtime,
/// - the end of a thread, of work on a real socket, and of a closure of `spawn_blocking`.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::with_seed;
/// use tokio::sync::Notify;
///
/// type First = Arc<Mutex<Option<String>>>;
///
/// async fn race(ws: WebSocket, name: String, start: Arc<Notify>, first: First) -> WsResult {
///     start.notified().await;
///     first.lock().unwrap().get_or_insert(name);
///     Ok(ws.send("done").await?)
/// }
///
/// /// Returns the name of the runner that comes first.
/// fn winner() -> Option<String> {
///     let (start, first) = (Arc::<Notify>::default(), First::default());
///     let app = routes! { "/<name>" => ws(race(ws, name, start, first)) };
///     let mut runners = ["/ann", "/bob"].map(|path| app.test_ws(path));
///     start.notify_waiters();
///     for runner in &mut runners {
///         assert_eq!(runner.received().next().unwrap().unwrap().text(), "done");
///     }
///     first.lock().unwrap().clone()
/// }
///
/// assert_eq!(with_seed(1, winner), with_seed(1, winner));
/// assert!((2..100).any(|seed| with_seed(seed, winner) != with_seed(1, winner)));
/// ```
pub fn with_seed<T>(seed: u64, test: impl FnOnce() -> T) -> T {
    let _report = ReportSeed(seed);
    TestRuntime::start(Some(seed), Time::DEFAULT).around(test)
}

/// Prints the seed of a test that fails.
struct ReportSeed(u64);

impl Drop for ReportSeed {
    fn drop(&mut self) {
        if thread::panicking() {
            let seed = self.0;
            eprintln!("this was seed {seed}: `with_seed({seed}, ..)` runs it again");
        }
    }
}

/// Runs `test` in a test runtime of its own whose time is real, also with feature `testing`.
///
/// The test runtime has two threads, as a server has several. Use it in these cases:
///
/// - The application waits for a thread, on a system other than Linux, or for a thread with a name.
/// - A task that the application spawns itself calls `block_in_place`.
/// - Another process or a device is at the other end.
///
/// `advance` then waits for the whole time. A client waits at most five seconds for a message. The
/// clients must be opened inside `test`. Without feature `testing` time is always real.
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
    TestRuntime::start(None, Time::Real).around(test)
}
