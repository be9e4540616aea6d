//! Arguments of the head, lent to the functions that build endpoints.
//!
//! A function inside the user's function does not see its arguments, so it has references to them
//! as arguments of its own, under the same names. A route borrows an argument in two ways:
//!
//! 1. A captured name, such as `db`, is cloned.
//! 2. An evaluated expression names it as `&db` or `db.clone()`, or with fields as `&config.db`.
//!
//! A route that may move an argument, or that names one in a closure, stays in the user's function.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, GenericParam, Type};

use crate::errors::near;
use crate::model::{Arg, Callee, HandlerCall, Routes, Shape, bound_name, place_root, plain_name};
use crate::parse::{Head, ours_at};

/// The arguments of a head that can be lent.
pub(super) struct Lending<'a> {
    head: &'a Head,
    lent: Vec<(&'a Ident, &'a Type)>,
}

/// The indices of the arguments that some routes borrow, with the place of the first use.
pub(super) type Uses = BTreeMap<usize, Span>;

impl<'a> Lending<'a> {
    /// Returns `None` if the routes are without a head, or if its generics cannot be repeated.
    pub(super) fn new(model: &'a Routes) -> Option<Self> {
        let head = model.head.as_ref()?;
        let mut generics = head.signature.generics.params.iter();
        let has_attributes = |param: &GenericParam| match param {
            GenericParam::Type(param) => !param.attrs.is_empty(),
            GenericParam::Const(param) => !param.attrs.is_empty(),
            GenericParam::Lifetime(param) => !param.attrs.is_empty(),
        };
        let lent = head.plain_arguments();
        (!generics.any(has_attributes)).then_some(Self { head, lent })
    }

    pub(super) fn head(&self) -> &'a Head {
        self.head
    }

    /// Returns the arguments that the route of `handler` borrows. `None` if it may move one.
    pub(super) fn uses(&self, handler: &HandlerCall) -> Option<Uses> {
        let call = &handler.call;
        let mut uses = Uses::new();
        for arg in &call.args {
            match arg {
                Arg::Captured(expr) => self.captures(expr, &mut uses)?,
                Arg::Borrowed(reference) if place_root(&reference.expr).is_some() => {
                    self.captures(&reference.expr, &mut uses)?;
                }
                Arg::Borrowed(reference) => {
                    self.evaluates(reference.expr.to_token_stream(), &mut uses)?;
                }
                Arg::Value(expr) => self.evaluates(expr.to_token_stream(), &mut uses)?,
                Arg::Constant(reference) => self.names_none(reference.to_token_stream())?,
                Arg::Param(..)
                | Arg::Lent(..)
                | Arg::Request(_)
                | Arg::Socket(_)
                | Arg::Extracted(_) => {}
            }
        }
        match &call.shape {
            Shape::Method(_) => Some(()),
            // Its parameters hide the arguments that it has copies of.
            Shape::Closure(closure) => {
                let params: Vec<String> = closure.inputs.iter().filter_map(bound_name).collect();
                self.names_none_but(&params, closure.to_token_stream())
            }
            Shape::Value(value) => self.needs_none(value.to_token_stream()),
            Shape::Function { callee, call } => match callee {
                Callee::Path => self.names_none(call.func.to_token_stream()),
                Callee::Value => self.needs_none(call.func.to_token_stream()),
            },
        }?;
        Some(uses)
    }

    /// Returns `expr` with its lent arguments dereferenced, so that it has the meaning that it has
    /// in the user's function.
    pub(super) fn dereferenced(&self, expr: &Expr) -> TokenStream {
        if let Some(name) = plain_name(expr) {
            return match self.index(name) {
                Some(_) => quote_spanned!(ours_at(name.span())=> *#expr),
                None => expr.to_token_stream(),
            };
        }
        self.borrowing(expr.to_token_stream(), &mut Uses::new())
            .unwrap_or_else(|| expr.to_token_stream())
    }

    /// Returns the parameters of the nested function: the arguments of `uses`, with their types.
    pub(super) fn parameters<'u>(
        &'u self,
        uses: &'u Uses,
        are_optional: bool,
    ) -> impl Iterator<Item = TokenStream> + 'u {
        uses.keys().map(move |&index| {
            let (name, ty) = self.lent[index];
            let ty = match ty {
                Type::ImplTrait(_) => quote!((#ty)),
                _ => ty.to_token_stream(),
            };
            match are_optional {
                true => quote!(#name: __http4k_ws::Option<&#ty>),
                false => quote!(#name: &#ty),
            }
        })
    }

    /// Returns the arguments of its call. Their place is the first use, at which the compiler
    /// reports a moved value.
    pub(super) fn arguments<'u>(
        &'u self,
        uses: &'u Uses,
    ) -> impl Iterator<Item = TokenStream> + 'u {
        uses.iter().map(|(&index, &first_use)| {
            let (name, _) = self.lent[index];
            let mut here = name.clone();
            here.set_span(first_use.resolved_at(name.span()));
            quote_spanned!(ours_at(first_use)=> &#here)
        })
    }

    /// Returns `true` if `tokens` name an argument of the head.
    pub(super) fn names_one(&self, tokens: TokenStream) -> bool {
        self.names_none(tokens).is_none()
    }

    /// Returns `true` for an argument that is lent.
    pub(super) fn lends(&self, name: &Ident) -> bool {
        self.index(name).is_some()
    }

    /// Returns the arguments of the head that a captured place or an evaluated expression names.
    pub(super) fn loans_in(&self, expr: &Expr) -> Vec<&'a Ident> {
        let mut uses = Uses::new();
        match place_root(expr) {
            Some(name) => {
                let index = self.index(name);
                index
                    .into_iter()
                    .for_each(|index| note(&mut uses, index, name.span()));
            }
            None => {
                let _ = self.borrowing(expr.to_token_stream(), &mut uses);
            }
        }
        uses.keys().map(|&index| self.lent[index].0).collect()
    }

    fn index(&self, name: &Ident) -> Option<usize> {
        let mut lent = self.lent.iter();
        lent.position(|(lent, _)| lent.unraw() == name.unraw())
    }

    /// Notes a name or a field that is cloned for the route.
    fn captures(&self, expr: &Expr, uses: &mut Uses) -> Option<()> {
        let Some(name) = place_root(expr) else {
            return Some(());
        };
        let text = name.unraw().to_string();
        // The compiler suggests the right name for a misspelled one, if that is in scope.
        let meant = || {
            let lent = self.lent.iter();
            lent.clone()
                .position(|(lent, _)| near(&text, [lent.unraw().to_string().as_str()]).is_some())
        };
        match self.index(name) {
            Some(index) => note(uses, index, name.span()),
            None if self.head.binds(name) => return None,
            None => meant()
                .into_iter()
                .for_each(|index| note(uses, index, name.span())),
        }
        Some(())
    }

    /// Notes the arguments in an expression that is evaluated once.
    fn evaluates(&self, tokens: TokenStream, uses: &mut Uses) -> Option<()> {
        if leaves(tokens.clone()) {
            return None;
        }
        self.borrowing(tokens, uses).map(|_| ())
    }

    /// Returns `None` for tokens that name an argument or leave the user's function.
    fn needs_none(&self, tokens: TokenStream) -> Option<()> {
        (!leaves(tokens.clone())).then_some(())?;
        self.names_none(tokens)
    }

    fn names_none(&self, tokens: TokenStream) -> Option<()> {
        self.names_none_but(&[], tokens)
    }

    /// Returns `None` for tokens that name an argument which is not among `hidden`.
    fn names_none_but(&self, hidden: &[String], tokens: TokenStream) -> Option<()> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let names_one = tokens.iter().enumerate().any(|(at, token)| match token {
            TokenTree::Group(group) => self.names_none_but(hidden, group.stream()).is_none(),
            TokenTree::Ident(name) if hidden.contains(&name.unraw().to_string()) => false,
            TokenTree::Literal(text) if !hidden.is_empty() => self
                .head
                .names_in(&text.to_string())
                .any(|name| !hidden.contains(&name)),
            _ => self.is_named_at(&tokens, at),
        });
        (!names_one).then_some(())
    }

    /// Returns `true` if the token at `at` names an argument of the head.
    fn is_named_at(&self, tokens: &[TokenTree], at: usize) -> bool {
        match &tokens[at] {
            TokenTree::Ident(name) => {
                let is_member = at > 0
                    && punct(tokens, at - 1) == Some('.')
                    && !(at > 1 && punct(tokens, at - 2) == Some('.'));
                let is_path = at > 1 && is_separator(tokens, at - 2);
                let is_longer = is_separator(tokens, at + 1) || punct(tokens, at + 1) == Some('!');
                !is_member && !is_path && !is_longer && self.head.binds(name)
            }
            // `format!("{db}")` names it too.
            TokenTree::Literal(text) => self.head.is_bound_in(&text.to_string()),
            TokenTree::Group(_) | TokenTree::Punct(_) => false,
        }
    }

    /// Returns `tokens` with each argument dereferenced. `None` if one is not merely borrowed.
    fn borrowing(&self, tokens: TokenStream, uses: &mut Uses) -> Option<TokenStream> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut output = TokenStream::new();
        for (at, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token {
                let stream = self.borrowing(group.stream(), uses)?;
                let mut inside = Group::new(group.delimiter(), stream);
                inside.set_span(group.span());
                inside.to_tokens(&mut output);
                continue;
            }
            if !self.is_named_at(&tokens, at) {
                token.to_tokens(&mut output);
                continue;
            }
            let TokenTree::Ident(name) = token else {
                return None;
            };
            let index = self.index(name)?;
            if !is_borrowed(&tokens, at) {
                return None;
            }
            note(uses, index, name.span());
            output.extend(quote_spanned!(ours_at(name.span())=> (*#name)));
        }
        Some(output)
    }
}

fn note(uses: &mut Uses, index: usize, first_use: Span) {
    uses.entry(index).or_insert(first_use);
}

/// Returns `true` if the name at `at`, or a field of it, is merely cloned or referred to.
fn is_borrowed(tokens: &[TokenTree], at: usize) -> bool {
    let mut end = at + 1;
    while punct(tokens, end) == Some('.')
        && matches!(tokens.get(end + 1), Some(TokenTree::Ident(_)))
        && !is_called(tokens, end + 2)
    {
        end += 2;
    }
    let is_cloned = punct(tokens, end) == Some('.')
        && matches!(tokens.get(end + 1), Some(TokenTree::Ident(name)) if name == "clone")
        && is_called(tokens, end + 2);
    let is_referred_to = at > 0
        && punct(tokens, at - 1) == Some('&')
        && (at == 1 || matches!(&tokens[at - 2], TokenTree::Punct(p) if p.as_char() != '?'))
        && matches!(punct(tokens, end), None | Some(','))
        && !matches!(tokens.get(end), Some(TokenTree::Group(_)));
    is_cloned || is_referred_to
}

/// Returns `true` before a call or type arguments.
fn is_called(tokens: &[TokenTree], at: usize) -> bool {
    let in_parentheses = |token: &TokenTree| matches!(token, TokenTree::Group(g) if g.delimiter() == Delimiter::Parenthesis);
    tokens.get(at).is_some_and(in_parentheses) || is_separator(tokens, at)
}

fn punct(tokens: &[TokenTree], at: usize) -> Option<char> {
    match tokens.get(at) {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    }
}

/// Returns `true` if `::` is at `at`.
fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    punct(tokens, at) == Some(':') && punct(tokens, at + 1) == Some(':')
}

/// Returns `true` if an expression may return from the function around it.
fn leaves(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => leaves(group.stream()),
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Ident(name) => name == "return",
        TokenTree::Literal(_) => false,
    })
}
