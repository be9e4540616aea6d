//! A member leaves, in whatever way its socket ends.

use std::future::pending;
use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::filter::session_config;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::{SessionConfig, SlowConsumer};
use tokio::spawn;

use super::*;

fn is_empty(team: &Team) -> bool {
    team.rooms.present().is_empty()
}

/// Joins, and then ends as the user's name says.
async fn end(ws: Socket, user: String, team: Team) -> WsResult {
    let _presence = team.join(&room("blue"), &user, ws.sender()).await?;
    match user.as_str() {
        "returns" => Ok(()),
        "fails" => Err("on request".into()),
        "panics" => panic!("on request"),
        _ => pending().await,
    }
}

routes! {
    fn ends(team: Team) -> PolyHandler {
        "/<user>"        => ws(end(ws, user, team)),
        "/<room>/<user>" => ws(talk(ws, room, user, team)),
    }
}

#[test]
fn members_see_who_comes_and_goes() {
    let app = rooms(team());
    let mut ann = app.test_ws("/blue/ann");
    assert_eq!(present(next(&mut ann)), ["ann"]);
    let mut bob = app.test_ws("/blue/bob");
    assert_eq!(present(next(&mut bob)), ["ann", "bob"]);
    assert_eq!(next(&mut ann), joined("bob"));
    let _eve = app.test_ws("/green/eve");
    bob.close(WsStatus::NORMAL);
    assert_eq!(next(&mut ann), left("bob"));
    assert_eq!(
        ann.next_within(Duration::from_secs(1)),
        NextMessage::Pending
    );
}

#[test]
fn a_user_with_two_tabs_leaves_with_the_last() {
    let app = rooms(team());
    let mut ann = app.test_ws("/blue/ann");
    next(&mut ann);
    let (first, mut second) = (app.test_ws("/blue/bob"), app.test_ws("/blue/bob"));
    assert_eq!(present(next(&mut second)), ["ann", "bob"]);
    assert_eq!(next(&mut ann), joined("bob"));
    drop(first);
    assert_eq!(
        ann.next_within(Duration::from_secs(60)),
        NextMessage::Pending
    );
    drop(second);
    assert_eq!(next(&mut ann), left("bob"));
}

#[test]
fn a_consumer_that_returns_fails_or_panics_leaves() {
    let app = ends(team());
    let mut ann = app.test_ws("/blue/ann");
    next(&mut ann);
    for (user, status) in [("returns", 1000), ("fails", 1011), ("panics", 1011)] {
        let mut client = app.test_ws(format!("/{user}"));
        assert_eq!(client.closed().expect("it closes").code(), status);
        assert_eq!(next(&mut ann), joined(user));
        assert_eq!(next(&mut ann), left(user));
    }
}

#[test]
fn a_task_that_is_aborted_leaves() {
    let team = team();
    let watched = rooms(team.clone());
    let mut ann = watched.test_ws("/blue/ann");
    next(&mut ann);
    let app = move |mut ws: WebSocket<String, ToPage>| {
        let (team, socket) = (team.clone(), ws.sender());
        async move {
            let task = spawn(async move {
                let _presence = team.join(&room("blue"), "bob", socket).await;
                pending::<()>().await;
            });
            ws.recv().await?;
            task.abort();
            assert!(task.await.is_err_and(|end| end.is_cancelled()));
            WsResult::Ok(())
        }
    };
    let mut client = app.test_ws("/");
    next(&mut client);
    assert_eq!(next(&mut ann), joined("bob"));
    client.send("abort").expect("open");
    assert_eq!(client.closed().expect("it closes").code(), 1000);
    // The welcome may arrive before `join` returns. Then the access to the history, which runs to
    // its end on its own thread, drops the membership.
    assert_eq!(next(&mut ann), left("bob"));
}

#[test]
fn a_consumer_that_outlives_its_socket_is_dropped_and_leaves() {
    let team = team();
    let app = ends(team.clone());
    let mut ann = app.test_ws("/blue/ann");
    next(&mut ann);
    let mut client = app.test_ws("/waits");
    next(&mut client);
    drop(client);
    assert_eq!(next(&mut ann), joined("waits"));
    // It ignores the close. After `SessionConfig::consumer_grace` it is dropped.
    assert_eq!(
        ann.next_within(Duration::from_secs(29)),
        NextMessage::Pending
    );
    assert_eq!(next(&mut ann), left("waits"));
}

#[test]
fn a_client_that_disappears_leaves() {
    let team = team();
    let app = rooms(team.clone());
    let mut ann = app.test_ws("/blue/ann");
    next(&mut ann);
    app.test_ws("/blue/bob").vanish();
    assert_eq!(next(&mut ann), joined("bob"));
    assert_eq!(next(&mut ann), left("bob"));
    let mut silent = app.test_ws("/blue/eve");
    assert_eq!(next(&mut ann), joined("eve"));
    silent.error("connection reset");
    assert_eq!(next(&mut ann), left("eve"));
}

#[test]
fn a_member_that_reads_nothing_is_removed() {
    for policy in [SlowConsumer::Wait, SlowConsumer::Close] {
        let slow = policy.clone();
        let policy = move |config: SessionConfig| config.with_slow_consumer(policy.clone());
        let app = rooms(team()).with(session_config(policy));
        let mut ann = app.test_ws("/blue/ann");
        next(&mut ann);
        let mut stalled = app.test_ws("/blue/bob");
        next(&mut stalled);
        assert_eq!(next(&mut ann), joined("bob"));
        stalled.stop_reading();
        // The pipe holds 64 messages, and the queue 256.
        for number in 0..400 {
            say(&mut ann, &number.to_string());
            loop {
                match next(&mut ann) {
                    ToPage::Said(post) if post.text == number.to_string() => break,
                    other => assert_eq!(other, left("bob"), "{slow:?}"),
                }
            }
        }
        ann.advance(Duration::from_secs(10));
        let mut present_now = app.test_ws("/blue/eve");
        assert_eq!(present(next(&mut present_now)), ["ann", "eve"], "{slow:?}");
    }
}

#[test]
fn everybody_has_left_when_the_server_has_stopped() {
    let team = team();
    let config = ServerConfig::default().with_shutdown_grace(Duration::from_secs(1));
    let server = ends(team.clone()).as_server("127.0.0.1:0");
    let server = server.with_config(config).start().expect("a free port");
    let address = server.addr();
    let connect = |path| WebSocketClient::blocking(format!("ws://{address}{path}"));
    let mut ann = connect("/blue/ann").expect("the server accepts");
    next(&mut ann);
    let mut waits = connect("/waits").expect("the server accepts");
    next(&mut waits);
    assert!(!is_empty(&team));
    server.stop();
    assert!(is_empty(&team));
}
