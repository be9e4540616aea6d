//! The engine over Redis 6.2 or newer, or Valkey, with the feature `redis`.
//!
//! A script numbers an entry, stores it in a stream and publishes it, in one step. Pub/Sub carries
//! entries, and the stream fills gaps. A restarted server may have lost entries, so every topic
//! gets a new epoch whenever the server is another process. Its subscribers are then notified of a
//! loss, even if nothing was lost.
//!
//! Each node has two connections to each server, for any number of sockets and topics.
//!
//! # Permissions
//!
//! A client that can write to the server can send messages to your users. A user of Redis for the
//! application `chat` needs these permissions and no others:
//!
//! ```text
//! ACL SETUSER chat on >password resetkeys ~h4k:chat:* resetchannels &h4k:chat:*
//! ACL SETUSER chat -@all +ping +info +evalsha +script|load +subscribe +unsubscribe +publish
//! ACL SETUSER chat +hmget +hset +hget +hgetall +hkeys +hlen +hexists +hdel +hincrby +get +set
//! ACL SETUSER chat +del +pexpire +time +xadd +xrange +xrevrange +xtrim +sadd +srem +smembers
//! ACL SETUSER chat +zadd +zrem +zscore +zrangebyscore
//! ```
//!
//! # Failover
//!
//! A replica that becomes the primary is another process, so its topics get new epochs. The nodes
//! refuse a server that is not a primary. A primary that was replaced and ran on continues its
//! epochs if the nodes use it again. They report the loss, and deliver nothing twice. A client that
//! was away meanwhile, and resumes on a node that was started since, is not notified. So restart
//! such a server before it is used again.
//!
//! # Settings of the server
//!
//! No persistence is needed. `maxmemory-policy` may evict keys: a topic whose numbers were evicted
//! gets a new epoch. `client-output-buffer-limit pubsub 64mb 16mb 60` bounds what a slow node may
//! leave unread.

mod config;
mod layout;
mod leases;
mod link;
mod node;
mod operations;
mod reply;
mod script;
mod server;

use std::fmt;
use std::sync::Arc;

use tokio::task::JoinHandle;

pub use config::{RedisConfig, RedisError};

use layout::{Layout, server_of};
use node::NodeEvents;
use server::{Server, keep};

use crate::topics::name::TopicName;

/// An engine that stores topics in Redis or Valkey, shared by all nodes of an application.
///
/// Clones are the same engine. When the last one is dropped, its connections close.
///
/// # Examples
///
/// ```no_run
/// use http4k_ws::topics::engine::redis::{RedisConfig, RedisEngine};
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = RedisEngine::connect("chat", "redis://10.0.0.5/").await?;
///
/// let two = RedisConfig::new("chat", "redis://10.0.0.5/")?.with_server("redis://10.0.0.6/")?;
/// let engine = RedisEngine::connect_with(two).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RedisEngine(Arc<Inner>);

struct Inner {
    config: Arc<RedisConfig>,
    layout: Layout,
    /// The addresses of the servers, in their order.
    addresses: Vec<String>,
    servers: Vec<Arc<Server>>,
    events: Arc<NodeEvents>,
    tasks: Vec<JoinHandle<()>>,
}

impl RedisEngine {
    /// Connects to one server, for the application `app`. See [`RedisConfig::new`].
    ///
    /// # Errors
    ///
    /// Fails if the arguments have another form, if the server cannot be reached within 5 s, if it
    /// is not a primary, or if the user lacks a permission. Later failures are not errors: the
    /// engine connects again.
    ///
    /// # Panics
    ///
    /// Panics outside a Tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::redis::RedisEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// assert!(RedisEngine::connect("the chat", "redis://10.0.0.5").await.is_err());
    /// assert!(RedisEngine::connect("chat", "http://10.0.0.5").await.is_err());
    /// # }
    /// ```
    pub async fn connect(app: &str, url: &str) -> Result<Self, RedisError> {
        Self::connect_with(RedisConfig::new(app, url)?).await
    }

    /// Connects to the servers of `config`.
    ///
    /// # Errors
    ///
    /// Fails as [`connect`](Self::connect), if one of the servers does.
    ///
    /// # Panics
    ///
    /// Panics outside a Tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::redis::{RedisConfig, RedisEngine, RedisError};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # // Bound, so that no other process has the port. It does not listen.
    /// # let socket = tokio::net::TcpSocket::new_v4()?;
    /// # socket.bind("127.0.0.1:0".parse()?)?;
    /// # let port = socket.local_addr()?.port();
    /// let config = RedisConfig::new("chat", &format!("redis://ann:secret@127.0.0.1:{port}"))?;
    /// let error = RedisEngine::connect_with(config).await.unwrap_err();
    /// let RedisError::Unreachable { server, .. } = error else { panic!("{error}") };
    /// assert_eq!(server, format!("127.0.0.1:{port}/0")); // No server is running there.
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect_with(config: RedisConfig) -> Result<Self, RedisError> {
        let config = Arc::new(config);
        let layout = Layout::new(&config.app);
        let events = Arc::new(NodeEvents::default());
        let servers: Vec<Arc<Server>> = (0..config.servers.len())
            .map(|index| Arc::new(Server::new(index, &config, &layout, &events)))
            .collect();
        events.set_servers(&servers);
        let mut inner = Inner {
            addresses: config.servers().map(str::to_owned).collect(),
            config,
            layout,
            servers,
            events,
            tasks: Vec::new(),
        };
        for server in &inner.servers {
            let link = server.open().await;
            let link = link.map_err(|cause| RedisError::Unreachable {
                server: server.shown().to_owned(),
                cause,
            })?;
            let task = tokio::spawn(keep(Arc::clone(server), link));
            inner.tasks.push(task);
        }
        Ok(Self(Arc::new(inner)))
    }
}

impl Inner {
    /// Returns the index of the server that has the topic.
    fn index_of(&self, topic: &TopicName) -> usize {
        match self.addresses.len() {
            1 => 0,
            _ => server_of(topic.as_str(), &self.addresses),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        for server in &self.servers {
            server.close("the engine was dropped");
        }
    }
}

impl fmt::Debug for RedisEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.config, f)
    }
}
