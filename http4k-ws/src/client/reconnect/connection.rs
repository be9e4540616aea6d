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
    let flushed = socket.is_flushed();
    let mut unsent = socket.take_unsent();
    // Messages of the hook are in front of ours. The hook of the next connection sends them again.
    let ours = unsent
        .len()
        .min(usize::try_from(passed.count).unwrap_or(usize::MAX));
    let ours = unsent.split_off(unsent.len() - ours);
    let unconfirmed = passed.count - ours.len() as u64;
    // The end may be seen before a flush that the connection has completed.
    let lost = !flushed && passed.unflushed > ours.len() as u64;
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

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::super::{Bounds, event};
    use super::*;
    use crate::session::line::{Line, opened};
    use crate::session::{Incoming, SendError, SessionConfig, SlowConsumer, WsEvent};

    type Flushed = Result<(), SendError>;

    fn state() -> ReconnectState {
        let bounds = Bounds {
            messages: 10,
            bytes: 1000,
            when_full: SlowConsumer::Wait,
        };
        ReconnectState::new(bounds, event::channel().0)
    }

    /// Sends "a" and "b", with a flush of each, over a connection that ends before its task sees
    /// that "a" was flushed. Returns what the flushes report.
    fn flushes_at_the_end(prepare: impl FnOnce(&Line, &WebSocket)) -> [Option<Flushed>; 2] {
        let (line, socket, mut session) = opened(SessionConfig::default());
        prepare(&line, &socket);
        let state = state();
        let mut cx = Context::from_waker(Waker::noop());
        let mut running = pin!(run(&state, socket));
        state.try_send("a".into()).expect("room");
        let mut first = pin!(state.flush());
        assert_eq!(first.as_mut().now_or_never(), None);
        state.try_send("b".into()).expect("room");
        let mut second = pin!(state.flush());
        assert_eq!(second.as_mut().now_or_never(), None);
        assert!(running.as_mut().poll(&mut cx).is_pending());
        let _open = session.poll_unpin(&mut cx);
        line.incoming(Incoming::Close(WsStatus::RESTART));
        let _closed = session.poll_unpin(&mut cx);
        assert!(running.poll(&mut cx).is_ready());
        [first.now_or_never(), second.now_or_never()]
    }

    #[tokio::test]
    async fn a_flush_of_what_has_left_is_complete_although_the_connection_has_ended() {
        let flushes = flushes_at_the_end(|_line, _socket| ());
        // The second message waits for another connection.
        assert_eq!(flushes, [Some(Ok(())), None]);
    }

    #[tokio::test]
    async fn a_flush_of_what_was_written_and_has_not_left_fails_with_the_connection() {
        let flushes = flushes_at_the_end(|line, socket| {
            let line = line.clone();
            socket.observe(move |event| {
                if let WsEvent::Sent(_) = event {
                    line.block(true);
                }
            });
        });
        let lost = Some(Err(SendError::Closed(WsStatus::ABNORMAL)));
        // The second flush waits for the first message, too.
        assert_eq!(flushes, [lost.clone(), lost]);
    }

    #[tokio::test]
    async fn a_flush_of_what_was_not_written_waits_for_another_connection() {
        let flushes = flushes_at_the_end(|line, _socket| line.block(true));
        assert_eq!(flushes, [None, None]);
    }
}
