//! The tests of the application. They need no port.

use http4k_ws::prelude::*;
use http4k_ws::testing::TestWsClient;
use http4k_ws::topics::Feed;
use my_app::{Line, app};

/// Returns the text of the next line.
fn line(client: &mut TestWsClient) -> String {
    let mut lines = client.received().filter_map(|message| {
        match Feed::<Line>::from_message(message.unwrap()).unwrap() {
            Feed::Message { data, .. } => Some(data.text),
            _ => None,
        }
    });
    lines.next().unwrap()
}

#[test]
fn the_page_and_the_health_check_are_served() {
    let page = app().test_http("/");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(app().test_http("/health").body(), "ok");
    assert_eq!(app().test_http("/nothing").status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_line_reaches_every_page() {
    let app = app();
    let (mut ann, mut bob) = (app.test_ws("/board"), app.test_ws("/board"));
    ann.send(r#"{"text":"hello"}"#).unwrap();
    assert_eq!([line(&mut ann), line(&mut bob)], ["hello", "hello"]);
}

#[test]
fn a_message_that_is_not_a_line_closes_the_socket() {
    let mut client = app().test_ws("/board");
    client.send("hello").unwrap();
    assert_eq!(client.closed().unwrap().code(), 1007);
}
