//! The module beside the function: the type that stands for its table, and links to its routes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Attribute;

use super::links::links;
use super::names::{again, router};
use super::tables::{mounts, tables};
use super::tested::Tests;
use crate::model::{Routes, spelled};
use crate::parse::Head;

/// Returns the module beside the function, and the implementations for the type of its table.
pub(super) fn module(model: &Routes, head: &Head, tests: &Tests) -> TokenStream {
    let name = again(&head.signature.ident);
    let visibility = &head.visibility;
    let is_cfg = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    let cfgs: Vec<&Attribute> = head.attributes.iter().filter(is_cfg).collect();
    let router = router(head);
    let tables = tables(model, &router);
    let links = links(&model.links(), tests, head, &router);
    let (inside, around) = (links.inside, links.around);
    let looks_through =
        mounts(model).filter_map(|(index, _, _)| look_through(model, index, &router));
    let uris = uris();
    let inside = model.library.scope(quote! {
        #[doc(hidden)]
        pub enum __Routes {}
        #inside
        #uris
    });
    let around = model
        .library
        .scope(quote!(#tables #(#looks_through)* #around));
    let docs = format!(
        "Links to the routes of `{name}()`. The fields of a link are the parameters of its route, and \
         `uri()` returns its path with the parameters percent-encoded."
    );
    quote! {
        #(#cfgs)*
        #[doc = #docs]
        // Links have the names and the visibility of the user's routes, and not all are used.
        #[allow(
            dead_code, deprecated, missing_debug_implementations, missing_docs, non_camel_case_types,
            non_upper_case_globals, private_bounds, private_interfaces, unreachable_pub
        )]
        #visibility mod #name { #inside }
        #(#cfgs)*
        // A deprecated link is still implemented, and its fields may have private types.
        #[allow(deprecated, private_bounds, private_interfaces)]
        const _: () = { #around };
    }
}

/// Returns the functions of the module, which build the paths of links.
fn uris() -> TokenStream {
    quote! {
        /// Returns the path of a link to a route here, or to one that is mounted here.
        ///
        /// # Panics
        ///
        /// Panics if `try_uri` returns an error.
        #[track_caller]
        pub fn uri<L, OnlyMount>(link: L) -> ::std::string::String
        where
            L: __http4k_ws::Link,
            __Routes: __http4k_ws::Mounts<L::App, OnlyMount>,
        {
            __http4k_ws::filled(try_uri(link))
        }

        /// Returns the path of a link to a route here, or to one that is mounted here, unless a
        /// value can't be part of a path.
        pub fn try_uri<L, OnlyMount>(link: L) -> __http4k_ws::Filled
        where
            L: __http4k_ws::Link,
            __Routes: __http4k_ws::Mounts<L::App, OnlyMount>,
        {
            __http4k_ws::mounted_uri::<__Routes, L, OnlyMount>(
                ::core::result::Result::Ok(::std::string::String::new()), &link
            )
        }
    }
}

/// Returns the implementation that lets links pass through a mount whose prefix is without
/// parameters.
fn look_through(model: &Routes, index: usize, router: &TokenStream) -> Option<TokenStream> {
    let route = &model.routes[index];
    if route.params().next().is_some() {
        return None;
    }
    let prefix = spelled(&route.segments);
    let index = Literal::usize_unsuffixed(index);
    let mounted = quote!(<#router as __http4k_ws::Mounting<#index>>::Mounted);
    Some(quote! {
        impl<T, A> __http4k_ws::Mounts<T, __http4k_ws::Through<#index, A>> for #router
        where
            #mounted: __http4k_ws::Mounts<T, A>,
        {
            fn prefix(path: &mut ::std::string::String) {
                __http4k_ws::push_prefix::<#mounted, T, A>(path, #prefix)
            }
        }
    })
}
