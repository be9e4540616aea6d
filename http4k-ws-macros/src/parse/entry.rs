//! One entry: `GET "/users/<id>" with(auth()) as user => http(show(id))`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Error, Expr, ExprLit, Lit, LitStr, Meta, Result, Token, parenthesized, token,
};

use super::Template;
use super::bare::{bare, handler};
use super::{dialects, guesses, slips, targets};
use crate::errors::{self, Errors, near};

/// One line of a doc comment.
pub(crate) type Doc = String;

/// One route, mount or block.
pub(crate) struct Entry {
    pub(crate) docs: Vec<Doc>,
    /// The `#[deprecated]` of its link.
    pub(crate) deprecated: Option<Attribute>,
    pub(crate) methods: Vec<Ident>,
    pub(crate) place: Place,
    pub(crate) filters: Vec<Expr>,
    pub(crate) name: Option<Ident>,
    pub(crate) target: Target,
    /// The place of its first token, for mistakes of an entry without a path.
    pub(crate) span: Span,
}

/// The place of an entry.
pub(crate) enum Place {
    /// The prefix of the block around it.
    Here,
    Path(Template),
    /// `_`, which matches if no route does.
    Fallback(Span),
}

impl Place {
    /// Returns `true` for the prefix of the block around, which `"/"` means too.
    pub(crate) fn is_here(&self) -> bool {
        match self {
            Self::Here => true,
            Self::Path(template) => template.segments.is_empty(),
            Self::Fallback(_) => false,
        }
    }

    /// Returns the path in the source.
    pub(crate) fn written(&self) -> Option<String> {
        match self {
            Self::Path(template) => Some(template.literal.value()),
            Self::Here | Self::Fallback(_) => None,
        }
    }
}

/// The right-hand side of an entry.
pub(crate) enum Target {
    Handler(Handler),
    Mount { keyword: Ident, app: Expr },
    Block(Vec<Entry>),
}

/// The protocol of a handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Ws,
    Sse,
}

/// `http(show(id))`.
pub(crate) struct Handler {
    pub(crate) protocol: Protocol,
    pub(crate) keyword: Ident,
    pub(crate) expr: Expr,
}

impl Entry {
    /// Parses the next entry. `None` if its path is broken, which is reported.
    pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Result<Option<Self>> {
        let found = Attribute::parse_outer(input)?;
        if let Some(error) = dialects::as_attribute(&found, input) {
            return Err(error);
        }
        let (docs, deprecated) = attributes(found, errors);
        let span = input.span();
        let methods = methods(input)?;
        let mut filters = slips::filters_before_path(input, errors)?;
        let mut path = String::new();
        let place = if input.peek(Token![_]) {
            Some(Place::Fallback(input.parse::<Token![_]>()?.span))
        } else if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            path = literal.value();
            Template::new(literal, errors).map(Place::Path)
        } else {
            Some(Place::Here)
        };
        filters.extend(self::filters(input, errors)?);
        let name = name(input)?;
        let behind = slips::filters_behind_name(input, name.is_some(), &filters, errors)?;
        filters.extend(behind);
        let last = match (&name, &place) {
            (Some(name), _) => name.span(),
            (None, Some(Place::Path(template))) => template.literal.span(),
            (None, Some(Place::Fallback(span))) => *span,
            (None, _) => span,
        };
        let arrow = arrow(input, &methods, (&place, &path), last, errors)?;
        let target = target(input, arrow, &path, errors)?;
        filters.extend(slips::behind_target(input, errors)?);
        if let Some(semicolon) = input.parse::<Option<Token![;]>>()? {
            errors.at(
                semicolon.span,
                "routes are separated by commas: write `,` instead of `;`",
            );
        }
        if let (None, Target::Handler(handler)) = (&place, &target) {
            errors.leave_out(&path, handler.expr.to_token_stream());
        }
        Ok(place.map(|place| Self {
            docs,
            deprecated,
            methods,
            place,
            filters,
            name,
            target,
            span,
        }))
    }
}

fn attributes(attributes: Vec<Attribute>, errors: &mut Errors) -> (Vec<Doc>, Option<Attribute>) {
    let (mut docs, mut deprecated) = (Vec::new(), None);
    for attribute in attributes {
        let span = attribute.pound_token.span;
        if attribute.path().is_ident("deprecated") {
            deprecated = Some(attribute);
            continue;
        }
        match attribute.meta {
            Meta::NameValue(meta) if meta.path.is_ident("doc") => {
                if let Expr::Lit(ExprLit {
                    lit: Lit::Str(line),
                    ..
                }) = meta.value
                {
                    docs.push(line.value());
                }
            }
            meta if meta.path().is_ident("cfg") => errors.at(
                span,
                "a route cannot have `#[cfg]`, because routes are compared before it is evaluated: \
                 mount an application, and write `#[cfg]` on its function",
            ),
            _ => errors.at(
                span,
                "a route can have only doc comments and `#[deprecated]`: remove this attribute",
            ),
        }
    }
    (docs, deprecated)
}

fn methods(input: ParseStream<'_>) -> Result<Vec<Ident>> {
    let mut methods = Vec::new();
    while input.peek(syn::Ident) && !input.peek(kw::with) {
        methods.push(input.parse()?);
        if input.parse::<Option<Token![|]>>()?.is_none() {
            break;
        }
    }
    Ok(methods)
}

/// `with(auth(), logged())`.
pub(super) fn filters(input: ParseStream<'_>, errors: &mut Errors) -> Result<Vec<Expr>> {
    if input.parse::<Option<kw::with>>()?.is_none() {
        return Ok(Vec::new());
    }
    if !input.peek(token::Paren) {
        return slips::filters_without_parentheses(input, errors);
    }
    let inside;
    parenthesized!(inside in input);
    let filters = Punctuated::<Expr, Token![,]>::parse_terminated(&inside)?;
    Ok(filters.into_iter().map(bare).collect())
}

/// `as name`.
fn name(input: ParseStream<'_>) -> Result<Option<Ident>> {
    let Some(keyword) = input.parse::<Option<Token![as]>>()? else {
        return Ok(None);
    };
    let text: Option<LitStr> = input.fork().parse().ok();
    let name = input.call(Ident::parse_any);
    name.map(Some).map_err(|_| match text {
        Some(text) => {
            let message = format!("a name is not in quotes: write `as {}`", text.value());
            Error::new(text.span(), message)
        }
        None => Error::new(
            keyword.span,
            "`as` must be followed by a name, as in `as user`",
        ),
    })
}

/// Parses `=>`. `last` is the place of the token before it.
fn arrow(
    input: ParseStream<'_>,
    methods: &[Ident],
    (place, path): (&Option<Place>, &str),
    last: Span,
    errors: &mut Errors,
) -> Result<Span> {
    if input.peek(Token![=>]) {
        return Ok(input.parse::<Token![=>]>()?.spans[1]);
    }
    if let Some(Place::Here) = place {
        return Err(slips::no_path(input, methods, last));
    }
    if let Some(arrow) = slips::other_arrow(input, errors)? {
        return Ok(arrow);
    }
    Err(Error::new(
        span_or(input, last),
        guesses::no_arrow(input, path),
    ))
}

/// Returns the place of the next token, or `last` at the end of the input.
pub(super) fn span_or(input: ParseStream<'_>, last: Span) -> Span {
    if input.is_empty() { last } else { input.span() }
}

fn target(input: ParseStream<'_>, arrow: Span, path: &str, errors: &mut Errors) -> Result<Target> {
    let at = span_or(input, arrow);
    if input.peek(token::Brace) {
        let inside;
        syn::braced!(inside in input);
        let body: TokenStream = inside.parse()?;
        if let Some(message) = targets::as_body(&body, &errors::names(path)) {
            return Err(Error::new(at, message));
        }
        return Ok(Target::Block(super::entries(body, errors)));
    }
    let start = input.fork();
    let keyword: Ident = input
        .parse()
        .map_err(|_| Error::new(at, slips::not_a_target(&start, path)))?;
    let word = keyword.to_string();
    if !input.peek(token::Paren) || !TARGETS.contains(&word.as_str()) {
        let meant = slips::target_of_other_libraries(&word).or_else(|| near(&word, TARGETS));
        let message = match meant {
            Some(meant) if meant != word && input.peek(token::Paren) => {
                format!("{WANTED}; did you mean `{meant}(..)`?")
            }
            _ => slips::not_a_target(&start, path),
        };
        return Err(Error::new(keyword.span(), message));
    }
    let inside;
    let parens = parenthesized!(inside in input);
    if inside.is_empty() {
        return Err(Error::new(parens.span.join(), none(&word)));
    }
    let start = inside.fork();
    let expr: Expr = inside
        .parse()
        .map_err(|error| guesses::typed_argument(&start).unwrap_or(error))?;
    inside.parse::<Option<Token![,]>>()?;
    if !inside.is_empty() {
        return Err(inside.error(more_than_one(&word, &expr, path)));
    }
    let protocol = match word.as_str() {
        "http" => Protocol::Http,
        "ws" => Protocol::Ws,
        "sse" => Protocol::Sse,
        _ => {
            let app = bare(expr);
            return Ok(Target::Mount { keyword, app });
        }
    };
    Ok(Target::Handler(Handler {
        protocol,
        keyword,
        expr: handler(expr),
    }))
}

/// Returns the message for a target with nothing in its parentheses.
fn none(word: &str) -> String {
    match word {
        "mount" => "`mount(..)` needs an application, as in `mount(users())`".to_owned(),
        "sse" => "`sse(..)` needs a function, as in `sse(feed(sse))`".to_owned(),
        _ => format!("`{word}(..)` needs a handler, as in `{word}(show)`"),
    }
}

/// Returns the message for a target with more than `expr` in its parentheses.
fn more_than_one(word: &str, expr: &Expr, path: &str) -> String {
    if word == "mount" {
        return "`mount(..)` takes one application: remove the rest".to_owned();
    }
    match dialects::names_method(expr) {
        Some(method) => {
            format!("the method precedes the path: write `{method} \"{path}\" => {word}(..)`")
        }
        None => format!(
            "`{word}(..)` takes one handler: write arguments in its call, as in \
             `{word}(show(id))`"
        ),
    }
}

const TARGETS: [&str; 4] = ["http", "ws", "sse", "mount"];

/// The forms of the right-hand side of `=>`.
pub(super) const WANTED: &str = "expected `http(..)`, `ws(..)`, `sse(..)`, `mount(..)` or `{ .. }`";

impl Protocol {
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Ws => "ws",
            Self::Sse => "sse",
        }
    }

    /// Returns the name of the argument that only a call of this protocol has.
    pub(crate) fn argument(self) -> Option<&'static str> {
        match self {
            Self::Http => None,
            Self::Ws => Some("ws"),
            Self::Sse => Some("sse"),
        }
    }
}

pub(super) mod kw {
    syn::custom_keyword!(with);
}
