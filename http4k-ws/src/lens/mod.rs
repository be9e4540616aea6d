//! Typed views of a message: values out of it, and into it.
//!
//! A spec says what a value is and where it stands: `Query::int("page")`. Closed by `required`, `optional`, `defaulted`
//! or `multi` it is a [`Lens`], which reads the value with `get` and writes it with `set`. A [`Message`] is a type that
//! travels as one socket message or as one body. [`LensFailure`] says what could not be read.

mod accept;
mod body;
mod cookie;
pub(crate) mod derived;
mod extract;
mod failure;
mod form;
pub(crate) mod format;
mod header;
mod html;
mod location;
mod message_part;
mod meta;
mod name;
mod pairs;
mod part;
mod path;
mod problem;
mod query;
mod spec;
mod text;
mod view;
mod with;
mod ws_message;

pub use accept::{Accept, NotAcceptable};
pub use body::{BodyLens, BodySetting, HasBody};
pub use cookie::Cookie;
pub use failure::LensFailure;
pub use form::{FieldCheck, Form, FormFields, WebForm};
#[cfg(feature = "json")]
pub use format::json;
pub use format::{Format, Message};
pub(crate) use format::{decoded, encoded};
pub use header::Header;
pub use html::{checkbox, empty_as_none};
pub use location::Location;
pub(crate) use message_part::Cause;
pub use message_part::{MessagePart, ReadFrom, TextPart, WriteTo};
pub use meta::Meta;
pub(crate) use name::name_of;
pub use part::{Failure, LensFailureKind};
pub use path::Path;
pub use query::Query;
pub use spec::{BiDiLensSpec, BothWays, LensSpec, MultiLensSpec, OneWay, Writes};
pub use text::TextValue;
pub use view::{BiDiLens, Lens, Setting};
pub use with::{Modifier, With};
pub use ws_message::MessageLens;
