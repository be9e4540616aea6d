//! The engine of a node: NATS.

use std::time::Duration;

use http4k_ws::topics::TopicNode;
use http4k_ws_nats::{NatsConfig, NatsEngine, Storage};

use crate::node::Settings;

pub(crate) async fn node(settings: &Settings) -> TopicNode {
    let config = NatsConfig::new("lab", &settings.url).expect("settings");
    let config = config
        .with_keep(settings.history)
        .with_storage(match settings.on_disk {
            true => Storage::File,
            false => Storage::Memory,
        })
        .with_lease(Duration::from_millis(settings.lease_ms));
    let engine = NatsEngine::connect_with(config).await.expect("an engine");
    TopicNode::new(engine)
}
