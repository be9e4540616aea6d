//! Attributes in a form that other derives have.

use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// Returns the attributes called `name` that are a text alone, as in `#[message("json")]` and
/// `#[message = "json"]`, with that text.
pub(crate) fn texts<'a>(
    attributes: &'a [Attribute],
    name: &'a str,
) -> impl Iterator<Item = (&'a Attribute, LitStr)> {
    let own = attributes
        .iter()
        .filter(move |one| one.path().is_ident(name));
    own.filter_map(|attribute| Some((attribute, text(&attribute.meta)?)))
}

/// Returns the text that an attribute is.
pub(crate) fn text(meta: &Meta) -> Option<LitStr> {
    match meta {
        Meta::Path(_) => None,
        Meta::List(list) => list.parse_args().ok(),
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.clone()),
            _ => None,
        },
    }
}
