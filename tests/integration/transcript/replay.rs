//! Replayed transcripts, in every backend.

use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::testing::contract::{OverDuplex, OverNetwork};
use http4k_ws::testing::transcript::{ReplayError, Transcript, TranscriptEntry};
use http4k_ws::testing::{InMemory, WsClient};
use http4k_ws::{SendError, StatusCode, WsStatus};

use super::app;

fn read(text: &str) -> Transcript {
    text.parse().expect("a transcript")
}

/// Replays in memory, over a pipe and over a port, and asserts equal results.
#[track_caller]
fn replayed(transcript: &Transcript) -> Result<(), ReplayError> {
    let in_memory = transcript.replay_in(&InMemory::new(app()));
    assert_eq!(transcript.replay_in(&OverDuplex::new(app())), in_memory);
    assert_eq!(transcript.replay_in(&OverNetwork::new(app())), in_memory);
    in_memory
}

#[track_caller]
fn differs(text: &str) -> String {
    replayed(&read(text)).expect_err("a difference").to_string()
}

#[test]
fn a_session_that_follows_its_transcript_succeeds() {
    for text in [
        "open /parrot/ann\nserver text hello ann\nclient text bye\nserver close 4000 bye, then\n",
        "open /parrot/ann%20b\nserver text hello ann b\nclient close 1000\n",
        "open /parrot/bob\nclient binary 00ff\nclient text\nserver text hello bob\nserver binary 00ff\n\
         server text\nclient close 4001 enough\n",
        "open /spoken\nsubprotocol chat.v1\nserver text chat.v1\nserver close 1000\n",
        "open /spoken\nserver text none\nserver close 1000\n",
        "open /parrot/ann\n",
        "open /parrot/ann\nserver text hello ann\ncut\nserver text and so on\n",
    ] {
        assert_eq!(replayed(&read(text)), Ok(()), "{text}");
    }
}

#[test]
fn the_first_difference_names_its_line() {
    assert_eq!(
        differs("open /parrot/ann\nserver text hello ann\nclient text hi\nserver text ho\n"),
        "line 4: expected `server text ho`, received `server text hi`"
    );
    assert_eq!(
        differs("open /parrot/ann\nserver binary 68656c6c6f20616e6e\n"),
        "line 2: expected `server binary 68656c6c6f20616e6e`, received `server text hello ann`"
    );
    assert_eq!(
        differs("open /spoken\nsubprotocol chat.v2\nserver text chat.v2\nserver text more\n"),
        "line 4: expected `server text more`, received `server close 1000`"
    );
    assert_eq!(
        differs("open /parrot/ann\nserver text hello ann\nclient text bye\nserver close 4000\n"),
        "line 4: expected `server close 4000`, received `server close 4000 bye, then`"
    );
    assert_eq!(
        differs("open /parrot/ann\nserver close 1000\n"),
        "line 2: expected `server close 1000`, received `server text hello ann`"
    );
    assert_eq!(
        differs("open /parrot/ann\nsilence 1s\n"),
        "line 2: expected `silence 1s`, received `server text hello ann`"
    );
}

#[test]
fn a_socket_that_does_not_open_is_reported() {
    let refused = |target: &str, status| ReplayError::Refused {
        target: target.to_owned(),
        status,
    };
    for (target, status) in [
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/members", StatusCode::UNAUTHORIZED),
    ] {
        let transcript = Transcript::new(target);
        assert_eq!(replayed(&transcript), Err(refused(target, status)));
    }
    for transcript in [
        Transcript::new("no path, \u{0}"),
        Transcript::new("/").with_subprotocol("\n"),
    ] {
        let error = replayed(&transcript).expect_err("no request");
        assert!(matches!(error, ReplayError::NotOpened { .. }), "{error}");
    }
}

#[test]
fn another_subprotocol_is_reported() {
    assert_eq!(
        differs("open /spoken\nsubprotocol chat.v9\nserver text none\n"),
        r#"line 2: expected the subprotocol Some("chat.v9"), negotiated None"#
    );
    let mut client = app()
        .test_ws(http4k_ws::Request::get("/spoken").header("sec-websocket-protocol", "chat.v1"));
    let error = Transcript::new("/spoken").replay(&mut client);
    assert!(matches!(
        error,
        Err(ReplayError::Subprotocol { expected: None, got: Some(got) }) if got == "chat.v1"
    ));
}

/// In memory, because the test controls time there: a port would wait in real time.
#[test]
fn silence_is_awaited_and_its_end_is_reported() {
    let backend = InMemory::new(app());
    let quiet = Transcript::new("/parrot/ann")
        .server_says("hello ann")
        .silence(Duration::from_secs(1));
    assert_eq!(quiet.replay_in(&backend), Ok(()));
    let error = quiet
        .server_says("more")
        .replay_in(&backend)
        .expect_err("nothing comes");
    assert_eq!(
        error.to_string(),
        "line 4: expected `server text more`, received nothing"
    );
}

/// In memory, so that the elapsed time is exact.
#[test]
fn silence_lasts_for_its_declared_time() {
    async fn timed(mut ws: WebSocket) -> WsResult {
        let opened = tokio::time::Instant::now();
        while ws.recv().await?.is_some() {
            ws.send(format!("{:?}", opened.elapsed())).await?;
        }
        Ok(())
    }
    async fn late(ws: WebSocket) -> WsResult {
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok(ws.send("late").await?)
    }
    let backend = InMemory::new(routes! {
        "/timed" => ws(timed(ws)),
        "/late" => ws(late(ws)),
    });
    for time in ["0.001s", "1s", "30s"] {
        let seconds: f64 = time.trim_end_matches('s').parse().expect("a number");
        let elapsed = Duration::from_secs_f64(seconds);
        let text = format!("open /timed\nsilence {time}\nclient text\nserver text {elapsed:?}\n");
        assert_eq!(read(&text).replay_in(&backend), Ok(()), "{time}");
    }
    for (silence, holds) in [("1.999s", true), ("2.001s", false), ("60s", false)] {
        let text = format!("open /late\nsilence {silence}\nserver text late\nserver close 1000\n");
        assert_eq!(read(&text).replay_in(&backend).is_ok(), holds, "{silence}");
    }
}

#[test]
fn an_unsendable_entry_is_reported() {
    let said = Transcript::new("/parrot/ann")
        .server_says("hello ann")
        .client_says("bye")
        .server_closes(WsStatus::new(4000, "bye, then").unwrap())
        .client_says("are you there?");
    let error = said.replay_in(&InMemory::new(app())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 5: could not send `client text are you there?`"
    );
    assert!(matches!(
        error,
        ReplayError::NotSent { line: 5, error: SendError::Closed(status), .. } if status.code() == 4000
    ));
    let lost = Transcript::new("/parrot/ann").client_closes(WsStatus::ABNORMAL);
    assert_eq!(
        replayed(&lost),
        Err(ReplayError::NotClosed {
            line: 2,
            status: WsStatus::ABNORMAL
        })
    );
}

/// A transcript is compared with the same entries that a client sees.
#[test]
fn a_difference_contains_the_received_message() {
    let mut client = app().test_ws("/parrot/ann");
    let error = Transcript::new("/parrot/ann")
        .server_says("hi")
        .replay(&mut client);
    let Err(ReplayError::Differs { line: 2, got, .. }) = error else {
        panic!("{error:?}");
    };
    assert!(matches!(*got, TranscriptEntry::Message { message, .. } if message == "hello ann"));
    client.close(WsStatus::NORMAL);
}
