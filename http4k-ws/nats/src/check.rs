//! The check of the streams: on each new link, and whenever no stream has a subject.
//!
//! 1. The epoch is a part of the subjects in the configuration of the log, so creating the log
//!    chooses it. Of two nodes that create the log at once, one does, and both have its epoch.
//! 2. An entry is stored in the epoch of its subject or not at all, and its subject tells the epoch
//!    when it is carried. So nothing depends on when a node notices a new epoch.
//! 3. If the log no longer has an entry that this node has seen, or the members of this epoch are
//!    gone, the log is deleted. Its successor has another epoch.

use std::sync::Arc;

use crate::config::Storage;
use crate::jetstream::{Info, MESSAGE_ID, StreamConfig, code};
use crate::link::{Failure, Link};
use crate::shared::{Current, Shared};

/// The time in which a publication is stored once.
const ONCE_NANOS: u64 = 60_000_000_000;

impl Shared {
    /// Checks the streams on a new link, creates those that do not exist, and returns the epoch.
    pub(crate) async fn check(&self, link: &Link) -> Result<u64, Failure> {
        let _one_at_a_time = self.checking.lock().await;
        self.check_streams(link).await
    }

    /// Checks the streams again, because none has the subjects of `stale`. Returns the link with
    /// its epoch, which may be the same.
    pub(crate) async fn check_again(&self, stale: &Current) -> Result<Current, Failure> {
        let _one_at_a_time = self.checking.lock().await;
        let gone = |_| Failure::NoReply("the connection ended".to_owned());
        let current = self.current().map_err(gone)?;
        if current.epoch != stale.epoch || !Arc::ptr_eq(&current.link, &stale.link) {
            return Ok(current);
        }
        let epoch = self.check_streams(&stale.link).await?;
        let current = self.current().map_err(gone)?;
        if Arc::ptr_eq(&current.link, &stale.link) {
            self.up(&stale.link, epoch);
        }
        self.current().map_err(gone)
    }

    async fn check_streams(&self, link: &Link) -> Result<u64, Failure> {
        for _ in 0..5 {
            let epoch = match link.info(&self.layout.log_stream()).await? {
                Some(info) => match self.accept(link, info).await? {
                    Some(epoch) => epoch,
                    None => continue,
                },
                None => match self.create(link).await? {
                    Some(epoch) => epoch,
                    // Another node was faster.
                    None => continue,
                },
            };
            if self.members_are_kept(link, epoch).await? {
                return Ok(epoch);
            }
            log::warn!("the members of the topics are gone from NATS: a new epoch begins");
            link.delete(&self.layout.log_stream()).await?;
        }
        Err(Failure::NoReply(
            "the streams change all the time".to_owned(),
        ))
    }

    /// Returns the epoch of a log. If it has lost entries, deletes it and returns `None`.
    async fn accept(&self, link: &Link, info: Info) -> Result<Option<u64>, Failure> {
        let log = self.layout.log_stream();
        let Some(epoch) = self.layout.epoch_of(&info.config.subjects) else {
            let text = format!("the stream {log} is not one of http4k-ws");
            return Err(refused(text));
        };
        if self.has_lost(link, epoch, &info).await? {
            log::warn!("NATS has lost entries of the topics: a new epoch begins");
            link.delete(&log).await?;
            return Ok(None);
        }
        let wanted = self.log_config(epoch);
        if wanted.differs_from(&info.config) {
            if let Err(failure) = link.update(&wanted).await {
                log::warn!("cannot change the stream {log}: {failure}");
            }
        }
        if wanted.storage != info.config.storage {
            log::warn!("the stream {log} has the storage {}", info.config.storage);
        }
        Ok(Some(epoch))
    }

    /// Returns `true` if an entry that this node has seen is not in the log as it was.
    async fn has_lost(&self, link: &Link, epoch: u64, info: &Info) -> Result<bool, Failure> {
        let witness = self.lock().witness.clone();
        let Some(witness) = witness.filter(|witness| witness.epoch == epoch) else {
            return Ok(false);
        };
        if info.state.last_seq < witness.seq {
            return Ok(true);
        }
        let there = link.at(&self.layout.log_stream(), witness.seq).await?;
        Ok(there.is_some_and(|there| there.header(MESSAGE_ID) != Some(&witness.id)))
    }

    /// Creates the log with a new epoch, and removes the members of earlier ones.
    async fn create(&self, link: &Link) -> Result<Option<u64>, Failure> {
        // Those that exist by now are of earlier epochs.
        let earlier = link.streams_of(&self.layout.all_members()).await?;
        let epoch = rand::random();
        match link.create(&self.log_config(epoch)).await {
            Ok(_) => {}
            Err(failure) if failure.is(code::NAME_IN_USE) => return Ok(None),
            Err(failure) => return Err(failure),
        }
        for stream in earlier {
            link.delete(&stream).await?;
        }
        Ok(Some(epoch))
    }

    /// Opens the stream of the members. Returns `false` if it was created again in this epoch.
    pub(crate) async fn members_are_kept(&self, link: &Link, epoch: u64) -> Result<bool, Failure> {
        let wanted = self.member_config(epoch);
        let info = match link.info(&wanted.name).await? {
            Some(info) => info,
            None => match link.create(&wanted).await {
                Err(failure) if failure.is(code::NAME_IN_USE) => {
                    let info = link.info(&wanted.name).await?;
                    info.ok_or(Failure::Absent)?
                }
                created => created?,
            },
        };
        if wanted.differs_from(&info.config) {
            if let Err(failure) = link.update(&wanted).await {
                log::warn!("cannot change the stream {}: {failure}", wanted.name);
            }
        }
        let mut state = self.lock();
        let created = (epoch, info.created);
        let known = state.members_created.replace(created.clone());
        Ok(known.is_none_or(|known| known.0 != epoch || known == created))
    }

    fn log_config(&self, epoch: u64) -> StreamConfig {
        let nanos = u64::try_from(self.config.max_age.as_nanos()).unwrap_or(u64::MAX);
        let bytes = self
            .config
            .max_bytes
            .and_then(|bytes| i64::try_from(bytes).ok());
        StreamConfig {
            name: self.layout.log_stream(),
            subjects: vec![self.layout.log(epoch)],
            // One more, for an entry without effect.
            max_msgs_per_subject: i64::try_from(self.config.keep).unwrap_or(i64::MAX - 1) + 1,
            max_age: nanos,
            max_bytes: bytes.unwrap_or(-1),
            duplicate_window: nanos.min(ONCE_NANOS),
            republish: Some(crate::jetstream::Republish {
                src: self.layout.log(epoch),
                dest: self.layout.live(epoch),
            }),
            ..self.base_config()
        }
    }

    fn member_config(&self, epoch: u64) -> StreamConfig {
        StreamConfig {
            name: self.layout.member_stream(epoch),
            subjects: vec![self.layout.members(epoch)],
            max_msgs_per_subject: 1,
            max_age: 0,
            max_bytes: -1,
            duplicate_window: ONCE_NANOS,
            republish: None,
            ..self.base_config()
        }
    }

    fn base_config(&self) -> StreamConfig {
        StreamConfig {
            name: String::new(),
            subjects: Vec::new(),
            storage: match self.config.storage {
                Storage::Memory => "memory".to_owned(),
                Storage::File => "file".to_owned(),
            },
            num_replicas: self.config.replicas,
            max_msgs_per_subject: 1,
            max_age: 0,
            max_bytes: -1,
            duplicate_window: ONCE_NANOS,
            allow_direct: true,
            republish: None,
        }
    }
}

fn refused(text: String) -> Failure {
    Failure::Refused(crate::link::Refusal { code: 0, text })
}
