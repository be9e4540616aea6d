//! The connection of a handler that opens its socket itself.
//!
//! hyper gives its stream to the handler, which is code of another framework. The task of the
//! connection stays, so that the connection keeps its permit and its place in the shutdown.
//!
//! 1. The stream is handed over before hyper writes the 101. From then on it reads without framing,
//!    and flushes when it is asked to: no flush is lost to a task that is done.
//! 2. The task of the connection writes what is gathered, once. If the handler writes at the same
//!    time, the one that finishes wakes the other.
//! 3. When the handler drops the stream, the task is woken and ends.
//! 4. When the server stops, reading yields the end of the stream. The handler can finish, as it
//!    does when its client leaves. The frames on the stream are its own, so no Close is sent.
//! 5. When the task is aborted, the handler can no longer read or write, and our side is ended.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use hyper::rt::ReadBufCursor;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::buffered::Buffered;
use super::io::{Flusher, Framer, Io, lock};
use super::scratch;
use crate::handler::is_passed_through;
use crate::message::{Response, printable};
use crate::server::shutdown::ConnectionGuard;
use crate::wire::ByteStream;

/// The state of a stream that hyper hands over.
#[derive(Debug, Default)]
pub(super) struct Handover {
    phase: HandoverPhase,
    /// The handler has dropped the stream.
    returned: bool,
    /// The task of the connection has nothing more to write.
    settled: bool,
    /// The task of the connection.
    holder: Option<Waker>,
    /// The tasks of the handler.
    reader: Option<Waker>,
    writer: Option<Waker>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum HandoverPhase {
    #[default]
    Open,
    /// Nothing more is read.
    Ending,
    /// Nothing is read or written.
    Aborted,
}

// Wakers are returned, to be woken outside the lock: a waker may run any code.
impl Handover {
    /// Returns the tasks of the handler, which notice the new phase.
    fn enter(&mut self, phase: HandoverPhase) -> [Option<Waker>; 2] {
        if self.phase == phase {
            return [None, None];
        }
        self.phase = phase;
        [self.reader.take(), self.writer.take()]
    }

    /// Notes that the handler has dropped the stream. Returns the task of the connection.
    fn returned(&mut self) -> Option<Waker> {
        self.returned = true;
        self.holder.take()
    }
}

fn keep(waker: &mut Option<Waker>, cx: &Context<'_>) {
    match waker {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *waker = Some(cx.waker().clone()),
    }
}

impl<S: AsyncRead + Unpin> Buffered<S> {
    /// Reads for the handler.
    pub(super) fn poll_read_handed_over(
        &mut self,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(handover) = &mut self.handover else {
            return Poll::Ready(Ok(()));
        };
        if handover.phase != HandoverPhase::Open {
            return Poll::Ready(Ok(()));
        }
        keep(&mut handover.reader, cx);
        let ahead = self.take_ahead(buffer.remaining());
        if !ahead.is_empty() {
            buffer.put_slice(&ahead);
            return Poll::Ready(Ok(()));
        }
        scratch::with_scratch(|scratch| {
            let space = buffer.remaining().min(scratch.len());
            let mut read = ReadBuf::new(&mut scratch[..space]);
            ready!(self.poll_stream(cx, &mut read))?;
            buffer.put_slice(read.filled());
            Poll::Ready(Ok(()))
        })
    }
}

impl<S: AsyncWrite + Unpin> Buffered<S> {
    /// Fails if the handler may no longer write.
    pub(super) fn check_handed_over(&self) -> io::Result<()> {
        let handover = self.handover.as_ref();
        match handover.is_some_and(|handover| handover.phase == HandoverPhase::Aborted) {
            true => Err(io::ErrorKind::BrokenPipe.into()),
            false => Ok(()),
        }
    }

    /// Flushes for the handler. Also returns the task of the connection, if that waits to write.
    fn poll_flush_for_handler(
        &mut self,
        cx: &mut Context<'_>,
    ) -> (Poll<io::Result<()>>, Option<Waker>) {
        let flushed = match self.check_handed_over() {
            Ok(()) => self.poll_flush(cx),
            Err(error) => Poll::Ready(Err(error)),
        };
        let holder = self.handover.as_mut().and_then(|handover| {
            if flushed.is_pending() {
                keep(&mut handover.writer, cx);
                return None;
            }
            handover.holder.take_if(|_| !handover.settled)
        });
        (flushed, holder)
    }
}

impl<S: AsyncWrite + Unpin> Io<S> {
    /// Flushes, if a handler has the stream.
    pub(super) fn poll_flush_handed_over(
        &self,
        cx: &mut Context<'_>,
    ) -> Option<Poll<io::Result<()>>> {
        let mut stream = lock(&self.stream);
        stream.handover.as_ref()?;
        let (flushed, holder) = stream.poll_flush_for_handler(cx);
        drop(stream);
        wake([holder, None]);
        Some(flushed)
    }
}

/// Notes that a handler drops the stream that was handed over to it.
impl<S> Drop for Io<S> {
    fn drop(&mut self) {
        let mut stream = lock(&self.stream);
        let holder = stream
            .handover
            .as_mut()
            .and_then(|handover| handover.returned());
        drop(stream);
        wake([holder, None]);
    }
}

/// The response to a request. Hands the stream over if its handler opens the socket itself.
pub(super) struct HandingOver<'a, F, S> {
    pub(super) response: F,
    pub(super) framer: &'a Framer<S>,
}

impl<F, S, E> Future for HandingOver<'_, F, S>
where
    F: Future<Output = Result<Response, E>> + Unpin,
{
    type Output = Result<Response, E>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(Pin::new(&mut self.response).poll(cx));
        if response.as_ref().is_ok_and(is_passed_through) {
            lock(&self.framer.0).handover = Some(Box::default());
        }
        Poll::Ready(response)
    }
}

/// A connection that a handler has taken, for the task that keeps its permit.
pub(in crate::server) struct PassedOn<S: ByteStream>(Flusher<S>);

impl<S: ByteStream> PassedOn<S> {
    /// Wraps the flusher of a connection that was handed over, and returns any other.
    pub(super) fn of(flusher: Flusher<S>) -> Result<Self, Flusher<S>> {
        let is_handed_over = lock(&flusher.stream).handover.is_some();
        match is_handed_over {
            true => Ok(Self(flusher)),
            false => Err(flusher),
        }
    }

    /// Waits until the handler drops the stream. Ends reading when the server stops.
    pub(in crate::server) async fn until_returned(mut self, guard: &ConnectionGuard) {
        let mut stopping = guard.stopping();
        poll_fn(|cx| {
            let stops = stopping.poll(cx);
            let (returned, settled, wakers) = self.with(|handover| {
                keep(&mut handover.holder, cx);
                let wakers = match stops {
                    true => handover.enter(HandoverPhase::Ending),
                    false => [None, None],
                };
                (handover.returned, handover.settled, wakers)
            });
            wake(wakers);
            if returned {
                return Poll::Ready(());
            }
            if settled {
                return Poll::Pending;
            }
            // The 101, if the handler has not flushed it.
            if let Err(error) = ready!(self.0.poll_flush(cx)) {
                log::debug!(
                    "connection lost as it became a socket: {}",
                    printable(&error)
                );
                return Poll::Ready(());
            }
            wake(self.with(|handover| {
                handover.settled = true;
                [handover.writer.take(), None]
            }));
            Poll::Pending
        })
        .await;
    }

    fn with<T>(&self, change: impl FnOnce(&mut Handover) -> T) -> T {
        change(lock(&self.0.stream).handover.get_or_insert_default())
    }
}

fn wake(wakers: [Option<Waker>; 2]) {
    wakers.into_iter().flatten().for_each(Waker::wake);
}

impl<S: ByteStream> Drop for PassedOn<S> {
    fn drop(&mut self) {
        if self.with(|handover| handover.returned) {
            return;
        }
        // The peer learns of the end, whatever the handler does with its half.
        let ended = lock(&self.0.stream).poll_end(&mut Context::from_waker(Waker::noop()));
        log::debug!("connection taken from its handler: {ended:?}");
        wake(self.with(|handover| handover.enter(HandoverPhase::Aborted)));
    }
}
