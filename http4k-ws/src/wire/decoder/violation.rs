//! The rules of frames that a peer can break.

use crate::message::WsStatus;

/// The rule that a peer broke. Its text is the reason of the close frame that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::wire) enum Violation {
    #[error("a reserved bit is set (RFC 6455 §5.2)")]
    ReservedBits,
    #[error("opcode {0} is reserved (RFC 6455 §5.2)")]
    ReservedOpcode(u8),
    #[error("a client's frame is not masked (RFC 6455 §5.1)")]
    Unmasked,
    #[error("a server's frame is masked (RFC 6455 §5.1)")]
    Masked,
    #[error("a length is not in its shortest form (RFC 6455 §5.2)")]
    LengthNotShortest,
    #[error("a length has 64 bits (RFC 6455 §5.2)")]
    LengthOf64Bits,
    #[error("a control frame is fragmented (RFC 6455 §5.5)")]
    FragmentedControl,
    #[error("a control frame has over 125 bytes (RFC 6455 §5.5)")]
    LongControl,
    #[error("a continuation without a message (RFC 6455 §5.4)")]
    ContinuationOfNothing,
    #[error("a message starts within another (RFC 6455 §5.4)")]
    Interleaved,
    #[error("a close frame of one byte lacks a code (RFC 6455 §5.5.1)")]
    HalfCloseCode,
    #[error("close code {0} must not be sent (RFC 6455 §7.4)")]
    CloseCode(u16),
    #[error("a close reason is not UTF-8 (RFC 6455 §5.5.1)")]
    CloseReason,
    #[error("a text message is not UTF-8 (RFC 6455 §8.1)")]
    Text,
    #[cfg(feature = "deflate")]
    #[error("a compressed message is not a sequence of whole DEFLATE blocks (RFC 7692 §7.2.2)")]
    Compressed,
    #[cfg(feature = "deflate")]
    #[error("over 64 KiB, a message may have at most {0} times its compressed bytes")]
    Ratio(u32),
    #[error("a frame may have at most {0} bytes")]
    FrameTooBig(u64),
    #[error("a message may have at most {0} bytes")]
    MessageTooBig(u64),
    #[error("a message may have at most {0} fragments and one for each 16 bytes")]
    Fragments(u32),
    #[error("at most {0} empty fragments may follow each other")]
    EmptyFragments(u32),
    #[error("at most {0} control frames per second, over 5 s")]
    ControlRate(u32),
}

impl Violation {
    /// Returns the status of the close frame that reports it (RFC 6455 §7.4.1).
    pub(in crate::wire) fn status(self) -> WsStatus {
        let status = match self {
            Self::Text | Self::CloseReason => WsStatus::INVALID_PAYLOAD,
            #[cfg(feature = "deflate")]
            Self::Compressed => WsStatus::INVALID_PAYLOAD,
            #[cfg(feature = "deflate")]
            Self::Ratio(_) => WsStatus::POLICY_VIOLATION,
            Self::FrameTooBig(_) | Self::MessageTooBig(_) => WsStatus::TOO_BIG,
            Self::Fragments(_) | Self::EmptyFragments(_) | Self::ControlRate(_) => {
                WsStatus::POLICY_VIOLATION
            }
            _ => WsStatus::PROTOCOL_ERROR,
        };
        status.with_reason(self.to_string()).unwrap_or(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_fits_a_close_frame() {
        for longest in [
            Violation::MessageTooBig(u64::MAX),
            Violation::Fragments(u32::MAX),
            Violation::EmptyFragments(u32::MAX),
            Violation::CloseCode(u16::MAX),
            #[cfg(feature = "deflate")]
            Violation::Compressed,
            #[cfg(feature = "deflate")]
            Violation::Ratio(u32::MAX),
        ] {
            assert_eq!(longest.status().reason(), longest.to_string());
        }
    }
}
