//! Frames as RFC 6455 §5 describes them: slow, plain, and independent of the decoder.
//!
//! The model has all bytes at once, and reads each rule from the text of the RFC. If one header
//! breaks several rules, the model names each.

use super::{End, Event, Outcome, Rules};
use crate::session::Role;
use crate::wire::Limits;

/// The header of a frame, as far as it is there.
struct Header {
    first: u8,
    second: Option<u8>,
    /// The payload length, if all its bytes are there.
    length: Option<u64>,
    /// The start of the payload, if all of the header is there.
    payload: Option<usize>,
    key: [u8; 4],
}

impl Header {
    fn of(bytes: &[u8]) -> Option<Self> {
        let (first, second) = (*bytes.first()?, bytes.get(1).copied());
        let mut header = Self {
            first,
            second,
            length: None,
            payload: None,
            key: [0; 4],
        };
        let Some(second) = second else {
            return Some(header);
        };
        let extended = match second & 0x7F {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if let Some(extended) = bytes.get(2..2 + extended) {
            let number = |number, byte: &u8| number << 8 | u64::from(*byte);
            header.length = Some(match extended.len() {
                0 => u64::from(second & 0x7F),
                _ => extended.iter().fold(0, number),
            });
        }
        let is_masked = second & 0x80 != 0;
        let key = 2 + extended..2 + extended + if is_masked { 4 } else { 0 };
        if let Some(bytes) = bytes.get(key.clone()) {
            header.payload = Some(key.end);
            if is_masked {
                header.key.copy_from_slice(bytes);
            }
        }
        Some(header)
    }

    fn is_final(&self) -> bool {
        self.first & 0x80 != 0
    }

    fn opcode(&self) -> u8 {
        self.first & 0x0F
    }
}

/// The message between its first and its last frame.
struct Message {
    is_text: bool,
    payload: Vec<u8>,
    announced: u128,
    fragments: u64,
    empty: u64,
}

/// Returns what a reader of `bytes` in `role` must find.
pub(super) fn outcome(mut bytes: &[u8], role: Role, limits: &Limits) -> Outcome<Rules> {
    let (mut events, mut message) = (Vec::new(), None);
    loop {
        let Some(header) = Header::of(bytes) else {
            return Outcome::new(events, End::Open);
        };
        let mut broken = broken_by(&header, role, message.as_ref());
        let announced = header.length.unwrap_or(0);
        if header.opcode() < 8 && broken.is_empty() && header.length.is_some() {
            let fresh = Message::starting(header.opcode());
            let message = message.get_or_insert(fresh);
            message.announce(announced, limits, &mut broken);
        }
        let Some(start) = header.payload else {
            // A reader may see a broken rule now, or when the header is whole.
            return Outcome::new(events, End::Header(broken));
        };
        if !broken.is_empty() {
            return Outcome::new(events, End::Broken(broken));
        }
        let here = bytes.len() - start;
        let length = usize::try_from(announced).unwrap_or(usize::MAX);
        let is_whole = length <= here;
        let payload: Vec<u8> = bytes[start..start + length.min(here)]
            .iter()
            .enumerate()
            .map(|(index, byte)| byte ^ header.key[index % 4])
            .collect();
        if header.opcode() >= 8 {
            if !is_whole {
                return Outcome::new(events, End::Open);
            }
            match header.opcode() {
                8 => return Outcome::new(events, End::Closed(payload)),
                9 => events.push(Event::Ping(payload)),
                _ => events.push(Event::Pong(payload)),
            }
        } else if let Some(mut whole) = message.take() {
            whole.payload.extend(payload);
            let is_last = is_whole && header.is_final();
            if whole.is_text && !is_text(&whole.payload, is_last) {
                return Outcome::new(events, End::Broken(Rules::DATA));
            }
            match (is_last, whole.is_text) {
                (true, true) => events.push(Event::Text(whole.payload)),
                (true, false) => events.push(Event::Binary(whole.payload)),
                (false, _) => message = Some(whole),
            }
            if !is_whole {
                return Outcome::new(events, End::Open);
            }
        }
        bytes = &bytes[start + length..];
    }
}

/// Returns the rules that a header breaks, by its bytes that are there.
fn broken_by(header: &Header, role: Role, message: Option<&Message>) -> Rules {
    let mut broken = Rules::default();
    let opcode = header.opcode();
    // §5.2: the reserved bits MUST be 0 unless an extension defines them.
    broken.protocol |= header.first & 0x70 != 0;
    // §5.2: 3 to 7 and 0xB to 0xF are reserved.
    broken.protocol |= !matches!(opcode, 0..=2 | 8..=10);
    // §5.4: a continuation needs a message, and a message may not start within another.
    broken.protocol |= opcode == 0 && message.is_none();
    broken.protocol |= matches!(opcode, 1 | 2) && message.is_some();
    // §5.5: control frames MUST NOT be fragmented.
    broken.protocol |= opcode >= 8 && !header.is_final();
    let Some(second) = header.second else {
        return broken;
    };
    // §5.1: a client masks all frames, a server none.
    broken.protocol |= (second & 0x80 != 0) != matches!(role, Role::Server);
    // §5.5: control frames MUST have a payload length of 125 bytes or less.
    broken.protocol |= opcode >= 8 && second & 0x7F > 125;
    // §5.5.1: if there is a body, the first two bytes MUST be a status code.
    broken.protocol |= opcode == 8 && second & 0x7F == 1;
    if let Some(length) = header.length {
        // §5.2: the minimal number of bytes MUST be used, and the most significant bit MUST be 0.
        broken.protocol |= second & 0x7F == 126 && length < 126;
        broken.protocol |= second & 0x7F == 127 && length < 1 << 16;
        broken.protocol |= length >= 1 << 63;
    }
    broken
}

impl Message {
    fn starting(opcode: u8) -> Self {
        Self {
            is_text: opcode == 1,
            payload: Vec::new(),
            announced: 0,
            fragments: 0,
            empty: 0,
        }
    }

    /// Adds the length in a header. The bounds are the library's own.
    fn announce(&mut self, length: u64, limits: &Limits, broken: &mut Rules) {
        self.announced += u128::from(length);
        self.fragments += 1;
        self.empty = if length == 0 { self.empty + 1 } else { 0 };
        broken.size |= u128::from(length) > limits.max_frame as u128;
        broken.size |= self.announced > limits.max_message as u128;
        if let Some(max) = limits.max_fragments {
            broken.policy |= u128::from(self.fragments) > u128::from(max) + self.announced / 16;
        }
        if let Some(max) = limits.max_empty_fragments {
            broken.policy |= self.empty > u64::from(max);
        }
    }
}

/// Returns `true` if `bytes` can be a text, or the beginning of one (§8.1).
fn is_text(bytes: &[u8], is_whole: bool) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => !is_whole && error.error_len().is_none(),
    }
}
