//! Requests that are answered without hyper: most of them.
//!
//! hyper is exact about every form that a request may have, and that has a price. A request that
//! is [`ordinary`](super::ordinary) arrives complete, and usually gets its response at once and
//! complete. Such a response is written where hyper would write it. All others stay with hyper:
//!
//! 1. Only between two requests does this module read. hyper has then read everything before, and
//!    waits for a head, so that both agree about the place where the next request starts. If a body
//!    came in chunks, only hyper has found its end, and it keeps the connection.
//! 2. Bytes that are not an ordinary request are passed to hyper untouched.
//! 3. The application is called once for each request. If its response is not ready, or not one
//!    that can be [written](super::written) here, hyper reads the same head again and receives that
//!    response in place of calling the service.
//! 4. Handlers run without a lock, and at most [`AT_ONCE`] requests are answered in one poll. All
//!    their responses leave in one write. While [`GATHERED`](super::buffered::GATHERED) bytes
//!    wait to be written, nothing more is read.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::BytesMut;
use tokio::io::AsyncRead;

use super::buffered::{Arrived, GATHERED};
use super::head::HeadLimits;
use super::io::Flusher;
use super::ordinary::ordinary;
use super::scratch;
use super::service::Service;
use super::written::{self, write};
use crate::server::ServerConfig;
use crate::server::request::Pending;

/// The most requests that are answered in one poll.
const AT_ONCE: usize = 32;

/// A response that hyper sends for the next head that it reads.
#[derive(Default)]
pub(super) struct Prepared<'a>(Mutex<Option<Pending<'a>>>);

impl<'a> Prepared<'a> {
    /// Takes the response to the request whose head hyper has read.
    #[inline]
    pub(super) fn take(&self) -> Option<Pending<'a>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, response: Pending<'a>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
    }
}

/// The next step of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// hyper is polled.
    Hyper,
    /// The task is woken, and there is nothing to do for hyper.
    Wait,
}

/// Answers the ordinary requests of one connection.
pub(super) struct Direct<'p, 's> {
    service: &'s Service,
    prepared: &'p Prepared<'s>,
    limits: HeadLimits,
    /// Names of fields are written as hyper writes them by default.
    enabled: bool,
}

impl<'p, 's> Direct<'p, 's> {
    pub(super) fn new(
        service: &'s Service,
        prepared: &'p Prepared<'s>,
        config: &ServerConfig,
    ) -> Self {
        Self {
            service,
            prepared,
            limits: HeadLimits::new(config),
            enabled: !config.title_case_fields,
        }
    }

    /// Answers the ordinary requests that have arrived.
    pub(super) fn poll<S>(&self, cx: &mut Context<'_>, flusher: &Flusher<S>) -> Next
    where
        S: AsyncRead + Unpin,
    {
        if !self.enabled || !flusher.is_between_requests() {
            return Next::Hyper;
        }
        scratch::with_scratch(|scratch| self.poll_with(cx, flusher, scratch))
    }

    fn poll_with<S>(&self, cx: &mut Context<'_>, flusher: &Flusher<S>, scratch: &mut [u8]) -> Next
    where
        S: AsyncRead + Unpin,
    {
        let mut left = AT_ONCE;
        loop {
            let arrived = flusher.poll_arrived(cx, scratch);
            let Poll::Ready((arrived, mut gathered)) = arrived else {
                return Next::Wait;
            };
            let bytes = match &arrived {
                Arrived::Ahead(bytes) => bytes,
                Arrived::Read(length) => &scratch[..*length],
                Arrived::Ended => {
                    flusher.put_back(gathered, arrived, &[], 0);
                    return Next::Hyper;
                }
            };
            let (used, stopped) = self.respond(cx, bytes, &mut gathered, &mut left);
            flusher.put_back(gathered, arrived, scratch, used);
            match stopped {
                None => {}
                Some(Next::Hyper) => return Next::Hyper,
                Some(Next::Wait) => {
                    cx.waker().wake_by_ref();
                    return Next::Wait;
                }
            }
        }
    }

    /// Responds to the requests at the start of `bytes`. Returns the number of bytes that are done
    /// with, and the next step if others are left.
    fn respond(
        &self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        gathered: &mut BytesMut,
        left: &mut usize,
    ) -> (usize, Option<Next>) {
        let mut used = 0;
        written::renew_date();
        while used < bytes.len() {
            if *left == 0 || gathered.len() >= GATHERED {
                return (used, Some(Next::Wait));
            }
            let Some((request, length)) = ordinary(&bytes[used..], &self.limits) else {
                return (used, Some(Next::Hyper));
            };
            *left -= 1;
            let mut response = self.service.begin(request);
            match Pin::new(&mut response).poll(cx) {
                Poll::Ready(response) if written::is_writable(&response) => {
                    write(response, gathered);
                    used += length;
                }
                Poll::Ready(response) => {
                    self.prepared.set(Pending::ready(response));
                    return (used, Some(Next::Hyper));
                }
                Poll::Pending => {
                    self.prepared.set(response);
                    return (used, Some(Next::Hyper));
                }
            }
        }
        (used, None)
    }
}
