//! Connecting to a host by name, with TLS or without.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpStream, lookup_host};

use super::happy_eyeballs::race;
#[cfg(feature = "tls")]
use crate::tls::{ClientStream, ClientTls, Either, TlsError};
use crate::wire::{ByteStream, tcp as tcp_options};

/// The reason why a client could not reach a server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DialError {
    /// The host could not be resolved. Check its name.
    #[error("the host `{host}` can't be resolved")]
    Unresolvable {
        /// The host.
        host: String,
        /// The error of the resolver.
        source: io::Error,
    },
    /// The address could not be connected to. Of several addresses, this is the last that was
    /// tried.
    #[error("{address} can't be connected to")]
    Unreachable {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system, such as connection refused.
        source: io::Error,
    },
    /// TLS could not be established, or the certificate is not valid for the host.
    #[cfg(feature = "tls")]
    #[error("TLS handshake with `{host}` failed")]
    Tls {
        /// The host.
        host: String,
        /// The cause.
        source: TlsError,
    },
}

impl DialError {
    /// Returns `true` if the same attempt may succeed later, which is the case unless TLS failed.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Unresolvable { .. } | Self::Unreachable { .. })
    }
}

/// The encryption of one connection.
#[derive(Debug, Clone)]
pub(super) enum Security {
    Plain,
    #[cfg(feature = "tls")]
    Tls(ClientTls),
}

/// `true` if TLS is supported.
pub(super) const SUPPORTS_TLS: bool = cfg!(feature = "tls");

/// The certificate authorities that a client trusts. By default, those of the public web.
#[derive(Debug, Clone, Default)]
pub(super) struct Trust {
    #[cfg(feature = "tls")]
    pub(super) tls: Option<ClientTls>,
}

impl Trust {
    #[cfg(feature = "tls")]
    pub(super) fn security(&self, encrypted: bool) -> Security {
        if encrypted {
            Security::Tls(self.tls.clone().unwrap_or_default())
        } else {
            Security::Plain
        }
    }

    #[cfg(not(feature = "tls"))]
    pub(super) fn security(&self, _encrypted: bool) -> Security {
        Security::Plain
    }
}

/// A connection to a server over the stream `S`, encrypted or not.
#[cfg(feature = "tls")]
pub(super) type Connection<S> = Either<S, Box<ClientStream<S>>>;
#[cfg(not(feature = "tls"))]
pub(super) type Connection<S> = S;

/// The protocols that are offered over TLS (RFC 7301 §6).
#[cfg(feature = "tls")]
const PROTOCOLS: &[&str] = &["http/1.1"];

/// Connects to the first of the host's addresses that accepts (RFC 8305), with TLS if `security`
/// requires it.
pub(super) async fn dial(
    host: &str,
    port: u16,
    security: &Security,
) -> Result<Connection<TcpStream>, DialError> {
    secure(tcp(host, port).await?, host, security).await
}

/// Does the TLS handshake with `host` over `stream`, if `security` requires it.
#[cfg(feature = "tls")]
pub(super) async fn secure<S: ByteStream>(
    stream: S,
    host: &str,
    security: &Security,
) -> Result<Connection<S>, DialError> {
    let Security::Tls(tls) = security else {
        return Ok(Either::Plain(stream));
    };
    let encrypted = tls.connect(host, stream, PROTOCOLS).await;
    let encrypted = encrypted.map_err(|source| DialError::Tls {
        host: host.to_owned(),
        source,
    })?;
    Ok(Either::Encrypted(Box::new(encrypted)))
}

#[cfg(not(feature = "tls"))]
pub(super) async fn secure<S: ByteStream>(
    stream: S,
    _host: &str,
    security: &Security,
) -> Result<Connection<S>, DialError> {
    match security {
        Security::Plain => Ok(stream),
    }
}

/// Connects to the first of the host's addresses that accepts, without TLS (RFC 8305).
pub(super) async fn tcp(host: &str, port: u16) -> Result<TcpStream, DialError> {
    let unresolvable = |source| DialError::Unresolvable {
        host: host.to_owned(),
        source,
    };
    let addresses = lookup_host((host, port)).await.map_err(unresolvable)?;
    let connected = race(addresses, async |address| {
        let stream = TcpStream::connect(address).await?;
        tcp_options::prepare(&stream)?;
        Ok(stream)
    });
    connected.await.map_err(|failure| match failure {
        Some((address, source)) => DialError::Unreachable { address, source },
        None => unresolvable(io::Error::other("the resolver returned no address")),
    })
}
