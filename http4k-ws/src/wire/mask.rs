//! Masking of payloads (RFC 6455 §5.3).
//!
//! Bytes are masked in blocks, which processors do in few cycles. Long payloads are masked while
//! they are copied, or in words that do not cross the end of a cache line.

use std::array::from_fn;

use bytes::Bytes;

/// The bytes that are masked at once, which the processor does in few instructions.
const BLOCK: usize = 64;

/// The bytes that the processor writes at once.
const WORD: usize = size_of::<u128>();

/// The length from which bytes are masked while they are copied, and not after that.
const MANY: usize = 256;

/// The length from which bytes are masked in words that start where those of the memory do. Words
/// that cross the end of a cache line take longer.
const LONG: usize = 1024;

/// The key that a client masks a frame with (RFC 6455 §5.3). A server does not mask.
pub(super) type MaskKey = Option<[u8; 4]>;

/// Returns a new key, which must be unpredictable (RFC 6455 §10.3).
pub(super) fn new_key() -> [u8; 4] {
    rand::random()
}

/// Appends a part of a payload, which starts `at` bytes into it.
#[inline]
pub(super) fn put_payload(out: &mut Vec<u8>, payload: &[u8], key: MaskKey, at: usize) {
    match key {
        Some(key) => put_masked(out, payload, key_at(u32::from_le_bytes(key), at)),
        None => out.extend_from_slice(payload),
    }
}

/// Copies a payload that was masked, and may unmask it in place.
#[inline]
pub(super) fn unmasked(payload: &mut [u8], key: MaskKey) -> Bytes {
    match key {
        Some(key) if payload.len() >= MANY => return masked_copy(payload, key),
        Some(key) => mask(payload, key),
        None => {}
    }
    Bytes::copy_from_slice(payload)
}

#[inline(never)]
fn masked_copy(payload: &[u8], key: [u8; 4]) -> Bytes {
    let mut copy = Vec::with_capacity(payload.len());
    put_masked(&mut copy, payload, u32::from_le_bytes(key));
    copy.into()
}

/// Appends `payload`, masked.
#[inline]
fn put_masked(out: &mut Vec<u8>, payload: &[u8], key: u32) {
    let rest = if payload.len() < MANY {
        payload
    } else {
        put_masked_blocks(out, payload, key)
    };
    let start = out.len();
    out.extend_from_slice(rest);
    mask_words(&mut out[start..], key);
}

/// Appends whole blocks, which are masked while they are copied, and returns the rest.
#[inline(never)]
fn put_masked_blocks<'a>(out: &mut Vec<u8>, payload: &'a [u8], key: u32) -> &'a [u8] {
    let keys = keys(key);
    let blocks = payload.chunks_exact(BLOCK);
    let rest = blocks.remainder();
    out.reserve(payload.len());
    // An iterator of known length, for which `extend` looks at the capacity once.
    out.extend(blocks.flat_map(|block| -> [u8; BLOCK] { from_fn(|at| block[at] ^ keys[at]) }));
    rest
}

/// Masks or unmasks `bytes`.
#[inline]
pub(super) fn mask(bytes: &mut [u8], key: [u8; 4]) {
    let key = u32::from_le_bytes(key);
    if bytes.len() < LONG {
        mask_words(bytes, key);
    } else {
        mask_aligned(bytes, key);
    }
}

#[inline(never)]
fn mask_aligned(bytes: &mut [u8], key: u32) {
    let start = bytes.as_ptr().align_offset(WORD).min(WORD);
    let (first, aligned) = bytes.split_at_mut(start);
    mask_words(first, key);
    mask_words(aligned, key_at(key, start));
}

/// Masks `bytes` in blocks of 64, and then in words of 16.
///
/// The last word ends with `bytes` and overlaps the one before it. It is masked from a copy, so
/// that what they share is the same in both.
#[inline]
fn mask_words(bytes: &mut [u8], key: u32) {
    let Some(last) = bytes.last_chunk() else {
        let masked = bytes.iter_mut().zip(repeated(key).to_le_bytes());
        return masked.for_each(|(byte, key)| *byte ^= key);
    };
    let last = u128::from_le_bytes(*last) ^ repeated(key_at(key, bytes.len()));
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

/// Returns the key of the bytes from `at` on.
#[inline]
fn key_at(key: u32, at: usize) -> u32 {
    key.rotate_right(8 * (at % size_of_val(&key)) as u32)
}

/// Returns the masking key, as often as it is needed for a block.
#[inline]
fn keys(key: u32) -> [u8; BLOCK] {
    let mut keys = [0; BLOCK];
    for word in keys.chunks_exact_mut(WORD) {
        word.copy_from_slice(&repeated(key).to_le_bytes());
    }
    keys
}

/// Returns four copies of `key`.
#[inline]
fn repeated(key: u32) -> u128 {
    u128::from(key) * 0x1_0000_0001_0000_0001_0000_0001
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [1, 2, 3, 4];

    fn payload(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    /// Masks byte by byte, as RFC 6455 §5.3 states it.
    fn naive(payload: &[u8]) -> Vec<u8> {
        let octets = payload.iter().enumerate();
        octets.map(|(i, octet)| octet ^ KEY[i % 4]).collect()
    }

    /// Every short length, and those around each bound.
    fn lengths() -> impl Iterator<Item = usize> {
        (0..=MANY + BLOCK).chain(LONG - WORD - 1..=LONG + BLOCK)
    }

    #[test]
    fn every_length_is_masked_byte_by_byte_wherever_it_starts() {
        for length in lengths() {
            let expected = naive(&payload(length));
            for before in 0..=WORD {
                let mut bytes = [vec![9; before], payload(length), vec![9]].concat();
                mask(&mut bytes[before..before + length], KEY);
                let around = [vec![9; before], expected.clone(), vec![9]].concat();
                assert_eq!(bytes, around, "{length} bytes after {before}");
            }
        }
    }

    #[test]
    fn every_length_is_masked_while_it_is_copied() {
        for length in lengths() {
            let expected = naive(&payload(length));
            let mut out = vec![9];
            put_payload(&mut out, &payload(length), Some(KEY), 0);
            assert_eq!(out, [vec![9], expected.clone()].concat(), "{length}");
            assert_eq!(unmasked(&mut payload(length), Some(KEY)), expected);
            assert_eq!(unmasked(&mut payload(length), None), payload(length));
        }
    }

    #[test]
    fn masking_in_pieces_equals_masking_at_once() {
        let payload = payload(LONG);
        for at in [0, 1, 2, 3, 4, 63, 250, LONG - 1, LONG] {
            let mut pieces = Vec::new();
            put_payload(&mut pieces, &payload[..at], Some(KEY), 0);
            put_payload(&mut pieces, &payload[at..], Some(KEY), at);
            assert_eq!(pieces, naive(&payload), "{at}");
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
}
