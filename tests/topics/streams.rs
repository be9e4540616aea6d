//! Topics in streams of events.

use http4k_ws::contract_test;
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseEvent, SseResult};
use http4k_ws::testing::contract::Backend;
use http4k_ws::testing::{Cluster, SseClient};
use http4k_ws::topics::{Feed, Resume, Topics};

use crate::support::{Said, app, post, word};

async fn feed(sse: Sse<Feed<Said>>, rooms: Topics<Said>, resume: Resume) -> SseResult {
    let _membership = rooms.topic("r").join(&sse).after(resume).await?;
    sse.closed().await;
    Ok(())
}

async fn plain(sse: Sse<Said>, rooms: Topics<Said>, resume: Resume) -> SseResult {
    let _membership = rooms.topic("r").join_plain(&sse).after(resume).await?;
    sse.closed().await;
    Ok(())
}

fn streams(rooms: Topics<Said>) -> PolyHandler {
    routes! {
        GET "/feed" => sse(feed(sse, rooms, _)),
        GET "/plain" => sse(plain(sse, rooms, _)),
        "/" => mount(app(rooms)),
    }
}

fn next(client: &mut impl SseClient) -> SseEvent {
    client.received().next().unwrap().unwrap()
}

fn heard(event: &SseEvent) -> String {
    let feed = Feed::from_message(event.data().into()).unwrap();
    assert_eq!(event.id(), Some(&*feed.at().to_string()));
    word(&feed)
}

#[contract_test(streams(Topics::new("room")))]
fn the_position_is_the_id_and_a_browser_resumes_by_it(backend: &impl Backend) {
    let mut ann = backend.sse("/feed");
    assert_eq!(heard(&next(&mut ann)), "=");
    backend.http(post("one"));
    let one = next(&mut ann);
    assert_eq!(heard(&one), "one");
    drop(ann);
    backend.http(post("two"));
    let again = Request::get("/feed").header("last-event-id", one.id().unwrap());
    let mut ann = backend.sse(again);
    assert_eq!(
        [heard(&next(&mut ann)), heard(&next(&mut ann))],
        ["two", "="]
    );
}

#[contract_test(streams(Topics::new("room")))]
fn a_plain_stream_has_the_messages_as_its_data(backend: &impl Backend) {
    let mut ann = backend.sse("/plain");
    let start = next(&mut ann);
    assert_eq!((start.name(), start.data()), (Some("caughtUp"), ""));
    backend.http(post("one"));
    let one = next(&mut ann);
    assert_eq!((one.name(), one.data()), (None, r#"{"text":"one"}"#));
    assert!(one.id().is_some() && one.id() != start.id());
}

#[test]
fn a_plain_stream_is_notified_of_a_loss() {
    let cluster = Cluster::of(1, streams);
    let mut ann = cluster.node(0).test_sse("/plain");
    next(&mut ann);
    cluster.engine().restart();
    assert_eq!(next(&mut ann).name(), Some("lost"));
    assert_eq!(next(&mut ann).name(), Some("caughtUp"));
}
