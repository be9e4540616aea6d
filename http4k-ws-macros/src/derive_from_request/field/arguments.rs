//! The arguments of an attribute: the name, the default and the bounds of a value.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Lit, LitStr, Meta, Token};

use super::shape::Shape;
use super::source::Source;
use crate::attributes::text;
use crate::errors::{Errors, near};

/// A value that an HTML form sends in its own way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Html {
    /// An empty text is `None`.
    EmptyAsNone,
    /// A missing value is `false`.
    Checkbox,
}

impl Html {
    fn named(key: &str) -> Option<Self> {
        match key {
            "empty_as_none" => Some(Self::EmptyAsNone),
            "checkbox" => Some(Self::Checkbox),
            _ => None,
        }
    }
}

/// The arguments of an attribute.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) name: Option<LitStr>,
    pub(super) default: Option<(Ident, Option<Expr>)>,
    pub(super) form: Option<(Ident, Html)>,
    pub(super) max: Option<(Ident, Expr)>,
}

/// Returns the arguments of an attribute, which may have none.
pub(super) fn arguments(attribute: &Attribute) -> syn::Result<Arguments> {
    match &attribute.meta {
        Meta::Path(_) => Ok(Arguments::default()),
        Meta::List(_) => attribute.parse_args(),
        Meta::NameValue(pair) => {
            let source = attribute.path().to_token_stream();
            let name = text(&attribute.meta).map_or("x-key".to_owned(), |name| name.value());
            let message = format!("write the name in parentheses, as in `#[{source}(\"{name}\")]`");
            Err(syn::Error::new(pair.eq_token.span(), message))
        }
    }
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut arguments = Self::default();
        while !input.is_empty() {
            if input.peek(LitStr) {
                arguments.name = Some(input.parse()?);
            } else {
                let key = input.call(Ident::parse_any)?;
                match Html::named(&key.to_string()) {
                    Some(form) => arguments.form = Some((key, form)),
                    None if key == "max" => arguments.max = Some(max(key, input)?),
                    None => arguments.default = Some(default(key, input)?),
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}

fn max(key: Ident, input: ParseStream<'_>) -> syn::Result<(Ident, Expr)> {
    let needed = "`max` needs a number of bytes: write `max = 10 << 20` for 10 MiB";
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(key.span(), needed));
    }
    input.parse::<Token![=]>()?;
    if input.peek(LitStr) {
        return Err(input.error(needed));
    }
    Ok((key, input.parse()?))
}

fn default(key: Ident, input: ParseStream<'_>) -> syn::Result<(Ident, Option<Expr>)> {
    if key != "default" {
        let name = key.to_string();
        if let Some(message) = of_other_derives(&name, input) {
            return Err(syn::Error::new(key.span(), message));
        }
        let message = match near(&name, ["default", "empty_as_none", "checkbox", "max"]) {
            Some(meant) => format!("unknown key `{name}`: did you mean `{meant}`?"),
            None => format!(
                "unknown key `{name}`: write a name in quotes, `default = value`, \
                 `empty_as_none` or `checkbox`"
            ),
        };
        return Err(syn::Error::new(key.span(), message));
    }
    let value = match input.parse::<Option<Token![=]>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    Ok((key, value))
}

/// Returns the message for a key that serde and other derives have.
fn of_other_derives(key: &str, input: ParseStream<'_>) -> Option<String> {
    match key {
        "name" | "rename" | "key" => {
            let ahead = input.fork();
            ahead.parse::<Option<Token![=]>>().ok()?;
            let name = match ahead.parse::<Lit>() {
                Ok(Lit::Str(name)) => name.value(),
                _ => ahead.parse::<Ident>().ok()?.to_string(),
            };
            Some(format!("a name is a text alone: write `\"{name}\"`"))
        }
        "required" | "optional" => Some(format!(
            "an `Option<T>` is optional, and any other type is required: remove `{key}`"
        )),
        _ => None,
    }
}

/// Reports the arguments that do not fit their source, each other, or the type of the field.
pub(super) fn check(arguments: &Arguments, source: Source, shape: &Shape, errors: &mut Errors) {
    if let Some((key, _)) = &arguments.default {
        if source == Source::Body {
            errors.at(
                key.span(),
                "a body cannot have a default: write `Option<T>`",
            );
        } else if matches!(shape, Shape::Optional(_) | Shape::OptionalMany(_)) {
            let message = "a missing `Option` is `None`: \
                           remove `default`, or remove `Option`";
            errors.at(key.span(), message);
        }
    }
    if let Some((key, _)) = arguments.max.as_ref().filter(|_| source != Source::Part) {
        let message = "`max` belongs to a part of a form: write `#[part(max = ..)]`, or bound the \
                       whole body by the filter `max_body`";
        errors.at(key.span(), message);
    }
    if source == Source::Part && shape.is_file() {
        let form = arguments.form.as_ref().map(|(key, _)| key);
        let default = arguments.default.as_ref().map(|(key, _)| key);
        if let Some(key) = form.or(default) {
            errors.at(
                key.span(),
                "a file has neither a default nor a text: write `Option<Part>`",
            );
            return;
        }
    }
    if let Some((key, form)) = &arguments.form {
        check_form(key, *form, arguments, source, shape, errors);
    }
    let Some(name) = &arguments.name else {
        return;
    };
    let header = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    match source {
        Source::Body => errors.at(name.span(), "a body cannot have a name: remove it"),
        Source::Header | Source::Cookie if !name.value().chars().all(header) => {
            errors.at(
                name.span(),
                format!(
                    "`{}` cannot be the name of a header or cookie: write letters, digits and `-`",
                    name.value()
                ),
            );
        }
        _ if name.value().is_empty() => errors.at(
            name.span(),
            "a name cannot be empty: write a name, or remove the quotes",
        ),
        _ => {}
    }
}

fn check_form(
    key: &Ident,
    form: Html,
    arguments: &Arguments,
    source: Source,
    shape: &Shape,
    errors: &mut Errors,
) {
    let message = match form {
        _ if !matches!(source, Source::Form | Source::Part | Source::Query) => {
            "this key belongs to a form: write `#[form(..)]`, or `#[query(..)]` for a GET form"
        }
        Html::EmptyAsNone if !matches!(shape, Shape::Optional(_)) => {
            "`empty_as_none` needs an `Option`: write `Option<T>`"
        }
        Html::Checkbox if !matches!(shape, Shape::Once(_)) || arguments.default.is_some() => {
            "a checkbox is a `bool` that is `false` if missing: write `bool` without a default"
        }
        _ => return,
    };
    errors.at(key.span(), message);
}
