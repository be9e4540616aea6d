//! The functions that `#[derive(Message)]` calls.
//!
//! Each has a bound of its own, so that the compiler reports the trait that a type lacks in terms
//! of the derive.
#![allow(missing_docs)]

use std::fmt::Display;
use std::str::FromStr;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use super::formats;
use crate::lens::failure::LensFailure;
use crate::lens::message::Message;
use crate::lens::message_part::Cause;
use crate::message::{IntoResponse, Response, WsMessage};

/// A type that serde serializes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` derives `Message` and lacks serde's `Serialize`",
    label = "serde can't serialize this type",
    note = "write `#[derive(Serialize, Deserialize, Message)]`"
)]
pub trait Written: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Written for T {}

/// A type that serde deserializes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` derives `Message` and lacks serde's `Deserialize`",
    label = "serde can't deserialize this type",
    note = "write `#[derive(Serialize, Deserialize, Message)]`"
)]
pub trait Read: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Read for T {}

/// A type that is written as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` travels as text and lacks `Display`",
    label = "this type can't be written as text",
    note = "`#[message(text)]` writes a value by `std::fmt::Display` and reads it by `std::str::FromStr`"
)]
pub trait Shown: Display {}

#[diagnostic::do_not_recommend]
impl<T: Display> Shown for T {}

/// A type that is parsed from text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` travels as text and lacks `FromStr` with an error that converts to `Box<dyn Error>`",
    label = "this type can't be parsed",
    note = "`#[message(text)]` writes a value by `std::fmt::Display` and reads it by `std::str::FromStr`"
)]
pub trait Parsed: FromStr<Err: Into<Cause>> {}

#[diagnostic::do_not_recommend]
impl<T: FromStr<Err: Into<Cause>>> Parsed for T {}

/// A type that converts to bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` travels as bytes and does not convert to `Bytes`",
    label = "this type lacks `Into<Bytes>`",
    note = "`#[message(binary)]` writes a value by `From<{Self}> for Bytes` and reads it by `TryFrom<Bytes>`"
)]
pub trait Packed: Into<Bytes> {}

#[diagnostic::do_not_recommend]
impl<T: Into<Bytes>> Packed for T {}

/// A type that is read from bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` travels as bytes and can't be read from `Bytes`",
    label = "this type lacks `TryFrom<Bytes>` with an error that converts to `Box<dyn Error>`",
    note = "`#[message(binary)]` writes a value by `From<{Self}> for Bytes` and reads it by `TryFrom<Bytes>`"
)]
pub trait Unpacked: TryFrom<Bytes, Error: Into<Cause>> {}

#[diagnostic::do_not_recommend]
impl<T: TryFrom<Bytes, Error: Into<Cause>>> Unpacked for T {}

#[cfg(feature = "json")]
pub mod json {
    use super::*;

    pub fn into_message<T: Message + Written>(value: T) -> Result<WsMessage, LensFailure> {
        super::super::json::into_message(&value)
    }

    pub fn from_message<T: Message + Read>(message: WsMessage) -> Result<T, LensFailure> {
        super::super::json::from_message(message)
    }
}

#[cfg(feature = "msgpack")]
pub mod msgpack {
    use super::*;

    pub fn into_message<T: Message + Written>(value: T) -> Result<WsMessage, LensFailure> {
        super::super::msgpack::into_message(&value)
    }

    pub fn from_message<T: Message + Read>(message: WsMessage) -> Result<T, LensFailure> {
        super::super::msgpack::from_message(message)
    }
}

#[cfg(feature = "cbor")]
pub mod cbor {
    use super::*;

    pub fn into_message<T: Message + Written>(value: T) -> Result<WsMessage, LensFailure> {
        super::super::cbor::into_message(&value)
    }

    pub fn from_message<T: Message + Read>(message: WsMessage) -> Result<T, LensFailure> {
        super::super::cbor::from_message(message)
    }
}

/// The module of a format whose feature is off: a bound that no type meets names the feature.
macro_rules! off {
    ($feature:literal, $module:ident, $message:literal) => {
        #[cfg(not(feature = $feature))]
        pub mod $module {
            use super::*;

            #[diagnostic::on_unimplemented(message = $message, label = "a format not built in")]
            pub trait Enabled {}

            pub fn into_message<T: Message + Enabled>(value: T) -> Result<WsMessage, LensFailure> {
                value.into_message()
            }

            pub fn from_message<T: Message + Enabled>(
                message: WsMessage,
            ) -> Result<T, LensFailure> {
                T::from_message(message)
            }
        }
    };
}
off!(
    "json",
    json,
    "the format `json` needs the feature `json` of `http4k-ws`"
);
off!(
    "msgpack",
    msgpack,
    "the format `msgpack` needs the feature `msgpack` of `http4k-ws`"
);
off!(
    "cbor",
    cbor,
    "the format `cbor` needs the feature `cbor` of `http4k-ws`"
);

pub mod text {
    use super::*;

    pub fn into_message<T: Message + Shown>(value: T) -> Result<WsMessage, LensFailure> {
        Ok(WsMessage::new_text(value.to_string()))
    }

    pub fn from_message<T: Message + Parsed>(message: WsMessage) -> Result<T, LensFailure> {
        formats::parsed(&message)
    }
}

pub mod binary {
    use super::*;

    pub fn into_message<T: Message + Packed>(value: T) -> Result<WsMessage, LensFailure> {
        Ok(WsMessage::new_binary(value))
    }

    pub fn from_message<T: Message + Unpacked>(message: WsMessage) -> Result<T, LensFailure> {
        formats::unpacked(message)
    }
}

/// Returns a response with `value` as its body, in the first of its formats; 500 if the format
/// cannot represent it.
pub fn response<T: Message>(value: T) -> Response {
    let lens = T::body();
    match lens.set(Response::default(), value) {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}
