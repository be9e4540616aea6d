//! Groups of sockets that receive the same messages.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use http4k_ws::SendError;
use http4k_ws::filter::subprotocols;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::session::{Group, SessionConfig, SlowConsumer, SocketInfo, Traffic, WsMetrics};
use http4k_ws::testing::WsClient;

use super::backends::{next_report, on_every_backend};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[message(json, msgpack)]
struct Tick {
    number: u32,
}

/// Sends each message of a member to the others, and "sent" to itself before and after.
async fn chat(mut ws: WebSocket, room: Group) -> WsResult {
    let member = room.join(&ws);
    ws.send("joined").await?;
    while let Some(message) = ws.recv().await? {
        ws.send("before").await?;
        if message == "to all" {
            room.broadcast(message)?;
        } else {
            member.broadcast_to_others(message)?;
        }
        ws.send("after").await?;
    }
    Ok(())
}

/// Lets each socket listen to a group until its end, after "joined".
fn listeners(group: &Group) -> PolyHandler {
    let group = group.clone();
    let listen = move |ws: WebSocket| {
        let group = group.clone();
        async move {
            let _member = group.join(&ws);
            ws.send("joined").await?;
            ws.closed().await;
            WsResult::Ok(())
        }
    };
    listen.into_poly_handler()
}

/// Counts what a socket drops, and reports that at its end with what it has sent.
struct Counts {
    dropped: AtomicU64,
    report: Sender<(u64, Traffic)>,
}

impl WsMetrics for Counts {
    fn dropped(&self, _socket: &SocketInfo, messages: u64) {
        self.dropped.fetch_add(messages, Ordering::Relaxed);
    }

    fn closed(&self, _socket: &SocketInfo, _status: &WsStatus, traffic: &Traffic) {
        let dropped = self.dropped.load(Ordering::Relaxed);
        self.report
            .send((dropped, *traffic))
            .expect("the test waits");
    }
}

fn counts() -> (Counts, Receiver<(u64, Traffic)>) {
    let (report, reported) = channel();
    let dropped = AtomicU64::default();
    (Counts { dropped, report }, reported)
}

fn next(client: &mut impl WsClient) -> String {
    let message = client.received().next().expect("a message");
    message.expect("open").text().into_owned()
}

fn texts<const N: usize>(client: &mut impl WsClient) -> [String; N] {
    std::array::from_fn(|_| next(client))
}

/// JSON has no such keys.
#[derive(Clone, Serialize, Deserialize, Message)]
struct Squares {
    pieces: BTreeMap<(u8, u8), String>,
}

#[test]
fn a_value_without_a_message_is_an_error_also_without_members() {
    let pieces = BTreeMap::from([((1, 5), "king".to_owned())]);
    let sent = Group::<Squares>::new().broadcast(Squares { pieces });
    assert!(matches!(sent, Err(SendError::Unencodable(_))), "{sent:?}");
}

on_every_backend! {
    fn a_member_receives_what_it_sends_and_what_it_broadcasts_in_order<B>() {
        let room = Group::new();
        let app = routes! { "/" => ws(chat(ws, room)) };
        let backend = B::start(app, SessionConfig::default());
        let (mut ann, mut bob) = (backend.connect("/"), backend.connect("/"));
        assert_eq!((next(&mut ann), next(&mut bob)), ("joined".into(), "joined".into()));
        for _ in 0..3 {
            ann.send("to all").expect("open");
            ann.send("to bob").expect("open");
            assert_eq!(texts(&mut ann), ["before", "to all", "after", "before", "after"]);
            assert_eq!(texts(&mut bob), ["to all", "to bob"]);
        }
    }

    fn messages_of_several_groups_keep_their_order<B>() {
        let groups = [Group::new(), Group::new()];
        let [left, right] = groups.clone();
        let app = move |ws: WebSocket| {
            let (left, right) = (left.clone(), right.clone());
            async move {
                let _members = [left.join(&ws), right.join(&ws)];
                ws.send("joined").await?;
                ws.closed().await;
                WsResult::Ok(())
            }
        };
        let backend = B::start(app.into_poly_handler(), SessionConfig::default());
        let mut clients: Vec<_> = (0..3).map(|_| backend.connect("/")).collect();
        for client in &mut clients {
            assert_eq!(next(client), "joined");
        }
        for number in 0..100 {
            groups[number % 3 % 2].broadcast(number.to_string()).expect("text");
        }
        for client in &mut clients {
            for number in 0..100 {
                assert_eq!(next(client), number.to_string());
            }
        }
    }

    fn all_members_receive_the_messages_of_concurrent_threads_in_one_order<B>() {
        let room = Group::new();
        let app = listeners(&room);
        let backend = B::start(app, SessionConfig::default());
        let mut clients: Vec<_> = (0..5).map(|_| backend.connect("/")).collect();
        for client in &mut clients {
            assert_eq!(next(client), "joined");
        }
        let threads = [0, 1, 2, 3].map(|thread| {
            let room = room.clone();
            thread::spawn(move || {
                for number in 0..50 {
                    room.broadcast(format!("{thread} {number}")).expect("text");
                }
            })
        });
        for thread in threads {
            thread.join().expect("a thread that sends");
        }
        let orders: Vec<[String; 200]> = clients.iter_mut().map(texts).collect();
        assert!(orders.iter().all(|order| *order == orders[0]));
        let mut next_of = [0; 4];
        for text in &orders[0] {
            let (thread, number) = text.split_once(' ').expect("two numbers");
            let thread: usize = thread.parse().expect("a number");
            assert_eq!(number, next_of[thread].to_string());
            next_of[thread] += 1;
        }
    }

    fn each_member_receives_its_format<B>() {
        let ticks = Group::<Tick>::new();
        let joining = ticks.clone();
        let watch = move |ws: WebSocket<String, Tick>| {
            let ticks = joining.clone();
            async move {
                let _member = ticks.join(&ws);
                ws.send(Tick { number: 0 }).await?;
                ws.closed().await;
                WsResult::Ok(())
            }
        };
        let app = routes! { "/" with(subprotocols(["json", "msgpack"])) => ws(watch) };
        let backend = B::start(app, SessionConfig::default());
        let connect = |name: &str| {
            backend.connect(Request::get("/").header("sec-websocket-protocol", name))
        };
        let (mut text, mut binary) = (connect("json"), connect("msgpack"));
        let mut messages = |count: usize| {
            (0..count).map(|_| {
                let read = |client: &mut B::Client| client.received().next().expect("one").expect("open");
                (read(&mut text).text().into_owned(), read(&mut binary).as_bytes().to_vec())
            }).collect::<Vec<_>>()
        };
        messages(1);
        for number in 1..4 {
            assert_eq!(ticks.broadcast(Tick { number }), Ok(2));
        }
        let json = |number| format!("{{\"number\":{number}}}");
        let packed = |number| [b"\x81\xa6number", &[number][..]].concat();
        assert_eq!(messages(3), [1, 2, 3].map(|number| (json(number), packed(number))));
    }

    fn what_was_sent_before_a_member_leaves_reaches_it_and_nothing_after<B>() {
        let room = Group::new();
        let (tell, listen) = channel();
        let joining = room.clone();
        let app = move |ws: WebSocket| {
            let (room, tell) = (joining.clone(), tell.clone());
            async move {
                let member = room.join(&ws);
                room.broadcast("while it is a member")?;
                drop(member);
                room.broadcast("after it has left")?;
                ws.send("directly").await?;
                tell.send(ws.closed().await)?;
                WsResult::Ok(())
            }
        };
        let mut client = B::start(app.into_poly_handler(), SessionConfig::default()).connect("/");
        assert_eq!(texts(&mut client), ["while it is a member", "directly"]);
        assert!(room.is_empty());
        client.close(WsStatus::NORMAL);
        assert_eq!(next_report(&listen), WsStatus::NORMAL);
    }

    fn a_close_of_the_group_follows_its_messages<B>() {
        let room = Group::new();
        let app = listeners(&room);
        let mut client = B::start(app, SessionConfig::default()).connect("/");
        assert_eq!(next(&mut client), "joined");
        room.broadcast("bye").expect("text");
        room.close(WsStatus::GOING_AWAY);
        assert_eq!(room.broadcast("too late"), Ok(0));
        assert_eq!(next(&mut client), "bye");
        assert_eq!(client.closed(), Some(WsStatus::GOING_AWAY));
    }

    fn a_flush_includes_what_was_broadcast<B>() {
        let app = |mut ws: WebSocket| async move {
            let room = Group::new();
            let _member = room.join(&ws);
            for text in ["a", "b"] {
                room.broadcast(text)?;
            }
            ws.flush().await?;
            ws.send("flushed").await?;
            WsResult::Ok(())
        };
        let mut client = B::start(app.into_poly_handler(), SessionConfig::default()).connect("/");
        assert_eq!(texts(&mut client), ["a", "b", "flushed"]);
    }

    fn a_member_that_reads_nothing_is_closed_and_the_others_go_on<B>() {
        let room = Group::new();
        let app = listeners(&room);
        let config = SessionConfig::default().with_queue_messages(4).with_write_stall(Duration::from_secs(20));
        let backend = B::start(app, config);
        let (mut reads, mut stops) = (backend.connect("/"), backend.connect("/"));
        assert_eq!((next(&mut reads), next(&mut stops)), ("joined".into(), "joined".into()));
        let long = "x".repeat(500_000);
        let mut sent = 0;
        while room.broadcast(long.as_str()).expect("text") == 2 {
            assert_eq!(next(&mut reads).len(), long.len());
            sent += 1;
            assert!(sent < 200, "a peer that reads nothing stays a member");
        }
        assert_eq!(next(&mut reads).len(), long.len());
        let received = stops.received().take_while(Result::is_ok).count();
        assert!(received <= sent, "{received} of {sent}");
        assert_eq!(stops.closed(), Some(WsStatus::TRY_AGAIN_LATER));
    }

    fn what_a_group_sends_and_what_is_dropped_for_it_is_counted<B>() {
        let room = Group::new();
        let app = listeners(&room);
        let (counts, reported) = counts();
        let config = SessionConfig::default()
            .with_metrics(counts)
            .with_slow_consumer(SlowConsumer::DropOldest)
            .with_queue_messages(2);
        let backend = B::start(app, config);
        let mut client = backend.connect("/");
        assert_eq!(next(&mut client), "joined");
        for text in ["one", "two", "three"] {
            room.broadcast(text).expect("text");
        }
        room.close(WsStatus::NORMAL);
        let received = client.received().count() as u64;
        assert_eq!(client.closed(), Some(WsStatus::NORMAL));
        let (dropped, traffic) = next_report(&reported);
        assert_eq!(traffic.messages_sent, 1 + received);
        assert_eq!(received + dropped, 3);
    }

    fn a_message_that_waits_in_the_log_of_a_group_is_counted_once<B>() {
        let room = Group::new();
        let app = listeners(&room);
        let (counts, reported) = counts();
        let config = SessionConfig::default().with_metrics(counts);
        let backend = B::start(app, config);
        let mut client = backend.connect("/");
        assert_eq!(next(&mut client), "joined");
        for text in ["one", "two", "three"] {
            room.broadcast(text).expect("text");
            assert_eq!(next(&mut client), text);
        }
        client.close(WsStatus::NORMAL);
        client.closed();
        let (dropped, traffic) = next_report(&reported);
        assert_eq!((dropped, traffic.messages_sent, traffic.bytes_sent), (0, 4, 6 + 3 + 3 + 5));
    }
}
