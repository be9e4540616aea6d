//! The configuration of a server: how much a client may send, and how long the server waits for it.

use std::time::Duration;

#[cfg(feature = "http2")]
use super::Http2Config;
use crate::message::{HostPolicy, Networks, OriginPolicy, Proxies};
use crate::session::SessionConfig;
use crate::setters::{optional_setters, setters};
use crate::sse::SseConfig;
#[cfg(feature = "tls")]
use crate::tls::ServerTls;
use crate::wire::socket::UNSENT;

/// The bounds of a server: how much a client may send, and how long the server waits for it.
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
    /// The largest request body, in bytes. A longer one receives 413: before it is read and before
    /// `100 Continue` if its length is declared, otherwise while it is read. The filter
    /// [`max_body`](crate::filter::max_body) sets another limit for a route. Default 2 MiB.
    pub max_body: u64,
    /// The largest head of a request, in bytes. A longer one receives 431. Default 16 KiB.
    pub max_head: usize,
    /// The most fields in the head of a request. One with more receives 431. Default 100.
    pub max_fields: usize,
    /// The longest target of a request, in bytes. A longer one receives 414. Default 8 KiB.
    pub max_target: usize,
    /// The most open connections, sockets included. Further ones wait in the queue of the system
    /// until one ends. A socket on a stream of HTTP/2 counts beside its connection, and receives
    /// 503 beyond the limit. `None` sets no limit. Default 25,000, at least 1.
    ///
    /// The number of descriptors of the process is a limit too, less a reserve of an eighth, which
    /// is at least 32 and at most 1,024. If this is the lower limit, it is logged once. The server
    /// reads it when it starts (`RLIMIT_NOFILE`, `ulimit -n`), on Linux only.
    pub max_connections: Option<usize>,
    /// The most open connections from one address, sockets included, also those on streams of
    /// HTTP/2. A further connection receives 503 and is closed; with TLS it is closed without a
    /// response. The first 64 bits of an IPv6 address count. Connections over a Unix socket have no
    /// address, and are not counted. Default `None`, which sets no limit: behind a proxy all
    /// connections come from one address, unless it sends headers of the
    /// [PROXY protocol](Self::proxy_protocol).
    pub max_connections_per_address: Option<usize>,
    /// The most bytes of messages that wait in all sockets together: for consumers, for peers, and
    /// of messages that have arrived in part. The events that wait in streams count, too.
    ///
    /// Beyond the limit nothing is read from any socket, and the sockets in which most bytes wait
    /// are closed with 1013 at once, until an eighth is free. A stream is broken off instead. A
    /// message that waits in many sockets counts in each. A socket or stream in which less than 4
    /// KiB wait does not count. `None` sets no limit. Default 256 MiB.
    pub max_queued: Option<usize>,
    /// The longest time for the head of a request, from its first byte, or from the start of the
    /// connection. A head that has started receives 408. The connection is closed. Default 10 s.
    pub head_timeout: Duration,
    /// The longest pause of a request body while the handler waits for it. Then the body fails with
    /// [`BodyError::Stalled`], which becomes 408 (RFC 9110 §15.5.9). The filter
    /// [`body_stall`](crate::filter::body_stall) sets another limit for a route. Default 15 s.
    ///
    /// [`BodyError::Stalled`]: crate::message::BodyError::Stalled
    pub body_stall: Duration,
    /// The lowest rate of a request body, in bytes per second. 0 sets no limit. Default 256.
    ///
    /// Only the time in which the handler waits for the body counts. That time runs up a debt, and
    /// each `min_body_rate` bytes pay for one second of it. When the debt reaches
    /// [`body_stall`](Self::body_stall), the body fails with [`BodyError::TooSlow`], which becomes
    /// 408. So a body may start slowly and may pause, but a client cannot keep a handler waiting
    /// with a byte from time to time. The filter [`min_body_rate`](crate::filter::min_body_rate)
    /// sets another limit for a route.
    ///
    /// [`BodyError::TooSlow`]: crate::message::BodyError::TooSlow
    pub min_body_rate: u64,
    /// The longest time that a connection stays open between two requests. Default 60 s.
    pub keep_alive: Duration,
    /// The longest time in which the client reads nothing of a response, before the connection is
    /// dropped. A client that reads slowly and steadily is not stalled. Default 10 s. For a socket,
    /// and for the steps in which progress is seen, see [`SessionConfig::write_stall`].
    pub write_stall: Duration,
    /// The bytes of a TCP connection that wait in the kernel and are not sent yet. It accepts more
    /// when half of them have left, which is a step of progress for [`write_stall`] and for
    /// [`SessionConfig::write_stall`]. A peer that needs longer for half of them is dropped: with
    /// the default one that reads less than 1 kB/s. Default 16 KiB.
    ///
    /// On Linux, the kernel may hold 1 MiB of a message or body of more than 256 KiB while it is
    /// written, if the peer reads 1 MB/s. Nothing waits longer for that, and a peer that becomes
    /// slow is held to the same rate. This applies to HTTP/1.1 without TLS, and to the sockets that
    /// are opened over it. A value over 512 KiB is not raised.
    ///
    /// [`write_stall`]: Self::write_stall
    pub max_unsent: u32,
    /// The time for which a client that has ended its side of a connection is still served. After
    /// it the futures of handlers and the bodies of their responses are dropped. A client that has
    /// closed its socket looks the same, until something is sent to it. Default 30 s.
    ///
    /// A client that resets its connection is dropped at once. With HTTP/2 the end of either side
    /// ends the connection, and everything on it is dropped at once.
    ///
    /// The end is noticed behind unread bytes too, such as a body that the handler does not read:
    /// behind 16 KiB and the bytes that the kernel holds, or 256 KiB on streams other than TCP.
    pub half_close: Duration,
    /// As [`half_close`](Self::half_close), while the response is a stream without a known length,
    /// which may have no end. Counted from the end of the client's side, or from the start of the
    /// response if that is later. Default 1 s.
    pub stream_half_close: Duration,
    /// Sends the names of fields in title case over HTTP/1.1, such as `Content-Length`. For old
    /// clients that compare names with their case, against RFC 9110 §5.1. Default `false`, which
    /// sends them in lower case.
    pub title_case_fields: bool,
    /// The pages that may open a socket. Others receive 403 (RFC 6455 §10.2). Also applies to
    /// in-memory clients. Default: pages of the host that the request is for, with its scheme if
    /// the server knows that. For HTTP requests see [`Cors`](crate::filter::Cors), which takes the
    /// same policy.
    pub origins: OriginPolicy,
    /// The hosts that the server serves. A request for another host receives 421. Default: every
    /// host; on a loopback address only `localhost` and loopback addresses, which prevents DNS
    /// rebinding. A browser cannot connect to a Unix socket, so over one every host is accepted.
    pub hosts: HostPolicy,
    /// The proxies that state the client, scheme and host of a request, before `hosts` and
    /// `origins` are checked. Also applies to in-memory clients. `None` trusts no peer: as from any
    /// peer that is not trusted, `Forwarded`, `X-Forwarded-*` and `X-Real-IP` are removed. Default
    /// `None`.
    pub proxies: Option<Proxies>,
    /// The peers whose connections start with a header of the PROXY protocol, version 1 or 2,
    /// before TLS. Without one that is valid and complete within
    /// [`head_timeout`](Self::head_timeout), the connection is closed. Any other peer that sends
    /// one receives 400. Default none.
    ///
    /// The client that the header states is then the other end of the connection:
    /// [`connection_addr`](crate::message::RequestExt::connection_addr), for
    /// [`max_connections_per_address`](Self::max_connections_per_address), and for
    /// [`proxies`](Self::proxies), which therefore must have the peers that speak HTTP and not the
    /// one that sends the header. With `LOCAL`, `UNKNOWN`, `UNSPEC` and a Unix address, it is the
    /// peer. A TLV about TLS (`send-proxy-v2-ssl` of HAProxy) states the scheme.
    pub proxy_protocol: Networks,
    /// The time over which sockets and streams of events are closed when the server stops, so that
    /// their clients do not all reconnect at once: in batches of a hundred, each at a random
    /// moment. At most half of [`shutdown_grace`](Self::shutdown_grace). Default 3 s. A hundred
    /// sockets and streams or fewer are closed at once.
    pub shutdown_spread: Duration,
    /// The time in which requests and sockets may end when the server stops, before they are
    /// dropped. Default 10 s.
    pub shutdown_grace: Duration,
    /// The bounds of HTTP/2 connections: those that start with its preface and, with
    /// [`tls`](Self::tls), those that negotiate it. `None` disables HTTP/2. Default
    /// [`Http2Config::default`].
    #[cfg(feature = "http2")]
    pub http2: Option<Http2Config>,
    /// The certificate of the server. Default `None`, which serves without encryption.
    #[cfg(feature = "tls")]
    pub tls: Option<ServerTls>,
    /// The longest time for the TLS handshake of a connection, from the start of the connection,
    /// which is then closed. Default 5 s.
    #[cfg(feature = "tls")]
    pub tls_handshake: Duration,
    /// The bounds of each socket, its messages and frames included.
    pub session: SessionConfig,
    /// The bounds of each stream of events.
    pub sse: SseConfig,
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
            max_unsent: UNSENT,
            half_close: Duration::from_secs(30),
            stream_half_close: Duration::from_secs(1),
            title_case_fields: false,
            origins: OriginPolicy::own(),
            hosts: HostPolicy::by_address(),
            proxies: None,
            proxy_protocol: Networks::default(),
            shutdown_spread: Duration::from_secs(3),
            shutdown_grace: Duration::from_secs(10),
            #[cfg(feature = "http2")]
            http2: Some(Http2Config::default()),
            #[cfg(feature = "tls")]
            tls: None,
            #[cfg(feature = "tls")]
            tls_handshake: Duration::from_secs(5),
            session: SessionConfig::default(),
            sse: SseConfig::default(),
        }
    }
}

/// The number of fields that hyper keeps on its stack. With another limit it allocates for every
/// request.
pub(super) const DEFAULT_MAX_FIELDS: usize = 100;

/// The longest time. A longer one counts as this, because its end could not be computed.
pub(super) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl ServerConfig {
    setters! {
        ServerConfig: "http4k_ws::server::ServerConfig";
        with_max_body, max_body: u64 = 2 * 1024 * 1024 => 64 * 1024;
        with_max_head, max_head: usize = 16 * 1024 => 64 * 1024;
        with_max_fields, max_fields: usize = 100 => 50;
        with_max_target, max_target: usize = 8 * 1024 => 2048;
        with_head_timeout, head_timeout: Duration =
            Duration::from_secs(10) => Duration::from_secs(3);
        with_body_stall, body_stall: Duration = Duration::from_secs(15) => Duration::from_secs(60);
        with_min_body_rate, min_body_rate: u64 = 256 => 0;
        with_keep_alive, keep_alive: Duration = Duration::from_secs(60) => Duration::from_secs(5);
        with_write_stall, write_stall: Duration =
            Duration::from_secs(10) => Duration::from_secs(30);
        with_max_unsent, max_unsent: u32 = 16 * 1024 => 128 * 1024;
        with_half_close, half_close: Duration = Duration::from_secs(30) => Duration::from_secs(1);
        with_stream_half_close, stream_half_close: Duration =
            Duration::from_secs(1) => Duration::from_secs(30);
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::message::OriginPolicy;
        /// # use http4k_ws::server::ServerConfig;
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let app = |ws: WebSocket| ws.try_send("hello");
        /// let from_page = || Request::get("/").header("origin", "https://www.example.com");
        /// assert_eq!(app.try_test_ws(from_page()).unwrap_err().status(), 403);
        ///
        /// let origins = OriginPolicy::own().and("https://www.example.com".parse()?);
        /// let config = ServerConfig::default().with_origins(origins);
        /// assert!(app.test_with(config).try_ws(from_page()).is_ok());
        /// # Ok(())
        /// # }
        /// ```
        with_origins, origins: OriginPolicy;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::message::HostPolicy;
        /// # use http4k_ws::server::ServerConfig;
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let app = routes! { GET "/" => http(|| "hello") };
        /// let hosts = HostPolicy::only(["chat.example.com".parse()?]);
        /// let app = app.test_with(ServerConfig::default().with_hosts(hosts));
        /// assert_eq!(app.http("http://chat.example.com/").status(), 200);
        /// assert_eq!(app.http("http://evil.example.net/").status(), 421);
        /// # Ok(())
        /// # }
        /// ```
        with_hosts, hosts: HostPolicy;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::message::Networks;
        /// # use http4k_ws::server::ServerConfig;
        /// # fn main() -> Result<(), http4k_ws::message::NetworkError> {
        /// let balancers = Networks::of(["10.0.0.0/24"])?;
        /// let config = ServerConfig::default().with_proxy_protocol(balancers);
        /// assert!(config.proxy_protocol.contains([10, 0, 0, 7].into()));
        /// assert!(!ServerConfig::default().proxy_protocol.contains([10, 0, 0, 7].into()));
        /// # Ok(())
        /// # }
        /// ```
        with_proxy_protocol, proxy_protocol: Networks;
        with_shutdown_spread, shutdown_spread: Duration =
            Duration::from_secs(3) => Duration::ZERO;
        with_shutdown_grace, shutdown_grace: Duration =
            Duration::from_secs(10) => Duration::from_secs(25);
        with_title_case_fields, title_case_fields: bool = false => true;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::server::ServerConfig;
        /// # use http4k_ws::session::SessionConfig;
        /// let session = SessionConfig::default().with_max_message(5);
        /// let config = ServerConfig::default().with_session(session);
        /// let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
        /// let mut client = app.test_with(config).ws("/");
        /// client.send("too long").unwrap();
        /// assert_eq!(client.closed().unwrap().code(), 1009);
        /// ```
        with_session, session: SessionConfig;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::server::ServerConfig;
        /// # use http4k_ws::sse::{Sse, SseConfig};
        /// # use std::time::Duration;
        /// let app = routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) };
        /// let events = SseConfig::default().with_retry(Duration::from_secs(5));
        /// let app = app.test_with(ServerConfig::default().with_sse(events));
        /// assert_eq!(app.http("/").body(), "retry: 5000\n\ndata: rain\n\n");
        /// ```
        with_sse, sse: SseConfig;
    }

    optional_setters! {
        ServerConfig: "http4k_ws::server::ServerConfig";
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::message::Proxies;
        /// # use http4k_ws::server::ServerConfig;
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let app = |request: Request| match request.peer_addr() {
        ///     Some(client) => client.ip().to_string(),
        ///     None => "unknown".to_owned(),
        /// };
        /// let proxies = Proxies::trusted(["10.0.0.0/24"])?.x_forwarded();
        /// let app = app.test_with(ServerConfig::default().with_proxies(proxies));
        /// let from = |proxy: [u8; 4]| {
        ///     let request = Request::get("/").header("x-forwarded-for", "203.0.113.7");
        ///     request.body(Body::empty()).unwrap().with_peer_addr((proxy, 4000).into())
        /// };
        /// assert_eq!(app.http(from([10, 0, 0, 2])).body(), "203.0.113.7");
        /// assert_eq!(app.http(from([192, 0, 2, 1])).body(), "192.0.2.1");
        /// # Ok(())
        /// # }
        /// ```
        with_proxies, proxies: Proxies;
    }

    /// Sets [`max_connections`](Self::max_connections): a number, or `None` for no limit.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::ServerConfig;
    /// let config = ServerConfig::default();
    /// assert_eq!(config.max_connections, Some(25_000));
    /// let config = config.with_max_connections(1_000);
    /// assert_eq!(config.max_connections, Some(1_000));
    /// assert_eq!(config.with_max_connections(None).max_connections, None);
    /// ```
    #[must_use]
    pub fn with_max_connections(mut self, most: impl Into<Option<usize>>) -> Self {
        self.max_connections = most.into();
        self
    }

    /// Sets [`max_queued`](Self::max_queued): a number of bytes, or `None` for no limit.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::ServerConfig;
    /// let config = ServerConfig::default();
    /// assert_eq!(config.max_queued, Some(256 * 1024 * 1024));
    /// let config = config.with_max_queued(64 * 1024 * 1024);
    /// assert_eq!(config.max_queued, Some(64 * 1024 * 1024));
    /// assert_eq!(config.with_max_queued(None).max_queued, None);
    /// ```
    #[must_use]
    pub fn with_max_queued(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.max_queued = bytes.into();
        self
    }

    /// Sets [`max_connections_per_address`](Self::max_connections_per_address): a number, or `None`
    /// for no limit.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::ServerConfig;
    /// let config = ServerConfig::default();
    /// assert_eq!(config.max_connections_per_address, None);
    /// let config = config.with_max_connections_per_address(20);
    /// assert_eq!(config.max_connections_per_address, Some(20));
    /// ```
    #[must_use]
    pub fn with_max_connections_per_address(mut self, most: impl Into<Option<usize>>) -> Self {
        self.max_connections_per_address = most.into();
        self
    }

    /// Sets the bounds of HTTP/2 connections. `None` disables HTTP/2.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::{Http2Config, ServerConfig};
    /// let config = ServerConfig::default();
    /// assert_eq!(config.http2, Some(Http2Config::default()));
    /// assert_eq!(config.with_http2(None).http2, None);
    /// ```
    #[cfg(feature = "http2")]
    #[must_use]
    pub fn with_http2(mut self, http2: impl Into<Option<Http2Config>>) -> Self {
        self.http2 = http2.into();
        self
    }

    /// Returns `true` if a connection without TLS may start with HTTP/2.
    pub(super) fn has_prior_knowledge(&self) -> bool {
        #[cfg(feature = "http2")]
        return self
            .http2
            .as_ref()
            .is_some_and(|http2| http2.prior_knowledge);
        #[cfg(not(feature = "http2"))]
        return false;
    }

    /// Needs the feature `http2`, and does not compile without it.
    #[cfg(not(feature = "http2"))]
    #[must_use]
    pub fn with_http2(self, _http2: impl crate::switched_off::Http2Feature) -> Self {
        self
    }

    /// Encrypts every connection: `https` and `wss` instead of `http` and `ws`. For listeners
    /// without TLS beside it, see [`Listeners::without_tls`](super::Listeners::without_tls).
    ///
    /// A connection whose TLS handshake is not complete within
    /// [`tls_handshake`](Self::tls_handshake) is closed. A client that sends HTTP without TLS
    /// receives 400.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{ClientTls, HttpClient};
    /// # use http4k_ws::server::{ServerConfig, ServerTls};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// let config = ServerConfig::default().with_tls(ServerTls::from_pem(&certificate, key)?);
    /// let app = |_request: Request| "hello";
    /// let server = app.as_server("127.0.0.1:0").with_config(config).start()?;
    ///
    /// let client = HttpClient::new().with_tls(ClientTls::trusting_only(certificate)?).blocking();
    /// let authority = format!("localhost:{}", server.port());
    /// assert_eq!(client.send(format!("https://{authority}/"))?.body(), "hello");
    /// assert_eq!(client.send(format!("http://{authority}/"))?.status(), 400);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(mut self, tls: ServerTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Sets [`tls_handshake`](Self::tls_handshake).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::ServerConfig;
    /// # use std::time::Duration;
    /// let config = ServerConfig::default();
    /// assert_eq!(config.tls_handshake, Duration::from_secs(5));
    /// let config = config.with_tls_handshake(Duration::from_secs(2));
    /// assert_eq!(config.tls_handshake, Duration::from_secs(2));
    /// ```
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

    /// Sets the largest message of a socket, in bytes, in any number of frames. See
    /// [`SessionConfig::max_message`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::server::ServerConfig;
    /// let config = ServerConfig::default().with_max_message(5);
    /// assert_eq!(config.session.max_message, 5);
    /// let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// let mut client = app.test_with(config).ws("/");
    /// client.send("too long").unwrap();
    /// assert_eq!(client.closed().unwrap().code(), 1009);
    /// ```
    #[must_use]
    pub fn with_max_message(mut self, bytes: usize) -> Self {
        self.session.max_message = bytes;
        self
    }
}
