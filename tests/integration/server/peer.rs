//! A peer independent of the library, which sends and receives bytes with a deadline.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::masked::masked;

/// The time limit of a read.
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) const TEXT: u8 = 1;
pub(crate) const CLOSE: u8 = 8;

pub(crate) struct Peer {
    stream: TcpStream,
    unread: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The status line and the fields, as received.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Peer {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&address, DEADLINE).expect("a connection");
        stream
            .set_read_timeout(Some(DEADLINE))
            .expect("a read timeout");
        stream.set_nodelay(true).expect("no delay");
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    pub(crate) fn own_address(&self) -> SocketAddr {
        self.stream.local_addr().expect("an open connection")
    }

    /// Returns another handle to the connection, for another thread to write to.
    pub(crate) fn twin(&self) -> Self {
        Self {
            stream: self.stream.try_clone().expect("another handle"),
            unread: Vec::new(),
        }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream
            .write_all(bytes.as_ref())
            .expect("the peer takes it");
        self
    }

    pub(crate) fn ends_sending(&mut self) {
        let ended = self.stream.shutdown(Shutdown::Write);
        ended.expect("an open connection");
    }

    /// Reads more bytes. Returns `false` at the end of the stream.
    fn fill(&mut self) -> bool {
        let mut chunk = [0; 4096];
        let read = self.stream.read(&mut chunk).expect("bytes or the end");
        self.unread.extend_from_slice(&chunk[..read]);
        read > 0
    }

    /// Returns `true` if bytes arrive within `limit` or are buffered already.
    pub(crate) fn hears_within(&mut self, limit: Duration) -> bool {
        let set = |limit| {
            self.stream
                .set_read_timeout(Some(limit))
                .expect("a read timeout")
        };
        set(limit);
        let heard = !self.unread.is_empty() || self.stream.peek(&mut [0]).is_ok();
        set(DEADLINE);
        heard
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        while self.unread.len() < length {
            assert!(self.fill(), "ended after {:?}", self.unread);
        }
        self.unread.drain(..length).collect()
    }

    /// Reads the next response, with a body of Content-Length bytes.
    pub(crate) fn answer(&mut self) -> Answer {
        let end = loop {
            let found = self.unread.windows(4).position(|four| four == b"\r\n\r\n");
            match found {
                Some(at) => break at + 4,
                None => assert!(self.fill(), "ended after {:?}", self.unread),
            }
        };
        let head = String::from_utf8(self.take(end)).expect("a head of text");
        let status = head[9..12].parse().expect("a status");
        let mut answer = Answer {
            status,
            head,
            body: String::new(),
        };
        if let Some(length) = answer.field("content-length") {
            let length = length.parse().expect("a length");
            answer.body = String::from_utf8(self.take(length)).expect("a body of text");
        }
        answer
    }

    /// Reads the head of the next response.
    pub(crate) fn head(&mut self) -> String {
        self.until("\r\n\r\n")
    }

    /// Asserts the next bytes.
    pub(crate) fn expect(&mut self, bytes: &str) {
        let came = self.take(bytes.len());
        assert_eq!(String::from_utf8_lossy(&came), bytes);
    }

    /// Reads up to and including the next `end`.
    pub(crate) fn until(&mut self, end: &str) -> String {
        let length = loop {
            let found = self
                .unread
                .windows(end.len())
                .position(|window| window == end.as_bytes());
            match found {
                Some(at) => break at + end.len(),
                None => assert!(self.fill(), "ended after {:?}", self.unread),
            }
        };
        String::from_utf8(self.take(length)).expect("text")
    }

    /// Reads until the server ends the connection, in order or by a reset.
    pub(crate) fn rest(&mut self) -> String {
        let mut chunk = [0; 4096];
        while let Ok(read @ 1..) = self.stream.read(&mut chunk) {
            self.unread.extend_from_slice(&chunk[..read]);
        }
        String::from_utf8_lossy(&std::mem::take(&mut self.unread)).into_owned()
    }

    /// Reads the server's next frame, and returns its opcode and payload. The frame must be a whole
    /// message, unmasked, with its length in the shortest form.
    pub(crate) fn frame(&mut self) -> (u8, Vec<u8>) {
        let start = self.take(2);
        assert_eq!(start[0] & 0xF0, 0x80, "one frame is one message");
        assert_eq!(start[1] & 0x80, 0, "a server masks nothing");
        let (bytes, shortest) = match start[1] {
            126 => (2, 126),
            127 => (8, 0x1_0000),
            _ => (0, 0),
        };
        let extended = self.take(bytes);
        let length = match bytes {
            0 => usize::from(start[1]),
            _ => extended
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
        };
        assert!(length >= shortest, "{length} in {bytes} bytes");
        (start[0] & 0x0F, self.take(length))
    }

    pub(crate) fn text(&mut self) -> String {
        let (opcode, payload) = self.frame();
        assert_eq!(opcode, TEXT, "{payload:?}");
        String::from_utf8(payload).expect("text")
    }

    /// Reads a close frame and returns its code.
    pub(crate) fn close_code(&mut self) -> u16 {
        let (opcode, payload) = self.frame();
        assert_eq!(opcode, CLOSE, "{payload:?}");
        u16::from_be_bytes([payload[0], payload[1]])
    }

    /// Returns `true` if the server ended the connection without sending more bytes.
    pub(crate) fn is_ended(&mut self) -> bool {
        !self.fill() && self.unread.is_empty()
    }
}

/// Returns a client's frame, masked with a key of zeros (RFC 6455 §5.3).
pub(crate) fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    masked(0x80 | opcode, payload)
}

pub(crate) fn text(payload: &str) -> Vec<u8> {
    frame(TEXT, payload.as_bytes())
}

/// Returns a valid opening handshake with additional fields.
pub(crate) fn handshake(target: &str, more: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
    )
}

pub(crate) fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}
