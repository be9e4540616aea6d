//! Authentication by a socket's first message, in memory and on a virtual clock.

use std::future;
use std::time::Duration;

use http4k_ws::WsStatus;
use http4k_ws::prelude::*;
use http4k_ws::testing::TestWsClient;

const WITHIN: Duration = Duration::from_secs(5);

async fn known(token: String) -> Option<String> {
    (token == "secret").then(|| "bob".to_owned())
}

async fn greet(mut ws: WebSocket<String, String>) -> WsResult {
    let user = ws.authenticate(WITHIN, known).await?;
    ws.send(format!("hello {user}")).await?;
    while let Some(message) = ws.recv().await? {
        ws.send(format!("{user}: {message}")).await?;
    }
    Ok(())
}

fn refused(client: &mut TestWsClient) -> WsStatus {
    let status = client.closed().expect("a close");
    assert_eq!(status.code(), WsStatus::POLICY_VIOLATION.code());
    status
}

#[test]
fn a_proof_is_the_first_message_and_only_that() {
    let mut client = greet.test_ws("/");
    for (sent, answer) in [("secret", "hello bob"), ("secret", "bob: secret")] {
        client.send(sent).expect("an open socket");
        let received = client.received().next().expect("an answer");
        assert_eq!(received.expect("a message").text(), answer);
    }
}

#[test]
fn a_wrong_proof_is_1008_at_once() {
    let mut client = greet.test_ws("/");
    client.send("guessed").expect("an open socket");
    let status = refused(&mut client);
    assert_eq!(status.reason(), "the first message proves no user");
}

#[test]
fn silence_is_1008_at_the_deadline_and_not_before() {
    let mut client = greet.test_ws("/");
    client.advance(WITHIN - Duration::from_millis(10));
    client.send("secret").expect("still time");
    assert!(client.received().next().expect("an answer").is_ok());
    client.advance(WITHIN);
    client.send("more").expect("no deadline any more");

    let mut silent = greet.test_ws("/");
    silent.advance(WITHIN + Duration::from_millis(10));
    let status = refused(&mut silent);
    assert_eq!(status.reason(), "not authenticated within 5s");
}

#[test]
fn a_check_that_hangs_is_under_the_deadline_too() {
    async fn hangs(mut ws: WebSocket<String, String>) -> WsResult {
        ws.authenticate(WITHIN, |_token: String| future::pending::<Option<()>>())
            .await
    }
    let mut client = hangs.test_ws("/");
    client.send("secret").expect("an open socket");
    client.advance(WITHIN + Duration::from_millis(10));
    refused(&mut client);
}

#[test]
fn a_message_of_another_type_is_1007() {
    let mut client = greet.test_ws("/");
    client
        .send(WsMessage::from(b"\xff"))
        .expect("an open socket");
    assert_eq!(client.closed().expect("a close").code(), 1007);
}

#[test]
fn a_peer_that_leaves_first_ends_the_consumer() {
    let mut client = greet.test_ws("/");
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}
