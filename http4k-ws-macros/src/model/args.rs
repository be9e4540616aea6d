//! The kinds of a call's arguments.

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprReference, Member, Pat, Token, UnOp};

use crate::errors::{Errors, near};
use crate::parse::Protocol;

/// One argument.
pub(crate) enum Arg {
    /// The path parameter with this index, and its token in the call.
    Param(usize, Ident),
    /// `req`.
    Request(Ident),
    /// `ws` or `sse`.
    Socket(Ident),
    /// `_`: read from the request by its type.
    Extracted(Span),
    /// A plain name or field: cloned for the route, and again for each call.
    Captured(Expr),
    /// `&name` or `&*name`: the same, passed by reference.
    Borrowed(ExprReference),
    /// `&name` or `&mut name` of a parameter, the request, the socket or the stream, which only the
    /// call has.
    Lent(ExprReference, Box<Arg>),
    /// `&POOL`: a static or a constant, passed unchanged.
    Constant(ExprReference),
    /// Any other expression: evaluated once, and cloned for each call.
    Value(Expr),
}

impl Arg {
    /// Returns the argument without the reference to it.
    pub(crate) fn place(&self) -> &Self {
        match self {
            Self::Lent(_, place) => place,
            arg => arg,
        }
    }
}

/// The names with a meaning in a call.
pub(super) struct Names<'a> {
    pub(super) protocol: Protocol,
    pub(super) params: &'a [String],
}

impl Names<'_> {
    pub(super) fn args(
        &self,
        args: &Punctuated<Expr, Token![,]>,
        errors: &mut Errors,
    ) -> Vec<Option<Arg>> {
        args.iter().map(|arg| self.arg(arg, errors)).collect()
    }

    pub(super) fn arg(&self, expr: &Expr, errors: &mut Errors) -> Option<Arg> {
        if let Expr::Group(group) = expr {
            return self.arg(&group.expr, errors);
        }
        if let Some(ident) = plain_name(expr) {
            return match self.named(ident, errors) {
                Named::Known(arg) => Some(arg),
                Named::Refused => None,
                Named::Other => Some(Arg::Captured(expr.clone())),
            };
        }
        match expr {
            Expr::Infer(infer) => return Some(Arg::Extracted(infer.underscore_token.span)),
            Expr::Path(_) => return Some(Arg::Captured(expr.clone())),
            Expr::Reference(reference) => {
                if let Some(name) = plain_name(&reference.expr) {
                    match self.named(name, errors) {
                        Named::Known(arg) => {
                            return Some(Arg::Lent(reference.clone(), Box::new(arg)));
                        }
                        Named::Refused => return None,
                        Named::Other => {}
                    }
                }
                if let Some(arg) = self.borrowed(reference) {
                    return Some(arg);
                }
            }
            _ => {}
        }
        if let Some(name) = self.mentioned(expr) {
            let message = format!(
                "`{name}` is known only during a request, but this expression is evaluated before: \
                 pass `{name}` as an argument of its own"
            );
            errors.at(name.span(), message);
            return None;
        }
        if let Some(mutability) = mutability(expr) {
            let message = "all requests share this value, so that none can borrow it as `&mut`: \
                           remove `mut`, and let a lock guard what changes, such as a `Mutex`";
            errors.at(mutability.span, message);
            return None;
        }
        if is_place(expr) {
            return Some(Arg::Captured(expr.clone()));
        }
        if let Some(call) = call_of_nothing(expr) {
            let message = format!(
                "this is evaluated once, when the routes are built, and not for each request: write \
                 `{{ {call} }}` to confirm that, or call it in the handler"
            );
            errors.at(expr.span(), message);
            return None;
        }
        Some(Arg::Value(expr.clone()))
    }

    /// Sorts a reference to what all requests share: to a static, or to a captured place.
    fn borrowed(&self, reference: &ExprReference) -> Option<Arg> {
        if reference.mutability.is_some() {
            return None;
        }
        let (place, _) = dereferenced(&reference.expr);
        if is_constant(&reference.expr) {
            return Some(Arg::Constant(reference.clone()));
        }
        (is_place(place) && self.mentioned(place).is_none())
            .then(|| Arg::Borrowed(reference.clone()))
    }

    /// Sorts a parameter of a closure, which binds by its name.
    pub(super) fn binding(&self, pat: &Pat, errors: &mut Errors) -> Option<Arg> {
        let inner = match pat {
            Pat::Type(typed) => &*typed.pat,
            pat => pat,
        };
        let Pat::Ident(bound) = inner else {
            return Some(Arg::Extracted(inner.span()));
        };
        match self.named(&bound.ident, errors) {
            Named::Known(arg) => Some(arg),
            Named::Refused => None,
            Named::Other => {
                let name = bound.ident.unraw().to_string();
                let own = self.protocol.argument();
                let params = self.params.iter().map(String::as_str);
                let known = params.chain(["req"]).chain(own);
                let fix = match near(&name, known) {
                    Some(meant) => format!(": did you mean `{meant}`?"),
                    None => format!(
                        "; a closure's parameter is a parameter of the path, `req` or `{}`, and a \
                         pattern such as `_: HeaderMap` is read from the request by its type",
                        own.unwrap_or("ws")
                    ),
                };
                let message = format!("`<{name}>` is not a parameter of the path{fix}");
                errors.at(bound.ident.span(), message);
                None
            }
        }
    }

    fn named(&self, ident: &Ident, errors: &mut Errors) -> Named {
        let name = ident.unraw().to_string();
        if let Some(index) = self.params.iter().position(|param| *param == name) {
            return Named::Known(Arg::Param(index, ident.clone()));
        }
        match (name.as_str(), self.protocol) {
            ("req", _) => Named::Known(Arg::Request(ident.clone())),
            (name, protocol) if protocol.argument() == Some(name) => {
                Named::Known(Arg::Socket(ident.clone()))
            }
            ("ws" | "sse", protocol) => {
                let means = if name == "ws" {
                    "a socket"
                } else {
                    "an event stream"
                };
                let protocol = protocol.keyword();
                let message = format!(
                    "`{name}` is {means}, which `{protocol}(..)` does not have: write `{name}(..)` \
                     instead of `{protocol}(..)`"
                );
                errors.at(ident.span(), message);
                Named::Refused
            }
            _ => Named::Other,
        }
    }

    /// Returns a name inside `expr` that is a parameter, the request, the socket or the stream.
    fn mentioned(&self, expr: &Expr) -> Option<Ident> {
        let tokens = expr.to_token_stream();
        // A closure or a block may declare the name itself.
        let has_own_names = tokens.clone().into_iter().any(|token| {
            matches!(&token, TokenTree::Punct(p) if p.as_char() == '|')
                || matches!(&token, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace)
        });
        if has_own_names {
            return None;
        }
        self.mentioned_in(tokens, false)
    }

    fn mentioned_in(&self, tokens: TokenStream, in_macro: bool) -> Option<Ident> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let joins = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if [':', '.', '!'].contains(&p.as_char()));
        tokens.iter().enumerate().find_map(|(i, token)| match token {
            TokenTree::Group(group) => {
                let before = i.checked_sub(1).and_then(|i| tokens.get(i));
                let bang = matches!(before, Some(TokenTree::Punct(p)) if p.as_char() == '!');
                self.mentioned_in(group.stream(), in_macro || bang)
            }
            TokenTree::Literal(literal) if in_macro => self.mentioned_in_text(literal),
            TokenTree::Ident(ident) => {
                let after_join = i > 0 && joins(tokens.get(i - 1));
                let is_path = matches!(tokens.get(i + 1), Some(TokenTree::Punct(p)) if [':', '!'].contains(&p.as_char()));
                let name = ident.unraw().to_string();
                let is_own = self.protocol.argument().is_some_and(|own| name == own);
                let known = self.params.contains(&name) || name == "req" || name == "ws" || is_own;
                (known && !after_join && !is_path).then(|| ident.clone())
            }
            _ => None,
        })
    }
}

impl Names<'_> {
    /// Returns a parameter that a format string captures, as in `"{id}"`.
    fn mentioned_in_text(&self, literal: &Literal) -> Option<Ident> {
        let text = literal.to_string().replace("{{", "");
        let mut captures = text.split('{').skip(1).map(|rest| {
            let end = |c: char| !c.is_alphanumeric() && c != '_';
            rest.split(end).next().unwrap_or_default()
        });
        let name = captures.find(|name| self.params.iter().any(|param| param == name))?;
        Some(Ident::new(name, literal.span()))
    }
}

enum Named {
    Known(Arg),
    Refused,
    Other,
}

/// Returns the `mut` of `&mut ..`.
fn mutability(expr: &Expr) -> Option<Token![mut]> {
    match expr {
        Expr::Reference(reference) => reference.mutability,
        _ => None,
    }
}

/// Returns the name, if `expr` is a plain name.
pub(crate) fn plain_name(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// Returns `true` for a name or a field of one, which can be cloned in place.
fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => true,
        Expr::Field(field) => {
            matches!(field.member, Member::Named(_) | Member::Unnamed(_)) && is_place(&field.base)
        }
        _ => false,
    }
}

/// Returns the name at the root of a place: `db` of `db`, `db.pool` and `*db`.
pub(crate) fn place_root(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => place_root(&unary.expr),
        Expr::Field(field) => place_root(&field.base),
        expr => plain_name(expr),
    }
}

/// Returns `expr` without the stars before it, and their number.
pub(crate) fn dereferenced(expr: &Expr) -> (&Expr, usize) {
    match expr {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
            let (place, stars) = dereferenced(&unary.expr);
            (place, stars + 1)
        }
        expr => (expr, 0),
    }
}

/// Returns `true` for a path whose last name is in capitals, as those of statics and constants are.
fn is_constant(expr: &Expr) -> bool {
    let Expr::Path(path) = expr else {
        return false;
    };
    let name = path.path.segments.last();
    name.is_some_and(|last| {
        let name = last.ident.unraw().to_string();
        name.contains(char::is_uppercase) && !name.contains(char::is_lowercase)
    })
}

/// Returns the text of a call that names no value around it, such as `Instant::now()`.
fn call_of_nothing(expr: &Expr) -> Option<String> {
    let is_call = matches!(expr, Expr::Call(_) | Expr::MethodCall(_));
    (is_call && !names_something(expr.to_token_stream())).then(|| {
        let text = expr.to_token_stream().to_string();
        text.replace(" :: ", "::")
            .replace(" (", "(")
            .replace(" . ", ".")
    })
}

/// Returns `true` if the tokens name a value, and not only functions, types and members.
fn names_something(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |at: usize| match tokens.get(at) {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    };
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => names_something(group.stream()),
        TokenTree::Ident(_) => {
            let is_member = at > 0 && punct(at - 1) == Some('.');
            let is_last_of_path = at > 0 && punct(at - 1) == Some(':');
            let is_longer = matches!(punct(at + 1), Some(':' | '!'));
            let is_called = matches!(
                tokens.get(at + 1),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis
            );
            !(is_member || is_last_of_path || is_longer || is_called)
        }
        TokenTree::Literal(text) => text.to_string().contains('{'),
        TokenTree::Punct(_) => false,
    })
}
