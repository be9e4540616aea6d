//! The grammar of an event stream, in pieces of any size.

use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseEvent, SseParser, SseResult, SseTooLarge, respond};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::naive::{self, Outcome, Parts};

fn parts(event: &SseEvent) -> Parts {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let millis = |retry: Duration| u64::try_from(retry.as_millis()).expect("milliseconds");
    (
        event.data().to_owned(),
        text(event.name()),
        text(event.id()),
        event.retry().map(millis),
    )
}

fn read_all(
    parser: &mut SseParser,
    mut bytes: &[u8],
    events: &mut Vec<SseEvent>,
) -> Result<(), SseTooLarge> {
    while let Some(event) = parser.read(&mut bytes)? {
        events.push(event);
    }
    assert!(bytes.is_empty(), "every byte is read");
    Ok(())
}

/// Reads `bytes` in pieces that end at `splits`.
fn outcome(bytes: &[u8], splits: &[usize]) -> Outcome {
    let mut ends: Vec<usize> = splits
        .iter()
        .map(|split| split % (bytes.len() + 1))
        .collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let (mut parser, mut events, mut start) = (SseParser::new(), Vec::new(), 0);
    for end in ends {
        read_all(&mut parser, &bytes[start..end], &mut events).expect("short events");
        start = end;
    }
    Outcome {
        events: events.iter().map(parts).collect(),
        last_event_id: parser.last_event_id().to_owned(),
        retry: parser.retry().map(|retry| retry.as_millis() as u64),
        comments: parser.comments(),
    }
}

/// The examples of WHATWG HTML §9.2.6, and the corners of its grammar.
#[test]
fn the_table_of_cases_holds() {
    let event = |data: &str| (data.to_owned(), None, None, None);
    let named = |data: &str, name: &str| (data.to_owned(), Some(name.to_owned()), None, None);
    let with_id = |data: &str, id: &str| (data.to_owned(), None, Some(id.to_owned()), None);
    for (text, events, last_event_id) in [
        (
            "data: YHOO\ndata: +2\ndata: 10\n\n",
            vec![event("YHOO\n+2\n10")],
            "",
        ),
        (
            concat!(
                ": test stream\n\ndata: first event\nid: 1\n\n",
                "data:second event\nid\n\ndata:  third event\n\n",
            ),
            vec![
                with_id("first event", "1"),
                with_id("second event", ""),
                event(" third event"),
            ],
            "",
        ),
        (
            "data\n\ndata\ndata\n\ndata:",
            vec![event(""), event("\n")],
            "",
        ),
        (
            "data:test\n\ndata: test\n\n",
            vec![event("test"), event("test")],
            "",
        ),
        (
            "data: a\r\rdata: b\r\n\r\ndata: c\n\n",
            vec![event("a"), event("b"), event("c")],
            "",
        ),
        (
            "\u{feff}data: a\n\n\u{feff}data: b\n\n",
            vec![event("a")],
            "",
        ),
        ("\u{feff}\u{feff}data: a\n\n", vec![], ""),
        (
            "event: add\ndata: 1\n\ndata: 2\n\n",
            vec![named("1", "add"), event("2")],
            "",
        ),
        ("event: add\n\ndata: 2\n\n", vec![event("2")], ""),
        ("event:\ndata: 1\n\n", vec![event("1")], ""),
        ("event: a\nevent: b\ndata: 1\n\n", vec![named("1", "b")], ""),
        ("id: 7\n\ndata: 1\n\n", vec![event("1")], "7"),
        ("id: 7\n\nid: a\0b\ndata: 1\n\n", vec![event("1")], "7"),
        ("id: 7\n\nid\n\n", vec![], ""),
        ("id: 7\ndata: unfinished\n", vec![], ""),
        ("data: a\n\ndata: unfinished", vec![event("a")], ""),
        ("Data: a\n data: b\ndata : c\nfoo: d\n\n", vec![], ""),
        ("data: é\u{2028}\0:x\n\n", vec![event("é\u{2028}\0:x")], ""),
        ("", vec![], ""),
    ] {
        for splits in [
            &[][..],
            &[1, 2, 3, 5, 8, 13, 21],
            &(0..90).collect::<Vec<_>>(),
        ] {
            let found = outcome(text.as_bytes(), splits);
            assert_eq!(found.events, events, "{text:?}");
            assert_eq!(found.last_event_id, last_event_id, "{text:?}");
            assert_eq!(found, naive::read(text.as_bytes()), "{text:?}");
        }
    }
}

#[test]
fn a_retry_is_a_number_and_counts_at_once() {
    for (value, retry) in [
        ("0", Some(0)),
        ("1500", Some(1500)),
        ("007", Some(7)),
        ("99999999999999999999999", Some(u64::MAX)),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("1s", None),
        (" 1", None),
        ("١", None),
    ] {
        let text = format!("retry: {value}\n");
        assert_eq!(outcome(text.as_bytes(), &[]).retry, retry, "{value:?}");
    }
    let kept = outcome(b"retry: 5\n\nretry: x\ndata: a\n\n", &[]);
    assert_eq!((kept.retry, kept.events[0].3), (Some(5), None));
}

#[test]
fn bytes_that_are_not_utf8_become_the_replacement_character() {
    for (bytes, data) in [
        (&b"data: a\xffb\n\n"[..], "a\u{fffd}b"),
        (b"data: \xe2\x82\n\n", "\u{fffd}"),
        (b"data: \xe2\x82\ndata: \xac\n\n", "\u{fffd}\n\u{fffd}"),
    ] {
        for splits in [&[][..], &[7], &[8], &[7, 8, 9]] {
            assert_eq!(outcome(bytes, splits).events[0].0, data);
        }
    }
}

/// An event is complete at its blank line, although an LF may follow the CR.
#[test]
fn an_event_is_returned_before_the_next_byte() {
    let (mut parser, mut events) = (SseParser::new(), Vec::new());
    read_all(&mut parser, b"data: a\r\n\r", &mut events).expect("short");
    assert_eq!(events, [SseEvent::new("a")]);
    read_all(&mut parser, b"\ndata: b\n", &mut events).expect("short");
    assert_eq!(events.len(), 1);
    read_all(&mut parser, b"\n", &mut events).expect("short");
    assert_eq!(events[1], SseEvent::new("b"));
}

/// Case S13.
#[test]
fn an_event_or_a_line_over_the_bound_is_an_error() {
    let refused = Err(SseTooLarge { limit: 20 });
    for (text, outcome) in [
        ("data: 12345678901234\n\n", Ok(())),
        ("data: 123456789012345\n\n", refused),
        ("data: 123456789012345", refused),
        ("data: 1234567\ndata: 1234567\n\n", Ok(())),
        ("data: 1234567\ndata: 12345678\n\n", refused),
        ("event: 1234\ndata: 1234567890\n\n", Ok(())),
        ("event: 12345\ndata: 1234567890\n\n", refused),
        ("id: 123456\nevent: 1\ndata: 1234567\n\n", Ok(())),
        ("id: 123456\nevent: 1\ndata: 12345678\n\n", refused),
        (": 123456789012345678\n", Ok(())),
        (": 1234567890123456789\n", refused),
        (&"data: 123456\n\n".repeat(100), Ok(())),
        (&": a comment\n".repeat(100), Ok(())),
        (&"unknown: field\n".repeat(100), Ok(())),
        (&"data\n".repeat(16), Ok(())),
        (&"data\n".repeat(25), refused),
    ] {
        for size in [1, 7, 1000] {
            let mut parser = SseParser::new().with_max_event(20);
            let mut pieces = text.as_bytes().chunks(size);
            let read = pieces.try_for_each(|piece| read_all(&mut parser, piece, &mut Vec::new()));
            assert_eq!(read, outcome, "{text:?} in pieces of {size}");
            if outcome.is_err() {
                let after = parser.read(&mut &b"\n\ndata: x\n\n"[..]);
                assert_eq!(after, Err(SseTooLarge { limit: 20 }));
            }
        }
    }
    let text = SseTooLarge { limit: 20 }.to_string();
    assert_eq!(
        text,
        "an event of the stream is longer than the limit of 20 bytes"
    );
}

#[test]
fn the_default_bound_is_a_mebibyte() {
    let line = |length: usize| format!("data:{}\n", "x".repeat(length - 5));
    let read = |text: &str| SseParser::new().read(&mut text.as_bytes());
    assert_eq!(read(&line(1024 * 1024)), Ok(None));
    let limit = 1024 * 1024;
    assert_eq!(read(&line(1024 * 1024 + 1)), Err(SseTooLarge { limit }));
}

/// Text of few characters, so that fields, line ends and marks are frequent.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&[u8]] = &[
        b"data",
        b"event",
        b"id",
        b"retry",
        b":",
        b": ",
        b" ",
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"7",
        b"x",
        b"\0",
        b"\xff",
        b"\xe2\x82",
        b"\xac",
        b"\xef\xbb\xbf",
        b"\xc3\xa9",
        b"data: a\n\n",
    ];
    vec(select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

fn event() -> impl Strategy<Value = SseEvent> {
    let data = vec(
        select(&["a", "\n", "\r", "\r\n", " ", ":", "é", "\0", "data: b"][..]),
        0..8,
    );
    let token = select(&["", "a", " a", "a: b", "é", "data"][..]);
    let (name, id) = (
        proptest::option::of(token.clone()),
        proptest::option::of(token),
    );
    let retry = proptest::option::of(any::<u64>());
    (data, name, id, retry).prop_map(|(data, name, id, retry)| {
        let event = SseEvent::new(data.concat());
        let event = match name {
            Some(name) => event.named(name),
            None => event,
        };
        let event = match id {
            Some(id) => event.with_id(id),
            None => event,
        };
        match retry {
            Some(retry) => event.with_retry(Duration::from_millis(retry)),
            None => event,
        }
    })
}

async fn send_all(sse: Sse, events: Vec<SseEvent>) -> SseResult {
    for event in events {
        sse.send(event).await?;
    }
    Ok(())
}

/// Returns the event as a client receives it: each line end of the data is LF.
fn as_received(event: &SseEvent) -> Parts {
    let (data, name, id, retry) = parts(event);
    let data = data.replace("\r\n", "\n").replace('\r', "\n");
    (data, name, id, retry)
}

proptest! {
    /// The events go through a stream of the library, and its bytes through the parser.
    #[test]
    fn events_that_a_stream_sends_are_read_back(
        events in vec(event(), 0..8),
        splits in vec(any::<usize>(), 0..12),
    ) {
        let sent = events.clone();
        let app = move |request: Request| {
            let sent = sent.clone();
            respond(request, move |sse: Sse| send_all(sse, sent))
        };
        let response = app.test_http("/");
        let bytes = response.body().as_bytes().expect("a body in memory");
        let found = outcome(bytes, &splits);
        let expected: Vec<_> = events.iter().map(as_received).collect();
        prop_assert_eq!(found.events, expected);
        let id = events.iter().rev().find_map(SseEvent::id);
        prop_assert_eq!(found.last_event_id, id.unwrap_or_default());
    }

    #[test]
    fn any_bytes_in_any_pieces_are_read_as_the_whole(
        bytes in pieces(),
        splits in vec(any::<usize>(), 0..12),
    ) {
        prop_assert_eq!(outcome(&bytes, &splits), naive::read(&bytes));
    }
}
