//! Hosts in the form that browsers send.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::host_port::HostPort;

/// Returns `host` as a browser sends it: in lower case, and an IPv6 address compressed.
///
/// Returns `None` for a text that no browser sends: one with an empty label, a percent sign or a
/// `*`, and an IPv4 address in another form than four numbers, such as `127.1`.
pub(super) fn web_host(host: &str) -> Option<String> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{address}]"));
    }
    let is_bare = HostPort::parse(host).is_some_and(|whole| whole.host == host);
    if !is_bare || host.contains(['%', '*']) {
        return None;
    }
    let labels = host.strip_suffix('.').unwrap_or(host);
    if labels.split('.').any(str::is_empty) {
        return None;
    }
    // A browser reads a host that ends with a number as an IPv4 address, and normalizes it.
    if ends_in_a_number(labels) && labels.parse::<Ipv4Addr>().is_err() {
        return None;
    }
    Some(host.to_ascii_lowercase())
}

/// Returns `true` for a last label of digits, also hexadecimal ones behind `0x`.
fn ends_in_a_number(labels: &str) -> bool {
    let last = labels.rsplit('.').next().unwrap_or(labels);
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    match hex {
        Some(digits) => digits.bytes().all(|digit| digit.is_ascii_hexdigit()),
        None => last.bytes().all(|digit| digit.is_ascii_digit()),
    }
}

/// Returns `true` if `host` is a subdomain of `domain`, at any depth.
pub(super) fn is_below(host: &str, domain: &str) -> bool {
    let labels = host.strip_suffix(domain);
    labels.is_some_and(|labels| labels.len() > 1 && labels.ends_with('.'))
}

/// Returns the domain of a pattern `*.domain`; `None` if it has no pattern.
pub(super) fn below(host: &str) -> Option<&str> {
    host.strip_prefix("*.")
}

/// Returns the domain of `*.domain`, if it can have subdomains: an IP address cannot.
pub(super) fn parent_domain(domain: &str) -> Option<String> {
    let domain = web_host(domain)?;
    let is_address = domain.starts_with('[') || ends_in_a_number(&domain);
    (!is_address).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_normalized_as_browsers_do() {
        for (host, normal) in [
            ("Example.COM", Some("example.com")),
            ("example.com.", Some("example.com.")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("[0:0:0:0:0:0:0:1]", Some("[::1]")),
            ("under_score", Some("under_score")),
            ("1.example", Some("1.example")),
            ("127.1", None),
            ("0x7f.0.0.1", None),
            ("1.0x7f", None),
            ("2130706433", None),
            ("127.0.0.01", None),
            ("127.0.0.1.5", None),
            ("a..b", None),
            (".a", None),
            ("", None),
            ("a%2Fb", None),
            ("*.example.com", None),
            ("a:80", None),
            ("[::1", None),
        ] {
            assert_eq!(web_host(host).as_deref(), normal, "{host}");
        }
    }

    #[test]
    fn subdomains_have_a_label_more() {
        for (host, below) in [
            ("a.example.com", true),
            ("a.b.example.com", true),
            ("example.com", false),
            ("evilexample.com", false),
            (".example.com", false),
            ("example.com.evil.org", false),
        ] {
            assert_eq!(is_below(host, "example.com"), below, "{host}");
        }
    }
}
