//! The peers that a server trusts, by their addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A set of peers: networks of IP addresses (CIDR, RFC 4632, RFC 4291 §2.3), and the peers of Unix
/// sockets, which have no address.
///
/// It parses from networks that are separated by commas or spaces, as in an environment variable.
/// `unix:` is one too, as in nginx. An IPv4-mapped address of IPv6 is one of IPv4, and `::/0` has
/// no address of IPv4. The default is empty.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::Networks;
///
/// # fn main() -> Result<(), http4k_ws::message::NetworkError> {
/// let proxies = Networks::of(["10.0.0.0/8", "2001:db8::/32", "::1"])?;
/// assert!(proxies.contains([10, 1, 2, 3].into()));
/// assert!(proxies.contains("::ffff:10.1.2.3".parse().unwrap()));
/// assert!(!proxies.contains([127, 0, 0, 1].into()));
/// assert_eq!("10.0.0.0/8, 2001:db8::/32 ::1".parse(), Ok(proxies));
///
/// let error = Networks::of(["10.0.0.1/8"]).unwrap_err();
/// assert!(error.to_string().contains("write `10.0.0.0/8`"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks {
    networks: Vec<Network>,
    unix: bool,
}

/// The text for the peers of Unix sockets.
const UNIX: &str = "unix:";

/// The reason a text is not a network.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{NetworkError, Networks};
///
/// let error = "10.0.0".parse::<Networks>().unwrap_err();
/// assert!(matches!(error, NetworkError::Grammar { .. }), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The text is neither an address nor an address with the length of a prefix.
    #[error(
        "`{}` is not a network: it must be an IP address, or one with the length of a prefix, such \
         as 10.0.0.0/8 (RFC 4632 §3.1)", text.escape_debug()
    )]
    Grammar {
        /// The text.
        text: String,
    },
    /// The prefix is longer than an address.
    #[error("`{network}` is not a network: its prefix must have at most {longest} bits")]
    Prefix {
        /// The text.
        network: String,
        /// The number of bits of an address.
        longest: u8,
    },
    /// The address has bits behind the prefix, so that it may be meant as an address or as its
    /// network.
    #[error(
        "`{network}` has bits behind its prefix: write `{prefix}` for the network, or `{address}` \
         for the address alone"
    )]
    HostBits {
        /// The text.
        network: String,
        /// The network.
        prefix: String,
        /// The address.
        address: IpAddr,
    },
}

impl Networks {
    /// Returns the set of these networks. An address alone is a network of one.
    ///
    /// # Errors
    ///
    /// [`NetworkError`] for the first text that is not a network.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Networks;
    ///
    /// assert_eq!(Networks::of(["::1"]), Networks::of(["::1/128"]));
    /// assert!(Networks::of(["10.0.0.0/8", "localhost"]).is_err());
    /// ```
    pub fn of<T: AsRef<str>>(networks: impl IntoIterator<Item = T>) -> Result<Self, NetworkError> {
        let mut all = Self::default();
        for network in networks {
            match network.as_ref() {
                UNIX => all.unix = true,
                text => all.networks.push(text.parse()?),
            }
        }
        Ok(all)
    }

    /// Returns the peers of Unix sockets, and every other peer without an address: a stream of
    /// bytes that the program serves itself, and a client in memory.
    ///
    /// The permissions of the file of a Unix socket decide which processes may connect to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Networks;
    ///
    /// assert_eq!("unix:".parse(), Ok(Networks::unix()));
    /// assert!(!Networks::unix().contains([127, 0, 0, 1].into()));
    /// ```
    pub const fn unix() -> Self {
        Self {
            networks: Vec::new(),
            unix: true,
        }
    }

    /// Adds the peers of `more`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Networks;
    ///
    /// let proxies = Networks::of(["10.0.0.0/8"])?.and(Networks::of(["::1"])?);
    /// assert_eq!(Ok(proxies), Networks::of(["10.0.0.0/8", "::1"]));
    /// # Ok::<(), http4k_ws::message::NetworkError>(())
    /// ```
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.networks.extend(more.networks);
        self.unix |= more.unix;
        self
    }

    /// Returns `true` if one of the networks has `address`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Networks;
    ///
    /// let private = Networks::of(["192.168.0.0/16"])?;
    /// assert!(private.contains([192, 168, 0, 7].into()));
    /// assert!(!private.contains([192, 169, 0, 7].into()));
    /// # Ok::<(), http4k_ws::message::NetworkError>(())
    /// ```
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks
            .iter()
            .any(|network| network.contains(address))
    }

    /// Returns `true` if `peer` is in the set. `None` is a peer without an address.
    pub(crate) fn contains_peer(&self, peer: Option<IpAddr>) -> bool {
        peer.map_or(self.unix, |address| self.contains(address))
    }
}

impl FromStr for Networks {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let words = text.split([',', ' ', '\t', '\n']);
        Self::of(words.filter(|word| !word.is_empty()))
    }
}

/// Writes the form that parses.
impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unix = self.unix.then_some(UNIX.to_owned());
        let networks = self.networks.iter().map(Network::to_string);
        f.write_str(&networks.chain(unix).collect::<Vec<_>>().join(", "))
    }
}

/// A network: the bits of its addresses, and how many of them count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4() && masked(address, self.bits) == self.address
    }

    /// Returns the network of IPv4 that the mapped addresses of this one are, if it has no others.
    fn canonical(self) -> Self {
        match (self.address.to_canonical(), self.bits.checked_sub(96)) {
            (address @ IpAddr::V4(_), Some(bits)) if self.address.is_ipv6() => {
                Self { address, bits }
            }
            _ => self,
        }
    }
}

/// Returns `address` with only its first `bits`.
fn masked(address: IpAddr, bits: u8) -> IpAddr {
    let kept = |all: u32| all.saturating_sub(bits.into());
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(kept(32)).unwrap_or(0);
            Ipv4Addr::from(u32::from(v4) & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(kept(128)).unwrap_or(0);
            Ipv6Addr::from(u128::from(v6) & mask).into()
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let network = || text.to_owned();
        let grammar = || NetworkError::Grammar { text: network() };
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| grammar())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => longest,
            Some(bits) if bits.bytes().all(|digit| digit.is_ascii_digit()) => {
                bits.parse().map_err(|_| grammar())?
            }
            Some(_) => return Err(grammar()),
        };
        if bits > longest {
            return Err(NetworkError::Prefix {
                network: network(),
                longest,
            });
        }
        let whole = Self {
            address: masked(address, bits),
            bits,
        };
        if whole.address != address {
            return Err(NetworkError::HostBits {
                network: network(),
                prefix: whole.to_string(),
                address,
            });
        }
        Ok(whole.canonical())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(network: &str) -> Networks {
        Networks::of([network]).unwrap()
    }

    #[test]
    fn a_network_has_the_addresses_with_its_prefix() {
        for (network, address, contains) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("10.0.0.0/8", "::10.0.0.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("192.0.2.6/31", "192.0.2.7", true),
            ("192.0.2.7/32", "192.0.2.7", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "203.0.113.9", false),
            ("::/0", "::ffff:203.0.113.9", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("::1", "::1", true),
            ("::ffff:10.0.0.0/104", "10.1.1.1", true),
            ("::ffff:10.0.0.1", "10.0.0.1", true),
            ("fe80::/10", "fe80::1", true),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(
                of(network).contains(address),
                contains,
                "{network} {address}"
            );
        }
    }

    #[test]
    fn texts_that_may_mean_two_things_do_not_parse() {
        for text in [
            "",
            "nowhere",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/-1",
            "10.0.0.0/8/8",
            "10.0.0.0/256",
            "10.0.0.0/8 ",
            "010.0.0.0/8",
            "10.1/16",
            "[::1]",
            "fe80::1%eth0",
            "10.0.0.1:80",
        ] {
            let error = Networks::of([text]).unwrap_err();
            assert!(
                matches!(error, NetworkError::Grammar { .. }),
                "{text}: {error}"
            );
        }
        for (text, longest) in [("10.0.0.0/33", 32), ("::/129", 128)] {
            let network = text.to_owned();
            let error = NetworkError::Prefix { network, longest };
            assert_eq!(Networks::of([text]), Err(error));
        }
        for (text, written) in [
            (
                "10.0.0.1/8",
                "write `10.0.0.0/8` for the network, or `10.0.0.1`",
            ),
            ("2001:db8::1/32", "write `2001:db8::/32` for the network"),
            ("0.0.0.1/0", "write `0.0.0.0/0`"),
        ] {
            let error = Networks::of([text]).unwrap_err().to_string();
            assert!(error.contains(written), "{error}");
        }
    }

    #[test]
    fn a_list_may_have_unix_sockets() {
        let all: Networks = "10.0.0.0/8,unix: ::1/128".parse().unwrap();
        assert_eq!(
            all,
            of("10.0.0.0/8").and(Networks::unix()).and(of("::1/128"))
        );
        assert_eq!(all.to_string().parse(), Ok(all.clone()));
        assert!(all.contains_peer(None) && all.contains_peer(Some([10, 0, 0, 1].into())));
        assert!(!of("10.0.0.0/8").contains_peer(None));
        assert!(!Networks::unix().contains_peer(Some([127, 0, 0, 1].into())));
        assert_eq!("".parse(), Ok(Networks::default()));
        assert!("10.0.0.0/8;::1".parse::<Networks>().is_err());
    }
}
