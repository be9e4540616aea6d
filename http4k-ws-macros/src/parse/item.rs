//! The head of the item form: `pub fn app(hub: Hub) -> PolyHandler`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Result, ReturnType, Signature, Token, Visibility, braced};

/// The function that the routes are the body of.
pub(crate) struct Head {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
}

/// The head, where there is one, and the entries.
pub(super) fn split(input: TokenStream) -> Result<(Option<Head>, TokenStream)> {
    let parse = |input: ParseStream<'_>| {
        if is_item(input) {
            let (head, body) = item(input)?;
            Ok((Some(head), body))
        } else {
            Ok((None, input.parse()?))
        }
    };
    parse.parse2(input)
}

fn is_item(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let docs = Attribute::parse_outer(&ahead);
    docs.is_ok()
        && (ahead.peek(Token![pub])
            || ahead.peek(Token![fn])
            || ahead.peek(Token![async])
            || ahead.peek(Token![const])
            || ahead.peek(Token![unsafe]))
}

fn item(input: ParseStream<'_>) -> Result<(Head, TokenStream)> {
    let attributes = Attribute::parse_outer(input)?;
    let visibility = input.parse()?;
    let signature: Signature = input.parse()?;
    if let Some(asyncness) = &signature.asyncness {
        return Err(syn::Error::new_spanned(
            asyncness,
            "routes are built at once, so the function is not `async`",
        ));
    }
    if let ReturnType::Default = signature.output {
        return Err(syn::Error::new(
            signature.paren_token.span.close(),
            "the function gives back the application: write `-> PolyHandler`",
        ));
    }
    let body;
    braced!(body in input);
    let entries = body.parse()?;
    if !input.is_empty() {
        return Err(input.error("one `routes!` makes one function; put the next in its own"));
    }
    let head = Head {
        attributes,
        visibility,
        signature,
    };
    Ok((head, entries))
}

impl Head {
    /// The function's signature, as it was written.
    pub(crate) fn tokens(&self) -> TokenStream {
        let mut tokens = TokenStream::new();
        for attribute in &self.attributes {
            attribute.to_tokens(&mut tokens);
        }
        self.visibility.to_tokens(&mut tokens);
        self.signature.to_tokens(&mut tokens);
        tokens
    }
}
