//! The listeners of a server: one for each address that its name resolves to.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::task::Poll;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::message::canonical;

/// The length of the system's queue of connections that wait to be accepted, as tokio sets it.
const BACKLOG: u32 = 1024;

/// The number of ports that are tried to find one that is free at every address.
const PORTS: usize = 16;

/// At least one listener, all at the same port.
#[derive(Debug)]
pub(super) struct Listeners {
    all: Vec<TcpListener>,
    /// The listener that is polled first. It changes with each connection, so that none starves.
    next: usize,
}

impl From<TcpListener> for Listeners {
    fn from(listener: TcpListener) -> Self {
        Self {
            all: vec![listener],
            next: 0,
        }
    }
}

impl Listeners {
    /// Listens at each of `addresses`. An address that this machine does not have is skipped if it
    /// has another one. Port 0 selects a free port, the same at every address.
    pub(super) async fn bind(addresses: impl IntoIterator<Item = SocketAddr>) -> io::Result<Self> {
        let mut distinct = Vec::new();
        for address in addresses.into_iter().map(canonical) {
            if !distinct.contains(&address) {
                distinct.push(address);
            }
        }
        let mut tried = 0;
        loop {
            tried += 1;
            match Self::bind_all(&distinct).await {
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

    async fn bind_all(addresses: &[SocketAddr]) -> io::Result<Self> {
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
        Ok(Self { all, next: 0 })
    }

    /// Returns the first address.
    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.all[0].local_addr().map(canonical)
    }

    /// Returns an address that other machines can reach, if there is one, otherwise a loopback
    /// address.
    pub(super) fn widest(&self) -> Option<IpAddr> {
        let addresses = self.all.iter().filter_map(|one| one.local_addr().ok());
        let addresses = addresses.map(|address| address.ip().to_canonical());
        addresses.min_by_key(IpAddr::is_loopback)
    }

    /// Accepts the next connection. An IPv4 peer has an IPv4 address, also on a listener for both
    /// families.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no connection.
    pub(super) async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|cx| {
            for offset in 0..self.all.len() {
                let index = (self.next + offset) % self.all.len();
                if let Poll::Ready(accepted) = self.all[index].poll_accept(cx) {
                    self.next = (index + 1) % self.all.len();
                    let canonical = |(stream, peer)| (stream, canonical(peer));
                    return Poll::Ready(accepted.map(canonical));
                }
            }
            Poll::Pending
        })
        .await
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    /// Returns the addresses in `texts` that this machine has.
    fn available(texts: &[&str]) -> Vec<SocketAddr> {
        let mut addresses = parsed(texts);
        addresses.retain(|address| std::net::TcpListener::bind(address).is_ok());
        addresses
    }

    #[tokio::test]
    async fn all_addresses_share_one_port() -> io::Result<()> {
        for texts in [
            &["127.0.0.1:0", "[::1]:0"][..],
            &["[::1]:0", "127.0.0.1:0"],
            &["[::]:0", "0.0.0.0:0"],
            &["127.0.0.1:0", "127.0.0.1:0", "[::ffff:127.0.0.1]:0"],
        ] {
            let mut listeners = Listeners::bind(parsed(texts)).await?;
            let port = listeners.local_addr()?.port();
            assert_ne!(port, 0);
            for mut address in available(texts).into_iter().map(canonical) {
                address.set_port(port);
                if address.ip().is_unspecified() {
                    let local = if address.is_ipv4() {
                        "127.0.0.1"
                    } else {
                        "::1"
                    };
                    address.set_ip(local.parse().unwrap());
                }
                let client = TcpStream::connect(address).await?;
                let (_stream, peer) = listeners.accept().await?;
                assert_eq!(peer, client.local_addr()?, "{address}");
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn an_address_in_use_is_an_error() -> io::Result<()> {
        let used = TcpListener::bind("127.0.0.1:0").await?.into_std()?;
        let address = used.local_addr()?;
        let error = Listeners::bind([address]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        let free = "127.0.0.1:0".parse().unwrap();
        let error = Listeners::bind([free, address]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        Ok(())
    }

    #[tokio::test]
    async fn an_address_missing_from_the_machine_is_skipped() -> io::Result<()> {
        // Addresses for documentation (RFC 5737, RFC 3849).
        let listeners = Listeners::bind(parsed(&["192.0.2.1:0", "127.0.0.1:0"])).await?;
        assert_eq!(listeners.local_addr()?.ip().to_string(), "127.0.0.1");
        assert!(Listeners::bind(parsed(&["192.0.2.1:0"])).await.is_err());
        assert!(Listeners::bind([]).await.is_err());
        Ok(())
    }

    #[tokio::test]
    async fn no_listener_starves_another() -> io::Result<()> {
        let first = TcpListener::bind("127.0.0.1:0").await?;
        let second = TcpListener::bind("127.0.0.1:0").await?;
        let ports = [&first, &second].map(|listener| listener.local_addr().unwrap());
        let mut listeners = Listeners {
            all: vec![first, second],
            next: 0,
        };
        let mut clients = Vec::new();
        for _ in 0..3 {
            for port in ports {
                clients.push(TcpStream::connect(port).await?);
            }
        }
        let mut accepted = Vec::new();
        for _ in 0..4 {
            let (stream, _peer) = listeners.accept().await?;
            accepted.push(stream.local_addr()?);
        }
        assert_eq!(accepted, [ports, ports].concat());
        Ok(())
    }
}
