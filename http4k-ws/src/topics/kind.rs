//! The topics of one kind: their message type and their policy.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::codec::{Codec, Of};
use super::hub::Policy;
use super::name::TopicName;
use super::node::TopicNode;
use super::topic::Topic;
use crate::lens::Message;
use crate::message::{Request, Response};

/// The topics of one kind, such as all rooms of a chat, whose messages are `M`.
///
/// Routes capture it by its name. A clone is the same kind with the same policy.
///
/// # Examples
///
/// A chat with rooms, in which a client that reconnects receives what it has missed:
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::topics::{Feed, Resume, Topics};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
/// struct Said {
///     text: String,
/// }
///
/// async fn chat(
///     mut ws: WebSocket<Said, Feed<Said>>,
///     rooms: Topics<Said>,
///     room: String,
///     name: String,
///     resume: Resume,
/// ) -> WsResult {
///     let member = rooms.topic(room).join(&ws).member(&name).after(resume).await?;
///     while let Some(said) = ws.recv().await? {
///         member.publish(said).await?;
///     }
///     Ok(())
/// }
///
/// routes! {
///     fn app(rooms: Topics<Said>) -> PolyHandler {
///         "/rooms/<room>/<name>" => ws(chat(ws, rooms, room, name, _)),
///     }
/// }
///
/// let app = app(Topics::new("room"));
/// let mut ann = app.test_ws("/rooms/r/ann");
/// ann.send(r#"{"text":"hi"}"#).unwrap();
/// let last = ann.received().take(3).last().unwrap().unwrap();
/// let Feed::Message { data, .. } = Feed::<Said>::from_message(last).unwrap() else { panic!() };
/// assert_eq!(data.text, "hi");
/// ```
pub struct Topics<M> {
    node: TopicNode,
    kind: Arc<str>,
    pub(super) settings: Settings,
    pub(super) codec: Arc<dyn Codec>,
    types: PhantomData<fn(M) -> M>,
}

/// The policy of a kind.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) policy: Policy,
    pub(super) max_message: usize,
    pub(super) guard: Option<Arc<Guard>>,
}

pub(super) type Guard = dyn Fn(&Request, &TopicName) -> Result<(), Response> + Send + Sync;

impl<M: Message + Clone> Topics<M> {
    /// Creates the topics of one kind for a program of one process, with an engine in memory.
    ///
    /// # Panics
    ///
    /// Panics if `kind` is not 1 to 64 ASCII letters, digits, `-`, `_` or `.`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let rooms = Topics::<String>::new("room");
    /// rooms.topic("tea").publish("hello".to_owned()).await?;
    /// assert_eq!(rooms.topic("tea").history(None).await?.messages[0].1, "hello");
    /// assert!(rooms.topic("cake").history(None).await?.messages.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn new(kind: &str) -> Self {
        TopicNode::in_memory().topics(kind)
    }

    #[track_caller]
    pub(super) fn on(node: &TopicNode, kind: &str) -> Self {
        if let Err(error) = TopicName::new(kind, "x") {
            panic!("{error}");
        }
        Self {
            node: node.clone(),
            kind: kind.into(),
            settings: Settings {
                policy: Policy {
                    keep: 500,
                    keep_for: Duration::from_secs(24 * 60 * 60),
                },
                max_message: 256 * 1024,
                guard: None,
            },
            codec: Arc::new(Of::<M>::new()),
            types: PhantomData,
        }
    }

    /// Sets the entries that are kept of each topic: their number, by default 500, and their age,
    /// by default 24 hours. The engine in memory keeps at most 4 MiB of each topic. One entry
    /// may be larger, and is then the only one.
    ///
    /// A client that reconnects receives what is kept. With 0, each interruption is reported as a
    /// loss. The history is not a database.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let rooms = Topics::<String>::new("room").history(2, Duration::from_secs(3600));
    /// let tea = rooms.topic("tea");
    /// for number in 1..=3 {
    ///     tea.publish(number.to_string()).await?;
    /// }
    /// let kept = tea.history(None).await?.messages;
    /// let kept: Vec<_> = kept.iter().map(|(_at, number)| number.as_str()).collect();
    /// assert_eq!(kept, ["2", "3"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn history(mut self, entries: usize, age: Duration) -> Self {
        self.settings.policy = Policy {
            keep: entries,
            keep_for: age,
        };
        self
    }

    /// Sets the maximum number of bytes of an encoded message, by default 256 KiB.
    ///
    /// At most 4 MiB of a node wait for the engine. A message that is larger is published alone.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::{PublishError, Topics};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let rooms = Topics::<String>::new("room").max_message(5);
    /// assert!(rooms.topic("tea").publish("hello".to_owned()).await.is_ok());
    /// let error = rooms.topic("tea").publish("hello!".to_owned()).await.unwrap_err();
    /// assert!(matches!(error, PublishError::TooLarge { .. }));
    /// # }
    /// ```
    #[must_use]
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.settings.max_message = bytes;
        self
    }

    /// Sets a check of the requests that join, in addition to those of the route.
    ///
    /// `check` sees the request that opened the socket or stream. If it returns a response,
    /// joining fails with [`JoinError::Refused`](super::JoinError::Refused), and a consumer that
    /// returns the error closes with 1008. The response itself is not sent, because the socket is
    /// open by then. A check in front of the route refuses earlier, and is cheaper.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::Topics;
    ///
    /// let rooms = Topics::<String>::new("room").guard(|request, topic| {
    ///     match topic.own() == "hall" || request.header("x-key").is_some() {
    ///         true => Ok(()),
    ///         false => Err(StatusCode::FORBIDDEN.into_response()),
    ///     }
    /// });
    /// let (hall, safe) = (rooms.topic("hall"), rooms.topic("safe"));
    /// let app = routes! { "/hall" => ws(hall.follow(ws)), "/safe" => ws(safe.follow(ws)) };
    /// assert!(app.test_ws("/hall").received().next().unwrap().is_ok());
    /// assert_eq!(app.test_ws("/safe").closed().unwrap().code(), 1008);
    /// ```
    #[must_use]
    pub fn guard(
        mut self,
        check: impl Fn(&Request, &TopicName) -> Result<(), Response> + Send + Sync + 'static,
    ) -> Self {
        self.settings.guard = Some(Arc::new(check));
        self
    }

    /// Returns the topic with this name, which is the text of `name`.
    ///
    /// Every name is a topic, so a program should not let clients choose any name.
    /// One that is empty or has more than 512 bytes is refused when the topic is used.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// let rooms = Topics::<String>::new("room");
    /// assert_eq!(rooms.topic(42).name().unwrap().as_str(), "room/42");
    /// assert!(rooms.topic("").name().is_err());
    /// ```
    pub fn topic(&self, name: impl fmt::Display) -> Topic<M> {
        Topic::new(self.clone(), TopicName::new(&self.kind, &name.to_string()))
    }

    /// Returns the node of this process.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::{Health, Topics};
    ///
    /// // For the route of a load balancer's check.
    /// let rooms = Topics::<String>::new("room");
    /// assert!(matches!(rooms.node().health(), Health::Up { .. }));
    /// ```
    pub fn node(&self) -> &TopicNode {
        &self.node
    }
}

impl<M> Clone for Topics<M> {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            kind: Arc::clone(&self.kind),
            settings: self.settings.clone(),
            codec: Arc::clone(&self.codec),
            types: PhantomData,
        }
    }
}

impl<M> fmt::Debug for Topics<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topics")
            .field("kind", &self.kind)
            .field("history", &self.settings.policy.keep)
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}
