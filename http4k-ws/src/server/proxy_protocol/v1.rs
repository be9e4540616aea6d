//! Version 1 of the PROXY protocol, a line of text (§2.1).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncReadExt};

use super::{ProxyHeader, ProxyHeaderError, SIGNATURE};

/// The most bytes of a line, with its CRLF (§2.1).
const LONGEST: usize = 107;

/// Reads the rest of a line that begins with `start`.
pub(super) async fn read<S: AsyncRead + Unpin>(
    start: &[u8; SIGNATURE.len()],
    stream: &mut S,
) -> Result<ProxyHeader, ProxyHeaderError> {
    let mut line = [0; LONGEST];
    let mut length = start.len();
    line[..length].copy_from_slice(start);
    while !line[..length].ends_with(b"\r\n") {
        // CR and LF are missing, or only LF.
        let missing = if line[length - 1] == b'\r' { 1 } else { 2 };
        let rest = line.get_mut(length..length + missing);
        stream.read_exact(rest.ok_or(ProxyHeaderError::V1)?).await?;
        length += missing;
    }
    let client = parse(&line[..length - 2]).ok_or(ProxyHeaderError::V1)?;
    Ok(ProxyHeader {
        client,
        scheme: None,
    })
}

/// Parses a line without its CRLF. Returns `None` if it violates the grammar, and a client of
/// `None` for `UNKNOWN`, behind which everything is ignored.
fn parse(line: &[u8]) -> Option<Option<SocketAddr>> {
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.strip_prefix("PROXY ")?.split(' ');
    let parse: fn(&str) -> Option<IpAddr> = match words.next()? {
        "UNKNOWN" => return Some(None),
        "TCP4" => |text| text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        "TCP6" => |text| text.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        _ => return None,
    };
    let mut address = || words.next().and_then(parse);
    let (source, _destination) = (address()?, address()?);
    let mut port = || words.next().and_then(port);
    let (source_port, _destination_port) = (port()?, port()?);
    words
        .next()
        .is_none()
        .then_some(Some(SocketAddr::new(source, source_port)))
}

/// Parses a port: digits without a leading zero.
fn port(text: &str) -> Option<u16> {
    let is_canonical = text == "0" || !text.starts_with('0');
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (is_canonical && digits).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_form() {
        for (line, client) in [
            (
                "PROXY TCP4 192.0.2.7 10.0.0.1 56324 443",
                Some(Some("192.0.2.7:56324")),
            ),
            (
                "PROXY TCP4 192.0.2.7 10.0.0.1 0 65535",
                Some(Some("192.0.2.7:0")),
            ),
            (
                "PROXY TCP6 2001:db8::7 ::1 1 2",
                Some(Some("[2001:db8::7]:1")),
            ),
            (
                "PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2",
                Some(Some("[::ffff:192.0.2.7]:1")),
            ),
            ("PROXY UNKNOWN", Some(None)),
            (
                "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535",
                Some(None),
            ),
            ("PROXY", None),
            ("PROXY ", None),
            ("PROXY TCP4", None),
            ("PROXY tcp4 192.0.2.7 10.0.0.1 1 2", None),
            ("PROXY TCP5 192.0.2.7 10.0.0.1 1 2", None),
            ("PROXY TCP4 192.0.2.7 10.0.0.1 1", None),
            ("PROXY TCP4 192.0.2.7 10.0.0.1 1 2 3", None),
            ("PROXY TCP4 192.0.2.7 10.0.0.1 1 2 ", None),
            ("PROXY TCP4  192.0.2.7 10.0.0.1 1 2", None),
            ("PROXY TCP4 192.0.2.07 10.0.0.1 1 2", None),
            ("PROXY TCP4 2001:db8::7 ::1 1 2", None),
            ("PROXY TCP6 192.0.2.7 10.0.0.1 1 2", None),
            ("PROXY TCP4 192.0.2.7 10.0.0.1 01 2", None),
            ("PROXY TCP4 192.0.2.7 10.0.0.1 +1 2", None),
            ("PROXY TCP4 192.0.2.7 10.0.0.1 65536 2", None),
            ("PROXY TCP4 192.0.2.7 10.0.0.1 1 -2", None),
            ("PROXY TCP4 192.0.2.7\r10.0.0.1 1 2", None),
            ("PROXY TCP4 \u{e4} 10.0.0.1 1 2", None),
        ] {
            let client = client.map(|client| client.map(|text| text.parse().expect("an address")));
            assert_eq!(parse(line.as_bytes()), client, "{line}");
        }
    }
}
