//! The frames of a client, for the programs whose peers send bytes of their own making.

/// Returns a client's frame with the first byte `first`, masked with `key` (RFC 6455 §5.2, §5.3).
/// The length has its shortest form.
pub(crate) fn masked_with(key: [u8; 4], first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        medium @ 126..=0xFFFF => {
            frame.push(0x80 | 126);
            frame.extend((medium as u16).to_be_bytes());
        }
        long => {
            frame.push(0x80 | 127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(key);
    let masks = key.into_iter().cycle();
    frame.extend(payload.iter().zip(masks).map(|(byte, mask)| byte ^ mask));
    frame
}

/// Returns the same with a key of zeros, which changes nothing.
#[allow(dead_code, reason = "one of the programs uses another key")]
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    masked_with([0; 4], first, payload)
}
