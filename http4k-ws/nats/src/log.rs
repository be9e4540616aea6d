//! The log of a topic: positions and publications.
//!
//! 1. The offset of an entry is its sequence in the stream. The predecessor of an entry is the one
//!    before it with the same subject.
//! 2. The newest entry of a topic is its position. So a topic without entries gets one that has no
//!    effect, and a quiet topic another one before the newest is too old. Each is stored only if
//!    the entry before it is still the newest.
//! 3. Such an entry names its *base*: the entry behind which nothing with an effect follows. A
//!    client that was there has missed nothing, even if that entry is gone.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{try_join, try_join_all};
use http4k_ws::topics::engine::{AttemptError, Publication, empty_entry};
use http4k_ws::topics::{Position, TopicName};

use crate::jetstream::{Put, Stored, code};
use crate::link::Failure;
use crate::shared::{Current, Known, Shared};

/// The header with the base of an entry without effect.
pub(crate) const BASE: &str = "H4k-Base";

/// The header of an entry without effect.
pub(crate) const EMPTY: &str = "H4k-Empty";

/// The number of positions that are requested at once.
const AT_ONCE: usize = 256;

/// The attempts to store what another node may store at the same time.
pub(crate) const ATTEMPTS: usize = 20;

impl Shared {
    /// Publishes an entry that changes no members.
    pub(crate) async fn publish(
        &self,
        at: &Current,
        entry: &Publication,
    ) -> Result<Position, Failure> {
        let (node, number) = entry.once;
        let id = format!("{node}-{number}-{:x}", hash(&entry.topic));
        self.store(at, &entry.topic, entry.bytes.clone(), id, None)
            .await
    }

    /// Stores an entry once in this epoch under `id`, if the newest one is `expected`.
    pub(crate) async fn store(
        &self,
        at: &Current,
        topic: &TopicName,
        payload: Bytes,
        id: String,
        expected: Option<u64>,
    ) -> Result<Position, Failure> {
        // The stream remembers the ids of the epoch before.
        let id = format!("{:x}-{id}", at.epoch);
        let put = Put {
            subject: self.layout.entries(at.epoch, topic),
            payload,
            id: Some(id.clone()),
            expected,
            headers: Vec::new(),
        };
        let ack = at.link.put(put).await?;
        self.lock().witness(at.epoch, ack.seq, &id);
        Ok(Position::new(at.epoch, ack.seq))
    }

    /// Returns the newest entry of a topic.
    pub(crate) async fn newest(
        &self,
        at: &Current,
        topic: &TopicName,
    ) -> Result<Option<Stored>, Failure> {
        let subject = self.layout.entries(at.epoch, topic);
        at.link.last(&self.layout.log_stream(), &subject).await
    }

    /// Returns the position of a topic. Creates its log if there is none.
    pub(crate) async fn position(
        &self,
        at: &Current,
        topic: &TopicName,
    ) -> Result<Position, Failure> {
        let known = self.lock().interest.get(topic).copied();
        let known = known.filter(|known| known.epoch == at.epoch);
        let mut lags = self.lags();
        for _ in 0..ATTEMPTS {
            let newest = self.newest(at, topic).await?;
            let newest = newest.map_or(0, |newest| newest.seq);
            if known.is_some_and(|known| newest < known.seq) && lags.wait().await {
                continue;
            }
            if newest > 0 {
                return Ok(Position::new(at.epoch, newest));
            }
            match self.put_empty(at, topic, 0, None).await {
                Ok(seq) => return Ok(Position::new(at.epoch, seq)),
                Err(failure) if failure.is_conflict() => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::NoReply("the log changes all the time".to_owned()))
    }

    /// Returns the positions of topics.
    pub(crate) async fn positions(
        &self,
        at: &Current,
        topics: &[TopicName],
    ) -> Result<Vec<Position>, Failure> {
        let (positions, ()) = try_join(self.read_positions(at, topics), self.still(at)).await?;
        Ok(positions)
    }

    async fn read_positions(
        &self,
        at: &Current,
        topics: &[TopicName],
    ) -> Result<Vec<Position>, Failure> {
        let mut positions = Vec::with_capacity(topics.len());
        for batch in topics.chunks(AT_ONCE) {
            let batch = batch.iter().map(|topic| self.position(at, topic));
            positions.extend(try_join_all(batch).await?);
        }
        Ok(positions)
    }

    /// Stores an entry without effect behind `newest`.
    async fn put_empty(
        &self,
        at: &Current,
        topic: &TopicName,
        newest: u64,
        base: Option<u64>,
    ) -> Result<u64, Failure> {
        let mut headers = vec![(EMPTY, "1".to_owned())];
        headers.extend(base.map(|base| (BASE, base.to_string())));
        let put = Put {
            subject: self.layout.entries(at.epoch, topic),
            payload: empty_entry(),
            id: None,
            expected: Some(newest),
            headers,
        };
        Ok(at.link.put(put).await?.seq)
    }

    /// Keeps the log of a topic alive if its newest entry has not changed since the last call.
    async fn touch(&self, at: &Current, topic: &TopicName) -> Result<(), Failure> {
        let known = self.lock().interest.get(topic).copied();
        let Some(known) = known else { return Ok(()) };
        let next = if known.epoch == at.epoch && known.seq > 0 && known.is_quiet {
            let base = known.base.unwrap_or(known.seq);
            match self.put_empty(at, topic, known.seq, Some(base)).await {
                Ok(seq) => Some((seq, Some(base))),
                // Another node has stored an entry.
                Err(failure) if failure.is_conflict() => self.look(at, topic).await?,
                Err(failure) => return Err(failure),
            }
        } else if known.epoch == at.epoch && known.seq > 0 {
            Some((known.seq, known.base))
        } else {
            self.look(at, topic).await?
        };
        if let Some((seq, base)) = next {
            self.know(topic, at.epoch, seq, base, true);
        }
        Ok(())
    }

    async fn look(
        &self,
        at: &Current,
        topic: &TopicName,
    ) -> Result<Option<(u64, Option<u64>)>, Failure> {
        let newest = self.newest(at, topic).await?;
        Ok(newest.map(|newest| (newest.seq, base_of(&newest))))
    }

    /// Notes the newest entry of a topic of interest.
    pub(crate) fn know(
        &self,
        topic: &TopicName,
        epoch: u64,
        seq: u64,
        base: Option<u64>,
        is_quiet: bool,
    ) {
        if let Some(known) = self.lock().interest.get_mut(topic) {
            if known.epoch != epoch || known.seq <= seq {
                *known = Known {
                    epoch,
                    seq,
                    base,
                    is_quiet,
                };
            }
        }
    }

    /// Keeps the logs of the topics of interest alive, until the link ends.
    pub(crate) async fn touch_regularly(&self) {
        let every = (self.config.max_age / 4).max(Duration::from_millis(500));
        loop {
            tokio::time::sleep(every).await;
            let Ok(at) = self.current() else { return };
            for topic in self.topics() {
                match self.touch(&at, &topic).await {
                    Ok(()) => {}
                    // The next operation finds the new epoch.
                    Err(Failure::Absent) => break,
                    Err(failure) => {
                        log::debug!("cannot keep the topic {topic} alive: {failure}");
                        break;
                    }
                }
            }
        }
    }
}

/// Returns the base of an entry, if it has no effect.
pub(crate) fn base_of(entry: &Stored) -> Option<u64> {
    entry.header(EMPTY)?;
    Some(entry.number(BASE).unwrap_or(entry.seq))
}

/// Returns a number for a topic, the same in each call of this process.
pub(crate) fn hash(topic: &TopicName) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    topic.hash(&mut hasher);
    hasher.finish()
}

/// The reason why an attempt to publish has stored nothing, as far as is known.
#[derive(Debug)]
pub(crate) enum Unstored {
    /// No stream has the subjects of this epoch.
    Absent,
    /// The outcome for the node.
    Failed(AttemptError),
}

/// Returns the outcome of a failure to store an entry.
pub(crate) fn unstored(failure: Failure) -> Unstored {
    Unstored::Failed(match failure {
        Failure::Absent => return Unstored::Absent,
        Failure::NoReply(cause) => AttemptError::NoReply(cause),
        Failure::Refused(refusal) if code::UNAVAILABLE.contains(&refusal.code) => {
            AttemptError::NotSent(refusal.text)
        }
        Failure::Refused(refusal) => AttemptError::Refused(refusal.text),
    })
}
