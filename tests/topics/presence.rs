//! Members: present, renamed, and gone with their nodes.

use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::testing::{Cluster, TestWsClient, WsClient};
use http4k_ws::topics::{Feed, TopicName, Topics};
use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;

use crate::support::{Said, app, feeds, heard, one, word};

fn names(cluster: &Cluster<Said>) -> Vec<String> {
    let topic = TopicName::new("topic", "r").unwrap();
    let members = cluster.engine().members(&topic);
    let mut names: Vec<_> = members.into_iter().map(|member| member.name).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_user_in_two_tabs_is_two_members_with_one_name() {
    let app = one();
    let mut first = app.test_ws("/rooms/r/ann");
    let second = app.test_ws("/rooms/r/ann");
    assert_eq!(heard(&mut first), ["=", "+ann", "+ann"]);
    drop(second);
    assert_eq!(heard(&mut first), ["-ann"]);
    assert_eq!(heard(&mut app.test_ws("/listen/r")), ["=ann"]);
}

#[test]
fn a_member_leaves_however_its_socket_ends() {
    let app = one();
    let mut ann = app.test_ws("/rooms/r/ann");
    heard(&mut ann);
    let ends: [fn(&mut TestWsClient); 3] = [
        |bob| bob.error("connection reset"),
        |bob| bob.send("no message").unwrap(),
        |bob| bob.close(WsStatus::NORMAL),
    ];
    for end in ends {
        let mut bob = app.test_ws("/rooms/r/bob");
        assert_eq!(heard(&mut ann), ["+bob"]);
        end(&mut bob);
        assert_eq!(heard(&mut ann), ["-bob"]);
    }
}

#[test]
fn members_of_a_node_that_is_gone_leave_with_its_lease() {
    let cluster = Cluster::of(2, app);
    let mut ann = cluster.node(0).test_ws("/rooms/r/ann");
    let bob = cluster.node(1).test_ws("/rooms/r/bob");
    assert_eq!(heard(&mut ann), ["=", "+ann", "+bob"]);
    cluster.engine().freeze(1);
    ann.advance(Duration::from_secs(14));
    assert_eq!(heard(&mut ann), [""; 0]);
    ann.advance(Duration::from_secs(7));
    assert_eq!(heard(&mut ann), ["-bob"]);
    assert_eq!(names(&cluster), ["ann"]);

    // It was only frozen, and returns by itself.
    cluster.engine().thaw(1);
    ann.advance(Duration::from_secs(6));
    assert_eq!(heard(&mut ann), ["+bob"]);
    assert_eq!(names(&cluster), ["ann", "bob"]);
    drop(bob);
}

#[test]
fn a_node_that_returned_and_fails_before_its_next_heartbeat_leaves_no_members() {
    let faults: [fn(&Cluster<Said>, &mut TestWsClient); 2] = [
        // The lease is lost with the engine.
        |cluster, _| cluster.engine().restart(),
        // The lease is removed by the other node.
        |cluster, ann| {
            cluster.engine().partition(1);
            ann.advance(Duration::from_secs(21));
            assert_eq!(names(cluster), ["ann"]);
            cluster.engine().heal(1);
        },
    ];
    for fault in faults {
        let cluster = Cluster::of(2, app);
        let mut ann = cluster.node(0).test_ws("/rooms/r/ann");
        let _bob = cluster.node(1).test_ws("/rooms/r/bob");
        heard(&mut ann);
        fault(&cluster, &mut ann);
        ann.advance(Duration::from_millis(600));
        assert_eq!(names(&cluster), ["ann", "bob"]);
        cluster.engine().freeze(1);
        ann.advance(Duration::from_secs(21));
        assert_eq!(names(&cluster), ["ann"]);
    }
}

#[test]
fn members_are_registered_again_after_a_restart_of_the_engine() {
    let cluster = Cluster::of(2, app);
    let mut ann = cluster.node(0).test_ws("/rooms/r/ann");
    let mut bob = cluster.node(1).test_ws("/rooms/r/bob");
    heard(&mut ann);
    cluster.engine().restart();
    ann.advance(Duration::from_secs(2));
    let after = feeds(&mut ann);
    assert_eq!(word(&after[0]), "lost");
    let mut present: Vec<String> = Vec::new();
    for feed in &after[1..] {
        match feed {
            Feed::CaughtUp { present: here, .. } => {
                let here = here.iter().flatten().map(|member| member.name.clone());
                present = here.collect();
            }
            Feed::Joined { member, .. } => present.push(member.name.clone()),
            other => panic!("{other:?}"),
        }
    }
    present.sort_unstable();
    assert_eq!(
        (present, names(&cluster)),
        (
            vec!["ann".into(), "bob".into()],
            vec!["ann".to_owned(), "bob".to_owned()]
        )
    );
    assert_eq!(heard(&mut bob)[..1], ["=ann"]);
}

async fn renamed(mut ws: WebSocket<Said, Feed<Said>>, rooms: Topics<Said>) -> WsResult {
    let membership = rooms.topic("r").join(&ws).member("ann").await?;
    while let Some(said) = ws.recv().await? {
        membership.update(said.text);
    }
    Ok(())
}

#[test]
fn a_member_may_change_its_name() {
    let rooms = Topics::new("room");
    let app = routes! { "/" => ws(renamed(ws, rooms)) };
    let mut ann = app.test_ws("/");
    ann.send(r#"{"text":"anna"}"#).unwrap();
    ann.send(r#"{"text":"anna"}"#).unwrap();
    assert_eq!(heard(&mut ann), ["=", "+ann", "+anna"]);
    assert_eq!(heard(&mut app.test_ws("/"))[0], "=anna");
}

#[test]
fn a_sleeping_laptop_leaves_within_40_seconds() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(async {
        let rooms: Topics<Said> = Topics::new("room");
        let app = app(rooms.clone());
        // The client opens a socket, and then reads and sends nothing.
        let (mut laptop, server) = tokio::io::duplex(64 * 1024);
        tokio::spawn(app.serve_connection(server, ServerConfig::default()));
        let opening = "GET /rooms/r/ann HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
            Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        laptop.write_all(opening.as_bytes()).await.unwrap();
        let names = async || {
            let (members, _) = rooms.topic("r").members().await.unwrap();
            members.len()
        };
        while names().await == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let asleep = Instant::now();
        while names().await == 1 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let gone = asleep.elapsed();
        assert!(gone <= Duration::from_secs(41), "{gone:?}");
        assert!(gone > Duration::from_secs(5), "{gone:?}");
        drop(laptop);
    });
}
