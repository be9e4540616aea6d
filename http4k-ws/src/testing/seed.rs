//! Interleavings by a seed: which of several sockets has its turn first.

use super::runtime::TestRuntime;

/// Runs `test` in a test runtime of its own, in which `seed` decides whose turn it is where several sockets have
/// something to do.
///
/// The same seed gives the same order, so that one that finds a race finds it again; a test that fails
/// says which seed it was. Without a seed the order is that in which the sockets were woken, always.
///
/// The clients must be opened inside `test`; the clock starts anew. Tasks that the application spawns
/// itself keep the order they are woken in, and `tokio::select!` without `biased` draws lots of its own.
/// `block_in_place` stops the whole test runtime, so it changes no order; a thread, a real socket and a closure of
/// `spawn_blocking` end when they will, and the seed does not decide when.
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
/// async fn race(ws: WebSocket, name: String, start: Arc<Notify>, first: Arc<Mutex<Option<String>>>) -> WsResult {
///     start.notified().await;
///     first.lock().unwrap().get_or_insert(name);
///     Ok(ws.send("done").await?)
/// }
///
/// /// Who comes first.
/// fn first() -> Option<String> {
///     let (start, first) = (Arc::<Notify>::default(), Arc::<Mutex<Option<String>>>::default());
///     let app = routes! { "/<name>" => ws(race(ws, name, start, first)) };
///     let mut runners = ["/ann", "/bob"].map(|path| app.test_ws(path));
///     start.notify_waiters();
///     for runner in &mut runners {
///         assert_eq!(runner.received().next().unwrap().unwrap().text(), "done");
///     }
///     first.lock().unwrap().clone()
/// }
///
/// assert_eq!(with_seed(1, first), with_seed(1, first));
/// assert!((2..100).any(|seed| with_seed(seed, first) != with_seed(1, first)));
/// ```
pub fn with_seed<T>(seed: u64, test: impl FnOnce() -> T) -> T {
    let _told = Told(seed);
    TestRuntime::seeded(seed).around(test)
}

/// Says which seed it was, where a test fails.
struct Told(u64);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.0;
            eprintln!("this was seed {seed}: `with_seed({seed}, ..)` runs it again");
        }
    }
}
