//! Typed views of a message, which read values from it and write values to it.
//!
//! A spec declares the type of a value and its place: `Query::int("page")`. `required`, `optional`,
//! `defaulted` or `multi` turn it into a [`Lens`], which reads the value with `get` and writes it
//! with `set`. A [`Message`] is a type that travels as one socket message or as one body.
//! A [`LensFailure`] reports the values that could not be read.
//!
#![doc = crate::doc_link::json!("JsonExt")]
#![doc = crate::doc_link::json!("Json<T>", "Json")]
#![doc = crate::doc_link::macros!("FromRequest")]
//!
#![doc = include_str!("../docs/lenses.md")]

mod accept;
mod body;
mod codec;
mod cookie;
pub(crate) mod description;
mod extract;
mod failure;
mod form;
pub(crate) mod format;
mod header;
mod html;
#[cfg(feature = "json")]
pub mod json;
mod message;
mod message_part;
mod meta;
#[cfg(feature = "multipart")]
pub(crate) mod multipart;
mod pairs;
mod path;
pub(crate) mod private;
mod problem;
mod query;
mod spec;
mod text;
mod view;
mod with;
mod ws_message;

#[cfg(not(feature = "multipart"))]
pub use crate::switched_off::{Multipart, Part};
pub use accept::{Accept, NotAcceptable};
pub use body::{BodyLens, HasBody};
pub use cookie::Cookie;
pub use failure::{Failure, LensFailure, LensFailureKind};
pub use form::{Form, FormFields, WebForm};
pub use format::Format;
#[cfg(feature = "json")]
pub(crate) use format::{NAMED_FORMATS, named_format, read_named, write_named};
pub use header::Header;
pub use html::{checkbox, empty_as_none};
pub use message::Message;
pub(crate) use message::{decoded, encoded};
pub use message_part::{MessagePart, ReadFrom, TextPart, WriteTo};
pub(crate) use meta::name_of;
pub use meta::{Location, Meta};
#[cfg(feature = "multipart")]
pub use multipart::{Multipart, MultipartBody, MultipartError, Part};
pub use path::Path;
pub(crate) use problem::problem;
pub use query::Query;
pub use spec::{BiDiLensSpec, LensSpec, MultiLensSpec};
pub use text::TextValue;
pub use view::{BiDiLens, Lens};
pub use with::{Modifier, With};
pub use ws_message::MessageLens;
