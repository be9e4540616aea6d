//! Several nodes over an engine with faults: what is filled, and what is reported.

use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::testing::{Cluster, NextMessage, TestWsClient, WsClient};
use http4k_ws::topics::{Position, Topics, ready};

use crate::support::{Said, app, heard, post, read, word};

/// Two nodes, and a listener on the second.
fn listening(app: fn(Topics<Said>) -> PolyHandler) -> (Cluster<Said>, TestWsClient) {
    let cluster = Cluster::of(2, app);
    let mut bob = cluster.node(1).test_ws("/listen/r");
    assert_eq!(heard(&mut bob), ["="]);
    (cluster, bob)
}

fn without_history(rooms: Topics<Said>) -> PolyHandler {
    app(rooms.history(0, Duration::from_secs(60)))
}

fn say(cluster: &Cluster<Said>, texts: &[&str]) {
    for text in texts {
        let response = cluster.node(0).test_http(post(text));
        let at = response.body().as_text().unwrap();
        assert!(at.parse::<Position>().is_ok(), "{at}");
    }
}

#[test]
fn what_a_node_misses_is_filled_from_the_history() {
    let (cluster, mut bob) = listening(app);
    cluster.engine().partition(1);
    say(&cluster, &["1", "2"]);
    assert_eq!(heard(&mut bob), [""; 0]);
    cluster.engine().heal(1);
    assert_eq!(heard(&mut bob), ["1", "2"]);
}

#[test]
fn what_no_history_has_is_reported_before_anything_else() {
    let (cluster, mut bob) = listening(without_history);
    cluster.engine().partition(1);
    say(&cluster, &["1", "2"]);
    cluster.engine().heal(1);
    assert_eq!(heard(&mut bob), ["lost", "="]);
    say(&cluster, &["3"]);
    assert_eq!(heard(&mut bob), ["3"]);
}

#[test]
fn an_entry_that_was_dropped_is_filled_by_the_next_one() {
    let (cluster, mut bob) = listening(app);
    cluster.engine().drop_next(1, 2);
    say(&cluster, &["1", "2"]);
    assert_eq!(heard(&mut bob), [""; 0]);
    say(&cluster, &["3"]);
    assert_eq!(heard(&mut bob), ["1", "2", "3"]);
}

#[test]
fn the_last_entry_that_was_dropped_is_filled_within_a_minute() {
    let (cluster, mut bob) = listening(app);
    cluster.engine().drop_next(1, 1);
    say(&cluster, &["1"]);
    bob.advance(Duration::from_secs(61));
    assert_eq!(heard(&mut bob), ["1"]);
}

#[test]
fn entries_in_another_order_arrive_in_order() {
    let (cluster, mut bob) = listening(app);
    cluster.engine().reorder(1, 7);
    say(&cluster, &["1", "2", "3", "4", "5", "6"]);
    cluster.engine().reorder(1, None);
    assert_eq!(heard(&mut bob), ["1", "2", "3", "4", "5", "6"]);
}

#[test]
fn a_restart_of_the_engine_is_a_loss_and_nothing_stays_behind() {
    let (cluster, mut bob) = listening(app);
    say(&cluster, &["1"]);
    assert_eq!(heard(&mut bob), ["1"]);
    cluster.engine().restart();
    assert_eq!(heard(&mut bob), ["lost", "="]);
    say(&cluster, &["2"]);
    assert_eq!(heard(&mut bob), ["2"]);
    cluster.engine().roll_back();
    say(&cluster, &["3"]);
    let heard = heard(&mut bob);
    assert_eq!(heard.first().map(String::as_str), Some("lost"), "{heard:?}");
    assert!(heard.contains(&"3".to_owned()), "{heard:?}");
}

#[test]
fn a_publication_without_a_reply_is_stored_once() {
    let (cluster, mut bob) = listening(app);
    cluster.engine().lose_replies(0, 2);
    say(&cluster, &["1"]);
    assert_eq!(heard(&mut bob), ["1"]);
}

#[test]
fn publishing_fails_after_two_seconds_and_sockets_stay() {
    let (cluster, mut bob) = listening(app);
    cluster.engine().partition(0);
    let refused = cluster.node(0).test_http(post("1"));
    let text = "the engine of the topics cannot be reached: the connection is cut";
    assert_eq!(refused.body(), text);
    cluster.engine().partition(1);
    bob.advance(Duration::from_secs(30));
    assert_eq!(
        bob.next_within(Duration::from_millis(1)),
        NextMessage::Pending
    );
    let mut late = cluster.node(1).test_ws("/listen/r");
    assert_eq!(late.closed(), Some(WsStatus::TRY_AGAIN_LATER));
    cluster.engine().heal(0);
    cluster.engine().heal(1);
    say(&cluster, &["2"]);
    assert_eq!(heard(&mut bob), ["2"]);
}

#[test]
fn an_outcome_is_unknown_if_the_epoch_has_changed() {
    let (cluster, _bob) = listening(app);
    cluster.engine().lose_replies(0, 1000);
    let unknown = cluster.node(0).test_http(post("1"));
    let text = "no reply of the engine came: the message may be stored";
    assert_eq!(unknown.body(), text);
}

#[test]
fn a_node_is_not_ready_after_five_seconds_without_its_engine() {
    let with_ready = |rooms: Topics<Said>| {
        let health = ready(rooms.node());
        routes! {
            GET "/ready" => http(health),
            "/" => mount(app(rooms)),
        }
    };
    let cluster = Cluster::of(1, with_ready);
    let node = cluster.node(0);
    let mut ann = node.test_ws("/listen/r");
    assert_eq!(node.test_http("/ready").status(), 200);
    cluster.engine().partition(0);
    ann.advance(Duration::from_secs(4));
    assert_eq!(node.test_http("/ready").status(), 200);
    ann.advance(Duration::from_secs(2));
    assert_eq!(node.test_http("/ready").status(), 503);
    cluster.engine().heal(0);
    ann.advance(Duration::from_millis(1));
    assert_eq!(node.test_http("/ready").status(), 200);
}

#[test]
fn a_server_that_is_used_again_repeats_nothing() {
    let (cluster, mut bob) = listening(app);
    say(&cluster, &["1", "2"]);
    assert_eq!(heard(&mut bob), ["1", "2"]);
    let response = cluster.node(0).test_http(post("3"));
    let third = response.body().as_text().unwrap().to_owned();
    assert_eq!(heard(&mut bob), ["3"]);
    cluster.engine().switch();
    assert_eq!(heard(&mut bob), ["lost", "="]);
    say(&cluster, &["4"]);
    assert_eq!(heard(&mut bob), ["4"]);
    // The first server has run on, with what it had.
    cluster.engine().switch();
    assert_eq!(heard(&mut bob), ["lost", "="]);
    say(&cluster, &["5"]);
    assert_eq!(heard(&mut bob), ["5"]);
    cluster.engine().switch();
    assert_eq!(heard(&mut bob), ["lost", "="]);
    cluster.engine().switch();
    assert_eq!(heard(&mut bob), ["lost", "="]);

    // A client that was away all the time has missed the entries of the other server.
    let path = format!("/listen/r?after={third}");
    let mut ann = cluster.node(1).test_ws(path);
    assert_eq!(heard(&mut ann), ["lost", "5", "="]);
}

#[test]
fn many_sockets_are_notified_of_another_epoch_one_after_another() {
    const SOCKETS: usize = 600;
    let cluster = Cluster::of(1, app);
    let mut sockets: Vec<TestWsClient> = (0..SOCKETS)
        .map(|_| cluster.node(0).test_ws("/listen/r"))
        .collect();
    let mut notified = |after: Duration| {
        sockets[0].advance(after);
        let mut lost = 0;
        for socket in &mut sockets {
            while let NextMessage::Message(message) = socket.next_within(Duration::ZERO) {
                lost += usize::from(word(&read(message)) == "lost");
            }
        }
        lost
    };
    assert_eq!(notified(Duration::ZERO), 0);
    cluster.engine().restart();
    // 1 ms for each socket beyond 100.
    let first = notified(Duration::from_millis(50));
    let half = first + notified(Duration::from_millis(200));
    assert!(first < 200 && half > 150 && half < 450, "{first} {half}");
    let all = half + notified(Duration::from_millis(251));
    assert_eq!(all, SOCKETS, "each once");
}
