//! The encryption of a connection: a TLS handshake, or none.
//!
//! The twins without the feature `tls` are at the end, so that no other file of the server needs to
//! know if the feature is on.

use super::ServerConfig;
use super::preamble::HttpVersion;
use super::shutdown::ConnectionGuard;
use super::state::ServerState;
use crate::message::{PeerCertificates, Scheme};
use crate::wire::ByteStream;

/// A stream over which no HTTP was sent yet.
pub(super) struct SecuredStream<S> {
    pub(super) stream: S,
    /// The version that ALPN negotiated (RFC 7301), or `None` without TLS.
    pub(super) alpn: Option<HttpVersion>,
    /// The certificates of a client that authenticated with them.
    pub(super) certificates: Option<PeerCertificates>,
}

impl<S> SecuredStream<S> {
    fn plain(stream: S) -> Self {
        Self {
            stream,
            alpn: None,
            certificates: None,
        }
    }

    /// Returns the scheme, which is known over TLS only: without it, a proxy may have terminated
    /// TLS.
    pub(super) fn scheme(&self) -> Option<Scheme> {
        self.alpn.map(|_| Scheme::Https)
    }
}

#[cfg(feature = "tls")]
pub(super) use with_tls::{MaybeTls, ServerSecurity, secure};
#[cfg(not(feature = "tls"))]
pub(super) use without_tls::{MaybeTls, ServerSecurity, secure};

#[cfg(feature = "tls")]
mod with_tls {
    use std::io;

    use bytes::Bytes;
    use http::StatusCode;
    use tokio::io::AsyncReadExt;
    use tokio::time::timeout;

    use super::{
        ByteStream, ConnectionGuard, HttpVersion, SecuredStream, ServerConfig, ServerState,
    };
    use crate::server::http1::close_after;
    use crate::server::request::canned::last_response;
    use crate::server::rewind::Rewind;
    use crate::session::RefusalKind;
    use crate::tls::{Acceptor, Either, ServerStream, certificates, negotiated};

    /// The ALPN name of HTTP/2 (RFC 9113 §3.2).
    const HTTP2: &str = "h2";

    /// Every TLS connection starts with a record of this type (RFC 8446 §5.1).
    const HANDSHAKE: u8 = 0x16;

    /// A connection over the stream `S`, encrypted or not.
    pub(in crate::server) type MaybeTls<S> = Either<S, Box<ServerStream<Rewind<S>>>>;

    /// The TLS of a server, if it has any.
    #[derive(Debug)]
    pub(in crate::server) struct ServerSecurity(Option<Acceptor>);

    impl ServerSecurity {
        pub(in crate::server) fn new(config: &ServerConfig) -> Self {
            let tls = config.tls.as_ref();
            Self(tls.map(|tls| tls.acceptor(protocols(config))))
        }

        /// Returns `true` if every connection is encrypted.
        pub(in crate::server) fn is_tls(&self) -> bool {
            self.0.is_some()
        }
    }

    /// Returns the protocols that the server offers, the preferred one first (RFC 7301 §3.2).
    fn protocols(config: &ServerConfig) -> &'static [&'static str] {
        #[cfg(feature = "http2")]
        if config.http2.is_some() {
            return &[HTTP2, "http/1.1"];
        }
        let _ = config;
        &["http/1.1"]
    }

    /// Performs the TLS handshake of a connection if the server has TLS, and the connection is not
    /// `plain`. Returns `None` if that fails or the server stops.
    pub(in crate::server) async fn secure<S: ByteStream>(
        stream: S,
        plain: bool,
        server: &ServerState,
        guard: &ConnectionGuard,
    ) -> Option<SecuredStream<MaybeTls<S>>> {
        let Some(tls) = server.security.0.as_ref().filter(|_| !plain) else {
            return Some(SecuredStream::plain(Either::Plain(stream)));
        };
        let handshake = handshake(stream, tls, server);
        // Boxed, so that connections without TLS reserve no memory for it.
        guard.unless_stopping(Box::pin(handshake)).await?
    }

    /// Performs the TLS handshake within [`ServerConfig::tls_handshake`]. Returns `None` if it
    /// fails, and closes the connection then.
    async fn handshake<S: ByteStream>(
        stream: S,
        tls: &Acceptor,
        server: &ServerState,
    ) -> Option<SecuredStream<MaybeTls<S>>> {
        let limit = server.config.tls_handshake;
        match timeout(limit, accept(stream, tls, &server.config)).await {
            Ok(Ok(stream)) => Some(SecuredStream {
                alpn: Some(version(&stream)),
                certificates: certificates(&stream),
                stream: Either::Encrypted(Box::new(stream)),
            }),
            Ok(Err(HandshakeFailure { reason, rest, last })) => {
                server.refusals.warn(
                    RefusalKind::Tls,
                    format_args!("TLS handshake failed: {reason}"),
                );
                // The peer receives the reason before the connection is closed.
                if let Some(stream) = rest {
                    let _ = close_after(stream, &last).await;
                }
                None
            }
            Err(_) => {
                let refused = format!(
                    "TLS handshake timed out after {limit:?}, the limit of \
                     `ServerConfig::tls_handshake`"
                );
                server.refusals.warn(RefusalKind::Tls, refused);
                None
            }
        }
    }

    struct HandshakeFailure<S> {
        reason: io::Error,
        /// The connection, if it is still open.
        rest: Option<Rewind<S>>,
        /// The bytes to send before the connection is closed.
        last: Vec<u8>,
    }

    async fn accept<S: ByteStream>(
        mut stream: S,
        tls: &Acceptor,
        config: &ServerConfig,
    ) -> Result<ServerStream<Rewind<S>>, HandshakeFailure<S>> {
        let failure = |reason, rest, last| HandshakeFailure { reason, rest, last };
        let first = stream.read_u8().await;
        let first = first.map_err(|reason| failure(reason, None, Vec::new()))?;
        let started = Rewind::new(Bytes::copy_from_slice(&[first]), stream);
        // The methods of HTTP are capital letters.
        if first.is_ascii_uppercase() {
            let reason = io::Error::other("the client sent HTTP without TLS");
            let text = "this port accepts HTTP over TLS only: use https:// or wss://\n";
            let last = last_response(config, StatusCode::BAD_REQUEST, text);
            return Err(failure(reason, Some(started), last));
        }
        if first != HANDSHAKE {
            let reason = io::Error::other("the client sent no TLS record");
            return Err(failure(reason, None, Vec::new()));
        }
        let accepted = tls.accept(started).await;
        accepted.map_err(|(reason, stream)| failure(reason, Some(stream), Vec::new()))
    }

    /// Returns the version that ALPN negotiated. A client that does not use ALPN means HTTP/1.1.
    fn version<S>(stream: &ServerStream<S>) -> HttpVersion {
        match negotiated(stream) == Some(HTTP2.as_bytes()) {
            true => HttpVersion::Http2,
            false => HttpVersion::Http1,
        }
    }
}

#[cfg(not(feature = "tls"))]
mod without_tls {
    use super::{ByteStream, ConnectionGuard, SecuredStream, ServerConfig, ServerState};

    /// A connection over the stream `S`, which is never encrypted.
    pub(in crate::server) type MaybeTls<S> = S;

    /// The TLS of a server, which has none.
    #[derive(Debug)]
    pub(in crate::server) struct ServerSecurity;

    impl ServerSecurity {
        pub(in crate::server) fn new(_: &ServerConfig) -> Self {
            Self
        }

        /// Returns `true` if every connection is encrypted.
        pub(in crate::server) fn is_tls(&self) -> bool {
            false
        }
    }

    pub(in crate::server) async fn secure<S: ByteStream>(
        stream: S,
        _: bool,
        _: &ServerState,
        _: &ConnectionGuard,
    ) -> Option<SecuredStream<S>> {
        Some(SecuredStream::plain(stream))
    }
}
