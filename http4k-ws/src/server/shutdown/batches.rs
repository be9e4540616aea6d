//! Sockets that are told of the end, not all at once.
//!
//! Each of their clients is likely to come back as soon as it is told, and ten thousand handshakes in one
//! moment are what brings the next server down.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::message::WsStatus;
use crate::random::Random;
use crate::session::WsSender;

/// So many sockets are told at a time.
const BATCH: usize = 100;

/// Closes `sockets` with 1001, a batch at a time: the first at once, each other at a random moment of its
/// share of `spread`.
pub(super) async fn tell(sockets: Vec<WsSender>, begun: Instant, spread: Duration) {
    let batches = sockets.len().div_ceil(BATCH);
    let mut random = Random::new();
    for (index, batch) in sockets.chunks(BATCH).enumerate() {
        if index > 0 {
            let share = spread.div_f64(batches as f64);
            let jitter = random.fraction();
            sleep_until(begun + share.mul_f64(index as f64 + jitter)).await;
        }
        for socket in batch {
            socket.close(WsStatus::GOING_AWAY);
        }
    }
}
