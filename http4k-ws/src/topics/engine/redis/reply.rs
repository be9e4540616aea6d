//! Replies of Redis, read as what the scripts return.

use bytes::Bytes;
use redis::Value;

use crate::topics::position::Position;

/// The elements of an array.
pub(super) fn array(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(values) | Value::Set(values) => Some(values),
        _ => None,
    }
}

pub(super) fn bytes(value: Value) -> Option<Bytes> {
    match value {
        Value::BulkString(bytes) => Some(Bytes::from(bytes)),
        Value::SimpleString(text) => Some(Bytes::from(text)),
        _ => None,
    }
}

pub(super) fn text(value: Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes).ok(),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => Some(text),
        _ => None,
    }
}

/// A number that Redis returns as an integer or as a text.
pub(super) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
        _ => None,
    }
}

pub(super) fn epoch(value: &Value) -> Option<u64> {
    match value {
        Value::BulkString(bytes) if bytes.len() == 16 => {
            u64::from_str_radix(std::str::from_utf8(bytes).ok()?, 16).ok()
        }
        _ => None,
    }
}

/// Reads the body of a push: `<epoch><offset>\n<entry>`.
pub(super) fn pushed(body: Vec<u8>) -> Option<(Position, Bytes)> {
    let body = Bytes::from(body);
    let end = body.iter().take(40).position(|&byte| byte == b'\n')?;
    let head = std::str::from_utf8(&body[..end]).ok()?;
    let (epoch, offset) = head.split_at_checked(16)?;
    let epoch = u64::from_str_radix(epoch, 16).ok()?;
    let position = Position::new(epoch, offset.parse().ok()?);
    Some((position, body.slice(end + 1..)))
}

/// Writes an epoch as the scripts store it.
pub(super) fn epoch_text(epoch: u64) -> String {
    format!("{epoch:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_has_a_position_and_an_entry() {
        let (at, entry) = pushed(b"00000000000000af42\na\nb".to_vec()).unwrap();
        assert_eq!((at, &entry[..]), (Position::new(0xAF, 42), &b"a\nb"[..]));
        for body in [
            "",
            "\n",
            "00000000000000af",
            "00000000000000af\n",
            "00000000000000af-1\n",
            "00000000000000zz1\n",
            "00000000000000a\u{e9}1\n",
            "00000000000000af999999999999999999999999999999\n",
        ] {
            assert_eq!(pushed(body.as_bytes().to_vec()), None, "{body:?}");
        }
    }
}
