//! A connection on the paused clock, whose cable can be pulled, and a peer that sends frames.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::{PolyHandler, WebSocket};
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex,
};
use tokio::time::{Instant, timeout};

/// The number of bytes in transit before a writer waits.
pub(super) const BUFFERED: usize = 64 * 1024;

/// The time limit of a test, on the paused clock.
pub(super) async fn within<T>(work: impl Future<Output = T>) -> T {
    let deadline = Duration::from_secs(24 * 3600);
    timeout(deadline, work).await.expect("an end within a day")
}

/// The cable between the two ends of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Cable(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    pulled: bool,
    waiting: Vec<Waker>,
}

impl Cable {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops all delivery, even that of an end.
    pub(super) fn pull(&self) {
        self.lock().pulled = true;
    }

    /// Delivers all bytes in transit.
    pub(super) fn mend(&self) {
        let mut state = self.lock();
        state.pulled = false;
        state.waiting.drain(..).for_each(Waker::wake);
    }

    /// Starts a server of `app` with sockets of `session`. Returns the client's end.
    pub(super) fn serve(&self, app: PolyHandler, session: SessionConfig) -> Plug {
        let (ours, theirs) = duplex(BUFFERED);
        let config = ServerConfig::default().with_session(session);
        tokio::spawn(app.serve_connection(self.plug(theirs), config));
        self.plug(ours)
    }

    /// Serves as [`serve`](Self::serve) does, and connects a client.
    pub(super) async fn connect(&self, app: PolyHandler, session: SessionConfig) -> WebSocket {
        let plug = self.serve(app, session);
        let handshake = WebSocketClient::to("ws://localhost/");
        within(handshake.connect_over(plug))
            .await
            .expect("a socket")
    }

    /// Serves as [`serve`](Self::serve) does, and connects a peer that has completed its handshake.
    pub(super) async fn peer(&self, app: PolyHandler, session: SessionConfig) -> Peer {
        self.handshake(self.serve(app, session)).await
    }

    /// Returns a peer over `ours` that has completed its opening handshake.
    pub(super) async fn talk(&self, ours: DuplexStream) -> Peer {
        self.handshake(self.plug(ours)).await
    }

    async fn handshake(&self, plug: Plug) -> Peer {
        let mut peer = Peer(plug);
        let handshake = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Version: 13\r\n\r\n";
        peer.send(handshake.as_bytes()).await;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(within(peer.0.read_u8()).await.expect("a head"));
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "));
        peer
    }

    pub(super) fn plug(&self, io: DuplexStream) -> Plug {
        let cable = self.clone();
        Plug { io, cable }
    }
}

/// One end of a connection.
#[derive(Debug)]
pub(super) struct Plug {
    io: DuplexStream,
    cable: Cable,
}

impl AsyncRead for Plug {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.cable.lock();
        if state.pulled {
            state.waiting.push(cx.waker().clone());
            return Poll::Pending;
        }
        drop(state);
        Pin::new(&mut self.io).poll_read(cx, out)
    }
}

/// The system's send buffer, which accepts bytes whether they arrive or not.
impl AsyncWrite for Plug {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// A peer that only acts by command.
#[derive(Debug)]
pub(super) struct Peer(Plug);

impl Peer {
    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        within(self.0.write_all(bytes.as_ref()))
            .await
            .expect("room");
    }

    /// Sends `bytes`. Returns `false` if that takes longer than 5 s.
    pub(super) async fn try_send(&mut self, bytes: &[u8]) -> bool {
        let sent = timeout(Duration::from_secs(5), self.0.write_all(bytes)).await;
        sent.is_ok_and(|sent| sent.is_ok())
    }

    /// Reads a frame. Returns its opcode and at most 125 bytes of its payload.
    pub(super) async fn frame(&mut self) -> (u8, Vec<u8>) {
        let mut start = [0; 2];
        within(self.0.read_exact(&mut start))
            .await
            .expect("a frame");
        assert!(start[0] & 0x80 != 0 && start[1] <= 125, "{start:?}");
        let mut payload = vec![0; usize::from(start[1])];
        within(self.0.read_exact(&mut payload))
            .await
            .expect("a payload");
        (start[0] & 0x0F, payload)
    }

    /// Reads a close frame. Returns its code and its time.
    pub(super) async fn close_code(&mut self) -> (u16, Instant) {
        let (opcode, payload) = self.frame().await;
        assert_eq!(opcode, 8, "{payload:?}");
        (u16::from_be_bytes([payload[0], payload[1]]), Instant::now())
    }

    /// Returns the time at which the server ended its side without sending more bytes.
    pub(super) async fn end(&mut self) -> Instant {
        let mut rest = Vec::new();
        // An aborted connection has ended as well.
        let _ = within(self.0.read_to_end(&mut rest)).await;
        assert!(rest.is_empty(), "{rest:?}");
        Instant::now()
    }

    /// Returns the time at which the server has dropped the connection, and accepts no more bytes.
    pub(super) async fn cut(&mut self) -> Instant {
        loop {
            // A pong, which changes nothing.
            if self.0.write_all(&[0x8A, 0x80, 0, 0, 0, 0]).await.is_err() {
                return Instant::now();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
