//! Connections that may be used again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::client::conn::http1::SendRequest;
use tokio::runtime::{Handle, Id};
use tokio::time::Instant;

use crate::client::uri::Remote;
use crate::message::Body;

/// So many connections are kept for one origin, and for all.
const KEPT_FOR_ONE: usize = 8;
const KEPT: usize = 64;

/// So long a connection is kept without a request: less than servers wait for one.
const IDLE: Duration = Duration::from_secs(30);

/// The connections of one client, kept from their first answer on.
///
/// One whose last answer is still being read is kept too, and is not ready until that is done. Each is kept for
/// the runtime that it lives in: it would end with that one.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<HashMap<Place, Vec<Kept>>>);

type Place = (Id, Remote);

#[derive(Debug)]
struct Kept {
    connection: SendRequest<Body>,
    since: Instant,
}

impl Kept {
    fn is_fresh(&self, now: Instant) -> bool {
        !self.connection.is_closed() && now.duration_since(self.since) < IDLE
    }
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Vec<Kept>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection to `origin` that was used last, of those that are ready.
    pub(super) fn take(&self, remote: &Remote) -> Option<SendRequest<Body>> {
        let now = Instant::now();
        let mut pool = self.lock();
        let kept = pool.get_mut(&place(remote.clone()))?;
        kept.retain(|kept| kept.is_fresh(now));
        let ready = kept.iter().rposition(|kept| kept.connection.is_ready())?;
        Some(kept.remove(ready).connection)
    }

    /// Keeps `connection` for another request, where there is room.
    pub(super) fn keep(&self, remote: Remote, connection: SendRequest<Body>) {
        let now = Instant::now();
        let mut pool = self.lock();
        pool.retain(|_, kept| {
            kept.retain(|kept| kept.is_fresh(now));
            !kept.is_empty()
        });
        if pool.values().map(Vec::len).sum::<usize>() >= KEPT {
            return;
        }
        let kept = pool.entry(place(remote)).or_default();
        if kept.len() < KEPT_FOR_ONE {
            kept.push(Kept {
                connection,
                since: now,
            });
        }
    }
}

/// `origin`, as the current runtime sees it.
fn place(remote: Remote) -> Place {
    (Handle::current().id(), remote)
}
