//! A feed of prices, of which a slow client receives the latest, in this library.

use http4k_ws::filter::session_config;
use http4k_ws::prelude::*;
use http4k_ws::session::{SessionConfig, SlowConsumer};
use tokio::sync::broadcast;

#[derive(Clone, Serialize, Deserialize, Message)]
pub(crate) struct Price {
    pub(crate) cents: u32,
}

async fn send(ws: WebSocket<WsMessage, Price>, prices: broadcast::Sender<Price>) -> WsResult {
    let mut prices = prices.subscribe();
    while let Ok(price) = prices.recv().await {
        ws.send(price).await?;
    }
    Ok(())
}

fn latest(config: SessionConfig) -> SessionConfig {
    config.with_slow_consumer(SlowConsumer::DropOldest)
}

routes! {
    pub(crate) fn app(prices: broadcast::Sender<Price>) -> PolyHandler {
        "/prices" with(session_config(latest)) => ws(send(ws, prices)),
    }
}
