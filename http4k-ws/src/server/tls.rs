//! The TLS handshake, before anything of HTTP.

use std::io;

use bytes::Bytes;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::io::end;
use super::known::{Known, Secured};
use super::rewound::Rewound;
use super::shared::Shared;
use super::{ServerConfig, written};
use crate::session::RefusalKind;
#[cfg(feature = "http2")]
use crate::tls::agreed;
use crate::tls::{Acceptor, Either, ServerStream, certificates};
use crate::wire::ByteStream;

#[cfg(feature = "http2")]
const HTTP2: &str = "h2";

/// What is spoken over TLS, best first (RFC 7301 §6, RFC 9113 §3.2).
pub(super) fn protocols(config: &ServerConfig) -> &'static [&'static str] {
    #[cfg(feature = "http2")]
    if config.http2.is_some() {
        return &[HTTP2, "http/1.1"];
    }
    let _ = config;
    &["http/1.1"]
}

/// A connection over the stream `S`, encrypted or not.
pub(super) type Connection<S> = Either<S, Box<ServerStream<Rewound<S>>>>;

/// Every TLS connection begins with a record of this type (RFC 8446 §5.1).
const HANDSHAKE: u8 = 0x16;

/// Shakes hands within [`ServerConfig::tls_handshake`]. Returns `None` if that fails; the connection is
/// closed then.
pub(super) async fn shake_hands<S: ByteStream>(
    stream: S,
    tls: &Acceptor,
    shared: &Shared,
) -> Option<Secured<Connection<S>>> {
    let limit = shared.config.tls_handshake;
    match timeout(limit, begin(stream, tls, &shared.config)).await {
        Ok(Ok(stream)) => Some(Secured {
            known: known(&stream),
            certificates: certificates(&stream),
            stream: Either::Encrypted(Box::new(stream)),
        }),
        Ok(Err(Failure { reason, rest, last })) => {
            shared.refusals.warn(
                RefusalKind::Tls,
                format_args!("TLS handshake failed: {reason}"),
            );
            // So that the peer hears why.
            if let Some(stream) = rest {
                let _ = end(stream, &last).await;
            }
            None
        }
        Err(_) => {
            let refused = format!(
                "TLS handshake timed out after {limit:?}, the limit of `ServerConfig::tls_handshake`"
            );
            shared.refusals.warn(RefusalKind::Tls, refused);
            None
        }
    }
}

struct Failure<S> {
    reason: io::Error,
    /// The connection, where it still stands.
    rest: Option<Rewound<S>>,
    /// What is still to be said.
    last: Vec<u8>,
}

async fn begin<S: ByteStream>(
    mut stream: S,
    tls: &Acceptor,
    config: &ServerConfig,
) -> Result<ServerStream<Rewound<S>>, Failure<S>> {
    let first = match stream.read_u8().await {
        Ok(first) => first,
        Err(reason) => {
            return Err(Failure {
                reason,
                rest: None,
                last: Vec::new(),
            });
        }
    };
    let begun = Rewound::new(Bytes::copy_from_slice(&[first]), stream);
    // Methods of HTTP are capital letters.
    if first.is_ascii_uppercase() {
        return Err(Failure {
            reason: io::Error::other("it speaks HTTP without TLS"),
            rest: Some(begun),
            last: written::no_tls(config),
        });
    }
    if first != HANDSHAKE {
        return Err(Failure {
            reason: io::Error::other("it speaks no TLS"),
            rest: None,
            last: Vec::new(),
        });
    }
    let shaken = tls.accept(begun).await;
    shaken.map_err(|(reason, stream)| Failure {
        reason,
        rest: Some(stream),
        last: Vec::new(),
    })
}

#[cfg(feature = "http2")]
fn known<S>(stream: &ServerStream<S>) -> Known {
    if agreed(stream) == Some(HTTP2.as_bytes()) {
        Known::Http2
    } else {
        Known::Http1
    }
}

#[cfg(not(feature = "http2"))]
fn known<S>(_stream: &ServerStream<S>) -> Known {
    Known::Http1
}
