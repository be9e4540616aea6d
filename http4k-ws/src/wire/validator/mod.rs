//! The frame validator, which follows the frame headers in a stream without copying a payload.
//!
//! 1. A frame that breaks a rule is refused when its header has arrived, so that its payload is
//!    neither awaited nor stored. RFC 6455 §5.2 to §5.5 hold the rules, [`Limits`] the bounds.
//! 2. The stream stops in front of a close frame. The bytes before it must reach the session first.
//! 3. Every byte that passes belongs to a header in progress or to the payload of a valid header.
//!    The state is the same however the bytes are split.
//! 4. The stream also stops behind a message that had a large frame, so that the decoder can be
//!    replaced while it holds nothing else.
//! 5. Control frames may stand between the fragments of a message, and do not change its state (RFC
//!    6455 §5.4).

mod budget;
mod header;
mod violation;

use tokio::time::Instant;

use budget::{ControlRate, PartialMessage};
pub(super) use header::{BINARY, CLOSE, FIN, MASKED, PING, PONG, TEXT};
use header::{CONTINUATION, FrameHeader};
pub(super) use violation::Violation;

use super::Limits;
use crate::session::{Partial, Role};

/// A frame with a longer payload leaves a large buffer in the decoder.
const LARGE: u64 = 2 * 1024;

/// The position in the stream, and the state of the message there.
#[derive(Debug)]
pub(super) struct FrameValidator {
    role: Role,
    limits: Limits,
    position: Position,
    message: Option<PartialMessage>,
    /// The number of messages that have started.
    started: u64,
    /// The bytes of the last of them that have arrived.
    arrived: u64,
    /// The number of messages and control frames that have ended.
    ended: u64,
    /// The current message has a large frame.
    large: bool,
    /// A message with a large frame has ended, and [`take_large`](FrameValidator::take_large) was
    /// not called since.
    large_ended: bool,
    control: ControlRate,
}

#[derive(Debug)]
enum Position {
    Header(FrameHeader),
    /// In the payload of a frame, with the number of bytes that are left.
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

/// The reason for which the stream stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// A close frame is next.
    Close,
    Broken(Violation),
}

impl FrameValidator {
    /// Creates a validator for a stream that starts with a frame.
    pub(super) fn new(role: Role, limits: Limits) -> Self {
        Self {
            role,
            limits,
            position: Position::Header(FrameHeader::EMPTY),
            message: None,
            started: 0,
            arrived: 0,
            ended: 0,
            large: false,
            large_ended: false,
            control: ControlRate::new(limits.max_control_rate),
        }
    }

    /// Returns the message that has started and not ended.
    pub(super) fn partial(&self) -> Option<Partial> {
        let in_last = matches!(
            self.position,
            Position::Payload {
                of: Frame::Last,
                ..
            }
        );
        (self.message.is_some() || in_last).then_some(Partial {
            number: self.started,
            bytes: self.arrived,
        })
    }

    /// Returns the number of messages and control frames so far, if the stream is between two
    /// frames and in no message.
    pub(super) fn ended(&self) -> Option<u64> {
        let is_between = matches!(&self.position, Position::Header(header) if header.is_empty());
        (is_between && self.message.is_none()).then_some(self.ended)
    }

    /// Returns `true`, once, if the message that has just ended had a large frame. The stream is at
    /// its end then.
    pub(super) fn take_large(&mut self) -> bool {
        std::mem::take(&mut self.large_ended)
    }

    /// Follows `bytes`. Returns how many of them may pass, and the reason if the stream stops.
    ///
    /// Fewer than all pass without a reason if a large message ends before. The rest may pass in
    /// the next call.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> (usize, Option<Stop>) {
        if self.pass_inside(bytes.len() as u64) {
            return (bytes.len(), None);
        }
        let mut passed = 0;
        while passed < bytes.len() {
            let rest = &bytes[passed..];
            match &mut self.position {
                Position::Header(header) => {
                    // The opcode is in the first byte, so the close frame is not touched.
                    if header.is_empty() && rest[0] & 0x0F == CLOSE {
                        return (passed, Some(Stop::Close));
                    }
                    // Checked after every piece, so that a bad header is refused without its rest.
                    let taken = header.take(rest);
                    if let Err(violation) = self.check() {
                        return (passed, Some(Stop::Broken(violation)));
                    }
                    passed += taken;
                }
                Position::Payload { left, of } => {
                    let here = (*left).min(rest.len() as u64);
                    *left -= here;
                    // A control frame between fragments is not a part of the message.
                    if *of != Frame::Control {
                        self.arrived += here;
                    }
                    // At most `rest.len()`, which is a `usize`.
                    passed += here as usize;
                }
            }
            // An empty payload ends at once, so this follows a header too.
            if self.end_frame() && std::mem::take(&mut self.large) {
                self.large_ended = true;
                break;
            }
        }
        (passed, None)
    }

    /// Passes `length` bytes if they belong to a payload that ends behind them, as most pieces of a
    /// long message do. Returns `false`, and does nothing, if they do not.
    #[inline]
    fn pass_inside(&mut self, length: u64) -> bool {
        match &mut self.position {
            Position::Payload { left, of } if *left > length => {
                *left -= length;
                if *of != Frame::Control {
                    self.arrived += length;
                }
                true
            }
            Position::Payload { .. } | Position::Header(_) => false,
        }
    }

    /// Checks the header, and moves on to the payload if it is complete.
    fn check(&mut self) -> Result<(), Violation> {
        let Position::Header(header) = self.position else {
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
        self.position = Position::Payload { left, of };
        Ok(())
    }

    /// Adds a data frame to its message, and returns its part.
    fn add_to_message(&mut self, header: &FrameHeader) -> Result<Frame, Violation> {
        let mut message = match (header.opcode(), self.message.take()) {
            (CONTINUATION, Some(message)) => message,
            (CONTINUATION, None) => return Err(Violation::ContinuationOfNothing),
            (_, Some(_)) => return Err(Violation::Interleaved),
            (_, None) => {
                self.started += 1;
                self.arrived = 0;
                PartialMessage::default()
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

    /// Moves on to the next frame if one has ended. Returns `true` if a message ended with it.
    fn end_frame(&mut self) -> bool {
        match self.position {
            Position::Payload { left: 0, of } => {
                self.position = Position::Header(FrameHeader::EMPTY);
                self.ended += u64::from(of != Frame::Fragment);
                of == Frame::Last
            }
            Position::Header(_) | Position::Payload { .. } => false,
        }
    }
}

/// The close frame that is next in a stream, as far as it has arrived.
#[derive(Debug)]
pub(super) struct CloseFrame {
    header: FrameHeader,
    payload: Vec<u8>,
}

impl CloseFrame {
    pub(super) fn new() -> Self {
        Self {
            header: FrameHeader::EMPTY,
            payload: Vec::new(),
        }
    }

    /// Takes the frame from `bytes`, and returns its payload once it is complete.
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
        // At most 125, which `check_start` has checked.
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
