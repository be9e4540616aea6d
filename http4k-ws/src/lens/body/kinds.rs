//! The lenses of bodies that need no more than bytes, and that of messages.

use bytes::Bytes;

use super::{BodyLens, essence, invalid, part};
use crate::lens::text::Name;
use crate::lens::{Format, LensFailureKind, Location, Message, Meta};
use crate::message::{Body, WsMessage};

/// Lenses of bodies.
impl Body {
    /// Text, sent as `text/plain; charset=utf-8`. Read is every `text/*` that is UTF-8.
    pub fn string() -> BodyLens<String> {
        let meta = Meta::new(Location::Body, "body", "text");
        let of = meta.clone();
        let read = move |bytes: Bytes, _: &str| {
            String::from_utf8(bytes.into()).map_err(|cause| invalid(&of, cause.utf8_error()))
        };
        let write = |text: String| Ok((Format::Text.content_type(), Bytes::from(text)));
        BodyLens::new(
            meta,
            |content_type| essence(content_type).starts_with("text/"),
            read,
            write,
        )
    }

    /// Bytes, sent as `application/octet-stream`, read as such.
    pub fn binary() -> BodyLens<Bytes> {
        let meta = Meta::new(Location::Body, "body", "bytes");
        let fits = |content_type: &str| Format::Binary.is_content_type(content_type);
        let write = |bytes| Ok((Format::Binary.content_type(), bytes));
        BodyLens::new(meta, fits, |bytes, _| Ok(bytes), write)
    }
}

/// The body that carries one message of type `T`: in the first of its formats when written, in any of them when read.
pub(in crate::lens) fn of_message<T: Message>(name: impl Into<Name>) -> BodyLens<T> {
    let formats = T::FORMATS;
    let expected = formats
        .first()
        .map_or("a message", |format| format.as_str());
    let meta = Meta::new(Location::Body, name, expected);
    let of = meta.clone();
    let read = move |bytes: Bytes, content_type: &str| {
        let named = formats
            .iter()
            .find(|format| format.is_content_type(content_type));
        let format = named.or(formats.first());
        if bytes.is_empty() && format.is_some_and(|format| !format.has_empty_values()) {
            return Err(part(&of, LensFailureKind::Missing).into());
        }
        let message = match WsMessage::text_from_utf8(bytes.clone()) {
            Ok(text) if format.is_none_or(|format| format.is_text()) => text,
            _ => WsMessage::new_binary(bytes),
        };
        let value = match format {
            Some(format) => T::from_message_in(*format, message),
            None => T::from_message(message),
        };
        value.map_err(|failure| failure.moved_to(Location::Body))
    };
    let write = move |value: T| {
        let message = value
            .into_message()
            .map_err(|failure| failure.moved_to(Location::Body))?;
        let format = match formats.first() {
            Some(format) => *format,
            None if message.is_text() => Format::Text,
            None => Format::Binary,
        };
        Ok((format.content_type(), message.into_bytes()))
    };
    let fits = |content_type: &str| {
        T::FORMATS.is_empty()
            || T::FORMATS
                .iter()
                .any(|format| format.is_content_type(content_type))
    };
    let lens = BodyLens::new(meta, fits, read, write);
    if formats.is_empty() {
        lens.unchecked()
    } else {
        lens
    }
}
