//! One connection of a socket that goes on, from the hook to its end.

use std::convert::Infallible;
use std::future::pending;

use futures_util::FutureExt;

use super::event::ReconnectEvent;
use super::link::Link;
use super::mailbox::{Letter, Next, Put};
use crate::message::WsStatus;
use crate::session::{WebSocket, WsSender};

/// What was handed to one connection.
#[derive(Default)]
struct Handed {
    /// On its way into the connection's own queue.
    next: Option<Letter>,
    count: u64,
    /// Those of them that are not known to be flushed.
    unflushed: u64,
}

/// Moves messages until the connection is over. Gives its status, and how many messages were written
/// to it; those that were not are the next to be sent.
pub(super) async fn converse(link: &Link, mut socket: WebSocket) -> (WsStatus, u64) {
    socket.keep_unsent();
    let (sender, over) = (socket.sender(), socket.closed());
    let mut handed = Handed::default();
    tokio::select! {
        biased;
        () = receive(link, &mut socket) => {}
        never = hand_over(link, &sender, &mut handed) => match never {},
        never = renew(link, &sender) => match never {},
        // Also where nobody makes room for what comes.
        _status = over => {}
    }
    let status = socket.closed().await;
    receive_rest(link, &mut socket);
    let mut unsent = socket.take_unsent();
    // What was sent before, by the hook, is said again by the hook.
    let ours = unsent
        .len()
        .min(usize::try_from(handed.count).unwrap_or(usize::MAX));
    let ours = unsent.split_off(unsent.len() - ours);
    let unconfirmed = handed.count - ours.len() as u64;
    let lost = handed.unflushed > ours.len() as u64;
    let unsent = ours.into_iter().map(|message| Letter::new(message, None));
    let again: Vec<_> = unsent.chain(handed.next).collect();
    link.outbox.put_back(again.into_iter(), lost);
    (status, unconfirmed)
}

async fn receive(link: &Link, socket: &mut WebSocket) {
    loop {
        link.inbox.room().await;
        let Some(message) = socket.next_message().await else {
            return;
        };
        let spoken = socket.format();
        // There is room, which nobody else takes; a box that is shut has no reader.
        let _: Put = link.inbox.put(Letter::new(message, spoken));
    }
}

/// Takes what came before the end.
fn receive_rest(link: &Link, socket: &mut WebSocket) {
    let spoken = socket.format();
    let mut rest = Vec::new();
    while let Some(Some(message)) = socket.next_message().now_or_never() {
        rest.push(Letter::new(message, spoken));
    }
    let messages = link.inbox.put_rest(rest);
    if messages > 0 {
        link.tell(ReconnectEvent::Unread { messages });
    }
}

async fn hand_over(link: &Link, sender: &WsSender, handed: &mut Handed) -> Infallible {
    loop {
        match link.outbox.next().await {
            Next::Letter(letter) => {
                let message = letter.message.clone();
                handed.next = Some(letter);
                if sender.send(message).await.is_err() {
                    return pending().await;
                }
                handed.next = None;
                handed.count += 1;
                handed.unflushed += 1;
            }
            Next::Flush => {
                if sender.flush().await.is_err() {
                    return pending().await;
                }
                handed.unflushed = 0;
                link.outbox.flushed(false);
            }
            Next::End => break,
        }
    }
    if let Some(status) = link.closing() {
        sender.close(status);
        if sender.flush().await.is_ok() {
            handed.unflushed = 0;
            link.outbox.flushed(true);
        }
    }
    pending().await
}

async fn renew(link: &Link, sender: &WsSender) -> Infallible {
    sender.close(link.renewal_asked().await);
    pending().await
}
