//! The conversation on one socket, over the rooms and their history.

use std::collections::BTreeMap;

use http4k_ws::filter::Principal;
use http4k_ws::prelude::*;
use http4k_ws::session::{SessionConfig, SlowConsumer};

use crate::chat::history::{History, HistoryError};
use crate::chat::messages::{FromPage, RoomName, ToPage, User, checked};
use crate::chat::rooms::{Presence, Rooms};

/// The rooms and their history. A clone is the same team.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) rooms: Rooms,
    pub(crate) history: History,
}

/// A room in the list of rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) name: String,
    pub(crate) present: Vec<String>,
}

/// The room that is always in the list.
const FIRST_ROOM: &str = "general";

impl Team {
    pub(crate) fn new(history: History) -> Self {
        Self {
            rooms: Rooms::default(),
            history,
        }
    }

    /// Sets the bounds of a socket. One that reads too slowly is closed, so that the others do not
    /// wait for it.
    pub(crate) fn bounds(config: SessionConfig) -> SessionConfig {
        let slow = SlowConsumer::Close;
        config.with_max_message(16 * 1024).with_slow_consumer(slow)
    }

    /// Talks on a socket of a user until it is closed.
    pub(crate) async fn talk(
        self,
        mut ws: WebSocket<FromPage, ToPage>,
        room: RoomName,
        Principal(User { name: user }): Principal<User>,
    ) -> WsResult {
        // The guard lives as long as this call.
        let _presence = self.join(&room, &user, ws.sender()).await?;
        while let Some(message) = ws.recv().await? {
            let reply = match message {
                FromPage::Say { text } => self.say(&room, &user, &text).await,
                FromPage::Older { before } => self.older(&room, before).await,
            };
            let reply = match reply {
                Err(HistoryError::Busy) => Some(refused("the server is busy, try again")),
                reply => reply?,
            };
            if let Some(reply) = reply {
                ws.send(reply).await?;
            }
        }
        Ok(())
    }

    /// Reads the history and joins the room in one access, so that no post is missed or repeated.
    pub(crate) async fn join(
        &self,
        room: &RoomName,
        user: &str,
        socket: WsSender<ToPage>,
    ) -> Result<Presence, WsError> {
        let (rooms, room, user) = (self.rooms.clone(), room.clone(), user.to_owned());
        let joined = self.history.run(move |posts| {
            let latest = posts.page(&room, i64::MAX)?;
            Ok(rooms.join(room, user, socket, latest))
        });
        joined.await.map_err(|error| match error {
            HistoryError::Busy => WsError::closing(WsStatus::TRY_AGAIN_LATER),
            error => error.into(),
        })
    }

    /// Stores a post and sends it to the room in one access, so that all members see all posts in
    /// the order of the history.
    async fn say(
        &self,
        room: &RoomName,
        author: &str,
        text: &str,
    ) -> Result<Option<ToPage>, HistoryError> {
        let text = match checked(text) {
            Ok(text) => text,
            Err(reason) => return Ok(Some(refused(reason))),
        };
        let (rooms, room, author) = (self.rooms.clone(), room.clone(), author.to_owned());
        let said = self.history.run(move |posts| {
            let post = posts.add(&room, author, text)?;
            rooms.tell(&room, &ToPage::Said(post));
            Ok(None)
        });
        said.await
    }

    async fn older(&self, room: &RoomName, before: i64) -> Result<Option<ToPage>, HistoryError> {
        let room = room.clone();
        let page = self.history.run(move |posts| posts.page(&room, before));
        Ok(Some(ToPage::Older(page.await?)))
    }

    /// Returns the rooms with members, the room `general`, and those with the latest posts.
    pub(crate) async fn summaries(self) -> Result<Json<Vec<Summary>>, StatusCode> {
        let stored = self.history.run(|posts| posts.latest_rooms());
        let stored = stored
            .await
            .map_err(|_failed| StatusCode::SERVICE_UNAVAILABLE)?;
        let mut rooms = BTreeMap::from([(FIRST_ROOM.to_owned(), Vec::new())]);
        rooms.extend(stored.into_iter().map(|name| (name, Vec::new())));
        let present = self.rooms.present().into_iter();
        rooms.extend(present.map(|(room, users)| (room.to_string(), users)));
        let summary = |(name, present)| Summary { name, present };
        Ok(Json(rooms.into_iter().map(summary).collect()))
    }
}

fn refused(reason: impl Into<String>) -> ToPage {
    ToPage::Refused {
        reason: reason.into(),
    }
}
