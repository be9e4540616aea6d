//! The time of day, which a test may hold and advance.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Returns the seconds since 1970 (UTC).
///
/// Sessions outlive a process, so their times are of the calendar. With the feature `testing`, the
/// time follows the clock of tokio, which in-memory clients advance.
pub(super) fn now() -> u64 {
    let now = SystemTime::now() + ahead();
    let since = now.duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// Returns the time by which the clock of tokio is ahead of the machine's.
#[cfg(feature = "testing")]
fn ahead() -> Duration {
    // The clock of a test stands still, and so may be behind for a moment. Whole days are ahead.
    tokio::time::Instant::now()
        .into_std()
        .saturating_duration_since(std::time::Instant::now())
}

#[cfg(not(feature = "testing"))]
fn ahead() -> Duration {
    Duration::ZERO
}
