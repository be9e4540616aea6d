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
use crate::errors::{Errors, near};

/// One line of a doc comment.
pub(crate) type Doc = String;

/// One route, mount or block.
pub(crate) struct Entry {
    pub(crate) docs: Vec<Doc>,
    /// `#[deprecated]`, for its link.
    pub(crate) deprecated: Option<Attribute>,
    pub(crate) methods: Vec<Ident>,
    pub(crate) place: Place,
    pub(crate) filters: Vec<Expr>,
    pub(crate) name: Option<Ident>,
    pub(crate) target: Target,
    /// Its first token, to blame where it has no path.
    pub(crate) span: Span,
}

/// Where an entry stands.
pub(crate) enum Place {
    /// At the prefix of the block around it.
    Here,
    Path(Template),
    /// `_`: wherever nothing else does.
    Fallback(Span),
}

/// What an entry leads to.
pub(crate) enum Target {
    Handler(Handler),
    Mount { keyword: Ident, app: Expr },
    Block(Vec<Entry>),
}

/// The protocol of a handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    Http,
    Ws,
    Sse,
}

/// `http(show(id))`.
pub(crate) struct Handler {
    pub(crate) speaks: Speaks,
    pub(crate) keyword: Ident,
    pub(crate) expr: Expr,
}

impl Entry {
    /// The next entry; `None` where its path is broken, which is reported.
    pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Result<Option<Self>> {
        let (docs, deprecated) = attributes(Attribute::parse_outer(input)?, errors);
        let span = input.span();
        let methods = methods(input)?;
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
        let mut filters = filters(input)?;
        let name = match input.parse::<Option<Token![as]>>()? {
            Some(_) => Some(input.call(Ident::parse_any)?),
            None => None,
        };
        let last = match (&name, &place) {
            (Some(name), _) => name.span(),
            (None, Some(Place::Path(template))) => template.literal.span(),
            (None, Some(Place::Fallback(span))) => *span,
            (None, _) => span,
        };
        let arrow = arrow(input, &methods, &place, last)?;
        let target = target(input, arrow, errors)?;
        filters.extend(misplaced_filters(input, errors)?);
        if let Some(semicolon) = input.parse::<Option<Token![;]>>()? {
            errors.at(
                semicolon.span,
                "a comma stands between two routes: write `,` for `;`",
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
                "`#[cfg]` can't be on one route: the routes are checked against each other \
                 before it is known; mount an application that has two forms instead",
            ),
            _ => errors.at(
                span,
                "a route has doc comments and `#[deprecated]`, and no other attributes",
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

fn filters(input: ParseStream<'_>) -> Result<Vec<Expr>> {
    if input.parse::<Option<kw::with>>()?.is_none() {
        return Ok(Vec::new());
    }
    let inside;
    parenthesized!(inside in input);
    let filters = Punctuated::<Expr, Token![,]>::parse_terminated(&inside)?;
    Ok(filters.into_iter().collect())
}

/// `http(home).with(auth)`: filters that stand behind the target.
fn misplaced_filters(input: ParseStream<'_>, errors: &mut Errors) -> Result<Vec<Expr>> {
    let mut misplaced = Vec::new();
    while let Some(dot) = input.parse::<Option<Token![.]>>()? {
        let method: Ident = input.parse()?;
        if method != "with" {
            return Err(Error::new(
                method.span(),
                "an entry ends behind its target: write `,`",
            ));
        }
        let message = "filters stand before `=>`, as in `\"/x\" with(logged()) => http(home)`";
        errors.at(dot.span, message);
        let inside;
        parenthesized!(inside in input);
        misplaced.extend(Punctuated::<Expr, Token![,]>::parse_terminated(&inside)?);
    }
    Ok(misplaced)
}

/// `=>`; `last` is what stands before it.
fn arrow(
    input: ParseStream<'_>,
    methods: &[Ident],
    place: &Option<Place>,
    last: Span,
) -> Result<Span> {
    if input.peek(Token![=>]) {
        return Ok(input.parse::<Token![=>]>()?.spans[1]);
    }
    // `GET, POST "/x"`: the comma ended this entry.
    if let (true, Some(Place::Here), Some(method)) = (input.is_empty(), place, methods.last()) {
        let message = format!(
            "`{method}` has no path: several methods are separated by `|`, as in `{method} | POST \
             \"/users\"`"
        );
        return Err(Error::new(method.span(), message));
    }
    let message = match place {
        Some(Place::Here) => {
            "expected a path in quotes, as in `GET \"/users/<id>\" => http(show(id))`"
        }
        _ => "expected `=>` and what answers, as in `=> http(show)`",
    };
    Err(Error::new(span_or(input, last), message))
}

/// Where the input goes on; at its end, what came last.
fn span_or(input: ParseStream<'_>, last: Span) -> Span {
    if input.is_empty() { last } else { input.span() }
}

fn target(input: ParseStream<'_>, arrow: Span, errors: &mut Errors) -> Result<Target> {
    if input.peek(token::Brace) {
        let inside;
        syn::braced!(inside in input);
        let body: TokenStream = inside.parse()?;
        return Ok(Target::Block(super::entries(body, errors)));
    }
    let wants = "expected `http(..)`, `ws(..)`, `mount(..)` or `{ .. }`";
    let at = span_or(input, arrow);
    let keyword: Ident = input.parse().map_err(|_| Error::new(at, wants))?;
    let word = keyword.to_string();
    if !input.peek(token::Paren) || !["http", "ws", "sse", "mount"].contains(&word.as_str()) {
        let meant = near(&word, ["http", "ws", "sse", "mount"]);
        return Err(Error::new(
            keyword.span(),
            match meant {
                Some(meant) if input.peek(token::Paren) => {
                    format!("{wants}; did you mean `{meant}(..)`?")
                }
                _ => format!("{wants}; a handler says what it speaks, as in `http({word})`"),
            },
        ));
    }
    let inside;
    let parens = parenthesized!(inside in input);
    if inside.is_empty() {
        let message = format!("`{word}(..)` is handed what answers, as in `{word}(show)`");
        return Err(Error::new(parens.span.join(), message));
    }
    let expr: Expr = inside.parse()?;
    inside.parse::<Option<Token![,]>>()?;
    if !inside.is_empty() {
        let message = format!("`{word}(..)` takes one handler; arguments go into its call");
        return Err(inside.error(message));
    }
    let speaks = match word.as_str() {
        "http" => Speaks::Http,
        "ws" => Speaks::Ws,
        "sse" => Speaks::Sse,
        _ => return Ok(Target::Mount { keyword, app: expr }),
    };
    Ok(Target::Handler(Handler {
        speaks,
        keyword,
        expr,
    }))
}

impl Speaks {
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Ws => "ws",
            Self::Sse => "sse",
        }
    }
}

mod kw {
    syn::custom_keyword!(with);
}
