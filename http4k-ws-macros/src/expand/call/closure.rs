//! The types that a closure leaves out, because its body is checked before its call.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Block, Expr, ExprClosure, Ident, Pat, PatType, ReturnType, Stmt, Token, Type,
    parse_quote_spanned,
};

use super::Parts;
use crate::model::Arg;
use crate::parse::{Protocol, ours_at};

impl Parts<'_> {
    /// Returns the closure with the types in the path, and with those of the request, of a socket
    /// or stream that its body uses, and of the result of a consumer.
    pub(super) fn typed(&self, closure: &ExprClosure) -> ExprClosure {
        let mut closure = closure.clone();
        let body = closure.body.to_token_stream();
        for (pat, arg) in closure.inputs.iter_mut().zip(&self.call.args) {
            let Some(ty) = self.type_of(pat, arg, &body) else {
                continue;
            };
            *pat = Pat::Type(PatType {
                attrs: Vec::new(),
                pat: Box::new(pat.clone()),
                colon_token: Token![:](ty.span()),
                ty: Box::new(ty),
            });
        }
        if self.call.socket().is_some() && matches!(closure.output, ReturnType::Default) {
            self.type_result(&mut closure);
        }
        closure
    }

    fn type_of(&self, pat: &Pat, arg: &Arg, body: &TokenStream) -> Option<Type> {
        let Pat::Ident(bound) = pat else {
            return None;
        };
        let at = ours_at(bound.ident.span());
        match arg {
            Arg::Param(index, _) => self.params[*index].ty.clone(),
            Arg::Request(_) => Some(parse_quote_spanned!(at=> __http4k_ws::Request)),
            // A function that is passed the socket decides its type.
            Arg::Socket(_) if first_use(body.clone(), &bound.ident) != Some(false) => {
                Some(match self.protocol {
                    Protocol::Sse => parse_quote_spanned!(at=> __http4k_ws::Sse),
                    Protocol::Ws | Protocol::Http => {
                        parse_quote_spanned!(at=> __http4k_ws::WebSocket)
                    }
                })
            }
            _ => None,
        }
    }

    /// Declares the type of the error of a consumer that ends with `Ok(())`. A `return` may have
    /// declared another.
    fn type_result(&self, closure: &mut ExprClosure) {
        if returns(closure.body.to_token_stream()) {
            return;
        }
        let block = match &mut *closure.body {
            Expr::Async(body) => &mut body.block,
            Expr::Block(body) => &mut body.block,
            _ => return,
        };
        let Some(ok) = last_ok(block) else {
            return;
        };
        let at = ours_at(ok.span());
        let error = match self.protocol {
            Protocol::Sse => quote_spanned!(at=> __http4k_ws::SseError),
            Protocol::Ws | Protocol::Http => quote_spanned!(at=> __http4k_ws::WsError),
        };
        *ok = Expr::Verbatim(quote_spanned!(at=> #ok::<(), #error>));
    }
}

/// Returns the function of an `Ok(())` at the end of a block.
fn last_ok(block: &mut Block) -> Option<&mut Expr> {
    match block.stmts.last_mut()? {
        Stmt::Expr(Expr::Call(call), None) => {
            let is_ok = matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Ok"));
            let is_unit = |arg: &Expr| matches!(arg, Expr::Tuple(tuple) if tuple.elems.is_empty());
            (is_ok && call.args.len() == 1 && call.args.iter().all(is_unit))
                .then_some(&mut *call.func)
        }
        _ => None,
    }
}

/// Returns `true` if a method or field is the first use of `name`. `None` if there is no use.
fn first_use(tokens: TokenStream, name: &Ident) -> Option<bool> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(used) if used == *name => {
                let next = tokens.peek();
                return Some(matches!(next, Some(TokenTree::Punct(dot)) if dot.as_char() == '.'));
            }
            TokenTree::Group(group) => {
                if let Some(is_method) = first_use(group.stream(), name) {
                    return Some(is_method);
                }
            }
            _ => {}
        }
    }
    None
}

fn returns(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => returns(group.stream()),
        TokenTree::Ident(word) => word == "return",
        _ => false,
    })
}
