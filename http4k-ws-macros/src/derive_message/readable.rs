//! Types that serde serializes but cannot deserialize, as far as tokens show them. The library
//! checks the rest when a value is sent.
//!
//! 1. Behind an internal tag, `untagged` and `flatten`, serde reads a field from a buffer that
//!    cannot hold a 128-bit integer.
//! 2. A field with `skip_serializing_if` needs a default.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Data, Fields, GenericArgument, PathArguments, Type, Variant};

use crate::errors::Errors;
use crate::serde;

/// The alternative that a message about a tag names.
const CONTENT: &str = "`#[serde(tag = \"type\", content = \"data\")]` above the enum";

pub(super) fn check(data: &Data, container: &serde::Container, errors: &mut Errors) {
    if container.by_other_type {
        return;
    }
    match data {
        // The tag of a struct is one more field, and serde buffers nothing for it.
        Data::Struct(data) => {
            check_fields(&data.fields, None, errors);
            if !container.default {
                check_skipped(&data.fields, errors);
            }
        }
        Data::Enum(data) => {
            for variant in &data.variants {
                check_variant(variant, container, errors);
            }
        }
        Data::Union(_) => {}
    }
}

/// Returns the attribute because of which serde buffers the data of a type.
fn tag(container: &serde::Container) -> Option<String> {
    if container.untagged {
        return Some("untagged".to_owned());
    }
    let tag = container.tag.as_ref().filter(|_| !container.content)?;
    Some(format!("tag = \"{tag}\""))
}

fn check_variant(variant: &Variant, container: &serde::Container, errors: &mut Errors) {
    let own = serde::Variant::new(&variant.attrs);
    if own.skipped {
        return;
    }
    let tag = if own.untagged {
        Some("untagged".to_owned())
    } else {
        tag(container)
    };
    check_fields(&variant.fields, tag.as_deref(), errors);
    check_skipped(&variant.fields, errors);
}

/// Rejects fields that are skipped for some values and required when a message is read.
fn check_skipped(fields: &Fields, errors: &mut Errors) {
    for field in fields {
        let own = serde::Field::new(&field.attrs);
        let Some(skipped_if) = own.skipped_if else {
            continue;
        };
        let may_be_missing = !own.read_by_function && is_optional(&field.ty);
        if own.default || own.flatten || may_be_missing {
            continue;
        }
        let message = "this message could be sent but not read, because a field that is skipped \
                       is required when the message is read\n\
                       write `#[serde(default, skip_serializing_if = \"…\")]`";
        errors.at(skipped_if, message);
    }
}

/// Returns `true` for an `Option`, which serde deserializes as `None` if it is missing.
fn is_optional(of: &Type) -> bool {
    match of {
        Type::Group(group) => is_optional(&group.elem),
        Type::Paren(paren) => is_optional(&paren.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let is_pointer = ["Box", "Rc", "Arc"].iter().any(|name| last.ident == name);
            last.ident == "Option" || is_pointer && inner(&last.arguments).all(is_optional)
        }),
        _ => false,
    }
}

/// Rejects 128-bit integers behind `tag`, if it is one, and behind `flatten`.
fn check_fields(fields: &Fields, tag: Option<&str>, errors: &mut Errors) {
    for field in fields {
        let own = serde::Field::new(&field.attrs);
        let attribute = tag.or(own.flatten.then_some("flatten"));
        let (Some(attribute), false) = (attribute, own.by_function) else {
            continue;
        };
        if let Some((name, span)) = wide(&field.ty) {
            let way_out = match attribute {
                "flatten" => "remove `flatten`, or write".to_owned(),
                _ => format!("write {CONTENT}, or"),
            };
            let message = format!(
                "this message could be sent but not read, because serde cannot read `{name}` behind \
                 `#[serde({attribute})]`\n\
                 {way_out} `#[serde(with = \"…\")]` on the field"
            );
            errors.at(span, message);
        }
    }
}

/// Returns the first 128-bit integer in a type, and its place.
fn wide(of: &Type) -> Option<(String, Span)> {
    match of {
        Type::Array(array) => wide(&array.elem),
        Type::Slice(slice) => wide(&slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(wide),
        Type::Group(group) => wide(&group.elem),
        Type::Paren(paren) => wide(&paren.elem),
        Type::Path(path) => path.path.segments.iter().find_map(|segment| {
            let name = segment.ident.to_string();
            match name.as_str() {
                "u128" | "i128" | "NonZeroU128" | "NonZeroI128" => Some((name, of.span())),
                _ => inner(&segment.arguments).find_map(wide),
            }
        }),
        _ => None,
    }
}

/// Returns the types between angle brackets.
pub(super) fn inner(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let arguments = match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(of) => Some(of),
            _ => None,
        })
}
