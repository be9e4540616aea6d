//! Compressed messages (RFC 7692 §6.2), which are inflated when their last byte has arrived.
//!
//! A message that arrives slowly therefore holds its compressed bytes only, and no inflater. Its
//! text is checked after it is inflated.

use super::Decoder;
use super::assembly::{Assembly, Compressed};
use super::text;
use super::violation::Violation;
use crate::message::WsMessage;
use crate::wire::deflate::{Inflater, NotInflated};

impl Decoder {
    /// Inflates compressed messages from now on.
    pub(in crate::wire) fn inflate_with(&mut self, inflater: Inflater) {
        self.inflater = Some(Box::new(inflater));
    }

    /// Returns `true` if messages may be compressed.
    pub(super) fn is_compressible(&self) -> bool {
        self.inflater.is_some()
    }

    /// Returns a message that has ended.
    pub(super) fn end_message(&mut self, mut message: Assembly) -> Result<WsMessage, Violation> {
        match (message.take_compressed(), &mut self.inflater) {
            (Some(Compressed { payload, is_text }), Some(inflater)) => {
                let max = self.limits.max_message;
                let inflated = inflater.inflate(&payload, max, |plain| match is_text {
                    true => text::check(plain).map(WsMessage::new_text),
                    false => Ok(WsMessage::new_binary(plain.to_vec())),
                });
                inflated.map_err(|failure| violation(failure, max))?
            }
            _ => message.end(),
        }
    }
}

fn violation(failure: NotInflated, max: usize) -> Violation {
    match failure {
        NotInflated::Invalid => Violation::Compressed,
        NotInflated::TooBig => Violation::MessageTooBig(max as u64),
        NotInflated::Ratio(ratio) => Violation::Ratio(ratio),
    }
}
