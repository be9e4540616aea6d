//! A report for each stream of events.

use std::time::Duration;

use tokio::time::Instant;

use crate::handler::found_template::FoundTemplate;
use crate::handler::{HttpHandler, Next, PolyFilter, over_http};
use crate::message::{Request, copy_of_head};
use crate::sse::{Setup, SseOutcome};

/// A report of a stream of events, from its request to its end.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{SseTransaction, report_streams};
/// use http4k_ws::sse::{Sse, SseOutcome, SseResult};
///
/// async fn news(sse: Sse) -> SseResult {
///     sse.send("rain").await?;
///     Err("no more news".into())
/// }
///
/// let (report, reported) = channel();
/// let report = report_streams(move |stream: SseTransaction| report.send(stream).unwrap());
/// let app = routes! { GET "/news" => sse(news(sse)) }.with(report);
/// app.test_sse("/news").closed();
/// let stream = reported.try_recv().unwrap();
/// assert_eq!((stream.outcome, stream.events), (SseOutcome::Failed, 1));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct SseTransaction {
    /// The request as it arrived at the filter, without its body.
    pub request: Request,
    /// The template of the route that matched, such as `/rooms/<room>`; `None` without a route.
    pub route: Option<String>,
    /// The end of the stream.
    pub outcome: SseOutcome,
    /// The time from the arrival of the request at the filter to the end.
    pub duration: Duration,
    /// The number of events that were passed to the connection. The client may not have received
    /// the last of them.
    pub events: u64,
    /// The number of bytes that were passed to the connection, comments included.
    pub bytes: u64,
}

/// Calls `report` once for each stream of events behind the filter, when it has ended.
///
/// Other responses are not reported, nor is a stream that never starts: the response to HEAD, or
/// one that another filter replaced. A stream of another server, passed on by an `HttpClient`, is
/// an ordinary response. A panic of `report` is logged.
///
/// The duration is measured with tokio's clock, which is virtual in tests with feature `testing`.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{SseTransaction, report_streams};
/// use http4k_ws::sse::{Sse, SseOutcome, SseResult};
///
/// async fn count(sse: Sse, to: u32) -> SseResult {
///     for number in 1..=to {
///         sse.send(number.to_string()).await?;
///     }
///     Ok(())
/// }
///
/// let (report, reported) = channel();
/// let report = report_streams(move |stream: SseTransaction| report.send(stream).unwrap());
/// let app = routes! { "/count/<to>" => sse(count(sse, to)) }.with(report);
/// let to_two = Request::get("/count/2").header("accept", "text/event-stream");
/// assert_eq!(app.test_http(to_two).body(), "data: 1\n\ndata: 2\n\n");
///
/// let stream = reported.try_recv().unwrap();
/// assert_eq!(stream.request.uri(), "/count/2");
/// assert_eq!(stream.route.as_deref(), Some("/count/<to>"));
/// assert_eq!((stream.outcome, stream.events, stream.bytes), (SseOutcome::Complete, 2, 18));
/// ```
pub fn report_streams<F>(report: F) -> impl PolyFilter + Clone
where
    F: Fn(SseTransaction) + Clone + Send + Sync + 'static,
{
    over_http("report_streams", move |mut request: Request, next: Next| {
        let report = report.clone();
        let started = Instant::now();
        let head = copy_of_head(&request);
        let route = FoundTemplate::of(&mut request);
        async move {
            let response = next.call(request).await;
            if let Some(setup) = Setup::of(response.extensions()) {
                setup.on_end(move |summary| {
                    report(SseTransaction {
                        request: head,
                        route: route.get(),
                        outcome: summary.outcome,
                        duration: started.elapsed(),
                        events: summary.events,
                        bytes: summary.bytes,
                    });
                });
            }
            response
        }
    })
}
