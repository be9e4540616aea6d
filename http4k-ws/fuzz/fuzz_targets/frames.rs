//! Frames through the whole server, against tungstenite alone. The server accepts only what tungstenite accepts, and
//! refuses what tungstenite refuses, with the code of the rule. It may refuse more, by its own rules.
#![no_main]

use std::io::Cursor;
use std::sync::{Arc, Mutex};

use http4k_ws::server::ServerConfig;
use http4k_ws::{PolyHandler, Request, WebSocket, WsMessage};
use http4k_ws_fuzz::{
    Choices, HANDSHAKE, Head, Header, Last, Step, frames_of, headers_of, on_paused_clock, talk,
};
use libfuzzer_sys::fuzz_target;
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Error, Message};

/// The maximum size of a message in bytes, small enough to be reached.
const LONGEST: usize = 300;

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices::new(data);
    let (Some(form), Some(piece)) = (choices.byte(), choices.byte()) else {
        return;
    };
    let bytes = if form & 1 == 0 {
        choices.rest().to_vec()
    } else {
        built(choices)
    };
    let ours = served(&bytes, usize::from(piece));
    // The server need not wait for the rest of a frame whose header it refuses.
    let whole = [&bytes[..], &missing(&bytes)].concat();
    let mut theirs = outcome_of(&bytes);
    if theirs.end == End::Lost && ours.end != End::Lost {
        theirs = outcome_of(&whole);
    }
    if let Err(difference) = compare(&headers_of(&whole), &ours, &theirs) {
        panic!("{difference}\nours: {ours:?}\ntheirs: {theirs:?}");
    }
});

/// Masked frames, whose headers are valid more often than random bytes.
fn built(mut choices: Choices<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let (Some(first), Some(size)) = (choices.byte(), choices.byte()) {
        let payload = choices.bytes(usize::from(size) % 160);
        bytes.push(if first & 0x70 == 0x70 {
            first
        } else {
            first & 0x8F
        });
        match (payload.len(), size) {
            // An encoding that is longer than necessary.
            (short @ 0..=125, 250..) => bytes.extend([0x80 | 126, 0, short as u8]),
            (short @ 0..=125, _) => bytes.push(0x80 | short as u8),
            (long, _) => bytes.extend([0x80 | 126, 0, long as u8]),
        }
        bytes.extend([0; 4]);
        bytes.extend(payload);
    }
    bytes
}

/// The result of the bytes.
#[derive(Debug)]
struct Outcome {
    messages: Vec<(bool, Vec<u8>)>,
    end: End,
}

#[derive(Debug, PartialEq)]
enum End {
    /// A close frame was sent: the response to the peer's, or a refusal.
    Close(Option<u16>),
    /// The peer left without one.
    Lost,
}

const REFUSED: End = End::Close(Some(1002));
const NO_TEXT: End = End::Close(Some(1007));
const TOO_BIG: End = End::Close(Some(1009));

/// Returns the server's result for the bytes.
fn served(bytes: &[u8], piece: usize) -> Outcome {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&heard);
    let app = PolyHandler::new(
        |_: Request| "http",
        move |mut ws: WebSocket| {
            let hearing = Arc::clone(&hearing);
            async move {
                while let Ok(Some(message)) = ws.recv().await {
                    hearing.lock().unwrap().push(told(&message));
                }
            }
        },
    );
    let mut steps = vec![Step::Send(HANDSHAKE.as_bytes())];
    for piece in bytes.chunks(if piece == 0 { usize::MAX } else { piece }) {
        steps.extend([Step::Send(piece), Step::Yield]);
    }
    let config = ServerConfig::default().with_max_message(LONGEST);
    let answer = on_paused_clock(talk(app, config, &steps, Last::HalfClose));
    let end = end_of(&answer);
    let messages = heard.lock().unwrap().clone();
    Outcome { messages, end }
}

fn told(message: &WsMessage) -> (bool, Vec<u8>) {
    (message.is_text(), message.as_bytes().to_vec())
}

/// Returns the result that the frames after the server's 101 contain.
fn end_of(answer: &[u8]) -> End {
    assert!(
        Head::of(answer).is_some_and(|head| head.line[1] == "101"),
        "the handshake is in order"
    );
    let head = answer
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .expect("the end of a head");
    let frames = frames_of(&answer[head + 4..]);
    let close = frames.iter().position(|frame| frame.header.opcode == 8);
    let Some(close) = close else { return End::Lost };
    assert_eq!(close + 1, frames.len(), "nothing follows a close frame");
    End::Close(frames[close].code())
}

/// Returns tungstenite's result for the bytes.
fn outcome_of(bytes: &[u8]) -> Outcome {
    let config = WebSocketConfig::default()
        .max_message_size(Some(LONGEST))
        .max_frame_size(Some(LONGEST));
    let stream = Duplex(Cursor::new(bytes));
    let mut socket = tungstenite::WebSocket::from_raw_socket(stream, Role::Server, Some(config));
    let mut messages = Vec::new();
    let end = loop {
        match socket.read() {
            Ok(Message::Text(text)) => messages.push((true, text.as_bytes().to_vec())),
            Ok(Message::Binary(bytes)) => messages.push((false, bytes.to_vec())),
            Ok(Message::Close(frame)) => break End::Close(frame.map(|frame| frame.code.into())),
            Ok(_) => {}
            Err(Error::Protocol(
                tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            )) => break End::Lost,
            Err(Error::Protocol(_)) => break REFUSED,
            Err(Error::Utf8(_)) => break NO_TEXT,
            Err(Error::Capacity(_)) => break TOO_BIG,
            Err(_) => break End::Lost,
        }
    };
    Outcome { messages, end }
}

/// Reads from the bytes, and discards writes.
struct Duplex<'a>(Cursor<&'a [u8]>);

impl std::io::Read for Duplex<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl std::io::Write for Duplex<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Returns the number of bytes that the last frame lacks.
fn missing(bytes: &[u8]) -> Vec<u8> {
    let frames = frames_of(bytes);
    let whole = frames
        .iter()
        .filter_map(|frame| frame.header.end())
        .sum::<usize>();
    let there = &bytes[whole..];
    let mut last = there.to_vec();
    if last.is_empty() {
        return last;
    }
    while headers_of(&last).is_empty() {
        last.push(0);
    }
    let end = headers_of(&last)[0].end().unwrap_or(usize::MAX);
    // A frame over the limit is refused before it is whole.
    last.resize(end.min(last.len() + 2 * LONGEST), 0);
    last.split_off(there.len())
}

fn compare(headers: &[Header], ours: &Outcome, theirs: &Outcome) -> Result<(), &'static str> {
    if ours.messages == theirs.messages && ours.end == theirs.end {
        return Ok(());
    }
    let End::Close(Some(code)) = ours.end else {
        return Err("tungstenite must accept the same messages");
    };
    if !theirs.messages.starts_with(&ours.messages) {
        return Err("tungstenite must accept the messages before a refusal");
    }
    // If one frame breaks two rules, either may be named.
    let either = [&ours.end, &theirs.end].map(|end| [REFUSED, TOO_BIG].contains(end));
    if either == [true; 2] || breaks_own_rule(code, headers) {
        return Ok(());
    }
    Err("a refusal must be tungstenite's too, or follow a rule of ours")
}

/// Returns `true` if a rule is broken that tungstenite does not have.
fn breaks_own_rule(code: u16, headers: &[Header]) -> bool {
    match code {
        // A length has the minimal number of bytes, and 63 bits (RFC 6455 §5.2).
        1002 => headers
            .iter()
            .any(|header| !header.minimal || header.length >> 63 != 0),
        // Endless frames without payload.
        1008 => headers.len() > 100,
        _ => false,
    }
}
