//! From the name of a host to a connection.

use std::io;

use tokio::net::{TcpStream, lookup_host};

use super::error::ConnectError;
use super::happy_eyeballs::race;
#[cfg(feature = "tls")]
use crate::tls::{ClientStream, ClientTls, Either};
use crate::wire::{ByteStream, tcp as tcp_options};

/// Whether a connection is to be encrypted.
#[derive(Debug, Clone)]
pub(super) enum Security {
    Plain,
    #[cfg(feature = "tls")]
    Tls(ClientTls),
}

/// Whether TLS is spoken at all.
pub(super) const SPEAKS_TLS: bool = cfg!(feature = "tls");

/// What a client was told to trust; by default, the authorities of the public web.
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

/// What is spoken over TLS (RFC 7301 §6).
#[cfg(feature = "tls")]
const PROTOCOLS: &[&str] = &["http/1.1"];

/// Connects to the first of the host's addresses that accepts (RFC 8305).
pub(super) async fn dial(
    host: &str,
    port: u16,
    security: &Security,
) -> Result<Connection<TcpStream>, ConnectError> {
    secure(tcp(host, port).await?, host, security).await
}

/// Shakes hands over `stream` with `host`, where the connection is to be encrypted.
#[cfg(feature = "tls")]
pub(super) async fn secure<S: ByteStream>(
    stream: S,
    host: &str,
    security: &Security,
) -> Result<Connection<S>, ConnectError> {
    let Security::Tls(tls) = security else {
        return Ok(Either::Plain(stream));
    };
    let encrypted = tls.connect(host, stream, PROTOCOLS).await;
    let encrypted = encrypted.map_err(|source| ConnectError::Tls {
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
) -> Result<Connection<S>, ConnectError> {
    match security {
        Security::Plain => Ok(stream),
    }
}

/// Connects to the first of the host's addresses that accepts, without TLS (RFC 8305).
pub(super) async fn tcp(host: &str, port: u16) -> Result<TcpStream, ConnectError> {
    let unresolvable = |source| ConnectError::Unresolvable {
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
        Some((address, source)) => ConnectError::Unreachable { address, source },
        None => unresolvable(io::Error::other("the host has no address")),
    })
}
