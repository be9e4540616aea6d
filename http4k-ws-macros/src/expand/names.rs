//! Further uses of the names that the user wrote.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::parse::{Head, ours_at};

/// Another use of a name that the user wrote.
pub(super) fn again(name: &Ident) -> Ident {
    let mut name = name.clone();
    // That token is bound to its own place.
    if name != "$crate" {
        name.set_span(ours_at(name.span()));
    }
    name
}

/// The type that stands for the table of a function.
pub(super) fn router(head: &Head) -> TokenStream {
    let name = again(&head.signature.ident);
    quote!(#name::__Routes)
}
