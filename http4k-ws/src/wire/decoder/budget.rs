//! Limits on fragments and control frames, which cost more than the bytes that they have.

use std::time::Duration;

use tokio::time::Instant;

use super::violation::Violation;
use crate::wire::Limits;

/// The time over which the rate of control frames is averaged.
const WINDOW: Duration = Duration::from_secs(5);

/// The bytes that allow a message one more fragment.
const BYTES_PER_FRAGMENT: u64 = 16;

/// The frames of a message that has not ended, as their headers announce them.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    bytes: u64,
    fragments: u64,
    /// The number of empty fragments at its end.
    empty: u32,
}

impl Fragments {
    /// Adds a frame of `payload` bytes, when its header has arrived.
    pub(super) fn add(&mut self, payload: u64, limits: &Limits) -> Result<(), Violation> {
        let (max_frame, max_message) = (limits.max_frame as u64, limits.max_message as u64);
        if payload > max_frame {
            return Err(Violation::FrameTooBig(max_frame));
        }
        self.bytes = self.bytes.saturating_add(payload);
        if self.bytes > max_message {
            return Err(Violation::MessageTooBig(max_message));
        }
        self.fragments += 1;
        self.empty = if payload == 0 { self.empty + 1 } else { 0 };
        if let Some(max) = limits.max_fragments {
            let allowed = u64::from(max.max(1)) + self.bytes / BYTES_PER_FRAGMENT;
            if self.fragments > allowed {
                return Err(Violation::Fragments(max));
            }
        }
        match limits.max_empty_fragments {
            Some(max) if self.empty > max.max(1) => Err(Violation::EmptyFragments(max)),
            _ => Ok(()),
        }
    }
}

/// The rate of control frames.
///
/// Each frame costs a part of a second. One second per second is available, and as much as the
/// window has saved.
#[derive(Debug, Default)]
pub(super) struct ControlRate {
    /// The time up to which the frames have used the budget.
    used_up_to: Option<Instant>,
}

impl ControlRate {
    /// Adds a frame, of which `max` are allowed each second.
    pub(super) fn add(&mut self, now: Instant, max: Option<u32>) -> Result<(), Violation> {
        let Some(max) = max else { return Ok(()) };
        let cost = Duration::from_secs(1) / max.max(1);
        let used = self.used_up_to.map_or(now, |used| used.max(now)) + cost;
        self.used_up_to = Some(used);
        if used.duration_since(now) > WINDOW {
            return Err(Violation::ControlRate(max));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            max_message: 100_000,
            max_frame: 50_000,
            max_fragments: Some(10),
            max_empty_fragments: Some(3),
            max_control_rate: None,
        }
    }

    fn added(payloads: &[u64], limits: &Limits) -> Result<(), Violation> {
        let mut fragments = Fragments::default();
        payloads
            .iter()
            .try_for_each(|payload| fragments.add(*payload, limits))
    }

    #[test]
    fn a_message_has_its_bounds() {
        let limits = limits();
        let cases: &[(&[u64], Result<(), Violation>)] = &[
            (&[50_000, 50_000], Ok(())),
            (&[50_001], Err(Violation::FrameTooBig(50_000))),
            (&[50_000, 50_000, 1], Err(Violation::MessageTooBig(100_000))),
            (&[u64::MAX], Err(Violation::FrameTooBig(50_000))),
            (&[1; 10], Ok(())),
            (&[1; 11], Err(Violation::Fragments(10))),
            // 16 bytes allow one more fragment.
            (&[16; 500], Ok(())),
            (&[0, 0, 0], Ok(())),
            (&[0, 0, 0, 0], Err(Violation::EmptyFragments(3))),
            (&[0, 0, 0, 1, 0, 0, 0], Ok(())),
        ];
        for (payloads, expected) in cases {
            assert_eq!(added(payloads, &limits), *expected, "{payloads:?}");
        }
    }

    #[test]
    fn fragments_are_unlimited_without_a_limit() {
        let limits = Limits {
            max_fragments: None,
            max_empty_fragments: None,
            ..limits()
        };
        assert_eq!(added(&[0; 100_000], &limits), Ok(()));
    }

    #[test]
    fn a_burst_of_control_frames_may_use_up_the_window_only() {
        let mut rate = ControlRate::default();
        let start = Instant::now();
        for _ in 0..5000 {
            assert_eq!(rate.add(start, Some(1000)), Ok(()));
        }
        assert_eq!(
            rate.add(start, Some(1000)),
            Err(Violation::ControlRate(1000))
        );
    }

    #[test]
    fn a_steady_rate_may_last_forever() {
        let mut rate = ControlRate::default();
        let start = Instant::now();
        for number in 0..100_000 {
            let now = start + Duration::from_millis(number);
            assert_eq!(rate.add(now, Some(1000)), Ok(()));
        }
        // Twice the rate uses up the window in 5 s.
        let start = start + Duration::from_secs(200);
        let failed = (0_u32..100_000).find(|number| {
            rate.add(start + *number * Duration::from_micros(500), Some(1000))
                .is_err()
        });
        assert!(matches!(failed, Some(9_990..=10_010)), "{failed:?}");
    }

    #[test]
    fn any_rate_is_allowed_without_a_limit() {
        let mut rate = ControlRate::default();
        let now = Instant::now();
        assert!((0..100_000).all(|_| rate.add(now, None).is_ok()));
    }
}
