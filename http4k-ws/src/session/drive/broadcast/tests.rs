use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Wake, Waker};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::sleep;

use super::*;
use crate::message::WsMessage;
use crate::session::config::SessionConfig;
use crate::session::drive::line::opened;
use crate::session::drive::poll_state::PER_POLL;

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
async fn a_consumer_is_not_polled_for_messages_that_come_while_others_are_written() {
    let (line, socket, session) = opened(SessionConfig::default());
    let polls = Arc::new(AtomicUsize::new(0));
    let (counted, sender) = (Arc::clone(&polls), socket.sender());
    socket.observe(move |event| {
        if let crate::session::WsEvent::Sent(message) = event {
            let next: u32 = message.text().parse().expect("a number");
            if next < 5 {
                sender.try_send((next + 1).to_string()).expect("room");
            }
        }
    });
    let session = session.with_consumer(Box::pin(async move {
        socket.try_send("1")?;
        poll_fn(|_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Poll::<()>::Pending
        })
        .await;
        drop(socket);
        Ok(())
    }));
    tokio::spawn(session);
    yield_now().await;
    assert_eq!(line.sent(), ["1", "2", "3", "4", "5"]);
    // When it starts, and after the first read.
    assert_eq!(polls.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn other_tasks_run_while_each_message_that_is_sent_causes_another() {
    let (line, socket, session) = opened(SessionConfig::default());
    let sender = socket.sender();
    socket.observe(move |event| {
        if let crate::session::WsEvent::Sent(message) = event {
            sender.try_send(message.clone()).expect("room");
        }
    });
    socket.try_send("again").expect("room");
    let task = Arc::new(Wakes(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&task));
    let mut session = pin!(session);
    for polls in 1..=3 {
        let polled = session.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        assert_eq!(line.sent().len(), PER_POLL.messages);
        let wakes = task.0.load(Ordering::Relaxed);
        assert!(wakes >= polls, "it goes on");
    }
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
    assert_eq!(line.sent(), ["c", "closed 1000"]);
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
    assert!(line.pings() >= 1);
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
    line.forget_reader();
    drop(waker);
    // The sender is left, and keeps no task.
    assert_eq!(tasks.each_ref().map(Arc::strong_count), [1, 1]);
    drop(sender);
}
