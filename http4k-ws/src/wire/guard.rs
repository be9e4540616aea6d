//! Follows the frame headers in a stream of bytes, without copying a payload.
//!
//! It stops the stream where a close frame begins: a codec that has seen a close frame sends no more
//! messages, and those that came before it are to be answered first.

/// Where in the stream the next byte stands.
#[derive(Debug)]
pub(super) struct FrameGuard {
    at: At,
    close_released: bool,
}

#[derive(Debug)]
enum At {
    /// In the header of a frame, of which so many bytes were seen.
    Header {
        bytes: [u8; LONGEST_HEADER],
        seen: usize,
    },
    /// In the payload of a frame, so many bytes before its end.
    Payload { left: u64 },
}

/// Two bytes, eight of extended length, four of masking key (RFC 6455 §5.2).
const LONGEST_HEADER: usize = 14;

const OPCODE: u8 = 0x0F;
const CLOSE: u8 = 0x8;
const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7F;

impl At {
    const BOUNDARY: Self = Self::Header {
        bytes: [0; LONGEST_HEADER],
        seen: 0,
    };
}

impl FrameGuard {
    /// Follows a stream that begins with a frame.
    pub(super) fn new() -> Self {
        Self {
            at: At::BOUNDARY,
            close_released: false,
        }
    }

    /// Lets the next close frame pass.
    pub(super) fn release_close(&mut self) {
        self.close_released = true;
    }

    /// Follows `bytes`, and says how many of them may pass now: all, or those before a close frame.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> usize {
        let mut passed = 0;
        while passed < bytes.len() {
            let rest = &bytes[passed..];
            match &mut self.at {
                At::Header { seen: 0, .. } if rest[0] & OPCODE == CLOSE && !self.close_released => {
                    return passed;
                }
                At::Header { bytes, seen } => {
                    bytes[*seen] = rest[0];
                    *seen += 1;
                    passed += 1;
                    if *seen == header_length(&bytes[..*seen]) {
                        let left = payload_length(bytes);
                        self.at = if left == 0 {
                            At::BOUNDARY
                        } else {
                            At::Payload { left }
                        };
                    }
                }
                At::Payload { left } => {
                    let here = (*left).min(rest.len() as u64);
                    *left -= here;
                    // At most `rest.len()`, which is a `usize`.
                    passed += here as usize;
                    if *left == 0 {
                        self.at = At::BOUNDARY;
                    }
                }
            }
        }
        passed
    }
}

/// How long the header is that begins with `seen`; at least one byte more than that while it can't be told.
fn header_length(seen: &[u8]) -> usize {
    let Some(second) = seen.get(1) else { return 2 };
    let extended = match second & LENGTH {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let key = if second & MASKED == 0 { 0 } else { 4 };
    2 + extended + key
}

fn payload_length(header: &[u8; LONGEST_HEADER]) -> u64 {
    match header[1] & LENGTH {
        126 => u64::from(u16::from_be_bytes([header[2], header[3]])),
        127 => u64::from_be_bytes([
            header[2], header[3], header[4], header[5], header[6], header[7], header[8], header[9],
        ]),
        short => u64::from(short),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(opcode: u8, payload: usize, masked: bool) -> Vec<u8> {
        let mut frame = vec![0x80 | opcode];
        let mask = if masked { MASKED } else { 0 };
        match payload {
            0..=125 => frame.push(mask | payload as u8),
            126..=65535 => {
                frame.push(mask | 126);
                frame.extend((payload as u16).to_be_bytes());
            }
            _ => {
                frame.push(mask | 127);
                frame.extend((payload as u64).to_be_bytes());
            }
        }
        if masked {
            frame.extend([0x88; 4]);
        }
        // A payload that looks like close frames all over.
        frame.extend(vec![0x88; payload]);
        frame
    }

    #[test]
    fn stops_before_a_close_frame_and_nowhere_else() {
        for masked in [false, true] {
            for payload in [0, 1, 125, 126, 65535, 65536, 100_000] {
                for piece in [1, 3, 1024, usize::MAX] {
                    let mut bytes = frame(1, payload, masked);
                    bytes.extend(frame(9, 4, masked));
                    let before = bytes.len();
                    bytes.extend(frame(CLOSE, 2, masked));

                    let mut guard = FrameGuard::new();
                    let mut passed = 0;
                    while passed < bytes.len() {
                        let end = bytes.len().min(passed.saturating_add(piece));
                        match guard.pass(&bytes[passed..end]) {
                            0 => break,
                            more => passed += more,
                        }
                    }
                    assert_eq!(
                        passed, before,
                        "payload {payload}, masked {masked}, piece {piece}"
                    );
                    guard.release_close();
                    assert_eq!(guard.pass(&bytes[passed..]), bytes.len() - before);
                }
            }
        }
    }
}
