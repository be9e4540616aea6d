//! The errors of publishing and joining, with the status that a socket is closed with.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use super::name::TopicNameError;
use crate::lens::LensFailure;
use crate::message::WsStatus;
use crate::session::ClosesWith;

static TRY_AGAIN_LATER: ClosesWith = ClosesWith(WsStatus::TRY_AGAIN_LATER);
static TOO_BIG: ClosesWith = ClosesWith(WsStatus::TOO_BIG);
static POLICY_VIOLATION: ClosesWith = ClosesWith(WsStatus::POLICY_VIOLATION);

/// The reason why a message was not published, as far as is known.
///
/// A consumer of a socket that returns it closes with the status in the table.
///
/// | error | stored | status |
/// |---|---|---|
/// | [`Unavailable`](Self::Unavailable), [`Full`](Self::Full) | no | 1013 |
/// | [`Unknown`](Self::Unknown) | perhaps | 1013 |
/// | [`TooLarge`](Self::TooLarge) | no | 1009 |
/// | [`Unencodable`](Self::Unencodable), [`Name`](Self::Name), [`Refused`](Self::Refused) | no | 1011 |
/// | [`Left`](Self::Left) | no | 1008 |
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::{PublishError, Topics};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let news = Topics::<String>::new("news");
/// let long = "x".repeat(300 * 1024);
/// let error = news.topic("all").publish(long).await.unwrap_err();
/// assert!(matches!(error, PublishError::TooLarge { .. }), "{error}");
/// assert_eq!(error.kind(), "too_large");
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublishError {
    /// The engine could not be reached in time, for this reason. The message is certainly not
    /// stored.
    Unavailable(String),
    /// The message was sent, and no reply came. It may be stored, and may reach subscribers.
    Unknown,
    /// Too many messages of this process wait for the engine.
    Full,
    /// The encoded message has more bytes than a topic accepts.
    TooLarge {
        /// The bytes of the encoded message.
        bytes: usize,
        /// The maximum.
        most: usize,
    },
    /// The format cannot represent the value.
    Unencodable(LensFailure),
    /// The name of the topic is not valid.
    Name(TopicNameError),
    /// The engine refused the message, for example for want of memory.
    Refused(String),
    /// The membership is over, because it was evicted or has expired.
    Left,
}

impl PublishError {
    /// Returns the kind of the error in one word, for metrics.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let rooms = Topics::<String>::new("room").max_message(4);
    /// let error = rooms.topic("tea").publish("hello".to_owned()).await.unwrap_err();
    /// assert_eq!(error.kind(), "too_large");
    /// # }
    /// ```
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "unavailable",
            Self::Unknown => "unknown",
            Self::Full => "full",
            Self::TooLarge { .. } => "too_large",
            Self::Unencodable(_) => "unencodable",
            Self::Name(_) => "name",
            Self::Refused(_) => "refused",
            Self::Left => "left",
        }
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(cause) => {
                write!(f, "the engine of the topics cannot be reached: {cause}")
            }
            Self::Unknown => f.write_str("no reply of the engine came: the message may be stored"),
            Self::Full => f.write_str("too many messages wait for the engine of the topics"),
            Self::TooLarge { bytes, most } => {
                write!(
                    f,
                    "the message has {bytes} bytes, and a topic accepts {most}"
                )
            }
            Self::Unencodable(failure) => fmt::Display::fmt(failure, f),
            Self::Name(error) => fmt::Display::fmt(error, f),
            Self::Refused(cause) => write!(f, "the engine refused the message: {cause}"),
            Self::Left => f.write_str("the membership in the topic is over"),
        }
    }
}

impl Error for PublishError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unavailable(_) | Self::Unknown | Self::Full => Some(&TRY_AGAIN_LATER),
            Self::TooLarge { .. } => Some(&TOO_BIG),
            Self::Left => Some(&POLICY_VIOLATION),
            Self::Unencodable(failure) => failure.source(),
            Self::Name(_) | Self::Refused(_) => None,
        }
    }
}

impl From<LensFailure> for PublishError {
    fn from(failure: LensFailure) -> Self {
        Self::Unencodable(failure)
    }
}

impl From<TopicNameError> for PublishError {
    fn from(error: TopicNameError) -> Self {
        Self::Name(error)
    }
}

/// The reason why a socket or stream did not join a topic.
///
/// A consumer of a socket that returns it closes with 1013 if the engine cannot be reached, and
/// otherwise with 1008.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::topics::{Feed, JoinError, Topics};
///
/// async fn listen(ws: WebSocket<String, Feed<String>>, news: Topics<String>) -> WsResult {
///     let refused = news.topic("").join(&ws).await.map(drop);
///     assert!(matches!(refused, Err(JoinError::Name(_))));
///     Ok(refused?)
/// }
///
/// let news = Topics::new("news");
/// let app = routes! { "/news" => ws(listen(ws, news)) };
/// assert_eq!(app.test_ws("/news").closed(), Some(WsStatus::POLICY_VIOLATION));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JoinError {
    /// The engine could not be reached in time, for this reason.
    Unavailable(String),
    /// The guard of the topics refused the request. This is the status of its response.
    Refused(StatusCode),
    /// The socket or stream is in as many topics as it may be, which is this number.
    TooManyTopics(usize),
    /// The name of the member has this number of bytes, and may have 256.
    LongName(usize),
    /// The name of the topic is not valid.
    Name(TopicNameError),
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(cause) => {
                write!(f, "the engine of the topics cannot be reached: {cause}")
            }
            Self::Refused(status) => {
                write!(f, "the guard of the topic refused the request: {status}")
            }
            Self::TooManyTopics(most) => write!(f, "a socket may be in {most} topics at a time"),
            Self::LongName(bytes) => {
                write!(
                    f,
                    "the name of a member must have at most 256 bytes, and has {bytes}"
                )
            }
            Self::Name(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl Error for JoinError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unavailable(_) => Some(&TRY_AGAIN_LATER),
            _ => Some(&POLICY_VIOLATION),
        }
    }
}

impl From<TopicNameError> for JoinError {
    fn from(error: TopicNameError) -> Self {
        Self::Name(error)
    }
}
