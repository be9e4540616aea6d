//! Where the library is found.
//!
//! Expansions are written with `::http4k_ws`. The macro in front of this one says where that is, by a path that
//! is bound to its own place. A path of two bindings is shown as the whole macro in a message, so each scope
//! imports the library once, under a name that is bound like the rest.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::quote;

/// The items or statements of a scope, with the library imported where it is found.
pub(super) fn scope(library: Option<&TokenStream>, ours: TokenStream) -> TokenStream {
    let Some(library) = library else { return ours };
    let ours = replaced(library, ours).unwrap_or_else(|kept| kept);
    quote! {
        #[allow(unused_imports)]
        use #library::__private as __http4k_ws;
        #ours
    }
}

/// The tokens as they were, if there is nothing of ours among them: what the user wrote stays the same token.
fn replaced(library: &TokenStream, tokens: TokenStream) -> Result<TokenStream, TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut output: Vec<TokenTree> = Vec::with_capacity(tokens.len());
    let (mut at, mut any) = (0, false);
    while let Some(token) = tokens.get(at) {
        if starts_ours(&tokens[at..]) {
            let is_import = matches!(output.last(), Some(TokenTree::Ident(i)) if i == "use");
            // A module inside a scope does not see what the scope imports.
            if is_import {
                output.extend(quote!(#library::__private));
            } else {
                output.push(Ident::new("__http4k_ws", tokens[at + 2].span()).into());
            }
            any = true;
            at += OURS.len();
            continue;
        }
        output.push(match token {
            TokenTree::Group(group) => match replaced(library, group.stream()) {
                Ok(stream) => {
                    any = true;
                    let mut ours = Group::new(group.delimiter(), stream);
                    ours.set_span(group.span());
                    ours.into()
                }
                Err(_) => token.clone(),
            },
            _ => token.clone(),
        });
        at += 1;
    }
    let output = output.into_iter().collect();
    if any { Ok(output) } else { Err(output) }
}

const OURS: [&str; 6] = [":", ":", "http4k_ws", ":", ":", "__private"];

fn starts_ours(tokens: &[TokenTree]) -> bool {
    let is = |index: usize, text: &str| match tokens.get(index) {
        Some(TokenTree::Ident(ident)) => ident == text,
        Some(TokenTree::Punct(punct)) => punct.as_char() == ':' && text == ":",
        _ => false,
    };
    OURS.iter().enumerate().all(|(index, text)| is(index, text))
}
