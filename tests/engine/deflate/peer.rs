//! A client that sends and reads bytes of its own making.

use std::future::Future;
use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;

pub(super) const CONTINUATION: u8 = 0;
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;

pub(super) const FIN: u8 = 0x80;
/// RSV1, which marks a compressed message.
pub(super) const COMPRESSED: u8 = 0x40;

/// Awaits `work`, which must not take longer than a slow machine needs.
pub(super) async fn within<T>(work: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(20);
    timeout(limit, work).await.expect("the work ends in time")
}

/// A client's end of a connection.
pub(super) struct Peer<S = DuplexStream> {
    stream: S,
    /// The head of the response to its handshake.
    pub(super) head: String,
}

impl Peer {
    /// Does an opening handshake with these values of `Sec-WebSocket-Extensions`.
    pub(super) async fn open<Kind>(
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
        while !peer.head.ends_with("\r\n\r\n") {
            let byte = within(peer.stream.read_u8()).await.expect("a head");
            peer.head.push(byte.into());
        }
        peer
    }

    pub(super) fn status(&self) -> u16 {
        self.head[9..12].parse().expect("a status")
    }

    /// Returns the value of `Sec-WebSocket-Extensions` in the response.
    pub(super) fn extension(&self) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = fields.find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-extensions"));
        found.map(|(_, value)| value)
    }

    /// Reads the body of a refusal, which has a length.
    pub(super) async fn body(mut self) -> String {
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
    pub(super) fn over(stream: S) -> Self {
        Self {
            stream,
            head: String::new(),
        }
    }

    /// Sends a masked frame, whose first byte is given. The server may have closed already.
    pub(super) async fn send(&mut self, first: u8, payload: impl AsRef<[u8]>) {
        let payload = payload.as_ref();
        let mut frame = vec![first];
        match payload.len() {
            short @ 0..=125 => frame.push(0x80 | short as u8),
            medium @ 126..=0xFFFF => {
                frame.push(0x80 | 126);
                frame.extend((medium as u16).to_be_bytes());
            }
            long => {
                frame.push(0x80 | 127);
                frame.extend((long as u64).to_be_bytes());
            }
        }
        let key = [7, 99, 3, 201];
        frame.extend(key);
        frame.extend(
            payload
                .iter()
                .zip(key.iter().cycle())
                .map(|(byte, key)| byte ^ key),
        );
        let _ = within(self.stream.write_all(&frame)).await;
    }

    /// Reads a frame, and returns its first byte and its payload.
    pub(super) async fn next(&mut self) -> (u8, Vec<u8>) {
        within(async {
            let first = self.stream.read_u8().await.expect("a frame");
            let length = match self.stream.read_u8().await.expect("a length") {
                126 => self.stream.read_u16().await.expect("a length").into(),
                127 => self.stream.read_u64().await.expect("a length"),
                short => short.into(),
            };
            let mut payload = vec![0; usize::try_from(length).expect("a length")];
            self.stream
                .read_exact(&mut payload)
                .await
                .expect("a payload");
            (first, payload)
        })
        .await
    }

    /// Reads a close frame, and returns its code and reason.
    pub(super) async fn closed(&mut self) -> (u16, String) {
        let (first, payload) = self.next().await;
        assert_eq!(first, FIN | CLOSE, "{payload:?}");
        let code = u16::from_be_bytes([payload[0], payload[1]]);
        (
            code,
            String::from_utf8(payload[2..].to_vec()).expect("a reason"),
        )
    }
}
