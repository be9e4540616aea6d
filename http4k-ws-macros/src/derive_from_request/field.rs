//! A field: where it is read from, and what becomes of a request that lacks it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, GenericArgument, Ident, LitStr, Meta, PathArguments, Token, Type};

use crate::errors::{Errors, near};

/// The attributes that say where a field stands.
const SOURCES: [(&str, Source); 6] = [
    ("query", Source::Query),
    ("header", Source::Header),
    // `path` is an attribute of the language, and no derive may have it.
    ("param", Source::Path),
    ("cookie", Source::Cookie),
    ("form", Source::Form),
    ("body", Source::Body),
];

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    Query,
    Header,
    Path,
    Cookie,
    Form,
    Body,
}

impl Source {
    /// The place that lenses look in.
    fn place(self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Header => "Header",
            Self::Path => "Path",
            Self::Cookie => "Cookie",
            Self::Form => "Form",
            Self::Body => "Body",
        }
    }
}

pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) source: Source,
    /// The attribute, where the field is to blame.
    pub(super) blamed: Span,
    name: String,
    shape: Shape,
    default: Option<TokenStream>,
    form: Option<Html>,
}

/// A value as an HTML form sends it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Html {
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

/// How often the value stands there.
enum Shape {
    Once(Type),
    Optional(Type),
    Many(Type),
    OptionalMany(Type),
}

/// What stands in an attribute's parentheses.
#[derive(Default)]
struct Arguments {
    name: Option<LitStr>,
    default: Option<(Ident, Option<Expr>)>,
    form: Option<(Ident, Html)>,
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
        })
    }

    /// The name of the path parameter without which the field cannot be read.
    pub(super) fn required_param(&self) -> Option<&str> {
        let is_required = self.source == Source::Path
            && matches!(self.shape, Shape::Once(_))
            && self.default.is_none();
        is_required.then_some(&*self.name)
    }

    /// The lens that reads and writes the field.
    pub(super) fn lens(&self, private: &TokenStream) -> TokenStream {
        if self.source == Source::Body {
            return match &self.shape {
                Shape::Optional(of) => quote_spanned!(of.span()=> #private::optional_body::<#of>()),
                Shape::Once(of) | Shape::Many(of) | Shape::OptionalMany(of) => {
                    quote_spanned!(of.span()=> #private::body::<#of>())
                }
            };
        }
        let name = &self.name;
        let place = Ident::new(self.source.place(), Span::call_site());
        let spec = |of: &Type| {
            // Spanned at the type: what it lacks is reported there.
            quote_spanned!(of.span()=> #private::field::<#private::#place, #of>(#name))
        };
        match (&self.shape, &self.default) {
            (Shape::Once(of), None) if self.form == Some(Html::Checkbox) => {
                quote_spanned!(of.span()=> #private::checkbox::<#private::#place>(#name))
            }
            (Shape::Once(of), None) => {
                let spec = spec(of);
                quote!(#spec.required())
            }
            (Shape::Once(of), Some(default)) => {
                let spec = spec(of);
                quote!(#spec.defaulted(#default))
            }
            (Shape::Optional(of), _) => {
                let spec = spec(of);
                match self.form {
                    Some(_) => quote!(#spec.empty_as_none()),
                    None => quote!(#spec.optional()),
                }
            }
            (Shape::Many(of), default) => {
                let spec = spec(of);
                let none = quote!(::std::vec::Vec::new());
                let default = default.as_ref().unwrap_or(&none);
                quote!(#spec.multi().defaulted(#default))
            }
            (Shape::OptionalMany(of), _) => {
                let spec = spec(of);
                quote!(#spec.multi().optional())
            }
        }
    }
}

/// The one attribute that says where the field stands.
fn source<'a>(
    field: &'a syn::Field,
    ident: &Ident,
    errors: &mut Errors,
) -> Option<(Source, &'a Attribute)> {
    let mut found = field.attrs.iter().filter_map(|attribute| {
        let (_, source) = SOURCES
            .iter()
            .find(|(name, _)| attribute.path().is_ident(name))?;
        Some((*source, attribute))
    });
    let Some(first) = found.next() else {
        let languages_own = field.attrs.iter().find(|a| a.path().is_ident("path"));
        match languages_own {
            Some(attribute) => {
                let message = "`#[path]` is an attribute of the language; write `#[param]`";
                errors.at(attribute.path().span(), message);
            }
            None => errors.at(
                ident.span(),
                format!(
                    "`{ident}` is read from nowhere; write `#[query]`, `#[header]`, `#[param]`, \
                     `#[cookie]`, `#[form]` or `#[body]` above it"
                ),
            ),
        }
        return None;
    };
    for (_, other) in found {
        let message = format!("`{ident}` is read from one place; leave one attribute out");
        errors.at(other.path().span(), message);
    }
    Some(first)
}

fn arguments(attribute: &Attribute) -> syn::Result<Arguments> {
    match &attribute.meta {
        Meta::Path(_) => Ok(Arguments::default()),
        Meta::List(_) => attribute.parse_args(),
        Meta::NameValue(pair) => Err(syn::Error::new(
            pair.eq_token.span(),
            "write the name in parentheses, such as `#[header(\"x-key\")]`",
        )),
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

fn default(key: Ident, input: ParseStream<'_>) -> syn::Result<(Ident, Option<Expr>)> {
    if key != "default" {
        let written = key.to_string();
        let message = match near(&written, ["default", "empty_as_none", "checkbox"]) {
            Some(meant) => format!("unknown key `{written}`; did you mean `{meant}`?"),
            None => format!(
                "unknown key `{written}`; there are the name, as text, `default = value`, \
                 `empty_as_none` and `checkbox`"
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

fn check(arguments: &Arguments, source: Source, shape: &Shape, errors: &mut Errors) {
    if let Some((key, _)) = &arguments.default {
        if source == Source::Body {
            errors.at(
                key.span(),
                "a body has no default; make the field an `Option`",
            );
        } else if matches!(shape, Shape::Optional(_) | Shape::OptionalMany(_)) {
            let message = "an `Option` that is missing is `None`; \
                           leave the `default` out, or the `Option`";
            errors.at(key.span(), message);
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
        Source::Body => errors.at(name.span(), "the body has no name; leave it out"),
        Source::Header | Source::Cookie if !name.value().chars().all(header) => {
            errors.at(
                name.span(),
                format!(
                    "`{}` can't be such a name: it holds a character that none has",
                    name.value()
                ),
            );
        }
        _ if name.value().is_empty() => errors.at(name.span(), "a name is not empty"),
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
        _ if !matches!(source, Source::Form | Source::Query) => {
            "only a form has this: write `#[form(..)]`, or `#[query(..)]` for a form sent by GET"
        }
        Html::EmptyAsNone if !matches!(shape, Shape::Optional(_)) => {
            "`empty_as_none` is for an `Option`; write `Option<T>`"
        }
        Html::Checkbox if !matches!(shape, Shape::Once(_)) || arguments.default.is_some() => {
            "a checkbox is a `bool`, and `false` if it is missing; write `bool` without a default"
        }
        _ => return,
    };
    errors.at(key.span(), message);
}

impl Shape {
    fn of(of: &Type, source: Source) -> Self {
        let once = |of: &Type| Self::Once(of.clone());
        if let Some(inner) = inside(of, "Option") {
            return match inside(inner, "Vec") {
                Some(innermost) if source != Source::Body => Self::OptionalMany(innermost.clone()),
                _ => Self::Optional(inner.clone()),
            };
        }
        match inside(of, "Vec") {
            Some(inner) if source != Source::Body => Self::Many(inner.clone()),
            _ => once(of),
        }
    }
}

/// `T` of `Option<T>`, however the path to it is written, also from a `macro_rules!` front.
fn inside<'a>(of: &'a Type, name: &str) -> Option<&'a Type> {
    let path = match of {
        Type::Path(path) => &path.path,
        Type::Group(group) => return inside(&group.elem, name),
        _ => return None,
    };
    let last = path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}
