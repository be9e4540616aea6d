use std::io;

use futures_util::{FutureExt, StreamExt, stream};
use http_body::Body as _;

use super::*;

fn streamed(pieces: &'static [&'static str]) -> Body {
    Body::from_stream(stream::iter(pieces).map(|piece| Ok::<_, io::Error>(*piece)))
}

/// Returns the output of a future that never waits; a failing body is polled once more per layer.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut polled = (0..4).map(|_| future.as_mut().now_or_never());
    polled
        .find_map(|polled| polled)
        .expect("nothing here waits")
}

#[test]
fn a_body_in_memory_equals_its_bytes_of_every_type() {
    let body = Body::from("hello");
    assert_eq!(&body, "hello");
    assert_eq!(body, "hello");
    assert_eq!(body, String::from("hello"));
    assert_eq!(body, b"hello");
    assert_eq!(body, *b"hello");
    assert_eq!(&body, b"hello".as_slice());
    assert_eq!(body, b"hello".as_slice());
    assert_eq!(body, b"hello".to_vec());
    assert_eq!(body, Bytes::from("hello"));
    assert_eq!(body, Body::from(b"hello"));
    assert_ne!(body, "hell");
    assert_ne!(body, Body::empty());
    assert_eq!(Body::from(()), "");
}

#[test]
fn a_stream_is_never_equal() {
    assert_ne!(streamed(&["hello"]), "hello");
    assert_ne!(streamed(&["hello"]), streamed(&["hello"]));
    assert_ne!(Body::from("hello"), streamed(&["hello"]));
    assert_ne!(streamed(&[]), "");
}

#[test]
fn both_kinds_are_read_whole() {
    for body in [Body::from("hello"), streamed(&["hel", "", "lo"])] {
        assert_eq!(now(body.bytes()).unwrap(), "hello");
    }
    for body in [Body::empty(), streamed(&[])] {
        assert_eq!(now(body.text()).unwrap(), "");
    }
}

#[test]
fn only_a_body_in_memory_returns_its_bytes() {
    assert_eq!(Body::from("hello").as_text(), Some("hello"));
    assert_eq!(Body::from(b"\xff").as_text(), None);
    assert_eq!(streamed(&["hello"]).as_bytes(), None);
}

#[test]
fn the_error_of_invalid_text_has_the_position_of_the_byte() {
    let failure = now(Body::from(b"ab\xffc").text()).unwrap_err();
    assert!(matches!(failure, BodyError::NotUtf8 { position: 2 }));
    assert_eq!(failure.status(), 400);
}

#[test]
fn a_stream_that_fails_keeps_its_cause() {
    let body = Body::from_stream(stream::iter([Ok("a"), Err(io::Error::other("gone"))]));
    let failure = now(body.bytes()).unwrap_err();
    assert_eq!(failure.to_string(), "the body is incomplete");
    let cause = std::error::Error::source(&failure).unwrap();
    assert_eq!(cause.to_string(), "gone");
}

#[test]
fn a_limit_is_kept_to_the_byte() {
    for (limit, fits) in [(0, false), (4, false), (5, true), (6, true)] {
        for body in [Body::from("hello"), streamed(&["hel", "lo"])] {
            let outcome = now(body.limit(limit).bytes());
            match outcome {
                Ok(bytes) => assert!(fits && bytes == "hello", "limit {limit}"),
                Err(BodyError::TooLarge { limit: found }) => assert!(!fits && found == limit),
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert_eq!(now(Body::empty().limit(0).bytes()).unwrap(), "");
}

#[test]
fn the_lowest_of_nested_limits_wins_and_keeps_its_name() {
    let failure = now(streamed(&["hello"]).limit(3).limit(9).bytes()).unwrap_err();
    assert!(matches!(failure, BodyError::TooLarge { limit: 3 }));
    assert_eq!(failure.status(), 413);
}

#[test]
fn a_limited_body_ends_after_its_failure() {
    let mut body = Body::from("hello").limit(2);
    assert_eq!(body.size_hint().upper(), Some(2));
    assert!(matches!(now(body.frame()), Some(Err(_))));
    assert!(now(body.frame()).is_none());
    assert!(body.is_end_stream());
}

#[test]
fn a_body_within_its_limit_stays_in_memory() {
    assert_eq!(Body::from("hello").limit(5), "hello");
}

#[test]
fn debug_shows_text_bytes_and_streams() {
    assert_eq!(format!("{:?}", Body::from("hi")), r#"Body("hi")"#);
    assert_eq!(format!("{:?}", Body::from(b"\xff")), r#"Body(b"\xff")"#);
    assert_eq!(format!("{:?}", streamed(&["hi"])), "Body(<stream>)");
    let long = format!("{:?}", Body::from("x".repeat(5000)));
    assert!(
        long.len() < 200 && long.ends_with("… 5000 bytes)"),
        "{long}"
    );
}

#[test]
fn a_length_in_memory_is_known_and_of_a_stream_is_not() {
    assert_eq!(Body::from("hello").size_hint().exact(), Some(5));
    assert_eq!(streamed(&["hello"]).size_hint().exact(), None);
}
