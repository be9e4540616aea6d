//! A session that receives several messages at once does what one does that receives each by
//! itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;

use futures_util::FutureExt;

use super::*;
use crate::message::WsMessage;
use crate::random::Random;
use crate::session::WsEvent;
use crate::session::config::SessionConfig;
use crate::session::drive::line::{Line, opened};
use crate::session::socket::WebSocket;

/// A socket over a line, with what an observer of it has seen.
struct Side {
    line: Line,
    /// The handle, unless the consumer of the session owns it.
    socket: Option<WebSocket>,
    session: Session<Line>,
    observed: Arc<Mutex<Vec<String>>>,
}

impl Side {
    fn new(config: &SessionConfig, consumes: bool) -> Self {
        let (line, socket, session) = opened(config.clone());
        let observed = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&observed);
        socket.observe(move |event| {
            if let WsEvent::Received(message) = event {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.push(message.text().into_owned());
            }
        });
        let (socket, session) = match consumes {
            false => (Some(socket), session),
            true => (None, session.with_consumer(Box::pin(echo(socket)))),
        };
        Self {
            line,
            socket,
            session,
            observed,
        }
    }

    fn poll(&mut self) -> Option<WsStatus> {
        let mut cx = Context::from_waker(Waker::noop());
        match self.session.poll_unpin(&mut cx) {
            Poll::Ready(status) => Some(status),
            Poll::Pending => None,
        }
    }

    /// Receives through the handle, as a task of its own would.
    fn receive(&mut self) -> Option<WsMessage> {
        let received = self.socket.as_mut()?.recv().now_or_never()?;
        received.expect("any message will do")
    }

    /// Returns what arrived and is not taken, what was observed, and what was sent.
    fn seen(&self) -> (usize, Vec<String>, Vec<String>) {
        let mut observed = self.observed.lock().unwrap_or_else(PoisonError::into_inner);
        (
            self.line.untaken(),
            std::mem::take(&mut *observed),
            self.line.sent(),
        )
    }
}

async fn echo(mut socket: WebSocket) -> crate::WsResult {
    while let Some(message) = socket.recv().await? {
        socket.send(message).await?;
    }
    Ok(())
}

/// Lets the same arrive at both sides, and compares them after each poll.
fn compare(seed: u64) {
    let mut random = Random::seeded(seed);
    let config = SessionConfig::default()
        .with_queue_messages(1 + random.below(100))
        .with_queue_bytes(1 + random.below(40_000));
    let consumes = random.below(2) == 0;
    let (mut one, mut batch) = (Side::new(&config, consumes), Side::new(&config, consumes));
    batch.line.let_batch();
    for step in 0..40 {
        for _ in 0..random.below(100) {
            let text = match random.below(200) {
                0 => "large".repeat(LARGE / 5 + 1),
                1..20 => "middle".repeat(200),
                small => small.to_string(),
            };
            one.line.arrive(text.as_str());
            batch.line.arrive(text);
        }
        let blocks = random.below(8) == 0;
        let fails = step == 30 && random.below(2) == 0;
        let receives = random.below(40);
        let turn = |side: &mut Side| {
            side.line.block(blocks);
            if fails {
                side.line
                    .incoming(Incoming::Failed(WsStatus::PROTOCOL_ERROR));
            }
            let ended = side.poll();
            let received: Vec<_> = (0..receives).map_while(|_| side.receive()).collect();
            (ended, received, side.seen())
        };
        let expected = turn(&mut one);
        assert_eq!(turn(&mut batch), expected, "seed {seed}, step {step}");
        if expected.0.is_some() {
            return;
        }
    }
}

#[tokio::test]
async fn messages_that_are_received_at_once_obey_each_bound() {
    (0..400).for_each(compare);
}
