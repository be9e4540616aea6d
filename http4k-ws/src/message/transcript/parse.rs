//! Parsing of transcripts.

use std::str::FromStr;
use std::time::Duration;

use super::error::{TranscriptError, TranscriptRule};
use super::escape::unescaped;
use super::{Party, Transcript, TranscriptEntry};
use crate::message::ws_message::WsMessage;
use crate::message::ws_status::WsStatus;

/// Reads the text that [`Display`](std::fmt::Display) writes.
///
/// # Errors
///
/// Returns a [`TranscriptError`] with the first line that breaks a rule.
impl FromStr for Transcript {
    type Err = TranscriptError;

    fn from_str(text: &str) -> Result<Self, TranscriptError> {
        let at = |line| move |rule| TranscriptError { line, rule };
        let mut lines = (1..).zip(text.lines()).peekable();
        let target = match lines.next().map(|(_, line)| word(line)) {
            Some(("open", target)) => unescaped(target).ok_or(at(1)(TranscriptRule::Escape))?,
            _ => return Err(at(1)(TranscriptRule::Open)),
        };
        let mut transcript = Self::new(target);
        if let Some(&(line, text)) = lines.peek() {
            if let ("subprotocol", name) = word(text) {
                let name = unescaped(name).ok_or(at(line)(TranscriptRule::Escape))?;
                transcript.subprotocol = Some(name);
                lines.next();
            }
        }
        for (line, text) in lines {
            transcript.push(entry(text).map_err(at(line))?);
        }
        Ok(transcript)
    }
}

/// Splits a line at its first space.
fn word(line: &str) -> (&str, &str) {
    line.split_once(' ').unwrap_or((line, ""))
}

fn entry(line: &str) -> Result<TranscriptEntry, TranscriptRule> {
    let (first, rest) = word(line);
    match first {
        "client" => event(Party::Client, rest),
        "server" => event(Party::Server, rest),
        "silence" => seconds(rest)
            .map(TranscriptEntry::Silence)
            .ok_or(TranscriptRule::Time),
        "cut" if rest.is_empty() => Ok(TranscriptEntry::Cut),
        "cut" => Err(TranscriptRule::Cut),
        other => Err(TranscriptRule::Word(other.to_owned())),
    }
}

fn event(by: Party, line: &str) -> Result<TranscriptEntry, TranscriptRule> {
    let (kind, rest) = word(line);
    let message = match kind {
        "text" => WsMessage::new_text(unescaped(rest).ok_or(TranscriptRule::Escape)?),
        "binary" => WsMessage::new_binary(bytes(rest).ok_or(TranscriptRule::Hexadecimal)?),
        "close" => {
            let status = status(rest)?;
            return Ok(TranscriptEntry::Close { by, status });
        }
        other => return Err(TranscriptRule::Kind(other.to_owned())),
    };
    Ok(TranscriptEntry::Message { by, message })
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = digits.bytes().map(digit).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect(),
    )
}

fn digit(character: u8) -> Option<u8> {
    let value = char::from(character).to_digit(16)?;
    u8::try_from(value).ok()
}

fn seconds(text: &str) -> Option<Duration> {
    let text = text.strip_suffix('s')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let nanos: u32 = format!("{fraction:0<9}").parse().ok()?;
    Some(Duration::new(whole.parse().ok()?, nanos))
}

fn status(text: &str) -> Result<WsStatus, TranscriptRule> {
    let (code, reason) = word(text);
    let code: u16 = code.parse().map_err(|_| TranscriptRule::Code)?;
    let reason = unescaped(reason).ok_or(TranscriptRule::Escape)?;
    // A peer never sends these codes, but a socket can end with them (RFC 6455 §7.4.1).
    let read_only = [
        WsStatus::NO_STATUS,
        WsStatus::ABNORMAL,
        WsStatus::TLS_HANDSHAKE,
    ];
    let known = read_only.into_iter().find(|known| known.code() == code);
    match known.filter(|known| reason.is_empty() || known.reason() == reason) {
        Some(known) => Ok(known),
        None => Ok(WsStatus::new(code, reason)?),
    }
}
