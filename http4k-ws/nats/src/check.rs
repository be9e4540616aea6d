//! The check of the streams: on each new link, and whenever no stream has a subject.
//!
//! 1. The epoch is a part of the subjects in the configuration of the log, so creating the log
//!    chooses it.
//! 2. A server without a cluster looks for the name of a stream first, and enters the new one last.
//!    If several nodes create the log at once, it may therefore create several. Only the one that
//!    it enters last has the name. Each other still stores and carries what has its subjects, and
//!    a node in its epoch would be alone. So a node waits for a random time before it creates the
//!    log, and none uses a log before it is [`SETTLED`].
//! 3. A server that is slower than that is found out later: every operation that reads, and every
//!    heartbeat, fails if the epoch is not that of the log ([`Shared::still`]).
//! 4. The same must not happen to the members. So the one node that knows an epoch first creates
//!    their stream, before it creates the log or ends the epoch before.
//! 5. An entry is stored in the epoch of its subject or not at all, and its subject tells the epoch
//!    when it is carried. So nothing depends on when a node notices a new epoch.
//! 6. If the log no longer has an entry that this node has seen, or the members of this epoch are
//!    gone, the epoch ends, and another begins.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::config::Storage;
use crate::jetstream::{Info, MESSAGE_ID, Republish, StreamConfig, code};
use crate::link::{Failure, Link};
use crate::shared::{Current, Shared};

/// The changes of the streams that one check follows.
const STEPS: usize = 8;

/// The longest time before a node creates a log that does not exist (2).
const SPREAD: Duration = Duration::from_millis(100);

/// The age of a log from which a node uses it (2).
const SETTLED: Duration = Duration::from_millis(250);

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
        let log = self.layout.log_stream();
        let mut is_settled = false;
        for _ in 0..STEPS {
            let Some(info) = link.info(&log).await? else {
                self.create(link).await?;
                continue;
            };
            // Once only: the clocks of the node and the server may differ.
            if let (false, Some(left)) = (is_settled, unsettled(&info)) {
                is_settled = true;
                sleep(left).await;
                continue;
            }
            let Some(epoch) = self.layout.epoch_of(&info.config.subjects) else {
                let text = format!("the stream {log} is not one of http4k-ws");
                return Err(refused(text));
            };
            if let Some(end) = self.end_of(link, epoch).await? {
                self.begin(link, info, end).await?;
            } else if self.has_lost(link, epoch).await? {
                self.end_without_entries(link, epoch).await?;
            } else if !self.members_are_kept(link, epoch).await? {
                self.end_without_members(link, epoch).await?;
            } else {
                self.configure(link, epoch, &info).await;
                return Ok(epoch);
            }
        }
        let cause = "the streams change all the time".to_owned();
        Err(Failure::NoReply(cause))
    }

    /// Changes the settings of the log, if others are wanted.
    async fn configure(&self, link: &Link, epoch: u64, info: &Info) {
        let wanted = self.log_config(epoch);
        if wanted.differs_from(&info.config) {
            if let Err(failure) = link.update(&wanted).await {
                log::warn!("cannot change the stream {}: {failure}", wanted.name);
            }
        }
        if wanted.storage != info.config.storage {
            let storage = &info.config.storage;
            log::warn!("the stream {} has the storage {storage}", wanted.name);
        }
    }

    /// Returns `true` if an entry that this node has seen is not in the log as it was.
    async fn has_lost(&self, link: &Link, epoch: u64) -> Result<bool, Failure> {
        let witness = {
            let state = self.lock();
            let mut witnesses = state.witnesses.iter();
            witnesses.find(|witness| witness.epoch == epoch).cloned()
        };
        let Some(witness) = witness else {
            return Ok(false);
        };
        let log = self.layout.log_stream();
        let mut lags = self.lags();
        while link
            .info(&log)
            .await?
            .ok_or(Failure::Absent)?
            .state
            .last_seq
            < witness.seq
        {
            if !lags.wait().await {
                return Ok(true);
            }
        }
        let there = link.at(&log, witness.seq).await?;
        Ok(there.is_some_and(|there| there.header(MESSAGE_ID) != Some(&witness.id)))
    }

    /// Creates the log with a new epoch, unless another node does so, and waits until it is
    /// settled. Removes the members of the other epochs.
    async fn create(&self, link: &Link) -> Result<(), Failure> {
        let log = self.layout.log_stream();
        sleep(SPREAD.mul_f64(f64::from(rand::random::<u16>()) / 65_536.0)).await;
        if link.info(&log).await?.is_some() {
            return Ok(());
        }
        // Those that exist by now are of other epochs.
        let mut obsolete = link.streams_of(&self.layout.all_members()).await?;
        let epoch = rand::random();
        link.create(&self.member_config(epoch)).await?;
        match link.create(&self.log_config(epoch)).await {
            Ok(_) => {}
            Err(failure) if failure.is(code::NAME_IN_USE) => {}
            Err(failure) => return Err(failure),
        }
        sleep(SETTLED).await;
        let info = link.info(&log).await?;
        let now = info.and_then(|info| self.layout.epoch_of(&info.config.subjects));
        if now != Some(epoch) {
            obsolete = vec![self.layout.member_stream(epoch)];
        }
        for stream in obsolete {
            link.delete(&stream).await?;
        }
        Ok(())
    }

    /// Opens the stream of the members. Returns `false` if the one of this epoch is gone.
    pub(crate) async fn members_are_kept(&self, link: &Link, epoch: u64) -> Result<bool, Failure> {
        let wanted = self.member_config(epoch);
        let known = self.lock().members_created.clone();
        let known = known.filter(|known| known.0 == epoch);
        let info = match link.info(&wanted.name).await? {
            Some(info) => info,
            None if known.is_some() => return Ok(false),
            // The node that was to create it has failed.
            None => match link.create(&wanted).await {
                Err(failure) if code::EXISTS.iter().any(|code| failure.is(*code)) => {
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
        let created = (epoch, info.created);
        let is_kept = known.is_none_or(|known| known == created);
        self.lock().members_created = Some(created);
        Ok(is_kept)
    }

    pub(crate) fn log_config(&self, epoch: u64) -> StreamConfig {
        let nanos = u64::try_from(self.config.max_age.as_nanos()).unwrap_or(u64::MAX);
        let bytes = self
            .config
            .max_bytes
            .and_then(|bytes| i64::try_from(bytes).ok());
        let (src, dest) = self.layout.republished();
        StreamConfig {
            name: self.layout.log_stream(),
            subjects: vec![self.layout.log(epoch)],
            // One more, for an entry without effect.
            max_msgs_per_subject: i64::try_from(self.config.keep).unwrap_or(i64::MAX - 1) + 1,
            max_age: nanos,
            max_bytes: bytes.unwrap_or(-1),
            duplicate_window: nanos.min(ONCE_NANOS),
            republish: Some(Republish { src, dest }),
            ..self.base_config()
        }
    }

    pub(crate) fn member_config(&self, epoch: u64) -> StreamConfig {
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

/// Returns the time until a log may be used, if it is too young (2).
fn unsettled(info: &Info) -> Option<Duration> {
    let left = SETTLED.checked_sub(info.age()?)?;
    (!left.is_zero()).then_some(left)
}

fn refused(text: String) -> Failure {
    Failure::Refused(crate::link::Refusal { code: 0, text })
}
