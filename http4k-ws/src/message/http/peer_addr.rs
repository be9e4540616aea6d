//! The addresses of a request: that of the client, and that of the other end of its connection.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The addresses of a request. The extensions of the request hold them.
///
/// They differ only behind a proxy, so that a request without one is not larger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PeerAddr {
    /// The client is the other end of the connection.
    Direct(SocketAddr),
    /// A proxy is.
    Proxied(Box<Proxied>),
}

/// The addresses behind a proxy, each `None` if it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proxied {
    client: Option<SocketAddr>,
    connection: Option<SocketAddr>,
}

impl PeerAddr {
    /// Returns the addresses of a request whose client is the other end of the connection.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self::Direct(canonical(address))
    }

    /// Returns the same connection with another client.
    pub(super) fn with_client(this: Option<&Self>, client: SocketAddr) -> Self {
        match this.map(Self::connection) {
            None => Self::new(client),
            Some(connection) => Self::proxied(Some(canonical(client)), connection),
        }
    }

    /// Returns the addresses of a request that a proxy has passed on.
    pub(crate) fn proxied(client: Option<SocketAddr>, connection: Option<SocketAddr>) -> Self {
        Self::Proxied(Box::new(Proxied { client, connection }))
    }

    /// Returns the address of the client.
    pub(crate) fn client(&self) -> Option<SocketAddr> {
        match self {
            Self::Direct(address) => Some(*address),
            Self::Proxied(proxied) => proxied.client,
        }
    }

    /// Returns the address of the other end of the connection.
    pub(crate) fn connection(&self) -> Option<SocketAddr> {
        match self {
            Self::Direct(address) => Some(*address),
            Self::Proxied(proxied) => proxied.connection,
        }
    }
}

/// Converts an IPv4-mapped address of IPv6 to IPv4 (RFC 4291 §2.5.5.2). A listener of both families
/// reports its IPv4 peers as such.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_some() => {
            SocketAddr::new(v6.ip().to_canonical(), v6.port())
        }
        address => address,
    }
}

/// Returns the network that counts as one client: the whole of an IPv4 address, and the first 64
/// bits of an IPv6 address, because one user has all of the rest (RFC 6177).
pub(crate) fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_mapped_address_is_one_of_ipv4() {
        for (address, shown) in [
            ("[::ffff:192.0.2.7]:80", "192.0.2.7:80"),
            ("192.0.2.7:80", "192.0.2.7:80"),
            ("[2001:db8::7]:80", "[2001:db8::7]:80"),
            ("[fe80::1%3]:80", "[fe80::1%3]:80"),
            ("[::1]:80", "[::1]:80"),
            ("[::192.0.2.7]:80", "[::c000:207]:80"),
        ] {
            let peer = PeerAddr::new(address.parse().unwrap());
            assert_eq!(peer.client().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn a_new_client_keeps_the_connection() {
        let [proxy, client] = ["10.0.0.1:1", "192.0.2.7:0"].map(|text| text.parse().unwrap());
        let direct = PeerAddr::with_client(None, proxy);
        assert_eq!(direct, PeerAddr::Direct(proxy));
        let proxied = PeerAddr::with_client(Some(&direct), client);
        assert_eq!(proxied.client(), Some(client));
        assert_eq!(proxied.connection(), Some(proxy));
    }
}
