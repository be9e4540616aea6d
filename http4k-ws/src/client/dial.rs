//! Connecting to a host by name or to a Unix socket by path, with TLS or without.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
#[cfg(unix)]
use std::{path::Path, time::Duration};

#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::net::{TcpStream, lookup_host};

use super::happy_eyeballs::race;
use super::stream::RemoteStream;
use super::uri::Remote;
#[cfg(feature = "tls")]
use crate::tls::{ClientStream, ClientTls, Either, TlsError};
use crate::wire::{ByteStream, socket};

/// The reason why a client could not reach a server.
///
/// # Examples
///
/// ```
/// use std::net::TcpListener;
///
/// use http4k_ws::client::{ConnectError, DialError, WebSocketClient};
///
/// // A port at which nothing listens any more.
/// let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
/// let error = WebSocketClient::blocking(format!("ws://{address}/")).unwrap_err();
/// assert!(matches!(error, ConnectError::Dial(DialError::Unreachable { .. })));
/// # Ok::<(), std::io::Error>(())
/// ```
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
    /// The Unix socket could not be connected to. Check that a server listens at the path, and that
    /// this process may write to its file.
    #[error("the Unix socket `{}` can't be connected to", shown(path))]
    UnixUnreachable {
        /// The path of the socket.
        path: PathBuf,
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
        matches!(
            self,
            Self::Unresolvable { .. } | Self::Unreachable { .. } | Self::UnixUnreachable { .. }
        )
    }
}

/// Shows a path, with `@` for the first byte of an abstract name.
fn shown(path: &std::path::Path) -> String {
    let path = path.to_string_lossy();
    match path.strip_prefix('\0') {
        Some(name) => format!("@{}", name.escape_debug()),
        None => path.escape_debug().to_string(),
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

/// Connects to `remote`, with TLS if it is encrypted.
pub(super) async fn dial(
    remote: &Remote,
    trust: &Trust,
) -> Result<Connection<RemoteStream>, DialError> {
    secure(reach(remote).await?, remote, trust).await
}

/// Connects to `remote` without TLS: over its Unix socket if it has one, otherwise over TCP.
pub(super) async fn reach(remote: &Remote) -> Result<RemoteStream, DialError> {
    #[cfg(unix)]
    if let Some(path) = &remote.unix {
        return Ok(RemoteStream::Unix(unix(path).await?));
    }
    Ok(RemoteStream::Tcp(tcp(remote).await?))
}

/// The first and the longest pause while the queue of a Unix socket is full.
#[cfg(unix)]
const QUEUE_FULL: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// Connects to the Unix socket at `path`. Unlike over TCP, the system does not wait if the queue of
/// the server is full, so this tries again until the caller stops it.
#[cfg(unix)]
async fn unix(path: &Path) -> Result<UnixStream, DialError> {
    let mut pause = QUEUE_FULL.0;
    loop {
        match UnixStream::connect(path).await {
            Ok(stream) => {
                socket::prepare_unix(&stream);
                return Ok(stream);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(QUEUE_FULL.1);
            }
            Err(source) => {
                let path = path.to_owned();
                return Err(DialError::UnixUnreachable { path, source });
            }
        }
    }
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
async fn tcp(remote: &Remote) -> Result<TcpStream, DialError> {
    let unresolvable = |source| DialError::Unresolvable {
        host: remote.host.clone(),
        source,
    };
    let addresses = lookup_host((remote.host.as_str(), remote.port));
    let addresses = addresses.await.map_err(unresolvable)?;
    let connected = race(addresses, async |address| {
        let stream = TcpStream::connect(address).await?;
        socket::prepare_tcp(&stream, socket::UNSENT)?;
        Ok(stream)
    });
    connected.await.map_err(|failure| match failure {
        Some((address, source)) => DialError::Unreachable { address, source },
        None => unresolvable(io::Error::other("the resolver returned no address")),
    })
}
