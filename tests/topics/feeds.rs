//! The formats of feeds, and the number of times that a message is encoded.

use std::sync::atomic::{AtomicUsize, Ordering};

use http4k_ws::lens::{Format, LensFailure};
use http4k_ws::prelude::*;
use http4k_ws::testing::WsClient;
use http4k_ws::topics::{Feed, Position, Topics};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[message(json, msgpack, cbor)]
struct All {
    text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[message(cbor)]
struct One(Vec<u8>);

fn survives<M: Message + Clone + PartialEq + std::fmt::Debug>(data: M) {
    let at = Position::new(1, u64::MAX);
    let feed = Feed::Message { at, data };
    for format in Feed::<M>::FORMATS {
        let message = feed.clone().into_message_in(*format).unwrap();
        assert_eq!(message.is_text(), format.is_text());
        assert_eq!(Feed::from_message_in(*format, message), Ok(feed.clone()));
    }
}

#[test]
fn a_feed_has_the_formats_of_its_messages() {
    let all = [Format::Json, Format::MessagePack, Format::Cbor];
    assert_eq!(Feed::<All>::FORMATS, all);
    survives(All {
        text: "a".repeat(300),
    });
    assert_eq!(Feed::<One>::FORMATS, [Format::Cbor]);
    survives(One(vec![0; 300]));
    assert_eq!(Feed::<String>::FORMATS, [Format::Json]);
}

async fn talk(mut ws: WebSocket<All, Feed<All>>, rooms: Topics<All>) -> WsResult {
    let membership = rooms.topic("r").join(&ws).member("x").await?;
    while let Some(said) = ws.recv().await? {
        membership.publish(said).await?;
    }
    Ok(())
}

#[test]
fn each_socket_receives_its_format() {
    let rooms = Topics::new("room");
    let app = routes! { "/" with(http4k_ws::filter::subprotocols(["json", "msgpack", "cbor"])) => ws(talk(ws, rooms)) };
    let formats = [Format::Json, Format::MessagePack, Format::Cbor];
    let mut clients = ["json", "msgpack", "cbor"]
        .map(|name| app.test_ws(Request::get("/").header("sec-websocket-protocol", name)));
    clients[0].send(r#"{"text":"hi"}"#).unwrap();
    for (client, format) in clients.iter_mut().zip(formats) {
        let said = client.received().find_map(|message| {
            match Feed::<All>::from_message_in(format, message.unwrap()).unwrap() {
                Feed::Message { data, .. } => Some(data.text),
                _ => None,
            }
        });
        assert_eq!(said.unwrap(), "hi");
    }
}

static ENCODED: AtomicUsize = AtomicUsize::new(0);

#[derive(Clone, Debug, PartialEq)]
struct Counted(String);

impl Message for Counted {
    const NAME: &'static str = "Counted";
    const FORMATS: &'static [Format] = &[Format::Text];

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        ENCODED.fetch_add(1, Ordering::Relaxed);
        Ok(self.0.into())
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        Ok(Self(message.text().into_owned()))
    }
}

async fn count(ws: WebSocket<WsMessage, Feed<Counted>>, rooms: Topics<Counted>) -> WsResult {
    let _membership = rooms.topic("r").join(&ws).await?;
    ws.closed().await;
    Ok(())
}

const MEMBERS: usize = 10_000;

/// Copied for each member, the message would take 640 MB.
#[test]
fn ten_thousand_members_share_one_encoding() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let rooms = Topics::<Counted>::new("room");
    let topic = rooms.topic("r");
    let app = routes! { "/" => ws(count(ws, rooms)) };
    let mut sockets = Vec::new();
    runtime.block_on(async {
        for _ in 0..MEMBERS {
            let mut socket = app.connect_ws("/").await.unwrap();
            socket.recv().await.unwrap().unwrap();
            sockets.push(socket);
        }
    });
    let mut received = Vec::with_capacity(MEMBERS);
    let allocated = allocation_counter::measure(|| {
        runtime.block_on(async {
            topic.publish(Counted("x".repeat(64 * 1024))).await.unwrap();
            for socket in &mut sockets {
                received.push(socket.recv().await.unwrap().unwrap());
            }
        });
    });
    assert_eq!(ENCODED.load(Ordering::Relaxed), 1);
    let first = received[0].as_bytes().as_ptr();
    assert!(
        received
            .iter()
            .all(|message| message.as_bytes().as_ptr() == first)
    );
    assert!(allocated.bytes_total < 64 << 20, "{allocated:?}");
}
