//! The wakeups of a session, its consumer, and others that hold the socket.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use futures_util::future::join;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

use super::*;

/// The rest of the task is polled before the session, and not again unless it is woken.
#[tokio::test]
async fn a_holder_beside_the_session_in_its_task_is_woken() {
    let (pass_on, passed_on) = oneshot::channel();
    let pass_on = Arc::new(Mutex::new(Some(pass_on)));
    let app = move |ws: WebSocket| {
        let pass_on = pass_on.lock().unwrap().take().expect("one socket");
        pass_on.send(ws).expect("the holder waits");
    };
    let (client, connection) = connection(app, ServerConfig::default());
    let holder = async {
        let mut ws = passed_on.await.expect("a socket");
        let mut received = Vec::new();
        while let Some(message) = ws.recv().await.expect("any message") {
            ws.send(message.clone()).await.expect("an open socket");
            received.push(message);
        }
        received
    };
    let server = tokio::spawn(join(holder, connection));
    within(async {
        let mut client = client.await;
        for text in ["a", "b", "c"] {
            client.send(text).await.expect("an open socket");
            assert_eq!(client.recv().await.expect("a message"), Some(text.into()));
        }
        client.close(WsStatus::NORMAL);
        let (received, ()) = server.await.expect("no panic");
        assert_eq!(received, ["a", "b", "c"]);
    })
    .await;
}

/// Echoes messages that arrive one at a time. Returns the number of polls for each.
async fn polls_per_message<Kind>(app: impl Serve<Kind>) -> usize {
    let (client, connection) = connection(app, ServerConfig::default());
    let polls = Arc::new(AtomicUsize::new(0));
    let server = tokio::spawn(counting(Arc::clone(&polls), connection));
    let mut client = client.await;
    let mut most = 0;
    for number in 0..20 {
        let before = polls.load(Ordering::Relaxed);
        client.send("ping").await.expect("an open socket");
        assert_eq!(client.recv().await.expect("text"), Some("ping".into()));
        // The first polls open the socket.
        if number > 0 {
            most = most.max(polls.load(Ordering::Relaxed) - before);
        }
    }
    client.close(WsStatus::NORMAL);
    server.await.expect("no panic");
    most
}

#[tokio::test]
async fn a_message_for_the_consumer_costs_one_poll() {
    let echo = |mut ws: WebSocket| async move {
        while let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        WsResult::Ok(())
    };
    assert_eq!(within(polls_per_message(echo)).await, 1);
}

#[tokio::test]
async fn a_message_for_callbacks_costs_one_poll() {
    let echo = |ws: WebSocket| {
        let sender = ws.sender();
        ws.on_message(move |message: WsMessage| sender.try_send(message));
    };
    assert_eq!(within(polls_per_message(echo)).await, 1);
}

/// Such a set polls a future only if the waker that it has passed to it is woken.
#[tokio::test]
async fn a_future_with_a_waker_of_its_own_is_woken_inside_of_the_consumer() {
    let echo = |mut ws: WebSocket| async move {
        let mut parts = FuturesUnordered::<Pin<Box<dyn Future<Output = WsResult> + Send>>>::new();
        parts.push(Box::pin(async move {
            while let Some(message) = ws.recv().await? {
                ws.send(message).await?;
            }
            Ok(())
        }));
        parts.push(Box::pin(std::future::pending()));
        parts.next().await.expect("one part returns")
    };
    // That waker also wakes the task.
    assert_eq!(within(polls_per_message(echo)).await, 2);
}

#[tokio::test]
async fn a_holder_that_was_the_consumer_before_is_woken() {
    let app = |mut ws: WebSocket| async move {
        // Waits in the consumer first, and then elsewhere.
        assert!(ws.recv().now_or_never().is_none());
        let waits = poll_fn(|cx| Poll::Ready(pin!(ws.recv()).poll(cx).is_pending())).await;
        assert!(waits);
        let echo = tokio::spawn(async move {
            while let Some(message) = ws.recv().await? {
                ws.send(message).await?;
            }
            WsResult::Ok(())
        });
        echo.await.expect("no panic")
    };
    let (client, connection) = connection(app, ServerConfig::default());
    let server = tokio::spawn(connection);
    within(async {
        let mut client = client.await;
        for text in ["a", "b"] {
            client.send(text).await.expect("an open socket");
            assert_eq!(client.recv().await.expect("text"), Some(text.into()));
        }
        client.close(WsStatus::NORMAL);
        server.await.expect("no panic");
    })
    .await;
}

#[tokio::test]
async fn a_consumer_that_waits_sees_a_close_by_another_task() {
    let app = |mut ws: WebSocket| async move {
        let sender = ws.sender();
        tokio::spawn(async move {
            tokio::task::yield_now().await;
            sender.close(WsStatus::GOING_AWAY);
        });
        assert_eq!(ws.recv().await?, None);
        WsResult::Ok(())
    };
    let (client, connection) = connection(app, ServerConfig::default());
    let server = tokio::spawn(connection);
    within(async {
        let client = client.await;
        assert_eq!(client.closed().await, WsStatus::GOING_AWAY);
        server.await.expect("no panic");
    })
    .await;
}

#[tokio::test]
async fn a_consumer_that_waits_sees_the_loss_of_its_connection() {
    let (tell, told) = oneshot::channel();
    let tell = Arc::new(Mutex::new(Some(tell)));
    let app = move |mut ws: WebSocket| {
        let tell = tell.lock().unwrap().take().expect("one socket");
        async move {
            let received = ws.recv().await?;
            tell.send((received, ws.status())).expect("the test waits");
            WsResult::Ok(())
        }
    };
    let (ours, theirs) = duplex(4096);
    let server = tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    within(async {
        let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        let mut ours = ours;
        ours.write_all(request.as_bytes()).await.expect("a server");
        let mut head = [0; 32];
        ours.read_exact(&mut head).await.expect("a response");
        assert!(head.starts_with(b"HTTP/1.1 101 "));
        drop(ours);
        let (received, status) = told.await.expect("a consumer");
        assert_eq!((received, status), (None, Some(WsStatus::ABNORMAL)));
        server.await.expect("no panic");
    })
    .await;
}

/// The message is there in the first poll, in which the consumer runs before anything is read.
#[tokio::test]
async fn a_message_that_follows_the_request_at_once_is_received() {
    let app = |mut ws: WebSocket| async move {
        ws.send("first").await?;
        while let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        WsResult::Ok(())
    };
    let (mut ours, theirs) = duplex(4096);
    let server = tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    within(async {
        let mut sent = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\
            Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .to_vec();
        sent.extend(b"\x81\x82\0\0\0\0hi");
        ours.write_all(&sent).await.expect("a server");
        let (mut read, expected) = (Vec::new(), b"\x81\x05first\x81\x02hi");
        while !read.ends_with(expected) {
            let more = ours.read_buf(&mut read).await.expect("a response");
            assert!(more > 0, "{}", String::from_utf8_lossy(&read));
        }
        drop(ours);
        server.await.expect("no panic");
    })
    .await;
}

/// Counts the polls of `work`.
async fn counting<T>(polls: Arc<AtomicUsize>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|cx| {
        polls.fetch_add(1, Ordering::Relaxed);
        work.as_mut().poll(cx)
    })
    .await
}
