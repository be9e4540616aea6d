//! The address that a request came from.

use std::net::SocketAddr;

/// The other end of the connection that a request came by, among the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerAddr(SocketAddr);

impl PeerAddr {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self(canonical(address))
    }

    pub(crate) fn get(self) -> SocketAddr {
        self.0
    }
}

/// `address` as one of IPv4, if it is an IPv4-mapped one of IPv6 (RFC 4291 §2.5.5.2): a listener of
/// both families reports its IPv4 peers so.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_some() => {
            SocketAddr::new(v6.ip().to_canonical(), v6.port())
        }
        address => address,
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
            assert_eq!(peer.get().to_string(), shown);
        }
    }
}
