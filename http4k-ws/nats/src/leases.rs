//! The leases of nodes, by the clock of the server.
//!
//! A lease is the last row of a node, and the server notes when it was stored. A node compares that
//! time with that of its own row, which it has just stored.

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use http4k_ws::topics::engine::NodeId;

use crate::jetstream::Put;
use crate::link::Failure;
use crate::shared::{Current, Shared};

/// A lease as it was read.
struct Lease {
    node: NodeId,
    seq: u64,
    /// The nanoseconds since 1970 by the clock of the server, if they are known.
    renewed: Option<i128>,
    lasts: Duration,
}

impl Shared {
    /// Renews the lease of a node, and returns its sequence.
    pub(crate) async fn lease(&self, at: &Current, node: NodeId) -> Result<u64, Failure> {
        let lease = u64::try_from(self.config.lease.as_millis()).unwrap_or(u64::MAX);
        let put = Put {
            subject: self.layout.lease(at.epoch, node),
            payload: Bytes::from(lease.to_string()),
            ..Put::default()
        };
        Ok(at.link.put(put).await?.seq)
    }

    /// Renews the lease of a node that has none in this epoch.
    pub(crate) async fn lease_once(&self, at: &Current, node: NodeId) -> Result<(), Failure> {
        if self.lock().leased.get(&node) == Some(&at.epoch) {
            return Ok(());
        }
        self.lease(at, node).await?;
        self.lock().leased.insert(node, at.epoch);
        Ok(())
    }

    /// Renews the lease of a node, and returns the nodes whose leases have ended.
    pub(crate) async fn beat(&self, at: &Current, node: NodeId) -> Result<Vec<NodeId>, Failure> {
        let seq = self.lease(at, node).await?;
        let (leases, now) = self.leases(at, node, seq).await?;
        let ended = leases.into_iter().filter(|lease| !lease.lasts_until(now));
        let ended: Vec<(NodeId, u64)> = ended.map(|lease| (lease.node, lease.seq)).collect();
        let nodes = ended.iter().map(|(node, _)| *node).collect();
        self.lock().ended = ended.into_iter().collect();
        Ok(nodes)
    }

    /// Returns the leases, and the time by the clock of the server: that of the row `seq`.
    async fn leases(
        &self,
        at: &Current,
        node: NodeId,
        seq: u64,
    ) -> Result<(Vec<Lease>, i128), Failure> {
        let stream = self.layout.member_stream(at.epoch);
        let subject = self.layout.leases(at.epoch);
        let rows = at.link.last_of_each(&stream, &subject).await?;
        let leases = rows.into_iter().filter_map(|row| {
            let text = std::str::from_utf8(&row.payload).ok()?;
            Some(Lease {
                node: self.layout.read_lease(&row.subject)?,
                seq: row.seq,
                renewed: row.time,
                lasts: Duration::from_millis(text.parse().ok()?),
            })
        });
        let leases: Vec<Lease> = leases.collect();
        let own = leases.iter().find(|lease| lease.node == node);
        match own.filter(|own| own.seq >= seq).and_then(|own| own.renewed) {
            Some(now) => Ok((leases, now)),
            None => Err(Failure::NoReply("the lease is not there yet".to_owned())),
        }
    }

    /// Returns the nodes whose leases have not ended.
    pub(crate) async fn alive(&self, at: &Current) -> Result<HashSet<NodeId>, Failure> {
        // The row of a node that does not exist shows the time. No other call has the same.
        let clock = NodeId(rand::random());
        let seq = self.lease(at, clock).await?;
        let (leases, now) = self.leases(at, clock, seq).await?;
        let alive = leases.into_iter().filter(|lease| lease.lasts_until(now));
        let alive = alive.map(|lease| lease.node).filter(|node| *node != clock);
        let alive = alive.collect();
        let stream = self.layout.member_stream(at.epoch);
        at.link.remove(&stream, seq).await?;
        Ok(alive)
    }

    /// Removes the lease of a node, if it is still the one that had ended.
    pub(crate) async fn forget(&self, at: &Current, node: NodeId) -> Result<(), Failure> {
        let known = self.lock().ended.remove(&node);
        let stream = self.layout.member_stream(at.epoch);
        let seq = match known {
            Some(seq) => Some(seq),
            None => {
                let subject = self.layout.lease(at.epoch, node);
                let row = at.link.last(&stream, &subject).await?;
                row.map(|row| row.seq)
            }
        };
        if let Some(seq) = seq {
            at.link.remove(&stream, seq).await?;
        }
        Ok(())
    }
}

impl Lease {
    fn lasts_until(&self, now: i128) -> bool {
        let lasts = i128::try_from(self.lasts.as_nanos()).unwrap_or(i128::MAX);
        self.renewed
            .is_none_or(|renewed| now.saturating_sub(renewed) < lasts)
    }
}
