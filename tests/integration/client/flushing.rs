//! The guarantee of a flush: the bytes have left the process.

use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{FutureExt, SinkExt};
use http4k_ws::SendError;
use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig};
use http4k_ws::session::{SessionConfig, SlowConsumer};
use tokio::runtime::Builder;

const MANY: usize = 50;
const SOON: Duration = Duration::from_secs(20);

type Told = Receiver<Result<WsMessage, WsStatus>>;

/// Starts a server that reports each message of its sockets, and then their closing status.
fn reporting() -> (RunningServer, Told) {
    let (tell, told) = channel();
    let app = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            while let Some(message) = ws.recv().await? {
                let _ = tell.send(Ok(message));
            }
            let _ = tell.send(Err(ws.closed().await));
            WsResult::Ok(())
        }
    };
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    (server, told)
}

/// Opens a socket in a runtime that ends as soon as `client` returns.
fn briefly(server: &RunningServer, client: impl AsyncFnOnce(WebSocket)) {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let uri = format!("ws://{}/", server.addr());
        client(WebSocketClient::connect(uri).await.expect("a socket")).await;
    });
}

#[track_caller]
fn all_arrive(told: &Told) {
    for number in 0..MANY {
        let expected = Ok(WsMessage::from(number.to_string()));
        assert_eq!(told.recv_timeout(SOON), Ok(expected));
    }
}

#[test]
fn flushed_messages_were_sent() {
    let (server, told) = reporting();
    briefly(&server, async |mut ws| {
        // Feeds and flushes.
        let sent = SinkExt::send(&mut ws, WsMessage::from("last words"));
        sent.await.expect("open");
    });
    assert_eq!(told.recv_timeout(SOON), Ok(Ok("last words".into())));
}

#[test]
fn messages_fed_and_then_flushed_were_sent() {
    let (server, told) = reporting();
    briefly(&server, async |mut ws| {
        for number in 0..MANY {
            ws.feed(number.to_string()).await.expect("open");
        }
        SinkExt::<WsMessage>::flush(&mut ws).await.expect("open");
    });
    all_arrive(&told);
}

#[test]
fn messages_sent_and_then_flushed_were_sent() {
    let (server, told) = reporting();
    briefly(&server, async |mut ws| {
        for number in 0..MANY {
            ws.send(number.to_string()).await.expect("open");
        }
        ws.flush().await.expect("open");
    });
    all_arrive(&told);
}

#[test]
fn messages_flushed_by_a_sender_were_sent() {
    let (server, told) = reporting();
    briefly(&server, async |ws| {
        let sender = ws.sender();
        for number in 0..MANY {
            sender.try_send(number.to_string()).expect("room");
        }
        sender.flush().await.expect("open");
    });
    all_arrive(&told);
}

#[test]
fn a_flush_after_a_close_includes_the_close_frame() {
    let (server, told) = reporting();
    let status = WsStatus::new(4000, "enough").expect("a status");
    briefly(&server, async |mut ws| {
        ws.send("last words").await.expect("open");
        ws.close(WsStatus::new(4000, "enough").expect("a status"));
        ws.flush().await.expect("open");
    });
    assert_eq!(told.recv_timeout(SOON), Ok(Ok("last words".into())));
    assert_eq!(told.recv_timeout(SOON), Ok(Err(status)));
}

#[test]
fn dropping_a_client_after_close_sends_the_queued_messages() {
    let (server, told) = reporting();
    briefly(&server, async |ws| {
        for number in 0..MANY {
            ws.send(number.to_string()).await.expect("open");
        }
        ws.close(WsStatus::NORMAL);
    });
    all_arrive(&told);
    assert_eq!(told.recv_timeout(SOON), Ok(Err(WsStatus::NORMAL)));
}

/// Runs a test of this file in a separate process, as a program that connects to `server`.
#[track_caller]
fn run(program: &str, server: &RunningServer) {
    let tests = std::env::current_exe().expect("the program of these tests");
    let name = format!("client::flushing::{program}");
    let status = Command::new(tests)
        .args(["--exact", &name, "--ignored"])
        .env("SERVER", format!("ws://{}/", server.addr()))
        .status()
        .expect("a process");
    assert!(status.success());
}

fn server_of_the_program() -> String {
    std::env::var("SERVER").expect("the program is run by another test")
}

#[test]
fn a_program_that_sends_and_ends_loses_nothing() {
    let (server, told) = reporting();
    run("program_that_sends", &server);
    all_arrive(&told);
}

#[test]
#[ignore = "a program for another test"]
fn program_that_sends() {
    let mut client = WebSocketClient::blocking(server_of_the_program()).expect("a socket");
    for number in 0..MANY {
        client.send(number.to_string()).expect("open");
    }
    std::process::exit(0);
}

#[test]
fn a_program_that_closes_and_ends_has_closed() {
    let (server, told) = reporting();
    for program in ["program_that_closes", "program_that_drops"] {
        run(program, &server);
        all_arrive(&told);
        assert_eq!(told.recv_timeout(SOON), Ok(Err(WsStatus::NORMAL)));
    }
}

#[test]
#[ignore = "a program for another test"]
fn program_that_closes() {
    let mut client = WebSocketClient::blocking(server_of_the_program()).expect("a socket");
    let sender = client.sender();
    for number in 0..MANY {
        sender.try_send(number.to_string()).expect("room");
    }
    client.close(WsStatus::NORMAL);
    std::process::exit(0);
}

#[test]
#[ignore = "a program for another test"]
fn program_that_drops() {
    let client = WebSocketClient::blocking(server_of_the_program()).expect("a socket");
    let sender = client.sender();
    for number in 0..MANY {
        sender.try_send(number.to_string()).expect("room");
    }
    drop(client);
    std::process::exit(0);
}

/// A client that is not open yet has the same guarantee.
#[test]
fn a_program_with_callbacks_that_ends_loses_nothing() {
    for program in [
        "program_with_callbacks_that_drops",
        "program_with_callbacks_that_flushes",
    ] {
        let (server, told) = reporting();
        run(program, &server);
        all_arrive(&told);
        if program.ends_with("drops") {
            assert_eq!(told.recv_timeout(SOON), Ok(Err(WsStatus::NORMAL)));
        }
    }
}

fn sends_by_callback() -> http4k_ws::client::CallbackWebSocket {
    let client = WebSocketClient::non_blocking(server_of_the_program(), |_: WebSocket| {});
    // Dropping a socket with callbacks does not close it.
    client.on_message(|_message| {});
    for number in 0..MANY {
        client.try_send(number.to_string()).expect("room");
    }
    client
}

#[test]
#[ignore = "a program for another test"]
fn program_with_callbacks_that_drops() {
    let client = sends_by_callback();
    client.close(WsStatus::NORMAL);
    drop(client);
    std::process::exit(0);
}

#[test]
#[ignore = "a program for another test"]
fn program_with_callbacks_that_flushes() {
    sends_by_callback().flush(SOON).expect("open");
    std::process::exit(0);
}

#[test]
fn a_flush_of_a_client_that_cannot_be_opened_fails() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let uri = format!("ws://{}/", unused.local_addr().expect("an address"));
    drop(unused);
    let client = WebSocketClient::non_blocking(uri, |_: WebSocket| {});
    client.on_error(|_error| {});
    let flushed = client.flush(SOON);
    assert!(
        matches!(flushed, Err(http4k_ws::SendError::Closed(_))),
        "{flushed:?}"
    );
}

/// Connects a client to a server that reads nothing until it is released.
async fn late_reader(config: SessionConfig) -> (WebSocket, tokio::sync::oneshot::Sender<()>) {
    let (start, started) = tokio::sync::oneshot::channel::<()>();
    let started = Arc::new(Mutex::new(Some(started)));
    let app = move |mut ws: WebSocket| {
        let started = started.lock().expect("no panic").take();
        async move {
            let _ = started.expect("one socket").await;
            while ws.recv().await?.is_some() {}
            WsResult::Ok(())
        }
    };
    let (ours, theirs) = tokio::io::duplex(1024);
    let few = SessionConfig::default().with_queue_messages(2);
    let serving = ServerConfig::default().with_session(few);
    tokio::spawn(app.serve_connection(theirs, serving));
    let opening = WebSocketClient::to("ws://a/").with_config(config);
    let ws = opening.connect_over(ours).await.expect("a socket");
    (ws, start)
}

#[tokio::test]
async fn a_flush_waits_as_long_as_the_peer_takes_nothing() {
    let (mut ws, start) = late_reader(SessionConfig::default()).await;
    for _ in 0..20 {
        ws.send("x".repeat(1000)).await.expect("open");
    }
    let mut sinks_own = Box::pin(SinkExt::<WsMessage>::flush(&mut ws));
    for _ in 0..100 {
        assert!((&mut sinks_own).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    drop(sinks_own);
    let mut flush = Box::pin(ws.flush());
    let mut senders = Box::pin(async { ws.sender().flush().await });
    for _ in 0..100 {
        assert!((&mut flush).now_or_never().is_none());
        assert!((&mut senders).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    start.send(()).expect("the application waits");
    flush.await.expect("open");
    senders.await.expect("open");
    SinkExt::<WsMessage>::flush(&mut ws).await.expect("open");
}

#[tokio::test(start_paused = true)]
async fn a_flush_fails_with_the_connection() {
    let (mut ws, _start) = late_reader(SessionConfig::default()).await;
    for _ in 0..20 {
        ws.send("x".repeat(1000)).await.expect("open");
    }
    // The peer reads nothing for as long as a write may stall.
    let failed = Err(SendError::Closed(WsStatus::TRY_AGAIN_LATER));
    assert_eq!(ws.flush().await, failed);
    assert_eq!(SinkExt::<WsMessage>::flush(&mut ws).await, failed);
    assert_eq!(SinkExt::<WsMessage>::close(&mut ws).await, failed);
}

#[tokio::test]
async fn a_flush_of_nothing_is_done_at_once() {
    let (mut ws, _start) = late_reader(SessionConfig::default()).await;
    assert_eq!(ws.flush().now_or_never(), Some(Ok(())));
    assert_eq!(ws.sender().flush().now_or_never(), Some(Ok(())));
}

#[tokio::test]
async fn messages_left_out_are_not_waited_for() {
    let newest = SessionConfig::default()
        .with_queue_messages(4)
        .with_slow_consumer(SlowConsumer::DropOldest);
    let (mut ws, start) = late_reader(newest).await;
    for _ in 0..200 {
        ws.send("x".repeat(1000)).await.expect("open");
        tokio::task::yield_now().await;
    }
    assert!(ws.dropped() > 0);
    start.send(()).expect("the application waits");
    ws.flush().await.expect("open");
}
