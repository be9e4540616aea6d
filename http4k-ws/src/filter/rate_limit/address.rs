//! Addresses as the keys of a rate limit.

use std::net::IpAddr;

use crate::message::{Request, RequestExt, client_network};

/// The network of a client, as a key of [`rate_limit`](super::rate_limit).
///
/// It is the whole of an IPv4 address, and the first 64 bits of an IPv6 address, because one client
/// may use all of the others (RFC 6177). An IPv4-mapped address is one of IPv4.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{ClientNetwork, by_address};
///
/// let network = |address: &str| -> Option<ClientNetwork> {
///     let request: Request = Request::default().with_peer_addr(address.parse().unwrap());
///     by_address()(&request)
/// };
/// assert_eq!(network("[2001:db8::1]:1000"), network("[2001:db8::2]:2000"));
/// assert_ne!(network("192.0.2.1:1000"), network("192.0.2.2:1000"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientNetwork(Option<IpAddr>);

/// Returns the key of a rate limit for each client: the network of its address.
///
/// The address is [`RequestExt::peer_addr`]: that of the client also behind a proxy that the server
/// trusts. Behind a proxy that it does not trust, all clients have the proxy's address. Requests
/// without an address, in memory or over a Unix socket, share one key.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Quota, by_address, rate_limit};
///
/// let app = routes! { GET "/" => http(|| "hello") };
/// let app = app.with(rate_limit(by_address(), Quota::per_minute(1)));
/// let from = |address: &str| -> Request {
///     Request::default().with_peer_addr(address.parse().unwrap())
/// };
/// assert_eq!(app.test_http(from("[2001:db8::1]:1000")).status(), 200);
/// assert_eq!(app.test_http(from("[2001:db8::2]:1000")).status(), 429);
/// assert_eq!(app.test_http(from("[2001:db8:0:1::1]:1000")).status(), 200);
/// ```
pub fn by_address() -> impl Fn(&Request) -> Option<ClientNetwork> + Clone + Send + Sync + 'static {
    |request| {
        let peer = request.peer_addr();
        Some(ClientNetwork(peer.map(|peer| client_network(peer.ip()))))
    }
}
