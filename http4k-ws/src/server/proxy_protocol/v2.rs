//! Version 2 of the PROXY protocol, which is binary (§2.2).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncReadExt};

use super::{LONGEST_V2, ProxyHeader, ProxyHeaderError, SIGNATURE};
use crate::message::Scheme;

/// The bytes behind the signature: version and command, family and transport, and the length.
type Fixed = [u8; 4];

const LOCAL: u8 = 0x20;
const PROXY: u8 = 0x21;

const UNSPEC: u8 = 0x00;
const TCP4: u8 = 0x11;
const TCP6: u8 = 0x21;
const UNIX_STREAM: u8 = 0x31;

/// The types of TLVs that are read (§2.2.1, §2.2.3, §2.2.7).
const CRC32C: u8 = 0x03;
const SSL: u8 = 0x20;

/// The bit of [`SSL`] for a client that connected over TLS.
const CLIENT_SSL: u8 = 0x01;

/// Reads a header behind its signature.
pub(super) async fn read<S: AsyncRead + Unpin>(
    stream: &mut S,
) -> Result<ProxyHeader, ProxyHeaderError> {
    let mut fixed: Fixed = [0; 4];
    stream.read_exact(&mut fixed).await?;
    let length = u16::from_be_bytes([fixed[2], fixed[3]]);
    if length > LONGEST_V2 {
        return Err(ProxyHeaderError::Long(length));
    }
    let mut rest = vec![0; length.into()];
    stream.read_exact(&mut rest).await?;
    parse(fixed, &mut rest)
}

fn parse(fixed: Fixed, rest: &mut [u8]) -> Result<ProxyHeader, ProxyHeaderError> {
    match (fixed[0], fixed[1]) {
        // A health check of the proxy itself. All that follows is ignored.
        (LOCAL, _) => return Ok(ProxyHeader::default()),
        (PROXY, UNSPEC) => return Ok(ProxyHeader::default()),
        (PROXY, _) => {}
        _ => return Err(ProxyHeaderError::VersionOrCommand),
    }
    let (client, addresses) = match fixed[1] {
        TCP4 => {
            let [address, port] = [array::<4>(rest, 0)?, array(rest, 8)?];
            let address = Ipv4Addr::from(address);
            (Some(SocketAddr::new(address.into(), port_of(port))), 12)
        }
        TCP6 => {
            let address: [u8; 16] = array(rest, 0)?;
            let port: [u8; 4] = array(rest, 32)?;
            let address = Ipv6Addr::from(address);
            (Some(SocketAddr::new(address.into(), port_of(port))), 36)
        }
        UNIX_STREAM => (None, 216),
        other => return Err(ProxyHeaderError::Family(other)),
    };
    let scheme = check_tlvs(fixed, rest, addresses)?;
    Ok(ProxyHeader { client, scheme })
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], ProxyHeaderError> {
    let bytes = bytes
        .get(at..at + N)
        .and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or(ProxyHeaderError::Short)
}

/// Returns the first of two ports.
fn port_of(ports: [u8; 4]) -> u16 {
    u16::from_be_bytes([ports[0], ports[1]])
}

/// Checks the TLVs behind the addresses, and the checksum if there is one. Returns the scheme if
/// one of them states it. Other types are skipped.
fn check_tlvs(
    fixed: Fixed,
    rest: &mut [u8],
    addresses: usize,
) -> Result<Option<Scheme>, ProxyHeaderError> {
    if rest.len() < addresses {
        return Err(ProxyHeaderError::Short);
    }
    let (mut at, mut scheme, mut checksum) = (addresses, None, None);
    while at < rest.len() {
        let [kind, high, low] = array(rest, at).map_err(|_| ProxyHeaderError::Tlv)?;
        let start = at + 3;
        at = start + usize::from(u16::from_be_bytes([high, low]));
        let value = rest.get(start..at).ok_or(ProxyHeaderError::Tlv)?;
        match kind {
            SSL => {
                let client = value.first().ok_or(ProxyHeaderError::Tlv)?;
                scheme = Some(match client & CLIENT_SSL {
                    0 => Scheme::Http,
                    _ => Scheme::Https,
                });
            }
            CRC32C => {
                let value = value.try_into().map_err(|_| ProxyHeaderError::Tlv)?;
                checksum = Some((start, u32::from_be_bytes(value)));
            }
            _ => {}
        }
    }
    if let Some((start, stated)) = checksum {
        // It is computed with its own bytes as zero.
        rest[start..start + 4].fill(0);
        if crc32c([SIGNATURE, &fixed[..], rest]) != stated {
            return Err(ProxyHeaderError::Checksum);
        }
    }
    Ok(scheme)
}

/// Returns the CRC-32C of the parts, one after the other (RFC 9260, appendix A).
fn crc32c(parts: [&[u8]; 3]) -> u32 {
    let bytes = parts.into_iter().flatten();
    let crc = bytes.fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0x82F6_3B78 * (crc & 1))
        })
    });
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    const V4: [u8; 12] = [192, 0, 2, 7, 10, 0, 0, 1, 0xDC, 0x04, 0x01, 0xBB];

    fn parsed(
        command: u8,
        family: u8,
        rest: &[u8],
    ) -> Result<(Option<String>, Option<Scheme>), String> {
        let length = u16::try_from(rest.len())
            .expect("a short header")
            .to_be_bytes();
        let header = parse([command, family, length[0], length[1]], &mut rest.to_vec());
        let header = header.map_err(|error| error.to_string())?;
        Ok((
            header.client.map(|client| client.to_string()),
            header.scheme,
        ))
    }

    fn client(text: &str) -> Result<(Option<String>, Option<Scheme>), String> {
        Ok((Some(text.to_owned()), None))
    }

    #[test]
    fn addresses_of_tcp_are_read_and_others_are_not_stated() {
        assert_eq!(parsed(PROXY, TCP4, &V4), client("192.0.2.7:56324"));
        let mut v6 = [0; 36];
        v6[..4].copy_from_slice(&[0x20, 0x01, 0x0D, 0xB8]);
        v6[15] = 7;
        v6[33] = 80;
        assert_eq!(parsed(PROXY, TCP6, &v6), client("[2001:db8::7]:80"));
        for (command, family, rest) in [
            (LOCAL, TCP4, &V4[..]),
            (LOCAL, 0xFF, b"anything"),
            (PROXY, UNSPEC, b""),
            (PROXY, UNSPEC, b"anything"),
            (PROXY, UNIX_STREAM, &[b'/'; 216]),
        ] {
            assert_eq!(parsed(command, family, rest), Ok((None, None)));
        }
    }

    #[test]
    fn what_the_specification_forbids_is_refused() {
        for (command, family, rest, reason) in [
            (0x11, TCP4, &V4[..], "version other than 2"),
            (0x22, TCP4, &V4[..], "version other than 2"),
            (PROXY, 0x12, &V4[..], "0x12"),
            (PROXY, 0x41, &V4[..], "0x41"),
            (PROXY, TCP4, &V4[..11], "shorter"),
            (PROXY, TCP6, &V4[..], "shorter"),
            (PROXY, UNIX_STREAM, &V4[..], "shorter"),
        ] {
            let refused = parsed(command, family, rest).unwrap_err();
            assert!(refused.contains(reason), "{refused}");
        }
        for tlv in [
            &[4][..],
            &[4, 0],
            &[4, 0, 1],
            &[SSL, 0, 0],
            &[CRC32C, 0, 3, 0, 0, 0],
        ] {
            let refused = parsed(PROXY, TCP4, &[&V4[..], tlv].concat()).unwrap_err();
            assert!(refused.contains("TLV"), "{tlv:?}: {refused}");
        }
    }

    #[test]
    fn unknown_tlvs_are_skipped_and_one_states_the_scheme() {
        let unknown = [0xEA, 0, 3, 1, 2, 3];
        for (tlv, scheme) in [
            (&unknown[..], None),
            (&[4, 0, 0], None),
            (&[SSL, 0, 5, 1, 0, 0, 0, 0], Some(Scheme::Https)),
            (&[SSL, 0, 5, 6, 0, 0, 0, 0], Some(Scheme::Http)),
        ] {
            let rest = [&V4[..], &unknown, tlv].concat();
            let expected = Ok((Some("192.0.2.7:56324".to_owned()), scheme));
            assert_eq!(parsed(PROXY, TCP4, &rest), expected, "{tlv:?}");
        }
    }

    #[test]
    fn a_checksum_is_checked() {
        // RFC 3720 §B.4.
        assert_eq!(crc32c([&[0; 32], &[], &[]]), 0x8A91_36AA);
        let mut rest = [&V4[..], &[CRC32C, 0, 4, 0, 0, 0, 0]].concat();
        let length = u8::try_from(rest.len()).expect("a short header");
        let right = crc32c([SIGNATURE, &[PROXY, TCP4, 0, length], &rest]);
        rest[15..].copy_from_slice(&right.to_be_bytes());
        assert_eq!(parsed(PROXY, TCP4, &rest), client("192.0.2.7:56324"));
        rest[0] ^= 1;
        let refused = parsed(PROXY, TCP4, &rest).unwrap_err();
        assert!(refused.contains("checksum"), "{refused}");
    }
}
