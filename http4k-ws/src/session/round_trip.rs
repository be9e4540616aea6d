//! The round-trip times of pings, both the application's and the session's own.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

/// The number of unanswered pings that are remembered.
const REMEMBERED: usize = 16;

/// The number of the session's own pings, whose payload is empty.
const KEEP_ALIVE: u64 = 0;

/// The pings of one socket.
///
/// 1. A ping of the application has a number, which is its payload. An unsolicited pong
///    (RFC 6455 §5.5.3) therefore confirms nothing.
/// 2. A peer may respond to the latest of several pings only. A pong confirms the pings before it,
///    too.
/// 3. Calls that request a ping before the next one is sent share it.
#[derive(Debug, Default)]
pub(super) struct RoundTrips {
    requested: bool,
    /// The number of the latest ping of the application that was sent.
    sent: u64,
    /// The number of the latest ping of the application that is confirmed.
    confirmed: u64,
    /// The pings that are not confirmed, in the order in which they were sent.
    waiting: VecDeque<(u64, Instant)>,
    latest: Option<Duration>,
}

impl RoundTrips {
    /// Requests a ping, and returns its number.
    pub(super) fn request(&mut self) -> u64 {
        self.requested = true;
        self.sent + 1
    }

    /// Returns `true` if a ping of the application is due.
    pub(super) fn is_requested(&self) -> bool {
        self.requested
    }

    /// Returns the payload of the ping to send now, if one is requested.
    pub(super) fn take_requested(&mut self) -> Option<Bytes> {
        if !std::mem::take(&mut self.requested) {
            return None;
        }
        self.sent += 1;
        self.remember(self.sent);
        Some(Bytes::copy_from_slice(&self.sent.to_be_bytes()))
    }

    /// Records a ping of the session, whose payload is empty.
    pub(super) fn keep_alive(&mut self) {
        self.remember(KEEP_ALIVE);
    }

    fn remember(&mut self, number: u64) {
        if self.waiting.len() == REMEMBERED {
            self.waiting.pop_front();
        }
        self.waiting.push_back((number, Instant::now()));
    }

    /// Records a pong. Returns `true` if it confirms a ping.
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
            self.confirmed = self.confirmed.max(number);
            self.latest = Some(sent.elapsed());
        }
        if self.waiting.is_empty() {
            // An idle socket keeps no memory for it.
            self.waiting = VecDeque::new();
        }
        true
    }

    /// Returns the round-trip time, if the ping with this number or a later one is confirmed.
    pub(super) fn of(&self, number: u64) -> Option<Duration> {
        self.latest.filter(|_| self.confirmed >= number)
    }

    /// Returns the latest round-trip time.
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
    async fn a_pong_confirms_the_pings_up_to_its_own() {
        let mut trips = RoundTrips::default();
        assert_eq!(trips.take_requested(), None);
        assert_eq!((trips.request(), trips.request()), (1, 1));
        let first = trips.take_requested().unwrap();
        assert_eq!(trips.take_requested(), None);
        passes(5).await;
        assert_eq!(trips.request(), 2);
        let second = trips.take_requested().unwrap();
        assert_ne!(first, second);
        passes(7).await;
        assert!(trips.pong(&second));
        assert_eq!(trips.of(1), Some(Duration::from_millis(7)));
        assert_eq!(trips.of(2), trips.latest());
        assert_eq!(trips.of(3), None);
        // A pong of a ping that is confirmed already.
        assert!(!trips.pong(&first));
        assert_eq!(trips.latest(), Some(Duration::from_millis(7)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unsolicited_pong_confirms_nothing() {
        let mut trips = RoundTrips::default();
        trips.request();
        for payload in [&b""[..], b"x", &1_u64.to_be_bytes(), &[0; 125]] {
            assert!(!trips.pong(payload));
        }
        let ping = trips.take_requested().unwrap();
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
    fn pings_without_pongs_do_not_accumulate() {
        let mut trips = RoundTrips::default();
        for _ in 0..1000 {
            trips.request();
            trips.take_requested();
        }
        assert_eq!(trips.waiting.len(), REMEMBERED);
        assert!(trips.pong(&1000_u64.to_be_bytes()));
        assert_eq!(trips.waiting.capacity(), 0);
    }
}
