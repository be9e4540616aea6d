//! The compression of outgoing messages (RFC 7692 §7.2.1).

use bytes::Bytes;
use flate2::{Compress, CompressError, FlushCompress};

use super::TAIL;
use super::pool::{self, Strength};
use crate::message::WsMessage;
use crate::session::{DeflateTerms, MIN_WINDOW_BITS};

/// The least room for output. A flush that is continued with less may add its marker twice.
const ROOM: usize = 64;

/// The outgoing half of permessage-deflate.
#[derive(Debug)]
pub(in crate::wire) struct Compressor {
    strength: Strength,
    min_length: usize,
    context: CompressorContext,
}

#[derive(Debug)]
enum CompressorContext {
    /// Each message is compressed on its own.
    None,
    /// Created with the first message.
    Own(Option<Box<Compress>>),
}

impl Compressor {
    /// Creates a compressor. Returns `None` if this side must not compress.
    pub(in crate::wire) fn new(agreed: &DeflateTerms) -> Option<Self> {
        let settings = &agreed.settings;
        (agreed.window_bits >= MIN_WINDOW_BITS).then(|| Self {
            strength: Strength {
                // At most 9.
                level: settings.level.clamp(1, 9) as u8,
                window_bits: agreed.window_bits,
            },
            // An empty message cannot become shorter.
            min_length: settings.min_length.max(1),
            context: match agreed.takeover {
                true => CompressorContext::Own(None),
                false => CompressorContext::None,
            },
        })
    }

    /// Returns the compressed payload of `message`. `None` if it should be sent as it is.
    pub(in crate::wire) fn compress(&mut self, message: &WsMessage) -> Option<Bytes> {
        let plain = message.as_bytes();
        if plain.len() < self.min_length {
            return None;
        }
        let strength = self.strength;
        match &mut self.context {
            CompressorContext::None => message.encoded(encoding(strength), |plain| {
                pool::with_compressor(strength, |state| compressed(state, plain, plain.len()))
            }),
            CompressorContext::Own(state) => {
                let own = state.get_or_insert_with(|| Box::new(strength.compressor()));
                // Its context holds the message, so it is sent even if it became longer.
                let bytes = compressed(own, plain, usize::MAX);
                if bytes.is_none() {
                    *state = None;
                }
                bytes
            }
        }
    }
}

/// Returns the number of the form of a message that is compressed on its own.
fn encoding(strength: Strength) -> u16 {
    u16::from_be_bytes([strength.level, strength.window_bits])
}

/// Compresses `plain` into less than `limit` bytes. Returns `None` if that is impossible.
fn compressed(state: &mut Compress, plain: &[u8], limit: usize) -> Option<Bytes> {
    #[cfg(test)]
    super::counted();
    pool::with_output(|out| {
        flush(state, plain, out, limit).ok()?;
        // What every message ends with is not sent (RFC 7692 §7.2.1).
        let payload = out.strip_suffix(&TAIL)?;
        (payload.len() < limit).then(|| Bytes::copy_from_slice(payload))
    })
}

/// Appends the compressed form of `plain`, which ends with an empty block. Stops early once there
/// are `limit` bytes and the tail.
fn flush(
    state: &mut Compress,
    mut plain: &[u8],
    out: &mut Vec<u8>,
    limit: usize,
) -> Result<(), CompressError> {
    loop {
        if out.capacity() - out.len() < ROOM {
            out.reserve(out.len().max(ROOM));
        }
        let before = state.total_in();
        state.compress_vec(plain, out, FlushCompress::Sync)?;
        // At most the length of the slice.
        plain = &plain[(state.total_in() - before) as usize..];
        let is_done = plain.is_empty() && out.len() < out.capacity();
        if is_done || out.len().saturating_sub(TAIL.len()) >= limit {
            return Ok(());
        }
    }
}
