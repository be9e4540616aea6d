//! What the compiler is to know of a router: its table, and those of what it mounts.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::Attribute;

use super::library::scope;
use super::links::links;
use super::routes::meta;
use crate::model::{End, Mounted, Route, Routes, spelled};
use crate::parse::{Head, ours_at};

/// Implementations for `router`, a type that stands for this table.
///
/// What the user wrote is named here and not in the module that links are in: a module in a function's body
/// does not see what is around it.
pub(super) fn tables(model: &Routes, router: &TokenStream) -> TokenStream {
    let metas = model.routes.iter().map(meta);
    let mounts = mounts(model).map(|(index, _, mounted)| {
        let function = mounted.spelled();
        let index = Literal::usize_unsuffixed(index);
        quote!(::http4k_ws::__private::Mount::of::<#router, #index>(#function))
    });
    let lookups = self::mounts(model).map(|(index, _, mounted)| lookup(index, mounted, router));
    let checks = self::mounts(model)
        .enumerate()
        .map(|(nth, (_, keyword, _))| {
            let at = ours_at(keyword.span());
            let nth = Literal::usize_unsuffixed(nth);
            quote_spanned! {at=>
                const _: () = ::http4k_ws::__private::check_mount(
                    <#router as ::http4k_ws::__private::Tabled>::TABLE, #nth
                );
            }
        });
    let mounts = has_mounts(model)
        .then(|| quote!(const MOUNTS: &'static [::http4k_ws::__private::Mount] = &[#(#mounts),*];));
    quote! {
        impl ::http4k_ws::__private::Tabled for #router {
            const ROUTES: &'static [::http4k_ws::__private::RouteMeta] = &[#(#metas),*];
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

fn mounts(model: &Routes) -> impl Iterator<Item = (usize, &Ident, &Mounted)> {
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
fn lookup(index: usize, mounted: &Mounted, router: &TokenStream) -> TokenStream {
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
                mod #name {
                    pub use ::http4k_ws::__private::Unknown as Routes;
                }
                const _: () = {
                    use #glob::*;
                    impl ::http4k_ws::__private::Mounting<#index> for __Router {
                        type Mounted = #table;
                    }
                };
            };
        };
    }
}

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
    quote!(#name::Routes)
}

/// The module beside the function, and what is known of that type.
pub(super) fn module(model: &Routes, head: &Head) -> TokenStream {
    let name = again(&head.signature.ident);
    let visibility = &head.visibility;
    let is_cfg = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    let cfgs: Vec<&Attribute> = head.attributes.iter().filter(is_cfg).collect();
    let router = router(head);
    let tables = tables(model, &router);
    let links = links(&model.links(), head, &router);
    let (inside, around) = (links.inside, links.around);
    let looks_through =
        mounts(model).filter_map(|(index, _, _)| look_through(model, index, &router));
    let library = model.library.as_ref();
    let inside = scope(
        library,
        quote! {
            #[doc(hidden)]
            pub enum Routes {}
            #inside
            /// The path of a link to a route here, or of one that is mounted here.
            pub fn uri<L, OnlyMount>(link: L) -> ::std::string::String
            where
                L: ::http4k_ws::__private::Link,
                Routes: ::http4k_ws::__private::Mounts<L::App, OnlyMount>,
            {
                ::http4k_ws::__private::mounted_uri::<Routes, L, OnlyMount>(
                    ::std::string::String::new(), &link
                )
            }
        },
    );
    let around = scope(library, quote!(#tables #(#looks_through)* #around));
    let docs = format!("Links to the routes of `{name}()`.");
    quote! {
        #(#cfgs)*
        #[doc = #docs]
        #[allow(
            dead_code, missing_debug_implementations, non_camel_case_types, private_bounds,
            private_interfaces, unreachable_pub
        )]
        #visibility mod #name { #inside }
        #(#cfgs)*
        #[allow(deprecated, private_bounds, private_interfaces)]
        const _: () = { #around };
    }
}

/// Lets links through a mount whose prefix has no parameters.
fn look_through(model: &Routes, index: usize, router: &TokenStream) -> Option<TokenStream> {
    let route = &model.routes[index];
    if route.params().next().is_some() {
        return None;
    }
    let prefix = spelled(&route.segments);
    let index = Literal::usize_unsuffixed(index);
    let mounted = quote!(<#router as ::http4k_ws::__private::Mounting<#index>>::Mounted);
    Some(quote! {
        impl<T, A> ::http4k_ws::__private::Mounts<T, ::http4k_ws::__private::Through<#index, A>> for #router
        where
            #mounted: ::http4k_ws::__private::Mounts<T, A>,
        {
            fn prefix(path: &mut ::std::string::String) {
                ::http4k_ws::__private::push_prefix::<#mounted, T, A>(path, #prefix)
            }
        }
    })
}
