//! The PROXY protocol, versions 1 and 2: a header before the first byte of a connection, in which a
//! proxy below HTTP states the address of its client.
//!
//! The specification is `doc/proxy-protocol.txt` of HAProxy. "§" is a section of it.
//!
//! 1. A header is required from the peers that the server lists, and never read from others (§2).
//! 2. No byte behind the header is read, so that TLS or HTTP starts right behind it. The length of
//!    version 2 is declared. Version 1 ends with CRLF, before which at least two bytes are missing
//!    whenever the last byte is not CR.
//! 3. Both have a bound: 107 bytes (§2.1), and [`LONGEST_V2`] bytes behind the fixed part (§2.2).
//! 4. `LOCAL`, `UNKNOWN`, `UNSPEC` and Unix addresses leave the connection its own address.

mod v1;
mod v2;

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use super::config::LONGEST;
use super::connection::ConnectionInfo;
use super::state::ServerState;
use crate::message::{Scheme, printable};
use crate::session::RefusalKind;

/// The start of a header of version 2 (§2.2). Its length is less than that of any of version 1.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

/// The start of a header of version 1 (§2.1).
const WORD: &[u8] = b"PROXY ";

/// The most bytes of addresses and TLVs in version 2. Those of known proxies have less than 1 KiB.
const LONGEST_V2: u16 = 4096;

/// The facts that a header states.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct ProxyHeader {
    /// The client, or `None` if the connection is its own.
    client: Option<SocketAddr>,
    /// The scheme, if the header has a TLV about TLS.
    scheme: Option<Scheme>,
}

/// The reason a header is refused.
#[derive(Debug, thiserror::Error)]
enum ProxyHeaderError {
    #[error("it ended or failed before the header was complete")]
    Lost(#[from] io::Error),
    #[error("it started with something else")]
    Missing,
    #[error("its header of version 1 is not valid (§2.1)")]
    V1,
    #[error("its header has a version other than 2, or an unknown command (§2.2)")]
    VersionOrCommand,
    #[error("its header has the family and transport 0x{0:02x}, which is not supported (§2.2)")]
    Family(u8),
    #[error("its header is shorter than its addresses (§2.2)")]
    Short,
    #[error("its header has {0} bytes of addresses and TLVs, over the limit of {LONGEST_V2}")]
    Long(u16),
    #[error("its header has a TLV that is not valid (§2.2)")]
    Tlv,
    #[error("the checksum of its header is wrong (§2.2.3)")]
    Checksum,
}

/// Returns `true` if `bytes` start with a header, which only a listed peer may send, and not with a
/// request.
pub(super) fn is_header(bytes: &[u8]) -> bool {
    let word = bytes.strip_prefix(WORD);
    word.is_some_and(|rest| rest.starts_with(b"TCP") || rest.starts_with(b"UNKNOWN"))
        || bytes.starts_with(SIGNATURE)
}

/// Reads the header of a listed peer, and sets the client and the scheme that it states.
///
/// Returns `false` if the connection must be closed, which is logged.
pub(super) async fn read_header<S>(
    stream: &mut S,
    info: &mut ConnectionInfo,
    server: &ServerState,
) -> bool
where
    S: AsyncRead + Unpin,
{
    let limit = server.config.head_timeout.min(LONGEST);
    let reason = match timeout(limit, read(stream)).await {
        Ok(Ok(header)) => {
            info.peer = header.client.or(info.peer);
            info.scheme = header.scheme;
            return true;
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("the header took longer than {limit:?}"),
    };
    let peer = info.peer.map_or_else(
        || "a peer without an address".to_owned(),
        |peer| peer.ip().to_string(),
    );
    let refused = format!(
        "a connection from {peer} was closed: {}; a header of the PROXY protocol is required from \
         this peer by `ServerConfig::proxy_protocol`",
        printable(reason)
    );
    server.refusals.warn(RefusalKind::ProxyProtocol, refused);
    false
}

/// Reads a header of either version, and no byte more.
async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Result<ProxyHeader, ProxyHeaderError> {
    let mut start = [0; SIGNATURE.len()];
    // As many bytes as tell a header from the shortest request.
    stream.read_exact(&mut start[..WORD.len()]).await?;
    if !start.starts_with(WORD) && !SIGNATURE.starts_with(&start[..WORD.len()]) {
        return Err(ProxyHeaderError::Missing);
    }
    stream.read_exact(&mut start[WORD.len()..]).await?;
    if start == *SIGNATURE {
        v2::read(stream).await
    } else if start.starts_with(WORD) {
        v1::read(&start, stream).await
    } else {
        Err(ProxyHeaderError::Missing)
    }
}
