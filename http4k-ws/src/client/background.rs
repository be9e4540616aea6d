//! The runtime of the clients that block or have callbacks, and blocking waits for it.
//!
//! The `block_on` of a runtime panics inside another runtime. Parking the thread does not, so that
//! a blocking client also works in an async test.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::task::block_in_place;

/// The name of its threads.
const THREAD: &str = "http4k-ws-client";

/// The longest time that dropping a client waits for its last bytes to leave.
pub(super) const LAST_FLUSH: Duration = Duration::from_secs(1);

/// Returns the runtime of all clients that block or have callbacks, which the first one starts.
pub(super) fn runtime() -> io::Result<&'static Runtime> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let built = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(THREAD)
            .enable_all()
            .build()
    });
    built
        .as_ref()
        .map_err(|error| io::Error::new(error.kind(), error.to_string()))
}

/// Returns `true` on a thread of that runtime, such as in a callback.
pub(super) fn is_this_thread() -> bool {
    thread::current().name() == Some(THREAD)
}

/// Blocks the current thread until `future` is done.
pub(super) fn wait<F: Future>(future: F) -> F::Output {
    wait_until(None, future).expect("without a deadline, only the end of the future ends the wait")
}

/// Returns the deadline that is `limit` from now, or `None` if that is too far to be represented.
pub(super) fn after(limit: Duration) -> Option<Instant> {
    Instant::now().checked_add(limit)
}

/// Blocks the current thread until `future` is done. Returns `None` if the deadline passes before.
pub(super) fn wait_until<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    if is_this_thread() {
        // A callback waits for another client, which another thread must run meanwhile.
        return block_in_place(|| park_until(deadline, future));
    }
    park_until(deadline, future)
}

fn park_until<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut cx) {
            return Some(done);
        }
        match deadline {
            None => thread::park(),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return None;
                }
                thread::park_timeout(left);
            }
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn a_done_future_returns_at_once() {
        assert_eq!(wait(ready(1)), 1);
        assert_eq!(wait_until(Some(Instant::now()), ready(1)), Some(1));
    }

    #[test]
    fn another_thread_ends_the_wait() {
        let (send, receive) = oneshot::channel();
        let sender = thread::spawn(move || send.send("done"));
        assert_eq!(wait(receive), Ok("done"));
        assert!(sender.join().expect("a sender").is_ok());
    }

    #[test]
    fn a_deadline_ends_the_wait() {
        let soon = Instant::now() + Duration::from_millis(5);
        assert_eq!(wait_until(Some(soon), pending::<()>()), None);
        assert!(Instant::now() >= soon);
    }
}
