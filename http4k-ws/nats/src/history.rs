//! Reading a part of a log.
//!
//! 1. The newest entry is read first, from the leader. A page is complete up to an offset only if
//!    it has an entry at or behind it, because a replica may lag.
//! 2. The oldest entry is read last. Entries are dropped from the front, so everything from there
//!    on was kept while the page was read.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::try_join;
use http4k_ws::topics::TopicName;
use http4k_ws::topics::engine::History;

use crate::jetstream::Stored;
use crate::link::Failure;
use crate::log::{BASE, EMPTY};
use crate::shared::{Current, Shared};

/// The pause before a replica that lags is read again, and the number of attempts.
const LAG: Duration = Duration::from_millis(50);
const ATTEMPTS: u32 = 20;

impl Shared {
    /// Returns entries of a topic behind `after`, up to `up_to`, if the epoch has not ended.
    pub(crate) async fn history(
        &self,
        at: &Current,
        topic: &TopicName,
        after: u64,
        up_to: u64,
    ) -> Result<History, Failure> {
        let history = self.read_history(at, topic, after, up_to);
        let (history, ()) = try_join(history, self.still(at)).await?;
        Ok(history)
    }

    async fn read_history(
        &self,
        at: &Current,
        topic: &TopicName,
        after: u64,
        up_to: u64,
    ) -> Result<History, Failure> {
        let last = self.position(at, topic).await?;
        let end = up_to.min(last.offset());
        let (mut entries, mut complete) = (Vec::new(), end);
        if end > after {
            let page = self.read(at, topic, after, end).await?;
            complete = page.last().map_or(after, |entry| entry.seq).min(end);
            entries = page;
        }
        let subject = self.layout.entries(at.epoch, topic);
        let oldest = at.link.next(&self.layout.log_stream(), &subject, 1).await?;
        let first_kept = match &oldest {
            Some(oldest) => oldest.number(BASE).map_or(oldest.seq, |base| base + 1),
            // Everything was dropped since the first request.
            None => last.offset() + 1,
        };
        let effective = entries.into_iter().filter(|entry| {
            let in_range = entry.seq > after && entry.seq <= end;
            in_range && entry.header(EMPTY).is_none()
        });
        let entries: Vec<(u64, Bytes)> =
            effective.map(|entry| (entry.seq, entry.payload)).collect();
        Ok(History {
            last,
            first_kept,
            up_to: complete.max(after.min(up_to)),
            entries,
        })
    }

    /// Reads a page behind `after` that is not empty, although a replica may lag.
    async fn read(
        &self,
        at: &Current,
        topic: &TopicName,
        after: u64,
        end: u64,
    ) -> Result<Vec<Stored>, Failure> {
        let (stream, subject) = (
            self.layout.log_stream(),
            self.layout.entries(at.epoch, topic),
        );
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(LAG).await;
            }
            let page = at.link.page(&stream, &subject, after + 1).await?;
            if !page.is_empty() {
                return Ok(page);
            }
            // What was the last entry may be dropped by now, with all before it.
            let newest = self.newest(at, topic).await?;
            if newest.is_none_or(|newest| newest.seq < end) {
                break;
            }
        }
        Err(Failure::NoReply("the entries are not there yet".to_owned()))
    }
}
