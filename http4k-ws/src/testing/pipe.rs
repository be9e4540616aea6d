//! A connection in memory: a session's transport over two queues of messages, one in each
//! direction.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use super::current::application_runs;
use crate::message::{WsMessage, WsStatus};
use crate::session::{Gone, Incoming, Outgoing, Progress, Transport, WsError};

/// The bounds of a direction, as a network's buffers have them. Beyond either, the writer waits.
const MESSAGES: usize = 64;
const BYTES: usize = 64 * 1024;

/// One end of a connection in memory.
#[derive(Debug)]
pub(super) struct Pipe {
    incoming: Direction,
    outgoing: Direction,
    max_message: usize,
    close_announced: bool,
    close_sent: bool,
}

/// Returns the two ends of a new connection. The arguments are the largest messages that each end
/// accepts, in bytes.
pub(super) fn pair(client_max: usize, server_max: usize) -> (Pipe, Pipe) {
    let (there, back) = (Direction::default(), Direction::default());
    let end = |incoming: &Direction, outgoing: &Direction, max_message| Pipe {
        incoming: incoming.clone(),
        outgoing: outgoing.clone(),
        max_message,
        close_announced: false,
        close_sent: false,
    };
    (
        end(&there, &back, client_max),
        end(&back, &there, server_max),
    )
}

/// One item on its way: a frame of a session, or the response to a ping.
#[derive(Debug)]
enum Item {
    Sent(Outgoing),
    Pong(Bytes),
}

/// The faults of a connection, which a test causes from the client's end.
#[derive(Debug)]
pub(super) struct Line {
    to_client: Direction,
    to_application: Direction,
}

impl Line {
    /// Reports `error` to the application, before any item that it has not read yet.
    pub(super) fn error(&self, error: WsError) {
        let mut flow = self.to_application.lock();
        flow.errors.push_back(error);
        flow.wake_reader();
    }

    /// Sets whether the client reads from the connection.
    pub(super) fn set_reading(&self, reading: bool) {
        let mut flow = self.to_client.lock();
        flow.held = !reading;
        flow.wake_reader();
    }

    /// Stops all items in both directions. Neither end notices when the other closes.
    pub(super) fn sever(&self) {
        for direction in [&self.to_client, &self.to_application] {
            let mut flow = direction.lock();
            flow.held = true;
            flow.severed = true;
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Direction(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    flow: Mutex<Flow>,
    /// The bytes that the reader has taken. Only the reader changes it.
    bytes_taken: AtomicU64,
}

#[derive(Debug, Default)]
struct Flow {
    items: VecDeque<Item>,
    bytes: usize,
    reader: Option<Waker>,
    writer: Option<Waker>,
    closed: bool,
    /// Errors that a test client reports to the application.
    errors: VecDeque<WsError>,
    /// The reader receives nothing for now.
    held: bool,
    /// Neither end notices when the other closes.
    severed: bool,
}

impl Direction {
    fn lock(&self) -> MutexGuard<'_, Flow> {
        self.0.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes_taken(&self) -> u64 {
        self.0.bytes_taken.load(Ordering::Acquire)
    }

    /// Counts an item that the reader has taken.
    fn count_taken(&self, item: &Item) {
        // One more than its length, so that an empty message is progress too.
        let bytes = weight(item) as u64 + 1;
        self.0.bytes_taken.fetch_add(bytes, Ordering::Release);
    }

    /// Ends the direction. Items that were written before can still be read.
    fn close(&self) {
        let mut flow = self.lock();
        if flow.severed {
            return;
        }
        flow.closed = true;
        for waker in [flow.reader.take(), flow.writer.take()]
            .into_iter()
            .flatten()
        {
            waker.wake();
        }
    }
}

impl Flow {
    fn is_full(&self) -> bool {
        self.items.len() >= MESSAGES || self.bytes >= BYTES
    }

    fn push(&mut self, item: Item) {
        self.bytes += weight(&item);
        self.items.push_back(item);
        self.wake_reader();
    }

    fn wake_reader(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    fn pop(&mut self) -> Option<Item> {
        let item = self.items.pop_front()?;
        self.bytes -= weight(&item);
        if let Some(writer) = self.writer.take() {
            writer.wake();
        }
        Some(item)
    }
}

fn weight(item: &Item) -> usize {
    match item {
        Item::Sent(Outgoing::Message(message)) => message.as_bytes().len(),
        Item::Sent(Outgoing::Ping(_) | Outgoing::Close(_)) | Item::Pong(_) => 0,
    }
}

impl Pipe {
    /// Returns the faults of this connection. This must be the client's end.
    pub(super) fn line(&self) -> Line {
        Line {
            to_client: self.incoming.clone(),
            to_application: self.outgoing.clone(),
        }
    }

    fn receive(&mut self, message: WsMessage) -> Incoming {
        if message.as_bytes().len() > self.max_message {
            let reason = format!("a message is at most {} bytes", self.max_message);
            let status = WsStatus::new(WsStatus::TOO_BIG.code(), reason);
            return Incoming::Failed(status.unwrap_or(WsStatus::TOO_BIG));
        }
        Incoming::Message(message)
    }
}

impl Pipe {
    /// Sends a response that a network transport would send by itself.
    fn respond(&mut self, item: Item) {
        if !self.close_sent {
            self.outgoing.lock().push(item);
        }
    }
}

impl Transport for Pipe {
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let mut flow = self.incoming.lock();
        if let Some(error) = flow.errors.pop_front() {
            application_runs();
            return Poll::Ready(Incoming::Error(error));
        }
        if flow.held {
            flow.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let close_ahead = matches!(flow.items.front(), Some(Item::Sent(Outgoing::Close(_))));
        if close_ahead && !self.close_announced {
            self.close_announced = true;
            return Poll::Ready(Incoming::CloseAhead);
        }
        let popped = flow.pop();
        popped
            .iter()
            .for_each(|item| self.incoming.count_taken(item));
        let closed = flow.closed;
        if popped.is_none() && !closed {
            flow.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        drop(flow);
        if !matches!(popped, Some(Item::Pong(_) | Item::Sent(Outgoing::Ping(_)))) {
            // The session calls the application's callbacks.
            application_runs();
        }
        Poll::Ready(match popped {
            Some(Item::Sent(Outgoing::Message(message))) => self.receive(message),
            Some(Item::Sent(Outgoing::Close(status))) => {
                self.respond(Item::Sent(Outgoing::Close(status.clone())));
                self.close_sent = true;
                Incoming::Close(status)
            }
            Some(Item::Sent(Outgoing::Ping(payload))) => {
                self.respond(Item::Pong(payload));
                Incoming::Ping
            }
            Some(Item::Pong(payload)) => Incoming::Pong(payload),
            None => Incoming::Lost,
        })
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let mut flow = self.outgoing.lock();
        if flow.closed {
            return Poll::Ready(Err(Gone));
        }
        if !flow.is_full() {
            return Poll::Ready(Ok(()));
        }
        flow.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    fn start_send(&mut self, outgoing: Outgoing) -> Result<(), Gone> {
        let mut flow = self.outgoing.lock();
        if flow.closed || self.close_sent {
            return Err(Gone);
        }
        self.close_sent = matches!(outgoing, Outgoing::Close(_));
        if self.close_sent {
            application_runs();
        }
        flow.push(Item::Sent(outgoing));
        Ok(())
    }

    fn poll_flush(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        self.abort();
        Poll::Ready(())
    }

    fn abort(&mut self) {
        // The session reports the end to the application's callbacks.
        application_runs();
        self.incoming.close();
        self.outgoing.close();
    }

    fn progress(&mut self) -> Progress {
        let bytes_written = self.outgoing.bytes_taken();
        Progress {
            bytes_written,
            bytes_read: self.incoming.bytes_taken(),
            // No buffer of a system accepts bytes that the peer has not read.
            bytes_resumed: bytes_written,
            // A message arrives whole.
            partial: None,
        }
    }

    fn buffered(&self) -> usize {
        0
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.abort();
    }
}
