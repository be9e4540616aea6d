//! The bounds of a server: how much it takes, and how long it waits.

use std::time::Duration;

use crate::handler::SessionConfig;
use crate::setters::setters;
#[cfg(feature = "tls")]
use crate::tls::ServerTls;

/// The bounds of a server: how much a peer may send, and how long it is waited for.
///
/// # Examples
///
/// ```
/// use http4k_ws::ServerConfig;
///
/// let config = ServerConfig::default().with_max_body(64 * 1024);
/// assert_eq!(config.max_body, 64 * 1024);
/// assert_eq!(config.session.max_message, 1024 * 1024);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerConfig {
    /// Bytes of a request body, answered with 413 past it: before it is read where its length is told,
    /// else while it is read. Default 2 MiB.
    pub max_body: u64,
    /// Bytes of a request's head, answered with 431 past it. Default 16 KiB.
    pub max_head: usize,
    /// Fields of a request's head, answered with 431 past it. Default 100.
    pub max_fields: usize,
    /// Bytes of a request's target, answered with 414 past it. Default 8 KiB.
    pub max_target: usize,
    /// How long the head of a request may take, from its first byte, or from the beginning of the
    /// connection; it is then closed. Default 10 s.
    pub head_timeout: Duration,
    /// How long a connection may stay open between two requests. Default 60 s.
    pub keep_alive: Duration,
    /// How long requests and sockets may take to end when the server stops, before they are cut.
    /// Default 10 s.
    pub shutdown_grace: Duration,
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
            head_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(60),
            shutdown_grace: Duration::from_secs(10),
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
        with_keep_alive, keep_alive: Duration;
        with_shutdown_grace, shutdown_grace: Duration;
        with_session, session: SessionConfig;
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

    /// The same bounds, with socket messages of at most `bytes`, in as many frames as the peer likes.
    #[must_use]
    pub fn with_max_message(mut self, bytes: usize) -> Self {
        self.session.max_message = bytes;
        self.session.max_frame = bytes;
        self
    }
}
