//! The engine of a node: Redis. The tests of other engines have the same nodes.

use std::time::Duration;

use http4k_ws::topics::TopicNode;
use http4k_ws::topics::engine::redis::{RedisConfig, RedisEngine};

use crate::node::Settings;

pub(crate) async fn node(settings: &Settings) -> TopicNode {
    let config = RedisConfig::new("lab", &settings.url).expect("settings");
    let config = config
        .behind_proxy(settings.behind_proxy)
        .with_lease(Duration::from_millis(settings.lease_ms));
    let engine = RedisEngine::connect_with(config).await.expect("an engine");
    TopicNode::new(engine)
}
