//! The functions that derives call to describe a type.
#![allow(missing_docs)]

use super::body::BodyDescription;
use super::response::ResponseDescription;
#[cfg(feature = "multipart")]
use super::route::FieldDescription;
use super::route::RouteDescription;
use crate::lens::Message;
#[cfg(feature = "multipart")]
use crate::lens::Meta;
use crate::lens::description::SchemaOf;

/// Returns the response that a message is, in its first format.
pub fn responses<M: Message>(schema: Option<SchemaOf>) -> Vec<ResponseDescription> {
    vec![ResponseDescription::of_message(
        M::description().with_schema(schema),
    )]
}

/// Describes the body of `#[form]` fields.
pub fn describe_form(route: &mut RouteDescription) {
    route.body = Some(BodyDescription::new("application/x-www-form-urlencoded"));
}

/// Describes the body of `#[part]` fields.
pub fn describe_parts(route: &mut RouteDescription) {
    route.body = Some(BodyDescription::new("multipart/form-data"));
}

/// Describes a `#[part]` that is a file.
#[cfg(feature = "multipart")]
pub fn described_file<T>(name: &'static str, required: bool, multiple: bool) -> FieldDescription {
    let mut field = FieldDescription::of::<T>(Meta::of_file(name, required, multiple));
    field.is_file = true;
    field
}
