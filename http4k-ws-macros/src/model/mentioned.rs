//! Names inside an expression that only a request has.

use proc_macro2::{Delimiter, Ident, Literal, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;
use syn::ext::IdentExt;

use super::args::Names;

impl Names<'_> {
    /// Returns a name inside `expr` that is a parameter, the request, the socket or the stream.
    pub(super) fn mentioned(&self, expr: &Expr) -> Option<Ident> {
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
