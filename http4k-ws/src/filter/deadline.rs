//! A limit on the time of handlers.

use std::time::Duration;

use http::StatusCode;
use tokio::time::timeout;

use crate::describe::ResponseDescription;
use crate::handler::{HttpHandler, Next, PolyFilter, over_all};
use crate::lens::Format;
use crate::message::{Request, plain, printable};

/// Responds with 503 if the handlers behind it take longer than `limit`, and drops their future.
///
/// The time counts from the arrival of the request at the filter until the handlers return a
/// response. This includes the time in which they read the body of the request. It does not include
/// the body of the response: a download or a stream of events may take as long as it needs. Before
/// an upgrade it is the time of the handshake, and the socket that follows has no limit. The server
/// has its own bounds for clients that are slow.
///
/// The status is 503, since the server could not respond in time (RFC 9110 §15.6.4). 504 is for a
/// gateway whose upstream is late (§15.6.5), and an [`HttpClient`] that is called as a handler
/// returns it itself. 408 would blame the client.
///
/// The future is dropped at its current await, before the response is sent. Work that must not be
/// interrupted belongs in a task of its own. A handler that blocks its thread cannot be
/// interrupted. The time is tokio's, which is virtual in tests with feature `testing`.
///
#[doc = crate::doc_link::client!("HttpClient")]
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "testing")] {
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::deadline;
///
/// async fn report(seconds: u64) -> &'static str {
///     tokio::time::sleep(Duration::from_secs(seconds)).await;
///     "done"
/// }
///
/// let app = routes! { GET "/reports/<seconds>" => http(report(seconds)) };
/// let app = app.with(deadline(Duration::from_secs(10)));
/// assert_eq!(app.test_http("/reports/9").body(), "done");
/// assert_eq!(app.test_http("/reports/11").status(), 503);
/// # }
/// ```
pub fn deadline(limit: Duration) -> impl PolyFilter + Clone {
    over_all("deadline", move |request: Request, next: Next| async move {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        if let Ok(response) = timeout(limit, next.call(request)).await {
            return response;
        }
        let path = printable(path);
        log::warn!("{method} {path} took longer than its `deadline` of {limit:?}: 503 is sent");
        let line = format!("the response took longer than {limit:?}\n");
        plain(StatusCode::SERVICE_UNAVAILABLE, line)
    })
    .describing(|route| {
        let response = ResponseDescription::new(StatusCode::SERVICE_UNAVAILABLE);
        let response = response.with_content_type(Format::Text.content_type());
        let docs = format!("The response took longer than {limit:?}.");
        route.responses.push(response.with_docs(docs));
    })
}
