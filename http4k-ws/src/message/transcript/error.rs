//! Errors of reading a transcript.

use crate::message::ws_status::WsStatusError;

/// The first line of a text that breaks a rule of a
/// [`Transcript`](crate::testing::transcript::Transcript).
///
/// # Examples
///
/// ```
/// use http4k_ws::testing::transcript::Transcript;
///
/// assert!("open /\nserver text hello\nserver close 1000\n".parse::<Transcript>().is_ok());
/// assert!("open /\nserver sings\n".parse::<Transcript>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the transcript: {rule}")]
pub struct TranscriptError {
    /// The number of the line; the first is 1.
    pub line: usize,
    /// The rule that the line breaks.
    pub rule: TranscriptRule,
}

/// A rule for the lines of a [`Transcript`](crate::testing::transcript::Transcript).
///
/// # Examples
///
/// ```
/// use http4k_ws::testing::transcript::{Transcript, TranscriptRule};
///
/// let error = "open /ws\nserver sings\n".parse::<Transcript>().unwrap_err();
/// assert_eq!((error.line, error.rule), (2, TranscriptRule::Kind("sings".to_owned())));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TranscriptRule {
    /// The first line must be `open` with a path.
    #[error("a transcript begins with `open` and a path")]
    Open,
    /// A line must begin with a known word.
    #[error("`{0}` must be one of `client`, `server`, `silence` and `cut`")]
    Word(String),
    /// The second word of a side must be `text`, `binary` or `close`.
    #[error("`{0}` must be one of `text`, `binary` and `close`")]
    Kind(String),
    /// A backslash must begin an escape.
    #[error("a backslash must precede `\\`, `n`, `r`, `t` or `u{{…}}`")]
    Escape,
    /// A byte must have two hexadecimal digits.
    #[error("bytes must be hexadecimal, with two digits each")]
    Hexadecimal,
    /// A time must be in seconds.
    #[error("a time must be in seconds, with at most nine decimals, as in `1.5s`")]
    Time,
    /// The code of `close` must be a number.
    #[error("`close` must have a code and may have a reason, as in `close 1000 bye`")]
    Code,
    /// The status must be one with which a socket can end.
    #[error(transparent)]
    Status(#[from] WsStatusError),
    /// `cut` must be alone in its line.
    #[error("`cut` must be alone in its line")]
    Cut,
}
