//! The park protocol, which shows the changes of other tasks to the session of a socket, without
//! one wakeup per message.
//!
//! 1. While the session is polled, a change sets the dirty flag and wakes no task.
//! 2. The session clears the flag before it reads what others may change. A later change sets the
//!    flag again.
//! 3. The session parks only if the flag is clear. It checks the flag, ends the poll and stores its
//!    waker under one lock, so that no change falls in between.
//! 4. A parked session is woken by the first change. Further changes find no waker and cost
//!    nothing.
//! 5. A session that parks because its peer reads nothing is not woken by new messages. The
//!    transport wakes it when the peer accepts bytes. A close, a ping and the drop of a handle do
//!    wake it.

use std::task::Waker;

/// The waker of a session, and its poll state. The lock of the socket's state guards it.
#[derive(Debug, Default)]
pub(super) struct Park {
    session: Option<Waker>,
    /// `true` while the session is polled (1).
    polling: bool,
    /// `true` while the session is parked until the transport accepts bytes (5).
    blocked: bool,
    /// Set by each change that the session has not seen (1).
    dirty: bool,
}

impl Park {
    /// Returns `true` while the session is polled.
    #[inline]
    pub(super) fn is_polling(&self) -> bool {
        self.polling
    }

    /// Returns `true` while the session is parked until the transport accepts bytes.
    #[inline]
    pub(super) fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// Shows a change to the session: now if it is parked, else through the dirty flag.
    #[inline]
    pub(super) fn wake(&mut self) {
        if self.polling {
            self.dirty = true;
        } else if let Some(waker) = self.session.take() {
            waker.wake();
        }
    }

    /// Sets the dirty flag if the session is polled. The change is its own.
    #[inline]
    pub(super) fn note_change(&mut self) {
        self.dirty |= self.polling;
    }

    /// Begins a poll of the session. Changes set the dirty flag until it parks.
    #[inline]
    pub(super) fn begin_poll(&mut self) {
        self.polling = true;
        self.blocked = false;
    }

    /// Clears the dirty flag. The session must read everything that others change after this.
    #[inline]
    pub(super) fn clear_dirty(&mut self) {
        self.dirty = false;
    }

    /// Parks the session until `waker` is woken. If `blocked`, the transport wakes it when the peer
    /// accepts bytes. Returns `false`, and does nothing, if the dirty flag is set.
    #[inline]
    pub(super) fn try_park(&mut self, waker: &Waker, blocked: bool) -> bool {
        if self.dirty {
            return false;
        }
        self.polling = false;
        self.blocked = blocked;
        let known = self.session.as_ref();
        if !known.is_some_and(|known| known.will_wake(waker)) {
            self.session = Some(waker.clone());
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns a session that is polled, its waker, and the number of its wakeups.
    fn polled() -> (Park, Waker, Arc<Wakes>) {
        let wakes = Arc::<Wakes>::default();
        let mut park = Park::default();
        park.begin_poll();
        (park, Waker::from(Arc::clone(&wakes)), wakes)
    }

    #[test]
    fn a_change_during_a_poll_prevents_parking_until_it_is_read() {
        let (mut park, waker, wakes) = polled();
        park.wake();
        assert!(!park.try_park(&waker, false));
        assert!(park.is_polling());
        park.clear_dirty();
        assert!(park.try_park(&waker, false));
        assert_eq!(wakes.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn only_the_first_change_wakes_a_parked_session() {
        let (mut park, waker, wakes) = polled();
        assert!(park.try_park(&waker, false));
        park.wake();
        park.wake();
        assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_session_is_blocked_until_its_next_poll() {
        let (mut park, waker, _wakes) = polled();
        assert!(park.try_park(&waker, true));
        assert!(park.is_blocked());
        park.begin_poll();
        assert!(!park.is_blocked());
    }
}
