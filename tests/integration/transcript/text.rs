//! The text form of a transcript.

use std::time::Duration;

use http4k_ws::testing::transcript::{Party, Transcript, TranscriptEntry, TranscriptRule};
use http4k_ws::{WsMessage, WsStatus};
use proptest::prelude::*;

fn by() -> impl Strategy<Value = Party> {
    prop_oneof![Just(Party::Client), Just(Party::Server)]
}

/// Generates text with many characters that a line could lose.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        r"[ \\nrtu{}0-9a-f]{0,6}",
        "[\u{0}-\u{20}\u{7f}-\u{a0}\u{200b}-\u{2030}\u{2060}-\u{206f}\u{3000}\u{feff}]{0,3}",
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn status() -> impl Strategy<Value = WsStatus> {
    let sent = (1000u16..5000, text()).prop_filter_map("a status", |(code, mut reason)| {
        while reason.len() > 123 {
            reason.pop();
        }
        WsStatus::new(code, reason).ok()
    });
    prop_oneof![
        8 => sent,
        1 => Just(WsStatus::NO_STATUS),
        1 => Just(WsStatus::ABNORMAL),
        1 => Just(WsStatus::TLS_HANDSHAKE),
    ]
}

fn entry() -> impl Strategy<Value = TranscriptEntry> {
    let message = prop_oneof![
        text().prop_map(WsMessage::new_text),
        any::<Vec<u8>>().prop_map(WsMessage::new_binary),
    ];
    prop_oneof![
        5 => (by(), message).prop_map(|(by, message)| TranscriptEntry::Message { by, message }),
        2 => (by(), status()).prop_map(|(by, status)| TranscriptEntry::Close { by, status }),
        1 => any::<Duration>().prop_map(TranscriptEntry::Silence),
        1 => Just(TranscriptEntry::Cut),
    ]
}

prop_compose! {
    fn transcript()(
        target in text(),
        subprotocol in prop::option::of(text()),
        entries in prop::collection::vec(entry(), 0..8),
    ) -> Transcript {
        let mut transcript = Transcript::new(target);
        if let Some(subprotocol) = subprotocol {
            transcript = transcript.with_subprotocol(subprotocol);
        }
        entries.into_iter().for_each(|entry| transcript.push(entry));
        transcript
    }
}

proptest! {
    #[test]
    fn a_formatted_transcript_is_parsed_back_unchanged(transcript in transcript()) {
        let text = transcript.to_string();
        prop_assert_eq!(text.parse(), Ok(transcript.clone()));
        // Git may have changed the line endings, and an editor removed trailing spaces.
        prop_assert_eq!(text.replace('\n', "\r\n").parse(), Ok(transcript.clone()));
        let trimmed: Vec<&str> = text.lines().map(str::trim_end).collect();
        prop_assert_eq!(trimmed.join("\n").parse(), Ok(transcript));
    }

    #[test]
    fn each_entry_is_the_line_that_is_said(transcript in transcript()) {
        let text = transcript.to_string();
        let lines: Vec<&str> = text.lines().collect();
        for (index, entry) in transcript.entries().iter().enumerate() {
            prop_assert_eq!(lines[transcript.line_of(index) - 1], entry.to_string());
        }
        let head = 1 + usize::from(transcript.subprotocol().is_some());
        prop_assert_eq!(lines.len(), head + transcript.entries().len());
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,40}(\n.{0,20}){0,4}", lines in prop::collection::vec(
        "(client|server|silence|cut|open)( (text|binary|close|[0-9.]{0,9}s))?( .{0,12})?", 0..4,
    )) {
        let _ = text.parse::<Transcript>();
        let text = format!("open /\n{}", lines.join("\n"));
        if let Ok(transcript) = text.parse::<Transcript>() {
            prop_assert_eq!(transcript.to_string().parse(), Ok(transcript));
        }
    }
}

#[test]
fn characters_without_a_width_are_escaped() {
    let unseen = [
        '\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{a0}', '\u{200b}', '\u{200d}',
        '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202e}', '\u{2060}',
        '\u{2064}', '\u{2066}', '\u{2069}', '\u{3000}', '\u{feff}',
    ];
    for c in unseen {
        let said = Transcript::new("/").server_says(format!("a{c}b"));
        let expected = format!("open /\nserver text a{}b\n", c.escape_unicode());
        assert_eq!(said.to_string(), expected, "{c:?}");
        assert_eq!(expected.parse(), Ok(said), "{c:?}");
    }
    for c in [
        '\u{200a}', '\u{2010}', '\u{2027}', '\u{202f}', '\u{205f}', '\u{206a}', '\u{a1}',
        '\u{fefe}',
    ] {
        let shown = Transcript::new("/")
            .server_says(format!("a{c}b"))
            .to_string();
        let is_space = c.is_whitespace();
        assert_eq!(shown.contains(c), !is_space, "{c:?} in {shown:?}");
    }
}

#[test]
fn a_transcript_is_readable_text() {
    let transcript = Transcript::new("/rooms/one?as=ann b")
        .with_subprotocol("chat.v1")
        .client_says(r#"{"type":"say","text":"grüße, \"世界\""}"#)
        .server_says("")
        .server_says("two\nlines\tand a tab ")
        .server_says(Vec::new())
        .client_says(b"\x00\x0f\xff")
        .silence(Duration::from_millis(1500))
        .silence(Duration::from_secs(30))
        .silence(Duration::from_nanos(1))
        .server_closes(WsStatus::GOING_AWAY);
    let text = r#"open /rooms/one?as=ann b
subprotocol chat.v1
client text {"type":"say","text":"grüße, \\"世界\\""}
server text
server text two\nlines\tand a tab\u{20}
server binary
client binary 000fff
silence 1.5s
silence 30s
silence 0.000000001s
server close 1001 going away
"#;
    assert_eq!(transcript.to_string(), text);
    assert_eq!(text.parse(), Ok(transcript));
}

#[test]
fn an_error_names_its_line() {
    let rule = |line: &str| {
        let text = format!("open /\nclient text a\n{line}\nserver text b\n");
        let error = text.parse::<Transcript>().expect_err(line);
        assert_eq!(error.line, 3, "{line}");
        let shown = error.to_string();
        let begin = "line 3 of the transcript: ";
        assert!(shown.starts_with(begin), "{shown}");
        error.rule
    };
    for (line, expected) in [
        ("", TranscriptRule::Word(String::new())),
        ("peer text a", TranscriptRule::Word("peer".to_owned())),
        ("open /again", TranscriptRule::Word("open".to_owned())),
        ("client", TranscriptRule::Kind(String::new())),
        ("server txt a", TranscriptRule::Kind("txt".to_owned())),
        (r"server text a\b", TranscriptRule::Escape),
        (r"server text a\", TranscriptRule::Escape),
        (r"server text \u{}", TranscriptRule::Escape),
        (r"server text \u{d800}", TranscriptRule::Escape),
        (r"server text \u{+41}", TranscriptRule::Escape),
        (r"server text \u{41", TranscriptRule::Escape),
        ("server binary 0", TranscriptRule::Hexadecimal),
        ("server binary 0g", TranscriptRule::Hexadecimal),
        ("server binary 00 ff", TranscriptRule::Hexadecimal),
        ("silence", TranscriptRule::Time),
        ("silence 1", TranscriptRule::Time),
        ("silence -1s", TranscriptRule::Time),
        ("silence 1.s", TranscriptRule::Time),
        ("silence 1.0000000001s", TranscriptRule::Time),
        ("silence 99999999999999999999s", TranscriptRule::Time),
        ("server close", TranscriptRule::Code),
        ("server close bye", TranscriptRule::Code),
        ("server close 99999", TranscriptRule::Code),
        ("cut here", TranscriptRule::Cut),
    ] {
        assert_eq!(rule(line), expected, "{line}");
    }
    for (line, shown) in [
        (
            "server close 1004",
            "close code 1004 is reserved and cannot be sent in a frame",
        ),
        (
            "server close 1006 by us",
            "close code 1006 is reserved and cannot be sent in a frame",
        ),
        ("server close 999", "close code 999 is outside 1000 to 4999"),
    ] {
        assert_eq!(rule(line).to_string(), shown);
    }
    let long = format!("server close 1000 {}", "x".repeat(124));
    assert_eq!(
        rule(&long).to_string(),
        "the reason has 124 bytes; a close frame holds 123"
    );
    for text in ["", "\n", "client text a", "subprotocol a\nopen /"] {
        let error = text.parse::<Transcript>().unwrap_err();
        assert_eq!(
            (error.line, error.rule),
            (1, TranscriptRule::Open),
            "{text}"
        );
    }
}
