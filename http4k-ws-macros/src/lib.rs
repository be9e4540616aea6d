//! The macros of `http4k-ws`; use them through that crate, where they are documented.

mod check;
mod derive_message;
mod errors;
mod expand;
mod matcher;
mod model;
mod parse;

use proc_macro::TokenStream;

/// Routes, as an application; `http4k_ws::routes` documents it.
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    expanded(input.into()).into()
}

/// A serde type as a message; `http4k_ws::Message` documents it.
#[proc_macro_derive(Message, attributes(message))]
pub fn derive_message(input: TokenStream) -> TokenStream {
    derive_message::expanded(input.into()).into()
}

fn expanded(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let mut errors = errors::Errors::default();
    let syntax = parse::Routes::new(input, &mut errors);
    let model = model::Routes::new(syntax, &mut errors);
    check::routes(&model, &mut errors);
    expand::routes(&model, &errors)
}

#[cfg(test)]
mod tests;
