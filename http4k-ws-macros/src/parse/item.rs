//! The head of the item form: `pub fn app(hub: Hub) -> PolyHandler`.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{
    Attribute, FnArg, Pat, Result, ReturnType, Signature, Type, Visibility, braced, parse_quote,
};

use crate::errors::Errors;
use crate::library::Library;

/// The function that the routes are the body of.
pub(crate) struct Head {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
}

/// Returns `true` for the item form, and `false` for entries.
pub(super) fn is_item(input: TokenStream) -> bool {
    let mut tokens = input.into_iter();
    loop {
        match tokens.next() {
            // An attribute.
            Some(TokenTree::Punct(punct)) if punct.as_char() == '#' => drop(tokens.next()),
            Some(TokenTree::Ident(word)) => {
                let starts = ["pub", "fn", "async", "const", "unsafe"];
                return starts.iter().any(|start| word == start);
            }
            _ => return false,
        }
    }
}

/// The head, where it is one, and the entries.
pub(super) fn parse(
    input: TokenStream,
    library: &Library,
    errors: &mut Errors,
) -> (Option<Head>, TokenStream) {
    let mut tokens: Vec<TokenTree> = input.clone().into_iter().collect();
    // The entries are many. If they are at the end, as they should be, the parser of the head leaves them alone.
    let body = match tokens.last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group.stream(),
        _ => return with_body(input, library, errors),
    };
    tokens.pop();
    let parser = |input: ParseStream<'_>| head(input, library);
    match parser.parse2(tokens.into_iter().collect()) {
        Ok((head, mistakes)) => {
            for mistake in mistakes {
                errors.push(mistake);
            }
            (Some(head), body)
        }
        Err(_) => with_body(input, library, errors),
    }
}

/// The head and the entries, with all that can be wrong around them.
fn with_body(
    input: TokenStream,
    library: &Library,
    errors: &mut Errors,
) -> (Option<Head>, TokenStream) {
    let parser = |input: ParseStream<'_>| {
        let (head, mistakes) = head(input, library)?;
        for mistake in mistakes {
            errors.push(mistake);
        }
        let body;
        braced!(body in input);
        let entries = body.parse()?;
        if !input.is_empty() {
            errors.push(input.error("one `routes!` makes one function: put the next in its own"));
            input.parse::<TokenStream>()?;
        }
        Ok((head, entries))
    };
    match parser.parse2(input) {
        Ok((head, body)) => (Some(head), body),
        Err(error) => {
            let message = error.to_string();
            if message.starts_with("expected") {
                let start = "a table starts like a function: `pub fn app() -> PolyHandler { .. }`";
                errors.at(error.span(), format!("{message}; {start}"));
            } else {
                errors.push(error);
            }
            (None, TokenStream::new())
        }
    }
}

/// The head, with the mistakes that leave it one.
fn head(input: ParseStream<'_>, library: &Library) -> Result<(Head, Vec<syn::Error>)> {
    let mut mistakes = Vec::new();
    let attributes = Attribute::parse_outer(input)?;
    let visibility = input.parse()?;
    let mut signature: Signature = input.parse()?;
    // The function is defined even then, so that its callers have no second message.
    if let Some(asyncness) = signature.asyncness.take() {
        let message = "routes are made at once: drop `async`";
        mistakes.push(syn::Error::new(asyncness.span, message));
    }
    for input in &signature.inputs {
        mistakes.extend(check_argument(input)?);
    }
    if let ReturnType::Default = signature.output {
        let end = signature.paren_token.span.close();
        let message = "the function gives back an application: write `-> PolyHandler`";
        mistakes.push(syn::Error::new(end, message));
        let private = library.private();
        signature.output = parse_quote!(-> #private::PolyHandler);
    }
    let head = Head {
        attributes,
        visibility,
        signature,
    };
    Ok((head, mistakes))
}

/// Returns the mistake of a name that means something else in a call.
///
/// # Errors
///
/// A receiver: beside a method there can't be a module of links, so that nothing is to be made.
fn check_argument(input: &FnArg) -> Result<Option<syn::Error>> {
    let typed = match input {
        FnArg::Typed(typed) => typed,
        FnArg::Receiver(receiver) => {
            let message = "a table is a function beside a module of its links, which an `impl` can't hold: write \
                           it outside, with an argument in place of `self`, as in `fn app(hub: Hub)`";
            return Err(syn::Error::new(receiver.self_token.span, message));
        }
    };
    let Pat::Ident(bound) = &*typed.pat else {
        return Ok(None);
    };
    let means = match bound.ident.unraw().to_string().as_str() {
        "req" => "the request",
        "ws" => "the socket",
        "sse" => "the event stream",
        _ => return Ok(None),
    };
    let name = &bound.ident;
    let message = format!("`{name}` is {means} in a call: give the argument another name");
    Ok(Some(syn::Error::new(name.span(), message)))
}

impl Head {
    /// Whether the function gives back a `Result`, so that it can say what can't be seen at compile time.
    pub(crate) fn returns_result(&self) -> bool {
        match &self.signature.output {
            ReturnType::Type(_, ty) => match &**ty {
                Type::Path(path) => path
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "Result"),
                _ => false,
            },
            ReturnType::Default => false,
        }
    }

    /// Returns `true` if an argument is called `name`.
    pub(crate) fn binds(&self, name: &Ident) -> bool {
        let name = name.unraw();
        self.bound().any(|bound| bound == name)
    }

    /// Returns `true` if an argument is named in a literal, as in `"{db}"`.
    pub(crate) fn is_bound_in(&self, literal: &str) -> bool {
        let literal: String = literal.split_whitespace().collect();
        literal.contains('{')
            && self
                .bound()
                .any(|bound| literal.contains(&format!("{{{bound}")))
    }

    /// The arguments that are a plain name, with their types.
    pub(crate) fn plain_arguments(&self) -> Vec<(&Ident, &Type)> {
        let inputs = self.signature.inputs.iter();
        let plain = inputs.filter_map(|input| match input {
            FnArg::Typed(typed) if typed.attrs.is_empty() => match &*typed.pat {
                Pat::Ident(pat)
                    if pat.attrs.is_empty() && pat.by_ref.is_none() && pat.subpat.is_none() =>
                {
                    Some((&pat.ident, &*typed.ty))
                }
                _ => None,
            },
            _ => None,
        });
        plain.collect()
    }

    /// Every name in the patterns of the arguments.
    fn bound(&self) -> impl Iterator<Item = Ident> {
        let inputs = self.signature.inputs.iter();
        inputs.flat_map(|input| match input {
            FnArg::Typed(typed) => names(typed.pat.to_token_stream()),
            FnArg::Receiver(receiver) => names(receiver.self_token.to_token_stream()),
        })
    }

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

/// Every name in `tokens`.
fn names(tokens: TokenStream) -> Box<dyn Iterator<Item = Ident>> {
    Box::new(tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(name) => Box::new([name.unraw()].into_iter()),
        TokenTree::Group(group) => names(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => Box::new([].into_iter()),
    }))
}
