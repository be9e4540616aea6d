//! The messages that tungstenite finds in the same bytes.

use std::io::{self, Read, Write};

use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::WebSocketContext;
use tokio_tungstenite::tungstenite::protocol::{Role as TheirRole, WebSocketConfig};

use super::{End, Event, Outcome, Rules};
use crate::session::Role;
use crate::wire::Limits;

/// Returns what tungstenite finds.
pub(super) fn outcome(bytes: &[u8], role: Role, limits: &Limits) -> Outcome<Rules> {
    let role = match role {
        Role::Server => TheirRole::Server,
        Role::Client => TheirRole::Client,
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(limits.max_message))
        .max_frame_size(Some(limits.max_frame));
    let mut context = WebSocketContext::new(role, Some(config));
    let (mut stream, mut events) = (Bytes(bytes), Vec::new());
    let end = loop {
        match context.read(&mut stream) {
            Ok(Message::Text(text)) => events.push(Event::Text(text.as_bytes().to_vec())),
            Ok(Message::Binary(bytes)) => events.push(Event::Binary(bytes.to_vec())),
            Ok(Message::Ping(payload)) => events.push(Event::Ping(payload.to_vec())),
            Ok(Message::Pong(payload)) => events.push(Event::Pong(payload.to_vec())),
            Ok(Message::Frame(_)) => {}
            Ok(Message::Close(frame)) => {
                let payload = frame.map_or_else(Vec::new, |frame| {
                    let code = u16::from(frame.code).to_be_bytes();
                    [&code, frame.reason.as_bytes()].concat()
                });
                break End::Closed(payload);
            }
            Err(error) => break end_of(&error),
        }
    };
    Outcome::new(events, end)
}

fn end_of(error: &Error) -> End<Rules> {
    match error {
        Error::Io(error) if error.kind() == io::ErrorKind::WouldBlock => End::Open,
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Open,
        Error::Utf8(_) => End::Broken(Rules::DATA),
        Error::Capacity(_) => End::Broken(Rules::SIZE),
        _ => End::Broken(Rules::PROTOCOL),
    }
}

/// A stream that waits behind its bytes, and discards what is written.
struct Bytes<'a>(&'a [u8]);

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.0.read(buffer)
    }
}

impl Write for Bytes<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
