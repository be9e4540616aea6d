//! The path of the library.
//!
//! The macro in front of this one says where the library is, by a path that is bound to its own place. A path of
//! two bindings is shown as the whole macro in a message. So each scope imports the library once, under a name
//! that is bound like the rest, and expansions start their paths with that name.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Routes;

/// The path of the library: what the macro in front says, or `::http4k_ws`.
pub(super) fn library(model: &Routes) -> TokenStream {
    model.library.clone().unwrap_or_else(|| quote!(::http4k_ws))
}

/// The items or statements of a scope, after an import of the library.
pub(super) fn scope(model: &Routes, ours: TokenStream) -> TokenStream {
    let library = library(model);
    quote! {
        #[allow(unused_imports)]
        use #library::__private as __http4k_ws;
        #ours
    }
}
