//! Close statuses: a code and a reason.

use std::borrow::Cow;
use std::fmt;

use super::printable::printable;

/// The status of a closed socket: a close code and a reason (RFC 6455 §7.4).
///
/// Some statuses are only read. [`new`](Self::new) creates those that can be sent, for which
/// [`is_sendable`](Self::is_sendable) returns `true`. Two are equal if their codes and reasons are;
/// compare [`code`](Self::code) to ignore the reason. The codes 4000 to 4999 are for applications
/// (§7.4.2).
///
/// # Examples
///
/// ```
/// use http4k_ws::WsStatus;
///
/// # fn main() -> Result<(), http4k_ws::message::WsStatusError> {
/// let full = WsStatus::new(4001, "the room is full")?;
/// assert_eq!(full.to_string(), "4001 the room is full");
///
/// let later = WsStatus::TRY_AGAIN_LATER.with_reason("the room is full")?;
/// assert_eq!(later.code(), WsStatus::TRY_AGAIN_LATER.code());
/// assert_ne!(later, WsStatus::TRY_AGAIN_LATER);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WsStatus {
    code: u16,
    reason: Cow<'static, str>,
}

/// The reason that a status cannot be sent.
///
/// # Examples
///
/// ```
/// use http4k_ws::WsStatus;
/// use http4k_ws::message::WsStatusError;
///
/// assert_eq!(WsStatus::new(1006, "lost"), Err(WsStatusError::Reserved(1006)));
/// assert_eq!(WsStatus::new(5000, "far"), Err(WsStatusError::OutOfRange(5000)));
/// assert!(WsStatus::new(4000, "full").is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WsStatusError {
    /// The code is 1004, 1005, 1006 or 1015, which are never sent in a frame (RFC 6455 §7.4.1).
    #[error("close code {0} is reserved and cannot be sent in a frame")]
    Reserved(u16),
    /// The code is outside 1000 to 4999 (RFC 6455 §7.4.2).
    #[error("close code {0} is outside 1000 to 4999")]
    OutOfRange(u16),
    /// The reason is longer than 123 bytes. A control frame has at most 125, and the code two of
    /// them (RFC 6455 §5.5).
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
        /// 1000: the conversation is complete.
        NORMAL = 1000, "";
        /// 1001: the server stops, or the user leaves the page.
        GOING_AWAY = 1001, "going away";
        /// 1002: a frame violated the protocol.
        PROTOCOL_ERROR = 1002, "protocol error";
        /// 1003: a kind of message that is not accepted, such as binary instead of text.
        UNSUPPORTED = 1003, "unsupported data";
        /// 1005: a close frame without a code; read, never sent.
        NO_STATUS = 1005, "";
        /// 1006: the connection was lost without a close frame; read, never sent.
        ABNORMAL = 1006, "connection lost";
        /// 1007: a message whose contents are not valid.
        INVALID_PAYLOAD = 1007, "invalid payload";
        /// 1008: a violation of a rule of the application.
        POLICY_VIOLATION = 1008, "policy violation";
        /// 1009: a message or a frame over the limit.
        TOO_BIG = 1009, "message too big";
        /// 1010: the client requires an extension that the server did not accept.
        MISSING_EXTENSION = 1010, "extension missing";
        /// 1011: the consumer failed.
        INTERNAL_ERROR = 1011, "internal error";
        /// 1012: the server restarts.
        RESTART = 1012, "service restart";
        /// 1013: try again later. The peer reads too slowly, or the server is at its limit.
        TRY_AGAIN_LATER = 1013, "try again later";
        /// 1014: a gateway received an invalid response from the server behind it.
        BAD_GATEWAY = 1014, "bad gateway";
        /// 1015: the TLS handshake failed; read, never sent.
        TLS_HANDSHAKE = 1015, "TLS handshake failed";
    }

    /// Creates a status that can be sent.
    ///
    /// # Errors
    ///
    /// [`WsStatusError`] for a code or a reason that a close frame cannot have.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsStatus;
    ///
    /// assert_eq!(WsStatus::new(4001, "the room is full").unwrap().code(), 4001);
    /// assert!(WsStatus::new(1006, "").is_err());
    /// assert!(WsStatus::new(4001, "x".repeat(124)).is_err());
    /// ```
    pub fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Result<Self, WsStatusError> {
        let status = Self {
            code,
            reason: reason.into(),
        };
        status.check().map(|()| status)
    }

    /// Returns the code with another reason, which may be empty.
    ///
    /// # Errors
    ///
    /// [`WsStatusError::ReasonTooLong`] over 123 bytes, [`WsStatusError::Reserved`] for a code that
    /// cannot be sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsStatus;
    ///
    /// let banned = WsStatus::POLICY_VIOLATION.with_reason("no insults").unwrap();
    /// assert_eq!(banned.to_string(), "1008 no insults");
    /// assert!(WsStatus::ABNORMAL.with_reason("lost").is_err());
    /// ```
    pub fn with_reason(&self, reason: impl Into<Cow<'static, str>>) -> Result<Self, WsStatusError> {
        Self::new(self.code, reason)
    }

    /// Returns the close code.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// Returns the reason; an empty text if there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsStatus;
    ///
    /// assert_eq!(WsStatus::GOING_AWAY.reason(), "going away");
    /// assert_eq!(WsStatus::NORMAL.reason(), "");
    /// ```
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Returns `true` for the normal end of a conversation: 1000, or 1005 for a close frame without
    /// a code.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsStatus;
    ///
    /// assert!(WsStatus::NORMAL.is_normal() && WsStatus::NO_STATUS.is_normal());
    /// assert!(!WsStatus::GOING_AWAY.is_normal());
    /// ```
    pub fn is_normal(&self) -> bool {
        matches!(self.code, 1000 | 1005)
    }

    /// Returns `true` if a close frame can have this status.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsStatus;
    ///
    /// assert!(WsStatus::TRY_AGAIN_LATER.is_sendable());
    /// assert!(!WsStatus::ABNORMAL.is_sendable());
    /// ```
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

/// Writes the code, and the reason if there is one: `1010 all good`.
///
/// Control characters and invisible marks of the reason, which a peer may have sent, are escaped:
/// `4000 two\nlines`. [`reason`](WsStatus::reason) returns it as it is.
impl fmt::Display for WsStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if self.reason.is_empty() {
            Ok(())
        } else {
            write!(f, " {}", printable(&self.reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_that_can_be_sent_are_created() {
        let cases = [
            (0, Err(WsStatusError::OutOfRange(0))),
            (999, Err(WsStatusError::OutOfRange(999))),
            (1000, Ok(())),
            (1003, Ok(())),
            (1004, Err(WsStatusError::Reserved(1004))),
            (1005, Err(WsStatusError::Reserved(1005))),
            (1006, Err(WsStatusError::Reserved(1006))),
            (1007, Ok(())),
            (1014, Ok(())),
            (1015, Err(WsStatusError::Reserved(1015))),
            (1016, Ok(())),
            (2999, Ok(())),
            (3000, Ok(())),
            (4999, Ok(())),
            (5000, Err(WsStatusError::OutOfRange(5000))),
            (u16::MAX, Err(WsStatusError::OutOfRange(u16::MAX))),
        ];
        for (code, expected) in cases {
            let status = WsStatus::new(code, "");
            assert_eq!(
                status.map(|status| assert_eq!(status.code(), code)),
                expected
            );
            let reason = Cow::Borrowed("");
            let received = WsStatus { code, reason };
            assert_eq!(received.is_sendable(), expected.is_ok(), "{code}");
        }
    }

    #[test]
    fn a_reason_is_displayed_on_one_line_and_read_unchanged() {
        let reason = "bye\nERROR \u{1b}[31mforged";
        let status = WsStatus::new(4000, reason).unwrap();
        assert_eq!(status.to_string(), "4000 bye\\nERROR \\u{1b}[31mforged");
        assert_eq!(status.reason(), reason);
    }

    #[test]
    fn a_reason_is_measured_in_bytes() {
        assert!(WsStatus::new(1000, "x".repeat(123)).is_ok());
        let refused = WsStatus::new(1000, "x".repeat(124));
        assert_eq!(refused, Err(WsStatusError::ReasonTooLong(124)));
        let refused = WsStatus::NORMAL.with_reason("é".repeat(62));
        assert_eq!(refused, Err(WsStatusError::ReasonTooLong(124)));
    }

    #[test]
    fn the_reason_can_be_replaced_if_the_code_can_be_sent() {
        let status = WsStatus::MISSING_EXTENSION.with_reason("all good").unwrap();
        assert_eq!(status.to_string(), "1010 all good");
        assert_eq!(status.reason(), "all good");
        assert_eq!(WsStatus::NORMAL.to_string(), "1000");
        let refused = WsStatus::ABNORMAL.with_reason("gone");
        assert_eq!(refused, Err(WsStatusError::Reserved(1006)));
    }

    #[test]
    fn every_constant_can_be_sent_except_those_that_are_only_read() {
        let read_only = [
            WsStatus::NO_STATUS,
            WsStatus::ABNORMAL,
            WsStatus::TLS_HANDSHAKE,
        ];
        assert!(read_only.iter().all(|status| !status.is_sendable()));
        let sent = [
            WsStatus::NORMAL,
            WsStatus::GOING_AWAY,
            WsStatus::PROTOCOL_ERROR,
            WsStatus::UNSUPPORTED,
            WsStatus::INVALID_PAYLOAD,
            WsStatus::POLICY_VIOLATION,
            WsStatus::TOO_BIG,
            WsStatus::MISSING_EXTENSION,
            WsStatus::INTERNAL_ERROR,
            WsStatus::RESTART,
            WsStatus::TRY_AGAIN_LATER,
            WsStatus::BAD_GATEWAY,
        ];
        for status in sent {
            assert!(status.is_sendable(), "{status}");
            assert_eq!(status.is_normal(), status.code() == 1000);
        }
        assert!(WsStatus::NO_STATUS.is_normal());
        assert!(!WsStatus::ABNORMAL.is_normal());
    }

    #[test]
    fn equality_takes_the_reason_into_account() {
        assert_eq!(WsStatus::new(1000, "").unwrap(), WsStatus::NORMAL);
        assert_ne!(WsStatus::new(1000, "bye").unwrap(), WsStatus::NORMAL);
    }
}
