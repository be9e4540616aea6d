//! A callback for each request.

use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext,
};
use crate::message::Request;

/// Calls `inspect` with every request, and every upgrade, before it reaches the application.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::tap;
///
/// static COUNT: AtomicU32 = AtomicU32::new(0);
///
/// let app = routes! { "/" => http(|| "hello"), "/ws" => ws(|ws: WebSocket| ws.try_send("hi")) };
/// let app = app.with(tap(|_request: &Request| { COUNT.fetch_add(1, Ordering::Relaxed); }));
/// app.test_http("/");
/// app.test_ws("/ws");
/// assert_eq!(COUNT.load(Ordering::Relaxed), 2);
/// ```
pub fn tap<F: Fn(&Request) + Clone + Send + Sync + 'static>(inspect: F) -> impl PolyFilter + Clone {
    Tap(inspect)
}

#[derive(Clone)]
struct Tap<F>(F);

impl<F: Fn(&Request) + Clone + Send + Sync + 'static> PolyFilter for Tap<F> {
    fn name(&self) -> String {
        "tap".to_owned()
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let inspect = self.0.clone();
        let tap = move |request: Request, next: Next| {
            inspect(&request);
            async move { next.call(request).await }
        };
        tap.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let inspect = self.0.clone();
        let tap = move |request: Request, next: WsNext| {
            inspect(&request);
            async move { next.call(request).await }
        };
        tap.then(next)
    }
}
