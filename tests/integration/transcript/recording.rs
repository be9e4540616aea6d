//! Recorded transcripts, at either end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use http4k_ws::filter::record;
use http4k_ws::prelude::*;
use http4k_ws::testing::WsClient;
use http4k_ws::testing::contract::{Backend, OverDuplex, OverNetwork};
use http4k_ws::testing::transcript::{Recorded, Transcript};
use http4k_ws::testing::{InMemory, NextMessage};
use proptest::prelude::*;

use super::{app, parrot};

const PATIENCE: Duration = Duration::from_secs(20);

/// An action of a client, after which it reads one message.
#[derive(Debug, Clone)]
enum Said {
    Text(String),
    Binary(Vec<u8>),
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        any::<String>()
            .prop_filter("it would close", |text| text != "bye")
            .prop_map(Said::Text),
        any::<Vec<u8>>().prop_map(Said::Binary),
    ]
}

/// Performs the actions of `script`.
fn talk(client: &mut impl WsClient, script: &[Said]) {
    client.next();
    for said in script {
        match said.clone() {
            Said::Text(text) => client.send(text).expect("open"),
            Said::Binary(bytes) => client.send(bytes).expect("open"),
        }
        client.next();
    }
    client.close(WsStatus::new(4001, "enough").unwrap());
}

/// Returns an application whose sockets are recorded at the server's end.
fn recorded_app(limit: Option<usize>) -> (PolyHandler, Receiver<Transcript>) {
    let (to, transcripts) = channel();
    let mut recording = record(move |transcript| to.send(transcript).expect("the test waits"));
    if let Some(limit) = limit {
        recording = recording.with_limit(limit);
    }
    let app = routes! { "/parrot/<name>" with(recording) => ws(parrot(ws, name)) };
    (app, transcripts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_recorded_script_can_be_replayed(script in prop::collection::vec(said(), 0..6)) {
        let (app, transcripts) = recorded_app(None);
        let target = "/parrot/ann%20b?x=1";
        let mut client = Recorded::new(app.test_ws(target), target);
        talk(&mut client, &script);
        let at_the_client = client.transcript().clone();
        prop_assert_eq!(at_the_client.entries().len(), 2 + 2 * script.len());
        drop(client);
        // The two sides never sent at the same time, so both ends saw the same order.
        prop_assert_eq!(&transcripts.recv_timeout(PATIENCE).unwrap(), &at_the_client);
        let read: Transcript = at_the_client.to_string().parse().unwrap();
        prop_assert_eq!(read.replay_in(&InMemory::new(super::app())), Ok(()));
    }
}

/// A complete small session, recorded at both ends.
fn recorded(backend: &impl Backend, transcripts: &Receiver<Transcript>) {
    let target = "/parrot/ann";
    let mut client = Recorded::new(backend.ws(target), target);
    assert_eq!(client.next(), NextMessage::Message("hello ann".into()));
    client.send("polly\n").expect("open");
    assert_eq!(client.next(), NextMessage::Message("polly\n".into()));
    client.send("bye").expect("open");
    let status = WsStatus::new(4000, "bye, then").unwrap();
    assert_eq!(client.next(), NextMessage::Closed(status.clone()));
    assert_eq!(client.next(), NextMessage::Closed(status.clone()));
    assert_eq!(client.closed(), Some(status.clone()));
    client.close(WsStatus::NORMAL);
    let expected = Transcript::new(target)
        .server_says("hello ann")
        .client_says("polly\n")
        .server_says("polly\n")
        .client_says("bye")
        .server_closes(status);
    assert_eq!(client.into_transcript(), expected);
    assert_eq!(transcripts.recv_timeout(PATIENCE).unwrap(), expected);
}

#[test]
fn both_ends_write_the_same_in_every_backend() {
    let (app, transcripts) = recorded_app(None);
    recorded(&InMemory::new(app.clone()), &transcripts);
    recorded(&OverDuplex::new(app.clone()), &transcripts);
    recorded(&OverNetwork::new(app), &transcripts);
}

#[test]
fn a_wait_in_which_nothing_comes_is_silence() {
    let mut client = Recorded::new(app().test_ws("/parrot/ann"), "/parrot/ann");
    client.next();
    client.expect_silence(Duration::from_millis(1500));
    assert_eq!(client.next_within(Duration::ZERO), NextMessage::Pending);
    let text = client.transcript().to_string();
    assert_eq!(
        text,
        "open /parrot/ann\nserver text hello ann\nsilence 1.5s\n"
    );
    assert_eq!(
        client.into_transcript().replay_in(&InMemory::new(app())),
        Ok(())
    );
}

#[test]
fn a_subprotocol_is_recorded() {
    let request = Request::get("/spoken").header("sec-websocket-protocol", "chat.v1");
    let mut client = Recorded::new(app().test_ws(request), "/spoken");
    assert_eq!(client.received().count(), 1);
    let text = client.transcript().to_string();
    let expected = "open /spoken\nsubprotocol chat.v1\nserver text chat.v1\nserver close 1000\n";
    assert_eq!(text, expected);
}

#[test]
fn the_first_close_ends_the_record() {
    let mut client = Recorded::new(app().test_ws("/parrot/ann"), "/parrot/ann");
    client.close(WsStatus::NORMAL);
    client.close(WsStatus::GOING_AWAY);
    client.received().for_each(drop);
    let text = client.transcript().to_string();
    assert_eq!(text, "open /parrot/ann\nclient close 1000\n");
    assert_eq!(
        client.into_transcript().replay_in(&InMemory::new(app())),
        Ok(())
    );
}

#[test]
fn a_client_that_is_lost_closes_with_1006() {
    let (app, transcripts) = recorded_app(None);
    let server = app.as_server("127.0.0.1:0").start().expect("a port");
    let mut line = TcpStream::connect(server.addr()).expect("it listens");
    line.set_read_timeout(Some(PATIENCE)).unwrap();
    line.write_all(
        b"GET /parrot/ann HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )
    .expect("it reads");
    let mut seen = Vec::new();
    while !seen.ends_with(b"hello ann") {
        let mut byte = [0];
        line.read_exact(&mut byte).expect("it greets");
        seen.extend(byte);
    }
    drop(line);
    let text = transcripts.recv_timeout(PATIENCE).unwrap().to_string();
    let expected = "open /parrot/ann\nserver text hello ann\nclient close 1006 connection lost\n";
    assert_eq!(text, expected);
}

#[test]
fn a_recording_is_bounded_at_either_end() {
    // Three entries, and the ten bytes of two.
    let limit = 3 * 64 + "hello ann".len() + 1;
    let (app, transcripts) = recorded_app(Some(limit));
    let client = app.test_ws("/parrot/ann");
    let mut client = Recorded::new(client, "/parrot/ann").with_limit(limit);
    client.next();
    client.send("").expect("open");
    client.next();
    client.send("x").expect("open");
    for _ in 0..3 {
        client.send("y").expect("open");
        client.next();
    }
    client.close(WsStatus::NORMAL);
    let expected = Transcript::new("/parrot/ann")
        .server_says("hello ann")
        .client_says("")
        .server_says("")
        .to_string()
        + "cut\n";
    assert_eq!(client.into_transcript().to_string(), expected);
    assert_eq!(
        transcripts.recv_timeout(PATIENCE).unwrap().to_string(),
        expected
    );
}

#[test]
fn a_recorded_client_keeps_its_methods() {
    let mut client = Recorded::new(app().test_ws("/parrot/ann"), "/parrot/ann");
    client.client().stop_reading();
    client.client().read_on();
    assert_eq!(client.subprotocol(), None);
    assert_eq!(client.received().next().unwrap().unwrap(), "hello ann");
}
