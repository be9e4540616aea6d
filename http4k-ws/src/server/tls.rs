//! The TLS handshake, before anything of HTTP.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::StatusCode;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;

use super::io::end;
use crate::tls::{Acceptor, Either, ServerStream};
use crate::wire::ByteStream;

/// A connection over the stream `S`, encrypted or not.
pub(super) type Connection<S> = Either<S, Box<ServerStream<Begun<S>>>>;

/// Every TLS connection begins with a record of this type (RFC 8446 §5.1).
const HANDSHAKE: u8 = 0x16;

/// Shakes hands within `limit`; none where that fails, after which the connection is closed.
pub(super) async fn shake_hands<S: ByteStream>(
    stream: S,
    tls: &Acceptor,
    limit: Duration,
) -> Option<Connection<S>> {
    match timeout(limit, begin(stream, tls)).await {
        Ok(Ok(encrypted)) => Some(Either::Encrypted(Box::new(encrypted))),
        Ok(Err(Failure { reason, rest })) => {
            log::debug!("a connection shook no hands: {reason}");
            // So that the peer hears why.
            if let Some(stream) = rest {
                let _ = end(stream).await;
            }
            None
        }
        Err(_) => {
            log::debug!("a connection shook no hands within {limit:?}");
            None
        }
    }
}

struct Failure<S> {
    reason: io::Error,
    /// The connection, where it still stands.
    rest: Option<Begun<S>>,
}

async fn begin<S: ByteStream>(
    mut stream: S,
    tls: &Acceptor,
) -> Result<ServerStream<Begun<S>>, Failure<S>> {
    let first = match stream.read_u8().await {
        Ok(first) => first,
        Err(reason) => return Err(Failure { reason, rest: None }),
    };
    let mut begun = Begun {
        first: Some(first),
        stream,
    };
    // Methods of HTTP are capital letters.
    if first.is_ascii_uppercase() {
        let reason = io::Error::other("it speaks HTTP without TLS");
        let told = begun.write_all(&no_tls()).await;
        return Err(Failure {
            reason,
            rest: told.is_ok().then_some(begun),
        });
    }
    if first != HANDSHAKE {
        let reason = io::Error::other("it speaks no TLS");
        return Err(Failure { reason, rest: None });
    }
    let shaken = tls.accept(begun).await;
    shaken.map_err(|(reason, stream)| Failure {
        reason,
        rest: Some(stream),
    })
}

/// 400, for one who did not know that this is a port for TLS.
fn no_tls() -> Vec<u8> {
    let line = "this port speaks HTTP over TLS only: ask with https:// or wss://\n";
    let status = StatusCode::BAD_REQUEST;
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{line}",
        line.len()
    )
    .into_bytes()
}

/// A stream whose first byte was looked at.
#[derive(Debug)]
pub(super) struct Begun<S> {
    first: Option<u8>,
    stream: S,
}

impl<S: AsyncRead + Unpin> AsyncRead for Begun<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() > 0 {
            if let Some(first) = self.first.take() {
                buffer.put_slice(&[first]);
                return Poll::Ready(Ok(()));
            }
        }
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Begun<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
