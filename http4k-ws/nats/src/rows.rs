//! The rows of members, as they are stored.

use std::collections::HashMap;

use bytes::Bytes;
use http4k_ws::topics::TopicName;
use http4k_ws::topics::engine::MemberId;

use crate::jetstream::{Put, Stored};
use crate::link::Failure;
use crate::shared::{Current, Shared};

/// The header of a row that is `in` or `out`.
const STATE: &str = "H4k-State";

/// The header of a row with the number of the publication that it was stored for.
const BIRTH: &str = "H4k-Birth";

/// The row of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) topic: TopicName,
    pub(crate) id: MemberId,
    pub(crate) seq: u64,
    /// The number of the publication that it was stored for.
    pub(crate) birth: u64,
    pub(crate) content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// The name of a member that is present.
    In(String),
    /// The entry that reports the departure.
    Out(Bytes),
}

impl Shared {
    fn row_of(&self, stored: &Stored) -> Option<Row> {
        let (topic, id) = self.layout.read_member(&stored.subject)?;
        let content = match stored.header(STATE)? {
            "in" => Content::In(String::from_utf8(stored.payload.to_vec()).ok()?),
            _ => Content::Out(stored.payload.clone()),
        };
        Some(Row {
            topic,
            id,
            seq: stored.seq,
            birth: stored.number(BIRTH)?,
            content,
        })
    }

    /// Reads the row of a member.
    pub(crate) async fn row(
        &self,
        at: &Current,
        topic: &TopicName,
        id: MemberId,
    ) -> Result<Option<Row>, Failure> {
        let subject = self.layout.member(at.epoch, topic, id);
        let stream = self.layout.member_stream(at.epoch);
        let stored = at.link.last(&stream, &subject).await?;
        Ok(stored.and_then(|stored| self.row_of(&stored)))
    }

    /// Stores the row of a member, if the one before has the sequence `expected`.
    pub(crate) async fn put_row(
        &self,
        at: &Current,
        row: &Row,
        expected: u64,
    ) -> Result<u64, Failure> {
        let (state, payload) = match &row.content {
            Content::In(name) => ("in", Bytes::copy_from_slice(name.as_bytes())),
            Content::Out(entry) => ("out", entry.clone()),
        };
        let put = Put {
            subject: self.layout.member(at.epoch, &row.topic, row.id),
            payload,
            id: None,
            expected: Some(expected),
            headers: vec![(STATE, state.to_owned()), (BIRTH, row.birth.to_string())],
        };
        Ok(at.link.put(put).await?.seq)
    }

    /// Returns the rows whose subject matches.
    pub(crate) async fn rows(&self, at: &Current, subject: &str) -> Result<Vec<Row>, Failure> {
        let stream = self.layout.member_stream(at.epoch);
        let stored = self.all_rows(at, &stream, subject).await?;
        // One that was stored again in the meantime is read twice.
        let mut rows: HashMap<(TopicName, MemberId), Row> = HashMap::new();
        for row in stored.iter().filter_map(|stored| self.row_of(stored)) {
            let known = rows.get(&(row.topic.clone(), row.id));
            if known.is_none_or(|known| known.seq < row.seq) {
                rows.insert((row.topic.clone(), row.id), row);
            }
        }
        Ok(rows.into_values().collect())
    }

    /// Returns the rows whose subject matches, as the leader has them.
    async fn all_rows(
        &self,
        at: &Current,
        stream: &str,
        subject: &str,
    ) -> Result<Vec<Stored>, Failure> {
        // Most topics have no members, which one request finds.
        let first = at.link.next(stream, subject, 1).await?;
        let Some(first) = first else {
            return Ok(Vec::new());
        };
        if self.config.replicas == 1 {
            return at.link.last_of_each(stream, subject).await;
        }
        // A replica may lag, so the leader is read row by row.
        let mut rows = vec![first];
        while let Some(last) = rows.last() {
            match at.link.next(stream, subject, last.seq + 1).await? {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(rows)
    }
}
