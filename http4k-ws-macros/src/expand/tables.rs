//! The constant table of a router, and the tables of the applications that it mounts.

use http4k_ws_grammar::{Pattern, Reach};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::meta::metas;
use super::names::again;
use crate::model::{Endpoint, Mounted, Route, Routes, spelled};
use crate::parse::ours_at;

/// Returns implementations for `router`, the type that stands for this table.
///
/// The user's names are used here, and not in the module of the links, because a module in the body
/// of a function does not see the items around it.
pub(super) fn tables(model: &Routes, router: &TokenStream) -> TokenStream {
    let metas = metas(model.routes.iter());
    let mounts = mounts(model).map(|(index, _, mounted)| {
        let function = mounted.spelled();
        let index = Literal::usize_unsuffixed(index);
        quote!(__http4k_ws::Mount::of::<#router, #index>(#function))
    });
    let private = model.library.private();
    let lookups =
        self::mounts(model).map(|(index, _, mounted)| lookup(index, mounted, router, &private));
    let templates: Vec<_> = model
        .routes
        .iter()
        .map(|route| spelled(&route.segments))
        .collect();
    let checks = self::mounts(model)
        .enumerate()
        .map(|(nth, (index, keyword, _))| {
            let at = ours_at(keyword.span());
            let nth = Literal::usize_unsuffixed(nth);
            let before = before(model, &templates, index).map(Literal::usize_unsuffixed);
            quote_spanned! {at=>
                // Two tables of many routes are compared in longer than the lint's limit.
                #[allow(long_running_const_eval)]
                const _: () = __http4k_ws::check_mount(
                    <#router as __http4k_ws::Tabled>::TABLE, #nth, &[#(#before),*]
                );
            }
        });
    let mounts = has_mounts(model)
        .then(|| quote!(const MOUNTS: &'static [__http4k_ws::Mount] = &[#(#mounts),*];));
    quote! {
        impl __http4k_ws::Tabled for #router {
            const ROUTES: &'static [__http4k_ws::RouteMeta] = #metas;
            #mounts
        }
        #(#lookups)*
        #(#checks)*
    }
}

/// Returns the routes that may respond to requests below the mount at route `index`, or are mounted
/// at the same prefix before it.
fn before<'m>(
    model: &'m Routes,
    templates: &'m [String],
    index: usize,
) -> impl Iterator<Item = usize> + 'm {
    let prefix = &templates[index];
    let routes = model.routes.iter().zip(templates).enumerate();
    let found = routes.filter(move |(other, (route, template))| {
        let is_mount = matches!(route.endpoint, Endpoint::Mount { .. });
        let pattern = Pattern { template, is_mount };
        let is_merged = is_mount && *other < index && *template == prefix;
        is_merged || !matches!(pattern.before_mount(prefix), Reach::Apart)
    });
    found.map(|(other, _)| other)
}

/// Returns `true` if a table is looked up.
pub(super) fn has_mounts(model: &Routes) -> bool {
    mounts(model).next().is_some()
}

pub(super) fn mounts(model: &Routes) -> impl Iterator<Item = (usize, &Ident, &Mounted)> {
    let routes = model.routes.iter().enumerate();
    routes.filter_map(|(index, Route { endpoint, .. })| match endpoint {
        Endpoint::Mount {
            keyword,
            function: Some(function),
            ..
        } => Some((index, keyword, function)),
        _ => None,
    })
}

/// Returns code that finds the table beside a function, if there is one.
///
/// 1. The function and the module of its links share a name, which one import brings, as
///    `__module`.
/// 2. If the name is only a function's, the import brings no module: the outer `__module` is found.
/// 3. A name without a path may be local, or missing. A module of the macro declares it as a
///    function, so that the import succeeds. A module of that name still comes from the user's
///    module.
/// 4. A module that `routes!` did not define is without `__Routes`: the outer `__Routes` is found.
fn lookup(
    index: usize,
    mounted: &Mounted,
    router: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    let name = &again(&mounted.function);
    let modules = mounted.modules.iter().map(again);
    let leading = mounted.leading.map(|_| quote!(::));
    let (names, path) = if mounted.modules.is_empty() {
        let names = quote! {
            mod __names {
                pub(super) use super::*;
                pub(super) fn #name() {}
            }
        };
        (Some(names), quote!(__names::#name))
    } else {
        (None, quote!(#leading #(#modules::)* #name))
    };
    quote! {
        // The names that a mounted function lacks leave the empty modules and imports unused.
        #[allow(unused_imports, dead_code)]
        const _: () = {
            type __Router = #router;
            const _: () = {
                mod __module {}
                use #private::Unknown as __Routes;
                const _: () = {
                    #names
                    use #path as __module;
                    const _: () = {
                        use __module::*;
                        impl __http4k_ws::Mounting<#index> for __Router {
                            type Mounted = __Routes;
                        }
                    };
                };
            };
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::tokens;

    #[test]
    fn a_mount_is_compared_with_the_routes_that_may_precede_it() {
        let table = r#"pub fn app() -> PolyHandler {
            GET "/users" => http(users()),
            GET "/api/me" => http(me()),
            "/api" => mount(api()),
            GET "/<page>/new" => http(new(page)),
            "/shop" => mount(shop()),
            "/api" => mount(more()),
        }"#;
        let expansion = crate::expanded(tokens(table)).to_string();
        let text: String = expansion.split_whitespace().collect();
        let checks = text.split("check_mount(").skip(1);
        let before: Vec<_> = checks
            .filter_map(|check| check.split_once("&[")?.1.split(']').next())
            .collect();
        assert_eq!(before, ["1", "", "1,2"]);
    }
}
