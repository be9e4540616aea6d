//! The engine of a node: NATS.

use std::time::Duration;

use http4k_ws::topics::TopicNode;
use http4k_ws_nats::{NatsConfig, NatsEngine, Storage};

use crate::node::Settings;

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
