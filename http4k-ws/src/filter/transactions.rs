//! A report for each socket.

use std::time::Duration;

use tokio::time::Instant;

use crate::handler::{PolyFilter, changing_ws};
use crate::message::{Request, WsStatus, copy_of_head};
use crate::session::{Traffic, WebSocket, WsEvent};

/// A report of a socket, from its opening to its end.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{WsTransaction, report_sockets};
///
/// async fn greet(ws: WebSocket, room: String) -> WsResult {
///     Ok(ws.send(room).await?)
/// }
///
/// let (report, reported) = channel();
/// let report = report_sockets(move |socket: WsTransaction| report.send(socket).unwrap());
/// let app = routes! { "/rooms/<room>" => ws(greet(ws, room)) }.with(report);
/// app.test_ws("/rooms/blue").closed();
/// let socket = reported.try_recv().unwrap();
/// assert_eq!(socket.route.as_deref(), Some("/rooms/<room>"));
/// assert_eq!(socket.traffic.messages_sent, 1);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct WsTransaction {
    /// The upgrade request.
    pub request: Request,
    /// The template of the route that matched, such as `/rooms/<room>`; `None` without a route.
    pub route: Option<String>,
    /// The negotiated subprotocol.
    pub subprotocol: Option<String>,
    /// The status that closed the socket.
    pub status: WsStatus,
    /// The time from the upgrade to the end.
    pub duration: Duration,
    /// The number of messages and bytes in each direction.
    pub traffic: Traffic,
}

/// Calls `report` once for each socket behind the filter, when the socket is closed.
///
/// The duration is measured with tokio's clock, which is virtual in tests with feature `testing`.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "testing")] {
/// use std::sync::mpsc::channel;
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{WsTransaction, report_sockets};
///
/// async fn nap(ws: WebSocket) -> WsResult {
///     tokio::time::sleep(Duration::from_secs(90)).await;
///     Ok(ws.send("good morning").await?)
/// }
///
/// let (report, reported) = channel();
/// let app = report_sockets(move |socket: WsTransaction| report.send(socket).unwrap()).then(nap);
/// app.test_ws("/bed").closed();
/// let nap = reported.try_recv().unwrap();
/// assert_eq!(nap.request.uri(), "/bed");
/// assert_eq!((nap.status, nap.duration), (WsStatus::NORMAL, Duration::from_secs(90)));
/// assert_eq!((nap.traffic.messages_sent, nap.traffic.bytes_sent), (1, 12));
/// # }
/// ```
pub fn report_sockets<F>(report: F) -> impl PolyFilter + Clone
where
    F: Fn(WsTransaction) + Clone + Send + Sync + 'static,
{
    changing_ws("report_sockets", move |_fields| {
        let report = report.clone();
        let started = Instant::now();
        Some(Box::new(move |response| {
            response.map_consumer(|consumer| {
                consumer.after(move |socket| watch(socket, started, report))
            })
        }))
    })
}

fn watch(
    socket: &mut WebSocket,
    started: Instant,
    report: impl Fn(WsTransaction) + Send + Sync + 'static,
) {
    let request = copy_of_head(socket.request());
    let route = socket.route().map(str::to_owned);
    let subprotocol = socket.subprotocol().map(str::to_owned);
    socket.observe(move |event: WsEvent<'_>| {
        if let WsEvent::Closed {
            status, traffic, ..
        } = event
        {
            report(WsTransaction {
                request: copy_of_head(&request),
                route: route.clone(),
                subprotocol: subprotocol.clone(),
                status: status.clone(),
                duration: started.elapsed(),
                traffic: *traffic,
            });
        }
    });
}
