//! The log of refusals that an operator can cure.
//!
//! A client that is refused often tries again at once, and an attacker can cause as many refusals
//! as the network carries. Three rules keep the log readable:
//!
//! 1. Each kind of refusal has at most one line per second.
//! 2. The next line has the number of lines that were suppressed.
//! 3. A line has the values that differ and the setting to change, with texts of the peer escaped.

use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::message::printable;

/// The kind of a refusal. Each kind has one line per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "server"), allow(dead_code))]
pub(crate) enum RefusalKind {
    Origin,
    Host,
    /// A key, version or other rule of the opening handshake.
    Handshake,
    /// A rule of HTTP.
    Request,
    Target,
    Head,
    Body,
    Connections,
    ConnectionsPerAddress,
    #[cfg_attr(not(feature = "tls"), allow(dead_code))]
    Tls,
    /// A missing, invalid or unexpected header of the PROXY protocol.
    ProxyProtocol,
    /// A message of a socket over a bound, or slower than one.
    Message,
    /// Messages that a consumer does not receive.
    Consumer,
    /// The bytes that wait in all sockets.
    Queued,
}

const KINDS: usize = RefusalKind::Queued as usize + 1;

/// Logs refusals at `warn`, at most one line per second and kind.
#[derive(Debug, Default)]
pub(crate) struct RefusalLog([Mutex<Recent>; KINDS]);

#[derive(Debug, Default)]
struct Recent {
    logged: Option<Instant>,
    suppressed: u64,
}

impl RefusalLog {
    /// The time for which further lines of a kind are suppressed.
    const PAUSE: Duration = Duration::from_secs(1);

    /// Logs `what`, unless another line of this kind was logged within the last second.
    pub(crate) fn warn(&self, kind: RefusalKind, what: impl Display) {
        match self.admit(kind, Instant::now()) {
            Some(0) => log::warn!("{}", printable(what)),
            Some(more) => log::warn!("{} (and {more} more since the last line)", printable(what)),
            None => {}
        }
    }

    /// Admits a line. Returns the number of suppressed lines before it, or `None` to suppress it.
    fn admit(&self, kind: RefusalKind, now: Instant) -> Option<u64> {
        let mut recent = self.0[kind as usize]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let paused = |logged: Instant| now.saturating_duration_since(logged) < Self::PAUSE;
        if recent.logged.is_some_and(paused) {
            recent.suppressed += 1;
            return None;
        }
        recent.logged = Some(now);
        Some(std::mem::take(&mut recent.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_line_per_second() {
        let log = RefusalLog::default();
        let start = Instant::now();
        for (millis, kind, admitted) in [
            (0, RefusalKind::Origin, Some(0)),
            (1, RefusalKind::Origin, None),
            (2, RefusalKind::Tls, Some(0)),
            (999, RefusalKind::Origin, None),
            (1000, RefusalKind::Origin, Some(2)),
            (1001, RefusalKind::Origin, None),
            (5000, RefusalKind::Origin, Some(1)),
            (9000, RefusalKind::Origin, Some(0)),
        ] {
            let now = start + Duration::from_millis(millis);
            assert_eq!(log.admit(kind, now), admitted, "{millis} {kind:?}");
        }
    }
}
