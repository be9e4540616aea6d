//! Listening at every address that a name resolves to, all at the same port.

use std::io;
use std::net::{Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::message::canonical;

/// The length of the system's queue of connections that wait to be accepted, as tokio sets it.
const BACKLOG: u32 = 1024;

/// The number of ports that are tried to find one that is free at every address.
const PORTS: usize = 16;

/// Listens at each of `addresses`, at least one. An address that this machine does not have is
/// skipped if it has another one. Port 0 selects a free port, the same at every address.
pub(super) async fn bind(
    addresses: impl IntoIterator<Item = SocketAddr>,
) -> io::Result<Vec<TcpListener>> {
    let mut distinct = Vec::new();
    for address in addresses.into_iter().map(canonical) {
        if !distinct.contains(&address) {
            distinct.push(address);
        }
    }
    let mut tried = 0;
    loop {
        tried += 1;
        match bind_all(&distinct).await {
            // The port that was free at the first address is in use at another.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && tried < PORTS => {
                if !distinct.iter().skip(1).any(|address| address.port() == 0) {
                    return Err(error);
                }
            }
            bound => return bound,
        }
    }
}

async fn bind_all(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let mut all: Vec<TcpListener> = Vec::new();
    let mut missing = None;
    for mut address in addresses.iter().copied() {
        if let (0, Some(first)) = (address.port(), all.first()) {
            address.set_port(first.local_addr()?.port());
        }
        match listen(address, addresses).await {
            Ok(listener) => all.push(listener),
            Err(error) if is_missing(&error) => {
                log::debug!("{address} is not an address of this machine: {error}");
                missing = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    if all.is_empty() {
        let none = || io::Error::new(io::ErrorKind::InvalidInput, "no address to listen at");
        return Err(missing.unwrap_or_else(none));
    }
    Ok(all)
}

async fn listen(address: SocketAddr, beside: &[SocketAddr]) -> io::Result<TcpListener> {
    let all_of_ipv6 = address.ip() == Ipv6Addr::UNSPECIFIED;
    if !all_of_ipv6 || !beside.iter().any(SocketAddr::is_ipv4) {
        return TcpListener::bind(address).await;
    }
    // Some systems would listen at all IPv4 addresses too, and refuse those beside it.
    let socket = TcpSocket::new_v6()?;
    socket2::SockRef::from(&socket).set_only_v6(true)?;
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Returns `true` if the machine does not have the address, or its family.
fn is_missing(error: &io::Error) -> bool {
    // EAFNOSUPPORT does not have a kind of its own.
    let family = [97, 47, 10047].map(Some).contains(&error.raw_os_error());
    matches!(
        error.kind(),
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported
    ) || family
}
