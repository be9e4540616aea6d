//! The macros of `http4k-ws`; use them through that crate, where they are documented.

mod check;
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

fn expanded(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let mut errors = errors::Errors::default();
    let syntax = parse::Routes::new(input, &mut errors);
    let model = model::Routes::new(syntax, &mut errors);
    check::routes(&model, &mut errors);
    expand::routes(&model, &errors)
}
