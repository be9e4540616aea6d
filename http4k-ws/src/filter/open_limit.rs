//! A limit on what each client has open.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;

use crate::describe::{ResponseDescription, RouteDescription};
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext, WsResponse, short_name,
};
use crate::lens::problem;
use crate::message::{Request, Response};
use crate::session::{WebSocket, WsEvent};
use crate::sse::Setup;

/// Limits the sockets and streams of events that each client has open at once, together, to `most`.
///
/// `key` returns what identifies the client, such as the user of a filter before this one. A
/// request for which `key` returns `None` is not limited. All routes behind the filter share the
/// limit, and so do clones. Other requests pass: [`ServerConfig::max_connections_per_address`]
/// limits connections.
///
/// A client that has `most` open receives 429 (RFC 6585 §4), with a body of
/// `application/problem+json`: before the upgrade in the place of a socket, and in the place of a
/// stream once its handler has returned it. The consumer of a refused stream is not called. The
/// first refusal is logged at `warn`, without the key.
///
/// A socket counts until it is closed. A stream counts until its last byte is passed to the
/// connection or the connection is dropped, so a client that has left counts for as long as
/// [`ServerConfig::stream_half_close`]. Neither counts longer, also if its consumer panics or its
/// task is aborted. A stream of another server, passed on by an `HttpClient`, does not count.
///
/// Only keys of what is open are held, as hashes with a random seed.
///
#[doc = crate::doc_link::server!("ServerConfig::max_connections_per_address")]
#[doc = crate::doc_link::server!("ServerConfig::stream_half_close")]
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::open_limit;
///
/// fn user(request: &Request) -> Option<String> {
///     request.header("x-user").map(str::to_owned)
/// }
///
/// let app = routes! {
///     "/chat" with(open_limit(user, 1)) => ws(|mut ws: WebSocket| async move {
///         while let Some(message) = ws.recv().await? {
///             ws.send(message).await?;
///         }
///         WsResult::Ok(())
///     }),
/// };
/// let by = |user: &str| Request::get("/chat").header("x-user", user);
/// let mut first = app.test_ws(by("ann"));
/// let refusal = app.try_test_ws(by("ann")).unwrap_err();
/// assert_eq!(refusal.status(), 429);
/// assert!(app.try_test_ws(by("bob")).is_ok());
///
/// first.close(WsStatus::NORMAL);
/// first.closed();
/// assert!(app.try_test_ws(by("ann")).is_ok());
/// ```
pub fn open_limit<K, F>(key: F, most: usize) -> impl PolyFilter + Clone
where
    F: Fn(&Request) -> Option<K> + Send + Sync + 'static,
    K: Hash,
{
    let seed = RandomState::new();
    let key = move |request: &Request| key(request).map(|key| seed.hash_one(key));
    OpenLimit {
        key: Arc::new(key),
        open: Arc::new(OpenByKey {
            most,
            counts: Mutex::default(),
            logged: AtomicBool::new(false),
        }),
        name: format!("open_limit({})", short_name::<F>()).into(),
    }
}

#[derive(Clone)]
struct OpenLimit {
    key: Arc<KeyOf>,
    open: Arc<OpenByKey>,
    name: Arc<str>,
}

/// Returns the hash of the key of a request.
type KeyOf = dyn Fn(&Request) -> Option<u64> + Send + Sync;

impl OpenLimit {
    /// Takes a slot of `key`, or returns the refusal.
    fn take(&self, key: u64) -> Result<Slot, Response> {
        OpenByKey::take(&self.open, key).ok_or_else(|| {
            let most = self.open.most;
            if !self.open.logged.swap(true, Ordering::Relaxed) {
                let name = &self.name;
                log::warn!(
                    "`{name}` refused a socket or a stream over its limit of {most} for each key; \
                     later refusals are not logged"
                );
            }
            let detail = format!("too many sockets and streams are open: close one of {most}");
            problem(StatusCode::TOO_MANY_REQUESTS, &detail)
        })
    }
}

impl PolyFilter for OpenLimit {
    fn describe(&self, route: &mut RouteDescription) {
        let response = ResponseDescription::problem(StatusCode::TOO_MANY_REQUESTS);
        let docs = "Too many sockets and streams are open.";
        route.responses.push(response.with_docs(docs));
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let limit = self.clone();
        let limited = move |request: Request, next: Next| {
            let limit = limit.clone();
            let key = (limit.key)(&request);
            async move {
                let response = next.call(request).await;
                let (Some(key), Some(setup)) = (key, Setup::of(response.extensions())) else {
                    return response;
                };
                match limit.take(key) {
                    Ok(slot) => {
                        setup.on_end(move |_| drop(slot));
                        response
                    }
                    Err(refusal) => refusal,
                }
            }
        };
        limited.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let limit = self.clone();
        let limited = move |request: Request, next: WsNext| {
            let limit = limit.clone();
            async move {
                let Some(key) = (limit.key)(&request) else {
                    return next.call(request).await;
                };
                match limit.take(key) {
                    Ok(slot) => {
                        let response = next.call(request).await;
                        response.map_consumer(|consumer| {
                            consumer.after(move |socket| hold(socket, slot))
                        })
                    }
                    Err(refusal) => WsResponse::refuse(refusal),
                }
            }
        };
        limited.then(next)
    }

    fn name(&self) -> String {
        self.name.as_ref().to_owned()
    }
}

impl fmt::Debug for OpenLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenLimit")
            .field("name", &self.name)
            .field("most", &self.open.most)
            .finish_non_exhaustive()
    }
}

/// Holds `slot` until `socket` is closed. Other tasks may keep senders of a closed socket, and with
/// them its observers.
fn hold(socket: &WebSocket, slot: Slot) {
    let slot = Mutex::new(Some(slot));
    socket.observe(move |event: WsEvent<'_>| {
        if let WsEvent::Closed { .. } = event {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            drop(slot.take());
        }
    });
}

/// The number of open sockets and streams of each key. A key without any is not held.
struct OpenByKey {
    most: usize,
    counts: Mutex<HashMap<u64, usize>>,
    /// `true` once a refusal was logged.
    logged: AtomicBool,
}

/// One open socket or stream, until this is dropped.
struct Slot {
    open: Arc<OpenByKey>,
    key: u64,
}

impl OpenByKey {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(this: &Arc<Self>, key: u64) -> Option<Slot> {
        let mut counts = this.lock();
        let count = counts.get(&key).copied().unwrap_or(0);
        if count >= this.most {
            return None;
        }
        counts.insert(key, count + 1);
        let open = Arc::clone(this);
        Some(Slot { open, key })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut counts = self.open.lock();
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_open_slots_are_held() {
        let open = Arc::new(OpenByKey {
            most: 2,
            counts: Mutex::default(),
            logged: AtomicBool::new(false),
        });
        let slots = [1, 1, 2].map(|key| OpenByKey::take(&open, key).expect("a slot"));
        assert!(OpenByKey::take(&open, 1).is_none());
        assert_eq!(open.lock().len(), 2);
        drop(slots);
        assert!(open.lock().is_empty());
        assert!(OpenByKey::take(&open, 1).is_some());
    }
}
