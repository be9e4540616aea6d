//! A host with an optional port, as in the fields `Host` and `Origin`.

use std::net::Ipv6Addr;

/// `uri-host [ ":" port ]` of a URI that has a host (RFC 9110 §4.2.1, §7.2; RFC 3986 §3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HostPort<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
}

impl<'a> HostPort<'a> {
    /// Parses `text`. Returns `None` if it violates the grammar, lacks a host, or has a port over
    /// 65,535.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(inner) => {
                let (address, port) = inner.split_once(']')?;
                address.parse::<Ipv6Addr>().ok()?;
                (&text[..address.len() + 2], port)
            }
            None => {
                let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
                is_name(name).then_some((name, port))?
            }
        };
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => None,
            // The digits may be missing (RFC 3986 §3.2.3).
            Some("") => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(digits.parse().ok()?)
            }
            _ => return None,
        };
        Some(Self { host, port })
    }
}

/// Returns `true` for a `reg-name` of at least one character, which includes IPv4 addresses.
fn is_name(text: &str) -> bool {
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let fits = match byte {
            b'%' => {
                let mut hex = || rest.next().is_some_and(|digit| digit.is_ascii_hexdigit());
                hex() && hex()
            }
            b'-' | b'.' | b'_' | b'~' => true,
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' => true,
            byte => byte.is_ascii_alphanumeric(),
        };
        if !fits {
            return false;
        }
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_may_have_a_port() {
        for (text, host, port) in [
            ("example.com", "example.com", None),
            ("example.com:", "example.com", None),
            ("example.com:80", "example.com", Some(80)),
            ("127.0.0.1:65535", "127.0.0.1", Some(65535)),
            ("[::1]", "[::1]", None),
            ("[2001:db8::7]:443", "[2001:db8::7]", Some(443)),
            ("a%2Fb", "a%2Fb", None),
            ("under_score~!$&'()*+,;=", "under_score~!$&'()*+,;=", None),
        ] {
            assert_eq!(
                HostPort::parse(text),
                Some(HostPort { host, port }),
                "{text}"
            );
        }
    }

    #[test]
    fn rejects_invalid_hosts() {
        for text in [
            "",
            ":80",
            "a b",
            "a:b",
            "a:80:80",
            "a:65536",
            "a:-1",
            "a:+1",
            "a/b",
            "user@a",
            "a?b",
            "a#b",
            "a%2",
            "a%zz",
            "ä.de",
            "::1",
            "[::1",
            "[::1]80",
            "[::g]",
            "[]",
            "[fe80::1%25eth0]",
            "[127.0.0.1]",
        ] {
            assert_eq!(HostPort::parse(text), None, "{text}");
        }
    }
}
