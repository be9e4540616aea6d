//! The guard against panics of user code.
//!
//! Handlers, callbacks, streams and predicates run in tasks that also move bytes for others, so
//! their panics must not end those tasks. Three parts of such code can panic:
//!
//! 1. The call itself.
//! 2. The drop of a value that the code owns, such as a future or a callback.
//! 3. The drop of the panic's own payload, which may be any value.

use std::any::Any;
#[cfg(any(feature = "client", feature = "server"))]
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(any(feature = "client", feature = "server"))]
use futures_util::FutureExt;

/// Calls `work`, which runs or drops `what`. Returns `None` if it panics, and logs that.
#[inline]
pub(crate) fn guarded<T>(what: &str, work: impl FnOnce() -> T) -> Option<T> {
    // User code serves many requests, so its values must survive a panic in any case.
    logged(what, catch_unwind(AssertUnwindSafe(work)))
}

/// Calls `work` as [`guarded`] does, and returns the message of its panic.
#[inline]
pub(crate) fn guarded_text<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, Box<str>> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let message = message_of(panic);
        log_message(what, &message);
        message
    })
}

#[cold]
fn log_message(what: &str, message: &str) {
    log::error!("{what} panicked: {message:?}");
}

/// Awaits `work` under the same guard. The drop of the future is not guarded.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) async fn guarded_future<T>(what: &str, work: impl Future<Output = T>) -> Option<T> {
    logged(what, AssertUnwindSafe(work).catch_unwind().await)
}

#[inline]
fn logged<T>(what: &str, outcome: std::thread::Result<T>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(panic) => {
            log_panic(what, panic);
            None
        }
    }
}

/// Logs a panic. It has a function of its own, because a call without a panic must stay short.
#[cold]
fn log_panic(what: &str, panic: Box<dyn Any + Send>) {
    // Evaluated here, because a disabled log would not drop the payload safely.
    let panic = text_of(panic);
    log::error!("{what} panicked: {panic}");
}

/// Drops the payload of a panic. Returns its text in quotes and escaped, because it may quote the
/// peer.
pub(crate) fn text_of(panic: Box<dyn Any + Send>) -> String {
    format!("{:?}", message_of(panic))
}

/// Drops the payload of a panic, and returns its text.
fn message_of(panic: Box<dyn Any + Send>) -> Box<str> {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("no message").into();
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        // The payload of this panic may panic again, so it is leaked.
        std::mem::forget(another);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            // Its payload panics as it is dropped, too.
            panic_any(Bomb);
        }
    }

    fn text(work: impl FnOnce()) -> String {
        text_of(catch_unwind(AssertUnwindSafe(work)).expect_err("a panic"))
    }

    #[test]
    fn a_panic_becomes_its_text() {
        assert_eq!(text(|| panic!("on\npurpose")), r#""on\npurpose""#);
        assert_eq!(text(|| panic!("on {}", "purpose")), r#""on purpose""#);
        assert_eq!(text(|| panic_any(7)), r#""no message""#);
    }

    #[test]
    fn a_payload_or_a_value_may_panic_as_it_is_dropped() {
        assert_eq!(text(|| panic_any(Bomb)), r#""no message""#);
        assert_eq!(guarded("a value", || drop(Bomb)), None);
        assert_eq!(guarded("a value", || 7), Some(7));
    }
}
