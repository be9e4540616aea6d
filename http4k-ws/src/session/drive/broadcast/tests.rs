use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Wake, Waker};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::sleep;

use super::*;
use crate::message::{Body, Request, WsMessage};
use crate::session::config::SessionConfig;
use crate::session::drive::open;
use crate::session::socket::WebSocket;
use crate::session::transport::{Gone, Handshake, Incoming, Outgoing, Progress, Role};

/// A connection whose other end is in the test.
#[derive(Clone, Default)]
struct Line(Arc<Mutex<Ends>>);

#[derive(Default)]
struct Ends {
    incoming: VecDeque<Incoming>,
    reader: Option<Waker>,
    bytes_read: u64,
    sent: Vec<String>,
    pings: usize,
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a message of the peer arrive.
    fn arrive(&self, text: &'static str) {
        let mut ends = self.lock();
        ends.bytes_read += 1;
        ends.incoming
            .push_back(Incoming::Message(WsMessage::from(text)));
        ends.reader.take().into_iter().for_each(Waker::wake);
    }

    fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().sent)
    }
}

impl Transport for Line {
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let mut ends = self.lock();
        match ends.incoming.pop_front() {
            Some(incoming) => Poll::Ready(incoming),
            None => {
                ends.reader = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(&mut self, outgoing: Outgoing) -> Result<(), Gone> {
        match outgoing {
            Outgoing::Message(message) => self.lock().sent.push(message.text().into_owned()),
            Outgoing::Ping(_) => self.lock().pings += 1,
            Outgoing::Close(_) => {}
        }
        Ok(())
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn abort(&mut self) {}

    fn progress(&mut self) -> Progress {
        Progress {
            bytes_read: self.lock().bytes_read,
            ..Progress::default()
        }
    }

    fn buffered(&self) -> usize {
        0
    }
}

fn opened(config: SessionConfig) -> (Line, WebSocket, Session<Line>) {
    let line = Line::default();
    let handshake = Handshake {
        request: Request::new(Body::empty()).into(),
        subprotocol: None,
        route: None,
        response: None,
    };
    let (socket, session) = open(line.clone(), Role::Server, handshake, Arc::new(config));
    (line, socket, session)
}

#[tokio::test]
async fn a_consumer_is_not_polled_for_the_messages_of_others() {
    let (line, socket, session) = opened(SessionConfig::default());
    let sender = socket.sender();
    let polls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&polls);
    let session = session.with_consumer(Box::pin(async move {
        let _socket = socket;
        poll_fn(|_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Poll::<()>::Pending
        })
        .await;
        Ok(())
    }));
    tokio::spawn(session);
    yield_now().await;
    let before = polls.load(Ordering::Relaxed);
    for text in ["a", "b", "c"] {
        sender.try_send(text).expect("room");
        yield_now().await;
        assert_eq!(line.sent(), [text]);
    }
    assert_eq!(polls.load(Ordering::Relaxed), before);
}

#[tokio::test]
async fn nothing_is_missed_that_happens_at_the_time_of_a_message() {
    let (line, mut socket, session) = opened(SessionConfig::default());
    let sender = socket.sender();
    let (call, called) = oneshot::channel();
    let session = session.with_consumer(Box::pin(async move {
        called.await.expect("it is called");
        socket.try_send("called")?;
        while let Some(message) = socket.recv().await? {
            socket.send(message).await?;
        }
        Ok(())
    }));
    tokio::spawn(session);
    yield_now().await;

    sender.try_send("a").expect("room");
    call.send(()).expect("it waits");
    yield_now().await;
    assert_eq!(line.sent(), ["a", "called"]);

    sender.try_send("b").expect("room");
    line.arrive("to the consumer");
    yield_now().await;
    assert_eq!(line.sent(), ["b", "to the consumer"]);

    sender.try_send("c").expect("room");
    sender.close(crate::WsStatus::NORMAL);
    yield_now().await;
    assert_eq!(line.sent(), ["c"]);
    assert!(sender.try_send("late").is_err());
}

#[tokio::test]
async fn callbacks_receive_while_others_send() {
    let (line, socket, session) = opened(SessionConfig::default());
    let sender = socket.sender();
    let echo = socket.sender();
    socket.on_message(move |message: WsMessage| echo.try_send(message).expect("room"));
    tokio::spawn(session);
    yield_now().await;
    for text in ["a", "b"] {
        sender.try_send(text).expect("room");
        yield_now().await;
        assert_eq!(line.sent(), [text]);
    }
    sender.try_send("c").expect("room");
    line.arrive("d");
    yield_now().await;
    assert_eq!(line.sent(), ["c", "d"]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_noticed_while_others_send() {
    let config = SessionConfig::default()
        .with_ping_interval(Duration::from_secs(10))
        .with_dead_after(Duration::from_secs(20));
    let (line, socket, session) = opened(config);
    let sender = socket.sender();
    tokio::spawn(session);
    for _second in 0..25 {
        sleep(Duration::from_secs(1)).await;
        let _ = sender.try_send("tick");
    }
    assert!(line.lock().pings >= 1);
    let status = sender.closed().await;
    assert_eq!(status.code(), crate::WsStatus::GOING_AWAY.code());
}

struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn the_latest_task_of_a_session_is_woken_and_none_is_kept() {
    let (line, socket, session) = opened(SessionConfig::default());
    let sender = socket.sender();
    let (call, called) = oneshot::channel::<()>();
    let session = session.with_consumer(Box::pin(async move {
        let _socket = socket;
        called.await.map_err(|_| crate::SendError::Full)?;
        std::future::pending().await
    }));
    let tasks = [0; 2].map(|_| Arc::new(Wakes(AtomicUsize::new(0))));
    let wakes = |task: usize| tasks[task].0.load(Ordering::Relaxed);
    let mut session = Box::pin(session);
    for task in &tasks {
        let waker = Waker::from(Arc::clone(task));
        let mut cx = Context::from_waker(&waker);
        assert!(Pin::new(&mut session).poll(&mut cx).is_pending());
    }
    sender.try_send("a").expect("room");
    assert_eq!((wakes(0), wakes(1)), (0, 1));
    call.send(()).expect("it waits");
    assert_eq!((wakes(0), wakes(1)), (0, 2));
    let waker = Waker::from(Arc::clone(&tasks[0]));
    let mut moved = pin!(session);
    let polled = moved.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    assert_eq!(line.sent(), ["a"]);
    moved.set(Box::pin(opened(SessionConfig::default()).2));
    line.lock().reader = None;
    drop(waker);
    // The sender is left, and keeps no task.
    assert_eq!(tasks.each_ref().map(Arc::strong_count), [1, 1]);
    drop(sender);
}
