//! `routes!`: a function, or an expression.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::groups::{Group, list};
use super::meta::metas;
use super::tested::Tests;
use super::{call, module, names, tables};
use crate::errors::{Errors, LeftOut};
use crate::matcher;
use crate::model::{Endpoint, Fallback, Protocols, Route, Routes, Scope, params};
use crate::parse::{Param, Protocol, ours_at};

/// Returns the whole expansion, with the mistakes at its end.
pub(crate) fn routes(model: &Routes, errors: &Errors) -> TokenStream {
    let tests = Tests::of(model);
    let app = app(model, &tests, &left_out(errors));
    let private = model.library.private();
    let probes = call::describes().then(|| {
        quote! {
            // The probes of a table use some of the traits, depending on its types.
            #[allow(unused_imports)]
            use #private::probes::*;
        }
    });
    let app = model.library.scope(quote!(#probes #app));
    let mistakes = errors.to_tokens();
    // In a body of its own. Beside items, an error keeps the compiler from reporting unknown names.
    let body = (!errors.is_empty()).then(|| quote!(const _: () = { #mistakes };));
    match &model.head {
        Some(head) => {
            let module = module::module(model, head, &tests);
            let head = head.tokens();
            // A route that is left out may be the only one that uses an argument.
            let allowed = body.as_ref().map(|_| quote!(#[allow(unused_variables)]));
            quote!(#allowed #head { #app } #module #body)
        }
        // The function is not defined then. Nothing else is reported.
        None if model.is_item => mistakes,
        None => expression(model, &quote!({ #body #app })),
    }
}

/// The first token of an expression. The compiler prints it in the place of an item.
const NO_ITEM: &str = "`routes!` without a function is an expression. As an item, write \
                       `routes! { pub fn app() -> PolyHandler { .. } }`";

/// Returns the application as an expression, after a text that a message can show.
fn expression(model: &Routes, app: &TokenStream) -> TokenStream {
    let private = model.library.private();
    let first = model.routes.first();
    let mut text = Literal::string(NO_ITEM);
    text.set_span(first.map_or_else(Span::mixed_site, |route| ours_at(route.span)));
    quote!(#text << #private::Expression(#app))
}

/// Returns the handlers of broken routes, for editors only.
fn left_out(errors: &Errors) -> TokenStream {
    let all = errors.left_out().iter();
    all.map(|LeftOut { params, handler }| for_editors(params, handler))
        .collect()
}

/// Returns a handler without a route, with the names that its route would have bound.
fn for_editors(params: &[String], handler: &TokenStream) -> TokenStream {
    // The names are the user's, but are not tokens of the source.
    let user = handler.clone().into_iter().next();
    let user = user.map_or_else(Span::call_site, |token| token.span());
    let name = |name: &str| Ident::new(name, Span::call_site().resolved_at(user));
    let [req, ws, sse] = ["req", "ws", "sse"].map(name);
    let params = params.iter().map(|param| name(param));
    quote! {
        __http4k_ws::broken! {
            let #req: __http4k_ws::Request = ::core::unreachable!();
            let #ws: __http4k_ws::WebSocket = ::core::unreachable!();
            let #sse: __http4k_ws::Sse = ::core::unreachable!();
            #(let #params = ::core::unreachable!();)*
            #handler
        }
    }
}

/// Returns endpoints and filters in the order of the source, then broken handlers, then the table.
fn app(model: &Routes, tests: &Tests, left_out: &TokenStream) -> TokenStream {
    let list = list();
    let mut steps = quote!(let mut #list = __http4k_ws::Endpoints::new(););
    let mut group = Group::new(model, tests);
    let mut filters = (0..model.filters.len()).peekable();
    for (index, route) in model.routes.iter().enumerate() {
        let last = route.filters.iter().max().map_or(0, |last| last + 1);
        while let Some(before) = filters.next_if(|&before| before < last) {
            group.end_before(model.filters[before].to_token_stream(), &mut steps);
            steps.extend(filter(model, before));
        }
        if !group.add(index, route, &mut steps) {
            group.end(&mut steps);
            let endpoint = route_endpoint(route, model);
            steps.extend(quote!(#list.add([#endpoint]);));
        }
    }
    group.end(&mut steps);
    let head = model.head.as_ref();
    steps.extend(head.and_then(|head| tests.implementation(head, group.functions())));
    steps.extend(filters.map(|index| filter(model, index)));
    steps.extend(put_before(model));
    for (index, fallback) in model.fallbacks.iter().enumerate() {
        let name = fallback_name(index);
        let params: Vec<&Param> = params(&fallback.segments).collect();
        let endpoint = call::endpoint(&fallback.handler, &params, model, None);
        let filters = wraps(&fallback.filters);
        steps.extend(quote!(let #name = #endpoint #filters;));
    }
    // Mistakes of the application are shown at the function's return type.
    let at = match &model.head {
        Some(head) => ours_at(head.signature.output.span()),
        None => Span::mixed_site(),
    };
    let table = table(model, at);
    quote!(#steps #left_out #table)
}

/// Puts each filter before its routes, which follow each other. Inner filters are later in the
/// source and earlier here, so the outermost sees a request first.
fn put_before(model: &Routes) -> TokenStream {
    let mut behind: Vec<Option<(usize, usize)>> = vec![None; model.filters.len()];
    for (index, route) in model.routes.iter().enumerate() {
        for &filter in &route.filters {
            let (first, _) = behind[filter].unwrap_or((index, index));
            behind[filter] = Some((first, index + 1));
        }
    }
    let list = list();
    let filters = behind.into_iter().enumerate().rev();
    let filters = filters.filter_map(|(filter, routes)| {
        let (first, end) = routes?;
        let name = filter_name(filter);
        let (first, end) = (
            Literal::usize_unsuffixed(first),
            Literal::usize_unsuffixed(end),
        );
        Some(quote!(#list.with(#first..#end, &#name);))
    });
    filters.collect()
}

/// Builds the filter, by a function that rejects a filter without an effect here.
fn filter(model: &Routes, index: usize) -> TokenStream {
    let name = filter_name(index);
    let filter = &model.filters[index];
    let at = ours_at(filter.span());
    let place = match model.behind[index] {
        Protocols {
            http: true,
            ws: true,
        } => quote_spanned!(at=> filter_before_both),
        Protocols { http: true, .. } => quote_spanned!(at=> filter_before_http),
        Protocols { ws: true, .. } => quote_spanned!(at=> filter_before_ws),
        // An empty block.
        Protocols { .. } => quote_spanned!(at=> filter),
    };
    quote_spanned!(at=> let #name = __http4k_ws::#place(#filter);)
}

fn route_endpoint(route: &Route, model: &Routes) -> TokenStream {
    match &route.endpoint {
        Endpoint::Handler(handler) if route.is_misunderstood(model) => {
            let params: Vec<String> = route.params().map(Param::text).collect();
            let left_out = for_editors(&params, &handler.call.tokens());
            quote! {{
                #left_out
                __http4k_ws::unmatched()
            }}
        }
        Endpoint::Handler(handler) => {
            let params: Vec<&Param> = route.params().collect();
            call::endpoint(handler, &params, model, None)
        }
        Endpoint::Mount { keyword, app, .. } => {
            let at = ours_at(keyword.span());
            quote_spanned!(at=> __http4k_ws::mount(#app))
        }
    }
}

/// Puts filters before an endpoint: the innermost first, so the outermost sees a request first.
fn wraps(filters: &[usize]) -> TokenStream {
    let names = filters.iter().rev().map(|&index| filter_name(index));
    quote!(#(.with(&#names))*)
}

fn table(model: &Routes, at: Span) -> TokenStream {
    let (table, routes) = known(model);
    let walk = matcher::walk(&matcher::root(model), 0, 0);
    let list = list();
    let scopes = model.scopes.iter().enumerate();
    let unmatched = scopes.map(|(index, scope)| unmatched(model, index, scope));
    let make = match &model.head {
        Some(head) if head.returns_result() => quote_spanned!(at=> try_app),
        _ => quote_spanned!(at=> app),
    };
    let app = quote_spanned!(at=> __http4k_ws::Router::#make);
    let app = quote!(#app(#routes, walk, #list, [#(#unmatched),*]));
    let app = match &model.head {
        // The function's error may be any that a `RouteError` turns into.
        Some(head) if head.returns_result() => {
            let tried = quote_spanned!(at=> ?);
            // In two steps, because clippy would advise the user to remove the `?`.
            quote_spanned!(at=> { let app = #app #tried; ::core::result::Result::Ok(app) })
        }
        _ => app,
    };
    quote! {
        {
            #table
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                #walk
            }
            #app
        }
    }
}

/// Returns the definition of the table, if it is not beside the function, and a path to its routes.
fn known(model: &Routes) -> (TokenStream, TokenStream) {
    let of = |router: &TokenStream| quote!(<#router as __http4k_ws::Tabled>::ROUTES);
    if let Some(head) = &model.head {
        let router = names::router(head);
        return (TokenStream::new(), of(&router));
    }
    if tables::has_mounts(model) {
        let router = quote!(__Routes);
        let tables = tables::tables(model, &router);
        return (quote!(enum #router {} #tables), of(&router));
    }
    let metas = metas(model.routes.iter());
    let table = quote!(const ROUTES: &[__http4k_ws::RouteMeta] = #metas;);
    (table, quote!(ROUTES))
}

fn unmatched(model: &Routes, index: usize, scope: &Scope) -> TokenStream {
    let own = model
        .fallbacks
        .iter()
        .filter(|fallback| fallback.scope == index);
    let own = own.map(|fallback| match fallback.handler.protocol {
        Protocol::Ws => quote!(__http4k_ws::Protocol::Ws),
        Protocol::Http | Protocol::Sse => quote!(__http4k_ws::Protocol::Http),
    });
    let params = params(&scope.segments).map(Param::text);
    let fallbacks = scope.fallbacks.iter().map(|&index| {
        let Fallback { handler, .. } = &model.fallbacks[index];
        let name = fallback_name(index);
        match handler.protocol {
            Protocol::Ws => quote!(.or_ws(&#name)),
            Protocol::Http | Protocol::Sse => quote!(.or_http(&#name)),
        }
    });
    let filters = wraps(&scope.filters);
    quote! {
        __http4k_ws::Unmatched {
            params: &[#(#params),*],
            endpoint: __http4k_ws::unmatched() #(#fallbacks)* #filters,
            fallbacks: &[#(#own),*],
        }
    }
}

fn filter_name(index: usize) -> TokenStream {
    format_ident!("w{index}", span = Span::mixed_site()).into_token_stream()
}

fn fallback_name(index: usize) -> TokenStream {
    format_ident!("n{index}", span = Span::mixed_site()).into_token_stream()
}
