//! A field: its source, its name, and the result of a request without it.

mod access;
mod arguments;
mod shape;
mod source;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Lit, Type};

use self::arguments::{Html, arguments, check};
pub(super) use self::shape::Shape;
pub(super) use self::source::Source;
pub(super) use self::source::is_source;
use self::source::source;
use crate::docs::docs;
use crate::errors::Errors;

/// A field with its attribute.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) source: Source,
    /// The place of the attribute, for mistakes of the field.
    pub(super) blamed: Span,
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) default: Option<TokenStream>,
    form: Option<Html>,
    max: Option<Expr>,
    /// The doc comment.
    pub(super) docs: String,
}

impl Field {
    pub(super) fn new(field: &syn::Field, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.clone()?;
        let (source, attribute) = source(field, &ident, errors)?;
        let arguments = match arguments(attribute) {
            Ok(arguments) => arguments,
            Err(error) => {
                errors.push(error);
                return None;
            }
        };
        let blamed = attribute.path().span();
        let shape = Shape::of(&field.ty, source);
        check(&arguments, source, &shape, errors);
        if let Type::Reference(borrowed) = shape.of_one() {
            let message = "a value that is read from a request must own its data: write `String` \
                           instead of `&str`";
            errors.at(borrowed.and_token.span(), message);
            return None;
        }
        let name = match &arguments.name {
            Some(name) => name.value(),
            None if source == Source::Header => ident.unraw().to_string().replace('_', "-"),
            None => ident.unraw().to_string(),
        };
        let default = arguments.default.map(|(key, value)| match value {
            Some(value) => quote!(#value),
            None => quote_spanned!(key.span()=> ::core::default::Default::default()),
        });
        Some(Self {
            ident,
            source,
            blamed,
            name,
            shape,
            default,
            form: arguments.form.map(|(_, form)| form),
            max: arguments.max.map(|(_, max)| max),
            docs: docs(&field.attrs),
        })
    }

    /// Returns the name of the path parameter that the field requires.
    pub(super) fn required_param(&self) -> Option<&str> {
        let is_required = self.source == Source::Path
            && matches!(self.shape, Shape::Once(_))
            && self.default.is_none();
        is_required.then_some(&*self.name)
    }

    /// Returns the text of a default that is a literal.
    pub(super) fn default_literal(&self) -> Option<String> {
        let default = self.default.clone()?;
        match syn::parse2::<Lit>(default).ok()? {
            Lit::Str(text) => Some(text.value()),
            Lit::Int(number) => Some(number.base10_digits().to_owned()),
            Lit::Float(number) => Some(number.base10_digits().to_owned()),
            Lit::Bool(value) => Some(value.value().to_string()),
            _ => None,
        }
    }

    /// Returns `true` if the value is read from the body.
    pub(super) fn reads_body(&self) -> bool {
        matches!(self.source, Source::Body | Source::Form | Source::Part)
    }

    /// Returns `true` for a part that is kept as it is, and not read as text.
    pub(super) fn is_file(&self) -> bool {
        self.source == Source::Part && self.shape.is_file()
    }
}
