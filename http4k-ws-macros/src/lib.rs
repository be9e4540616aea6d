//! The macros of `http4k-ws`. Use them through that crate, which documents them.

mod attributes;
mod check;
mod contract_test;
mod derive_calls;
mod derive_from_request;
mod derive_message;
mod derive_path_param;
mod docs;
mod errors;
mod expand;
mod library;
mod matcher;
mod model;
mod parse;
mod rename;
mod serde;

use proc_macro::TokenStream;

/// Builds an application from routes; see `http4k_ws::routes`.
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    expanded(input.into()).into()
}

/// Makes a serde type a message; see `http4k_ws::Message`.
#[proc_macro_derive(Message, attributes(message))]
pub fn derive_message(input: TokenStream) -> TokenStream {
    derive_message::expanded(input.into()).into()
}

/// Reads a struct from a request, and writes it to one; see `http4k_ws::FromRequest`.
#[proc_macro_derive(
    FromRequest,
    attributes(
        query, header, param, cookie, form, part, body, from_request,
        // Words of other libraries, which have a message of ours.
        json, file, multipart, state, extension, request
    )
)]
pub fn derive_from_request(input: TokenStream) -> TokenStream {
    derive_from_request::expanded(input.into()).into()
}

/// Makes a newtype or an enum the text of a path segment; see `http4k_ws::PathParam`.
#[proc_macro_derive(PathParam, attributes(path_param, serde))]
pub fn derive_path_param(input: TokenStream) -> TokenStream {
    derive_path_param::expanded(input.into()).into()
}

/// Makes an enum a set of calls over a socket; see `http4k_ws::calls::Calls`.
#[proc_macro_derive(Calls, attributes(calls))]
pub fn derive_calls(input: TokenStream) -> TokenStream {
    derive_calls::expanded(input.into()).into()
}

/// Runs one function as a test on each backend; see `http4k_ws::contract_test`.
#[proc_macro_attribute]
pub fn contract_test(options: TokenStream, item: TokenStream) -> TokenStream {
    contract_test::expanded(options.into(), item.into()).into()
}

fn expanded(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let mut errors = errors::Errors::default();
    let mut syntax = parse::Routes::new(input, &mut errors);
    let rest = std::mem::take(&mut syntax.rest);
    let model = model::Routes::new(syntax, &mut errors);
    check::routes(&model, &mut errors);
    let mut items = expand::routes(&model, &errors);
    if !rest.is_empty() {
        // Each function is checked and expanded alone.
        let library = model.library.option();
        items.extend(expanded(quote::quote!(#library #rest)));
    }
    items
}

#[cfg(test)]
mod tests;
