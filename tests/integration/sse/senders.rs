//! Odd uses of senders: dropped early, in many tasks, and after the end of their stream.

use futures_util::FutureExt;
use http4k_ws::sse::{Sse, SseEvent, SseResult, SseSendError};
use tokio::sync::mpsc::unbounded_channel;

use super::{body_of, frame, next, open_streams, silent, streaming, unread, within};

#[tokio::test]
async fn a_send_that_is_dropped_early_sent_nothing() {
    let (mut body, sender) = unread(silent(1)).await;
    sender.try_send("1").expect("space");
    {
        let mut waiting = std::pin::pin!(sender.send("lost"));
        assert!((&mut waiting).now_or_never().is_none());
        assert!((&mut waiting).now_or_never().is_none());
    }
    assert_eq!(frame(&mut body).await, "data: 1\n\n");
    sender.try_send("2").expect("space");
    assert_eq!(frame(&mut body).await, "data: 2\n\n");
    assert!(next(&mut body).now_or_never().is_none());
}

#[tokio::test]
async fn senders_of_many_tasks_keep_their_own_order() {
    let (mut body, sender) = unread(silent(4)).await;
    for task in 0..50 {
        let sender = sender.clone();
        tokio::spawn(async move {
            for number in 0..20 {
                let event = SseEvent::new(number.to_string()).with_id(task);
                sender.send(event).await.expect("an open stream");
            }
        });
    }
    let mut next_of = [0; 50];
    let mut left = 50 * 20;
    while left > 0 {
        for event in frame(&mut body).await.split_terminator("\n\n") {
            let (data, id) = event.split_once("\nid: ").expect("an id");
            let number: usize = data["data: ".len()..].parse().expect("a number");
            let task: usize = id.parse().expect("a task");
            assert_eq!(number, next_of[task]);
            next_of[task] += 1;
            left -= 1;
        }
    }
}

/// The ends of a stream, after each of which a sender can do nothing.
#[derive(Debug, Clone, Copy)]
enum Ending {
    Returned,
    Failed,
    Left,
}

/// Every use of a sender whose stream is over.
#[tokio::test]
async fn a_sender_outlives_its_stream_without_effect() {
    for ending in [Ending::Returned, Ending::Failed, Ending::Left] {
        let (join, mut joined) = unbounded_channel();
        let app = streaming(silent(1), move |sse: Sse| {
            let _ = join.send(sse.sender());
            async move {
                match ending {
                    Ending::Returned => return Ok(()),
                    Ending::Failed => return Err("as it should".into()),
                    Ending::Left => {}
                }
                sse.send("fills the queue").await?;
                sse.send("waits").await?;
                SseResult::Ok(())
            }
        });
        let mut body = body_of(&app).await;
        let _ = next(&mut body).now_or_never();
        let sender = joined.recv().await.expect("a stream");
        let closed = sender.closed();
        drop(body);
        within(closed).await;
        within(sender.closed()).await;
        assert!(sender.is_closed(), "{ending:?}");
        assert_eq!(
            sender.try_send("x"),
            Err(SseSendError::Closed),
            "{ending:?}"
        );
        assert_eq!(
            sender.send("x").await,
            Err(SseSendError::Closed),
            "{ending:?}"
        );
        assert_eq!(
            sender.comment("x").await,
            Err(SseSendError::Closed),
            "{ending:?}"
        );
        assert_eq!((sender.clone() == sender, sender.dropped()), (true, 0));
    }
}

#[tokio::test]
async fn senders_that_wait_fail_when_the_client_leaves() {
    let (body, sender) = unread(silent(1)).await;
    sender.try_send("fills the queue").expect("space");
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let sender = sender.clone();
            tokio::spawn(async move { sender.send("waits").await })
        })
        .collect();
    tokio::task::yield_now().await;
    drop(body);
    for waiting in waiting {
        let sent = within(waiting).await.expect("a task");
        assert_eq!(sent, Err(SseSendError::Closed));
    }
}

#[tokio::test]
async fn a_consumer_that_ignores_its_client_is_dropped_with_it() {
    let (app, mut joined) = open_streams(silent(1));
    // Never polled, so never started.
    drop(body_of(&app).await);
    let mut body = body_of(&app).await;
    let _ = next(&mut body).now_or_never();
    drop(body);
    let sender = joined.recv().await.expect("one stream");
    assert!(sender.is_closed());
    assert!(joined.try_recv().is_err());
}
