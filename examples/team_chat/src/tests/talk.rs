//! The messages between a page and the server.

use std::time::Duration;

use super::*;
use crate::chat::history::PAGE;
use crate::chat::messages::{MAX_TEXT, Page};

fn history(message: ToPage) -> Page {
    match message {
        ToPage::Welcome { history, .. } | ToPage::Older(history) => history,
        other => panic!("expected a page, got {other:?}"),
    }
}

fn texts(page: &Page) -> Vec<&str> {
    page.posts.iter().map(|post| &*post.text).collect()
}

#[test]
fn posts_reach_all_tabs_of_the_room_in_order() {
    let app = rooms(team());
    let mut clients = ["/blue/ann", "/blue/ann", "/blue/bob"].map(|path| app.test_ws(path));
    let mut other = app.test_ws("/green/eve");
    next(&mut other);
    say(&mut clients[0], "  hi  ");
    say(&mut clients[2], "<b>hello</b>");
    for client in &mut clients {
        let posts = posts(client, 2);
        assert_eq!((&*posts[0].author, &*posts[0].text), ("ann", "hi"));
        assert_eq!(
            (&*posts[1].author, &*posts[1].text),
            ("bob", "<b>hello</b>")
        );
        assert!(posts[0].id < posts[1].id);
    }
    assert_eq!(
        other.next_within(Duration::from_secs(1)),
        NextMessage::Pending
    );
}

#[test]
fn a_member_reads_the_history_in_pages() {
    let app = rooms(team());
    let mut ann = app.test_ws("/blue/ann");
    assert_eq!(history(next(&mut ann)), Page::default());
    for number in 0..PAGE * 2 + 1 {
        say(&mut ann, &number.to_string());
        said(&mut ann);
    }
    let mut bob = app.test_ws("/blue/bob");
    let mut page = history(next(&mut bob));
    let mut read: Vec<String> = Vec::new();
    loop {
        assert_eq!(page.more, page.posts.len() == PAGE);
        let older: Vec<_> = texts(&page).into_iter().map(str::to_owned).collect();
        read.splice(0..0, older);
        if !page.more {
            break;
        }
        let before = page.posts[0].id;
        bob.send(format!(r#"{{"type":"older","before":{before}}}"#))
            .expect("open");
        page = history(next(&mut bob));
    }
    let all: Vec<_> = (0..PAGE * 2 + 1).map(|number| number.to_string()).collect();
    assert_eq!(read, all);
}

#[test]
fn a_member_that_joins_sees_each_post_once() {
    let app = rooms(team());
    let mut ann = app.test_ws("/blue/ann");
    next(&mut ann);
    let mut expected = Vec::new();
    for number in 0..20 {
        say(&mut ann, &number.to_string());
        expected.push(number.to_string());
        // The post is in the history, or it follows.
        let mut bob = app.test_ws(format!("/blue/bob{number}"));
        let page = history(next(&mut bob));
        let mut seen: Vec<_> = texts(&page).into_iter().map(str::to_owned).collect();
        say(&mut ann, "news");
        expected.push("news".to_owned());
        while seen.len() < expected.len() {
            seen.push(said(&mut bob).1);
        }
        assert_eq!(seen, expected);
    }
}

#[test]
fn texts_are_bounded() {
    let app = rooms(team());
    let mut ann = app.test_ws("/blue/ann");
    next(&mut ann);
    let refused = |reason: &str| ToPage::Refused {
        reason: reason.to_owned(),
    };
    say(&mut ann, " \n ");
    assert_eq!(next(&mut ann), refused("a message needs a text"));
    say(&mut ann, &"ß".repeat(MAX_TEXT + 1));
    assert_eq!(
        next(&mut ann),
        refused("a message has at most 2000 characters")
    );
    say(&mut ann, &"ß".repeat(MAX_TEXT));
    assert_eq!(said(&mut ann).1.chars().count(), MAX_TEXT);
    ann.send(r#"{"type":"shout"}"#).expect("open");
    assert_eq!(ann.closed().expect("it closes").code(), 1007);
}

#[test]
fn names_of_rooms_are_bounded() {
    let app = rooms(team());
    for bad in ["Blue", "a%20b", "a%2Fb", "%C3%BC", &"a".repeat(33)] {
        assert_eq!(
            app.try_test_ws(format!("/{bad}/ann")).unwrap_err().status(),
            404
        );
    }
    assert!(app.try_test_ws(format!("/{}/ann", "a".repeat(32))).is_ok());
}
