//! Topics of http4k-ws over NATS JetStream, for several processes.
#![doc = include_str!("manual.md")]

mod check;
mod config;
mod epoch;
mod history;
mod jetstream;
mod keep;
mod layout;
mod leases;
mod link;
mod log;
mod members;
mod operations;
mod rows;
mod shared;

use std::fmt;
use std::sync::Arc;

use tokio::task::JoinHandle;

pub use config::{NatsConfig, NatsError, Storage};

use shared::Shared;

/// An engine that stores topics in NATS JetStream, shared by all nodes of an application.
///
/// Clones are the same engine. When the last one is dropped, its connection closes.
///
/// # Examples
///
/// ```no_run
/// use http4k_ws::topics::{TopicNode, Topics};
/// use http4k_ws_nats::{NatsConfig, NatsEngine, Storage};
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = NatsEngine::connect("chat", "nats://10.0.0.5").await?;
/// let rooms: Topics<String> = TopicNode::new(engine).topics("room");
///
/// let cluster = NatsConfig::new("chat", "tls://10.0.0.5")?
///     .with_server("tls://10.0.0.6")?
///     .with_storage(Storage::File)
///     .with_replicas(3);
/// let engine = NatsEngine::connect_with(cluster).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct NatsEngine(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl NatsEngine {
    /// Connects to one server, or to its cluster, for the application `app`. See
    /// [`NatsConfig::new`].
    ///
    /// # Errors
    ///
    /// Fails if the arguments have another form, if no server can be reached within 5 s for each,
    /// or if it refuses what the engine needs, for example because JetStream is not enabled. Later
    /// failures are not errors: the engine connects again.
    ///
    /// # Panics
    ///
    /// Panics outside a Tokio runtime.
    pub async fn connect(app: &str, url: &str) -> Result<Self, NatsError> {
        Self::connect_with(NatsConfig::new(app, url)?).await
    }

    /// Connects to the servers of `config`.
    ///
    /// # Errors
    ///
    /// Fails as [`connect`](Self::connect), and with [`NatsError::MemoryReplicas`].
    ///
    /// # Panics
    ///
    /// Panics outside a Tokio runtime.
    pub async fn connect_with(config: NatsConfig) -> Result<Self, NatsError> {
        if config.replicas > 1 && config.storage == Storage::Memory {
            return Err(NatsError::MemoryReplicas);
        }
        let shared = Arc::new(Shared::new(config));
        let first = shared.open().await;
        let first = first.map_err(|cause| NatsError::Unreachable {
            server: shared.config.shown(),
            cause: cause.escape_debug().to_string(),
        })?;
        shared.up(&first.0, first.1);
        let task = tokio::spawn(keep::keep(Arc::clone(&shared), first));
        Ok(Self(Arc::new(Inner { shared, task })))
    }

    fn shared(&self) -> &Shared {
        &self.0.shared
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.task.abort();
        self.shared.down("the engine was dropped");
    }
}

impl fmt::Debug for NatsEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.shared.config, f)
    }
}
