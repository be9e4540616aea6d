//! Joining a topic.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::{Arc, PoisonError};

use tokio::time::{Instant, timeout_at};

use super::error::JoinError;
use super::health::Health;
use super::hub::{Hub, NodeTopic, Place, State, Subscribed, WAIT};
use super::membership::Membership;
use super::outlet::Outlet;
use super::outlet::private::AnyOutlet;
use super::position::Position;
use super::resume::Resume;
use super::topic::Topic;
use crate::lens::Message;
use crate::message::Request;

/// The maximum number of bytes in the name of a member.
const MAX_NAME: usize = 256;

/// The maximum number of topics of one socket or stream.
const MAX_TOPICS: usize = 64;

/// A join that is awaited. See [`Topic::join`].
///
/// A socket or stream may be in 64 topics at a time.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::topics::{Feed, Resume, Topics};
///
/// type Socket = WebSocket<String, Feed<String>>;
///
/// async fn listen(ws: Socket, news: Topics<String>, from: Resume) -> WsResult {
///     let _membership = news.topic("all").join(&ws).member("ann").after(from).await?;
///     ws.closed().await;
///     Ok(())
/// }
///
/// let news = Topics::new("news");
/// let app = routes! { "/news" => ws(listen(ws, news, _)) };
/// let caught_up = app.test_ws("/news").received().next().unwrap().unwrap();
/// assert!(caught_up.text().contains("caughtUp"), "{caught_up:?}");
/// ```
#[must_use = "a join must be awaited"]
pub struct Join<M> {
    topic: Topic<M>,
    outlet: Arc<dyn Outlet>,
    /// The refusal of the guard.
    refused: Option<JoinError>,
    name: Option<String>,
    after: Option<Position>,
    until: Option<Instant>,
}

impl<M: Message + Clone> Join<M> {
    pub(super) fn new(topic: Topic<M>, request: &Request, outlet: AnyOutlet) -> Self {
        let refused = match (topic.name(), &topic.topics.settings.guard) {
            (Err(error), _) => Some(error.into()),
            (Ok(name), Some(guard)) => guard(request, name)
                .err()
                .map(|response| JoinError::Refused(response.status())),
            (Ok(_), None) => None,
        };
        Self {
            topic,
            outlet: outlet.0,
            refused,
            name: None,
            after: None,
            until: None,
        }
    }

    /// Makes the subscriber a member, present under `name` for all others until it leaves.
    /// Joining fails with [`JoinError::LongName`] if `name` has more than 256 bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Topic, Topics};
    ///
    /// async fn chat(ws: WebSocket<String, Feed<String>>, room: Topic<String>) -> WsResult {
    ///     let _here = room.join(&ws).member("ann").await?;
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let tea = Topics::new("room").topic("tea");
    /// let room = tea.clone();
    /// let app = routes! { "/" => ws(chat(ws, room)) };
    /// let mut client = app.connect_ws("/").await.unwrap();
    /// client.recv().await.unwrap();
    /// assert_eq!(tea.members().await.unwrap().0[0].name, "ann");
    /// # }
    /// ```
    pub fn member(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Resumes behind a position: a [`Resume`], a [`Position`] or an `Option` of one.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Position, Topic, Topics};
    ///
    /// async fn listen(
    ///     ws: WebSocket<String, Feed<String>>,
    ///     news: Topic<String>,
    ///     seen: Position,
    /// ) -> WsResult {
    ///     let _here = news.join(&ws).after(seen).await?;
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let news = Topics::new("news").topic("all");
    /// let seen = news.publish("rain".to_owned()).await?;
    /// news.publish("sun".to_owned()).await?;
    ///
    /// let app = routes! { "/" => ws(listen(ws, news, seen)) };
    /// let mut client = app.connect_ws("/").await.unwrap();
    /// assert!(client.recv().await?.unwrap().text().contains("sun"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn after(mut self, resume: impl Into<Resume>) -> Self {
        self.after = resume.into().after;
        self
    }

    /// Ends the membership at `time`, for example when a token expires. The socket is closed with
    /// 1008.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Instant;
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Topic, Topics};
    ///
    /// async fn listen(ws: WebSocket<String, Feed<String>>, news: Topic<String>) -> WsResult {
    ///     let _here = news.join(&ws).until(Instant::now()).await?; // The token has expired.
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// let news = Topics::new("news").topic("all");
    /// let app = routes! { "/" => ws(listen(ws, news)) };
    /// assert_eq!(app.test_ws("/").closed().unwrap().code(), 1008);
    /// ```
    pub fn until(mut self, time: impl Into<std::time::Instant>) -> Self {
        self.until = Some(Instant::from_std(time.into()));
        self
    }

    async fn join(self) -> Result<Membership<M>, JoinError> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        if let Some(long) = self.name.as_ref().filter(|name| name.len() > MAX_NAME) {
            return Err(JoinError::LongName(long.len()));
        }
        let hub = Arc::clone(self.topic.hub());
        let place = OneOf::take(&hub, self.outlet.id())?;
        let settings = &self.topic.topics.settings;
        let name = self.topic.name()?;
        let opened = Opened {
            topic: hub.open(name, settings.policy, &self.topic.topics.codec),
            hub: Arc::clone(&hub),
        };
        let deadline = Instant::now() + WAIT;
        located(&hub, &opened.topic, deadline).await?;
        let here = match self.after {
            None => Start::Here,
            Some(after) => start_of(&hub, &opened.topic, after, deadline).await?,
        };
        let number = hub.next_number();
        let (outlet, named) = (Arc::clone(&self.outlet), self.name);
        let subscribers = hub.change(&opened.topic, |state| {
            here.subscribe(state, number, outlet, named)
        });
        hub.metrics
            .notify(|metrics| metrics.subscribers(name, subscribers));
        let topic = Arc::clone(&opened.topic);
        drop(opened);
        let membership = Membership::new(self.topic, topic, number, place);
        Ok(match self.until {
            Some(time) => membership.until(time),
            None => membership,
        })
    }
}

/// The place at which a subscriber starts.
enum Start {
    /// At the position of the node.
    Here,
    /// Ahead of the node, with entries that were received elsewhere.
    Seen(Position),
    /// Behind this entry.
    Behind(Position),
    /// Entries are lost.
    Lost,
}

impl Start {
    /// Returns the place of the subscriber, and `true` if a loss must be reported to it first.
    fn place(self, state: &State) -> (Place, bool) {
        let at = state.at;
        match self {
            Self::Here => (Place::Live { seen: 0 }, false),
            Self::Seen(seen) if seen.epoch() == at.epoch() => {
                let seen = seen.offset();
                (Place::Live { seen }, false)
            }
            Self::Behind(after) if after.epoch() == at.epoch() => {
                // Entries of other epochs came between, if the log returned to this one.
                let returned = state.rule.returned();
                let lost = returned.is_some_and(|at| after.offset() <= at.offset());
                (Place::Lagging(after), lost)
            }
            _ => (Place::Lagging(at), true),
        }
    }

    /// Adds a subscriber, which is a member if it is named. Returns the number of subscribers.
    fn subscribe(
        self,
        state: &mut State,
        number: u64,
        outlet: Arc<dyn Outlet>,
        name: Option<String>,
    ) -> usize {
        let (place, lost) = self.place(state);
        match place {
            Place::Live { .. } => state.ungreeted.push(number),
            Place::Lagging(_) => state.lagging.push(number),
        }
        if let Some(name) = &name {
            state.due.insert(number, name.clone());
        }
        let subscribed = Subscribed {
            outlet,
            place,
            lost,
            moved: 0,
            after_loss: false,
            not_before: None,
            greet: true,
            name,
        };
        state.subscribers.insert(number, subscribed);
        state.subscribers.len()
    }
}

/// Waits until the position of the topic is known, and the engine is reached.
async fn located(
    hub: &Arc<Hub>,
    topic: &Arc<NodeTopic>,
    deadline: Instant,
) -> Result<(), JoinError> {
    loop {
        let changed = topic.changed.notified();
        let health = hub.health.get();
        let known = topic.lock().rule.at();
        let cause = match (health, known) {
            (Health::Up { .. }, Some(_)) => return Ok(()),
            (Health::Up { .. }, None) => "it sent no position in time".to_owned(),
            // Another part of the engine may be down.
            (Health::Down { .. }, Some(_)) if is_reached(hub, topic, deadline).await => {
                return Ok(());
            }
            (Health::Down { cause, .. }, _) => cause,
        };
        let wait = async {
            tokio::select! {
                () = changed => {}
                () = hub.wait_for_engine(WAIT) => {}
            }
        };
        if timeout_at(deadline, wait).await.is_err() {
            return Err(JoinError::Unavailable(cause));
        }
    }
}

/// Returns `true` if the part of the engine that has the topic responds.
async fn is_reached(hub: &Arc<Hub>, topic: &Arc<NodeTopic>, deadline: Instant) -> bool {
    let asked = topic.lock().rule.at();
    let positions = hub.engine.positions(std::slice::from_ref(&topic.name));
    match timeout_at(deadline, positions).await {
        Ok(Ok(positions)) => {
            let now = positions.first().copied();
            now.into_iter()
                .for_each(|now| hub.located(topic, asked, now));
            true
        }
        _ => false,
    }
}

/// Finds the place of a client that resumes.
async fn start_of(
    hub: &Arc<Hub>,
    topic: &Arc<NodeTopic>,
    after: Position,
    deadline: Instant,
) -> Result<Start, JoinError> {
    let asked = topic.lock().at;
    if after.epoch() == asked.epoch() && after.offset() <= asked.offset() {
        return Ok(Start::Behind(after));
    }
    // The client may know more than this node, or claim to.
    let names = std::slice::from_ref(&topic.name);
    let known = topic.lock().rule.at();
    let positions = hub.retry(deadline, || hub.engine.positions(names)).await;
    let positions = positions.map_err(|down| JoinError::Unavailable(down.cause))?;
    let Some(now) = positions.first().copied() else {
        return Ok(Start::Lost);
    };
    hub.located(topic, known, now);
    let at = topic.lock().at;
    Ok(match after.epoch() == now.epoch() {
        true if after.epoch() != at.epoch() || after.offset() > now.offset() => Start::Lost,
        true if after.offset() > at.offset() => Start::Seen(after),
        true => Start::Behind(after),
        false => Start::Lost,
    })
}

/// Keeps a topic open during a join.
struct Opened {
    hub: Arc<Hub>,
    topic: Arc<NodeTopic>,
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.hub.leave_open(&self.topic);
    }
}

/// One of the topics of a socket or stream, until it is dropped.
pub(super) struct OneOf {
    hub: Arc<Hub>,
    socket: u64,
}

impl OneOf {
    fn take(hub: &Arc<Hub>, socket: u64) -> Result<Self, JoinError> {
        let mut sockets = hub.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let topics = sockets.entry(socket).or_default();
        if *topics >= MAX_TOPICS {
            return Err(JoinError::TooManyTopics(MAX_TOPICS));
        }
        *topics += 1;
        drop(sockets);
        Ok(Self {
            hub: Arc::clone(hub),
            socket,
        })
    }
}

impl Drop for OneOf {
    fn drop(&mut self) {
        let sockets = self.hub.sockets.lock();
        let mut sockets = sockets.unwrap_or_else(PoisonError::into_inner);
        if let Some(topics) = sockets.get_mut(&self.socket) {
            *topics -= 1;
            if *topics == 0 {
                sockets.remove(&self.socket);
            }
        }
    }
}

/// Joins the topic.
///
/// # Errors
///
/// See [`JoinError`]. The join waits for an engine that cannot be reached, for 2 s.
///
/// # Cancel safety
///
/// If the future is dropped early, the socket has not joined.
///
/// # Panics
///
/// Panics outside a tokio runtime.
impl<M: Message + Clone> IntoFuture for Join<M> {
    type Output = Result<Membership<M>, JoinError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.join())
    }
}

impl<M> fmt::Debug for Join<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join")
            .field("topic", &self.topic)
            .field("name", &self.name)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}
