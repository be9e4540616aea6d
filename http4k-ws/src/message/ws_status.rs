//! Why a socket closed: a code and a reason.

use std::borrow::Cow;
use std::fmt;

/// Why a socket closed: a close code and a reason (RFC 6455 §7.4).
///
/// Every status can be read; only those that [`is_sendable`](Self::is_sendable) travel in a frame.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WsStatus {
    code: u16,
    reason: Cow<'static, str>,
}

/// Why a status can't be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WsStatusError {
    /// 1004, 1005, 1006 and 1015 never travel in a frame (RFC 6455 §7.4.1).
    #[error("close code {0} is reserved and never travels in a frame")]
    Reserved(u16),
    /// Codes are 1000 to 4999 (RFC 6455 §7.4.2).
    #[error("close code {0} is outside 1000 to 4999")]
    OutOfRange(u16),
    /// A reason is at most 123 bytes: a control frame carries 125, and the code takes two (RFC 6455 §5.5).
    #[error("the reason has {0} bytes; a close frame holds 123")]
    ReasonTooLong(usize),
}

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $reason:literal;)*) => {$(
        $(#[$doc])*
        pub const $name: Self = Self { code: $code, reason: Cow::Borrowed($reason) };
    )*};
}

impl WsStatus {
    statuses! {
        /// 1000: done.
        NORMAL = 1000, "";
        /// 1001: the server stops, or the page is left.
        GOING_AWAY = 1001, "going away";
        /// 1002: a frame broke the protocol.
        PROTOCOL_ERROR = 1002, "protocol error";
        /// 1003: a kind of message that can't be taken.
        UNSUPPORTED = 1003, "unsupported data";
        /// 1005: a close frame without a code; read, never sent.
        NO_STATUS = 1005, "";
        /// 1006: the connection was lost without a close frame; read, never sent.
        ABNORMAL = 1006, "connection lost";
        /// 1007: data that is not what it should be.
        INVALID_PAYLOAD = 1007, "invalid payload";
        /// 1008: against a rule.
        POLICY_VIOLATION = 1008, "policy violation";
        /// 1009: a message or frame over the limit.
        TOO_BIG = 1009, "message too big";
        /// 1011: the consumer failed.
        INTERNAL_ERROR = 1011, "internal error";
        /// 1012: the server restarts.
        RESTART = 1012, "service restart";
        /// 1013: try again later; the peer reads too slowly.
        TRY_AGAIN_LATER = 1013, "try again later";
    }

    /// A status that can be sent.
    ///
    /// # Errors
    ///
    /// [`WsStatusError`] for a code or a reason that can't travel in a close frame.
    pub fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Result<Self, WsStatusError> {
        let status = Self {
            code,
            reason: reason.into(),
        };
        status.check().map(|()| status)
    }

    /// A status that was read from a peer, whatever its code.
    pub(crate) fn received(code: u16, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }

    /// The close code.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The reason, empty where none was given.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether this is the ordinary end of a conversation: 1000, or a close frame without a code.
    pub fn is_normal(&self) -> bool {
        matches!(self.code, 1000 | 1005)
    }

    /// Whether this status may travel in a close frame.
    pub fn is_sendable(&self) -> bool {
        self.check().is_ok()
    }

    fn check(&self) -> Result<(), WsStatusError> {
        match self.code {
            1004 | 1005 | 1006 | 1015 => Err(WsStatusError::Reserved(self.code)),
            1000..=4999 if self.reason.len() > 123 => {
                Err(WsStatusError::ReasonTooLong(self.reason.len()))
            }
            1000..=4999 => Ok(()),
            _ => Err(WsStatusError::OutOfRange(self.code)),
        }
    }
}

impl fmt::Display for WsStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if self.reason.is_empty() {
            Ok(())
        } else {
            write!(f, " {}", self.reason)
        }
    }
}
