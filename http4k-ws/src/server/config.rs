//! The bounds of a server: how much it takes, and how long it waits.

use std::time::Duration;

#[cfg(feature = "http2")]
use super::Http2Config;
use crate::message::{HostPolicy, OriginPolicy};
use crate::session::SessionConfig;
use crate::setters::setters;
#[cfg(feature = "tls")]
use crate::tls::ServerTls;

/// The bounds of a server: how much a peer may send, and how long it is waited for.
///
/// Sizes are in bytes. A time of more than a year counts as a year.
///
/// # Examples
///
/// ```
/// use http4k_ws::server::ServerConfig;
///
/// let config = ServerConfig::default().with_max_body(64 * 1024);
/// assert_eq!(config.max_body, 64 * 1024);
/// assert_eq!(config.session.max_message, 1024 * 1024);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerConfig {
    /// Bytes of a request body, answered with 413 past it: before it is read where its length is told, and
    /// before `100 Continue`, else while it is read. The filter [`max_body`](crate::filter::max_body) sets another
    /// for a route. Default 2 MiB.
    pub max_body: u64,
    /// Bytes of a request's head, answered with 431 past it. Default 16 KiB.
    pub max_head: usize,
    /// Fields of a request's head, answered with 431 past it. Default 100.
    pub max_fields: usize,
    /// Bytes of a request's target, answered with 414 past it. Default 8 KiB.
    pub max_target: usize,
    /// Connections at a time, sockets among them; further ones wait in the system's queue until one ends.
    /// A socket on a stream of HTTP/2 counts beside its connection; one too many is answered with 503.
    /// `None` takes any number. Default 25,000, at least 1.
    ///
    /// Not more connections are taken than the process has descriptors for, less a reserve of an eighth, of
    /// at least 32 and at most 1,024. That is logged once if it is less than this setting. It holds on Linux,
    /// where the limit is read when the server starts (`RLIMIT_NOFILE`, `ulimit -n`).
    pub max_connections: Option<usize>,
    /// Connections at a time from one address, sockets among them, also those on streams of HTTP/2. A
    /// further one is answered with 503 and closed; if it must be encrypted, it is only closed. Of an IPv6
    /// address the first 64 bits count. `None` takes any number, and is the default: behind a proxy all
    /// come from one address.
    pub max_connections_per_address: Option<usize>,
    /// Bytes of messages that may wait in all sockets together: for consumers, for peers, and those of
    /// which a part has come. Over it nothing is read from any socket, and those in which most waits are
    /// closed with 1013 at once, until an eighth is free. A message that waits in many sockets counts in
    /// each, and a socket in which less than 4 KiB wait does not count. `None` sets no bound. Default
    /// 256 MiB.
    pub max_queued: Option<usize>,
    /// How long the head of a request may take, from its first byte, or from the beginning of the
    /// connection. One that has begun is answered with 408; the connection is closed. Default 10 s.
    pub head_timeout: Duration,
    /// The longest pause of a request body while the handler waits for it. Then the body fails with
    /// [`BodyError::Stalled`], which becomes 408 (RFC 9110 §15.5.9). The filter
    /// [`body_stall`](crate::filter::body_stall) sets another for a route. Default 15 s.
    ///
    /// [`BodyError::Stalled`]: crate::message::BodyError::Stalled
    pub body_stall: Duration,
    /// The least rate of a request body, in bytes per second; 0 for none. Default 256.
    ///
    /// Only the time in which the handler waits for the body counts. That time runs up a debt, and each
    /// `min_body_rate` bytes pay for one second of it. The body fails with [`BodyError::TooSlow`], which
    /// becomes 408, when the debt reaches [`body_stall`](Self::body_stall). So a body may start slowly and
    /// may pause, but a peer that sends a byte from time to time is not waited for. The filter
    /// [`min_body_rate`](crate::filter::min_body_rate) sets another for a route.
    ///
    /// [`BodyError::TooSlow`]: crate::message::BodyError::TooSlow
    pub min_body_rate: u64,
    /// How long a connection may stay open between two requests. Default 60 s.
    pub keep_alive: Duration,
    /// The time for which the peer may take nothing of a response, before the connection is dropped. A
    /// peer that reads slowly and steadily is not stalled. Default 10 s. For a socket, and for the steps
    /// in which progress shows, see [`SessionConfig::write_stall`].
    pub write_stall: Duration,
    /// The time for which a peer that has ended its side of a connection is still served. What its
    /// requests began is dropped then: the futures of handlers, and the bodies of their responses.
    /// A peer that has closed its socket looks the same, until something is sent to it. Default 30
    /// s.
    ///
    /// A peer that resets its connection is not waited for at all. With HTTP/2 the end of either
    /// side ends the connection, and what it carries is dropped at once.
    ///
    /// The end is noticed although bytes are unread before it, such as a body that the handler does
    /// not ask for: at least 16 KiB of them and what the kernel holds, over other streams than TCP
    /// 256 KiB.
    pub half_close: Duration,
    /// As [`half_close`](Self::half_close), while the response is a stream, which has no known
    /// length: it may have no end. Counted from the end of the peer's side, or from the beginning
    /// of the response if that is later. Default 1 s.
    pub stream_half_close: Duration,
    /// Sends the names of fields in title case, such as `Content-Length`, over HTTP/1.1: for old peers
    /// that break RFC 9110 §5.1, by which the case means nothing. Default `false`, which sends them in
    /// lower case.
    pub title_case_fields: bool,
    /// The pages that may open a socket; others receive 403 (RFC 6455 §10.2). It also applies to
    /// in-memory clients. Default: pages of the host that the request is for, and of its scheme if
    /// the server knows that. For HTTP requests see [`Cors`](crate::filter::Cors), which takes the same
    /// policy.
    pub origins: OriginPolicy,
    /// The hosts that the server is for; a request for another one receives 421. Default: every
    /// host, but if the server is bound to a loopback address, `localhost` and loopback addresses
    /// only, which stops DNS rebinding.
    pub hosts: HostPolicy,
    /// The time over which sockets are closed when the server stops, so that not all their clients come back
    /// at once: in batches of a hundred, each at a random moment. At most half of
    /// [`shutdown_grace`](Self::shutdown_grace). Default 3 s; a hundred sockets or fewer are closed at once.
    pub shutdown_spread: Duration,
    /// How long requests and sockets may take to end when the server stops, before they are cut.
    /// Default 10 s.
    pub shutdown_grace: Duration,
    /// The bounds of connections that speak HTTP/2: those that begin with it, and with
    /// [`tls`](Self::tls) those that agree on it. `None` speaks HTTP/1.1 only.
    #[cfg(feature = "http2")]
    pub http2: Option<Http2Config>,
    /// What every connection is encrypted with. Default: none, and nothing is encrypted.
    #[cfg(feature = "tls")]
    pub tls: Option<ServerTls>,
    /// How long the TLS handshake of a connection may take, from its beginning; it is then closed.
    /// Default 5 s.
    #[cfg(feature = "tls")]
    pub tls_handshake: Duration,
    /// The bounds of each socket, among them those of its messages and frames.
    pub session: SessionConfig,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            max_body: 2 * 1024 * 1024,
            max_head: 16 * 1024,
            max_fields: DEFAULT_MAX_FIELDS,
            max_target: 8 * 1024,
            max_connections: Some(25_000),
            max_connections_per_address: None,
            max_queued: Some(256 * 1024 * 1024),
            head_timeout: Duration::from_secs(10),
            body_stall: Duration::from_secs(15),
            min_body_rate: 256,
            keep_alive: Duration::from_secs(60),
            write_stall: Duration::from_secs(10),
            half_close: Duration::from_secs(30),
            stream_half_close: Duration::from_secs(1),
            title_case_fields: false,
            origins: OriginPolicy::own(),
            hosts: HostPolicy::by_address(),
            shutdown_spread: Duration::from_secs(3),
            shutdown_grace: Duration::from_secs(10),
            #[cfg(feature = "http2")]
            http2: Some(Http2Config::default()),
            #[cfg(feature = "tls")]
            tls: None,
            #[cfg(feature = "tls")]
            tls_handshake: Duration::from_secs(5),
            session: SessionConfig::default(),
        }
    }
}

/// hyper keeps so many fields on its stack, and allocates for every request where another number is set.
pub(super) const DEFAULT_MAX_FIELDS: usize = 100;

impl ServerConfig {
    setters! {
        with_max_body, max_body: u64;
        with_max_head, max_head: usize;
        with_max_fields, max_fields: usize;
        with_max_target, max_target: usize;
        with_head_timeout, head_timeout: Duration;
        with_body_stall, body_stall: Duration;
        with_min_body_rate, min_body_rate: u64;
        with_keep_alive, keep_alive: Duration;
        with_write_stall, write_stall: Duration;
        with_half_close, half_close: Duration;
        with_stream_half_close, stream_half_close: Duration;
        with_origins, origins: OriginPolicy;
        with_hosts, hosts: HostPolicy;
        with_shutdown_spread, shutdown_spread: Duration;
        with_shutdown_grace, shutdown_grace: Duration;
        with_title_case_fields, title_case_fields: bool;
        with_session, session: SessionConfig;
    }

    /// The same bounds with another [`max_connections`](Self::max_connections): a number, or `None`.
    #[must_use]
    pub fn with_max_connections(mut self, most: impl Into<Option<usize>>) -> Self {
        self.max_connections = most.into();
        self
    }

    /// The same bounds with another [`max_queued`](Self::max_queued): a number, or `None`.
    #[must_use]
    pub fn with_max_queued(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.max_queued = bytes.into();
        self
    }

    /// The same bounds with another [`max_connections_per_address`](Self::max_connections_per_address): a
    /// number, or `None`.
    #[must_use]
    pub fn with_max_connections_per_address(mut self, most: impl Into<Option<usize>>) -> Self {
        self.max_connections_per_address = most.into();
        self
    }

    /// The same bounds with other ones for HTTP/2, or `None`, which speaks HTTP/1.1 only.
    #[cfg(feature = "http2")]
    #[must_use]
    pub fn with_http2(mut self, http2: impl Into<Option<Http2Config>>) -> Self {
        self.http2 = http2.into();
        self
    }

    /// Needs the feature `http2`, and does not compile without it.
    #[cfg(not(feature = "http2"))]
    #[must_use]
    pub fn with_http2(self, _http2: impl crate::switched_off::Http2Feature) -> Self {
        self
    }

    /// Encrypts every connection: `https` and `wss` instead of `http` and `ws`.
    ///
    /// A connection that shakes no hands within [`tls_handshake`](Self::tls_handshake) is closed; one that
    /// speaks HTTP without TLS is answered with 400.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(mut self, tls: ServerTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// The same bounds, with another [`tls_handshake`](Self::tls_handshake).
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls_handshake(mut self, tls_handshake: Duration) -> Self {
        self.tls_handshake = tls_handshake;
        self
    }

    /// Needs the feature `tls`, and does not compile without it.
    #[cfg(not(feature = "tls"))]
    #[must_use]
    pub fn with_tls(self, _tls: impl crate::switched_off::TlsFeature) -> Self {
        self
    }

    /// The same bounds, with socket messages of at most `bytes`, in as many frames as the peer likes.
    #[must_use]
    pub fn with_max_message(mut self, bytes: usize) -> Self {
        self.session.max_message = bytes;
        self
    }
}
