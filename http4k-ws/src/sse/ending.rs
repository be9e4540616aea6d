//! The reasons for which a stream is over, and the bytes that its client then receives.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::encoding::write_retry_alone;
use crate::message::BodyError;

/// The reason why a stream is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The consumer has returned, and its `Sse` is dropped.
    Complete,
    /// The consumer failed or panicked.
    Failed,
    /// The queue was full, and the policy closes the stream.
    TooSlow,
    /// The server stops. The client should reconnect after this time.
    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    Stopped(Duration),
    /// Too many bytes wait in all sockets and streams of the server.
    Shed,
    /// The body was dropped.
    Gone,
}

impl Ending {
    /// Returns the bytes of the last frame, or the error of a stream that breaks off.
    pub(super) fn last_frame(self) -> Option<Result<Bytes, BodyError>> {
        match self {
            Self::Complete | Self::Gone => None,
            Self::Stopped(retry) => {
                let mut last = BytesMut::new();
                write_retry_alone(&mut last, retry);
                Some(Ok(last.freeze()))
            }
            Self::Failed => broken("the consumer of the stream failed"),
            Self::TooSlow => broken("the client reads too slowly"),
            Self::Shed => broken("too many bytes wait for the clients"),
        }
    }
}

fn broken(reason: &'static str) -> Option<Result<Bytes, BodyError>> {
    Some(Err(BodyError::Stream(reason.into())))
}
