//! The time without a stable connection.

use std::time::Duration;

use tokio::time::Instant;

use super::policy::ReconnectPolicy;
use crate::random::Random;

/// The time since a connection was last stable.
#[derive(Debug)]
pub(in crate::client) struct Outage {
    pub(in crate::client) attempts: u32,
    interruptions: u32,
    since: Instant,
}

impl Outage {
    pub(in crate::client) fn begin() -> Self {
        Self {
            attempts: 0,
            interruptions: 0,
            since: Instant::now(),
        }
    }

    /// Counts an interruption, after which the server may have requested a delay. Returns the delay
    /// before the next attempt, or `None` if a limit of the policy is reached.
    pub(in crate::client) fn next_delay(
        &mut self,
        policy: &ReconnectPolicy,
        requested: Option<Duration>,
        random: &mut Random,
    ) -> Option<Duration> {
        self.interruptions = self.interruptions.saturating_add(1);
        let after = policy.delay(self.interruptions, requested, random);
        let waited = self.since.elapsed().saturating_add(after);
        let too_many = policy
            .max_attempts
            .is_some_and(|most| self.attempts >= most);
        let too_long = policy.give_up_after.is_some_and(|limit| waited > limit);
        (!too_many && !too_long).then_some(after)
    }
}
