//! Follows the frame headers in a stream of bytes, without copying a payload.
//!
//! It refuses what breaks a rule before the payload comes, so that nobody waits for it or makes room for
//! it. And it stops the stream where a close frame begins: what came before that is to be answered first.

mod budget;
mod header;
mod violation;

use tokio::time::Instant;

use budget::{ControlRate, Partial as Message};
pub(super) use header::{BINARY, CLOSE, FIN, MASKED, PING, PONG, TEXT};
use header::{CONTINUATION, Header};
pub(super) use violation::Violation;

use super::Limits;
use crate::session::{Partial, Role};

/// A frame of more payload than this leaves the codec with a large buffer.
const LARGE: u64 = 2 * 1024;

/// Where in the stream the next byte stands, and what is known of the message it belongs to.
#[derive(Debug)]
pub(super) struct FrameValidator {
    role: Role,
    limits: Limits,
    at: At,
    message: Option<Message>,
    /// The number of messages that have begun.
    begun: u64,
    /// The bytes that have come of the last of them.
    came: u64,
    /// The number of messages and control frames that have ended.
    ended: u64,
    /// Whether the message that the stream stands in has a large frame.
    large: bool,
    /// Whether a message with a large frame has ended, and nobody took note of it.
    large_ended: bool,
    control: ControlRate,
}

#[derive(Debug)]
enum At {
    Header(Header),
    /// In the payload of a frame, so many bytes before its end.
    Payload {
        left: u64,
        of: Frame,
    },
}

/// The part that a frame plays in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Control,
    /// More fragments follow.
    Fragment,
    /// The message ends with it.
    Last,
}

/// Why the stream does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// A close frame is next.
    Close,
    Broken(Violation),
}

impl FrameValidator {
    /// Follows a stream that begins with a frame.
    pub(super) fn new(role: Role, limits: Limits) -> Self {
        Self {
            role,
            limits,
            at: At::Header(Header::EMPTY),
            message: None,
            begun: 0,
            came: 0,
            ended: 0,
            large: false,
            large_ended: false,
            control: ControlRate::new(limits.max_control_rate),
        }
    }

    /// Returns the message that has begun and not ended.
    pub(super) fn partial(&self) -> Option<Partial> {
        let in_last = matches!(
            self.at,
            At::Payload {
                of: Frame::Last,
                ..
            }
        );
        (self.message.is_some() || in_last).then_some(Partial {
            number: self.begun,
            bytes: self.came,
        })
    }

    /// Returns the number of messages and control frames so far, if the stream stands behind the
    /// last of them and before the first byte of the next.
    pub(super) fn ended(&self) -> Option<u64> {
        let is_between = matches!(&self.at, At::Header(header) if header.is_empty());
        (is_between && self.message.is_none()).then_some(self.ended)
    }

    /// Whether the message that has just ended had large frames; the stream then stands at its end.
    pub(super) fn take_large(&mut self) -> bool {
        std::mem::take(&mut self.large_ended)
    }

    /// Follows `bytes`, and says how many of them may pass now, and why not all. Not all may pass either
    /// when a large message ends before; then the rest may at the next call.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> (usize, Option<Stop>) {
        let mut passed = 0;
        while passed < bytes.len() {
            let rest = &bytes[passed..];
            match &mut self.at {
                At::Header(header) => {
                    if header.is_empty() && rest[0] & 0x0F == CLOSE {
                        return (passed, Some(Stop::Close));
                    }
                    let taken = header.take(rest);
                    if let Err(violation) = self.check() {
                        return (passed, Some(Stop::Broken(violation)));
                    }
                    passed += taken;
                }
                At::Payload { left, of } => {
                    let here = (*left).min(rest.len() as u64);
                    *left -= here;
                    if *of != Frame::Control {
                        self.came += here;
                    }
                    // At most `rest.len()`, which is a `usize`.
                    passed += here as usize;
                }
            }
            if self.end_frame() && std::mem::take(&mut self.large) {
                self.large_ended = true;
                break;
            }
        }
        (passed, None)
    }

    /// Checks the header, and goes on to the payload where it is whole.
    fn check(&mut self) -> Result<(), Violation> {
        let At::Header(header) = self.at else {
            return Ok(());
        };
        header.check_start(self.role)?;
        if !header.is_whole() {
            return Ok(());
        }
        header.check_length()?;
        let left = header.payload();
        let of = if header.is_control() {
            self.control.add(Instant::now())?;
            Frame::Control
        } else {
            self.add_to_message(&header)?
        };
        self.at = At::Payload { left, of };
        Ok(())
    }

    /// Adds a data frame to its message, and returns the part that it plays there.
    fn add_to_message(&mut self, header: &Header) -> Result<Frame, Violation> {
        let mut message = match (header.opcode(), self.message.take()) {
            (CONTINUATION, Some(message)) => message,
            (CONTINUATION, None) => return Err(Violation::ContinuationOfNothing),
            (_, Some(_)) => return Err(Violation::Interleaved),
            (_, None) => {
                self.begun += 1;
                self.came = 0;
                Message::default()
            }
        };
        message.add(header.payload(), &self.limits)?;
        self.large |= header.payload() > LARGE;
        if header.is_final() {
            return Ok(Frame::Last);
        }
        self.message = Some(message);
        Ok(Frame::Fragment)
    }

    /// Goes on to the next frame where one has ended, and says whether a message ended with it.
    fn end_frame(&mut self) -> bool {
        match self.at {
            At::Payload { left: 0, of } => {
                self.at = At::Header(Header::EMPTY);
                self.ended += u64::from(of != Frame::Fragment);
                of == Frame::Last
            }
            At::Header(_) | At::Payload { .. } => false,
        }
    }
}

/// The payload of the close frame that is next in a stream, while it comes.
#[derive(Debug)]
pub(super) struct CloseFrame {
    header: Header,
    payload: Vec<u8>,
}

impl CloseFrame {
    pub(super) fn new() -> Self {
        Self {
            header: Header::EMPTY,
            payload: Vec::new(),
        }
    }

    /// Takes the frame from `bytes`, and gives its payload once it is whole.
    pub(super) fn take(
        &mut self,
        mut bytes: &[u8],
        role: Role,
    ) -> Result<Option<Vec<u8>>, Violation> {
        bytes = &bytes[self.header.take(bytes)..];
        self.header.check_start(role)?;
        if !self.header.is_whole() {
            return Ok(None);
        }
        // At most 125, as was checked.
        let length = self.header.payload() as usize;
        if length == 1 {
            return Err(Violation::HalfCloseCode);
        }
        let missing = length - self.payload.len();
        self.payload
            .extend_from_slice(&bytes[..missing.min(bytes.len())]);
        if self.payload.len() < length {
            return Ok(None);
        }
        let key = self.header.key();
        let masked = self.payload.iter_mut().zip(key.iter().cycle());
        masked.for_each(|(byte, key)| *byte ^= key);
        Ok(Some(std::mem::take(&mut self.payload)))
    }
}

#[cfg(test)]
mod tests;
