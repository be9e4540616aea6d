//! Pings by hand and of the session, and the time until each is answered.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

/// The number of pings that are remembered until they are answered.
const REMEMBERED: usize = 16;

/// The number of the session's own pings, whose payload is empty.
const KEEP_ALIVE: u64 = 0;

/// The pings of one socket.
///
/// 1. A ping by hand has a number, which is its payload, so a pong that the peer sends unasked
///    (RFC 6455 §5.5.3) is not taken for an answer.
/// 2. A peer may answer only the latest of several pings: a pong settles those before it too.
/// 3. Pings that are wanted before the next is sent share it.
#[derive(Debug, Default)]
pub(super) struct RoundTrips {
    wanted: bool,
    /// The number of the latest ping by hand that was sent.
    sent: u64,
    /// The number of the latest ping by hand that is answered.
    answered: u64,
    /// Pings that are not answered, in the order in which they were sent.
    waiting: VecDeque<(u64, Instant)>,
    latest: Option<Duration>,
}

impl RoundTrips {
    /// Asks for a ping, and returns its number.
    pub(super) fn want(&mut self) -> u64 {
        self.wanted = true;
        self.sent + 1
    }

    /// The payload of the ping that is wanted and sent now.
    pub(super) fn take_wanted(&mut self) -> Option<Bytes> {
        if !std::mem::take(&mut self.wanted) {
            return None;
        }
        self.sent += 1;
        self.remember(self.sent);
        Some(Bytes::copy_from_slice(&self.sent.to_be_bytes()))
    }

    /// The session sends a ping of its own.
    pub(super) fn keep_alive(&mut self) {
        self.remember(KEEP_ALIVE);
    }

    fn remember(&mut self, number: u64) {
        if self.waiting.len() == REMEMBERED {
            self.waiting.pop_front();
        }
        self.waiting.push_back((number, Instant::now()));
    }

    /// A pong has come. Returns `true` if it answers a ping.
    pub(super) fn pong(&mut self, payload: &[u8]) -> bool {
        let number = match (payload, payload.try_into()) {
            ([], _) => KEEP_ALIVE,
            (_, Ok(bytes)) => u64::from_be_bytes(bytes),
            _ => return false,
        };
        let Some(at) = self.waiting.iter().position(|(known, _)| *known == number) else {
            return false;
        };
        for (number, sent) in self.waiting.drain(..=at) {
            self.answered = self.answered.max(number);
            self.latest = Some(sent.elapsed());
        }
        if self.waiting.is_empty() {
            // An idle socket keeps no memory for it.
            self.waiting = VecDeque::new();
        }
        true
    }

    /// The round-trip time, if the ping with this number, or a later one, is answered.
    pub(super) fn of(&self, number: u64) -> Option<Duration> {
        self.latest.filter(|_| self.answered >= number)
    }

    /// The latest round-trip time.
    pub(super) fn latest(&self) -> Option<Duration> {
        self.latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn passes(millis: u64) {
        tokio::time::advance(Duration::from_millis(millis)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_pong_settles_the_pings_up_to_its_own() {
        let mut trips = RoundTrips::default();
        assert_eq!(trips.take_wanted(), None);
        assert_eq!((trips.want(), trips.want()), (1, 1));
        let first = trips.take_wanted().unwrap();
        assert_eq!(trips.take_wanted(), None);
        passes(5).await;
        assert_eq!(trips.want(), 2);
        let second = trips.take_wanted().unwrap();
        assert_ne!(first, second);
        passes(7).await;
        assert!(trips.pong(&second));
        assert_eq!(trips.of(1), Some(Duration::from_millis(7)));
        assert_eq!(trips.of(2), trips.latest());
        assert_eq!(trips.of(3), None);
        // An answer to one that is settled already.
        assert!(!trips.pong(&first));
        assert_eq!(trips.latest(), Some(Duration::from_millis(7)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unasked_pong_is_not_an_answer() {
        let mut trips = RoundTrips::default();
        trips.want();
        for payload in [&b""[..], b"x", &1_u64.to_be_bytes(), &[0; 125]] {
            assert!(!trips.pong(payload));
        }
        let ping = trips.take_wanted().unwrap();
        for payload in [&b""[..], b"x", &2_u64.to_be_bytes(), &[0; 125]] {
            assert!(!trips.pong(payload));
        }
        assert_eq!(trips.latest(), None);
        assert!(trips.pong(&ping));
    }

    #[tokio::test(start_paused = true)]
    async fn a_ping_of_the_session_is_measured_too() {
        let mut trips = RoundTrips::default();
        trips.keep_alive();
        passes(3).await;
        assert!(trips.pong(b""));
        assert_eq!(trips.latest(), Some(Duration::from_millis(3)));
        assert_eq!(trips.of(1), None);
    }

    #[test]
    fn pings_that_are_never_answered_do_not_pile_up() {
        let mut trips = RoundTrips::default();
        for _ in 0..1000 {
            trips.want();
            trips.take_wanted();
        }
        assert_eq!(trips.waiting.len(), REMEMBERED);
        assert!(trips.pong(&1000_u64.to_be_bytes()));
        assert_eq!(trips.waiting.capacity(), 0);
    }
}
