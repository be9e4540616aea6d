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

/// The function whose body is the routes.
pub(crate) struct Head {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
}

/// One function, and the tokens behind it, which are other functions.
#[derive(Default)]
pub(super) struct Item {
    /// `None` if it is broken.
    pub(super) head: Option<Head>,
    pub(super) body: TokenStream,
    pub(super) rest: TokenStream,
}

/// Returns `true` for the item form, and `false` for entries.
pub(super) fn is_item(input: TokenStream) -> bool {
    let mut tokens = input.into_iter();
    loop {
        match tokens.next() {
            // An attribute.
            Some(TokenTree::Punct(punct)) if punct.as_char() == '#' => drop(tokens.next()),
            Some(TokenTree::Ident(word)) => {
                let starts = ["pub", "fn", "async", "const", "unsafe", "mod", "static"];
                return starts.iter().any(|start| word == start);
            }
            _ => return false,
        }
    }
}

/// Parses the head and the entries.
pub(super) fn parse(input: TokenStream, library: &Library, errors: &mut Errors) -> Item {
    let mut tokens: Vec<TokenTree> = input.clone().into_iter().collect();
    // The entries are many, and usually at the end. The parser of the head does not copy them then.
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
            Item {
                head: Some(head),
                body,
                rest: TokenStream::new(),
            }
        }
        Err(_) => with_body(input, library, errors),
    }
}

/// Parses the head and the entries, and reports mistakes around them.
fn with_body(input: TokenStream, library: &Library, errors: &mut Errors) -> Item {
    let parser = |input: ParseStream<'_>| {
        let (head, mistakes) = head(input, library)?;
        for mistake in mistakes {
            errors.push(mistake);
        }
        let body;
        braced!(body in input);
        let body = body.parse()?;
        let mut rest: TokenStream = input.fork().parse()?;
        if !rest.is_empty() && !is_item(rest.clone()) {
            let message = "only another function may follow: write the routes in the braces";
            errors.push(input.error(message));
            rest = TokenStream::new();
        }
        input.parse::<TokenStream>()?;
        let head = Some(head);
        Ok(Item { head, body, rest })
    };
    match parser.parse2(input) {
        Ok(item) => item,
        Err(error) => {
            let message = error.to_string();
            if message.starts_with("expected") {
                let start = "write a function, as in `pub fn app() -> PolyHandler { .. }`";
                errors.at(error.span(), format!("{message}; {start}"));
            } else {
                errors.push(error);
            }
            Item::default()
        }
    }
}

/// Parses the head. Mistakes that do not prevent a head are returned with it.
fn head(input: ParseStream<'_>, library: &Library) -> Result<(Head, Vec<syn::Error>)> {
    let mut mistakes = Vec::new();
    let attributes = Attribute::parse_outer(input)?;
    let visibility = input.parse()?;
    let mut signature: Signature = input.parse()?;
    // The function is defined even with these mistakes, so its callers cause no second message.
    if let Some(asyncness) = signature.asyncness.take() {
        let message = "routes are built without waiting: remove `async`";
        mistakes.push(syn::Error::new(asyncness.span, message));
    }
    for input in &signature.inputs {
        mistakes.extend(check_argument(input)?);
    }
    if let ReturnType::Default = signature.output {
        let end = signature.paren_token.span.close();
        let message = "the function must return an application: write `-> PolyHandler`";
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

/// Returns the mistake of an argument whose name has another meaning in a call.
///
/// # Errors
///
/// Returns an error for a receiver. A method cannot have a module of links beside it, so nothing
/// can be generated.
fn check_argument(input: &FnArg) -> Result<Option<syn::Error>> {
    let typed = match input {
        FnArg::Typed(typed) => typed,
        FnArg::Receiver(receiver) => {
            let message = "`routes!` also defines a module of links, which an `impl` cannot contain: write \
                           the function outside, with an argument instead of `self`, as in `fn app(hub: Hub)`";
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
    let message = format!("`{name}` is {means} in a call: rename the argument");
    Ok(Some(syn::Error::new(name.span(), message)))
}

impl Head {
    /// Returns `true` if the function returns a `Result`, and so can return a `RouteError`.
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

    /// Returns `true` if an argument has this name.
    pub(crate) fn binds(&self, name: &Ident) -> bool {
        let name = name.unraw();
        self.bound().any(|bound| bound == name)
    }

    /// Returns `true` if a format string names an argument, as in `"{db}"`.
    pub(crate) fn is_bound_in(&self, literal: &str) -> bool {
        literal.contains('{') && self.names_in(literal).next().is_some()
    }

    /// Returns the arguments that a format string names.
    pub(crate) fn names_in(&self, literal: &str) -> impl Iterator<Item = String> {
        let literal: String = literal.split_whitespace().collect();
        let bound = self.bound().map(|bound| bound.to_string());
        bound.filter(move |bound| literal.contains(&format!("{{{bound}")))
    }

    /// Returns the arguments that are a plain name, with their types.
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

    /// Returns the type that the argument `name` refers to, if it is a reference that ends with the
    /// function.
    pub(crate) fn target_of_reference(&self, name: &Ident) -> Option<&Type> {
        let mut arguments = self.plain_arguments().into_iter();
        let (_, ty) = arguments.find(|(argument, _)| argument.unraw() == name.unraw())?;
        match ty {
            Type::Reference(reference) if reference.mutability.is_none() => {
                let lifetime = reference.lifetime.as_ref();
                let is_static = lifetime.is_some_and(|lifetime| lifetime.ident == "static");
                (!is_static).then_some(&*reference.elem)
            }
            _ => None,
        }
    }

    /// Returns every name in the patterns of the arguments.
    fn bound(&self) -> impl Iterator<Item = Ident> {
        let inputs = self.signature.inputs.iter();
        inputs.flat_map(|input| match input {
            FnArg::Typed(typed) => names(typed.pat.to_token_stream()),
            FnArg::Receiver(receiver) => names(receiver.self_token.to_token_stream()),
        })
    }

    /// Returns the tokens of the user's signature.
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

/// Returns every name in `tokens`.
fn names(tokens: TokenStream) -> Box<dyn Iterator<Item = Ident>> {
    Box::new(tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(name) => Box::new([name.unraw()].into_iter()),
        TokenTree::Group(group) => names(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => Box::new([].into_iter()),
    }))
}
