//! One-time tickets, for pages that open sockets.
//!
//! 1. `by_ticket` and `by_age` hold the same tickets: those that are neither used nor expired.
//! 2. All tickets of a store live equally long, so the oldest expires first. Expired ones are
//!    removed from the front of `by_age` before each operation.
//! 3. A ticket is removed under the lock that found it, so one caller alone receives its value.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use tokio::time::Instant;

use crate::lens::problem;
use crate::message::{IntoResponse, Response};

/// One-time tickets, which a page exchanges for a socket.
///
/// A page cannot set a field for a socket, and a token in its URL would be recorded by servers and
/// proxies. Instead, the page requests a ticket over HTTP, with its usual credentials, and opens
/// the socket or stream with `?ticket=…`, which [`ticket`](super::ticket) reads. A recorded ticket
/// is worthless, because it was used.
///
/// A ticket has 256 random bits, is valid for 30 s, and is redeemed once, also if several requests
/// present it at the same time. It stands for a value of type `T`, such as the user.
///
/// # Memory
///
/// At most 10,000 tickets are outstanding. If there are as many, [`issue`](Self::issue) returns
/// [`TicketsFull`]: tickets that were issued stay valid, so that one client cannot invalidate those
/// of the others. Limit the rate at which a user may request tickets.
///
/// # Several machines
///
/// The tickets are in the memory of this process, because only a store that all machines share can
/// know that a ticket was used. Behind a load balancer, route the request for a ticket and the
/// socket to one machine, for example by the address of the client. Otherwise write a
/// [`CredentialSource`](super::CredentialSource) over a shared store with an atomic "remove and
/// return", and look the ticket up in `look_up`, which may be async.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Principal, Tickets, TicketsFull, authenticate, bearer, ticket};
/// use http4k_ws::message::Credentials;
///
/// async fn look_up(credentials: Credentials) -> Option<String> {
///     match &credentials {
///         Credentials::Bearer(token) => token.matches("t1").then(|| "bob".to_owned()),
///         Credentials::Ticket(user) => user.get::<String>().cloned(),
///         _ => None,
///     }
/// }
///
/// async fn issue(
///     Principal(user): Principal<String>,
///     tickets: Tickets<String>,
/// ) -> Result<String, TicketsFull> {
///     tickets.issue(user)
/// }
///
/// async fn chat(ws: WebSocket, Principal(user): Principal<String>) -> WsResult {
///     Ok(ws.send(format!("hello {user}")).await?)
/// }
///
/// let tickets = Tickets::new();
/// let app = routes! {
///     POST "/tickets" with(authenticate(bearer(), look_up))       => http(issue(_, tickets)),
///     "/chat" with(authenticate(ticket(&tickets), look_up)) => ws(chat(ws, _)),
/// };
/// let request = Request::post("/tickets").header("authorization", "Bearer t1");
/// let issued = app.test_http(request).into_body().text().now_or_never().unwrap().unwrap();
///
/// let path = format!("/chat?ticket={issued}");
/// assert_eq!(app.test_ws(&*path).received().next().unwrap().unwrap().text(), "hello bob");
/// // Once.
/// assert_eq!(app.try_test_ws(&*path).unwrap_err().status(), 401);
/// # use futures_util::FutureExt;
/// ```
pub struct Tickets<T> {
    store: Arc<Mutex<Store<T>>>,
    lifetime: Duration,
    capacity: usize,
}

type Ticket = [u8; 32];

struct Store<T> {
    by_ticket: HashMap<Ticket, Issued<T>>,
    by_age: BTreeMap<u64, Ticket>,
    issued: u64,
}

struct Issued<T> {
    value: T,
    expires: Instant,
    age: u64,
}

impl<T> Store<T> {
    /// Removes the tickets that expired, and returns them for the caller to drop.
    fn expired(&mut self, now: Instant) -> Vec<T> {
        let mut expired = Vec::new();
        while let Some(oldest) = self.by_age.first_entry() {
            let known = self.by_ticket.get(oldest.get());
            if known.is_some_and(|issued| issued.expires > now) {
                break;
            }
            let removed = self.by_ticket.remove(&oldest.remove());
            expired.extend(removed.map(|issued| issued.value));
        }
        expired
    }
}

impl<T> Tickets<T> {
    /// Creates a store without tickets. Each clone shares it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::Tickets;
    ///
    /// let tickets = Tickets::new().with_capacity(1);
    /// assert!(tickets.clone().issue("ann").is_ok());
    /// assert!(tickets.issue("bob").is_err()); // The clone has used the only place.
    /// ```
    pub fn new() -> Self {
        Self {
            store: Arc::new(Mutex::new(Store {
                by_ticket: HashMap::new(),
                by_age: BTreeMap::new(),
                issued: 0,
            })),
            lifetime: Duration::from_secs(30),
            capacity: 10_000,
        }
    }

    /// Sets the time for which tickets are valid. Default: 30 s. The maximum is one hour, which a
    /// longer time is reduced to. The store that is returned is a new one, without tickets.
    ///
    /// The time is tokio's, which is virtual in tests with feature `testing`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::filter::Tickets;
    ///
    /// // A ticket that expires at once makes room for the next.
    /// let tickets = Tickets::new().with_capacity(1).with_lifetime(Duration::ZERO);
    /// assert!(tickets.issue("ann").is_ok());
    /// assert!(tickets.issue("bob").is_ok());
    /// ```
    #[must_use]
    pub fn with_lifetime(self, lifetime: Duration) -> Self {
        let (lifetime, store) = (lifetime.min(Duration::from_secs(3600)), Self::new().store);
        Self {
            lifetime,
            store,
            ..self
        }
    }

    /// Sets the maximum number of tickets that are neither used nor expired. Default: 10,000. The
    /// store that is returned is a new one, without tickets.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::Tickets;
    /// use http4k_ws::prelude::*;
    ///
    /// let tickets = Tickets::new().with_capacity(1);
    /// assert!(tickets.issue("ann").is_ok());
    /// let full = tickets.issue("bob").unwrap_err();
    /// assert_eq!(full.into_response().status(), 503);
    /// ```
    #[must_use]
    pub fn with_capacity(self, capacity: usize) -> Self {
        let store = Self::new().store;
        Self {
            capacity,
            store,
            ..self
        }
    }

    /// Issues a ticket for `value`: 43 letters, digits, `-` and `_`.
    ///
    /// # Errors
    ///
    /// Returns [`TicketsFull`] if as many tickets are outstanding as the store may hold. As a
    /// response it is 503.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::Tickets;
    ///
    /// let tickets = Tickets::new();
    /// let ticket = tickets.issue("ann").unwrap();
    /// assert_eq!(ticket.len(), 43);
    /// assert_ne!(tickets.issue("ann").unwrap(), ticket);
    /// ```
    pub fn issue(&self, value: T) -> Result<String, TicketsFull> {
        let now = Instant::now();
        let mut store = self.lock();
        let expired = store.expired(now);
        let full = store.by_ticket.len() >= self.capacity;
        let mut ticket = None;
        if !full {
            // From the operating system's generator, by way of ChaCha.
            let bits: Ticket = rand::random();
            let (age, expires) = (store.issued, now + self.lifetime);
            store.issued += 1;
            store.by_age.insert(age, bits);
            let issued = Issued {
                value,
                expires,
                age,
            };
            store.by_ticket.insert(bits, issued);
            ticket = Some(BASE64URL_NOPAD.encode(&bits));
        }
        // The values may be locked or slow to drop.
        drop(store);
        drop(expired);
        ticket.ok_or(TicketsFull {
            retry_after: self.lifetime,
        })
    }

    /// Returns the value of `ticket`, which is then used. `None` if it was not issued here, was
    /// used, or expired.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::Tickets;
    ///
    /// let tickets = Tickets::new();
    /// let ticket = tickets.issue("ann").unwrap();
    /// assert_eq!(tickets.redeem(&ticket), Some("ann"));
    /// assert_eq!(tickets.redeem(&ticket), None);
    /// ```
    pub fn redeem(&self, ticket: &str) -> Option<T> {
        let bits = BASE64URL_NOPAD.decode(ticket.as_bytes()).ok()?;
        let bits = Ticket::try_from(bits).ok()?;
        let mut store = self.lock();
        let expired = store.expired(Instant::now());
        let issued = store.by_ticket.remove(&bits);
        if let Some(issued) = &issued {
            store.by_age.remove(&issued.age);
        }
        drop(store);
        drop(expired);
        issued.map(|issued| issued.value)
    }

    fn lock(&self) -> MutexGuard<'_, Store<T>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Tickets<T> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            ..*self
        }
    }
}

impl<T> Default for Tickets<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Omits the tickets and their values.
impl<T> fmt::Debug for Tickets<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tickets")
            .field("outstanding", &self.lock().by_ticket.len())
            .field("lifetime", &self.lifetime)
            .field("capacity", &self.capacity)
            .finish()
    }
}

/// The error of [`Tickets::issue`]: as many tickets are outstanding as the store may hold. Issue
/// fewer to each user, or set a larger [capacity](Tickets::with_capacity).
///
/// As a response it is 503 with the lifetime of a ticket as `Retry-After`.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Tickets, TicketsFull};
///
/// let tickets = Tickets::new().with_capacity(1);
/// assert!(tickets.issue("ann").is_ok());
/// let full: TicketsFull = tickets.issue("bob").unwrap_err();
/// let response = full.into_response();
/// assert_eq!(response.status(), 503);
/// assert_eq!(response.header("retry-after"), Some("30"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("too many tickets are outstanding")]
pub struct TicketsFull {
    retry_after: Duration,
}

impl IntoResponse for TicketsFull {
    fn into_response(self) -> Response {
        let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, &self.to_string());
        let seconds = self.retry_after.as_secs().max(1);
        let fields = response.headers_mut();
        fields.insert(RETRY_AFTER, HeaderValue::from(seconds));
        response
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_ticket_is_unlike_any_other() {
        let tickets = Tickets::new();
        let issued: Vec<_> = (0..100).map(|n| tickets.issue(n).unwrap()).collect();
        for (n, ticket) in issued.iter().enumerate() {
            assert_eq!(ticket.len(), 43, "{ticket}");
            assert_eq!(tickets.redeem(ticket), Some(n));
        }
        for guess in [
            "",
            "a",
            &"A".repeat(43),
            &"é".repeat(20),
            &"A".repeat(100_000),
        ] {
            assert_eq!(tickets.redeem(guess), None);
        }
    }

    #[test]
    fn a_ticket_is_redeemed_by_one_thread_of_many() {
        let tickets = Tickets::new();
        for round in 0..50 {
            let ticket = tickets.issue(round).unwrap();
            let redeemed: usize = thread::scope(|scope| {
                let redeem = || usize::from(tickets.redeem(&ticket).is_some());
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(redeem)).collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .sum()
            });
            assert_eq!(redeemed, 1, "round {round}");
        }
    }

    #[test]
    fn a_full_store_refuses_and_keeps_what_was_issued() {
        let tickets = Tickets::new().with_capacity(2);
        let (first, _second) = (tickets.issue(1).unwrap(), tickets.issue(2).unwrap());
        let full = tickets.issue(3).unwrap_err();
        let response = full.into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[RETRY_AFTER], "30");
        assert_eq!(tickets.redeem(&first), Some(1));
        assert!(tickets.issue(3).is_ok());
        assert!(tickets.issue(4).is_err());
        let store = tickets.lock();
        assert_eq!((store.by_ticket.len(), store.by_age.len()), (2, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_expires_and_leaves_no_memory() {
        let tickets = Tickets::new().with_lifetime(Duration::from_secs(5));
        let [first, second] = [1, 2].map(|n| tickets.issue(n).unwrap());
        tokio::time::advance(Duration::from_millis(4999)).await;
        assert_eq!(tickets.redeem(&first), Some(1));
        let third = tickets.issue(3).unwrap();
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(tickets.redeem(&second), None);
        assert_eq!(tickets.lock().by_age.len(), 1);
        tokio::time::advance(Duration::from_millis(4998)).await;
        assert_eq!(tickets.redeem(&third), Some(3));
        assert_eq!(tickets.lock().by_age.len(), 0);
    }

    #[test]
    fn nothing_secret_is_shown() {
        let tickets = Tickets::new();
        let issued = tickets.issue("ann").unwrap();
        let shown = format!("{tickets:?}");
        assert!(
            !shown.contains(&issued) && !shown.contains("ann"),
            "{shown}"
        );
    }
}
