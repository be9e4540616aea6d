//! Serialization of frames (RFC 6455 §5.2).

use super::decoder::{BINARY, CLOSE, FIN, MASKED, TEXT};
use super::mask::{MaskKey, put_payload};
use crate::message::{WsMessage, WsStatus};

/// Appends the header of a frame that is a whole message.
#[inline(always)]
pub(super) fn put_header(out: &mut Vec<u8>, opcode: u8, payload: usize, key: MaskKey) {
    let mask = if key.is_some() { MASKED } else { 0 };
    let opcode = FIN | opcode;
    match payload {
        0..=125 => out.extend_from_slice(&[opcode, mask | payload as u8]),
        126..=0xFFFF => {
            out.extend_from_slice(&[opcode, mask | 126]);
            out.extend_from_slice(&(payload as u16).to_be_bytes());
        }
        _ => {
            out.extend_from_slice(&[opcode, mask | 127]);
            out.extend_from_slice(&(payload as u64).to_be_bytes());
        }
    }
    if let Some(key) = key {
        out.extend_from_slice(&key);
    }
}

/// Appends a whole control frame. `payload` is at most 125 bytes long.
pub(super) fn put_control(out: &mut Vec<u8>, opcode: u8, payload: &[u8], key: MaskKey) {
    put_header(out, opcode, payload.len(), key);
    put_payload(out, payload, key, 0);
}

/// Appends a close frame. A status that cannot be sent becomes one without a payload.
pub(super) fn put_close(out: &mut Vec<u8>, status: &WsStatus, key: MaskKey) {
    let mut payload = Vec::with_capacity(125);
    if status.is_sendable() {
        payload.extend_from_slice(&status.code().to_be_bytes());
        payload.extend_from_slice(status.reason().as_bytes());
    }
    put_control(out, CLOSE, &payload, key);
}

pub(super) fn opcode(message: &WsMessage) -> u8 {
    if message.is_text() { TEXT } else { BINARY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_in_its_shortest_form() {
        for (payload, header) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (0xFFFF, vec![0x81, 126, 0xFF, 0xFF]),
            (0x1_0000, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut out = Vec::new();
            put_header(&mut out, TEXT, payload, None);
            assert_eq!(out, header);
        }
        let mut out = Vec::new();
        put_header(&mut out, TEXT, 1, Some([1, 2, 3, 4]));
        assert_eq!(out, [0x81, 0x81, 1, 2, 3, 4]);
    }
}
