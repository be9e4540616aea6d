//! The change of the epoch, while the stream of the log stays.
//!
//! 1. The stream is never deleted. If two nodes delete a stream at once, NATS 2.9 may remove the
//!    files of its successor, which then stores nothing.
//! 2. An epoch ends with an entry that names the next one. The server stores one such entry only,
//!    so nodes that end an epoch at once agree on the next.
//! 3. Each of them then gives the stream the subjects of that epoch. Repeating it has no effect,
//!    so any node completes what another has begun.
//! 4. From then on nothing is stored in the epoch that has ended. What is left of it is removed,
//!    and is not taken for the log: a node that reads checks the epoch at the same time.
//! 5. The last entry stays. So if a node was frozen in such a change, and brings back an epoch that
//!    has ended, the next check follows the chain of epochs again.

use bytes::Bytes;

use crate::jetstream::{Info, Put, StreamConfig, code};
use crate::layout::epoch;
use crate::link::{Failure, Link};
use crate::shared::{Current, Shared};

/// The entry that ends an epoch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    ended: u64,
    next: u64,
    seq: u64,
}

impl Shared {
    /// Ends an epoch because entries are gone. Another node may have done so.
    pub(crate) async fn end_without_entries(&self, link: &Link, ended: u64) -> Result<(), Failure> {
        log::warn!("NATS has lost entries of the topics: a new epoch begins");
        self.end(link, ended).await
    }

    /// Ends an epoch because its members are gone. Another node may have done so.
    pub(crate) async fn end_without_members(&self, link: &Link, ended: u64) -> Result<(), Failure> {
        log::warn!("the members of the topics are gone from NATS: a new epoch begins");
        self.end(link, ended).await
    }

    /// Stores the entry that ends an epoch, unless there is one (2).
    async fn end(&self, link: &Link, ended: u64) -> Result<(), Failure> {
        let next: u64 = rand::random();
        // No other node knows this epoch, so none creates the stream at the same time.
        link.create(&self.member_config(next)).await?;
        let put = Put {
            subject: self.layout.end(ended),
            payload: Bytes::from(format!("{next:016x}")),
            expected: Some(0),
            ..Put::default()
        };
        match link.put(put).await {
            Ok(_) => Ok(()),
            Err(failure) if failure == Failure::Absent || failure.is_conflict() => {
                link.delete(&self.layout.member_stream(next)).await
            }
            Err(failure) => Err(failure),
        }
    }

    /// Returns the end of an epoch, if it has ended.
    pub(crate) async fn end_of(&self, link: &Link, ended: u64) -> Result<Option<End>, Failure> {
        let log = self.layout.log_stream();
        let last = link.last(&log, &self.layout.end(ended)).await?;
        let end = last.and_then(|last| {
            Some(End {
                ended,
                next: epoch(std::str::from_utf8(&last.payload).ok()?)?,
                seq: last.seq,
            })
        });
        Ok(end)
    }

    /// Gives the log the subjects of the next epoch, and removes what is left of the one that has
    /// ended (3, 4, 5).
    pub(crate) async fn begin(&self, link: &Link, info: Info, end: End) -> Result<(), Failure> {
        let wanted = self.log_config(end.next);
        let config = StreamConfig {
            subjects: wanted.subjects,
            republish: wanted.republish,
            ..info.config
        };
        match link.update(&config).await {
            Ok(_) => {}
            Err(failure) if failure.is(code::NO_STREAM) => return Ok(()),
            Err(failure) => return Err(failure),
        }
        let entries = self.layout.log(end.ended);
        link.purge(&config.name, &entries, end.seq).await?;
        link.delete(&self.layout.member_stream(end.ended)).await
    }

    /// Fails with [`Failure::Absent`] if the epoch is not that of the log (4).
    pub(crate) async fn still(&self, at: &Current) -> Result<(), Failure> {
        let info = at.link.info(&self.layout.log_stream()).await?;
        let now = info.and_then(|info| self.layout.epoch_of(&info.config.subjects));
        match now == Some(at.epoch) {
            true => Ok(()),
            false => Err(Failure::Absent),
        }
    }
}
