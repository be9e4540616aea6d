//! The membership of a socket in a group.

use std::fmt;
use std::sync::Arc;

use super::Group;
use crate::lens::Message;
use crate::message::WsMessage;
use crate::session::error::SendError;
use crate::session::group_log::{Log, Place};
use crate::session::state::SocketState;

/// The membership of a socket in a [`Group`], until it is dropped.
///
/// Messages that were sent to the group before the drop still reach the socket. The consumer should
/// own the guard, so that it leaves however it ends; see
/// [Joining and leaving](crate::session#joining-and-leaving). A guard that is kept for longer than
/// its socket does no harm.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::session::{Group, GroupMember};
///
/// async fn listen(mut ws: WebSocket, news: Group) -> WsResult {
///     let mut member: Option<GroupMember> = None;
///     while let Some(command) = ws.recv().await? {
///         match command.as_text() {
///             Some("follow") => member = Some(news.join(&ws)),
///             _ => drop(member.take()),
///         }
///     }
///     Ok(())
/// }
///
/// let news = Group::new();
/// let app = routes! { "/news" => ws(listen(ws, news)) };
/// let mut client = app.test_ws("/news");
/// client.send("follow").unwrap();
/// assert_eq!(news.broadcast("it rains"), Ok(1));
/// client.send("leave").unwrap();
/// assert_eq!(news.broadcast("the sun shines"), Ok(0));
/// assert_eq!(client.received().next().unwrap().unwrap(), "it rains");
/// ```
#[must_use = "the socket leaves the group when this is dropped"]
pub struct GroupMember<Out = WsMessage> {
    pub(super) group: Group<Out>,
    pub(super) log: Arc<Log>,
    pub(super) place: Place,
    pub(super) socket: Arc<SocketState>,
}

impl<Out: Message + Clone> GroupMember<Out> {
    /// Returns the group.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::Group;
    /// let game: Group = Group::new();
    /// let joining = game.clone();
    /// let app = move |ws: WebSocket| {
    ///     let member = joining.join(&ws);
    ///     assert_eq!(member.group(), &joining);
    ///     WsResult::Ok(())
    /// };
    /// assert_eq!(app.test_ws("/").closed(), Some(WsStatus::NORMAL));
    /// assert!(game.is_empty());
    /// ```
    pub fn group(&self) -> &Group<Out> {
        &self.group
    }

    /// Sends `message` to all members but this one, as [`Group::broadcast`] does.
    ///
    /// # Errors
    ///
    /// As [`Group::broadcast`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::Group;
    /// async fn chat(mut ws: WebSocket, room: Group) -> WsResult {
    ///     let member = room.join(&ws);
    ///     while let Some(message) = ws.recv().await? {
    ///         member.broadcast_to_others(message)?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let room = Group::new();
    /// let app = routes! { "/chat" => ws(chat(ws, room)) };
    /// let (mut ann, mut bob) = (app.test_ws("/chat"), app.test_ws("/chat"));
    /// ann.send("hello").unwrap();
    /// assert_eq!(bob.received().next().unwrap().unwrap(), "hello");
    /// ann.expect_silence(std::time::Duration::from_millis(10));
    /// ```
    pub fn broadcast_to_others(&self, message: impl Into<Out>) -> Result<usize, SendError> {
        self.group.send(message.into(), Some(self))
    }
}

impl<Out> Drop for GroupMember<Out> {
    fn drop(&mut self) {
        self.socket.leave(&self.log, self.place);
        let left = {
            let mut lanes = self.group.lock();
            let lane = lanes
                .iter_mut()
                .find(|lane| Arc::ptr_eq(&lane.log, &self.log));
            lane.and_then(|lane| lane.leave(self.place))
        };
        drop(left);
    }
}

impl<Out> fmt::Debug for GroupMember<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupMember")
            .field("socket", &self.socket.id)
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}
