//! What `#[derive(Message)]` calls, so that what a type lacks is reported in the derive's own words.
#![allow(missing_docs)]

use std::fmt::Display;
use std::str::FromStr;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use crate::lens::{Cause, LensFailure, Message};
use crate::message::{IntoResponse, Response, WsMessage};

/// A type that serde can write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` derives `Message` and lacks serde's `Serialize`",
    label = "serde can't write this type",
    note = "write `#[derive(Serialize, Deserialize, Message)]`"
)]
pub trait Written: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Written for T {}

/// A type that serde can read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` derives `Message` and lacks serde's `Deserialize`",
    label = "serde can't read this type",
    note = "write `#[derive(Serialize, Deserialize, Message)]`"
)]
pub trait Read: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Read for T {}

/// A type that can be shown.
#[diagnostic::on_unimplemented(
    message = "`{Self}` travels as text and lacks `Display`",
    label = "this type can't be shown",
    note = "`#[message(text)]` writes a value by `std::fmt::Display` and reads it by `std::str::FromStr`"
)]
pub trait Shown: Display {}

#[diagnostic::do_not_recommend]
impl<T: Display> Shown for T {}

/// A type that can be parsed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` travels as text and lacks `FromStr` with an error that can be told",
    label = "this type can't be parsed",
    note = "`#[message(text)]` writes a value by `std::fmt::Display` and reads it by `std::str::FromStr`"
)]
pub trait Parsed: FromStr<Err: Into<Cause>> {}

#[diagnostic::do_not_recommend]
impl<T: FromStr<Err: Into<Cause>>> Parsed for T {}

/// A type that becomes bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` travels as bytes and does not become them",
    label = "`Bytes` can't be made from this type",
    note = "`#[message(binary)]` writes a value by `From<{Self}> for Bytes` and reads it by `TryFrom<Bytes>`"
)]
pub trait Packed: Into<Bytes> {}

#[diagnostic::do_not_recommend]
impl<T: Into<Bytes>> Packed for T {}

/// A type that is made from bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` travels as bytes and can't be made from them",
    label = "this type lacks `TryFrom<Bytes>` with an error that can be told",
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

/// In the place of a format whose feature is off: what says so.
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
        super::super::text::into_message(&value)
    }

    pub fn from_message<T: Message + Parsed>(message: WsMessage) -> Result<T, LensFailure> {
        super::super::text::from_message(message)
    }
}

pub mod binary {
    use super::*;

    pub fn into_message<T: Message + Packed>(value: T) -> Result<WsMessage, LensFailure> {
        super::super::binary::into_message(value)
    }

    pub fn from_message<T: Message + Unpacked>(message: WsMessage) -> Result<T, LensFailure> {
        super::super::binary::from_message(message)
    }
}

/// A message as the body of a response, in the first of its formats; 500 where it has no form there.
pub fn response<T: Message>(value: T) -> Response {
    let lens = T::body();
    match lens.set(Response::default(), value) {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}
