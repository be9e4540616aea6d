//! Proxies in front of a server, and the client of a request behind them.
//!
//! The peer of a connection is then the proxy. It states the client in fields of the request, which
//! any client can send as well. Therefore they count only from peers that the server is configured
//! to trust, and are removed from all other requests.

mod forwarded;
mod networks;
mod node;
mod untrusted;
mod walk;
mod x_forwarded;

use std::net::SocketAddr;

use http::header::{FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Uri};

use super::http::{IntoHeaderName, PeerAddr, RequestExt, Scheme};
pub use networks::{NetworkError, Networks};
use untrusted::UntrustedProxy;
#[cfg(feature = "server")]
pub(crate) use untrusted::is_forwarding;
pub(crate) use untrusted::untrusted_proxy;
use walk::{Client, Element, Stated, Walk};

/// The proxies that a server trusts to state the client of a request, and the fields in which they
/// do.
///
/// `ServerConfig::with_proxies` applies it to every request, before the checks of `Host` and
/// `Origin`. It has two parts: the peers, from [`trusted`](Self::trusted), [`of`](Self::of) or
/// [`unix`](Self::unix), and one kind of fields, from a method of [`TrustedPeers`]. Fields of the
/// other kinds are never read, and are removed.
///
/// # A request from a trusted peer
///
/// - The list of clients is read from the right, over all lines of the field, up to the first
///   address that is not trusted. That is [`peer_addr`](super::RequestExt::peer_addr), with port 0.
///   If every address is trusted, it is the leftmost. An element that is not an address, such as
///   `unknown`, ends the walk, and `peer_addr` is `None`. Without the field, the peer itself is the
///   client.
/// - The scheme and the host are those that the nearest proxy states: the last value. The scheme
///   becomes [`scheme`](super::RequestExt::scheme). One other than `http`, `https`, `ws` and `wss`
///   makes it unknown. The host replaces `Host`, so that links, logs and the checks of `Host` and
///   `Origin` need no other source. One that is not valid receives 400.
/// - What the client may have forged is removed: the list starts at the first element that a
///   trusted proxy vouches for, and a scheme or a host is the only value of its field.
///
/// # A request from any other peer
///
/// `Forwarded`, `X-Forwarded-*` and `X-Real-IP` are removed, also if no proxy is configured. No
/// handler, filter or tower service behind can be misled by them.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "server")] {
/// use http4k_ws::message::{Proxies, Scheme};
/// use http4k_ws::prelude::*;
/// use http4k_ws::server::ServerConfig;
///
/// # fn main() -> Result<(), http4k_ws::message::NetworkError> {
/// let proxies = Proxies::trusted(["10.0.0.0/8", "::1"])?.x_forwarded();
/// let config = ServerConfig::default().with_proxies(proxies);
///
/// let app = |request: Request| {
///     assert_eq!(request.scheme(), Some(Scheme::Https));
///     assert_eq!(request.header("host"), Some("chat.example"));
///     request.peer_addr().unwrap().ip().to_string()
/// };
/// let from_proxy: Request = Request::default()
///     .with_peer_addr("10.0.0.1:50000".parse().unwrap())
///     .with_header("x-forwarded-for", "6.6.6.6, 203.0.113.7, 10.0.0.2")
///     .with_header("x-forwarded-proto", "https")
///     .with_header("x-forwarded-host", "chat.example");
/// assert_eq!(app.test_with(config).http(from_proxy).body(), "203.0.113.7");
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxies {
    peers: Networks,
    fields: Fields,
}

/// The kind of fields in which the proxies state the client.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fields {
    XForwarded,
    Forwarded,
    Named(HeaderName),
}

/// Peers that a server trusts, before it is known in which fields they state the client. Each
/// method returns the [`Proxies`] of one kind.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{Networks, Proxies};
///
/// # fn main() -> Result<(), http4k_ws::message::NetworkError> {
/// let peers = Networks::of(["10.0.0.0/8"])?.and(Networks::unix());
/// assert_ne!(Proxies::of(peers.clone()).forwarded(), Proxies::of(peers).x_forwarded());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a method chooses the fields that are read"]
pub struct TrustedPeers(Networks);

impl Proxies {
    /// Trusts the proxies with an address in these networks, such as `10.0.0.0/8` or `::1`.
    ///
    /// Name only networks from which no client can connect. To trust every peer, write `0.0.0.0/0`
    /// and `::/0`: then any client can claim any address that is not trusted. An address alone is a
    /// network of one.
    ///
    /// # Errors
    ///
    /// [`NetworkError`] for the first text that is not a network.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Proxies;
    ///
    /// let proxies = Proxies::trusted(["10.0.0.0/8", "::1"]).unwrap().x_forwarded();
    /// assert_eq!(proxies, Proxies::trusted(["10.0.0.0/8", "::1/128"]).unwrap().x_forwarded());
    /// assert!(Proxies::trusted(["10.0.0.0/33"]).is_err());
    /// ```
    pub fn trusted<T: AsRef<str>>(
        networks: impl IntoIterator<Item = T>,
    ) -> Result<TrustedPeers, NetworkError> {
        Networks::of(networks).map(TrustedPeers)
    }

    /// Trusts these peers.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::{Networks, Proxies};
    ///
    /// // As in the environment variable `TRUSTED_PROXIES`.
    /// let peers: Networks = "10.0.0.0/8, ::1".parse().unwrap();
    /// let listed = Proxies::trusted(["10.0.0.0/8", "::1"]).unwrap();
    /// assert_eq!(Proxies::of(peers).forwarded(), listed.forwarded());
    /// ```
    pub const fn of(peers: Networks) -> TrustedPeers {
        TrustedPeers(peers)
    }

    /// Trusts every peer of a Unix socket; see [`Networks::unix`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::{Networks, Proxies};
    ///
    /// assert_eq!(Proxies::unix().x_forwarded(), Proxies::of(Networks::unix()).x_forwarded());
    /// ```
    pub const fn unix() -> TrustedPeers {
        TrustedPeers(Networks::unix())
    }
}

impl TrustedPeers {
    /// Reads `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`.
    ///
    /// The proxy must set or remove each of the three. One that it passes on is the client's.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "server")] {
    /// use http4k_ws::message::{Proxies, Scheme};
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::server::ServerConfig;
    ///
    /// let config = ServerConfig::default().with_proxies(Proxies::unix().x_forwarded());
    /// let app = |request: Request| (request.scheme() == Some(Scheme::Https)).to_string();
    /// let request = Request::get("/").header("x-forwarded-proto", "https");
    /// assert_eq!(app.test_with(config).http(request).body(), "true");
    /// # }
    /// ```
    pub fn x_forwarded(self) -> Proxies {
        self.stating(Fields::XForwarded)
    }

    /// Reads `Forwarded` (RFC 7239), with the parameters `for`, `proto` and `host`.
    ///
    /// A line that violates the grammar has no elements, so that the client is then unknown. An
    /// element with one of these parameters or `by` twice is unreadable.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "server")] {
    /// use http4k_ws::message::Proxies;
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::server::ServerConfig;
    ///
    /// let config = ServerConfig::default().with_proxies(Proxies::unix().forwarded());
    /// let app = |request: Request| request.peer_addr().unwrap().ip().to_string();
    /// let request = Request::get("/").header("forwarded", "for=203.0.113.7;proto=https");
    /// assert_eq!(app.test_with(config).http(request).body(), "203.0.113.7");
    /// # }
    /// ```
    pub fn forwarded(self) -> Proxies {
        self.stating(Fields::Forwarded)
    }

    /// Reads the address of the client from the field `name`, such as `cf-connecting-ip` or
    /// `fly-client-ip`. With two lines or with anything else than one address, the client is
    /// unknown. The scheme and the host are those of the connection.
    ///
    /// The field is removed from requests of other peers.
    ///
    /// # Panics
    ///
    /// If a literal is not a valid field name, as `HeaderName::from_static`.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "server")] {
    /// use http4k_ws::message::Proxies;
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::server::ServerConfig;
    ///
    /// let config = ServerConfig::default().with_proxies(Proxies::unix().field("fly-client-ip"));
    /// let app = |request: Request| format!("{:?}", request.peer_addr().map(|peer| peer.ip()));
    /// let test = app.test_with(config);
    /// let one = Request::get("/").header("fly-client-ip", "203.0.113.7");
    /// assert_eq!(test.http(one).body(), "Some(203.0.113.7)");
    /// let two = Request::get("/").header("fly-client-ip", "6.6.6.6");
    /// let two = two.header("fly-client-ip", "203.0.113.7");
    /// assert_eq!(test.http(two).body(), "None");
    /// # }
    /// ```
    pub fn field(self, name: impl IntoHeaderName) -> Proxies {
        self.stating(Fields::Named(name.into_header_name()))
    }

    fn stating(self, fields: Fields) -> Proxies {
        Proxies {
            peers: self.0,
            fields,
        }
    }
}

/// The host that a trusted proxy states is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the host that the trusted proxy forwards must be a host with an optional port (RFC 9110 §7.2)"
)]
pub(crate) struct ForwardedHostError;

/// The source of the `Host` of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostSource {
    /// The client of the connection.
    Connection,
    /// A trusted proxy has stated another.
    Proxy,
}

/// Sets the client, scheme and host of `request` as far as `proxies` state them, and removes what
/// no trusted proxy vouches for.
///
/// # Errors
///
/// [`ForwardedHostError`] if a trusted proxy states a host that is not valid.
pub(crate) fn resolve<B>(
    proxies: Option<&Proxies>,
    request: &mut Request<B>,
) -> Result<HostSource, ForwardedHostError> {
    let connection = request.extensions().get().and_then(PeerAddr::connection);
    let peer = connection.map(|address| address.ip());
    if let Some(proxies) = proxies.filter(|proxies| proxies.peers.contains_peer(peer)) {
        return proxies.apply(request, connection);
    }
    if let Some(untrusted) = UntrustedProxy::of(peer, request.headers()) {
        request.extensions_mut().insert(untrusted);
    }
    let headers = request.headers_mut();
    untrusted::remove(headers, |_| false);
    if let Some(Fields::Named(name)) = proxies.map(|proxies| &proxies.fields) {
        headers.remove(name);
    }
    Ok(HostSource::Connection)
}

impl Proxies {
    fn apply<B>(
        &self,
        request: &mut Request<B>,
        connection: Option<SocketAddr>,
    ) -> Result<HostSource, ForwardedHostError> {
        name_the_host(request);
        let headers = request.headers_mut();
        let Walk {
            client,
            scheme,
            host,
            first,
        } = self.walk(headers);
        let host = match host {
            Stated::Nothing => None,
            Stated::Invalid => return Err(ForwardedHostError),
            Stated::Value(host) => Some(HeaderValue::try_from(&*host)),
        };
        match &self.fields {
            Fields::XForwarded => {
                keep_from(headers, x_forwarded::FOR, first);
                x_forwarded::keep_last(headers, x_forwarded::PROTO);
                x_forwarded::keep_last(headers, x_forwarded::HOST);
                headers.remove(FORWARDED);
                headers.remove("x-real-ip");
            }
            Fields::Forwarded => {
                keep_from(headers, FORWARDED, first);
                untrusted::remove(headers, |name| *name == FORWARDED);
            }
            Fields::Named(kept) => untrusted::remove(headers, |name| name == kept),
        }
        let source = match host {
            None => HostSource::Connection,
            Some(host) => {
                headers.insert(HOST, host.map_err(|_| ForwardedHostError)?);
                HostSource::Proxy
            }
        };
        let extensions = request.extensions_mut();
        let client = match client {
            Client::Nearest => None,
            Client::Unknown => Some(None),
            Client::Known(address) => Some(Some(SocketAddr::new(address, 0))),
        };
        if let Some(client) = client {
            extensions.insert(PeerAddr::proxied(client, connection));
        }
        match scheme {
            Stated::Nothing => {}
            Stated::Invalid => {
                extensions.remove::<Scheme>();
            }
            Stated::Value(scheme) => {
                extensions.insert(scheme);
            }
        }
        Ok(source)
    }

    fn walk<'h>(&self, headers: &'h HeaderMap) -> Walk<'h> {
        match &self.fields {
            Fields::XForwarded => x_forwarded::walk(headers, &self.peers),
            Fields::Forwarded => walk_forwarded(headers, &self.peers),
            Fields::Named(name) => walk_named(headers, name),
        }
    }
}

fn walk_forwarded<'h>(headers: &'h HeaderMap, trusted: &Networks) -> Walk<'h> {
    let mut walk = Walk::default();
    for (index, line) in headers.get_all(FORWARDED).iter().enumerate() {
        let visit = |element, offset| walk.visit(element, (index, offset), trusted);
        if forwarded::elements(line.as_bytes(), visit).is_err() {
            walk.visit_unreadable(index);
        }
    }
    walk
}

fn walk_named<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Walk<'h> {
    let mut walk = Walk::default();
    let lines = headers.get_all(name);
    let mut lines = lines.iter();
    if let Some(line) = lines.next() {
        let only = lines.next().is_none();
        let address = line
            .to_str()
            .ok()
            .and_then(|text| node::address(text.trim()));
        let peer = address.filter(|_| only);
        let element = Element {
            peer,
            ..Element::default()
        };
        walk.visit(element, (0, 0), &Networks::default());
    }
    walk
}

/// Reduces the target of a request in memory to its path, as a server does.
fn name_the_host<B>(request: &mut Request<B>) {
    let uri = request.uri();
    let (Some(authority), Some(target)) = (uri.authority(), uri.path_and_query()) else {
        return;
    };
    let (host, target) = (HeaderValue::try_from(authority.as_str()), target.clone());
    if let Some(scheme) = request.scheme() {
        request.extensions_mut().insert(scheme);
    }
    if let Ok(host) = host {
        request.headers_mut().insert(HOST, host);
    }
    *request.uri_mut() = Uri::from(target);
}

/// Removes everything before the place `first` from the lines of a field.
fn keep_from(headers: &mut HeaderMap, name: HeaderName, (line, offset): walk::Place) {
    if (line, offset) == (0, 0) {
        return;
    }
    let mut kept: Vec<_> = headers.get_all(&name).iter().skip(line).cloned().collect();
    headers.remove(&name);
    if let Some(first) = kept.first_mut() {
        let rest = first.as_bytes()[offset..].trim_ascii();
        if let Ok(rest) = HeaderValue::from_bytes(rest) {
            *first = rest;
        }
    }
    for value in kept {
        headers.append(&name, value);
    }
}

#[cfg(test)]
mod tests;
