//! The reasons why an event source has no event to return.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use crate::client::http::HttpClientError;
use crate::lens::LensFailure;
use crate::message::{Response, printable};
use crate::sse::SseEnd;

/// The reason why an event source has no event to return.
///
/// Every error except [`Unreadable`](Self::Unreadable) is final: the source is closed, and does not
/// connect again.
///
/// # Examples
///
/// ```
/// use http4k_ws::client::{EventSource, EventSourceError};
/// use http4k_ws::prelude::*;
///
/// async fn page(_request: Request) -> &'static str {
///     "a page"
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut source = EventSource::to("/")
///     .over(|request| async move { Ok::<_, EventSourceError>(page.call(request).await) })
///     .start::<String>();
/// let error = source.recv().await.unwrap_err();
/// assert!(!error.is_transient());
/// let EventSourceError::Refused { response } = error else { panic!("{error}") };
/// assert_eq!(response.body(), "a page");
/// # }
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum EventSourceError {
    /// The request cannot be sent. Correct it.
    #[error("invalid request: {reason}")]
    BadRequest {
        /// The rule that it breaks.
        reason: String,
    },
    /// There was no response. An [`HttpClientError`] is the cause, or the error of the function of
    /// [`over`](super::EventSourceRequest::over).
    #[error("the request failed")]
    Failed {
        /// The cause.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// There was no response in time. A longer
    /// [`attempt_timeout`](crate::client::reconnect::ReconnectPolicy::attempt_timeout) may help.
    #[error("there was no response after {after:?}")]
    Timeout {
        /// The limit that passed.
        after: Duration,
    },
    /// The server responded with another status than 200, or with 200 and another Content-Type than
    /// `text/event-stream` (WHATWG HTML §9.2.3). The response has the reason.
    #[error("the response is not a stream of events: {}", shown(response))]
    Refused {
        /// The response, with the part of its body that arrived within 1 s, at most 64 KiB.
        response: Box<Response<Bytes>>,
    },
    /// A redirect cannot be followed.
    #[error(
        "the redirect to `{}` can't be followed: {reason}",
        printable(location)
    )]
    BadRedirect {
        /// The target, without its user information and query.
        location: String,
        /// The rule that it breaks.
        reason: String,
    },
    /// The server redirected more often than
    /// [`with_max_redirects`](super::EventSourceRequest::with_max_redirects) allows.
    #[error("the server redirected more than {limit} times")]
    TooManyRedirects {
        /// The limit.
        limit: u32,
    },
    /// The stream ended, and no other connection follows: an event is too long, or reconnection is
    /// off and the stream ended early.
    #[error("{0}")]
    Ended(SseEnd),
    /// A limit of the [`ReconnectPolicy`](crate::client::reconnect::ReconnectPolicy) was reached.
    #[error("gave up after {attempts} attempts")]
    GaveUp {
        /// The number of attempts since the last stable connection.
        attempts: u32,
        /// The reason for which the last one ended.
        source: Box<EventSourceError>,
    },
    /// The data of an event is not a value of the type of the source. The next one can be received.
    #[error("an event of the stream can't be read")]
    Unreadable(#[from] LensFailure),
    /// The source is closed.
    #[error("the event source is closed")]
    Closed,
}

fn shown(response: &Response<Bytes>) -> String {
    let kind = response.headers().get(http::header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    let kind = kind.map_or_else(
        || "no Content-Type".to_owned(),
        |kind| printable(kind).to_string(),
    );
    format!("{} ({kind})", response.status())
}

impl EventSourceError {
    /// Returns `true` if another attempt may succeed, so that the source makes one: after a failure
    /// to connect, a broken exchange, a time-out, and the end of a stream.
    ///
    /// A response is final, as for a browser. With
    /// [`with_retried_refusals`](super::EventSourceRequest::with_retried_refusals), a response with
    /// 408, 425, 429 or a 5xx is not.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use http4k_ws::client::EventSourceError;
    /// let timeout = EventSourceError::Timeout { after: Duration::from_secs(10) };
    /// assert!(timeout.is_transient());
    /// assert!(!EventSourceError::TooManyRedirects { limit: 20 }.is_transient());
    /// ```
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Failed { source } => match source.downcast_ref() {
                Some(HttpClientError::Dial(error)) => error.is_transient(),
                Some(error) => matches!(
                    error,
                    HttpClientError::ConnectTimeout { .. }
                        | HttpClientError::Timeout { .. }
                        | HttpClientError::Broken { .. }
                ),
                None => true,
            },
            Self::Timeout { .. } => true,
            Self::Ended(end) => !matches!(end, SseEnd::TooLarge(_) | SseEnd::Closed),
            _ => false,
        }
    }

    /// Returns `true` for the status with which a server ends a source for good (WHATWG HTML
    /// §9.2.3).
    pub(super) fn is_no_content(&self) -> bool {
        matches!(self, Self::Refused { response } if response.status() == StatusCode::NO_CONTENT)
    }

    /// Returns `true` for a refusal that may be over later.
    pub(super) fn is_transient_refusal(&self) -> bool {
        let Self::Refused { response } = self else {
            return false;
        };
        let status = response.status();
        status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429)
    }

    /// Returns the end of the stream that this error means for a blocking client.
    pub(super) fn end(&self) -> SseEnd {
        match self {
            Self::Ended(end) => end.clone(),
            other => SseEnd::broken(other),
        }
    }

    pub(super) fn failed(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source: Box<dyn Error + Send + Sync> = source.into();
        match source.downcast::<Self>() {
            Ok(ours) => *ours,
            Err(source) => Self::Failed {
                source: Arc::from(source),
            },
        }
    }
}
