//! One topic: publishing, joining, and what its log says.

use std::fmt;

use tokio::time::Instant;

use super::codec;
use super::engine::{Down, Member, MemberId};
use super::entry::{Entry, Kind};
use super::error::{JoinError, PublishError};
use super::feed::Feed;
use super::hub::{Hub, Outgoing, WAIT};
use super::join::Join;
use super::kind::Topics;
use super::membership::Membership;
use super::name::{TopicName, TopicNameError};
use super::outlet::Subscriber;
use super::position::Position;
use super::resume::Resume;
use crate::lens::Message;
use crate::message::WsMessage;
use crate::session::WebSocket;
use crate::sse::Sse;
use std::sync::Arc;

/// The number of members that one entry removes.
const EVICTED: usize = 1000;

/// One topic, such as the room `room/42`, whose messages are `M`.
///
/// It is a name with a policy. It costs nothing until a socket joins or a message is published.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::Topics;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
/// let news = Topics::<String>::new("news");
/// let all = news.topic("all");
/// let first = all.publish("rain".to_owned()).await?;
/// let second = all.publish("sun".to_owned()).await?;
/// assert_ne!(first, second);
/// assert_eq!(all.position().await?, second);
/// # Ok(())
/// # }
/// ```
pub struct Topic<M> {
    pub(super) topics: Topics<M>,
    name: Result<TopicName, TopicNameError>,
}

/// A part of what a topic keeps.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::Topics;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
/// let news = Topics::<String>::new("news").topic("all");
/// let rain = news.publish("rain".to_owned()).await?;
/// news.publish("sun".to_owned()).await?;
/// let history = news.history(rain).await?;
/// assert!(history.complete);
/// assert_eq!(history.messages.len(), 1);
/// assert_eq!(history.messages[0].1, "sun");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicHistory<M> {
    /// The messages, in order, with their positions.
    pub messages: Vec<(Position, M)>,
    /// `false` if messages between the requested position and the first one are no longer kept, or
    /// the position is of another epoch.
    pub complete: bool,
    /// The position up to which the messages were read. The next part begins behind it.
    pub up_to: Position,
    /// The position of the topic.
    pub last: Position,
}

impl<M: Message + Clone> Topic<M> {
    pub(super) fn new(topics: Topics<M>, name: Result<TopicName, TopicNameError>) -> Self {
        Self { topics, name }
    }

    /// Returns the name.
    ///
    /// # Errors
    ///
    /// [`TopicNameError`] if the text is not a name. Each use of the topic fails with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// let rooms = Topics::<String>::new("room");
    /// assert_eq!(rooms.topic("tea").name().unwrap().own(), "tea");
    /// assert!(rooms.topic("x".repeat(513)).name().is_err());
    /// ```
    pub fn name(&self) -> Result<&TopicName, TopicNameError> {
        self.name.as_ref().map_err(Clone::clone)
    }

    pub(super) fn hub(&self) -> &Arc<Hub> {
        &self.topics.node().0
    }

    /// Publishes a message to every subscriber on every node, and returns its position.
    ///
    /// The message is then stored by the engine. That a subscriber has received it is not known.
    ///
    /// # Errors
    ///
    /// See [`PublishError`]. The call waits for an engine that cannot be reached, for 2 s.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, the message may be stored or not.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let tea = Topics::new("room").topic("tea");
    /// let at = tea.publish("hello".to_owned()).await?;
    /// assert_eq!(tea.history(None).await?.messages, [(at, "hello".to_owned())]);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn publish(&self, message: M) -> Result<Position, PublishError> {
        self.publish_entry(message, None, String::new()).await
    }

    /// Publishes as [`publish`](Self::publish), to every subscriber but `member`.
    ///
    /// If that socket reconnects and resumes, it is another membership, and receives the message
    /// if it is behind the position that it resumes from.
    ///
    /// # Errors
    ///
    /// As [`publish`](Self::publish).
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Topic, Topics};
    ///
    /// async fn enter(ws: WebSocket<WsMessage, Feed<String>>, tea: Topic<String>) -> WsResult {
    ///     let here = tea.join(&ws).await?;
    ///     tea.publish_except(&here, "a guest has come".to_owned()).await?;
    ///     tea.publish("welcome".to_owned()).await?;
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// let tea = Topics::<String>::new("room").topic("tea");
    /// let app = routes! { "/" => ws(enter(ws, tea)) };
    /// let mut client = app.test_ws("/");
    /// let second = client.received().nth(1).unwrap().unwrap(); // The first is `caughtUp`.
    /// assert!(second.text().contains("welcome"));
    /// ```
    pub async fn publish_except(
        &self,
        member: &Membership<M>,
        message: M,
    ) -> Result<Position, PublishError> {
        let id = Some(member.id());
        self.publish_entry(message, id, String::new()).await
    }

    /// Publishes as [`publish`](Self::publish), with a key, such as the symbol of a price. For a
    /// subscriber that lags, the message supersedes earlier ones with the same key.
    ///
    /// A subscriber that keeps up receives every message. One that lags, because its queue is full
    /// or because it resumes, receives the latest of each key, as far as the ring of the node
    /// reaches (256 entries or 1 MiB). No message is decoded for that. Keys of more than 65,535
    /// bytes have no effect.
    ///
    /// # Errors
    ///
    /// As [`publish`](Self::publish).
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let prices = Topics::<String>::new("price").topic("all");
    /// prices.publish_keyed("TEA", "7".to_owned()).await?;
    /// prices.publish_keyed("TEA", "8".to_owned()).await?;
    /// assert_eq!(prices.history(None).await?.messages.len(), 2); // The log keeps both.
    /// # Ok(())
    /// # }
    /// ```
    pub async fn publish_keyed(
        &self,
        key: impl fmt::Display,
        message: M,
    ) -> Result<Position, PublishError> {
        self.publish_entry(message, None, key.to_string()).await
    }

    async fn publish_entry(
        &self,
        message: M,
        except: Option<MemberId>,
        key: String,
    ) -> Result<Position, PublishError> {
        let topic = self.name()?.clone();
        let settings = &self.topics.settings;
        let (written, payload) = codec::written(message)?;
        if payload.len() > settings.max_message {
            let (bytes, most) = (payload.len(), settings.max_message);
            return Err(PublishError::TooLarge { bytes, most });
        }
        let outgoing = Outgoing {
            topic,
            entry: Entry {
                kind: Kind::Message,
                written,
                except,
                key: key.into(),
                payload,
            },
            change: None,
            policy: settings.policy,
        };
        self.hub().publish(outgoing).await
    }

    /// Joins a socket or stream to the topic, which then receives its [`Feed`]. The builder is
    /// awaited.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Topic, Topics};
    ///
    /// async fn listen(ws: WebSocket<WsMessage, Feed<String>>, tea: Topic<String>) -> WsResult {
    ///     let _here = tea.join(&ws).member("ann").await?;
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// let tea = Topics::<String>::new("room").topic("tea");
    /// let app = routes! { "/" => ws(listen(ws, tea)) };
    /// let feed: Vec<_> = app.test_ws("/").received().take(2).map(Result::unwrap).collect();
    /// assert!(matches!(Feed::from_message(feed[0].clone()), Ok(Feed::<String>::CaughtUp { .. })));
    /// assert!(feed[1].text().contains("joined") && feed[1].text().contains("ann"));
    /// ```
    pub fn join(&self, to: &impl Subscriber<Feed<M>>) -> Join<M> {
        Join::new(self.clone(), to.opened_by(), to.outlet(false))
    }

    /// Joins a socket or stream that receives the messages alone.
    ///
    /// Losses cannot be reported among them. So a socket is closed with 4408 "messages lost" if any
    /// are lost. A stream receives an event named `lost`, and one named `caughtUp`, both without
    /// data.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Topic, Topics};
    ///
    /// async fn listen(ws: WebSocket<WsMessage, String>, tea: Topic<String>) -> WsResult {
    ///     let here = tea.join_plain(&ws).await?;
    ///     here.publish("hello".to_owned()).await?;
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// let tea = Topics::new("room").topic("tea");
    /// let app = routes! { "/" => ws(listen(ws, tea)) };
    /// assert_eq!(app.test_ws("/").received().next().unwrap().unwrap(), "hello");
    /// ```
    pub fn join_plain(&self, to: &impl Subscriber<M>) -> Join<M> {
        Join::new(self.clone(), to.opened_by(), to.outlet(true))
    }

    /// Sends the topic to a socket until it closes, as the consumer of a route. Its messages are
    /// ignored. It resumes by the query parameter `after`.
    ///
    /// # Errors
    ///
    /// See [`JoinError`].
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Topic, Topics};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let news: Topic<String> = Topics::new("news").topic("all");
    /// let seen = news.publish("rain".to_owned()).await?;
    /// news.publish("sun".to_owned()).await?;
    ///
    /// let app = routes! { "/news" => ws(news.follow(ws)) };
    /// let mut client = app.connect_ws(format!("/news?after={seen}").as_str()).await.unwrap();
    /// assert!(client.recv().await?.unwrap().text().contains("sun"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn follow(self, ws: WebSocket<WsMessage, Feed<M>>) -> Result<(), JoinError> {
        let resume = Resume::of(ws.request()).map_err(|_| refused_position())?;
        let _membership = self.join(&ws).after(resume).await?;
        ws.closed().await;
        Ok(())
    }

    /// Sends the topic to a stream of events until the client leaves, as the consumer of a route.
    /// It resumes by `Last-Event-ID`.
    ///
    /// # Errors
    ///
    /// See [`JoinError`].
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Topic, Topics};
    ///
    /// let news: Topic<String> = Topics::new("news").topic("all");
    /// let app = routes! { GET "/news" => sse(news.follow_events(sse)) };
    /// let first = app.test_sse("/news").received().next().unwrap().unwrap();
    /// assert!(first.data().contains("caughtUp"));
    /// ```
    pub async fn follow_events(self, sse: Sse<Feed<M>>) -> Result<(), JoinError> {
        let resume = Resume::of(sse.request()).map_err(|_| refused_position())?;
        let _membership = self.join(&sse).after(resume).await?;
        sse.closed().await;
        Ok(())
    }

    /// Returns messages that the topic keeps behind `after`, at most 256 entries and about 1 MiB.
    /// With `None` they begin with the oldest.
    ///
    /// # Errors
    ///
    /// See [`PublishError`]: [`Unavailable`](PublishError::Unavailable) if the engine cannot be
    /// reached for 2 s, and [`Unencodable`](PublishError::Unencodable) if a message is not an `M`.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let tea = Topics::<String>::new("room").topic("tea");
    /// let first = tea.publish("1".to_owned()).await?;
    /// let second = tea.publish("2".to_owned()).await?;
    /// assert_eq!(tea.history(None).await?.messages.len(), 2);
    /// let since = tea.history(first).await?;
    /// assert_eq!(since.messages, [(second, "2".to_owned())]);
    /// assert!(since.complete);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn history(
        &self,
        after: impl Into<Option<Position>>,
    ) -> Result<TopicHistory<M>, PublishError> {
        let (name, after) = (self.name()?, after.into());
        let from = after.map_or(0, Position::offset);
        let hub = self.hub();
        let read = || hub.engine.history(name, from, u64::MAX);
        let mut history = hub.retry(Instant::now() + WAIT, read).await.map_err(down)?;
        let same = after.is_none_or(|after| after.epoch() == history.last.epoch());
        if !same {
            let read = || hub.engine.history(name, 0, u64::MAX);
            history = hub.retry(Instant::now() + WAIT, read).await.map_err(down)?;
        }
        let from = if same { from } else { 0 };
        let epoch = history.last.epoch();
        let mut messages = Vec::new();
        for (offset, bytes) in &history.entries {
            let Some(entry) = Entry::from_bytes(bytes) else {
                continue;
            };
            if entry.kind == Kind::Message {
                let value = codec::value(entry.written, &entry.payload)?;
                messages.push((Position::new(epoch, *offset), value));
            }
        }
        Ok(TopicHistory {
            messages,
            complete: same && (after.is_none() || history.first_kept <= from.saturating_add(1)),
            up_to: Position::new(epoch, history.up_to.min(history.last.offset())),
            last: history.last,
        })
    }

    /// Returns the members on all nodes, and the position at which they were present.
    ///
    /// # Errors
    ///
    /// [`PublishError::Unavailable`] if the engine cannot be reached for 2 s.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let tea = Topics::<String>::new("room").topic("tea");
    /// let (members, at) = tea.members().await?;
    /// assert!(members.is_empty());
    /// assert_eq!(at, tea.position().await?);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn members(&self) -> Result<(Vec<Member>, Position), PublishError> {
        let (name, hub) = (self.name()?, self.hub());
        let read = || hub.engine.members(name);
        hub.retry(Instant::now() + WAIT, read).await.map_err(down)
    }

    /// Returns the position of the last entry.
    ///
    /// # Errors
    ///
    /// [`PublishError::Unavailable`] if the engine cannot be reached for 2 s.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let tea = Topics::<String>::new("room").topic("tea");
    /// let last = tea.publish("7".to_owned()).await?;
    /// assert_eq!(tea.position().await?, last);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn position(&self) -> Result<Position, PublishError> {
        let (name, hub) = (std::slice::from_ref(self.name()?), self.hub());
        let read = || hub.engine.positions(name);
        let positions = hub.retry(Instant::now() + WAIT, read).await.map_err(down)?;
        let missing = || PublishError::Unavailable("it returned no position".to_owned());
        positions.first().copied().ok_or_else(missing)
    }

    /// Removes the members for which `which` returns `true`, on all nodes, and returns their
    /// number. Their sockets are closed with 1008.
    ///
    /// A client may join again, unless the route or the guard refuses it. Only members with a name
    /// are found.
    ///
    /// # Errors
    ///
    /// As [`publish`](Self::publish).
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Topic, Topics};
    ///
    /// async fn chat(ws: WebSocket<WsMessage, Feed<String>>, room: Topic<String>) -> WsResult {
    ///     let _here = room.join(&ws).member("eve").await?;
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let tea = Topics::<String>::new("room").topic("tea");
    /// let room = tea.clone();
    /// let app = routes! { "/" => ws(chat(ws, room)) };
    /// let mut client = app.connect_ws("/").await.unwrap();
    /// client.recv().await.unwrap();
    /// assert_eq!(tea.evict(|member| member.name == "eve").await.unwrap(), 1);
    /// assert_eq!(client.closed().await.code(), 1008);
    /// # }
    /// ```
    pub async fn evict(&self, which: impl Fn(&Member) -> bool) -> Result<usize, PublishError> {
        let (members, _) = self.members().await?;
        let ids: Vec<_> = members.iter().filter(|m| which(m)).map(|m| m.id).collect();
        for ids in ids.chunks(EVICTED) {
            let outgoing = Outgoing {
                topic: self.name()?.clone(),
                entry: Entry::evicting(ids),
                change: None,
                policy: self.topics.settings.policy,
            };
            self.hub().publish(outgoing).await?;
        }
        Ok(ids.len())
    }
}

fn down(down: Down) -> PublishError {
    PublishError::Unavailable(down.cause)
}

fn refused_position() -> JoinError {
    JoinError::Refused(http::StatusCode::BAD_REQUEST)
}

impl<M> Clone for Topic<M> {
    fn clone(&self) -> Self {
        Self {
            topics: self.topics.clone(),
            name: self.name.clone(),
        }
    }
}

impl<M> fmt::Debug for Topic<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topic")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
