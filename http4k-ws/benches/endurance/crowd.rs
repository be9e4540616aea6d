//! Many well-behaved sockets at once.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::Outcome;
use crate::peer::{self, CLOSE, PING, PONG, Peer};

/// The number of sockets that connect at a time.
const AT_ONCE: usize = 100;

/// Sockets that respond to pings, and close on request.
#[derive(Debug)]
pub(crate) struct Crowd {
    members: JoinSet<Ended>,
    word: watch::Sender<Bytes>,
    echoes: mpsc::UnboundedReceiver<()>,
}

/// The end of a member's socket.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The code of the server's close frame; `None` if the connection ended without one.
    pub(crate) code: Option<u16>,
    pub(crate) at: Instant,
}

impl Crowd {
    /// Opens `count` sockets at `path`.
    pub(crate) async fn open(
        server: SocketAddr,
        path: &'static str,
        count: usize,
    ) -> Outcome<Self> {
        let (word, heard) = watch::channel(Bytes::new());
        let (echoed, echoes) = mpsc::unbounded_channel();
        let mut members = JoinSet::new();
        for first in (0..count).step_by(AT_ONCE) {
            let mut opening = JoinSet::new();
            for index in first..count.min(first + AT_ONCE) {
                opening.spawn(async move {
                    Peer::open(peer::connect(server, index).await?, path).await
                });
            }
            while let Some(opened) = opening.join_next().await {
                members.spawn(member(opened??, heard.clone(), echoed.clone()));
            }
        }
        Ok(Self {
            members,
            word,
            echoes,
        })
    }

    /// Sends `payload` on every socket and receives it back.
    pub(crate) async fn echo(&mut self, payload: &[u8]) -> Outcome<()> {
        self.word
            .send_replace(peer::encoded(peer::TEXT, payload).into());
        for _ in 0..self.members.len() {
            self.echoes.recv().await.ok_or("a member is gone")?;
        }
        Ok(())
    }

    /// Waits until every socket has ended.
    pub(crate) async fn ended(mut self) -> Outcome<Vec<Ended>> {
        let mut ended = Vec::new();
        while let Some(member) = self.members.join_next().await {
            ended.push(member?);
        }
        Ok(ended)
    }
}

async fn member(
    mut peer: Peer,
    mut heard: watch::Receiver<Bytes>,
    echoed: mpsc::UnboundedSender<()>,
) -> Ended {
    loop {
        let frame = tokio::select! {
            Ok(()) = heard.changed() => {
                let word = heard.borrow_and_update().clone();
                let _ = peer.send(&word).await;
                continue;
            }
            frame = peer.next() => frame,
        };
        let code = match frame {
            Ok(Some(frame)) if frame.opcode == CLOSE => {
                let _ = peer.send(&peer::encoded(CLOSE, &frame.payload)).await;
                frame.code()
            }
            Ok(Some(frame)) => {
                if frame.opcode == PING {
                    let _ = peer.send(&peer::encoded(PONG, &frame.payload)).await;
                } else {
                    let _ = echoed.send(());
                }
                continue;
            }
            Ok(None) | Err(_) => None,
        };
        let at = Instant::now();
        return Ended { code, at };
    }
}
