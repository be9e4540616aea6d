//! One record for each socket.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;

use crate::handler::{WebSocket, WsEvent, WsFilter, WsHandler, WsNext, copy_of_head};
use crate::message::{Request, WsStatus};

/// A socket from its opening to its end.
#[derive(Debug)]
#[non_exhaustive]
pub struct WsTransaction {
    /// The upgrade request.
    pub request: Request,
    /// The subprotocol that the application chose.
    pub subprotocol: Option<String>,
    /// What it was closed with.
    pub status: WsStatus,
    /// From the upgrade to the end.
    pub duration: Duration,
    /// How many messages came from the peer.
    pub received: u64,
    /// How many left for the peer.
    pub sent: u64,
}

/// Calls `report` once for each socket behind it, when that is over.
///
/// The time is that of tokio's clock, so it is virtual where that is.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "testing")] {
/// use std::sync::mpsc::channel;
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::{WsFilter, WsTransaction, report_sockets};
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
/// assert_eq!((nap.status, nap.duration, nap.sent), (WsStatus::NORMAL, Duration::from_secs(90), 1));
/// # }
/// ```
pub fn report_sockets<F>(report: F) -> impl WsFilter + Clone
where
    F: Fn(WsTransaction) + Clone + Send + Sync + 'static,
{
    move |request: Request, next: WsNext| {
        let report = report.clone();
        async move {
            let began = Instant::now();
            let seen = copy_of_head(&request);
            let response = next.call(request).await;
            let subprotocol = response.subprotocol().map(str::to_owned);
            response.map_consumer(|consumer| {
                consumer.after(move |socket: &mut WebSocket| {
                    let socket_log = Log::default();
                    socket.observe(move |event: WsEvent<'_>| {
                        if let Some(status) = socket_log.count(event) {
                            report(WsTransaction {
                                request: copy_of_head(&seen),
                                subprotocol: subprotocol.clone(),
                                status,
                                duration: began.elapsed(),
                                received: socket_log.received.load(Relaxed),
                                sent: socket_log.sent.load(Relaxed),
                            });
                        }
                    });
                })
            })
        }
    }
}

/// What came and went so far.
#[derive(Default)]
struct Log {
    received: AtomicU64,
    sent: AtomicU64,
}

impl Log {
    /// Counts a message; gives the status of the end.
    fn count(&self, event: WsEvent<'_>) -> Option<WsStatus> {
        match event {
            WsEvent::Received(_) => self.received.fetch_add(1, Relaxed),
            WsEvent::Sent(_) => self.sent.fetch_add(1, Relaxed),
            WsEvent::PeerCloses(_) => return None,
            WsEvent::Closed(status) => return Some(status.clone()),
        };
        None
    }
}
