//! The connection of a stream of events, which reads ahead of its client.
//!
//! 1. A task polls the body of the server, as a connection does, whether or not the client waits.
//!    So a handler starts, and joins its room, before the test goes on.
//! 2. The task stops at the bound, and while the client does not read. The body is then not polled,
//!    as that of a server whose connection is full.
//! 3. If the client drops its end, the task drops the body, and the handler with it.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body as _, Frame};

use super::current::spawn;
use crate::message::{Body, BodyError, Response};

/// The bounds of the pieces that are read ahead. They are those of a socket in memory.
const MAX_PIECES: usize = 64;
const MAX_BYTES: usize = 64 * 1024;

/// A handle to a connection, which pauses and resumes it.
#[derive(Debug, Clone)]
pub(super) struct Reading(Arc<Shared>);

#[derive(Debug)]
struct Shared(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    pieces: VecDeque<Result<Bytes, BodyError>>,
    bytes: usize,
    paused: bool,
    /// The server's body has ended.
    ended: bool,
    /// The client has dropped its end.
    dropped: bool,
    /// The task that reads from the server.
    source: Option<Waker>,
    client: Option<Waker>,
}

impl State {
    fn is_full(&self) -> bool {
        self.pieces.len() >= MAX_PIECES || self.bytes >= MAX_BYTES
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and wakes the task that reads from the server.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let value = change(&mut state);
        let waker = state.source.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
        value
    }
}

impl Reading {
    pub(super) fn set_paused(&self, paused: bool) {
        self.0.change(|state| state.paused = paused);
    }
}

/// Starts to read the body of `response` in the current runtime. Returns the response over the
/// bytes that are read.
pub(super) fn read_ahead(response: Response) -> (Response, Reading) {
    let (head, body) = response.into_parts();
    let shared = Arc::new(Shared(Mutex::default()));
    spawn(Source {
        body,
        shared: Arc::clone(&shared),
    });
    let reading = Reading(Arc::clone(&shared));
    let body = Body::new(Received(shared));
    (Response::from_parts(head, body), reading)
}

/// The task that reads from the server.
struct Source {
    body: Body,
    shared: Arc<Shared>,
}

impl Future for Source {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        loop {
            {
                let mut state = this.shared.lock();
                if state.dropped {
                    return Poll::Ready(());
                }
                state.source = Some(cx.waker().clone());
                if state.paused || state.is_full() {
                    return Poll::Pending;
                }
            }
            // The lock is free, because the handler may drop the client.
            let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
                return Poll::Pending;
            };
            let ended = !matches!(frame, Some(Ok(_)));
            let piece = frame.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default()));
            let mut state = this.shared.lock();
            state.bytes += piece
                .as_ref()
                .map_or(0, |piece| piece.as_ref().map_or(0, Bytes::len));
            state.pieces.extend(piece);
            state.ended = ended;
            let client = state.client.take();
            drop(state);
            client.into_iter().for_each(Waker::wake);
            if ended {
                return Poll::Ready(());
            }
        }
    }
}

/// The body that the client reads.
struct Received(Arc<Shared>);

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let piece = self.0.change(|state| {
            let piece = state.pieces.pop_front();
            if let Some(Ok(bytes)) = &piece {
                state.bytes -= bytes.len();
            }
            if piece.is_none() && !state.ended {
                state.client = Some(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(piece)
        });
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.0.change(|state| {
            state.dropped = true;
            state.pieces.clear();
        });
    }
}
