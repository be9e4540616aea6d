//! The blocking client, called with and without a runtime.

use std::time::{Duration, Instant};

use http4k_ws::client::WebSocketClient;
use http4k_ws::server::RunningServer;
use http4k_ws::testing::{NextMessage, WsClient};
use http4k_ws::{Serve, WebSocket, WsMessage, WsStatus};

fn echo() -> RunningServer {
    async fn echo(mut ws: WebSocket) {
        while let Ok(Some(message)) = ws.recv().await {
            if ws.send(message).await.is_err() {
                return;
            }
        }
    }
    echo.as_server("127.0.0.1:0").start().expect("a server")
}

fn talks_with(server: &RunningServer) {
    let mut client =
        WebSocketClient::blocking(format!("ws://localhost:{}/", server.port())).expect("a socket");
    client.send("one").expect("an open socket");
    assert_eq!(client.next(), NextMessage::Message(WsMessage::from("one")));
    let brief = Duration::from_millis(1);
    assert_eq!(client.next_within(brief), NextMessage::Pending);
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    assert_eq!(client.received().next(), None);
}

#[test]
fn the_blocking_client_works_without_a_runtime() {
    talks_with(&echo());
}

#[tokio::test]
async fn the_blocking_client_works_inside_a_runtime_of_one_thread() {
    talks_with(&echo());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blocking_client_works_inside_a_runtime_of_many_threads() {
    talks_with(&echo());
}

#[test]
fn its_timeouts_are_configurable() {
    let server = echo();
    let brief = Duration::from_millis(20);
    let mut client = WebSocketClient::blocking(format!("ws://{}", server.addr()))
        .expect("a socket")
        .with_patience(brief);
    let started = Instant::now();
    assert_eq!(client.next(), NextMessage::Pending);
    assert_eq!(client.closed(), None);
    assert!(started.elapsed() >= 2 * brief);
}

#[test]
fn a_server_that_is_lost_is_seen() {
    let server = echo();
    let mut client =
        WebSocketClient::blocking(format!("ws://{}", server.addr())).expect("a socket");
    assert_eq!(server.stop().cut, 0);
    assert_eq!(client.closed(), Some(WsStatus::GOING_AWAY));
    assert!(client.send("late").is_err());
}
