//! The park protocol, which shows the changes of other tasks to the session of a socket, without
//! one wakeup per message.
//!
//! 1. While the session is polled, a change sets the dirty flag and wakes no task.
//! 2. The session clears the flag before it reads what others may change. A later change sets the
//!    flag again.
//! 3. The session parks only if the flag is clear. It checks the flag and ends the poll under one
//!    lock, so that no change falls in between.
//! 4. A parked session is woken by the first change. Further changes find it woken, and cost
//!    nothing.
//! 5. A session that parks because its peer reads nothing is not woken by new messages. The
//!    transport wakes it when the peer accepts bytes. A close, a ping and the drop of a handle do
//!    wake it.

use std::task::Waker;

/// The waker of a session, and its poll state. The lock of the socket's state guards it.
#[derive(Debug, Default)]
pub(super) struct Park {
    /// The waker of the session's task, from its first poll on.
    session: Option<Waker>,
    /// `true` while the session is polled (1).
    polling: bool,
    /// `true` while the session is parked and was not woken by a change (4).
    parked: bool,
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
        } else if std::mem::take(&mut self.parked) {
            if let Some(session) = &self.session {
                session.wake_by_ref();
            }
        }
    }

    /// Sets the dirty flag if the session is polled. The change is its own.
    #[inline]
    pub(super) fn note_change(&mut self) {
        self.dirty |= self.polling;
    }

    /// Returns `true` if `waker` wakes the task that the session was last polled by.
    #[inline]
    pub(super) fn is_at(&self, waker: &Waker) -> bool {
        let known = self.session.as_ref();
        known.is_some_and(|known| known.will_wake(waker))
    }

    /// Moves the session to the task of `waker`, or to none, and returns the waker before.
    pub(super) fn move_to(&mut self, waker: Option<Waker>) -> Option<Waker> {
        std::mem::replace(&mut self.session, waker)
    }

    /// Begins a poll of the session. Changes set the dirty flag until it parks.
    #[inline]
    pub(super) fn begin_poll(&mut self) {
        self.polling = true;
        self.parked = false;
        self.blocked = false;
    }

    /// Clears the dirty flag. The session must read everything that others change after this.
    #[inline]
    pub(super) fn clear_dirty(&mut self) {
        self.dirty = false;
    }

    /// Parks the session until a change wakes it. If `blocked`, the transport wakes it when the
    /// peer accepts bytes. Returns `false`, and does nothing, if the dirty flag is set.
    #[inline]
    pub(super) fn try_park(&mut self, blocked: bool) -> bool {
        if self.dirty {
            return false;
        }
        self.polling = false;
        self.parked = true;
        self.blocked = blocked;
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

    /// Returns a session that is polled, and the number of its wakeups.
    fn polled() -> (Park, Arc<Wakes>) {
        let wakes = Arc::<Wakes>::default();
        let mut park = Park::default();
        park.move_to(Some(Waker::from(Arc::clone(&wakes))));
        park.begin_poll();
        (park, wakes)
    }

    #[test]
    fn a_change_during_a_poll_prevents_parking_until_it_is_read() {
        let (mut park, wakes) = polled();
        park.wake();
        assert!(!park.try_park(false));
        assert!(park.is_polling());
        park.clear_dirty();
        assert!(park.try_park(false));
        assert_eq!(wakes.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn only_the_first_change_wakes_a_parked_session() {
        let (mut park, wakes) = polled();
        assert!(park.try_park(false));
        park.wake();
        park.wake();
        assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_session_is_blocked_until_its_next_poll() {
        let (mut park, _wakes) = polled();
        assert!(park.try_park(true));
        assert!(park.is_blocked());
        park.begin_poll();
        assert!(!park.is_blocked());
    }
}
