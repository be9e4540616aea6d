//! What the compiler is to know of a router: its table, and those of what it mounts.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::library::library;
use super::meta::meta;
use super::names::again;
use crate::model::{End, Mounted, Route, Routes};
use crate::parse::ours_at;

/// Implementations for `router`, a type that stands for this table.
///
/// What the user wrote is named here and not in the module that links are in: a module in a function's body
/// does not see what is around it.
pub(super) fn tables(model: &Routes, router: &TokenStream) -> TokenStream {
    let metas = model.routes.iter().map(meta);
    let mounts = mounts(model).map(|(index, _, mounted)| {
        let function = mounted.spelled();
        let index = Literal::usize_unsuffixed(index);
        quote!(__http4k_ws::Mount::of::<#router, #index>(#function))
    });
    let library = library(model);
    let lookups =
        self::mounts(model).map(|(index, _, mounted)| lookup(index, mounted, router, &library));
    let checks = self::mounts(model)
        .enumerate()
        .map(|(nth, (_, keyword, _))| {
            let at = ours_at(keyword.span());
            let nth = Literal::usize_unsuffixed(nth);
            quote_spanned! {at=>
                #[allow(long_running_const_eval)]
                const _: () = __http4k_ws::check_mount(
                    <#router as __http4k_ws::Tabled>::TABLE, #nth
                );
            }
        });
    let mounts = has_mounts(model)
        .then(|| quote!(const MOUNTS: &'static [__http4k_ws::Mount] = &[#(#mounts),*];));
    quote! {
        impl __http4k_ws::Tabled for #router {
            const ROUTES: &'static [__http4k_ws::RouteMeta] = &[#(#metas),*];
            #mounts
        }
        #(#lookups)*
        #(#checks)*
    }
}

/// Whether a table is looked for.
pub(super) fn has_mounts(model: &Routes) -> bool {
    mounts(model).next().is_some()
}

pub(super) fn mounts(model: &Routes) -> impl Iterator<Item = (usize, &Ident, &Mounted)> {
    let routes = model.routes.iter().enumerate();
    routes.filter_map(|(index, Route { end, .. })| match end {
        End::Mount {
            keyword,
            function: Some(function),
            ..
        } => Some((index, keyword, function)),
        _ => None,
    })
}

/// Finds the module beside a function, if there is one: what a glob import brings is found before what is
/// around it, and an import that brings nothing is no mistake.
fn lookup(
    index: usize,
    mounted: &Mounted,
    router: &TokenStream,
    library: &TokenStream,
) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    let name = &again(&mounted.function);
    // Shown at the function, where a module of its name is not the one that is looked for.
    let table = quote_spanned!(name.span()=> #name::Routes);
    let modules = mounted.modules.iter().map(again);
    let leading = mounted.leading.map(|_| quote!(::));
    let path = quote!(#leading #(#modules)::*);
    // A name is looked up before the glob import, which could bring the same.
    let (alias, glob) = match (mounted.modules.is_empty(), mounted.is_rooted()) {
        (true, _) => (None, quote!(self)),
        (_, true) => (None, path),
        _ => (Some(quote!(use #path as __modules;)), quote!(__modules)),
    };
    quote! {
        #[allow(unused_imports)]
        const _: () = {
            type __Router = #router;
            #alias
            const _: () = {
                // A module does not see what the scope around it imports.
                mod #name {
                    pub use #library::__private::Unknown as Routes;
                }
                const _: () = {
                    use #glob::*;
                    impl __http4k_ws::Mounting<#index> for __Router {
                        type Mounted = #table;
                    }
                };
            };
        };
    }
}
