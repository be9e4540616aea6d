//! permessage-deflate, the compression of messages (RFC 7692).
//!
//! The opening handshake negotiates it. Then the writer compresses the messages that gain by it,
//! and the decoder inflates those whose first frame has RSV1 set.

mod compress;
mod extension;
mod inflate;
mod negotiation;
mod pool;

pub(super) use compress::Compressor;
#[cfg(feature = "server")]
pub(crate) use extension::MalformedExtensions;
pub(super) use inflate::{Inflater, NotInflated};
#[cfg(feature = "server")]
pub(crate) use negotiation::{accept, response};
#[cfg(feature = "client")]
pub(crate) use negotiation::{confirm, offer};

/// The end of every flush, which is not sent (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xFF, 0xFF];

#[cfg(test)]
thread_local! {
    static COMPRESSIONS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts a compression.
#[cfg(test)]
fn counted() {
    COMPRESSIONS.set(COMPRESSIONS.get() + 1);
}

#[cfg(test)]
mod tests;
