//! A chat in a few lines.

use http4k_ws::contract_test;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;
use http4k_ws::testing::{Cluster, WsClient};

use crate::support::{app, feeds, heard, one, read, word};

#[test]
fn the_handler_of_a_chat_has_at_most_twelve_lines() {
    let source = include_str!("support.rs");
    let start = source.find("async fn chat(").unwrap();
    let body = &source[start..];
    let end = body.find("\n}\n").unwrap();
    let lines = body[..end].lines().count() + 1;
    assert!(lines <= 12, "{lines}");
}

fn next(client: &mut impl WsClient) -> String {
    word(&read(client.received().next().unwrap().unwrap()))
}

/// Receives the report of the members, and the entry of the client itself. The report may be made
/// before or after that entry.
fn joined(client: &mut impl WsClient, name: &str, others: &[&str]) {
    let own = format!("+{name}");
    let before = [format!("={}", others.join(",")), own.clone()];
    let after = [own, format!("={}", [others, &[name]].concat().join(","))];
    let words = [next(client), next(client)];
    assert!(words == before || words == after, "{words:?}");
}

#[contract_test(one())]
fn two_clients_chat(backend: &impl Backend) {
    let mut ann = backend.ws("/rooms/r/ann");
    joined(&mut ann, "ann", &[]);
    let mut bob = backend.ws("/rooms/r/bob");
    joined(&mut bob, "bob", &["ann"]);
    assert_eq!(next(&mut ann), "+bob");
    ann.send(r#"{"text":"hi"}"#).unwrap();
    assert_eq!([next(&mut ann), next(&mut bob)], ["hi", "hi"]);
    bob.close(WsStatus::NORMAL);
    assert_eq!(next(&mut ann), "-bob");
}

#[test]
fn a_client_that_comes_back_receives_what_it_missed() {
    let app = one();
    let (mut ann, mut bob) = (app.test_ws("/rooms/r/ann"), app.test_ws("/rooms/r/bob"));
    ann.send(r#"{"text":"one"}"#).unwrap();
    let last = feeds(&mut bob).last().unwrap().at();
    bob.close(WsStatus::NORMAL);
    ann.send(r#"{"text":"two"}"#).unwrap();
    let mut back = app.test_ws(format!("/rooms/r/bob?after={last}"));
    assert_eq!(heard(&mut back), ["-bob", "two", "=ann", "+bob"]);
    let mut new = app.test_ws("/listen/r");
    assert_eq!(heard(&mut new), ["=ann,bob"]);
}

#[test]
fn two_nodes_are_one_chat() {
    let cluster = Cluster::of(2, app);
    let mut ann = cluster.node(0).test_ws("/rooms/r/ann");
    let mut bob = cluster.node(1).test_ws("/rooms/r/bob");
    assert_eq!(heard(&mut bob), ["=ann", "+bob"]);
    bob.send(r#"{"text":"hi"}"#).unwrap();
    assert_eq!(heard(&mut ann), ["=", "+ann", "+bob", "hi"]);
    let last = feeds(&mut bob).last().unwrap().at();
    bob.close(WsStatus::NORMAL);
    ann.send(r#"{"text":"on another node"}"#).unwrap();
    let mut back = cluster
        .node(0)
        .test_ws(format!("/rooms/r/bob?after={last}"));
    assert_eq!(
        heard(&mut back),
        ["-bob", "on another node", "=ann", "+bob"]
    );
}
