//! `#[serde(..)]`, as far as it changes what a message is called or how it is told from others.
//!
//! Whatever is wrong in these attributes, serde's own derive reports.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, ExprLit, Lit};

/// What serde is told of a type.
#[derive(Default)]
pub(crate) struct Container {
    /// It has a tag, or is said to have none.
    pub(crate) tagged: bool,
    /// It has a tag among the fields of its variants.
    pub(crate) tagged_inside: bool,
    /// It travels as another type.
    pub(crate) by_other_type: bool,
    /// The rule that names are written by.
    pub(crate) rename_all: Option<String>,
}

impl Container {
    pub(crate) fn new(attributes: &[Attribute]) -> Self {
        let mut container = Self::default();
        let (mut has_tag, mut has_content) = (false, false);
        each(attributes, |key, value| match key {
            "tag" => (container.tagged, has_tag) = (true, true),
            "untagged" => container.tagged = true,
            "content" => has_content = true,
            "from" | "try_from" | "into" => container.by_other_type = true,
            "rename_all" => container.rename_all = value,
            _ => {}
        });
        container.tagged_inside = has_tag && !has_content;
        container
    }
}

/// What serde is told of a variant.
#[derive(Default)]
pub(crate) struct Variant {
    pub(crate) rename: Option<String>,
    /// It is never written.
    pub(crate) skipped: bool,
    pub(crate) untagged: bool,
}

impl Variant {
    pub(crate) fn new(attributes: &[Attribute]) -> Self {
        let mut variant = Self::default();
        each(attributes, |key, value| match key {
            "rename" => variant.rename = value,
            "skip" | "skip_serializing" => variant.skipped = true,
            "untagged" => variant.untagged = true,
            _ => {}
        });
        variant
    }
}

/// Calls `found` with each key and its value; of `rename(serialize = "…", deserialize = "…")`, with the one written.
fn each(attributes: &[Attribute], mut found: impl FnMut(&str, Option<String>)) {
    for attribute in attributes {
        if attribute.path().is_ident("serde") {
            let _reported_by_serde = attribute.parse_nested_meta(|meta| {
                let value = value(&meta)?;
                if let Some(key) = meta.path.get_ident() {
                    found(&key.to_string(), value);
                }
                Ok(())
            });
        }
    }
}

fn value(meta: &ParseNestedMeta<'_>) -> syn::Result<Option<String>> {
    if meta.input.peek(syn::token::Paren) {
        let mut written = None;
        meta.parse_nested_meta(|inner| {
            let value = value(&inner)?;
            if inner.path.is_ident("serialize") {
                written = value;
            }
            Ok(())
        })?;
        return Ok(written);
    }
    if !meta.input.peek(syn::Token![=]) {
        return Ok(None);
    }
    Ok(text(meta.value()?.parse()?))
}

/// The text of a literal, also where a `macro_rules!` front hands it over as an invisible group.
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
