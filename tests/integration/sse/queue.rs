//! The bounded queue of a stream, and its policies.

use std::time::Duration;

use http4k_ws::lens::LensFailureKind;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SlowConsumer;
use http4k_ws::sse::{Sse, SseEvent, SseResult, SseSendError, SseSender, respond};

use super::{body_of, failure, frame, next, open_streams, silent, streaming, unread, within};
use crate::http2::client::{Client, get};

#[tokio::test]
async fn a_full_queue_makes_senders_wait() {
    let (mut body, sender) = unread(silent(2)).await;
    for text in ["1", "2"] {
        sender.send(text).await.expect("space");
    }
    assert_eq!(sender.try_send("3"), Err(SseSendError::Full));
    let waiting = sender.clone();
    let waiting = tokio::spawn(async move {
        for text in ["3", "4", "5"] {
            waiting.send(text).await?;
        }
        Ok::<_, SseSendError>(())
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    let mut came = String::new();
    while !came.ends_with("data: 5\n\n") {
        let more = frame(&mut body).await;
        assert!(more.matches("data").count() <= 2, "{more}");
        came += &more;
    }
    assert_eq!(within(waiting).await.expect("a task"), Ok(()));
    assert_eq!(
        came,
        "data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: 5\n\n"
    );
    assert_eq!(sender.dropped(), 0);
}

#[tokio::test]
async fn a_consumer_waits_for_its_own_queue() {
    let app = streaming(silent(2), |sse: Sse| async move {
        for number in 0..5 {
            sse.send(number.to_string()).await?;
        }
        SseResult::Ok(())
    });
    let mut body = body_of(&app).await;
    for text in [
        "data: 0\n\ndata: 1\n\n",
        "data: 2\n\ndata: 3\n\n",
        "data: 4\n\n",
    ] {
        assert_eq!(frame(&mut body).await, text);
    }
    assert!(next(&mut body).await.is_none());
}

#[tokio::test]
async fn the_bytes_are_bounded_and_one_event_may_exceed_the_bound() {
    let (mut body, sender) = unread(silent(1000).with_queue_bytes(10)).await;
    sender.try_send("nine byte").expect("space");
    let long = "x".repeat(100_000);
    let event = SseEvent::new(long.as_str());
    sender.try_send(event).expect("space for one");
    assert_eq!(sender.try_send(""), Err(SseSendError::Full));
    frame(&mut body).await;
    sender.try_send("").expect("space");
    assert_eq!(frame(&mut body).await, "data: \n\n");
    // The name and the id count, too.
    let named = SseEvent::new("").named("name.").with_id("ident");
    sender.try_send(named).expect("space");
    assert_eq!(sender.try_send(""), Err(SseSendError::Full));
}

/// A frame is bounded, so that a connection does not hold another copy of the queue.
#[tokio::test]
async fn a_long_queue_leaves_in_several_frames() {
    let (mut body, sender) = unread(silent(256)).await;
    let kib = "x".repeat(1024);
    for _ in 0..256 {
        sender.try_send(kib.as_str()).expect("space");
    }
    let mut frames = Vec::new();
    while frames.iter().sum::<usize>() < 256 * 1024 {
        frames.push(frame(&mut body).await.len());
    }
    assert!(
        frames.iter().all(|length| *length <= 66 * 1024),
        "{frames:?}"
    );
    assert_eq!(frames.len(), 4, "{frames:?}");
}

fn by_name() -> SlowConsumer<SseEvent> {
    SlowConsumer::coalesce_events_by(|event| event.name().map(str::to_owned))
}

fn price(name: &str, cents: u32) -> SseEvent {
    SseEvent::new(cents.to_string()).named(name)
}

#[tokio::test]
async fn each_policy_decides_what_a_slow_client_receives() {
    for (policy, received, dropped) in [
        (SlowConsumer::DropOldest, "a2 b3 a4", 2),
        (by_name(), "b3 c5 a4", 2),
    ] {
        let (mut body, sender) = unread(silent(3).with_slow_consumer(policy.clone())).await;
        let events: &[(&str, u32)] = match policy {
            SlowConsumer::DropOldest => &[("a", 0), ("b", 1), ("a", 2), ("b", 3), ("a", 4)],
            _ => &[("a", 2), ("b", 3), ("c", 4), ("c", 5), ("a", 4)],
        };
        for (name, cents) in events {
            sender
                .send(price(name, *cents))
                .await
                .expect("an open stream");
        }
        let came = frame(&mut body).await;
        let short: Vec<_> = came
            .split("\n\n")
            .filter_map(|event| event.strip_prefix("event: ")?.split_once("\ndata: "))
            .map(|(name, data)| format!("{name}{data}"))
            .collect();
        assert_eq!(short.join(" "), received, "{policy:?}");
        assert_eq!(sender.dropped(), dropped, "{policy:?}");
    }
}

#[tokio::test]
async fn a_comment_is_coalesced_with_nothing() {
    let app = streaming(
        silent(2).with_slow_consumer(by_name()),
        |sse: Sse| async move {
            sse.send(price("a", 1)).await?;
            sse.comment("between").await?;
            sse.send(price("a", 2)).await
        },
    );
    let text = ": between\n\nevent: a\ndata: 2\n\n";
    assert_eq!(app.send_http("/").await.body(), text);
}

#[tokio::test]
async fn the_policy_close_ends_the_stream_after_the_queue() {
    let (mut body, sender) = unread(silent(2).with_slow_consumer(SlowConsumer::Close)).await;
    sender.try_send("1").expect("space");
    sender.try_send("2").expect("space");
    assert_eq!(sender.try_send("3"), Err(SseSendError::Closed));
    assert_eq!(sender.send("4").await, Err(SseSendError::Closed));
    assert!(sender.is_closed());
    assert_eq!(frame(&mut body).await, "data: 1\n\ndata: 2\n\n");
    assert_eq!(failure(&mut body).await, "the client reads too slowly");
}

/// A value whose format is not text is refused, and the stream stays open.
#[tokio::test]
async fn bytes_cannot_be_the_data_of_an_event() {
    let app = |request: Request| {
        respond(request, |sse: Sse<WsMessage>| async move {
            let bytes = WsMessage::new_binary([0xFF].as_slice());
            match sse.send(bytes).await {
                Err(SseSendError::Unencodable(failure)) => {
                    assert_eq!(failure.kind(), LensFailureKind::Invalid);
                }
                other => panic!("{other:?}"),
            }
            sse.send("text").await
        })
    };
    assert_eq!(app.send_http("/").await.body(), "data: text\n\n");
}

/// Waiting for space takes no time of a paused clock, and the reader takes any time.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_loses_nothing() {
    let app = streaming(silent(8), |sse: Sse| async move {
        for number in 0..100 {
            sse.send(number.to_string()).await?;
        }
        SseResult::Ok(())
    });
    let mut body = body_of(&app).await;
    let mut came = String::new();
    while let Some(more) = next(&mut body).await {
        came += &more.expect("a frame");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let all: String = (0..100)
        .map(|number| format!("data: {number}\n\n"))
        .collect();
    assert_eq!(came, all);
}

/// The bytes in all queues of a server are bounded. The longest queue pays for a breach, and the
/// other streams go on.
#[tokio::test(start_paused = true)]
async fn the_bytes_in_all_streams_are_bounded() {
    const LIMIT: usize = 400 * 1024;
    let (app, mut joined) = open_streams(silent(10_000));
    let config = ServerConfig::default().with_max_queued(LIMIT);
    let mut client = Client::to(app, config).await;
    let (mut bodies, mut senders) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (answer, _) = client.begin(get("/", &[]), true);
        bodies.push(within(answer).await.expect("an answer").into_body());
        senders.push(within(joined.recv()).await.expect("a stream"));
    }
    // Nothing is read, so that the events wait. The first stream has the longest queue.
    let kib = "x".repeat(1024);
    let mut sent = [0; 3];
    for round in 0..1000 {
        for (index, sender) in senders.iter().enumerate() {
            if (index == 0 || round % 2 == 0) && sender.try_send(kib.as_str()).is_ok() {
                sent[index] += 1;
            }
        }
        tokio::task::yield_now().await;
        if senders[0].is_closed() {
            break;
        }
    }
    let closed: Vec<_> = senders.iter().map(SseSender::is_closed).collect();
    assert_eq!(closed, [true, false, false], "{sent:?} KiB were accepted");
    // Each stream of HTTP/2 holds a window and a frame of its own beside its queue.
    let all: usize = sent.iter().sum();
    assert!(all < LIMIT / 1024 + 3 * 200, "{sent:?} KiB were accepted");
    senders[1].try_send("goes on").expect("an open stream");
    let broken = bodies.remove(0);
    assert!(read_to_end(broken).await.is_err());
}

async fn read_to_end(mut body: h2::RecvStream) -> Result<usize, h2::Error> {
    let mut bytes = 0;
    while let Some(data) = within(body.data()).await {
        let data = data?;
        bytes += data.len();
        body.flow_control().release_capacity(data.len())?;
    }
    Ok(bytes)
}
