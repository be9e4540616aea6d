//! A peer that reads and writes frames (RFC 9113 §4.1), malformed ones included.

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::within;

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

pub(crate) const PROTOCOL_ERROR: u32 = 1;
pub(crate) const REFUSED_STREAM: u32 = 7;
pub(crate) const CANCEL: u32 = 8;
pub(crate) const ENHANCE_YOUR_CALM: u32 = 11;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    pub(crate) fn new(kind: u8, flags: u8, stream: u32, payload: impl Into<Vec<u8>>) -> Self {
        Self {
            kind,
            flags,
            stream,
            payload: payload.into(),
        }
    }

    /// Returns the head of a request, which ends its stream, with uncompressed fields (RFC 7541
    /// §6.2.2).
    pub(crate) fn head(stream: u32, fields: &[(&str, &str)]) -> Self {
        let mut block = Vec::new();
        for (name, value) in fields {
            block.push(0);
            for text in [name, value] {
                assert!(text.len() < 127, "a short text");
                block.push(text.len() as u8);
                block.extend_from_slice(text.as_bytes());
            }
        }
        Self::new(HEADERS, END_HEADERS | END_STREAM, stream, block)
    }

    /// Returns a `GET` of a path at localhost.
    pub(crate) fn get(stream: u32, path: &str) -> Self {
        Self::head(
            stream,
            &[
                (":method", "GET"),
                (":scheme", "http"),
                (":authority", "localhost"),
                (":path", path),
            ],
        )
    }

    pub(crate) fn reset(stream: u32, code: u32) -> Self {
        Self::new(RST_STREAM, 0, stream, code.to_be_bytes())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = (self.payload.len() as u32).to_be_bytes()[1..].to_vec();
        bytes.extend([self.kind, self.flags]);
        bytes.extend(self.stream.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }

    /// Returns the error code of RST_STREAM or of GOAWAY.
    pub(crate) fn code(&self) -> u32 {
        let at = match self.kind {
            RST_STREAM => 0,
            GOAWAY => 4,
            other => panic!("a frame of type {other} does not carry an error code"),
        };
        let code = &self.payload[at..at + 4];
        u32::from_be_bytes(code.try_into().expect("four bytes"))
    }
}

pub(crate) struct Peer {
    pub(crate) stream: DuplexStream,
    /// A peer that acknowledges pings and settings.
    pub(crate) polite: bool,
}

impl Peer {
    /// Sends the preface and settings, each as an identifier and a value.
    pub(crate) async fn new(stream: DuplexStream, settings: &[(u16, u32)]) -> Self {
        let mut peer = Self {
            stream,
            polite: true,
        };
        peer.send_bytes(PREFACE).await;
        let mut payload = Vec::new();
        for (name, value) in settings {
            payload.extend(name.to_be_bytes());
            payload.extend(value.to_be_bytes());
        }
        peer.send(Frame::new(SETTINGS, 0, 0, payload)).await;
        peer
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        within(self.stream.write_all(bytes)).await.expect("room");
    }

    pub(crate) async fn send(&mut self, frame: Frame) {
        self.send_bytes(&frame.bytes()).await;
    }

    /// Reads the next frame. Returns `None` at the end of the connection.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        within(self.stream.read_exact(&mut head)).await.ok()?;
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        within(self.stream.read_exact(&mut payload)).await.ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let frame = Frame::new(head[3], head[4], stream, payload);
        if self.polite && [PING, SETTINGS].contains(&frame.kind) && frame.flags & ACK == 0 {
            let payload = if frame.kind == PING {
                frame.payload.clone()
            } else {
                Vec::new()
            };
            let answer = Frame::new(frame.kind, ACK, 0, payload).bytes();
            // The connection may have ended, with more bytes to read.
            let _ = within(self.stream.write_all(&answer)).await;
        }
        Some(frame)
    }

    /// Reads frames until one of the given types arrives.
    pub(crate) async fn next_of(&mut self, kinds: &[u8]) -> Option<Frame> {
        loop {
            let frame = self.next().await?;
            if kinds.contains(&frame.kind) {
                return Some(frame);
            }
        }
    }
}
