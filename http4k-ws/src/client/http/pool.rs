//! Idle connections that can be used again.
//!
//! A connection is driven by a task of the runtime that opened it, and ends with that runtime. A
//! client may be used by many runtimes, as in tests, so the pool keeps connections per runtime. The
//! pool of `hyper_util::client::legacy` has only scheme and authority as its key. Its retries do
//! not cover an idempotent request whose connection ended after the request was written, and its
//! newer `client::pool` services have no idle time. Both add more code to the tree than there is
//! here.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::client::conn::http1::SendRequest;
use tokio::runtime::{Handle, Id};
use tokio::time::Instant;

use crate::client::uri::Remote;
use crate::message::Body;

/// The numbers of connections that are kept for one server, and for all.
const KEPT_FOR_ONE: usize = 8;
const KEPT: usize = 64;

/// The time for which a connection is kept without a request. Servers usually wait longer.
const IDLE: Duration = Duration::from_secs(30);

/// The connections of one client, kept from their first response on.
///
/// A connection whose response is still being read is kept as well, and is ready once that is done.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<HashMap<PoolKey, Vec<Kept>>>);

type PoolKey = (Id, Remote);

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
    fn lock(&self) -> MutexGuard<'_, HashMap<PoolKey, Vec<Kept>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the ready connection to `remote` that was used last.
    pub(super) fn take(&self, remote: &Remote) -> Option<SendRequest<Body>> {
        let now = Instant::now();
        let mut pool = self.lock();
        let kept = pool.get_mut(&key(remote.clone()))?;
        kept.retain(|kept| kept.is_fresh(now));
        let ready = kept.iter().rposition(|kept| kept.connection.is_ready())?;
        Some(kept.remove(ready).connection)
    }

    /// Keeps `connection` for another request, unless the pool is full.
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
        let kept = pool.entry(key(remote)).or_default();
        if kept.len() < KEPT_FOR_ONE {
            kept.push(Kept {
                connection,
                since: now,
            });
        }
    }
}

/// Returns the key of `remote` in the current runtime.
fn key(remote: Remote) -> PoolKey {
    (Handle::current().id(), remote)
}
