//! Peers that leave behind unread messages: the session notices their end, whatever the consumer
//! does.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use h2::Reason;
use h2::client::Builder;
use http4k_ws::client::WebSocketClient;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::{PolyHandler, WebSocket, WsResult, WsStatus};
use tokio::io::duplex;
use tokio::time::{Instant, sleep};

use super::cable::{Cable, within};
use crate::http2::client::{Client, TEXT};
use crate::http2::serve;
use crate::masked::masked as frame;
use crate::tls::certificates::self_signed;
use crate::tls::{server_tls, trusting};

/// The size of a flood that exceeds the queue.
const MESSAGES: usize = 300;

/// The tolerance of a deadline.
const SLACK: Duration = Duration::from_millis(50);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

struct Dropped(std::sync::mpsc::Sender<(WsStatus, Instant)>);

impl Drop for Dropped {
    fn drop(&mut self) {
        // A status that a socket never has.
        let _ = self.0.send((WsStatus::NO_STATUS, Instant::now()));
    }
}

/// The consumers that never receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consumer {
    /// Sends, and waits for the end.
    Pushes,
    /// Waits for something else.
    Sleeps,
}

/// Returns an application that never receives. It reports how and when its socket ended, and when
/// its consumer did.
fn app(consumer: Consumer) -> (PolyHandler, Receiver<(WsStatus, Instant)>) {
    let (tell, told) = channel();
    let app = move |ws: WebSocket| {
        let (tell, ended, dropped) = (tell.clone(), ws.closed(), Dropped(tell.clone()));
        tokio::spawn(async move { tell.send((ended.await, Instant::now())) });
        async move {
            let _dropped = dropped;
            if consumer == Consumer::Sleeps {
                std::future::pending::<()>().await;
            }
            ws.send("hello").await?;
            ws.closed().await;
            WsResult::Ok(())
        }
    };
    (app.into_poly_handler(), told)
}

fn messages() -> Vec<u8> {
    frame(0x81, b"x").repeat(MESSAGES)
}

/// Waits for the end of the socket, and returns its code and the time since `start`. Then it waits
/// for the end of the consumer; one that only waits for the socket ends at once.
async fn ended(
    from: &Receiver<(WsStatus, Instant)>,
    consumer: Consumer,
    start: Instant,
) -> (u16, Duration) {
    let mut ends = Vec::new();
    let limit = Instant::now() + seconds(600);
    while ends.len() < 2 {
        match from.try_recv() {
            Ok(end) => ends.push(end),
            Err(_) => {
                assert!(Instant::now() < limit, "it never ends: {ends:?}");
                sleep(Duration::from_millis(10)).await;
            }
        }
    }
    ends.sort_by_key(|(status, _)| *status == WsStatus::NO_STATUS);
    let (at, gone) = (ends[0].1, ends[1].1);
    let grace = match consumer {
        Consumer::Pushes => SLACK,
        Consumer::Sleeps => seconds(32),
    };
    assert!(gone <= at + grace, "{consumer:?}: {:?}", gone - at);
    (ends[0].0.code(), at - start)
}

const CONSUMERS: [Consumer; 2] = [Consumer::Pushes, Consumer::Sleeps];

#[tokio::test(start_paused = true)]
async fn the_end_of_the_stream_is_noticed_behind_a_full_queue() {
    for consumer in CONSUMERS {
        let (app, told) = app(consumer);
        let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
        peer.send(messages()).await;
        let start = Instant::now();
        drop(peer);
        let (code, after) = ended(&told, consumer, start).await;
        assert_eq!(code, 1006, "{consumer:?}");
        assert!(after <= SLACK, "{after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_close_frame_is_handled_behind_a_full_queue() {
    for consumer in CONSUMERS {
        let (app, told) = app(consumer);
        let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
        peer.send(messages()).await;
        peer.send(frame(0x88, &4321_u16.to_be_bytes())).await;
        let start = Instant::now();
        if consumer == Consumer::Pushes {
            assert_eq!(peer.frame().await, (1, b"hello".to_vec()));
        }
        assert_eq!(peer.close_code().await.0, 4321);
        let (code, after) = ended(&told, consumer, start).await;
        assert_eq!(code, 4321, "{consumer:?}");
        assert!(after <= SLACK, "{after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_noticed_behind_a_full_queue() {
    for consumer in CONSUMERS {
        let (app, told) = app(consumer);
        let cable = Cable::default();
        let client = cable.connect(app, SessionConfig::default()).await;
        for _ in 0..MESSAGES {
            client.send("x").await.expect("open");
        }
        // The peer is alive, and responds to pings.
        sleep(seconds(15)).await;
        assert!(told.try_recv().is_err());
        cable.pull();
        let (code, after) = ended(&told, consumer, Instant::now()).await;
        assert_eq!(code, 1001, "{consumer:?}");
        assert!(after <= seconds(41), "{after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_does_not_receive_has_its_own_deadline() {
    for consumer in CONSUMERS {
        let (app, told) = app(consumer);
        let cable = Cable::default();
        let client = cable.connect(app, SessionConfig::default()).await;
        let start = Instant::now();
        for _ in 0..MESSAGES {
            client.send("x").await.expect("open");
        }
        let (code, after) = ended(&told, consumer, start).await;
        assert_eq!(code, 1013, "{consumer:?}");
        assert!(
            after >= seconds(60) && after <= seconds(60) + SLACK,
            "{after:?}"
        );
        assert_eq!(within(client.closed()).await.code(), 1013);
    }
}

/// The end can't be seen behind more bytes than are ever read.
#[tokio::test(start_paused = true)]
async fn a_peer_that_leaves_more_than_is_read_is_gone_with_the_consumers_deadline() {
    for consumer in CONSUMERS {
        let (app, told) = app(consumer);
        let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
        let start = Instant::now();
        while peer.try_send(&frame(0x81, b"x").repeat(1000)).await {}
        drop(peer);
        let (code, after) = ended(&told, consumer, start).await;
        assert_eq!(code, 1013, "{consumer:?}");
        assert!(after <= seconds(60) + SLACK, "{after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_the_consumer_can_be_set_and_begins_anew_when_it_receives() {
    let (tell, told) = channel();
    let app = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            loop {
                // The consumer is slow, but it receives.
                sleep(seconds(4)).await;
                match ws.recv().await? {
                    None => break,
                    Some(message) if message.text() == "last" => {
                        std::future::pending::<()>().await;
                    }
                    Some(_) => tell.send(())?,
                }
            }
            WsResult::Ok(())
        }
    };
    let config = SessionConfig::default()
        .with_queue_messages(2)
        .with_consumer_stall(seconds(5));
    let client = Cable::default()
        .connect(app.into_poly_handler(), config)
        .await;
    for _ in 0..20 {
        client.send("x").await.expect("open");
    }
    client.send("last").await.expect("open");
    for _ in 0..20 {
        client.send("never received").await.expect("open");
    }
    assert_eq!(within(client.closed()).await.code(), 1013);
    assert_eq!(told.try_iter().count(), 20);
}

/// Every message that arrived before the end can still be received.
#[tokio::test(start_paused = true)]
async fn messages_before_the_end_are_still_received() {
    let (tell, told) = channel();
    let app = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            let status = ws.closed().await;
            let mut count = 0;
            while ws.recv().await?.is_some() {
                count += 1;
            }
            tell.send((status.code(), count))?;
            WsResult::Ok(())
        }
    };
    let mut peer = Cable::default()
        .peer(app.into_poly_handler(), SessionConfig::default())
        .await;
    peer.send(messages()).await;
    peer.send(frame(0x88, &1000_u16.to_be_bytes())).await;
    assert_eq!(peer.close_code().await.0, 1000);
    sleep(seconds(1)).await;
    assert_eq!(told.try_recv(), Ok((1000, MESSAGES)));
}

#[tokio::test(start_paused = true)]
async fn a_departed_peer_is_noticed_over_tls() {
    for closes in [false, true] {
        let (app, told) = app(Consumer::Pushes);
        let pair = self_signed(&["localhost"]);
        let config = ServerConfig::default().with_tls(server_tls(&pair));
        let (ours, theirs) = duplex(4096);
        tokio::spawn(app.serve_connection(theirs, config));
        let cable = Cable::default();
        let handshake = WebSocketClient::to("wss://localhost/").with_tls(trusting(&pair.chain));
        let socket = within(handshake.connect_over(cable.plug(ours))).await;
        let socket = socket.expect("a socket");
        for _ in 0..MESSAGES {
            socket.send("x").await.expect("open");
        }
        if closes {
            socket.close(WsStatus::NORMAL);
        } else {
            sleep(seconds(1)).await;
            cable.pull();
        }
        let (code, after) = ended(&told, Consumer::Pushes, Instant::now()).await;
        let (expected, limit) = if closes {
            (1000, SLACK)
        } else {
            (1001, seconds(41))
        };
        assert_eq!(code, expected);
        assert!(after <= limit, "{after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_departed_peer_is_noticed_over_http2() {
    type Leaves = fn(&mut Client, &mut crate::http2::client::Socket);
    let ways: [(u16, Leaves); 4] = [
        (1006, |_, socket| socket.end()),
        (1006, |_, socket| socket.send.send_reset(Reason::CANCEL)),
        (1006, |client, _| client.connection.abort()),
        (1000, |_, socket| {
            socket.send_frame(8, &1000_u16.to_be_bytes())
        }),
    ];
    for (number, (expected, leave)) in ways.into_iter().enumerate() {
        let (app, told) = app(Consumer::Pushes);
        let (ours, _serving) = serve(app, ServerConfig::default());
        let mut client = Client::over(ours, &Builder::new()).await;
        let mut socket = client.open("/", &[]).await;
        for _ in 0..MESSAGES {
            socket.send_frame(TEXT, b"x");
        }
        assert_eq!(socket.text().await, "hello");
        let start = Instant::now();
        leave(&mut client, &mut socket);
        let (code, after) = ended(&told, Consumer::Pushes, start).await;
        assert_eq!(code, expected, "{number}");
        assert!(after <= SLACK, "{number}: {after:?}");
    }
}

/// The client's side: its consumer does not receive, and the server leaves.
#[tokio::test(start_paused = true)]
async fn a_departed_server_is_noticed_by_a_client_that_does_not_receive() {
    for (closes, expected) in [(true, 1000), (false, 1001)] {
        let app = move |ws: WebSocket| async move {
            for _ in 0..MESSAGES {
                ws.send("x").await?;
            }
            if !closes {
                std::future::pending::<()>().await;
            }
            WsResult::Ok(())
        };
        let cable = Cable::default();
        let client = cable
            .connect(app.into_poly_handler(), SessionConfig::default())
            .await;
        let start = Instant::now();
        if !closes {
            sleep(seconds(1)).await;
            cable.pull();
        }
        assert_eq!(within(client.closed()).await.code(), expected);
        assert!(start.elapsed() <= seconds(42));
    }
}

/// While the peer reads nothing, the server reads little: more messages would only queue more
/// responses.
#[tokio::test(start_paused = true)]
async fn little_is_read_from_a_peer_that_takes_nothing() {
    let (tell, told) = channel();
    let app = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            while let Some(message) = ws.recv().await? {
                tell.send(message.as_bytes().len())?;
                ws.send(message).await?;
            }
            WsResult::Ok(())
        }
    };
    let (ours, theirs) = duplex(16 * 1024);
    tokio::spawn(
        app.into_poly_handler()
            .serve_connection(theirs, ServerConfig::default()),
    );
    let mut peer = Cable::default().talk(ours).await;
    let frame = [&[0x82, 0x80 | 126, 4, 0, 0, 0, 0, 0][..], &[0; 1024]].concat();
    // This goes on until the server reads no more; it closes the socket after the stall.
    while peer.try_send(&frame).await {}
    let read: usize = told.try_iter().sum();
    assert!((16 * 1024..128 * 1024).contains(&read), "{read}");
}

/// A large message is echoed before the next one is read, so a second one never waits behind an
/// echo that the peer does not read.
#[tokio::test(start_paused = true)]
async fn one_large_message_waits_for_a_peer_that_takes_nothing() {
    let (tell, told) = channel();
    let app = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            while let Some(message) = ws.recv().await? {
                tell.send(message.as_bytes().len())?;
                ws.send(message).await?;
            }
            WsResult::Ok(())
        }
    };
    // Four echoes are on their way, and a part of the fifth.
    let (ours, theirs) = duplex(256 * 1024);
    tokio::spawn(
        app.into_poly_handler()
            .serve_connection(theirs, ServerConfig::default()),
    );
    let mut peer = Cable::default().talk(ours).await;
    let header = [0x82, 0x80 | 126, 0xEA, 0x60, 0, 0, 0, 0];
    let frame = [&header[..], &[0; 60_000]].concat();
    while peer.try_send(&frame).await {}
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [60_000; 5]);
}
