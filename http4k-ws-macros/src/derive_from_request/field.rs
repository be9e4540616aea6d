//! A field: its source, its name, and the result of a request without it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, GenericArgument, Ident, Lit, LitStr, Meta, PathArguments, Token, Type};

use crate::docs::docs;
use crate::errors::{Errors, near};

/// The attributes of the sources.
const SOURCES: [(&str, Source); 7] = [
    ("query", Source::Query),
    ("header", Source::Header),
    // `path` is an attribute of Rust itself, and not available to a derive.
    ("param", Source::Path),
    ("cookie", Source::Cookie),
    ("form", Source::Form),
    ("part", Source::Part),
    ("body", Source::Body),
];

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    Query,
    Header,
    Path,
    Cookie,
    Form,
    /// A part of a form with files.
    Part,
    Body,
}

impl Source {
    /// Returns the name of its lens.
    fn place(self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Header => "Header",
            Self::Path => "Path",
            Self::Cookie => "Cookie",
            Self::Form | Self::Part => "Form",
            Self::Body => "Body",
        }
    }
}

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

/// A value that an HTML form sends in its own way.
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

/// The number of values of a field.
pub(super) enum Shape {
    Once(Type),
    Optional(Type),
    Many(Type),
    OptionalMany(Type),
}

/// The arguments of an attribute.
#[derive(Default)]
struct Arguments {
    name: Option<LitStr>,
    default: Option<(Ident, Option<Expr>)>,
    form: Option<(Ident, Html)>,
    max: Option<(Ident, Expr)>,
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

    /// Returns the rule by which the parts of the field are read.
    pub(super) fn part_rule(&self, private: &TokenStream) -> TokenStream {
        let name = &self.name;
        let is_many = matches!(self.shape, Shape::Many(_) | Shape::OptionalMany(_));
        let kind = Ident::new(
            if self.is_file() { "file" } else { "text" },
            Span::call_site(),
        );
        let rule = quote!(#private::PartRule::#kind(#name, #is_many));
        match &self.max {
            Some(max) => quote_spanned!(max.span()=> #private::part_max(#rule, #max)),
            None => rule,
        }
    }

    /// Returns the expression that reads the field from `parts`.
    pub(super) fn read_part(&self, private: &TokenStream) -> TokenStream {
        let here = Span::mixed_site();
        let name = &self.name;
        if !self.is_file() {
            let lens = self.lens(private);
            return quote_spanned! {here=>
                parts
                    .as_ref()
                    .and_then(|parts| parts.form(#name))
                    .and_then(|form| failures.read(#lens.get(form)))
            };
        }
        let method = match self.shape {
            Shape::Once(_) => "file",
            Shape::Optional(_) => "optional_file",
            Shape::Many(_) => "files",
            Shape::OptionalMany(_) => "optional_files",
        };
        let method = Ident::new(method, Span::call_site());
        quote_spanned! {here=>
            parts
                .as_mut()
                .and_then(|parts| parts.unless_failed(#name))
                .and_then(|parts| failures.read(parts.#method(#name)))
        }
    }

    /// Returns the statement that writes the field to `form` or to `files`.
    pub(super) fn write_part(&self, private: &TokenStream) -> TokenStream {
        let here = Span::mixed_site();
        let (ident, name) = (&self.ident, &self.name);
        if !self.is_file() {
            let lens = self.lens(private);
            return quote_spanned!(here=> let form = #lens.set(form, self.#ident)?;);
        }
        match self.shape {
            Shape::Once(_) => {
                quote_spanned!(here=> let files = files.part(#name, self.#ident);)
            }
            Shape::Optional(_) | Shape::Many(_) => quote_spanned! {here=>
                let files = self.#ident.into_iter().fold(files, |files, file| {
                    files.part(#name, file)
                });
            },
            Shape::OptionalMany(_) => quote_spanned! {here=>
                let files = self.#ident.into_iter().flatten().fold(files, |files, file| {
                    files.part(#name, file)
                });
            },
        }
    }

    /// Returns the lens that reads and writes the field.
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
            // A missing trait is reported at the type.
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

/// Returns the source of a field, and its attribute.
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
                let message = "`#[path]` is an attribute of Rust itself: write `#[param]`";
                errors.at(attribute.path().span(), message);
            }
            None => errors.at(
                ident.span(),
                format!(
                    "`{ident}` needs a source: write `#[query]`, `#[header]`, `#[param]`, \
                     `#[cookie]`, `#[form]`, `#[part]` or `#[body]` above it"
                ),
            ),
        }
        return None;
    };
    // The golden tests of this crate run without the features of the library.
    if first.0 == Source::Part && !cfg!(any(feature = "multipart", test)) {
        let message = "`#[part]` needs the feature `multipart` of http4k-ws: write `features = \
                       [\"multipart\"]` behind it in `Cargo.toml`";
        errors.at(first.1.path().span(), message);
        return None;
    }
    for (_, other) in found {
        let message = format!("`{ident}` can have one source: remove one of the attributes");
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
            "write the name in parentheses, as in `#[header(\"x-key\")]`",
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

fn check(arguments: &Arguments, source: Source, shape: &Shape, errors: &mut Errors) {
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

impl Shape {
    /// Returns the type of one value.
    pub(super) fn of_one(&self) -> &Type {
        let (Self::Once(of) | Self::Optional(of) | Self::Many(of) | Self::OptionalMany(of)) = self;
        of
    }

    /// Returns `true` if the type of one value is `Part`, with any path.
    fn is_file(&self) -> bool {
        is_named(self.of_one(), "Part")
    }

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

fn is_named(of: &Type, name: &str) -> bool {
    match of {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == name),
        Type::Group(group) => is_named(&group.elem, name),
        _ => false,
    }
}

/// Returns `T` of `Option<T>`, with any path to `Option`, and in an invisible group of a
/// `macro_rules!` macro.
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
