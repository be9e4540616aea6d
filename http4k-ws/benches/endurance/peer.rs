//! A peer that does not use the library: bytes in and out.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::Outcome;

pub(crate) const TEXT: u8 = 1;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// A frame of the server, whose frames are unmasked.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) opcode: u8,
    pub(crate) payload: Bytes,
}

impl Frame {
    /// The close code, if it is a close frame with one.
    pub(crate) fn code(&self) -> Option<u16> {
        let code = self.payload.get(..2).filter(|_| self.opcode == CLOSE)?;
        Some(u16::from_be_bytes([code[0], code[1]]))
    }
}

/// A client's end of a WebSocket.
#[derive(Debug)]
pub(crate) struct Peer {
    stream: TcpStream,
    unread: BytesMut,
}

/// Connects the peer number `index`: each loopback address has a thousand.
pub(crate) async fn connect(server: SocketAddr, index: usize) -> io::Result<TcpStream> {
    connect_with(TcpSocket::new_v4()?, server, index).await
}

/// Connects a peer with a small receive buffer.
pub(crate) async fn connect_narrow(server: SocketAddr, index: usize) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    connect_with(socket, server, index).await
}

async fn connect_with(
    socket: TcpSocket,
    server: SocketAddr,
    index: usize,
) -> io::Result<TcpStream> {
    let host = (2 + index / 1000 % 250) as u8;
    socket.bind((Ipv4Addr::new(127, 0, 0, host), 0).into())?;
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

impl Peer {
    /// Becomes a WebSocket at `path`.
    pub(crate) async fn open(stream: TcpStream, path: &str) -> Outcome<Self> {
        let mut peer = Self {
            stream,
            unread: BytesMut::new(),
        };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        peer.stream.write_all(request.as_bytes()).await?;
        let head = peer.head().await?;
        if head.starts_with(b"HTTP/1.1 101 ") {
            return Ok(peer);
        }
        Err(String::from_utf8_lossy(&head).into_owned().into())
    }

    async fn head(&mut self) -> Outcome<BytesMut> {
        loop {
            let end = self
                .unread
                .windows(4)
                .position(|bytes| bytes == b"\r\n\r\n");
            if let Some(end) = end {
                return Ok(self.unread.split_to(end + 4));
            }
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                return Err("the server closed without a response".into());
            }
        }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Returns the next frame; `None` at the end of the connection. Cancel safe.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Frame>> {
        loop {
            if let Some(frame) = self.buffered() {
                return Ok(Some(frame));
            }
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Returns the next frame that is neither ping nor pong, and responds to pings.
    pub(crate) async fn message(&mut self) -> io::Result<Option<Frame>> {
        while let Some(frame) = self.next().await? {
            match frame.opcode {
                PING => self.send(&encoded(PONG, &frame.payload)).await?,
                PONG => {}
                _ => return Ok(Some(frame)),
            }
        }
        Ok(None)
    }

    fn buffered(&mut self) -> Option<Frame> {
        let opcode = self.unread.first()? & 0x0F;
        let (header, length) = match *self.unread.get(1)? {
            126 => {
                let length = self.unread.get(2..4)?;
                (4, usize::from(u16::from_be_bytes([length[0], length[1]])))
            }
            127 => {
                let length = self.unread.get(2..10)?.try_into().ok()?;
                (10, u64::from_be_bytes(length) as usize)
            }
            short => (2, usize::from(short)),
        };
        if self.unread.len() < header + length {
            return None;
        }
        self.unread.advance(header);
        Some(Frame {
            opcode,
            payload: self.unread.split_to(length).freeze(),
        })
    }
}

/// A whole masked frame.
pub(crate) fn encoded(opcode: u8, payload: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        medium @ 126..=65535 => {
            frame.push(0x80 | 126);
            frame.extend((medium as u16).to_be_bytes());
        }
        long => {
            frame.push(0x80 | 127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(KEY);
    frame.extend(
        payload
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}
