//! From the name of a host to a connection.

use std::io;

use tokio::net::{TcpStream, lookup_host};

use super::error::ConnectError;

/// Connects to the first of the host's addresses that takes us.
pub(super) async fn dial(host: &str, port: u16) -> Result<TcpStream, ConnectError> {
    let unresolvable = |source| ConnectError::Unresolvable {
        host: host.to_owned(),
        source,
    };
    let addresses = lookup_host((host, port)).await.map_err(unresolvable)?;
    let mut failure = unresolvable(io::Error::other("the host has no address"));
    for address in addresses {
        let connected = match TcpStream::connect(address).await {
            // Nagle's algorithm would hold a second small message until the first is acknowledged.
            Ok(stream) => stream.set_nodelay(true).map(|()| stream),
            Err(error) => Err(error),
        };
        match connected {
            Ok(stream) => return Ok(stream),
            Err(source) => failure = ConnectError::Unreachable { address, source },
        }
    }
    Err(failure)
}
