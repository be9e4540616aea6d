//! The keys of `#[serde(..)]` that change the name of a message, its tag or its fields.
//!
//! Serde's own derive reports the mistakes in these attributes.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, ExprLit, Ident, Lit};

/// The attributes of a type.
#[derive(Default)]
pub(crate) struct Container {
    /// It has `tag` or `untagged`.
    pub(crate) tagged: bool,
    /// The name of the tag, which is internal or beside `content`.
    pub(crate) tag: Option<String>,
    /// The data has a field of its own beside the tag.
    pub(crate) content: bool,
    pub(crate) untagged: bool,
    /// It is serialized as another type.
    pub(crate) by_other_type: bool,
    /// Missing fields have a default.
    pub(crate) default: bool,
    /// The rule for the names of variants.
    pub(crate) rename_all: Option<String>,
}

impl Container {
    /// Returns `true` if the tag is one of the fields of a variant.
    pub(crate) fn tagged_inside(&self) -> bool {
        self.tag.is_some() && !self.content
    }

    pub(crate) fn new(attributes: &[Attribute]) -> Self {
        let mut container = Self::default();
        each(attributes, |key, value| match key.to_string().as_str() {
            "tag" => (container.tagged, container.tag) = (true, value),
            "untagged" => (container.tagged, container.untagged) = (true, true),
            "content" => container.content = true,
            "from" | "try_from" | "into" => container.by_other_type = true,
            "default" => container.default = true,
            "rename_all" => container.rename_all = value,
            _ => {}
        });
        container
    }
}

/// The attributes of a variant.
#[derive(Default)]
pub(crate) struct Variant {
    pub(crate) rename: Option<String>,
    /// It is never serialized.
    pub(crate) skipped: bool,
    pub(crate) untagged: bool,
}

impl Variant {
    pub(crate) fn new(attributes: &[Attribute]) -> Self {
        let mut variant = Self::default();
        each(attributes, |key, value| match key.to_string().as_str() {
            "rename" => variant.rename = value,
            "skip" | "skip_serializing" => variant.skipped = true,
            "untagged" => variant.untagged = true,
            _ => {}
        });
        variant
    }
}

/// The attributes of a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) flatten: bool,
    /// A function serializes or deserializes it, or it is skipped.
    pub(crate) by_function: bool,
    /// A function deserializes it, so even an `Option` must be present.
    pub(crate) read_by_function: bool,
    /// It has a default.
    pub(crate) default: bool,
    /// The place of `skip_serializing_if`.
    pub(crate) skipped_if: Option<Span>,
}

impl Field {
    pub(crate) fn new(attributes: &[Attribute]) -> Self {
        let mut field = Self::default();
        each(attributes, |key, _| match key.to_string().as_str() {
            "flatten" => field.flatten = true,
            "default" => field.default = true,
            "skip_serializing_if" => field.skipped_if = Some(key.span()),
            "with" | "deserialize_with" => {
                field.by_function = true;
                field.read_by_function = true;
            }
            "skip" | "skip_deserializing" => {
                field.by_function = true;
                // It is not deserialized, and has the default of its type.
                field.default = true;
            }
            "serialize_with" | "skip_serializing" => field.by_function = true,
            _ => {}
        });
        field
    }
}

/// Calls `found` with each key and its value.
///
/// The value of `rename(serialize = "…", deserialize = "…")` is that of `serialize`.
fn each(attributes: &[Attribute], mut found: impl FnMut(&Ident, Option<String>)) {
    for attribute in attributes {
        if attribute.path().is_ident("serde") {
            let _reported_by_serde = attribute.parse_nested_meta(|meta| {
                let value = value(&meta)?;
                if let Some(key) = meta.path.get_ident() {
                    found(key, value);
                }
                Ok(())
            });
        }
    }
}

fn value(meta: &ParseNestedMeta<'_>) -> syn::Result<Option<String>> {
    if meta.input.peek(syn::token::Paren) {
        let mut serialized = None;
        meta.parse_nested_meta(|inner| {
            let value = value(&inner)?;
            if inner.path.is_ident("serialize") {
                serialized = value;
            }
            Ok(())
        })?;
        return Ok(serialized);
    }
    if !meta.input.peek(syn::Token![=]) {
        return Ok(None);
    }
    Ok(text(meta.value()?.parse()?))
}

/// Returns the text of a literal, which a `macro_rules!` macro may pass on in an invisible group.
fn text(value: Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        Expr::Group(group) => text(*group.expr),
        _ => None,
    }
}
