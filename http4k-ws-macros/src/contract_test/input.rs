//! The input of `contract_test`: an application, and a function over its backend.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, FnArg, ItemFn, Token, Type, TypeParamBound, TypeReference};

use crate::errors::Errors;
use crate::library::Library;

/// The arguments of the attribute.
pub(super) struct Options {
    pub(super) library: Library,
    pub(super) app: Expr,
    /// The `ServerConfig` of all backends; `None` for the default.
    pub(super) config: Option<Expr>,
}

/// One argument of the attribute.
enum Argument {
    App(Expr),
    Config(Expr),
    Crate(Library),
}

mod keyword {
    syn::custom_keyword!(config);
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            return input.parse().map(Argument::Crate);
        }
        if input.peek(keyword::config) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            input.parse::<keyword::config>()?;
            input.parse::<Token![=]>()?;
            return input.parse().map(Argument::Config);
        }
        input.parse().map(Argument::App)
    }
}

impl Options {
    pub(super) fn new(options: TokenStream, errors: &mut Errors) -> Option<Self> {
        let list = syn::punctuated::Punctuated::<Argument, Token![,]>::parse_terminated;
        let arguments = match list.parse2(options) {
            Ok(arguments) => arguments,
            Err(error) => {
                errors.push(error);
                return None;
            }
        };
        let mut library = Library::default();
        let (mut app, mut config) = (None, None);
        for argument in arguments {
            match argument {
                Argument::Crate(path) => library = path,
                Argument::Config(first) if config.is_none() => config = Some(first),
                Argument::Config(other) => {
                    let message = "a contract has one configuration: remove this one";
                    errors.push(syn::Error::new_spanned(other, message));
                }
                Argument::App(Expr::Assign(other)) => {
                    let message = "unknown option: write `config = ServerConfig::default()` or \
                        `crate = path`";
                    errors.push(syn::Error::new_spanned(other.left, message));
                }
                Argument::App(first) if app.is_none() => app = Some(first),
                Argument::App(other) => {
                    let message =
                        "a contract has one application: write another function for this one";
                    errors.push(syn::Error::new_spanned(other, message));
                }
            }
        }
        if app.is_none() {
            let message = "the application is missing: write `#[contract_test(app())]`";
            errors.at(Span::call_site(), message);
        }
        Some(Self {
            library,
            app: app?,
            config,
        })
    }
}

/// The function under the attribute.
pub(super) struct Input {
    /// The function, without the attributes of its tests.
    pub(super) function: ItemFn,
    /// The type of its parameter; `None` if that is invalid, which is reported.
    pub(super) backend: Option<Type>,
    /// Its `#[cfg(..)]`, which apply to the tests too.
    pub(super) conditions: Vec<Attribute>,
    /// `#[ignore]` and `#[should_panic]`.
    pub(super) of_tests: Vec<Attribute>,
    pub(super) should_panic: bool,
}

impl Input {
    /// Parses the function. `None` for another item, which is reported.
    pub(super) fn new(item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let whole = item.span();
        let Ok(mut function) = syn::parse2::<ItemFn>(item) else {
            let message =
                "`contract_test` needs a function: write `fn name(backend: &impl Backend) { .. }`";
            errors.at(whole, message);
            return None;
        };
        let (of_tests, others): (Vec<_>, _) = function
            .attrs
            .into_iter()
            .partition(|of| of.path().is_ident("ignore") || of.path().is_ident("should_panic"));
        function.attrs = others;
        for attribute in &function.attrs {
            let last = attribute.path().segments.last();
            if last.is_some_and(|last| last.ident == "test") {
                let message = "`contract_test` defines the tests: remove this attribute";
                errors.push(syn::Error::new_spanned(attribute, message));
            }
        }
        let of = |name: &'static str| move |of: &&Attribute| of.path().is_ident(name);
        Some(Self {
            backend: backend(&function, errors),
            conditions: function.attrs.iter().filter(of("cfg")).cloned().collect(),
            should_panic: of_tests.iter().any(|one| of("should_panic")(&one)),
            function,
            of_tests,
        })
    }

    pub(super) fn is_async(&self) -> bool {
        self.function.sig.asyncness.is_some()
    }
}

/// Returns the type of the one parameter, which must be a shared reference to a backend.
fn backend(function: &ItemFn, errors: &mut Errors) -> Option<Type> {
    let signature = &function.sig;
    let wanted = match signature.asyncness {
        Some(_) => "backend: &impl AsyncBackend",
        None => "backend: &impl Backend",
    };
    let message = format!("a contract has one parameter: write `{wanted}`");
    let mut parameters = signature.inputs.iter();
    let (first, second) = (parameters.next(), parameters.next());
    let misplaced = match (first, second) {
        (None, _) => {
            errors.at(signature.paren_token.span.join(), message);
            return None;
        }
        (Some(FnArg::Receiver(receiver)), _) => quote!(#receiver),
        (Some(FnArg::Typed(_)), Some(second)) => quote!(#second),
        (Some(FnArg::Typed(parameter)), None) => match &*parameter.ty {
            Type::Reference(reference) if reference.mutability.is_none() => {
                check_kind(reference, signature.asyncness.is_some(), errors);
                return Some((*parameter.ty).clone());
            }
            other => quote!(#other),
        },
    };
    errors.push(syn::Error::new_spanned(misplaced, message));
    None
}

/// Checks that an async test has an async backend, if the function names one.
fn check_kind(reference: &TypeReference, is_async: bool, errors: &mut Errors) {
    let Type::ImplTrait(backend) = &*reference.elem else {
        return;
    };
    for bound in &backend.bounds {
        let TypeParamBound::Trait(bound) = bound else {
            continue;
        };
        let named = bound
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string());
        match named.as_deref() {
            Some("Backend") if is_async => {
                errors.at(
                    bound.span(),
                    "an `async fn` needs an async backend: write `&impl AsyncBackend`",
                );
            }
            Some("AsyncBackend") if !is_async => errors.at(
                bound.span(),
                "an `AsyncBackend` needs an `async fn`: write `async fn`, or `&impl Backend`",
            ),
            Some("WsClient") => errors.at(
                bound.span(),
                "a contract receives a backend, and `backend.ws(\"/path\")` opens a client: write \
                 `backend: &impl Backend`",
            ),
            _ => {}
        }
    }
}
