//! Further uses of the user's names.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::parse::{Head, ours_at};

/// Returns another use of a name of the user.
pub(super) fn again(name: &Ident) -> Ident {
    let mut name = name.clone();
    // `$crate` is bound to its own place.
    if name != "$crate" {
        name.set_span(ours_at(name.span()));
    }
    name
}

/// Returns the type that stands for the table of a function.
pub(super) fn router(head: &Head) -> TokenStream {
    let name = again(&head.signature.ident);
    quote!(#name::__Routes)
}
