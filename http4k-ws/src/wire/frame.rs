//! Serialization of frames (RFC 6455 §5.2).

use super::decoder::{BINARY, CLOSE, FIN, MASKED, TEXT};
use crate::message::{WsMessage, WsStatus};

/// The key that a client masks a frame with (RFC 6455 §5.3). A server does not mask.
pub(super) type MaskKey = Option<[u8; 4]>;

/// Returns a new key, which must be unpredictable (RFC 6455 §10.3).
pub(super) fn new_key() -> [u8; 4] {
    rand::random()
}

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

/// Appends a part of a payload, which starts `at` bytes into it.
#[inline]
pub(super) fn put_payload(out: &mut Vec<u8>, payload: &[u8], key: MaskKey, at: usize) {
    let start = out.len();
    out.extend_from_slice(payload);
    if let Some(mut key) = key {
        key.rotate_left(at % 4);
        mask(&mut out[start..], key);
    }
}

/// The bytes that are masked at once, which the processor does in few instructions.
const BLOCK: usize = 64;

/// Masks or unmasks `bytes`, in blocks of 64, and then in words of 16.
///
/// The last word ends with `bytes` and overlaps the one before it. It is masked from a copy, so
/// that what they share is the same in both.
#[inline]
pub(super) fn mask(bytes: &mut [u8], key: [u8; 4]) {
    let key = u32::from_le_bytes(key);
    let Some(last) = bytes.last_chunk() else {
        let masked = bytes.iter_mut().zip(repeated(key).to_le_bytes());
        return masked.for_each(|(byte, key)| *byte ^= key);
    };
    let key_of_last = key.rotate_right(8 * (bytes.len() % 4) as u32);
    let last = u128::from_le_bytes(*last) ^ repeated(key_of_last);
    let mut blocks = bytes.chunks_exact_mut(BLOCK);
    let keys = keys(key);
    for block in &mut blocks {
        let masked = block.iter_mut().zip(&keys);
        masked.for_each(|(byte, key)| *byte ^= key);
    }
    let mut left = blocks.into_remainder();
    while let Some((word, rest)) = left.split_first_chunk_mut() {
        *word = (u128::from_le_bytes(*word) ^ repeated(key)).to_le_bytes();
        left = rest;
    }
    if let Some(word) = bytes.last_chunk_mut() {
        *word = last.to_le_bytes();
    }
}

/// Returns the masking key, as often as it is needed for a block.
#[inline]
fn keys(key: u32) -> [u8; BLOCK] {
    let mut keys = [0; BLOCK];
    for word in keys.chunks_exact_mut(size_of::<u128>()) {
        word.copy_from_slice(&repeated(key).to_le_bytes());
    }
    keys
}

/// Returns four copies of `key`.
#[inline]
fn repeated(key: u32) -> u128 {
    u128::from(key) * 0x1_0000_0001_0000_0001_0000_0001
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
    fn masking_in_pieces_equals_masking_at_once() {
        let payload: Vec<u8> = (0..=255).collect();
        let key = Some([1, 2, 3, 4]);
        let mut whole = Vec::new();
        put_payload(&mut whole, &payload, key, 0);
        for at in [1, 2, 3, 4, 63, 250] {
            let mut pieces = Vec::new();
            put_payload(&mut pieces, &payload[..at], key, 0);
            put_payload(&mut pieces, &payload[at..], key, at);
            assert_eq!(pieces, whole, "{at}");
        }
        let naive = payload.iter().zip([1, 2, 3, 4].iter().cycle());
        assert!(
            whole.iter().eq(naive
                .map(|(byte, key)| byte ^ key)
                .collect::<Vec<_>>()
                .iter())
        );
    }

    #[test]
    fn every_length_is_masked_byte_by_byte() {
        let key = [1, 2, 3, 4];
        let payload: Vec<u8> = (0..=255).collect();
        for length in 0..=payload.len() {
            let mut masked = payload[..length].to_vec();
            mask(&mut masked, key);
            let keys = key.iter().cycle();
            let naive = payload[..length].iter().zip(keys);
            let naive: Vec<_> = naive.map(|(byte, key)| byte ^ key).collect();
            assert_eq!(masked, naive, "{length}");
        }
    }

    /// RFC 6455 §5.3: a key is unpredictable.
    #[test]
    fn keys_differ() {
        let keys: std::collections::HashSet<_> = (0..16).map(|_| new_key()).collect();
        // Two of 16 among four billion are equal once in 36 million runs.
        assert!(keys.len() >= 15, "{keys:?}");
        assert!(keys.iter().filter(|key| **key == [0; 4]).count() <= 1);
    }

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
