//! The reasons why a session cannot be written.

use http::StatusCode;

use super::sealed::MAX_COOKIE;
use crate::message::{IntoResponse, Response, SetCookieError};

/// The reason why a session cannot be started, changed or ended.
///
/// As a response it is 500, or 503 for [`Store`](Self::Store), and the reason is logged.
///
/// # Examples
///
/// ```
/// use http4k_ws::Request;
/// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), SessionError> {
/// let sessions = CookieSessions::<String>::encrypted([SessionKey::generate()]);
/// let none = sessions.read(&Request::default()).await?;
/// let error = none.login("x".repeat(5000)).await.unwrap_err();
/// assert!(matches!(error, SessionError::TooLarge { length } if length > 5000), "{error}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The cookie would be longer than what browsers keep. Keep less in the session, such as an id,
    /// or keep sessions in a store: `CookieSessions::with_store`.
    #[error(
        "the cookie of the session has {length} bytes, and browsers drop one of more than \
         {MAX_COOKIE}: keep less in the session, or use a store"
    )]
    TooLarge {
        /// The number of bytes of the cookie with its name and attributes.
        length: usize,
    },
    /// The value cannot be serialized as JSON. See the cause.
    #[error("the value of the session cannot be serialized")]
    Value(#[source] serde_json::Error),
    /// The cookie is not valid, because of its name. Rename it.
    #[error("the cookie of the session is not valid")]
    Cookie(#[from] SetCookieError),
    /// The store failed. Try again later.
    #[error("the store of the sessions failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl IntoResponse for SessionError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let cause = std::error::Error::source(&self).map(|cause| format!(": {cause}"));
        log::error!("{self}{}", cause.unwrap_or_default());
        status.into_response()
    }
}
