//! Connecting to a host by name, with TLS or without.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpStream, lookup_host};

use super::happy_eyeballs::race;
use super::uri::Remote;
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

/// `true` if TLS is supported.
pub(super) const SUPPORTS_TLS: bool = cfg!(feature = "tls");

/// The certificate authorities that a client trusts. By default, those of the public web.
#[derive(Debug, Clone, Default)]
pub(super) struct Trust {
    #[cfg(feature = "tls")]
    pub(super) tls: Option<ClientTls>,
}

/// A connection to a server over the stream `S`, encrypted or not.
#[cfg(feature = "tls")]
pub(super) type Connection<S> = Either<S, Box<ClientStream<S>>>;
#[cfg(not(feature = "tls"))]
pub(super) type Connection<S> = S;

/// The protocols that are offered over TLS (RFC 7301 §6).
#[cfg(feature = "tls")]
const PROTOCOLS: &[&str] = &["http/1.1"];

/// Connects to the first address of `remote` that accepts (RFC 8305), with TLS if it is encrypted.
pub(super) async fn dial(
    remote: &Remote,
    trust: &Trust,
) -> Result<Connection<TcpStream>, DialError> {
    secure(tcp(remote).await?, remote, trust).await
}

/// Does the TLS handshake with `remote` over `stream`, if it is encrypted.
#[cfg(feature = "tls")]
pub(super) async fn secure<S: ByteStream>(
    stream: S,
    remote: &Remote,
    trust: &Trust,
) -> Result<Connection<S>, DialError> {
    if !remote.encrypted {
        return Ok(Either::Plain(stream));
    }
    let tls = trust.tls.clone().unwrap_or_default();
    let encrypted = tls.connect(&remote.host, stream, PROTOCOLS).await;
    let encrypted = encrypted.map_err(|source| DialError::Tls {
        host: remote.host.clone(),
        source,
    })?;
    Ok(Either::Encrypted(Box::new(encrypted)))
}

/// Returns `stream`: without the feature `tls`, no URI of an encrypted remote is accepted.
#[cfg(not(feature = "tls"))]
pub(super) async fn secure<S: ByteStream>(
    stream: S,
    _remote: &Remote,
    _trust: &Trust,
) -> Result<Connection<S>, DialError> {
    Ok(stream)
}

/// Connects to the first address of `remote` that accepts, without TLS (RFC 8305).
pub(super) async fn tcp(remote: &Remote) -> Result<TcpStream, DialError> {
    let unresolvable = |source| DialError::Unresolvable {
        host: remote.host.clone(),
        source,
    };
    let addresses = lookup_host((remote.host.as_str(), remote.port));
    let addresses = addresses.await.map_err(unresolvable)?;
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
