//! The close status of a socket whose consumer fails.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use crate::handler::{PolyFilter, changing_ws};
use crate::message::WsStatus;
use crate::panics::text_of;
use crate::session::{SendError, WsError};

/// The failure of a consumer.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{WsFailure, catch_failures};
///
/// async fn broken(_ws: WebSocket) -> WsResult {
///     panic!("a bug")
/// }
///
/// /// Lets clients connect again after a panic.
/// fn status(failure: WsFailure<'_>) -> WsStatus {
///     match failure {
///         WsFailure::Error(error) => error.status().clone(),
///         _ => WsStatus::RESTART,
///     }
/// }
///
/// let mut client = catch_failures(status).then(broken).test_ws("/");
/// assert_eq!(client.closed(), Some(WsStatus::RESTART));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum WsFailure<'a> {
    /// The consumer returned an error.
    Error(&'a WsError),
    /// The consumer panicked with this payload.
    Panic(&'a (dyn Any + Send)),
}

/// Writes the error, or the text of the panic.
impl fmt::Display for WsFailure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => fmt::Display::fmt(error, f),
            Self::Panic(panic) => {
                let text = panic.downcast_ref::<&str>().copied();
                let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
                f.write_str(text.unwrap_or("panic without a message"))
            }
        }
    }
}

/// Closes the socket of a consumer that fails with the status that `status` returns.
///
/// Without the filter, the status is that of the error, or 1011. The filter does not see a consumer
/// that fails because its socket is closed. It does not see errors of callbacks either, which go to
/// [`on_error`](crate::WebSocket::on_error).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{WsFailure, catch_failures};
///
/// async fn broken(_ws: WebSocket) -> WsResult {
///     Err(std::io::Error::other("the database is gone").into())
/// }
///
/// let app = catch_failures(|failure: WsFailure<'_>| {
///     WsStatus::new(4500, failure.to_string()).unwrap_or(WsStatus::INTERNAL_ERROR)
/// });
/// let mut client = app.then(broken).test_ws("/");
/// assert_eq!(client.closed().unwrap().to_string(), "4500 the database is gone");
/// ```
pub fn catch_failures<F>(status: F) -> impl PolyFilter + Clone
where
    F: Fn(WsFailure<'_>) -> WsStatus + Clone + Send + Sync + 'static,
{
    changing_ws("catch_failures", move |_fields| {
        let status = status.clone();
        Some(Box::new(|response| {
            response.map_consumer(|consumer| {
                consumer.around(|consumer| {
                    Box::pin(async move {
                        match AssertUnwindSafe(consumer).catch_unwind().await {
                            Ok(Err(error)) if !is_closed(&error) => {
                                Err(WsError::closing(status(WsFailure::Error(&error))))
                            }
                            Ok(result) => result,
                            Err(panic) => {
                                let status = status(WsFailure::Panic(&*panic));
                                let panic = text_of(panic);
                                log::error!("a WebSocket consumer panicked: {panic}");
                                Err(WsError::closing(status))
                            }
                        }
                    })
                })
            })
        }))
    })
}

fn is_closed(error: &WsError) -> bool {
    let cause = error.cause().and_then(|cause| cause.downcast_ref());
    matches!(cause, Some(SendError::Closed(_)))
}
