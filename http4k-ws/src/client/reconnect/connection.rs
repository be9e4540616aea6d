//! One connection of a reconnecting socket, from the hook to its end.

use std::convert::Infallible;
use std::future::pending;

use futures_util::FutureExt;

use super::event::ReconnectEvent;
use super::inbox::Received;
use super::outbox::Next;
use super::state::ReconnectState;
use crate::message::{WsMessage, WsStatus};
use crate::session::{WebSocket, WsSender};

/// The messages that were passed to one connection.
#[derive(Default)]
struct Passed {
    /// On its way into the queue of the connection.
    next: Option<WsMessage>,
    count: u64,
    /// The number of them that are not known to be flushed.
    unflushed: u64,
}

/// Moves messages until the connection ends. Returns its status, and the number of messages that
/// were written to it. Messages that were not written are the next to be sent.
pub(super) async fn run(state: &ReconnectState, mut socket: WebSocket) -> (WsStatus, u64) {
    socket.keep_unsent();
    let (sender, ended) = (socket.sender(), socket.closed());
    let mut passed = Passed::default();
    tokio::select! {
        biased;
        () = receive(state, &mut socket) => {}
        never = send(state, &sender, &mut passed) => match never {},
        never = renew(state, &sender) => match never {},
        // A full inbox stops `receive`, but does not hide the end.
        _status = ended => {}
    }
    let status = socket.closed().await;
    receive_rest(state, &mut socket);
    let mut unsent = socket.take_unsent();
    // Messages of the hook are in front of ours. The hook of the next connection sends them again.
    let ours = unsent
        .len()
        .min(usize::try_from(passed.count).unwrap_or(usize::MAX));
    let ours = unsent.split_off(unsent.len() - ours);
    let unconfirmed = passed.count - ours.len() as u64;
    let lost = passed.unflushed > ours.len() as u64;
    let unsent: Vec<_> = ours.into_iter().chain(passed.next).collect();
    state.outbox.put_back(unsent.into_iter(), lost);
    (status, unconfirmed)
}

async fn receive(state: &ReconnectState, socket: &mut WebSocket) {
    loop {
        // This task alone fills the inbox, so the room stays until the message is there.
        state.inbox.room().await;
        let Some(message) = socket.next_message().await else {
            return;
        };
        let format = socket.format();
        state.inbox.put(Received { message, format });
    }
}

/// Takes the messages that arrived before the end.
fn receive_rest(state: &ReconnectState, socket: &mut WebSocket) {
    let format = socket.format();
    let mut rest = Vec::new();
    while let Some(Some(message)) = socket.next_message().now_or_never() {
        rest.push(Received { message, format });
    }
    let messages = state.inbox.put_rest(rest);
    if messages > 0 {
        state.report(ReconnectEvent::Unread { messages });
    }
}

async fn send(state: &ReconnectState, sender: &WsSender, passed: &mut Passed) -> Infallible {
    loop {
        match state.outbox.next().await {
            Next::Send(message) => {
                // Kept until the queue of the connection has it, in case the connection ends now.
                passed.next = Some(message.clone());
                if sender.send(message).await.is_err() {
                    return pending().await;
                }
                passed.next = None;
                passed.count += 1;
                passed.unflushed += 1;
            }
            Next::Flush => {
                if sender.flush().await.is_err() {
                    return pending().await;
                }
                passed.unflushed = 0;
                state.outbox.flushed(false);
            }
            Next::Close => break,
        }
    }
    if let Some(status) = state.closing() {
        sender.close(status);
        if sender.flush().await.is_ok() {
            passed.unflushed = 0;
            state.outbox.flushed(true);
        }
    }
    pending().await
}

async fn renew(state: &ReconnectState, sender: &WsSender) -> Infallible {
    sender.close(state.renewal_requested().await);
    pending().await
}
