//! An independent reader of frames (RFC 6455 §5.2).

/// The header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub fin: bool,
    pub opcode: u8,
    /// The number of bytes of the header itself.
    pub size: usize,
    /// The number of bytes of the payload.
    pub length: u64,
    /// The length is encoded in the fewest bytes.
    pub minimal: bool,
}

impl Header {
    /// Returns the end of the frame, counted from its first byte.
    pub fn end(&self) -> Option<usize> {
        self.size.checked_add(usize::try_from(self.length).ok()?)
    }
}

/// A frame, unmasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub header: Header,
    pub payload: Vec<u8>,
}

impl Frame {
    /// The code of a close frame.
    pub fn code(&self) -> Option<u16> {
        let code = self.payload.get(..2).filter(|_| self.header.opcode == 8)?;
        Some(u16::from_be_bytes([code[0], code[1]]))
    }
}

/// Returns the whole frames at the beginning of `bytes`.
pub fn frames_of(mut bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some((header, key)) = header(bytes) {
        let end = header.end();
        let Some(payload) = end.and_then(|end| bytes.get(header.size..end)) else {
            break;
        };
        let masked = payload.iter().zip(key.iter().cycle());
        frames.push(Frame {
            header,
            payload: masked.map(|(byte, key)| byte ^ key).collect(),
        });
        bytes = &bytes[header.size + payload.len()..];
    }
    frames
}

/// Returns the headers in `bytes`, including that of an incomplete frame.
pub fn headers_of(mut bytes: &[u8]) -> Vec<Header> {
    let mut headers = Vec::new();
    while let Some((header, _)) = header(bytes) {
        headers.push(header);
        match header.end().and_then(|end| bytes.get(end..)) {
            Some(rest) => bytes = rest,
            None => break,
        }
    }
    headers
}

/// Returns the header and its masking key.
fn header(bytes: &[u8]) -> Option<(Header, [u8; 4])> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (length, minimal, size) = match second & 0x7F {
        126 => {
            let length = u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?);
            (u64::from(length), length > 125, 4)
        }
        127 => {
            let length = u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?);
            (length, length > 0xFFFF, 10)
        }
        short => (u64::from(short), true, 2),
    };
    let (key, size) = if second & 0x80 == 0 {
        ([0; 4], size)
    } else {
        (bytes.get(size..size + 4)?.try_into().ok()?, size + 4)
    };
    let header = Header {
        fin: first & 0x80 != 0,
        opcode: first & 0x0F,
        size,
        length,
        minimal,
    };
    Some((header, key))
}

/// Bytes that choose the steps of a test, until none are left.
#[derive(Debug)]
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// At most `count` bytes.
    pub fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}
