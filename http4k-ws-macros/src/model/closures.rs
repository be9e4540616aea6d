//! The arguments of the user's function that a closure names.
//!
//! A closure is called for each request, so it cannot move such an argument, and it cannot borrow
//! one that ends with the function. It has a copy for each call instead, like the argument of a
//! call: `|id: u64| async move { find(db, id) }` becomes `|id: u64, db: Db| ..`.
//!
//! A `move` closure owns what it names, and merely borrows that in its calls. It has copies only if
//! its future moves them.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, ExprClosure, Pat, PatType, Token, Type, parse_quote};

use super::args::{Arg, Names};
use super::bindings::bound_name;

impl Names<'_> {
    /// Adds a parameter to `closure` for each argument of the user's function that its body names,
    /// and returns their arguments.
    pub(super) fn captures(&self, closure: &mut ExprClosure) -> Vec<Arg> {
        let Some(head) = self.head.filter(|_| has_copies(closure)) else {
            return Vec::new();
        };
        let body = closure.body.to_token_stream();
        let params: Vec<String> = closure.inputs.iter().filter_map(bound_name).collect();
        let mut args = Vec::new();
        for (name, ty) in head.plain_arguments() {
            let text = name.unraw().to_string();
            let is_param = params.contains(&text) || self.params.contains(&text);
            let is_reference = head.target_of_reference(name).is_some();
            if is_param || is_reference || is_opaque(ty) {
                continue;
            }
            let Some(used) = first_use(body.clone(), &text) else {
                continue;
            };
            let mut param = name.clone();
            param.set_span(used);
            let pat: Pat = parse_quote!(#param);
            closure.inputs.push(Pat::Type(PatType {
                attrs: Vec::new(),
                pat: Box::new(pat),
                colon_token: Token![:](used),
                ty: Box::new(ty.clone()),
            }));
            args.push(Arg::Captured(parse_quote!(#param)));
        }
        args
    }
}

/// Returns `true` if the calls of `closure` have copies of what it names.
fn has_copies(closure: &ExprClosure) -> bool {
    let is_moved_later = matches!(&*closure.body, Expr::Async(body) if body.capture.is_some());
    closure.capture.is_none() || (closure.asyncness.is_none() && is_moved_later)
}

/// Returns `true` for a type without a name, such as `impl Store`.
fn is_opaque(ty: &Type) -> bool {
    fn names_impl(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => names_impl(group.stream()),
            TokenTree::Ident(word) => word == "impl",
            _ => false,
        })
    }
    names_impl(ty.to_token_stream())
}

/// Returns the place of the first use of a variable, unless that declares another one.
fn first_use(tokens: TokenStream, name: &str) -> Option<Span> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    };
    let word = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Ident(word)) => word.to_string(),
        _ => String::new(),
    };
    for (at, token) in tokens.iter().enumerate() {
        let (before, next) = (at.checked_sub(1), Some(at + 1));
        match token {
            TokenTree::Group(group) => {
                if let Some(found) = first_use(group.stream(), name) {
                    return Some(found);
                }
            }
            TokenTree::Ident(ident) if ident.unraw() == name => {
                let is_declared = ["let", "mut", "ref"].contains(&word(before).as_str());
                // `let db = db.clone()` declares a copy of it.
                let is_copied = punct(next) == Some('=') && word(Some(at + 2)) == name;
                if is_declared && !is_copied {
                    return None;
                }
                let is_range = punct(at.checked_sub(2)) == Some('.');
                let is_member = punct(before) == Some('.') && !is_range;
                let is_path = punct(before) == Some(':') || punct(next) == Some('!');
                let is_longer = punct(next) == Some(':') && punct(Some(at + 2)) == Some(':');
                if !(is_declared || is_member || is_path || is_longer) {
                    return Some(ident.span());
                }
            }
            TokenTree::Literal(text) => {
                // `format!("{name}")` names it too.
                let (text, named) = (text.to_string(), format!("{{{name}"));
                let mut pieces = text.split(named.as_str()).skip(1);
                if pieces.any(|rest| rest.starts_with(['}', ':'])) {
                    return Some(token.span());
                }
            }
            _ => {}
        }
    }
    None
}
