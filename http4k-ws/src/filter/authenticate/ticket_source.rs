//! One-time tickets in the query of a request.

use std::fmt;

use http::HeaderValue;

use super::source::{ChallengeReason, CredentialError, CredentialSource};
use super::tickets::Tickets;
use crate::describe::SecurityScheme;
use crate::lens::Location;
use crate::message::{
    CredentialValue, Credentials, Request, declare_secret_parameter, query_pairs, with_query_values,
};

/// Reads a ticket of `tickets` from the query parameter `ticket`, and redeems it.
///
/// The look-up receives its value as [`Credentials::Ticket`], and may still refuse the user. The
/// ticket is used all the same. A ticket that was used, expired or was never issued receives 401;
/// several tickets receive 400. If a source before this one finds credentials, the ticket is not
/// redeemed.
///
/// # Examples
///
/// The example at [`Tickets`] also has the request for a ticket.
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Tickets, authenticate, ticket};
///
/// let tickets = Tickets::<String>::new();
/// let holders = authenticate(ticket(&tickets), |credentials| {
///     credentials.value::<String>().cloned()
/// });
/// let app = routes! { GET "/" with(holders) => http(|| "hello") };
/// let path = format!("/?ticket={}", tickets.issue("ann".to_owned()).unwrap());
/// assert_eq!(app.test_http(&*path).body(), "hello");
/// // The ticket was used.
/// assert_eq!(app.test_http(&*path).status(), 401);
/// ```
pub fn ticket<T: Send + Sync + 'static>(tickets: &Tickets<T>) -> TicketSource<T> {
    declare_secret_parameter(PARAMETER);
    TicketSource(tickets.clone())
}

const PARAMETER: &str = "ticket";

/// The source that [`ticket`] creates.
///
/// # Examples
///
/// ```
/// use http4k_ws::Request;
/// use http4k_ws::filter::{CredentialSource, TicketSource, Tickets, ticket};
///
/// let tickets = Tickets::new();
/// let source: TicketSource<&str> = ticket(&tickets);
/// let target = format!("/chat?page=2&ticket={}", tickets.issue("ann").unwrap());
/// let mut request = Request::default();
/// *request.uri_mut() = target.parse().unwrap();
/// let credentials = source.credentials(&request).unwrap().unwrap();
/// assert_eq!(credentials.value::<&str>(), Some(&"ann"));
/// source.remove(&mut request);
/// assert_eq!(request.uri(), "/chat?page=2");
/// ```
pub struct TicketSource<T>(Tickets<T>);

impl<T: Send + Sync + 'static> CredentialSource for TicketSource<T> {
    fn credentials(&self, request: &Request) -> Result<Option<Credentials>, CredentialError> {
        let pairs = query_pairs(request.uri().query().unwrap_or_default());
        let mut tickets = pairs.filter(|(name, _)| name == PARAMETER);
        let Some((_, ticket)) = tickets.next() else {
            return Ok(None);
        };
        if tickets.next().is_some() {
            let detail = "a request may have one query parameter `ticket`";
            return Err(CredentialError::malformed(detail));
        }
        let value = ticket.ok().and_then(|ticket| self.0.redeem(&ticket));
        let unknown = "the ticket was used, has expired, or was never issued";
        let value = value.ok_or_else(|| CredentialError::unknown(unknown))?;
        Ok(Some(Credentials::Ticket(CredentialValue::new(value))))
    }

    fn remove(&self, request: &mut Request) {
        // A shorter target is not too long.
        if let Ok(uri) = with_query_values(request.uri(), PARAMETER, [], true) {
            *request.uri_mut() = uri;
        }
    }

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::api_key(Location::Query, PARAMETER)
    }

    fn challenge(&self, _reason: ChallengeReason) -> Option<HeaderValue> {
        Some(HeaderValue::from_static(
            "Ticket in=\"query\", name=\"ticket\"",
        ))
    }
}

impl<T> fmt::Debug for TicketSource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TicketSource").field(&self.0).finish()
    }
}
