//! A feed of prices, of which a slow client receives the latest, in axum.

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};

#[derive(Clone, Serialize)]
pub(crate) struct Price {
    pub(crate) cents: u32,
}

async fn open(
    State(prices): State<broadcast::Sender<Price>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let prices = prices.subscribe();
    upgrade.on_upgrade(move |socket| send(socket, prices))
}

async fn send(mut socket: WebSocket, mut prices: broadcast::Receiver<Price>) {
    loop {
        tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
            price = prices.recv() => match price {
                Ok(price) => {
                    let Ok(text) = serde_json::to_string(&price) else {
                        return;
                    };
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        return;
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
        }
    }
}

pub(crate) fn app(prices: broadcast::Sender<Price>) -> Router {
    Router::new().route("/prices", any(open)).with_state(prices)
}
