//! The header of a frame (RFC 6455 §5.2), and the rules for a single header.

use super::violation::Violation;
use crate::session::Role;

/// Two bytes, eight of extended length, four of masking key.
const LONGEST: usize = 14;

pub(in crate::wire) const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
/// RSV1, which marks the first frame of a compressed message (RFC 7692 §6).
pub(in crate::wire) const COMPRESSED: u8 = 0x40;
pub(super) const OPCODE: u8 = 0x0F;
pub(in crate::wire) const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7F;

pub(super) const CONTINUATION: u8 = 0x0;
pub(in crate::wire) const TEXT: u8 = 0x1;
pub(in crate::wire) const BINARY: u8 = 0x2;
pub(in crate::wire) const CLOSE: u8 = 0x8;
pub(in crate::wire) const PING: u8 = 0x9;
pub(in crate::wire) const PONG: u8 = 0xA;

/// The first bytes of frames that are a whole message.
const WHOLE_TEXT: u8 = FIN | TEXT;
const WHOLE_BINARY: u8 = FIN | BINARY;

/// The longest payload of a control frame.
const LONGEST_CONTROL: u8 = 125;

/// A header, as far as it has arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameHeader {
    bytes: [u8; LONGEST],
    seen: usize,
}

impl FrameHeader {
    pub(super) const EMPTY: Self = Self {
        bytes: [0; LONGEST],
        seen: 0,
    };

    pub(super) fn is_empty(&self) -> bool {
        self.seen == 0
    }

    /// Takes the missing bytes from `bytes`, and returns their number.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        while self.seen < self.length() && taken < bytes.len() {
            let more = (self.length() - self.seen).min(bytes.len() - taken);
            self.bytes[self.seen..self.seen + more].copy_from_slice(&bytes[taken..taken + more]);
            self.seen += more;
            taken += more;
        }
        taken
    }

    pub(super) fn is_whole(&self) -> bool {
        self.seen == self.length()
    }

    /// Returns the length of the header, or 2 before its second byte has arrived.
    fn length(&self) -> usize {
        if self.seen < 2 {
            return 2;
        }
        let extended = match self.bytes[1] & LENGTH {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let key = if self.is_masked() { 4 } else { 0 };
        2 + extended + key
    }

    pub(super) fn is_final(&self) -> bool {
        self.bytes[0] & FIN != 0
    }

    pub(super) fn opcode(&self) -> u8 {
        self.bytes[0] & OPCODE
    }

    pub(super) fn is_control(&self) -> bool {
        self.opcode() >= CLOSE
    }

    fn is_masked(&self) -> bool {
        self.bytes[1] & MASKED != 0
    }

    pub(super) fn payload(&self) -> u64 {
        let bytes = &self.bytes;
        match bytes[1] & LENGTH {
            126 => u64::from(u16::from_be_bytes([bytes[2], bytes[3]])),
            127 => u64::from_be_bytes([
                bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
            ]),
            short => u64::from(short),
        }
    }

    /// Returns the masking key of a whole header. Without a mask it is zero, which changes nothing.
    pub(super) fn key(&self) -> [u8; 4] {
        let mut key = [0; 4];
        if self.is_masked() {
            key.copy_from_slice(&self.bytes[self.seen - 4..self.seen]);
        }
        key
    }

    /// Returns `true` if the bit of permessage-deflate is set, RSV1 (RFC 7692 §6).
    #[cfg(feature = "deflate")]
    pub(super) fn is_compressed(&self) -> bool {
        self.bytes[0] & COMPRESSED != 0
    }

    /// Returns the reserved bits that may be set if messages may be compressed: RSV1, in the first
    /// frame of a message (RFC 7692 §6).
    fn defined_bits(&self, compressible: bool) -> u8 {
        match self.opcode() {
            TEXT | BINARY if compressible => COMPRESSED,
            _ => 0,
        }
    }

    /// Checks the rules for the first two bytes, once they have arrived.
    pub(super) fn check_start(&self, role: Role, compressible: bool) -> Result<(), Violation> {
        if self.seen < 2 {
            return Ok(());
        }
        if self.bytes[0] & RESERVED & !self.defined_bits(compressible) != 0 {
            return Err(Violation::ReservedBits);
        }
        let opcode = self.opcode();
        if !matches!(opcode, CONTINUATION | TEXT | BINARY | CLOSE | PING | PONG) {
            return Err(Violation::ReservedOpcode(opcode));
        }
        match (role, self.is_masked()) {
            (Role::Server, false) => return Err(Violation::Unmasked),
            (Role::Client, true) => return Err(Violation::Masked),
            _ => {}
        }
        if self.is_control() && !self.is_final() {
            return Err(Violation::FragmentedControl);
        }
        if self.is_control() && self.bytes[1] & LENGTH > LONGEST_CONTROL {
            return Err(Violation::LongControl);
        }
        Ok(())
    }

    /// Checks the length in a whole header.
    pub(super) fn check_length(&self) -> Result<(), Violation> {
        let shortest = match self.bytes[1] & LENGTH {
            126 => 126,
            127 => 0x1_0000,
            _ => 0,
        };
        if self.payload() < shortest {
            return Err(Violation::LengthNotShortest);
        }
        if self.payload() >> 63 != 0 {
            return Err(Violation::LengthOf64Bits);
        }
        Ok(())
    }
}

/// A frame that is a whole message, whose bytes are all in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WholeFrame {
    pub(super) is_text: bool,
    /// The masking key. Without a mask it is `None`.
    pub(super) key: Option<[u8; 4]>,
    /// The length of the header.
    pub(super) start: usize,
    /// The length of the frame.
    pub(super) end: usize,
}

impl WholeFrame {
    /// Returns the frame at the start of `bytes` if it is all there, has no reserved bit, breaks no
    /// rule, and has a payload of at most `longest`. For any other frame it returns `None`, and
    /// [`FrameHeader`] tells why.
    #[inline]
    pub(super) fn at_start_of(bytes: &[u8], role: Role, longest: usize) -> Option<Self> {
        let (&[first, second], rest) = bytes.split_first_chunk()?;
        let is_text = match first {
            WHOLE_TEXT => true,
            WHOLE_BINARY => false,
            _ => return None,
        };
        let (length, shortest, extended) = match second & LENGTH {
            126 => (u64::from(u16::from_be_bytes(*rest.first_chunk()?)), 126, 2),
            127 => (u64::from_be_bytes(*rest.first_chunk()?), 0x1_0000, 8),
            short => (u64::from(short), 0, 0),
        };
        if length < shortest || length > longest as u64 {
            return None;
        }
        let (key, start) = match (role, second & MASKED != 0) {
            (Role::Server, true) => (Some(*rest.get(extended..)?.first_chunk()?), 6 + extended),
            (Role::Client, false) => (None, 2 + extended),
            _ => return None,
        };
        // At most `longest`, which is a `usize`.
        let end = start + length as usize;
        (end <= bytes.len()).then_some(Self {
            is_text,
            key,
            start,
            end,
        })
    }
}
