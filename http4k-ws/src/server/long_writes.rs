//! Long writes to a socket whose system holds little that is unsent.
//!
//! The bound on unsent bytes ([`max_unsent`](crate::server::ServerConfig::max_unsent)) keeps
//! messages in the queue of their session, where a policy may drop them. It also shows the progress
//! of a slow peer. Under it, a payload of a megabyte leaves in many small writes, and each of them
//! wakes both ends. Nothing else can leave while one long payload is written, so a larger bound
//! delays nothing then.
//!
//! 1. A write is long if it offers at least [`LONG`] bytes. The layers above gather fewer bytes of
//!    short messages, so it contains a long payload.
//! 2. The bound is raised when the peer has taken [`PROOF`] bytes of the payload within [`FAST`].
//!    It is restored when the whole payload is accepted. A bound that is large is left alone.
//! 3. A peer that has just taken a payload at the raised bound need not prove again that it reads.
//! 4. The system reports a socket as writable when half of the bound is left, so a raised bound
//!    hides the progress of a slow peer. A write that is polled again after [`FAST`] therefore ends
//!    the raise, and tests whether the peer has taken a step of the original bound. If it has, one
//!    byte is accepted. The layers above poll the write before a deadline ends the connection. So
//!    they hold a peer to the same rate as without a raise.
//! 5. An accepted write at the original bound shows that the backlog is gone. For that, a payload
//!    and a tested byte end their segment: the system adds bytes to the last segment whatever the
//!    bound is.
//!
//! The state is boxed, and exists only from a long write to the end of its backlog.

use std::io::{self, IoSlice};
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::socket::poll_writing;

/// The length from which a write is long. No layer above gathers as many short messages.
const LONG: usize = 256 * 1024;

/// The rest of a payload for which the bound is raised, at least.
const WORTHWHILE: usize = LONG / 2;

/// The bound while a long payload is written. Most of a message of 1 MiB, the default maximum, then
/// leaves in one write. With half of the bound, the processor needs a sixth more time for it.
const RAISED: u32 = 1024 * 1024;

/// The bytes that a peer must take of a payload to prove that it reads. A peer that reads nothing
/// takes fewer with the receive buffer of 128 KiB that is usual.
const PROOF: usize = 192 * 1024;

/// The time for a proof. A fast peer needs no longer for half of the raised bound.
const FAST: Duration = Duration::from_millis(200);

/// The time for which a proof is valid without another long payload.
const TRUSTED: Duration = Duration::from_secs(1);

/// The number of steps in which the backlog of a slow peer is tested, at most.
const STEPS: u32 = 128;

/// A socket with a bound on its unsent bytes. A write that is accepted as a whole ends its segment
/// (5).
pub(super) trait Bounded {
    /// Returns the bound, or `None` if the system has none.
    fn max_unsent(&self) -> Option<u32>;

    fn set_max_unsent(&self, bytes: u32) -> io::Result<()>;

    /// Writes as soon as the runtime finds the socket writable.
    fn poll_write(&self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>>;

    /// Writes at once, also if the runtime does not find the socket writable.
    fn write_now(&self, byte: u8) -> io::Result<usize>;
}

/// `true` if the system has a bound on unsent bytes.
const SUPPORTED: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// `MSG_EOR` of Linux, which ends the segment.
const END_SEGMENT: i32 = 0x80;

impl Bounded for TcpStream {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn max_unsent(&self) -> Option<u32> {
        SockRef::from(self).tcp_notsent_lowat().ok()
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn max_unsent(&self) -> Option<u32> {
        None
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn set_max_unsent(&self, bytes: u32) -> io::Result<()> {
        SockRef::from(self).set_tcp_notsent_lowat(bytes)
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn set_max_unsent(&self, _bytes: u32) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn poll_write(&self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        poll_writing(self, cx, |stream| {
            stream.try_io(Interest::WRITABLE, || {
                SockRef::from(stream).send_vectored_with_flags(slices, END_SEGMENT)
            })
        })
    }

    fn write_now(&self, byte: u8) -> io::Result<usize> {
        SockRef::from(self).send_with_flags(&[byte], END_SEGMENT)
    }
}

/// The long write of a socket, if there is one.
#[derive(Debug, Default)]
pub(super) struct LongWrites(Option<Box<LongWrite>>);

/// A payload that is written, or the backlog of the last one.
#[derive(Debug)]
struct LongWrite {
    /// The bound that the socket has otherwise.
    base: u32,
    raised: bool,
    /// The system holds fewer unsent bytes than this, and what one write may exceed it by.
    backlog: u32,
    /// The bytes of the payload that are not accepted.
    left: usize,
    /// The bytes that were accepted since `proving`.
    taken: usize,
    proving: Instant,
    /// The last payload was proof enough for the next one (3).
    trusted: bool,
    /// The time of the last write that was accepted, or of the last test.
    moved: Instant,
}

impl LongWrites {
    /// Returns `true` if a write of `length` bytes must pass through
    /// [`poll_write`](Self::poll_write).
    #[inline]
    pub(super) fn concern(&self, length: usize) -> bool {
        SUPPORTED && (self.0.is_some() || length >= LONG)
    }

    /// Writes `slices`, and changes the bound of the socket as necessary.
    pub(super) fn poll_write<S: Bounded>(
        &mut self,
        socket: &S,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let long = match &mut self.0 {
            Some(long) => long,
            None => match socket.max_unsent() {
                Some(base) if (1..=RAISED / 2).contains(&base) => {
                    self.0.insert(Box::new(LongWrite::new(base)))
                }
                _ => return socket.poll_write(cx, slices),
            },
        };
        let written = long.poll_write(socket, cx, slices);
        if long.is_over() {
            self.0 = None;
        }
        written
    }
}

impl LongWrite {
    fn new(base: u32) -> Self {
        let now = Instant::now();
        Self {
            base,
            raised: false,
            backlog: base,
            left: 0,
            taken: 0,
            proving: now,
            trusted: false,
            moved: now,
        }
    }

    fn is_over(&self) -> bool {
        self.left == 0 && self.backlog == self.base
    }

    fn poll_write<S: Bounded>(
        &mut self,
        socket: &S,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let offered = slices.iter().map(|slice| slice.len()).sum();
        // What is left of a payload is offered again, and anything else is another write.
        if offered != self.left {
            self.begin(socket, offered);
        }
        match socket.poll_write(cx, slices) {
            Poll::Ready(Ok(written)) => {
                self.accepted(socket, written);
                Poll::Ready(Ok(written))
            }
            Poll::Pending => self.poll_test(socket, slices),
            failed => failed,
        }
    }

    fn begin<S: Bounded>(&mut self, socket: &S, offered: usize) {
        let now = Instant::now();
        let trusted = self.trusted && now.duration_since(self.moved) < TRUSTED;
        (self.left, self.taken) = (offered, 0);
        self.proving = now;
        if offered >= LONG && trusted {
            self.raise(socket);
        } else {
            self.lower(socket);
        }
    }

    fn accepted<S: Bounded>(&mut self, socket: &S, written: usize) {
        self.moved = Instant::now();
        self.left -= written;
        self.taken += written;
        if !self.raised {
            self.backlog = self.base; // (5)
        }
        if self.left == 0 {
            self.lower(socket);
        } else if self.taken >= PROOF && !self.raised {
            if self.moved.duration_since(self.proving) <= FAST && self.left >= WORTHWHILE {
                self.raise(socket);
            }
            (self.taken, self.proving) = (0, self.moved);
        }
    }

    fn raise<S: Bounded>(&mut self, socket: &S) {
        if !self.raised && socket.set_max_unsent(RAISED).is_ok() {
            self.raised = true;
            self.trusted = true;
            self.backlog = RAISED;
        }
    }

    /// Restores the bound. The backlog stays.
    fn lower<S: Bounded>(&mut self, socket: &S) {
        if self.raised {
            self.raised = false;
            self.set_bound(socket, self.base);
        }
    }

    fn set_bound<S: Bounded>(&self, socket: &S, bound: u32) {
        if let Err(error) = socket.set_max_unsent(bound) {
            log::debug!("could not limit the kernel send buffer: {error}");
        }
    }

    /// Tests whether a slow peer has taken a step of the backlog. The write is accepted in part if
    /// it has (4).
    fn poll_test<S: Bounded>(
        &mut self,
        socket: &S,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let now = Instant::now();
        if self.backlog == self.base || now.duration_since(self.moved) < FAST {
            return Poll::Pending;
        }
        self.moved = now;
        self.trusted = false;
        self.lower(socket);
        let tested = self.test(socket, slices);
        self.set_bound(socket, self.base);
        match tested {
            Ok(true) => {
                self.left -= 1;
                Poll::Ready(Ok(1))
            }
            Ok(false) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// Writes one byte with the smallest bound that accepts it, which shows the size of the
    /// backlog. Returns `false` if the backlog is not a step smaller than before.
    fn test<S: Bounded>(&mut self, socket: &S, slices: &[IoSlice<'_>]) -> io::Result<bool> {
        let Some(first) = slices.iter().find_map(|slice| slice.first()) else {
            return Ok(false);
        };
        // Half of the bound is the step in which the system reports progress.
        let step = (self.base / 2).max(RAISED / STEPS);
        let mut bound = self.base;
        while bound + step <= self.backlog {
            self.set_bound(socket, bound);
            match socket.write_now(*first) {
                Ok(_) => {
                    self.backlog = bound;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => bound += step,
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests;
