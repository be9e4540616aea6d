//! A chat with rooms, in axum.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::any;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{self, error::RecvError};

#[derive(Deserialize)]
struct Say {
    text: String,
}

#[derive(Clone, Serialize)]
struct Said {
    who: String,
    text: String,
}

type Rooms = Arc<Mutex<HashMap<String, broadcast::Sender<Said>>>>;

async fn open(
    State(rooms): State<Rooms>,
    Path((room, who)): Path<(String, String)>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
    let room = rooms
        .entry(room)
        .or_insert_with(|| broadcast::channel(256).0);
    let room = room.clone();
    upgrade.on_upgrade(move |socket| talk(socket, room, who))
}

async fn close(mut socket: WebSocket, code: u16, reason: String) {
    let reason = reason.into();
    let frame = CloseFrame { code, reason };
    let _ = socket.send(Message::Close(Some(frame))).await;
}

async fn talk(mut socket: WebSocket, room: broadcast::Sender<Said>, who: String) {
    let mut said = room.subscribe();
    loop {
        tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(Say { text }) => {
                        let who = who.clone();
                        let _ = room.send(Said { who, text });
                    }
                    Err(error) => return close(socket, 1007, error.to_string()).await,
                },
                Some(Ok(Message::Binary(_))) => {
                    return close(socket, 1003, "text only".to_owned()).await;
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            line = said.recv() => match line {
                Ok(line) => {
                    let Ok(text) = serde_json::to_string(&line) else {
                        return close(socket, 1011, String::new()).await;
                    };
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        return;
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    return close(socket, 4408, "messages lost".to_owned()).await;
                }
                Err(RecvError::Closed) => return,
            },
        }
    }
}

pub(crate) fn app() -> Router {
    let rooms = Rooms::default();
    Router::new()
        .route("/rooms/{room}/{who}", any(open))
        .with_state(rooms)
}
