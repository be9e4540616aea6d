//! The engine of the tests: Redis. Those of other engines have a file like this one, and share the
//! nodes, the rows of failures and the duties.

use std::time::Duration;

use http4k_ws::topics::engine::redis::{RedisConfig, RedisEngine};
use http4k_ws::topics::{Position, TopicNode};

use crate::node::Settings;
pub(crate) use crate::redis::Redis as Server;
use crate::rows::Random;

pub(crate) async fn node(settings: &Settings) -> TopicNode {
    let config = RedisConfig::new("lab", &settings.url).expect("settings");
    let config = config
        .behind_proxy(settings.behind_proxy)
        .with_lease(Duration::from_millis(settings.lease_ms));
    let engine = RedisEngine::connect_with(config).await.expect("an engine");
    TopicNode::new(engine)
}

/// A lease that is longer than a test.
pub(crate) const LEASE: Duration = Duration::from_secs(60);

/// Connects an engine of the application `app`.
pub(crate) async fn connect(app: &str, url: &str, lease: Duration) -> RedisEngine {
    let config = RedisConfig::new(app, url).expect("settings");
    let engine = RedisEngine::connect_with(config.with_lease(lease)).await;
    engine.expect("an engine")
}

/// Returns `true` if `after` is the position of the entry behind `before`.
pub(crate) fn follows(before: Position, after: Position) -> bool {
    after == Position::new(before.epoch(), before.offset() + 1)
}

/// Returns the number of leases that the server has.
pub(crate) fn leases(server: &Server) -> Option<usize> {
    server.run(&["ZCARD", "h4k:lab:nodes"]).parse().ok()
}

/// The arguments of a server that drops the connection of a node that leaves some bytes unread.
pub(crate) const IMPATIENT: &[&str] = &[
    "--save",
    "",
    "--client-output-buffer-limit",
    "pubsub 16kb 8kb 1",
];

pub(crate) const PUBSUB: &[&str] = &["CLIENT", "KILL", "TYPE", "pubsub"];
pub(crate) const NORMAL: &[&str] = &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"];

/// A server whose connections fail.
pub(crate) struct Line {
    pub(crate) server: Server,
}

impl Line {
    pub(crate) fn start() -> Option<Self> {
        let server = Server::start()?;
        Some(Self { server })
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Ends the connections that carry entries.
    pub(crate) fn cut(&self) {
        self.server.run(PUBSUB);
    }

    /// Ends the connections for commands, or evicts the numbers of a topic.
    pub(crate) fn fail(&mut self, random: &mut Random) {
        match random.below(2) {
            0 => self.server.run(NORMAL),
            _ => {
                let key = format!("h4k:lab:{{t/t{}}}:m", random.below(4));
                self.server.run(&["DEL", &key])
            }
        };
    }
}
