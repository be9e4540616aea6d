//! The engine of the tests: NATS.

use std::time::Duration;

use http4k_ws::topics::{Position, TopicNode};
use http4k_ws_nats::{NatsConfig, NatsEngine, Storage};

pub(crate) use crate::nats::Nats as Server;
use crate::node::Settings;
use crate::proxy::Proxy;
use crate::rows::Random;
use crate::scenario::pause;

pub(crate) async fn node(settings: &Settings) -> TopicNode {
    // Several servers are a cluster, and all of them store the entries.
    let mut urls = settings.url.split(',');
    let config = NatsConfig::new("lab", urls.next().unwrap_or_default()).expect("settings");
    let config = urls.fold(config, |config, url| {
        config.with_server(url).expect("a server")
    });
    let replicas = config.servers().count();
    let config = config
        .with_replicas(replicas)
        .with_keep(settings.history)
        .with_storage(match settings.on_disk {
            true => Storage::File,
            false => Storage::Memory,
        })
        .with_lease(Duration::from_millis(settings.lease_ms));
    // A cluster does not reply while it elects the leader of a stream.
    for _ in 1..replicas {
        if let Ok(engine) = NatsEngine::connect_with(config.clone()).await {
            return TopicNode::new(engine);
        }
    }
    let engine = NatsEngine::connect_with(config).await.expect("an engine");
    TopicNode::new(engine)
}

/// A lease that is longer than a test.
pub(crate) const LEASE: Duration = Duration::from_secs(60);

/// Connects an engine of the application `app`.
pub(crate) async fn connect(app: &str, url: &str, lease: Duration) -> NatsEngine {
    let config = NatsConfig::new(app, url).expect("settings");
    let engine = NatsEngine::connect_with(config.with_lease(lease)).await;
    engine.expect("an engine")
}

/// Returns `true` if `after` is a position behind `before`. Entries of other topics may be between.
pub(crate) fn follows(before: Position, after: Position) -> bool {
    after.epoch() == before.epoch() && after.offset() > before.offset()
}

/// Leases are in a stream, and are not counted.
pub(crate) fn leases(_: &Server) -> Option<usize> {
    None
}

/// The arguments of a server that drops the connection of a node that leaves many bytes unread.
pub(crate) const IMPATIENT: &[&str] = &["-js"];

/// A server whose connections fail, because they pass through a proxy.
pub(crate) struct Line {
    pub(crate) server: Server,
    proxy: Proxy,
}

impl Line {
    pub(crate) fn start() -> Option<Self> {
        let server = Server::start()?;
        let proxy = Proxy::to(server.port);
        Some(Self { server, proxy })
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.proxy.port)
    }

    /// Ends all connections.
    pub(crate) fn cut(&self) {
        self.proxy.switch(self.server.port);
    }

    /// Ends all connections, or kills the server for a moment.
    pub(crate) fn fail(&mut self, random: &mut Random) {
        self.cut();
        if random.below(2) == 0 {
            self.server.kill();
            pause(100);
            self.server.start_again();
        }
    }
}
