//! The frame decoder, which reads a stream of bytes as messages (RFC 6455 §5).
//!
//! 1. Bytes are read into a buffer of the thread. They are unmasked and checked where they lie. A
//!    message that is one frame, all of which is there, is copied once, into its own bytes. This is
//!    the fast path; every other frame takes the other one, which alone reports what is wrong.
//! 2. A frame that breaks a rule is refused when its header has arrived, so that its payload is
//!    neither awaited nor stored. RFC 6455 §5.2 to §5.5 hold the rules, [`Limits`] the bounds.
//! 3. A message that is not all there continues in its [`Assembly`]. The rest of a long binary
//!    frame is read directly into it. A text is checked up to the last byte that has arrived, so
//!    that it fails within its frame.
//! 4. A close frame is reported before it is decoded. The messages before it must be answered
//!    first, because nothing can be sent after it.
//! 5. Control frames may stand between the fragments of a message, and do not change its state (RFC
//!    6455 §5.4).
//! 6. The result is the same however the bytes are split.

mod assembly;
mod budget;
#[cfg(feature = "deflate")]
mod compressed;
mod header;
#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
mod parts;
mod text;
mod unread;
mod violation;

use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, ready};

use bytes::{BufMut, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt};

use assembly::Assembly;
use budget::ControlRate;
pub(super) use header::COMPRESSED;
pub(super) use header::{BINARY, CLOSE, FIN, MASKED, PING, PONG, TEXT};
use header::{FrameHeader, WholeFrame};
use parts::Position;
use unread::Unread;
pub(super) use violation::Violation;

use super::Limits;
#[cfg(feature = "deflate")]
use super::deflate::Inflater;
use super::mask::{mask, unmasked};
use crate::message::WsMessage;
use crate::session::{Partial, Role};

/// The number of missing bytes from which a frame is read directly into its message.
const LONG: usize = 16 * 1024;

/// The incoming half of a connection.
#[derive(Debug)]
pub(super) struct Decoder {
    role: Role,
    limits: Limits,
    unread: Unread,
    position: Position,
    /// The message that has started and not ended.
    message: Option<Box<Assembly>>,
    /// The number of messages that have started.
    started: u64,
    /// The payload of the current control frame, as far as it has arrived.
    control: Vec<u8>,
    control_rate: ControlRate,
    close_reported: bool,
    bytes_read: u64,
    /// Inflates compressed messages, if the handshake agreed on them.
    #[cfg(feature = "deflate")]
    inflater: Option<Box<Inflater>>,
}

/// A message or a frame that was decoded, or a reason why no more is.
#[derive(Debug)]
pub(super) enum Decoded {
    Message(WsMessage),
    Ping(Bytes),
    Pong(Bytes),
    /// A close frame is next.
    CloseAhead,
    /// A close frame, with its payload.
    Close(Vec<u8>),
    /// The peer broke a rule. Nothing more is decoded.
    Broken(Violation),
    /// The stream has ended.
    Lost,
}

impl Decoder {
    /// Creates a decoder of a stream that starts with `ahead`.
    pub(super) fn new(ahead: Bytes, role: Role, limits: Limits) -> Self {
        Self {
            role,
            limits,
            bytes_read: ahead.len() as u64,
            unread: Unread::new(ahead),
            position: Position::Header(FrameHeader::EMPTY),
            message: None,
            started: 0,
            control: Vec::new(),
            control_rate: ControlRate::default(),
            close_reported: false,
            #[cfg(feature = "deflate")]
            inflater: None,
        }
    }

    /// Returns the number of bytes that were read.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Returns the message that has started and not ended.
    pub(super) fn partial(&self) -> Option<Partial> {
        self.message.as_ref().map(|message| Partial {
            number: self.started,
            bytes: message.arrived(),
        })
    }

    /// Returns the buffer of the thread if the unread bytes fill at most half of it.
    pub(super) fn shrink(&mut self) {
        self.unread.shrink();
    }

    /// Decodes what is next, and reads as much as it takes.
    #[inline]
    pub(super) fn poll_next<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Decoded> {
        loop {
            if self.has_more() {
                match self.decode() {
                    Ok(Some(decoded)) => return Poll::Ready(decoded),
                    Ok(None) => {}
                    Err(violation) => return Poll::Ready(Decoded::Broken(violation)),
                }
            }
            match ready!(self.poll_fill(io, cx)) {
                Ok(0) | Err(_) => return Poll::Ready(Decoded::Lost),
                Ok(_) => {}
            }
        }
    }

    /// Passes messages that are one frame each, all of which was read, to `receive` while that
    /// returns `true`. Another message [has started](Self::has_started).
    #[inline]
    pub(super) fn take_whole(
        &mut self,
        mut receive: impl FnMut(WsMessage) -> bool,
    ) -> Result<(), Violation> {
        while let Some(message) = self.decode_whole()? {
            if !receive(message) {
                break;
            }
        }
        Ok(())
    }

    /// Returns `true` if bytes of another message were read.
    #[inline]
    pub(super) fn has_started(&self) -> bool {
        !self.unread.is_empty() && self.is_between_messages()
    }

    /// Reads and discards bytes until the peer ends the stream or `budget` is used up.
    pub(super) fn poll_discard<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
        budget: &mut u32,
    ) -> Poll<()> {
        loop {
            self.unread.clear();
            let Ok(read @ 1..) = ready!(self.unread.poll_fill(io, cx)) else {
                return Poll::Ready(());
            };
            self.bytes_read += read as u64;
            // At most the length of a buffer.
            *budget = budget.saturating_sub(read as u32);
            if *budget == 0 {
                self.unread.clear();
                return Poll::Ready(());
            }
        }
    }

    /// Reads more bytes, after all that were there are decoded, and returns their number. Returns 0
    /// at the end of the stream.
    fn poll_fill<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let read = match self.poll_read_directly(io, cx) {
            Some(polled) => ready!(polled)?,
            None => ready!(self.unread.poll_fill(io, cx))?,
        };
        self.bytes_read += read as u64;
        Poll::Ready(Ok(read))
    }

    /// Reads a part of the current payload into its message, if much of it is missing.
    fn poll_read_directly<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Option<Poll<io::Result<usize>>> {
        let Position::Payload(payload) = &mut self.position else {
            return None;
        };
        let rest = payload.rest().filter(|rest| rest.bytes >= LONG)?;
        let message = self.message.as_mut()?;
        let room = message.room(rest)?;
        let start = room.len();
        let read = pin!(io.read_buf(&mut (&mut *room).limit(rest.bytes))).poll(cx);
        payload.unmask(&mut room[start..]);
        if let Poll::Ready(Ok(read)) = &read {
            message.appended(*read);
        }
        Some(read)
    }

    /// Returns `true` if bytes were read and not decoded.
    #[inline]
    fn has_more(&self) -> bool {
        // A payload that was read directly may be complete.
        !self.unread.is_empty() || self.position.is_at_end_of_frame()
    }

    #[inline]
    fn is_between_messages(&self) -> bool {
        self.message.is_none() && self.position.is_between_frames()
    }

    /// Decodes the bytes that were read. Returns `None` if that needs more of them.
    #[inline]
    fn decode(&mut self) -> Result<Option<Decoded>, Violation> {
        if self.is_between_messages() {
            if let Some(message) = self.decode_whole()? {
                return Ok(Some(Decoded::Message(message)));
            }
        }
        self.decode_parts()
    }

    /// Decodes a message that is one frame, all of which was read.
    #[inline]
    fn decode_whole(&mut self) -> Result<Option<WsMessage>, Violation> {
        let bytes = self.unread.bytes();
        let longest = self.limits.max_frame.min(self.limits.max_message);
        let Some(frame) = WholeFrame::at_start_of(bytes, self.role, longest) else {
            return Ok(None);
        };
        let payload = &mut bytes[frame.start..frame.end];
        let message = if frame.is_text {
            if let Some(key) = frame.key {
                mask(payload, key);
            }
            WsMessage::from_checked(text::check(payload)?.into())
        } else {
            WsMessage::new_binary(unmasked(payload, frame.key))
        };
        self.started += 1;
        self.unread.advance(frame.end);
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests;
