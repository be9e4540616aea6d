//! The tests of the chat, without a port and in virtual time.

use http4k_ws::testing::TestWsClient;

use super::*;

fn next(client: &mut TestWsClient) -> Feed<Said> {
    Feed::from_message(client.received().next().unwrap().unwrap()).unwrap()
}

/// Returns the next text, as `ann: hi`.
fn text(client: &mut TestWsClient) -> String {
    let feeds = std::iter::repeat_with(|| next(client));
    let text = |feed| match feed {
        Feed::Message {
            data: Said::Text { who, text, .. },
            ..
        } => Some(format!("{who}: {text}")),
        _ => None,
    };
    feeds.take(20).find_map(text).unwrap()
}

fn say(client: &mut TestWsClient, text: &str) {
    let (id, text) = ("1".to_owned(), text.to_owned());
    let message = FromPage::Say { id, text }.into_message().unwrap();
    client.send(message).unwrap();
}

fn latest(app: &PolyHandler, room: &str) -> Latest {
    let response = app.test_http(format!("/latest/{room}"));
    let text = response.body().as_text().unwrap();
    WsMessage::json().to_lens().get(&text.into()).unwrap()
}

#[test]
fn a_tab_that_comes_back_receives_what_it_missed() {
    let app = app();
    let mut ann = app.test_ws("/rooms/lobby/ann?tab=1");
    let at = next(&mut ann).at();
    drop(ann);
    let mut bob = app.test_ws("/rooms/lobby/bob?tab=2");
    say(&mut bob, "anyone here?");
    say(&mut bob, "hello?");
    let mut ann = app.test_ws(format!("/rooms/lobby/ann?tab=1&after={at}"));
    assert_eq!(text(&mut ann), "bob: anyone here?");
    assert_eq!(text(&mut ann), "bob: hello?");
}

#[test]
fn a_page_joins_behind_the_history_that_it_has_read() {
    let app = app();
    let mut ann = app.test_ws("/rooms/lobby/ann");
    for number in 0..300 {
        say(&mut ann, &number.to_string());
        assert_eq!(text(&mut ann), format!("ann: {number}"));
    }
    ann.send(r#"{"type":"typing"}"#).unwrap();
    let Latest { at, said } = latest(&app, "lobby");
    assert_eq!(said.len(), 300, "texts only, of more than one part");
    let mut bob = app.test_ws(format!("/rooms/lobby/bob?after={at}"));
    say(&mut ann, "welcome");
    assert_eq!(text(&mut bob), "ann: welcome");
    assert_eq!(latest(&app, "attic").said, []);
}

#[test]
fn names_that_are_blank_or_not_visible_are_refused_with_a_reason() {
    let blank = "a name needs a letter or a digit";
    let only = "a name has letters, digits, spaces and . - _ ' only";
    let long = "a name has at most 24 characters";
    let too_long = "x".repeat(25);
    for (name, reason) in [
        ("%20", blank),
        ("-%20-", blank),
        ("%E2%80%8B", blank),
        ("%E3%85%A4", blank),
        ("ann%E2%80%8B", only),
        ("ann%0Abob", only),
        (&too_long, long),
    ] {
        for path in [format!("/rooms/lobby/{name}"), format!("/rooms/{name}/ann")] {
            let mut client = app().test_ws(&path);
            let status = client.closed().unwrap();
            assert_eq!((status.code(), status.reason()), (1008, reason), "{path}");
        }
        let latest = app().test_http(format!("/latest/{name}"));
        assert_eq!(latest.status(), StatusCode::BAD_REQUEST);
        assert_eq!(latest.body(), reason);
    }
}

#[test]
fn a_name_is_taken_by_one_tab_in_a_room_at_a_time() {
    let app = app();
    let mut ann = app.test_ws("/rooms/lobby/ann?tab=1");
    let refused = app.test_ws("/rooms/lobby/%20Ann?tab=2").closed().unwrap();
    assert_eq!(refused.reason(), "this name is taken in the room");
    let mut attic = app.test_ws("/rooms/attic/ann?tab=2");
    say(&mut attic, "another room");
    assert_eq!(text(&mut attic), "ann: another room");

    // The same tab, while the server has not noticed the end of its first connection.
    let mut again = app.test_ws("/rooms/lobby/ann?tab=1");
    say(&mut again, "back");
    assert_eq!(text(&mut again), "ann: back");
    assert_eq!(ann.closed().unwrap().code(), 1008);
}

#[test]
fn of_many_tabs_that_join_at_once_at_most_one_has_the_name() {
    let app = app();
    let path = |tab| format!("/rooms/lobby/ann?tab={tab}");
    let mut clients: Vec<_> = (0..8).map(|tab| app.test_ws(path(tab))).collect();
    let mut bob = app.test_ws("/rooms/lobby/bob");
    bob.advance(Duration::from_secs(1));
    let mut joined = 0;
    for client in &mut clients {
        client.close(WsStatus::NORMAL);
        let end = client.closed().unwrap();
        match end.code() {
            1000 => joined += 1,
            _ => assert_eq!(end.reason(), "this name is taken in the room"),
        }
    }
    assert!(joined <= 1, "{joined} tabs have the name");
}

#[test]
fn a_message_without_a_text_closes_the_socket() {
    for text in ["", " \n ", &"x".repeat(2001)] {
        let app = app();
        let mut ann = app.test_ws("/rooms/lobby/ann");
        say(&mut ann, text);
        let status = ann.closed().unwrap();
        assert_eq!(status.reason(), "a message has 1 to 2,000 characters");
        assert_eq!(latest(&app, "lobby").said, []);
    }
}

#[test]
fn others_see_that_a_user_types() {
    let app = app();
    let mut ann = app.test_ws("/rooms/lobby/ann");
    let mut bob = app.test_ws("/rooms/lobby/bob");
    ann.send(r#"{"type":"typing"}"#).unwrap();
    let mut feeds = std::iter::repeat_with(|| next(&mut bob)).take(5);
    let who = "ann".to_owned();
    assert!(feeds.any(|feed| matches!(
        feed,
        Feed::Message { data: Said::Typing { who: w }, .. } if w == who
    )));
}
