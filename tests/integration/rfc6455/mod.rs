//! The server's duties by RFC 6455: a module for each chapter, raw bytes on a real port.

mod closing;
mod control;
mod data;
mod flow;
mod fragments;
mod framing;
mod handshake;
mod limits;
mod masking;
mod text;

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig};
use http4k_ws::session::SessionConfig;

use crate::server::peer::{self, Peer};

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// A frame of a client, valid unless changed.
#[derive(Debug, Clone)]
struct Frame {
    first: u8,
    key: Option<[u8; 4]>,
    payload: Vec<u8>,
    /// The length to declare and the number of its bytes; the true length in its shortest form if
    /// `None`.
    length: Option<(u64, usize)>,
}

impl Frame {
    fn new(opcode: u8, payload: impl AsRef<[u8]>) -> Self {
        Self {
            first: 0x80 | opcode,
            key: Some([0x12, 0x34, 0x56, 0x78]),
            payload: payload.as_ref().to_vec(),
            length: None,
        }
    }

    fn close(code: u16, reason: impl AsRef<[u8]>) -> Self {
        Self::new(CLOSE, [&code.to_be_bytes(), reason.as_ref()].concat())
    }

    /// Marks the frame as followed by more fragments.
    fn not_final(mut self) -> Self {
        self.first &= 0x7F;
        self
    }

    fn reserved_bits(mut self, bits: u8) -> Self {
        self.first |= bits << 4;
        self
    }

    fn masked_with(mut self, key: Option<[u8; 4]>) -> Self {
        self.key = key;
        self
    }

    fn length(mut self, length: u64, bytes: usize) -> Self {
        self.length = Some((length, bytes));
        self
    }

    fn header(&self) -> Vec<u8> {
        let length = self.payload.len() as u64;
        let (length, form) = self.length.unwrap_or(match length {
            0..=125 => (length, 0),
            126..=0xFFFF => (length, 2),
            _ => (length, 8),
        });
        let mask = if self.key.is_some() { 0x80 } else { 0 };
        let mut header = vec![self.first];
        match form {
            0 => header.push(mask | length as u8),
            2 => {
                header.push(mask | 126);
                header.extend((length as u16).to_be_bytes());
            }
            _ => {
                header.push(mask | 127);
                header.extend(length.to_be_bytes());
            }
        }
        header.extend(self.key.iter().flatten());
        header
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header();
        let key = self.key.unwrap_or_default();
        let masked = self.payload.iter().zip(key.iter().cycle());
        bytes.extend(masked.map(|(byte, key)| byte ^ key));
        bytes
    }
}

fn all(frames: &[Frame]) -> Vec<u8> {
    frames.iter().flat_map(Frame::bytes).collect()
}

/// An open socket of an application that echoes, and closes the socket on request.
struct Socket {
    peer: Peer,
    ends: Receiver<WsStatus>,
    /// Dropped last, because a server that stops closes its sockets.
    _server: RunningServer,
}

fn open() -> Socket {
    open_with(SessionConfig::default())
}

fn open_with(session: SessionConfig) -> Socket {
    let (tell, ends) = channel();
    let echo = move |mut ws: WebSocket| {
        let (tell, ended) = (tell.clone(), ws.closed());
        tokio::spawn(async move { tell.send(ended.await) });
        async move {
            while let Some(message) = ws.recv().await? {
                match message
                    .as_text()
                    .and_then(|text| text.strip_prefix("close:"))
                {
                    Some(code) => ws.close(WsStatus::new(code.parse()?, "on purpose")?),
                    None => ws.send(message).await?,
                }
            }
            WsResult::Ok(())
        }
    };
    let server = echo.into_poly_handler().as_server("127.0.0.1:0");
    let server = server
        .with_config(ServerConfig::default().with_session(session))
        .with_threads(1)
        .start()
        .expect("a server");
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 101);
    Socket {
        peer,
        ends,
        _server: server,
    }
}

impl Socket {
    fn send(&mut self, frames: &[Frame]) -> &mut Self {
        self.peer.send(all(frames));
        self
    }

    /// Checks the next frame.
    #[track_caller]
    fn expect(&mut self, opcode: u8, payload: impl AsRef<[u8]>) -> &mut Self {
        assert_eq!(self.peer.frame(), (opcode, payload.as_ref().to_vec()));
        self
    }

    /// Checks that the socket still works.
    #[track_caller]
    fn check_works(&mut self) {
        self.send(&[Frame::new(TEXT, "still here")]);
        self.expect(TEXT, "still here");
    }

    /// Returns the status that the application saw.
    #[track_caller]
    fn ended(&self) -> WsStatus {
        let ended = self.ends.recv_timeout(Duration::from_secs(30));
        ended.expect("the socket is over")
    }

    /// Checks that the server fails the connection with a close frame of this code, a reason, and
    /// the end.
    #[track_caller]
    fn expect_failure(&mut self, code: u16, what: &str) {
        let (opcode, payload) = self.peer.frame();
        assert_eq!(opcode, CLOSE, "{what}: {payload:?}");
        let (sent, reason) = payload.split_at(2);
        assert_eq!(sent, code.to_be_bytes(), "{what}");
        let reason = std::str::from_utf8(reason).expect("a reason is UTF-8");
        assert!(!reason.is_empty(), "{what}");
        assert!(
            self.peer.is_ended(),
            "{what}: the server ends the connection"
        );
        let status = self.ended();
        assert_eq!((status.code(), status.reason()), (code, reason), "{what}");
    }
}

/// Sends each case on its own socket: earlier messages are echoed, then the connection fails.
#[track_caller]
fn each_fails_with(code: u16, cases: &[(&str, Vec<u8>)]) {
    for (what, bytes) in cases {
        let mut socket = open();
        let before = Frame::new(TEXT, "before").bytes();
        socket.peer.send([before, bytes.clone()].concat());
        assert_eq!(socket.peer.text(), "before", "{what}");
        socket.expect_failure(code, what);
    }
}
