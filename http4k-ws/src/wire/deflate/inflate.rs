//! The decompression of incoming messages (RFC 7692 §7.2.2).
//!
//! 1. Output grows in steps, and each step is checked against the limits. So a small message that
//!    inflates to a large one costs at most one step beyond the limit.
//! 2. A block with BFINAL set does not end the message: more blocks may follow (§7.2.3.4). They
//!    start without a context.
//! 3. Without context takeover a message must end between two blocks, so a truncated one is
//!    noticed. With it, the same check would end the stream of the context.

use flate2::{Decompress, FlushDecompress, Status};

use super::TAIL;
use super::pool;
use crate::session::DeflateTerms;

/// The bytes of a message that need no ratio.
const FREE: usize = 64 * 1024;

/// An empty final block, which is valid between two blocks only.
const FINAL: [u8; 2] = [3, 0];

/// The reason for which a message cannot be inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum NotInflated {
    /// The payload is not a sequence of valid blocks.
    Invalid,
    /// The message is longer than a message may be.
    TooBig,
    /// The message is longer than this multiple of its compressed form.
    Ratio(u32),
}

/// The incoming half of permessage-deflate.
#[derive(Debug)]
pub(in crate::wire) struct Inflater {
    max_ratio: Option<u32>,
    context: InflaterContext,
}

#[derive(Debug)]
enum InflaterContext {
    /// Each message is compressed on its own.
    None,
    /// Created with the first message.
    Own(Option<Box<Decompress>>),
}

impl Inflater {
    pub(in crate::wire) fn new(agreed: &DeflateTerms) -> Self {
        Self {
            max_ratio: agreed.settings.max_ratio,
            context: match agreed.peer_takeover {
                true => InflaterContext::Own(None),
                false => InflaterContext::None,
            },
        }
    }

    /// Inflates the joined payload of a message, to at most `max` bytes, and calls `take` with
    /// them.
    ///
    /// # Errors
    ///
    /// After a failure the connection must end, because a context may be lost.
    pub(in crate::wire) fn inflate<T>(
        &mut self,
        payload: &[u8],
        max: usize,
        take: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, NotInflated> {
        let limit = InflatedLimit::new(max, self.max_ratio, payload.len());
        pool::with_output(|out| {
            match &mut self.context {
                InflaterContext::None => {
                    pool::with_inflater(|state| alone(state, payload, out, limit))
                }
                InflaterContext::Own(state) => {
                    let state = state.get_or_insert_with(|| Box::new(pool::inflater()));
                    continued(state, payload, out, limit)
                }
            }?;
            Ok(take(out))
        })
    }
}

/// The maximum length of a message, and the failure beyond it.
#[derive(Debug, Clone, Copy)]
struct InflatedLimit {
    bytes: usize,
    failure: NotInflated,
}

impl InflatedLimit {
    fn new(max: usize, max_ratio: Option<u32>, compressed: usize) -> Self {
        let by_ratio = max_ratio.map(|ratio| {
            // 32 bits fit a `usize` wherever there is a network.
            let bytes = compressed.saturating_mul(ratio as usize).max(FREE);
            (bytes, NotInflated::Ratio(ratio))
        });
        match by_ratio.filter(|(bytes, _)| *bytes < max) {
            Some((bytes, failure)) => Self { bytes, failure },
            None => Self {
                bytes: max,
                failure: NotInflated::TooBig,
            },
        }
    }
}

/// Inflates a message whose sender keeps no context.
fn alone(
    state: &mut Decompress,
    payload: &[u8],
    out: &mut Vec<u8>,
    limit: InflatedLimit,
) -> Result<(), NotInflated> {
    if feed(state, payload, out, limit)? == End::Final {
        // The last block of the payload is final, and nothing follows.
        return Ok(());
    }
    let ends_well = feed(state, &TAIL, out, limit)? == End::Open
        && feed(state, &FINAL, out, limit)? == End::Final;
    match ends_well {
        true => Ok(()),
        false => Err(NotInflated::Invalid),
    }
}

/// Inflates a message that continues the stream of the messages before it.
fn continued(
    state: &mut Decompress,
    payload: &[u8],
    out: &mut Vec<u8>,
    limit: InflatedLimit,
) -> Result<(), NotInflated> {
    if feed(state, payload, out, limit)? == End::Open {
        feed(state, &TAIL, out, limit)?;
    }
    Ok(())
}

/// The position of a stream after the bytes that were fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// More bytes may follow.
    Open,
    /// Right behind a final block.
    Final,
}

/// Appends what `input` inflates to.
fn feed(
    state: &mut Decompress,
    mut input: &[u8],
    out: &mut Vec<u8>,
    limit: InflatedLimit,
) -> Result<End, NotInflated> {
    loop {
        make_room(out, limit);
        let (read, written) = (state.total_in(), out.len());
        let status = state
            .decompress_vec(input, out, FlushDecompress::Sync)
            .map_err(|_| NotInflated::Invalid)?;
        // At most the length of the slice.
        let taken = (state.total_in() - read) as usize;
        input = &input[taken..];
        if out.len() > limit.bytes {
            return Err(limit.failure);
        }
        if status == Status::StreamEnd {
            state.reset(false);
            if input.is_empty() {
                return Ok(End::Final);
            }
        } else if input.is_empty() && out.len() < out.capacity() {
            return Ok(End::Open);
        } else if taken == 0 && out.len() == written {
            // There is input and room, so only a broken stream stands still.
            return Err(NotInflated::Invalid);
        }
    }
}

/// Makes room for at least one byte, and for at most one beyond the limit if that is near.
fn make_room(out: &mut Vec<u8>, limit: InflatedLimit) {
    if out.len() == out.capacity() {
        let near = (limit.bytes - out.len()).saturating_add(1);
        out.reserve_exact(out.len().max(FREE).min(near));
    }
}
