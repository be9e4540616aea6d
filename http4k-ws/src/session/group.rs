//! A group of sockets that receive the same messages.
//!
//! The lock of `lanes` is held from the first to the last member that is told of a message, so
//! that the messages of a group have one order, and those that a task sends afterwards come after
//! it. It is taken before that of any socket, and not while a message is encoded.

mod lane;
mod member;

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::SendError;
use super::socket::WebSocket;
use crate::lens::{Message, encoded};
use crate::message::{WsMessage, WsStatus};
use lane::{Lane, tell};
pub use member::GroupMember;

/// Sockets of this process that receive the same messages, such as the players of a game.
///
/// A socket [joins](Self::join) with its handle, and leaves when the returned guard is dropped. A
/// clone is the same group. Each message is encoded once per format, stored once, and sent to each
/// member with the next write of its session, so that a broadcast to many sockets costs less than
/// as many calls of [`WsSender::try_send`](crate::WsSender::try_send).
///
/// 1. All members receive the messages of a group in the same order. What one task sends, in
///    several groups and to single sockets, arrives in the order in which it was sent.
/// 2. A broadcast waits for no member. The bounds of each socket hold
///    ([`SessionConfig`](crate::session::SessionConfig)): if its queue is full, its
///    [`SlowConsumer`](crate::session::SlowConsumer) policy applies. With the default,
///    [`Wait`](crate::session::SlowConsumer::Wait), the socket is closed with 1013, because a
///    broadcast does not wait.
/// 3. A group keeps about 64 messages or 64 KiB for the members that have not taken them. The rest
///    is in the queues of these members.
///
/// Groups of several processes, with a history and the presence of members, are topics (the module
/// `topics`, with the feature `json`).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::session::Group;
///
/// async fn chat(mut ws: WebSocket, room: Group) -> WsResult {
///     let _member = room.join(&ws);
///     while let Some(message) = ws.recv().await? {
///         room.broadcast(message)?;
///     }
///     Ok(())
/// }
///
/// let room = Group::new();
/// let app = routes! { "/chat" => ws(chat(ws, room)) };
/// let (mut ann, mut bob) = (app.test_ws("/chat"), app.test_ws("/chat"));
/// ann.send("hello").unwrap();
/// assert_eq!(bob.received().next().unwrap().unwrap(), "hello");
/// assert_eq!(ann.received().next().unwrap().unwrap(), "hello");
/// ```
pub struct Group<Out = WsMessage> {
    lanes: Arc<Mutex<Vec<Lane>>>,
    out: PhantomData<fn(Out)>,
}

impl<Out: Message + Clone> Group<Out> {
    /// Creates a group without members.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::Group;
    /// #[derive(Clone, Serialize, Deserialize, Message)]
    /// struct Score { home: u8, away: u8 }
    ///
    /// let game = Group::<Score>::new();
    /// // Without members, a message reaches none.
    /// assert_eq!(game.broadcast(Score { home: 1, away: 0 }), Ok(0));
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a socket, which receives what is sent to the group from now on, until the returned
    /// guard is dropped.
    ///
    /// A socket that joins twice receives each message twice.
    ///
    /// # Examples
    ///
    /// With callbacks, the callback at the end owns the guard:
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::Group;
    /// fn listen(ws: WebSocket, news: Group) {
    ///     let member = news.join(&ws);
    ///     ws.on_close(move |_status| drop(member));
    /// }
    ///
    /// let news = Group::new();
    /// let app = routes! { "/news" => ws(listen(ws, news)) };
    /// let mut client = app.test_ws("/news");
    /// news.broadcast("it rains").unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), "it rains");
    /// client.error("connection reset");
    /// assert!(news.is_empty());
    /// # let news: Group = news;
    /// ```
    pub fn join<In: Message>(&self, ws: &WebSocket<In, Out>) -> GroupMember<Out> {
        let format = ws.format.filter(|format| Out::FORMATS.contains(format));
        let socket = Arc::clone(&ws.end.state);
        let mut lanes = self.lock();
        let known = lanes.iter().position(|lane| lane.format == format);
        let index = known.unwrap_or(lanes.len());
        if index == lanes.len() {
            lanes.push(Lane::new(format));
        }
        let place = lanes[index].join(&socket);
        GroupMember {
            group: self.clone(),
            log: Arc::clone(&lanes[index].log),
            place,
            socket,
        }
    }

    /// Sends `message` to all members, without waiting. Returns the number of members.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Unencodable`] if a format cannot represent the value. No member
    /// receives it then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::Group;
    /// async fn watch(ws: WebSocket, prices: Group) -> WsResult {
    ///     let _member = prices.join(&ws);
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// let prices = Group::new();
    /// let app = routes! { "/prices" => ws(watch(ws, prices)) };
    /// let mut client = app.test_ws("/prices");
    /// assert_eq!(prices.broadcast("AAPL 187"), Ok(1));
    /// assert_eq!(client.received().next().unwrap().unwrap(), "AAPL 187");
    /// ```
    pub fn broadcast(&self, message: impl Into<Out>) -> Result<usize, SendError> {
        self.send(message.into(), None)
    }

    /// Sends `message` to all members but `member`, as [`broadcast`](Self::broadcast) does.
    fn send(&self, message: Out, except: Option<&GroupMember<Out>>) -> Result<usize, SendError> {
        // One for each lane. Lanes are only added.
        let mut messages = Vec::new();
        loop {
            let format = {
                let mut lanes = self.lock();
                match lanes.get(messages.len()) {
                    Some(lane) => lane.format,
                    None if messages.is_empty() => {
                        drop(lanes);
                        // A value without a message is an error, also if no socket has joined yet.
                        return Ok(encoded(None, message).map(|_message| 0)?);
                    }
                    None => {
                        let except = except.map(|member| (&member.log, member.place));
                        let reached = tell(&mut lanes, &messages, except);
                        drop(lanes);
                        return Ok(reached.report());
                    }
                }
            };
            messages.push(encoded(format, message.clone())?);
        }
    }

    /// Closes the sockets of all members with `status`, each once its queue is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::Group;
    /// # async fn play(ws: WebSocket, game: Group) -> WsResult {
    /// #     let _member = game.join(&ws);
    /// #     ws.closed().await;
    /// #     Ok(())
    /// # }
    /// let game = Group::new();
    /// let app = routes! { "/game" => ws(play(ws, game)) };
    /// let mut client = app.test_ws("/game");
    /// game.broadcast("you win").unwrap();
    /// game.close(WsStatus::NORMAL);
    /// assert_eq!(client.received().next().unwrap().unwrap(), "you win");
    /// assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    /// # let game: Group = game;
    /// ```
    pub fn close(&self, status: WsStatus) {
        let sockets: Vec<_> = {
            let lanes = self.lock();
            let sockets = lanes.iter().flat_map(|lane| &lane.sockets);
            sockets.flatten().cloned().collect()
        };
        sockets
            .iter()
            .for_each(|socket| socket.close(status.clone()));
    }
}

impl<Out> Group<Out> {
    fn lock(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number of members. A socket that is over counts until its guard is dropped, or
    /// the next message is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::Group;
    /// # async fn play(ws: WebSocket, game: Group) -> WsResult {
    /// #     let _member = game.join(&ws);
    /// #     ws.closed().await;
    /// #     Ok(())
    /// # }
    /// let game: Group = Group::new();
    /// let app = { let game = game.clone(); routes! { "/game" => ws(play(ws, game)) } };
    /// let (ann, _bob) = (app.test_ws("/game"), app.test_ws("/game"));
    /// assert_eq!(game.len(), 2);
    /// drop(ann);
    /// assert_eq!(game.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.lock()
            .iter()
            .map(|lane| lane.log.members_but(None))
            .sum()
    }

    /// Returns `true` if there is no member.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::session::Group;
    /// let game: Group = Group::new();
    /// assert!(game.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<Out> Default for Group<Out> {
    fn default() -> Self {
        Self {
            lanes: Arc::default(),
            out: PhantomData,
        }
    }
}

impl<Out> Clone for Group<Out> {
    fn clone(&self) -> Self {
        Self {
            lanes: Arc::clone(&self.lanes),
            out: PhantomData,
        }
    }
}

impl<Out> PartialEq for Group<Out> {
    /// Returns `true` if both are the same group.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.lanes, &other.lanes)
    }
}

impl<Out> Eq for Group<Out> {}

impl<Out> fmt::Debug for Group<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("members", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
