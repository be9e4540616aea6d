//! Frames that are not a whole message, or not all there.

use tokio::time::Instant;

use super::assembly::{Assembly, Rest};
use super::budget::Fragments;
use super::header::{CLOSE, CONTINUATION, FrameHeader, OPCODE, PING, TEXT};
use super::violation::Violation;
use super::{Decoded, Decoder};
#[cfg(not(feature = "deflate"))]
use crate::message::WsMessage;
use crate::wire::mask::mask;

/// The position in the stream.
#[derive(Debug)]
pub(super) enum Position {
    Header(FrameHeader),
    Payload(Payload),
}

/// The payload of a frame, from the position on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payload {
    pub(super) left: usize,
    /// The masking key, whose first byte masks the next one.
    key: [u8; 4],
    of: Frame,
}

/// The part that a frame plays in the stream.
#[derive(Debug, Clone, Copy)]
enum Frame {
    Control { opcode: u8 },
    Data { is_last: bool },
}

impl Decoder {
    /// Decodes frames of any kind, and parts of them.
    #[inline(never)]
    pub(super) fn decode_parts(&mut self) -> Result<Option<Decoded>, Violation> {
        let compressible = self.is_compressible();
        loop {
            let decoded = match &mut self.position {
                Position::Header(header) => {
                    let bytes = self.unread.bytes();
                    let Some(first) = bytes.first() else {
                        return Ok(None);
                    };
                    let is_close = header.is_empty() && first & OPCODE == CLOSE;
                    if is_close && !self.close_reported {
                        self.close_reported = true;
                        return Ok(Some(Decoded::CloseAhead));
                    }
                    // Checked after every piece, so that a bad header is refused without its rest.
                    let taken = header.take(bytes);
                    header.check_start(self.role, compressible)?;
                    let header = *header;
                    self.unread.advance(taken);
                    if header.is_whole() {
                        self.start_payload(&header)?;
                    }
                    self.end_frame()?
                }
                Position::Payload(_) => {
                    if self.unread.bytes().is_empty() {
                        // The payload is complete if it was read directly.
                        return self.end_frame();
                    }
                    self.take_payload()?;
                    self.end_frame()?
                }
            };
            if decoded.is_some() {
                return Ok(decoded);
            }
        }
    }

    /// Moves on from a whole header to its payload.
    fn start_payload(&mut self, header: &FrameHeader) -> Result<(), Violation> {
        header.check_length()?;
        let of = if header.is_control() {
            self.start_control(header)?
        } else {
            self.start_data(header)?
        };
        self.position = Position::Payload(Payload {
            // A control frame has at most 125, a data frame at most `max_frame`, which is a
            // `usize`.
            left: header.payload() as usize,
            key: header.key(),
            of,
        });
        Ok(())
    }

    fn start_control(&mut self, header: &FrameHeader) -> Result<Frame, Violation> {
        let opcode = header.opcode();
        if opcode != CLOSE {
            let max = self.limits.max_control_rate;
            self.control_rate.add(Instant::now(), max)?;
        } else if header.payload() == 1 {
            return Err(Violation::HalfCloseCode);
        }
        Ok(Frame::Control { opcode })
    }

    /// Adds a data frame to its message.
    fn start_data(&mut self, header: &FrameHeader) -> Result<Frame, Violation> {
        let is_last = header.is_final();
        match (header.opcode(), &mut self.message) {
            (CONTINUATION, Some(message)) => {
                message.fragments.add(header.payload(), &self.limits)?;
            }
            (CONTINUATION, None) => return Err(Violation::ContinuationOfNothing),
            (_, Some(_)) => return Err(Violation::Interleaved),
            (opcode, None) => {
                let mut fragments = Fragments::default();
                fragments.add(header.payload(), &self.limits)?;
                self.started += 1;
                let is_text = opcode == TEXT;
                #[cfg(feature = "deflate")]
                let message = match header.is_compressed() {
                    true => Assembly::compressed(is_text, fragments),
                    false => Assembly::new(is_text, fragments),
                };
                #[cfg(not(feature = "deflate"))]
                let message = Assembly::new(is_text, fragments);
                self.message = Some(Box::new(message));
            }
        }
        Ok(Frame::Data { is_last })
    }

    /// Takes the bytes of the current payload that were read.
    fn take_payload(&mut self) -> Result<(), Violation> {
        let Position::Payload(payload) = &mut self.position else {
            return Ok(());
        };
        let bytes = self.unread.bytes();
        let here = payload.left.min(bytes.len());
        let bytes = &mut bytes[..here];
        payload.unmask(bytes);
        match (payload.rest(), &mut self.message) {
            (None, _) => self.control.extend_from_slice(bytes),
            (Some(rest), Some(message)) => message.add(bytes, rest)?,
            // The header of a data frame has started the message.
            (Some(_), None) => {}
        }
        self.unread.advance(here);
        Ok(())
    }

    /// Moves on to the next header if a frame has ended. Returns the control frame or the message
    /// that has ended with it.
    fn end_frame(&mut self) -> Result<Option<Decoded>, Violation> {
        let Position::Payload(Payload { left: 0, of, .. }) = self.position else {
            return Ok(None);
        };
        self.position = Position::Header(FrameHeader::EMPTY);
        match of {
            Frame::Control { opcode } => {
                let payload = std::mem::take(&mut self.control);
                Ok(Some(match opcode {
                    CLOSE => Decoded::Close(payload),
                    PING => Decoded::Ping(payload.into()),
                    _ => Decoded::Pong(payload.into()),
                }))
            }
            Frame::Data { is_last } => match self.message.take_if(|_| is_last) {
                Some(message) => self
                    .end_message(*message)
                    .map(|whole| Some(Decoded::Message(whole))),
                None => Ok(None),
            },
        }
    }
}

#[cfg(not(feature = "deflate"))]
impl Decoder {
    fn is_compressible(&self) -> bool {
        false
    }

    fn end_message(&self, message: Assembly) -> Result<WsMessage, Violation> {
        message.end()
    }
}

impl Position {
    #[inline]
    pub(super) fn is_between_frames(&self) -> bool {
        matches!(self, Self::Header(header) if header.is_empty())
    }

    /// Returns `true` if all of a payload was taken.
    #[inline]
    pub(super) fn is_at_end_of_frame(&self) -> bool {
        matches!(self, Self::Payload(Payload { left: 0, .. }))
    }
}

impl Payload {
    /// Unmasks its next bytes.
    pub(super) fn unmask(&mut self, bytes: &mut [u8]) {
        mask(bytes, self.key);
        self.key.rotate_left(bytes.len() % 4);
        self.left -= bytes.len();
    }

    /// Returns the bytes that follow in the frame of a message; `None` for a control frame.
    pub(super) fn rest(&self) -> Option<Rest> {
        match self.of {
            Frame::Control { .. } => None,
            Frame::Data { is_last } => Some(Rest {
                bytes: self.left,
                is_last,
            }),
        }
    }
}
