//! A report for each request.

use std::time::Duration;

use http::StatusCode;

use super::watch::Watch;
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsNext,
};
use crate::message::Request;

/// A report of a request, from its arrival at the filter to the end of its response.
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::HttpTransaction;
///
/// /// Returns the labels of a metric. Each has a bounded number of values.
/// fn labels(done: &HttpTransaction) -> (&str, u16) {
///     let route = done.route.as_deref().unwrap_or("none");
///     (route, done.status.map_or(0, |status| status.as_u16()))
/// }
/// # use std::sync::mpsc::channel;
/// # use http4k_ws::prelude::*;
/// # use http4k_ws::filter::report_requests;
/// # let app = routes! { "/rooms/<room>" => http(|room: String| room) };
/// # let (report, reported) = channel();
/// # let app = app.with(report_requests(move |done| report.send(done).unwrap()));
/// # app.test_http("/rooms/blue");
/// # app.test_http("/secret.php");
/// # assert_eq!(labels(&reported.recv().unwrap()), ("/rooms/<room>", 200));
/// # assert_eq!(labels(&reported.recv().unwrap()), ("none", 404));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct HttpTransaction {
    /// The request as it arrived at the filter, without its body. Its extensions have what the
    /// filters before this one added, such as a [`RequestId`](crate::filter::RequestId).
    pub request: Request,
    /// The template of the route that matched, such as `/rooms/<room>`. `None` without a route, and
    /// if another filter responded before one was chosen.
    pub route: Option<String>,
    /// The status of the response. `None` if there is none, because the future of the handler was
    /// dropped before.
    pub status: Option<StatusCode>,
    /// The way in which the response ended.
    pub end: HttpEnd,
    /// The time from the arrival of the request to that end.
    pub duration: Duration,
    /// The number of bytes of the body that the application returned.
    pub bytes: u64,
}

/// The way in which a response ended.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{HttpEnd, report_requests};
/// use http4k_ws::sse::{Sse, SseResult};
///
/// async fn news(sse: Sse) -> SseResult {
///     sse.send("rain").await?;
///     Err("no more news".into())
/// }
///
/// let (report, reported) = channel();
/// let report = report_requests(move |done| report.send(done.end).unwrap());
/// let app = routes! { GET "/news" => sse(news(sse)) }.with(report);
/// app.test_sse("/news").closed();
/// assert_eq!(reported.try_recv(), Ok(HttpEnd::Failed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpEnd {
    /// The application returned all of it. The client may not have received it yet.
    Complete,
    /// The body failed or panicked, so that the client received a part of it at most.
    Failed,
    /// The response was dropped, usually because the client left.
    Aborted,
}

/// Calls `report` once for each request behind the filter, when its response has ended.
///
/// | response | when it is reported |
/// |---|---|
/// | a body in memory, HEAD, 204, 304 | when the handlers return it |
/// | a body that is a stream, a stream of events | at its end, its failure, or when the client leaves |
/// | a handler that panics | as a 500 |
/// | a handler whose future is dropped | then, without a status |
/// | a refused upgrade | as any other response |
/// | an accepted upgrade | never: [`report_sockets`](crate::filter::report_sockets) reports it when the socket is closed |
///
/// A request that the server itself refuses, such as one without a valid head, does not reach a
/// filter and is not reported. A panic of `report` is logged. The duration is measured with tokio's
/// clock, which is virtual in tests with feature `testing`.
///
/// The routes are known by their templates, also around the whole application. Requests to unknown
/// paths have none, so that metrics by template stay bounded.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{HttpEnd, HttpTransaction, report_requests};
///
/// let app = routes! { "/users/<id>" => http(|id: u32| format!("user {id}")) };
/// let (report, reported) = channel();
/// let app = app.with(report_requests(move |done: HttpTransaction| report.send(done).unwrap()));
///
/// app.test_http("/users/7");
/// let done = reported.try_recv().unwrap();
/// assert_eq!(done.request.uri(), "/users/7");
/// assert_eq!(done.route.as_deref(), Some("/users/<id>"));
/// assert_eq!((done.status, done.end), (Some(StatusCode::OK), HttpEnd::Complete));
/// assert_eq!(done.bytes, 6);
///
/// app.test_http("/wp-login.php");
/// assert_eq!(reported.try_recv().unwrap().route, None);
/// ```
pub fn report_requests<F>(report: F) -> impl PolyFilter + Clone
where
    F: Fn(HttpTransaction) + Clone + Send + Sync + 'static,
{
    ReportRequests(report)
}

#[derive(Clone)]
struct ReportRequests<F>(F);

impl<F: Fn(HttpTransaction) + Clone + Send + Sync + 'static> PolyFilter for ReportRequests<F> {
    fn name(&self) -> String {
        "report_requests".to_owned()
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let report = self.0.clone();
        let watching = move |mut request: Request, next: Next| {
            let watch = Watch::new(&mut request, report.clone());
            async move { watch.responded(next.call(request).await) }
        };
        watching.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let report = self.0.clone();
        let watching = move |mut request: Request, next: WsNext| {
            let watch = Watch::new(&mut request, report.clone());
            watch.handshake(request, next)
        };
        watching.then(next)
    }
}
