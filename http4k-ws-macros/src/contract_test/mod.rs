//! `#[contract_test(app())]`, which runs one function as a test on each backend.

mod input;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::errors::Errors;
use input::{Input, Options};

/// The names of the tests, which are those of the backends.
const BACKENDS: [&str; 3] = ["in_memory", "over_the_network", "over_duplex"];

/// Returns the function, and behind it its tests, or every mistake.
pub(crate) fn expanded(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::new(options, &mut errors);
    let Some(input) = Input::new(item.clone(), &mut errors) else {
        let errors = errors.to_tokens();
        return quote! { #item #errors };
    };
    let function = &input.function;
    let tests = match (&options, &input.backend) {
        (Some(options), Some(backend)) if errors.is_empty() => tests(options, &input, backend),
        _ => TokenStream::new(),
    };
    let errors = errors.to_tokens();
    quote! {
        #[cfg(test)]
        #function
        #tests
        #errors
    }
}

fn tests(options: &Options, input: &Input, backend: &syn::Type) -> TokenStream {
    let Options {
        library,
        app,
        config,
    } = options;
    let private = library.private();
    let private = quote!(#private::contract);
    let conditions = &input.conditions;
    let name = &input.function.sig.ident;
    // A type that is not an application is reported at the application.
    let app = quote_spanned!(here(app)=> #private::app(#app));
    let config = config.as_ref().map(|config| {
        // A type that is not a configuration is reported at the configuration.
        let ty = quote_spanned!(here(config)=> #private::ServerConfig);
        quote!(fn config() -> #ty { #config })
    });
    let contract = contract(input, backend, &private);
    let tests = BACKENDS.map(|backend| test(input, backend, &private));
    let (kind, test) = contract;
    quote! {
        #[cfg(test)]
        #(#conditions)*
        impl #private::#kind for #name::Contract {
            fn app() -> #private::PolyHandler { #app }
            #config
            #test
        }
        #[cfg(test)]
        #(#conditions)*
        mod #name {
            pub(super) enum Contract {}
            #(#tests)*
        }
    }
}

/// Returns the trait of the contract, and its test.
fn contract(input: &Input, backend: &syn::Type, private: &TokenStream) -> (Ident, TokenStream) {
    let name = &input.function.sig.ident;
    // An unsuitable return type is reported at that type.
    let output =
        quote_spanned!(here(&input.function.sig.output)=> impl ::std::process::Termination);
    // A parameter of another type is reported at the parameter.
    let (parameter, argument) = (
        Ident::new("backend", Span::mixed_site()),
        Ident::new("backend", here(backend)),
    );
    let call = quote_spanned!(here(backend)=> #name(&#argument));
    if input.is_async() {
        let test = quote! {
            async fn test<B: #private::AsyncBackend>(#parameter: B) -> #output { #call.await }
        };
        (format_ident!("AsyncContract"), test)
    } else {
        let test = quote! {
            fn test<B: #private::Backend>(#parameter: B) -> #output { #call }
        };
        (format_ident!("Contract"), test)
    }
}

fn test(input: &Input, backend: &str, private: &TokenStream) -> TokenStream {
    let run = match input.is_async() {
        true => format_ident!("{backend}_async"),
        false => format_ident!("{backend}"),
    };
    // Editors find a test at its function.
    let backend = Ident::new(backend, input.function.sig.ident.span());
    let attributes = &input.of_tests;
    let run = quote!(#private::#run::<Contract>());
    let body = match input.should_panic {
        // Such a test cannot return anything.
        true => quote!(() { let _ = #run; }),
        false => quote!(impl ::std::process::Termination { #run }),
    };
    quote! {
        #[::core::prelude::v1::test]
        #(#attributes)*
        fn #backend() -> #body
    }
}

/// Returns a span with the macro's own hygiene at the place of the user's tokens.
fn here(user: &impl Spanned) -> Span {
    Span::mixed_site().located_at(user.span())
}

#[cfg(test)]
mod tests;
