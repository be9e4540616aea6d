//! The membership of a socket or stream in a topic.

use std::fmt;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::engine::MemberId;
use super::error::PublishError;
use super::hub::NodeTopic;
use super::join::OneOf;
use super::position::Position;
use super::topic::Topic;
use crate::lens::Message;
use crate::message::WsStatus;

/// The membership of a socket or stream in a topic, until it is dropped.
///
/// The consumer of the socket should own it. It is then also dropped if the consumer returns early,
/// panics, or is dropped with its task, and the others see that the member left.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::topics::{Feed, Topics};
///
/// async fn greet(ws: WebSocket<String, Feed<String>>, rooms: Topics<String>) -> WsResult {
///     let here = rooms.topic("tea").join(&ws).member("ann").await?;
///     here.publish("hello".to_owned()).await?;
///     // The others see that `ann` has left when `here` is dropped.
///     ws.closed().await;
///     Ok(())
/// }
///
/// let rooms = Topics::new("rooms");
/// let app = routes! { "/tea" => ws(greet(ws, rooms)) };
/// let mut client = app.test_ws("/tea");
/// let mut texts = client.received().map(|message| message.unwrap().text().to_string());
/// assert!(texts.any(|text| text.ends_with(r#""data":"hello"}"#)));
/// ```
#[must_use = "the membership ends when it is dropped"]
pub struct Membership<M: Message + Clone> {
    topic: Topic<M>,
    here: Arc<NodeTopic>,
    number: u64,
    /// The task that ends the membership at its time.
    end: Option<JoinHandle<()>>,
    _one_of: OneOf,
}

impl<M: Message + Clone> Membership<M> {
    pub(super) fn new(topic: Topic<M>, here: Arc<NodeTopic>, number: u64, one_of: OneOf) -> Self {
        Self {
            topic,
            here,
            number,
            end: None,
            _one_of: one_of,
        }
    }

    /// Ends the membership at `time`.
    pub(super) fn until(mut self, time: Instant) -> Self {
        let (hub, here, number) = (
            Arc::clone(self.topic.hub()),
            Arc::clone(&self.here),
            self.number,
        );
        // In the runtime of the socket, so that it does not end before that.
        let end = tokio::spawn(async move {
            tokio::time::sleep_until(time).await;
            if let Some(gone) = hub.change(&here, |state| state.remove(number)) {
                let status = WsStatus::POLICY_VIOLATION.with_reason("the membership has expired");
                gone.outlet
                    .close(status.unwrap_or(WsStatus::POLICY_VIOLATION));
            }
        });
        self.end = Some(end);
        self
    }

    /// Returns the identity of the membership. A client that reconnects has another.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Topic, Topics};
    ///
    /// async fn enter(ws: WebSocket<WsMessage, Feed<String>>, tea: Topic<String>) -> WsResult {
    ///     let before = tea.join(&ws).await?.id();
    ///     let again = tea.join(&ws).await?.id(); // The first membership was dropped.
    ///     assert_ne!(before, again);
    ///     Ok(())
    /// }
    ///
    /// let tea = Topics::new("room").topic("tea");
    /// let mut client = routes! { "/" => ws(enter(ws, tea)) }.test_ws("/");
    /// assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    /// ```
    pub fn id(&self) -> MemberId {
        MemberId {
            node: self.topic.hub().id,
            number: self.number,
        }
    }

    /// Returns the topic.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Topics};
    ///
    /// async fn enter(ws: WebSocket<String, Feed<String>>, rooms: Topics<String>) -> WsResult {
    ///     let here = rooms.topic("tea").join(&ws).await?;
    ///     here.publish(here.topic().name()?.to_string()).await?;
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// let rooms = Topics::<String>::new("room");
    /// let app = routes! { "/" => ws(enter(ws, rooms)) };
    /// let second = app.test_ws("/").received().nth(1).unwrap().unwrap();
    /// assert!(second.text().contains("room/tea"));
    /// ```
    pub fn topic(&self) -> &Topic<M> {
        &self.topic
    }

    /// Publishes a message to every subscriber, this one included, and returns its position. See
    /// [`Topic::publish`].
    ///
    /// # Errors
    ///
    /// As [`Topic::publish`], and [`PublishError::Left`] once the membership was evicted or has
    /// expired.
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
    /// async fn greet(ws: WebSocket<String, Feed<String>>, tea: Topic<String>) -> WsResult {
    ///     let here = tea.join(&ws).await?;
    ///     here.publish("hello".to_owned()).await?;
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// let tea = Topics::new("room").topic("tea");
    /// let app = routes! { "/" => ws(greet(ws, tea)) };
    /// let mut client = app.test_ws("/");
    /// let second = client.received().nth(1).unwrap().unwrap(); // The first is `caughtUp`.
    /// assert!(second.text().ends_with(r#""data":"hello"}"#));
    /// ```
    pub async fn publish(&self, message: M) -> Result<Position, PublishError> {
        self.check()?;
        self.topic.publish(message).await
    }

    /// Publishes a message to every other subscriber. See [`Topic::publish_except`].
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
    /// use http4k_ws::topics::{Feed, Topics};
    ///
    /// async fn chat(mut ws: WebSocket<String, Feed<String>>, rooms: Topics<String>) -> WsResult {
    ///     let here = rooms.topic("tea").join(&ws).await?;
    ///     while let Some(text) = ws.recv().await? {
    ///         here.publish_to_others(text).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let rooms = Topics::new("room");
    /// let app = routes! { "/" => ws(chat(ws, rooms)) };
    /// let (mut ann, mut bob) = (app.test_ws("/"), app.test_ws("/"));
    /// ann.send("hello").unwrap();
    /// assert!(bob.received().nth(1).unwrap().unwrap().text().contains("hello"));
    /// assert_eq!(ann.received().next().unwrap().unwrap().text().contains("caughtUp"), true);
    /// ann.expect_silence(std::time::Duration::from_millis(10));
    /// ```
    pub async fn publish_to_others(&self, message: M) -> Result<Position, PublishError> {
        self.check()?;
        self.topic.publish_except(self, message).await
    }

    fn check(&self) -> Result<(), PublishError> {
        match self.here.lock().subscribers.contains_key(&self.number) {
            true => Ok(()),
            false => Err(PublishError::Left),
        }
    }

    /// Changes the name under which the member is present. Without effect for a subscriber that
    /// joined without a name, and once the membership is over. A name of more than 256 bytes is
    /// cut.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Topic, Topics};
    ///
    /// async fn rename(mut ws: WebSocket<String, Feed<String>>, room: Topic<String>) -> WsResult {
    ///     let here = room.join(&ws).member("guest").await?;
    ///     while let Some(name) = ws.recv().await? {
    ///         here.update(name);
    ///     }
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let tea = Topics::new("room").topic("tea");
    /// let room = tea.clone();
    /// let app = routes! { "/" => ws(rename(ws, room)) };
    /// let mut client = app.connect_ws("/").await.unwrap();
    /// client.send("ann").await.unwrap();
    /// while !client.recv().await.unwrap().unwrap().text().contains("ann") {}
    /// assert_eq!(tea.members().await.unwrap().0[0].name, "ann");
    /// # }
    /// ```
    pub fn update(&self, name: impl Into<String>) {
        let mut name = name.into();
        let mut end = name.len().min(256);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
        self.topic.hub().change(&self.here, |state| {
            let member = state.subscribers.get_mut(&self.number);
            if let Some(known) = member.and_then(|member| member.name.as_mut()) {
                known.clone_from(&name);
                state.due.insert(self.number, name);
            }
        });
    }

    /// Ends the membership, as a drop does. The socket stays open.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{Feed, Topic, Topics};
    ///
    /// async fn visit(ws: WebSocket<WsMessage, Feed<String>>, tea: Topic<String>) -> WsResult {
    ///     tea.join(&ws).await?.leave();
    ///     ws.close(WsStatus::new(4001, "the visit is over")?); // The socket was still open.
    ///     Ok(())
    /// }
    ///
    /// let tea = Topics::new("room").topic("tea");
    /// let mut client = routes! { "/" => ws(visit(ws, tea)) }.test_ws("/");
    /// assert_eq!(client.closed().unwrap().code(), 4001);
    /// ```
    pub fn leave(self) {
        drop(self);
    }
}

impl<M: Message + Clone> Drop for Membership<M> {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            end.abort();
        }
        let hub = self.topic.hub();
        let left = hub.change(&self.here, |state| {
            state.remove(self.number);
            state.subscribers.len()
        });
        hub.metrics
            .notify(|metrics| metrics.subscribers(&self.here.name, left));
        hub.close_unused(&self.here);
    }
}

impl<M: Message + Clone> fmt::Debug for Membership<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Membership")
            .field("topic", &self.here)
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}
