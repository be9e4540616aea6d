//! Several nodes of one application in memory, over one engine with faults.

use crate::handler::PolyHandler;
use crate::lens::Message;
use crate::topics::engine::FaultyEngine;
use crate::topics::{TopicNode, Topics};

/// Several nodes of one application, over one engine whose faults the test chooses.
///
/// All nodes run in the test runtime of the thread, with one virtual clock.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::Cluster;
/// use http4k_ws::topics::{Feed, Topics};
///
/// async fn chat(mut ws: WebSocket<String, Feed<String>>, rooms: Topics<String>) -> WsResult {
///     let member = rooms.topic("r").join(&ws).await?;
///     while let Some(text) = ws.recv().await? {
///         member.publish(text).await?;
///     }
///     Ok(())
/// }
///
/// routes! {
///     fn app(rooms: Topics<String>) -> PolyHandler {
///         "/" => ws(chat(ws, rooms)),
///     }
/// }
///
/// let cluster = Cluster::of(2, app);
/// let mut ann = cluster.node(0).test_ws("/");
/// let mut bob = cluster.node(1).test_ws("/");
/// // Both have caught up.
/// let heard = |client: &mut http4k_ws::testing::TestWsClient| {
///     Feed::<String>::from_message(client.received().next().unwrap().unwrap()).unwrap()
/// };
/// heard(&mut bob);
///
/// // What bob's node misses is filled from the history.
/// cluster.engine().partition(1);
/// ann.send("hi").unwrap();
/// cluster.engine().heal(1);
/// let Feed::Message { data, .. } = heard(&mut bob) else { panic!() };
/// assert_eq!(data, "hi");
/// ```
#[derive(Debug)]
pub struct Cluster<M> {
    engine: FaultyEngine,
    nodes: Vec<(Topics<M>, PolyHandler)>,
}

impl<M: Message + Clone> Cluster<M> {
    /// Creates `nodes` of the application that `app` returns for the topics of each.
    ///
    /// The topics have the kind `topic`. `app` may change their policy.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::Cluster;
    /// # use http4k_ws::topics::Topics;
    /// let app = |_prices: Topics<String>| routes! { GET "/" => http(|| "hello") };
    /// let cluster = Cluster::of(3, app);
    /// assert_eq!(cluster.node(2).test_http("/").body(), "hello");
    /// ```
    pub fn of(nodes: usize, app: impl Fn(Topics<M>) -> PolyHandler) -> Self {
        let engine = FaultyEngine::new();
        let node = |_| {
            let topics = TopicNode::new(engine.node()).topics("topic");
            (topics.clone(), app(topics))
        };
        Self {
            nodes: (0..nodes).map(node).collect(),
            engine: engine.clone(),
        }
    }

    /// Returns the application of a node.
    ///
    /// # Panics
    ///
    /// Panics if there is no node with this number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::Cluster;
    /// # use http4k_ws::topics::Topics;
    /// let app = |_prices: Topics<String>| routes! { GET "/" => http(|| "hello") };
    /// let cluster = Cluster::of(2, app);
    /// for number in 0..2 {
    ///     assert_eq!(cluster.node(number).test_http("/").body(), "hello");
    /// }
    /// ```
    #[track_caller]
    pub fn node(&self, number: usize) -> &PolyHandler {
        &self.nodes[number].1
    }

    /// Returns the topics of a node, with the default policy.
    ///
    /// # Panics
    ///
    /// Panics if there is no node with this number.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::Cluster;
    /// # use http4k_ws::topics::Topics;
    /// let app = |_prices: Topics<String>| routes! { GET "/" => http(|| "hello") };
    /// let cluster = Cluster::of(2, app);
    /// // Both nodes share one log.
    /// cluster.topics(0).topic("AAPL").publish("187".to_owned()).await?;
    /// let position = cluster.topics(0).topic("AAPL").position().await?;
    /// assert_eq!(cluster.topics(1).topic("AAPL").position().await?, position);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn topics(&self, number: usize) -> &Topics<M> {
        &self.nodes[number].0
    }

    /// Returns the engine, to cause its faults.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::Cluster;
    /// # use http4k_ws::topics::Topics;
    /// let app = |_prices: Topics<String>| routes! { GET "/" => http(|| "hello") };
    /// let cluster = Cluster::of(2, app);
    /// cluster.engine().partition(1);
    /// assert!(cluster.topics(1).topic("AAPL").publish("187".to_owned()).await.is_err());
    /// cluster.engine().heal(1);
    /// assert!(cluster.topics(1).topic("AAPL").publish("188".to_owned()).await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn engine(&self) -> &FaultyEngine {
        &self.engine
    }
}
