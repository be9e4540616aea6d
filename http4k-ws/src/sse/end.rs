//! The end of a stream, as a client sees it.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::parse::SseTooLarge;
use crate::lens::LensFailure;
use crate::message::printable;

/// The end of a stream of events, as its reader sees it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseEnd};
///
/// let app = routes! { GET "/" => sse(|sse: Sse| async move { sse.send("one").await }) };
/// let mut client = app.test_sse("/");
/// assert_eq!(client.received().count(), 1);
/// assert_eq!(client.closed(), Some(SseEnd::Complete));
/// assert!(SseEnd::Complete.is_normal());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SseEnd {
    /// The server ended the stream.
    Complete,
    /// The client closed the stream.
    Closed,
    /// The stream ended early: the connection was lost, or the handler of the server failed.
    Broken {
        /// The cause, for a log.
        reason: String,
    },
    /// No byte arrived for the time limit of the client, so that its connection counts as lost.
    Silent {
        /// The limit that passed.
        after: Duration,
    },
    /// An event is longer than the bound of the reader. Set a larger one with
    /// [`with_max_event`](crate::sse::SseReader::with_max_event), or find out why the server sends
    /// such an event.
    TooLarge(SseTooLarge),
}

impl SseEnd {
    /// Returns `true` if the stream ended as planned: by its server, or by its client.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use http4k_ws::sse::SseEnd;
    /// assert!(SseEnd::Complete.is_normal());
    /// assert!(SseEnd::Closed.is_normal());
    /// assert!(!SseEnd::Silent { after: Duration::from_secs(45) }.is_normal());
    /// ```
    pub fn is_normal(&self) -> bool {
        matches!(self, Self::Complete | Self::Closed)
    }

    pub(crate) fn broken(error: &dyn Error) -> Self {
        let causes = std::iter::successors(Some(error), |error| (*error).source());
        let causes: Vec<_> = causes.map(|cause| printable(cause).to_string()).collect();
        Self::Broken {
            reason: causes.join(": "),
        }
    }
}

impl fmt::Display for SseEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("the server ended the stream"),
            Self::Closed => f.write_str("the client closed the stream"),
            Self::Broken { reason } => write!(f, "the stream ended early: {reason}"),
            Self::Silent { after } => write!(f, "no byte of the stream came for {after:?}"),
            Self::TooLarge(error) => error.fmt(f),
        }
    }
}

/// The reason why a reader has no event to return.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{SseReadError, SseReader};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), SseReadError> {
/// let response = Response::new(Body::from("data: seven\n\ndata: 7\n\n"))
///     .with_header("content-type", "text/event-stream");
/// let mut numbers = SseReader::new(response).expect("a stream").typed::<Json<u32>>();
/// assert!(matches!(numbers.recv().await, Err(SseReadError::Unreadable(_))));
/// assert_eq!(numbers.recv().await?.unwrap().0, 7);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SseReadError {
    /// The stream ended early.
    #[error("{0}")]
    Ended(SseEnd),
    /// The data of an event is not a value of the type of the reader. The next event can be read.
    #[error("an event of the stream can't be read")]
    Unreadable(#[from] LensFailure),
}
