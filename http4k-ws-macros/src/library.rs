//! The path of the library: `::http4k_ws`, or the `crate = path` of the input.
//!
//! A derive names the library by its whole path. In `routes!`, the macro in front says where the
//! library is, by a path that is bound to its own place, and a message of the compiler shows a path
//! of two bindings as the whole macro. So each scope of `routes!` imports the library once, under a
//! name that is bound like the rest of the expansion ([`Library::scope`]).

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Path, Result, Token, parse_quote};

/// The path of the library.
#[derive(Clone)]
pub(crate) struct Library(Path);

impl Default for Library {
    fn default() -> Self {
        Self(parse_quote!(::http4k_ws))
    }
}

/// `crate = path`.
impl Parse for Library {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        input.call(Path::parse_mod_style).map(Self)
    }
}

impl Library {
    /// Parses `= path`, after the key `crate` of an attribute.
    pub(crate) fn of_key(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let value = meta
            .value()
            .map_err(|_| meta.error("write `crate = path`"))?;
        let path = value.call(Path::parse_mod_style).map_err(|error| {
            let message = "expected a path, such as `crate = my::http4k_ws`";
            Error::new(error.span(), message)
        });
        path.map(Self)
    }

    /// Returns this option, as it is before the routes.
    pub(crate) fn option(&self) -> TokenStream {
        let path = &self.0;
        quote!(crate = #path;)
    }

    /// Returns the path of the module whose names generated code uses.
    pub(crate) fn private(&self) -> TokenStream {
        let path = &self.0;
        quote!(#path::__private)
    }

    /// Returns the items or statements of a scope of `routes!`, after an import of the library.
    pub(crate) fn scope(&self, ours: TokenStream) -> TokenStream {
        let private = self.private();
        quote! {
            // A table with mistakes may have no item left that uses the library.
            #[allow(unused_imports)]
            use #private as __http4k_ws;
            #ours
        }
    }
}
