//! One Redis server: its link, which is replaced when it ends, and the topics of interest there.
//!
//! 1. [`keep`] opens a link, subscribes to every topic of interest, reports that they are ready,
//!    and watches the link. When it ends, the next one is opened.
//! 2. Entries of a link are accepted only while it is the current one. The check and the queueing
//!    are one step, so no entry of an old process follows one of a new process.
//! 3. Interest is a set and a list of changes. A new link needs the set, an open one the changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{AsyncPushSender, SendError};
use redis::{Pipeline, PushInfo, PushKind, Value};
use tokio::sync::Notify;
use tokio::time::{Instant, interval_at, sleep};

use super::config::{Address, RedisConfig};
use super::layout::Layout;
use super::link::{BATCH, LIFE_MS, LIMIT, Link};
use super::node::NodeEvents;
use super::reply;
use super::script::Script;
use crate::message::printable;
use crate::topics::engine::{Down, EngineEvent, Interest};
use crate::topics::name::TopicName;

/// The time between two renewals of the life of logs in use.
const TOUCH: Duration = Duration::from_secs(60 * 60);

/// The longest time between two attempts to connect.
const MAX_BACKOFF: Duration = Duration::from_secs(1);

/// One server of an engine.
pub(super) struct Server {
    pub(super) index: usize,
    config: Arc<RedisConfig>,
    address: Address,
    layout: Layout,
    events: Arc<NodeEvents>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    link: Option<Arc<Link>>,
    /// The number of the current link. Pushes of another are ignored.
    generation: u64,
    /// The cause of the last failure.
    cause: String,
    /// The topics of interest, by their channels.
    interest: HashMap<String, TopicName>,
    /// The channels whose interest has changed since the link was subscribed.
    changes: Vec<String>,
}

impl Server {
    pub(super) fn new(
        index: usize,
        config: &Arc<RedisConfig>,
        layout: &Layout,
        events: &Arc<NodeEvents>,
    ) -> Self {
        Self {
            index,
            config: Arc::clone(config),
            address: config.servers[index].clone(),
            layout: layout.clone(),
            events: Arc::clone(events),
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Returns the address, without credentials.
    pub(super) fn shown(&self) -> &str {
        &self.address.shown
    }

    /// Opens a link, which replaces the one before.
    pub(super) async fn open(self: &Arc<Self>) -> Result<Arc<Link>, String> {
        let generation = {
            let mut state = self.lock();
            state.generation += 1;
            state.link = None;
            state.generation
        };
        let pushed = Pushed {
            server: Arc::clone(self),
            generation,
        };
        let link = Link::open(&self.config, &self.address, &self.layout, pushed).await?;
        let link = Arc::new(link);
        self.lock().link = Some(Arc::clone(&link));
        Ok(link)
    }

    /// Returns the current link.
    pub(super) fn link(&self) -> Result<Arc<Link>, Down> {
        let state = self.lock();
        let link = state.link.clone();
        link.ok_or_else(|| Down::new(&state.cause))
    }

    /// Drops the link, after a failure or for good.
    pub(super) fn close(&self, cause: &str) {
        let mut state = self.lock();
        state.generation += 1;
        state.cause = format!("Redis at {}: {}", self.address.shown, printable(cause));
        // The tasks of the link end outside the lock.
        let link = state.link.take();
        let cause = state.cause.clone();
        drop(state);
        drop(link);
        self.events.down(self.index, cause);
    }

    /// Adds or removes interest in topics of this server.
    pub(super) fn change(&self, changes: Vec<Interest>) {
        let mut state = self.lock();
        for change in changes {
            let (Interest::Add(topic) | Interest::Remove(topic)) = &change;
            let channel = self.layout.topic(topic).channel();
            let changed = match change {
                Interest::Add(topic) => state.interest.insert(channel.clone(), topic).is_none(),
                Interest::Remove(_) => state.interest.remove(&channel).is_some(),
            };
            if changed {
                state.changes.push(channel);
            }
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Removes the interest in all topics.
    pub(super) fn clear(&self) {
        let mut state = self.lock();
        let removed = std::mem::take(&mut state.interest);
        state.changes.extend(removed.into_keys());
        drop(state);
        self.changed.notify_one();
    }

    /// Returns the topics of interest.
    pub(super) fn topics(&self) -> Vec<TopicName> {
        self.lock().interest.values().cloned().collect()
    }

    /// Subscribes to channels in batches, and reports the topic of each as ready.
    async fn subscribe(&self, link: &Link, channels: &[String]) -> Result<(), String> {
        for batch in channels.chunks(BATCH) {
            link.subscribe(true, batch).await?;
            let state = self.lock();
            let topics = batch.iter();
            let topics = topics.filter_map(|channel| state.interest.get(channel).cloned());
            let topics: Vec<TopicName> = topics.collect();
            drop(state);
            if !topics.is_empty() {
                self.events.send(EngineEvent::Ready(topics));
            }
        }
        Ok(())
    }

    async fn apply_changes(&self, link: &Link) -> Result<(), String> {
        let (added, removed): (Vec<String>, Vec<String>) = {
            let mut state = self.lock();
            let mut changes = std::mem::take(&mut state.changes);
            // Several changes of one channel are one.
            changes.sort_unstable();
            changes.dedup();
            let of_interest = |channel: &String| state.interest.contains_key(channel);
            changes.into_iter().partition(of_interest)
        };
        for batch in removed.chunks(BATCH) {
            link.subscribe(false, batch).await?;
        }
        self.subscribe(link, &added).await
    }

    /// Renews the life of the logs of interest, so that a quiet one does not expire.
    async fn touch(&self, link: &Link) -> Result<(), String> {
        let topics = self.topics();
        for batch in topics.chunks(BATCH) {
            let mut pipe = Pipeline::with_capacity(batch.len());
            for topic in batch {
                let [numbers, _, members] = self.layout.topic(topic).log();
                let mut touch = link.script(Script::Touch, &[numbers, members]);
                touch.arg(LIFE_MS);
                pipe.add_command(touch);
            }
            let touched = link.run_all(&pipe).await;
            touched.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Serves an open link until it ends, and returns the cause.
    async fn serve(&self, link: &Link) -> Result<(), String> {
        let channels: Vec<String> = {
            let mut state = self.lock();
            state.changes.clear();
            state.interest.keys().cloned().collect()
        };
        self.events.up(self.index);
        self.subscribe(link, &channels).await?;
        let mut ping = interval_at(Instant::now() + LIMIT, LIMIT);
        let mut touch = interval_at(Instant::now() + TOUCH, TOUCH);
        loop {
            tokio::select! {
                () = link.ended() => return Err("the connection ended".to_owned()),
                () = self.changed.notified() => self.apply_changes(link).await?,
                _ = touch.tick() => self.touch(link).await?,
                _ = ping.tick() => {
                    link.ping().await?;
                    if !link.is_one_process().await? {
                        return Err("the proxy has switched servers".to_owned());
                    }
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a link to `server`, of which `link` is the first, for as long as the task runs.
pub(super) async fn keep(server: Arc<Server>, link: Arc<Link>) {
    let mut next = Some(link);
    loop {
        if let Some(link) = next.take() {
            let Err(cause) = server.serve(&link).await else {
                continue;
            };
            log::warn!("Redis at {} is lost: {}", server.shown(), printable(&cause));
            server.close(&cause);
        }
        let mut backoff = Duration::from_millis(25);
        let link = loop {
            match server.open().await {
                Ok(link) => break link,
                Err(cause) => {
                    let shown = server.shown();
                    log::debug!("cannot connect to Redis at {shown}: {}", printable(&cause));
                    server.close(&cause);
                }
            }
            backoff = (backoff * 2).min(MAX_BACKOFF);
            // Between a half and the whole of it, so that nodes do not connect at once.
            sleep(backoff.mul_f64(0.5 + f64::from(rand::random::<u8>()) / 512.0)).await;
        };
        log::info!("Redis at {} is connected again", server.shown());
        next = Some(link);
    }
}

/// Accepts the pushes of one link.
struct Pushed {
    server: Arc<Server>,
    generation: u64,
}

impl AsyncPushSender for Pushed {
    fn send(&self, push: PushInfo) -> Result<(), SendError> {
        if push.kind != PushKind::Message {
            return Ok(());
        }
        let parts = <[Value; 2]>::try_from(push.data);
        let Ok([Value::BulkString(channel), Value::BulkString(body)]) = parts else {
            return Ok(());
        };
        let channel = String::from_utf8_lossy(&channel);
        let Some((at, bytes)) = reply::pushed(body) else {
            log::warn!("foreign message on channel {}", printable(channel));
            return Ok(());
        };
        let state = self.server.lock();
        if state.generation != self.generation {
            return Ok(());
        }
        if let Some(topic) = state.interest.get(&*channel) {
            self.server.events.send(EngineEvent::Entry {
                topic: topic.clone(),
                at,
                prev: at.offset().saturating_sub(1),
                bytes,
            });
        }
        Ok(())
    }
}
