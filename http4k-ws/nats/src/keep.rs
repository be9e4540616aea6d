//! The task of an engine: it keeps a link, checks the streams, and carries entries to the node.
//!
//! 1. [`keep`] opens a link, checks the streams on it, reports that the engine is up, subscribes to
//!    every topic of interest, and watches the link. When it ends, the next one is opened.
//! 2. A topic is ready once the server has confirmed its subscription.
//! 3. Interest is a set and a list of changes. A new link needs the set, an open one the changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::Message;
use futures_util::stream::{BoxStream, SelectAll};
use futures_util::{FutureExt, StreamExt};
use http4k_ws::topics::engine::EngineEvent;
use http4k_ws::topics::{Position, TopicName};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use crate::jetstream::MESSAGE_ID;
use crate::link::{Failure, Link};
use crate::log::{BASE, EMPTY};
use crate::shared::Shared;

/// The longest time between two attempts to connect.
const MAX_BACKOFF: Duration = Duration::from_secs(1);

/// The number of subscriptions that are confirmed at once.
const BATCH: usize = 512;

/// The pause after entries were left out, before the topics are checked.
const SLOW: Duration = Duration::from_secs(1);

/// The topics that a link is subscribed to.
struct Subscribed {
    entries: SelectAll<BoxStream<'static, (TopicName, Message)>>,
    /// A subscription ends when its sender is dropped.
    topics: HashMap<TopicName, oneshot::Sender<()>>,
}

/// A task that ends with the value that started it.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Shared {
    /// Connects, and checks the streams.
    pub(crate) async fn open(self: &Arc<Self>) -> Result<(Arc<Link>, u64), String> {
        let link = Arc::new(Link::open(&self.config).await?);
        let checked = async {
            link.first_reply(&self.layout.log_stream()).await?;
            self.check(&link).await
        };
        match checked.await {
            Ok(epoch) => Ok((link, epoch)),
            Err(Failure::Absent) => Err("JetStream is not enabled on the server".to_owned()),
            Err(other) => Err(other.to_string()),
        }
    }

    /// Serves an open link until it ends, and returns the cause.
    async fn serve(self: &Arc<Self>, link: &Arc<Link>, epoch: u64) -> Result<(), String> {
        let mut subscribed = Subscribed {
            entries: SelectAll::new(),
            topics: HashMap::new(),
        };
        let topics = {
            let mut state = self.lock();
            state.changes.clear();
            state.interest.keys().cloned().collect::<Vec<_>>()
        };
        self.up(link, epoch);
        let shared = Arc::clone(self);
        let _touching = Task(tokio::spawn(async move { shared.touch_regularly().await }));
        self.subscribe(link, &mut subscribed, topics).await?;
        let (mut missed, mut recheck) = (link.missed(), None);
        loop {
            tokio::select! {
                cause = link.ended() => return Err(cause),
                () = self.changed.notified() => self.apply_changes(link, &mut subscribed).await?,
                Some((topic, message)) = subscribed.entries.next() => self.carry(&topic, message),
                Ok(()) = missed.changed() => {
                    recheck.get_or_insert_with(|| Instant::now() + SLOW);
                }
                () = sleep_until(recheck.unwrap_or_else(Instant::now)), if recheck.is_some() => {
                    recheck = None;
                    self.ready(self.topics());
                }
            }
        }
    }

    /// Subscribes to topics, and reports them as ready.
    async fn subscribe(
        &self,
        link: &Link,
        subscribed: &mut Subscribed,
        topics: Vec<TopicName>,
    ) -> Result<(), String> {
        for batch in topics.chunks(BATCH) {
            for topic in batch {
                let subject = self.layout.carried(topic);
                let entries = link.subscribe(subject).await;
                let entries = entries.map_err(|failure| failure.to_string())?;
                let (alive, ended) = oneshot::channel();
                let name = topic.clone();
                let entries = entries.take_until(ended.map(drop));
                let entries = entries.map(move |message| (name.clone(), message));
                subscribed.entries.push(entries.boxed());
                subscribed.topics.insert(topic.clone(), alive);
            }
            let synced = link.sync(&self.layout).await;
            synced.map_err(|failure| failure.to_string())?;
            let state = self.lock();
            let still = batch
                .iter()
                .filter(|topic| state.interest.contains_key(topic));
            let still = still.cloned().collect();
            drop(state);
            self.ready(still);
        }
        Ok(())
    }

    async fn apply_changes(&self, link: &Link, subscribed: &mut Subscribed) -> Result<(), String> {
        let (added, removed): (Vec<TopicName>, Vec<TopicName>) = {
            let mut state = self.lock();
            let mut changes = std::mem::take(&mut state.changes);
            // Several changes of one topic are one.
            changes.sort_unstable();
            changes.dedup();
            changes
                .into_iter()
                .partition(|topic| state.interest.contains_key(topic))
        };
        for topic in removed.iter().chain(&added) {
            subscribed.topics.remove(topic);
        }
        self.subscribe(link, subscribed, added).await
    }

    /// Passes an entry to the node.
    fn carry(&self, topic: &TopicName, message: Message) {
        let headers = message.headers.as_ref();
        let header = |name: &str| headers?.get(name).map(|value| value.as_str());
        let number = |name: &str| header(name)?.parse::<u64>().ok();
        let read = || {
            let epoch = self.layout.epoch_of_carried(&message.subject)?;
            Some((
                epoch,
                number("Nats-Sequence")?,
                number("Nats-Last-Sequence")?,
            ))
        };
        let Some((epoch, seq, prev)) = read() else {
            log::warn!("foreign message on the subject {:?}", message.subject);
            return;
        };
        let base = header(EMPTY).map(|_| number(BASE).unwrap_or(seq));
        self.know(topic, epoch, seq, base, false);
        let mut state = self.lock();
        if let Some(id) = header(MESSAGE_ID) {
            state.witness(epoch, seq, id);
        }
        if state.interest.contains_key(topic) {
            state.send(EngineEvent::Entry {
                topic: topic.clone(),
                at: Position::new(epoch, seq),
                prev,
                bytes: message.payload,
            });
        }
    }
}

/// Keeps a link, of which the first is given, for as long as the task runs.
pub(crate) async fn keep(shared: Arc<Shared>, first: (Arc<Link>, u64)) {
    let mut next = Some(first);
    loop {
        if let Some((link, epoch)) = next.take() {
            let Err(cause) = shared.serve(&link, epoch).await else {
                continue;
            };
            let shown = shared.config.shown();
            log::warn!("NATS at {shown} is lost: {}", cause.escape_debug());
            shared.down(&cause);
        }
        let mut backoff = Duration::from_millis(25);
        next = loop {
            match shared.open().await {
                Ok(opened) => break Some(opened),
                Err(cause) => {
                    let shown = shared.config.shown();
                    log::debug!("cannot use NATS at {shown}: {}", cause.escape_debug());
                    shared.down(&cause);
                }
            }
            backoff = (backoff * 2).min(MAX_BACKOFF);
            // Between a half and the whole of it, so that nodes do not connect at once.
            sleep(backoff.mul_f64(0.5 + f64::from(rand::random::<u8>()) / 512.0)).await;
        };
        log::info!("NATS at {} is connected again", shared.config.shown());
    }
}
