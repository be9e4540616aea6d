//! Subscribers that read slowly.

use http4k_ws::filter::session_config;
use http4k_ws::prelude::*;
use http4k_ws::session::{SessionConfig, SlowConsumer};
use http4k_ws::testing::{TestWsClient, WsClient};
use http4k_ws::topics::Topics;

use crate::support::{Said, app, listen, read, said, word};

async fn burst(rooms: Topics<Said>, count: usize) -> String {
    let topic = rooms.topic("r");
    for number in 1..=count {
        let text = format!("{number}{}", " ".repeat(1000));
        topic.publish(said(&text)).await.unwrap();
    }
    "done".to_owned()
}

async fn keyed(rooms: Topics<Said>, count: usize) -> String {
    let topic = rooms.topic("r");
    for number in 1..=count {
        let key = number % 3;
        let text = format!("{key}:{number}{}", " ".repeat(1000));
        topic.publish_keyed(key, said(&text)).await.unwrap();
    }
    "done".to_owned()
}

fn slow(rooms: Topics<Said>, policy: SlowConsumer) -> PolyHandler {
    let small = move |config: SessionConfig| {
        config
            .with_queue_messages(4)
            .with_slow_consumer(policy.clone())
    };
    routes! {
        POST "/burst/<count>" => http(burst(rooms, count)),
        POST "/keyed/<count>" => http(keyed(rooms, count)),
        "/slow/<room>" with(session_config(small)) => ws(listen(ws, rooms, room, _)),
        "/" => mount(app(rooms)),
    }
}

fn numbers(client: &mut TestWsClient, last: &str) -> Vec<String> {
    let mut heard = Vec::new();
    while heard.last().is_none_or(|word: &String| word != last) {
        let message = client.received().next().unwrap().unwrap();
        heard.push(word(&read(message)).trim_end().to_owned());
    }
    heard
}

#[test]
fn one_that_waits_receives_everything_in_order() {
    let app = slow(Topics::new("room"), SlowConsumer::Wait);
    let mut ann = app.test_ws("/slow/r");
    assert_eq!(app.test_http(Request::post("/burst/400")).body(), "done");
    let heard = numbers(&mut ann, "400");
    let expected = (1..=400).map(|number| number.to_string());
    assert_eq!(heard[1..], expected.collect::<Vec<_>>());
}

#[test]
fn one_that_waits_too_long_is_notified_of_what_history_lacks() {
    let rooms = Topics::new("room").history(3, std::time::Duration::from_secs(60));
    let app = slow(rooms, SlowConsumer::Wait);
    let mut ann = app.test_ws("/slow/r");
    app.test_http(Request::post("/burst/2000"));
    let heard = numbers(&mut ann, "2000");
    let (mut last, mut losses, mut lost) = (0, 0, false);
    for word in &heard {
        match word.parse::<u32>() {
            // A gap is reported before anything that follows it.
            Ok(number) => {
                assert!(number == last + 1 || (lost && number > last), "{heard:?}");
                (last, lost) = (number, false);
            }
            Err(_) if word == "lost" => {
                losses += 1;
                lost = true;
            }
            Err(_) => {}
        }
    }
    assert!(losses > 0 && last == 2000, "{heard:?}");
}

#[test]
fn others_keep_up_beside_one_that_does_not_read() {
    let app = slow(Topics::new("room"), SlowConsumer::Wait);
    let _slow = app.test_ws("/slow/r");
    let mut ann = app.test_ws("/listen/r");
    app.test_http(Request::post("/burst/100"));
    assert_eq!(numbers(&mut ann, "100").len(), 101);
}

#[test]
fn policies_of_the_socket_apply() {
    let app = slow(Topics::new("room"), SlowConsumer::DropOldest);
    let mut ann = app.test_ws("/slow/r");
    app.test_http(Request::post("/burst/2000"));
    let heard = numbers(&mut ann, "2000");
    assert!(heard.len() < 2000 && !heard.contains(&"lost".to_owned()));

    let app = slow(Topics::new("room"), SlowConsumer::Close);
    let mut ann = app.test_ws("/slow/r");
    app.test_http(Request::post("/burst/2000"));
    assert_eq!(ann.closed(), Some(WsStatus::TRY_AGAIN_LATER));
}

#[test]
fn the_latest_message_of_each_key_is_kept() {
    let app = slow(Topics::new("room"), SlowConsumer::Wait);
    let mut ann = app.test_ws("/slow/r");
    app.test_http(Request::post("/keyed/3000"));
    let heard = numbers(&mut ann, "0:3000");
    assert!(heard.len() < 3000, "{}", heard.len());
    let latest = &heard[heard.len() - 3..];
    assert_eq!(latest, ["1:2998", "2:2999", "0:3000"]);
}
