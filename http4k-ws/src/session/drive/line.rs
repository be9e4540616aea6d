//! A connection whose other end is in a test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::{Session, open};
use crate::message::{Body, Request, WsMessage};
use crate::session::config::SessionConfig;
use crate::session::socket::WebSocket;
use crate::session::transport::{Gone, Handshake, Incoming, Outgoing, Progress, Role, Transport};

/// A connection whose other end is in the test.
#[derive(Clone, Default)]
pub(crate) struct Line(Arc<Mutex<Ends>>);

#[derive(Default)]
struct Ends {
    incoming: VecDeque<Incoming>,
    reader: Option<Waker>,
    bytes_read: u64,
    /// `true` if messages may be gathered.
    gathers: bool,
    /// `true` if messages may be received several at once.
    batches: bool,
    /// `true` while the peer reads nothing.
    blocked: bool,
    writer: Option<Waker>,
    /// The texts that the peer has received, and its close frame as "closed CODE".
    sent: Vec<String>,
    pings: usize,
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a message of the peer arrive.
    pub(crate) fn arrive(&self, text: impl Into<WsMessage>) {
        self.incoming(Incoming::Message(text.into()));
    }

    /// Lets something of the peer arrive.
    pub(crate) fn incoming(&self, incoming: Incoming) {
        let mut ends = self.lock();
        ends.bytes_read += 1;
        ends.incoming.push_back(incoming);
        ends.reader.take().into_iter().for_each(Waker::wake);
    }

    /// Returns how much has arrived that the session has not taken.
    pub(crate) fn untaken(&self) -> usize {
        self.lock().incoming.len()
    }

    /// Returns what the peer has received since the last time.
    pub(crate) fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().sent)
    }

    pub(crate) fn pings(&self) -> usize {
        self.lock().pings
    }

    /// Drops the waker of the task that reads.
    pub(crate) fn forget_reader(&self) {
        self.lock().reader = None;
    }

    /// Lets the peer stop reading, or read again.
    pub(crate) fn block(&self, blocked: bool) {
        let mut ends = self.lock();
        ends.blocked = blocked;
        if !blocked {
            ends.writer.take().into_iter().for_each(Waker::wake);
        }
    }

    /// Lets messages be gathered from now on.
    pub(crate) fn let_gather(&self) {
        self.lock().gathers = true;
    }

    /// Lets messages be received several at once from now on.
    pub(crate) fn let_batch(&self) {
        self.lock().batches = true;
    }

    fn poll_write(&self, cx: &Context<'_>) -> Poll<Result<(), Gone>> {
        let mut ends = self.lock();
        match ends.blocked {
            false => Poll::Ready(Ok(())),
            true => {
                ends.writer = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Transport for Line {
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let mut ends = self.lock();
        match ends.incoming.pop_front() {
            Some(incoming) => Poll::Ready(incoming),
            None => {
                ends.reader = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn has_arrived(&self) -> bool {
        let ends = self.lock();
        ends.batches && matches!(ends.incoming.front(), Some(Incoming::Message(_)))
    }

    fn take_arrived(&mut self, mut receive: impl FnMut(WsMessage) -> bool) -> Option<Incoming> {
        loop {
            let next = {
                let mut ends = self.lock();
                let next = ends.incoming.front()?;
                let taken = matches!(next, Incoming::Message(_) | Incoming::Failed(_));
                taken.then(|| ends.incoming.pop_front()).flatten()?
            };
            match next {
                Incoming::Message(message) => {
                    if !receive(message) {
                        return None;
                    }
                }
                end => return Some(end),
            }
        }
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        self.poll_write(cx)
    }

    fn start_send(&mut self, outgoing: Outgoing) -> Result<(), Gone> {
        match outgoing {
            Outgoing::Message(message) => self.lock().sent.push(message.text().into_owned()),
            Outgoing::Ping(_) => self.lock().pings += 1,
            Outgoing::Close(status) => self.lock().sent.push(format!("closed {}", status.code())),
        }
        Ok(())
    }

    fn gathers(&self) -> bool {
        let ends = self.lock();
        ends.gathers && !ends.blocked
    }

    fn gather(&mut self, message: &WsMessage) {
        self.lock().sent.push(message.text().into_owned());
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        self.poll_write(cx)
    }

    fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn abort(&mut self) {}

    fn progress(&mut self) -> Progress {
        Progress {
            bytes_read: self.lock().bytes_read,
            ..Progress::default()
        }
    }

    fn buffered(&self) -> usize {
        0
    }
}

/// Opens a socket of a server over a [`Line`].
pub(crate) fn opened(config: SessionConfig) -> (Line, WebSocket, Session<Line>) {
    let line = Line::default();
    let handshake = Handshake {
        request: Request::new(Body::empty()).into(),
        subprotocol: None,
        route: None,
        response: None,
    };
    let (socket, session) = open(line.clone(), Role::Server, handshake, Arc::new(config));
    (line, socket, session)
}
