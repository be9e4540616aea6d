//! Why a text is no transcript.

use crate::message::ws_status::WsStatusError;

/// Where a text breaks the rules of a [`Transcript`](crate::testing::transcript::Transcript).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the transcript: {rule}")]
pub struct TranscriptError {
    /// The number of the line; the first is 1.
    pub line: usize,
    /// The rule.
    pub rule: TranscriptRule,
}

/// A rule of the lines of a [`Transcript`](crate::testing::transcript::Transcript).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TranscriptRule {
    /// The first line says what was opened.
    #[error("a transcript begins with `open` and a path")]
    Open,
    /// A line begins with one of the words that are known.
    #[error("`{0}` is none of `client`, `server`, `silence` and `cut`")]
    Word(String),
    /// A side sends `text` or `binary`, or it closes.
    #[error("`{0}` is none of `text`, `binary` and `close`")]
    Kind(String),
    /// A backslash begins an escape.
    #[error("a backslash stands before `\\`, `n`, `r`, `t` or `u{{…}}`")]
    Escape,
    /// Bytes have two digits each.
    #[error("bytes are written in hexadecimal, with two digits each")]
    Hexadecimal,
    /// Times are in seconds.
    #[error("a time is written in seconds, with at most nine decimals, as in `1.5s`")]
    Time,
    /// A code is a number.
    #[error("`close` is followed by a code and a reason, as in `close 1000 bye`")]
    Code,
    /// A status is one that a socket can end with.
    #[error(transparent)]
    Status(#[from] WsStatusError),
    /// `cut` stands alone.
    #[error("nothing stands behind `cut`")]
    Cut,
}
