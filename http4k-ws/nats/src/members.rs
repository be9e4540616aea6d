//! The members of topics, in a stream of their own with one row for each.
//!
//! A row and the entry about it cannot be stored in one step. So their order makes up for it:
//!
//! 1. *Joining* stores the row, and then the entry. *Leaving* marks the row as leaving, with the
//!    entry in it, then stores the entry, and then removes the row.
//! 2. A snapshot reads the position of the log first and the rows second, without those that are
//!    leaving. It has the effect of every entry up to its position. It may have that of later
//!    entries too, and repeating these changes nothing.
//! 3. Each change of a row names the sequence of the row before it. So a node that was frozen
//!    between two steps cannot undo what others did since.
//! 4. A row that is leaving although the lease of its node has ended is completed by any node that
//!    reads it. Two that do so store one entry, because it has an id.
//! 5. A node stores the departure of a member of another node only if the log has no new entry
//!    since the row was read. So it never follows the return of that member.

use futures_util::future::try_join;
use http4k_ws::topics::engine::{AttemptError, Member, MemberId, NodeId, Publication};
use http4k_ws::topics::{Position, TopicName};

use crate::link::{Failure, Refusal};
use crate::log::{ATTEMPTS, Unstored, hash, unstored};
use crate::rows::{Content, Row};
use crate::shared::{Current, Shared};

/// A member of this process, as its row is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    epoch: u64,
    /// The sequence of the row.
    seq: u64,
    birth: u64,
    name: String,
    /// `true` once the entry is stored.
    is_told: bool,
}

/// Returns the outcome of a failure before the entry is sent.
fn before(failure: Failure) -> Unstored {
    match failure {
        Failure::NoReply(cause) => Unstored::Failed(AttemptError::NotSent(cause)),
        other => unstored(other),
    }
}

impl Shared {
    /// Adds a member of this process.
    pub(crate) async fn join(
        &self,
        at: &Current,
        entry: &Publication,
        member: &Member,
    ) -> Result<Position, Unstored> {
        let key = (entry.topic.clone(), member.id);
        let own = self.lock().own.get(&key).cloned();
        let own = own.filter(|own| own.epoch == at.epoch);
        self.lease_once(at, member.id.node).await.map_err(before)?;
        let same = own.as_ref().filter(|own| own.name == member.name);
        if let Some(own) = same.filter(|own| own.is_told) {
            let row = self
                .row(at, &entry.topic, member.id)
                .await
                .map_err(before)?;
            if row.is_some_and(|row| row.seq == own.seq) {
                return self.position(at, &entry.topic).await.map_err(before);
            }
            // Another node removed it, and perhaps the lease.
            self.lease(at, member.id.node).await.map_err(before)?;
        }
        let told_before = same.filter(|own| !own.is_told);
        let mut row = Row {
            topic: entry.topic.clone(),
            id: member.id,
            seq: own.as_ref().map_or(0, |own| own.seq),
            birth: told_before.map_or(entry.once.1, |own| own.birth),
            content: Content::In(member.name.clone()),
        };
        row.seq = self.replace(at, &row).await.map_err(before)?;
        let mut own = Own {
            epoch: at.epoch,
            seq: row.seq,
            birth: row.birth,
            name: member.name.clone(),
            is_told: false,
        };
        self.lock().own.insert(key.clone(), own.clone());
        let id = format!("j-{}-{}-{:x}", member.id, row.birth, hash(&entry.topic));
        let stored = self.store(at, &entry.topic, entry.bytes.clone(), id, None);
        let position = stored.await.map_err(unstored)?;
        own.is_told = true;
        self.lock().own.insert(key, own);
        Ok(position)
    }

    /// Stores a row of this process, whatever the row before it is.
    async fn replace(&self, at: &Current, row: &Row) -> Result<u64, Failure> {
        let mut expected = row.seq;
        for _ in 0..ATTEMPTS {
            match self.put_row(at, row, expected).await {
                Err(failure) if failure.is_conflict() => {
                    let there = self.row(at, &row.topic, row.id).await?;
                    expected = there.map_or(0, |there| there.seq);
                }
                stored => return stored,
            }
        }
        Err(busy())
    }

    /// Removes a member.
    pub(crate) async fn leave(
        &self,
        at: &Current,
        entry: &Publication,
        id: MemberId,
    ) -> Result<Position, Unstored> {
        let is_own = id.node == entry.once.0;
        for _ in 0..ATTEMPTS {
            let row = self.row(at, &entry.topic, id).await.map_err(before)?;
            let Some(mut row) = row else {
                self.lock().own.remove(&(entry.topic.clone(), id));
                return self.position(at, &entry.topic).await.map_err(before);
            };
            if matches!(row.content, Content::In(_)) {
                row.content = Content::Out(entry.bytes.clone());
                match self.put_row(at, &row, row.seq).await {
                    Ok(seq) => row.seq = seq,
                    Err(failure) if failure.is_conflict() => continue,
                    Err(failure) => return Err(before(failure)),
                }
            }
            let position = match is_own {
                true => Some(self.tell(at, &row, None).await.map_err(unstored)?),
                false => self.complete(at, &row).await.map_err(unstored)?,
            };
            if let Some(position) = position {
                // A row that stays is completed by another node.
                let stream = self.layout.member_stream(at.epoch);
                at.link.remove(&stream, row.seq).await.map_err(unstored)?;
                self.lock().own.remove(&(entry.topic.clone(), id));
                return Ok(position);
            }
        }
        Err(before(busy()))
    }

    /// Stores the entry of a row that is leaving.
    async fn tell(
        &self,
        at: &Current,
        row: &Row,
        expected: Option<u64>,
    ) -> Result<Position, Failure> {
        let Content::Out(entry) = &row.content else {
            return Err(busy());
        };
        let id = format!("l-{}-{}-{:x}", row.id, row.birth, hash(&row.topic));
        self.store(at, &row.topic, entry.clone(), id, expected)
            .await
    }

    /// Stores the entry of a row of another node that is leaving, unless the row has changed (5).
    async fn complete(&self, at: &Current, row: &Row) -> Result<Option<Position>, Failure> {
        for _ in 0..ATTEMPTS {
            let newest = self.newest(at, &row.topic).await?;
            let newest = newest.map_or(0, |newest| newest.seq);
            let there = self.row(at, &row.topic, row.id).await?;
            if there.is_none_or(|there| there.seq != row.seq) {
                return Ok(None);
            }
            match self.tell(at, row, Some(newest)).await {
                Ok(position) => return Ok(Some(position)),
                Err(failure) if failure.is_conflict() => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(busy())
    }

    /// Returns the members of a topic, and the position at which they were read, if the epoch has
    /// not ended.
    pub(crate) async fn members(
        &self,
        at: &Current,
        topic: &TopicName,
    ) -> Result<(Vec<Member>, Position), Failure> {
        let (members, ()) = try_join(self.read_members(at, topic), self.still(at)).await?;
        Ok(members)
    }

    async fn read_members(
        &self,
        at: &Current,
        topic: &TopicName,
    ) -> Result<(Vec<Member>, Position), Failure> {
        let position = self.position(at, topic).await?;
        let subject = self.layout.members_of_topic(at.epoch, topic);
        let rows = self.rows(at, &subject).await?;
        if rows
            .iter()
            .any(|row| matches!(row.content, Content::Out(_)))
        {
            self.complete_departures(at, &rows).await?;
        }
        let present = rows.into_iter().filter_map(|row| match row.content {
            Content::In(name) => Some(Member { id: row.id, name }),
            Content::Out(_) => None,
        });
        Ok((present.collect(), position))
    }

    /// Completes the rows that are leaving, and whose nodes are gone (4).
    async fn complete_departures(&self, at: &Current, rows: &[Row]) -> Result<(), Failure> {
        let alive = self.alive(at).await?;
        for row in rows {
            let is_leaving = matches!(row.content, Content::Out(_));
            if is_leaving
                && !alive.contains(&row.id.node)
                && self.complete(at, row).await?.is_some()
            {
                let stream = self.layout.member_stream(at.epoch);
                at.link.remove(&stream, row.seq).await?;
            }
        }
        Ok(())
    }

    /// Returns the memberships of a node.
    pub(crate) async fn members_of(
        &self,
        at: &Current,
        node: NodeId,
    ) -> Result<Vec<(TopicName, MemberId)>, Failure> {
        let subject = self.layout.members_of_node(at.epoch, node);
        let rows = self.rows(at, &subject).await?;
        Ok(rows.into_iter().map(|row| (row.topic, row.id)).collect())
    }
}

fn busy() -> Failure {
    Failure::Refused(Refusal {
        code: crate::jetstream::code::UNAVAILABLE[0],
        text: "other nodes change the topic all the time".to_owned(),
    })
}
