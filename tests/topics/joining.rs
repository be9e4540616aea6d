//! Joining and leaving: guards, positions and ends.

use std::time::Duration;

use http4k_ws::contract_test;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;
use http4k_ws::testing::{Cluster, WsClient};
use http4k_ws::topics::{Feed, Position, Topics};

use crate::support::{Said, app, feeds, heard, one, post, said};

#[contract_test(one())]
fn a_malformed_position_is_refused_before_the_upgrade(backend: &impl Backend) {
    let refused = backend
        .try_ws("/rooms/r/ann?after=7")
        .err()
        .expect("a refusal");
    assert_eq!(refused.status(), 400);
    assert!(backend.try_ws("/rooms/r/ann?after=").is_ok());
}

#[test]
fn a_position_that_is_no_longer_kept_is_a_loss() {
    let app = app(Topics::new("room").history(2, Duration::from_secs(60)));
    let mut ann = app.test_ws("/listen/r");
    for text in ["1", "2", "3", "4", "5"] {
        app.test_http(post(text));
    }
    let at: Vec<_> = feeds(&mut ann).iter().map(Feed::at).collect();
    // The entries 1 to 5 follow the report at 0. Two are kept, and the ring has all of them.
    let mut near = app.test_ws(format!("/listen/r?after={}", at[3]));
    assert_eq!(heard(&mut near), ["4", "5", "="]);
    ann.close(WsStatus::NORMAL);
    near.close(WsStatus::NORMAL);
    let mut far = app.test_ws(format!("/listen/r?after={}", at[1]));
    assert_eq!(heard(&mut far), ["lost", "4", "5", "="]);
    let mut near = app.test_ws(format!("/listen/r?after={}", at[3]));
    assert_eq!(heard(&mut near), ["4", "5", "="]);
}

#[test]
fn entries_expire_by_age() {
    let app = app(Topics::new("room").history(100, Duration::from_secs(60)));
    let mut ann = app.test_ws("/listen/r");
    app.test_http(post("old"));
    let first = feeds(&mut ann)[0].at();
    ann.advance(Duration::from_secs(61));
    app.test_http(post("new"));
    ann.close(WsStatus::NORMAL);
    let mut back = app.test_ws(format!("/listen/r?after={first}"));
    assert_eq!(heard(&mut back), ["lost", "new", "="]);
}

#[test]
fn positions_that_no_engine_gave_are_a_loss() {
    let app = one();
    let mut ann = app.test_ws("/listen/r");
    app.test_http(post("1"));
    let here = feeds(&mut ann).last().unwrap().at();
    for claimed in [
        Position::new(here.epoch(), u64::MAX),
        Position::new(here.epoch(), here.offset() + 100),
        Position::new(here.epoch() ^ 1, 0),
    ] {
        let mut eve = app.test_ws(format!("/listen/r?after={claimed}"));
        assert_eq!(heard(&mut eve), ["lost", "="], "{claimed}");
        app.test_http(post("live"));
        assert_eq!(heard(&mut eve), ["live"]);
    }
}

#[test]
fn a_guard_refuses_what_its_check_refuses() {
    let topics = Topics::<Said>::new("room").guard(|request, topic| {
        match topic.own() == "private" && request.header("x-token").is_none() {
            true => Err(StatusCode::FORBIDDEN.into_response()),
            false => Ok(()),
        }
    });
    let app = app(topics);
    let mut eve = app.test_ws("/rooms/private/eve");
    assert_eq!(eve.closed().unwrap().code(), 1008);
    let mut ann = app.test_ws(Request::get("/rooms/private/ann").header("x-token", "1"));
    assert_eq!(heard(&mut ann), ["=", "+ann"]);
    assert_eq!(heard(&mut app.test_ws("/rooms/public/eve")), ["=", "+eve"]);
}

async fn evict(rooms: Topics<Said>, name: String) -> String {
    let evicted = rooms.topic("r").evict(|member| member.name == name).await;
    evicted.unwrap().to_string()
}

#[test]
fn evicted_members_are_closed_on_every_node() {
    let with_evict = |rooms: Topics<Said>| {
        routes! {
            POST "/evict/<name>" => http(evict(rooms, name)),
            "/" => mount(app(rooms)),
        }
    };
    let cluster = Cluster::of(2, with_evict);
    let mut ann = cluster.node(0).test_ws("/rooms/r/ann");
    let mut eve = cluster.node(1).test_ws("/rooms/r/eve");
    heard(&mut ann);
    heard(&mut eve);
    let evicted = cluster.node(0).test_http(Request::post("/evict/eve"));
    assert_eq!(evicted.body(), "1");
    let status = eve.closed().unwrap();
    assert_eq!(
        (status.code(), status.reason()),
        (1008, "evicted from the topic")
    );
    assert_eq!(heard(&mut ann), ["-eve"]);
}

async fn for_a_minute(ws: WebSocket<Said, Feed<Said>>, rooms: Topics<Said>) -> WsResult {
    let end = tokio::time::Instant::now() + Duration::from_secs(60);
    let _membership = rooms.topic("r").join(&ws).member("eve").until(end).await?;
    ws.closed().await;
    Ok(())
}

#[test]
fn a_membership_ends_at_its_time() {
    let rooms = Topics::new("room");
    let app = routes! { "/" => ws(for_a_minute(ws, rooms)) };
    let mut eve = app.test_ws("/");
    assert_eq!(heard(&mut eve), ["=", "+eve"]);
    eve.advance(Duration::from_secs(59));
    assert_eq!(heard(&mut eve), [""; 0]);
    eve.advance(Duration::from_secs(2));
    assert_eq!(eve.closed().unwrap().code(), 1008);
}

async fn plain(ws: WebSocket<Said, Said>, rooms: Topics<Said>) -> WsResult {
    let _membership = rooms.topic("r").join_plain(&ws).await?;
    ws.closed().await;
    Ok(())
}

fn plain_app(rooms: Topics<Said>) -> PolyHandler {
    routes! {
        "/plain" => ws(plain(ws, rooms)),
        "/" => mount(app(rooms)),
    }
}

#[test]
fn a_plain_socket_receives_the_messages_alone_and_is_closed_on_a_loss() {
    let cluster = Cluster::of(1, plain_app);
    let mut ann = cluster.node(0).test_ws("/plain");
    cluster
        .node(0)
        .test_ws("/rooms/r/bob")
        .send(r#"{"text":"hi"}"#)
        .unwrap();
    let first = ann.received().next().unwrap().unwrap();
    assert_eq!(first, r#"{"text":"hi"}"#);
    cluster.engine().restart();
    let status = ann.closed().unwrap();
    assert_eq!((status.code(), status.reason()), (4408, "messages lost"));
}

async fn others(mut ws: WebSocket<Said, Feed<Said>>, rooms: Topics<Said>) -> WsResult {
    let membership = rooms.topic("r").join(&ws).await?;
    while let Some(said) = ws.recv().await? {
        membership.publish_to_others(said).await?;
    }
    Ok(())
}

#[test]
fn others_receive_what_the_sender_does_not_on_any_node() {
    let cluster = Cluster::of(2, |rooms| routes! { "/" => ws(others(ws, rooms)) });
    let mut clients = [0, 0, 1].map(|node| cluster.node(node).test_ws("/"));
    for client in &mut clients {
        heard(client);
    }
    clients[0].send(r#"{"text":"hi"}"#).unwrap();
    assert_eq!(
        clients.each_mut().map(heard),
        [vec![], vec!["hi"], vec!["hi"]]
    );
}

async fn rain(rooms: Topics<Said>) -> String {
    let published = rooms.topic("all").publish(said("rain")).await;
    published.is_ok().to_string()
}

#[test]
fn a_route_may_follow_a_topic() {
    let rooms = Topics::<Said>::new("news");
    let news = rooms.topic("all");
    let app = routes! {
        "/news" => ws(news.follow(ws)),
        GET "/feed" => sse(news.follow_events(sse)),
        POST "/say" => http(rain(rooms)),
    };
    let mut ann = app.test_ws("/news");
    ann.send("ignored").unwrap();
    assert_eq!(app.test_http(Request::post("/say")).body(), "true");
    assert_eq!(heard(&mut ann), ["=", "rain"]);
}

async fn many(ws: WebSocket<Said, Feed<Said>>, rooms: Topics<Said>) -> WsResult {
    let mut memberships = Vec::new();
    for number in 0..65 {
        memberships.push(rooms.topic(number).join(&ws).await?);
    }
    Ok(())
}

async fn long(ws: WebSocket<Said, Feed<Said>>, rooms: Topics<Said>, name: String) -> WsResult {
    let _membership = rooms.topic("r").join(&ws).member(name).await?;
    Ok(())
}

async fn unnamed(ws: WebSocket<Said, Feed<Said>>, rooms: Topics<Said>) -> WsResult {
    let _membership = rooms.topic("").join(&ws).await?;
    Ok(())
}

#[test]
fn a_socket_may_be_in_64_topics_under_a_short_name() {
    let rooms = Topics::new("room");
    let app = routes! {
        "/many" => ws(many(ws, rooms)),
        "/long/<name>" => ws(long(ws, rooms, name)),
        "/unnamed" => ws(unnamed(ws, rooms)),
    };
    let long = format!("/long/{}", "x".repeat(257));
    for path in ["/many", &long, "/unnamed"] {
        assert_eq!(app.test_ws(path).closed().unwrap().code(), 1008, "{path}");
    }
    let fits = format!("/long/{}", "x".repeat(256));
    assert_eq!(app.test_ws(fits).closed(), Some(WsStatus::NORMAL));
}
