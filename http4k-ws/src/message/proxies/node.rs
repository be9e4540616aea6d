//! The address of a client, as a proxy writes it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Parses an address of `X-Forwarded-For` or of a field of its own, with or without a port.
///
/// An address of IPv6 may be bare, or in brackets. Names such as `unknown` are not addresses.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let bare = text.parse().ok();
    bare.or_else(|| node(text))
        .map(|address| address.to_canonical())
}

/// Parses a node of `Forwarded`: an address of IPv4, or one of IPv6 in brackets, with or without a
/// port (RFC 7239 §6). `unknown` and obfuscated names are not addresses.
pub(super) fn node(text: &str) -> Option<IpAddr> {
    let (address, port) = match text.strip_prefix('[') {
        Some(inner) => {
            let (address, port) = inner.split_once(']')?;
            (address.parse::<Ipv6Addr>().ok()?.into(), port)
        }
        None => {
            let (address, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (address.parse::<Ipv4Addr>().ok()?.into(), port)
        }
    };
    let port_is_valid = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    port_is_valid.then_some(IpAddr::to_canonical(&address))
}

/// Returns `true` for one to five digits, or an obfuscated port (RFC 7239 §6).
fn is_port(text: &str) -> bool {
    let is_obfuscated = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    match text.strip_prefix('_') {
        Some(name) => !name.is_empty() && name.bytes().all(is_obfuscated),
        None => (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_dropped_and_names_are_not_addresses() {
        for (text, expected) in [
            ("192.0.2.7", Some("192.0.2.7")),
            ("192.0.2.7:80", Some("192.0.2.7")),
            ("192.0.2.7:_a.b-c", Some("192.0.2.7")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:4711", Some("2001:db8::1")),
            ("[::ffff:192.0.2.7]:1", Some("192.0.2.7")),
            ("192.0.2.7:", None),
            ("192.0.2.7:123456", None),
            ("192.0.2.7:80a", None),
            ("192.0.2.7:_", None),
            ("192.0.2.07", None),
            ("[2001:db8::1", None),
            ("[2001:db8::1]80", None),
            ("[2001:db8::1]x", None),
            ("[192.0.2.7]", None),
            ("unknown", None),
            ("_hidden", None),
            ("unix:", None),
            ("localhost", None),
            ("", None),
            (" 192.0.2.7", None),
        ] {
            let expected = expected.map(|text| text.parse().unwrap());
            assert_eq!(node(text), expected, "{text}");
            assert_eq!(address(text), expected, "{text}");
        }
        assert_eq!(node("2001:db8::1"), None);
        let bare = "2001:db8::1".parse().unwrap();
        assert_eq!(address("2001:db8::1"), Some(bare));
        let mapped = [192, 0, 2, 7].into();
        assert_eq!(address("::ffff:192.0.2.7"), Some(mapped));
    }
}
