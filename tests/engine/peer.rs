//! A client that sends and reads bytes of its own making.

use std::future::Future;
use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;

use crate::masked::masked_with;

pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;

pub(crate) const FIN: u8 = 0x80;
/// RSV1, which marks a compressed message.
pub(crate) const COMPRESSED: u8 = 0x40;

/// Awaits `work`, which must not take longer than a slow machine needs.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(20);
    timeout(limit, work).await.expect("the work ends in time")
}

/// Reads the head of a request or a response.
pub(crate) async fn head_of(stream: &mut DuplexStream) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let byte = within(stream.read_u8()).await.expect("a head");
        head.push(byte.into());
    }
    head
}

/// A client's end of a connection.
pub(crate) struct Peer<S = DuplexStream> {
    stream: S,
    /// The head of the response to its handshake.
    pub(crate) head: String,
}

impl Peer {
    /// Does an opening handshake with these values of `Sec-WebSocket-Extensions`.
    pub(crate) async fn open<Kind>(
        app: impl Serve<Kind>,
        config: ServerConfig,
        path: &str,
        extensions: &[&str],
    ) -> Self {
        let (ours, theirs) = duplex(256 * 1024);
        tokio::spawn(app.serve_connection(theirs, config));
        let extensions = extensions
            .iter()
            .map(|value| format!("Sec-WebSocket-Extensions: {value}\r\n"));
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
            extensions.collect::<String>()
        );
        let mut peer = Self {
            stream: ours,
            head: String::new(),
        };
        within(peer.stream.write_all(request.as_bytes()))
            .await
            .expect("room");
        peer.head = head_of(&mut peer.stream).await;
        peer
    }

    /// Accepts the opening handshake of a client at the other end of `stream`, as our own server
    /// does. Returns the stream of frames, as the server.
    pub(crate) async fn accept(mut stream: DuplexStream) -> DuplexStream {
        let request = head_of(&mut stream).await;
        let app = |_ws: WebSocket| std::future::pending::<()>();
        let (mut ours, theirs) = duplex(64 * 1024);
        tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
        ours.write_all(request.as_bytes()).await.expect("room");
        let response = head_of(&mut ours).await;
        stream.write_all(response.as_bytes()).await.expect("room");
        stream
    }

    pub(crate) fn status(&self) -> u16 {
        self.head[9..12].parse().expect("a status")
    }

    /// Returns the value of `Sec-WebSocket-Extensions` in the response.
    pub(crate) fn extension(&self) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = fields.find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-extensions"));
        found.map(|(_, value)| value)
    }

    /// Reads the body of a refusal, which has a length.
    pub(crate) async fn body(mut self) -> String {
        let mut body = String::new();
        let mut length = self.head.lines().filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then_some(value)
        });
        let length: u64 = length.next().expect("a length").parse().expect("a number");
        let mut stream = (&mut self.stream).take(length);
        within(stream.read_to_string(&mut body))
            .await
            .expect("text");
        body
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// Returns a peer whose handshake is done.
    pub(crate) fn over(stream: S) -> Self {
        Self {
            stream,
            head: String::new(),
        }
    }

    /// Sends a masked frame, whose first byte is given. The server may have closed already.
    pub(crate) async fn send(&mut self, first: u8, payload: impl AsRef<[u8]>) {
        let frame = masked_with([7, 99, 3, 201], first, payload.as_ref());
        let _ = within(self.stream.write_all(&frame)).await;
    }

    /// Reads a frame, and returns its first byte and its payload, unmasked if it is masked.
    pub(crate) async fn next(&mut self) -> (u8, Vec<u8>) {
        within(async {
            let first = self.stream.read_u8().await.expect("a frame");
            let length = self.stream.read_u8().await.expect("a length");
            let is_masked = length & 0x80 != 0;
            let length = match length & 0x7F {
                126 => self.stream.read_u16().await.expect("a length").into(),
                127 => self.stream.read_u64().await.expect("a length"),
                short => short.into(),
            };
            let mut key = [0; 4];
            if is_masked {
                self.stream.read_exact(&mut key).await.expect("a key");
            }
            let mut payload = vec![0; usize::try_from(length).expect("a length")];
            self.stream
                .read_exact(&mut payload)
                .await
                .expect("a payload");
            for (byte, key) in payload.iter_mut().zip(key.iter().cycle()) {
                *byte ^= key;
            }
            (first, payload)
        })
        .await
    }

    /// Reads a close frame, and returns its code and reason.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        let (first, payload) = self.next().await;
        assert_eq!(first, FIN | CLOSE, "{payload:?}");
        let code = u16::from_be_bytes([payload[0], payload[1]]);
        (
            code,
            String::from_utf8(payload[2..].to_vec()).expect("a reason"),
        )
    }
}
