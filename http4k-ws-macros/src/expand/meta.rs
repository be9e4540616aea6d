//! The entries of routes in a table.
//!
//! Most methods and parameters occur many times. Each list of them is one constant, because the
//! compiler checks every `&[..]` in a constant as a body of its own.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use crate::docs;
use crate::model::{Endpoint, Route, spelled};
use crate::parse::{Param, Protocol};

/// Returns the table of `routes`, as the value of a constant.
pub(super) fn metas<'m>(routes: impl Iterator<Item = &'m Route>) -> TokenStream {
    let mut lists = Lists::default();
    let metas: Vec<_> = routes.map(|route| meta(route, &mut lists)).collect();
    let lists = lists.0.iter().enumerate().map(|(index, list)| {
        let name = Lists::name(index);
        quote!(const #name: &[&::core::primitive::str] = &[#(#list),*];)
    });
    quote!({ #(#lists)* &[#(#metas),*] })
}

/// Lists of names, without repetitions.
#[derive(Default)]
struct Lists(Vec<Vec<String>>);

impl Lists {
    /// Returns the name of the constant of this list.
    fn constant(&mut self, list: Vec<String>) -> Ident {
        let known = self.0.iter().position(|known| *known == list);
        Self::name(known.unwrap_or_else(|| {
            self.0.push(list);
            self.0.len() - 1
        }))
    }

    fn name(index: usize) -> Ident {
        format_ident!("L{index}", span = Span::mixed_site())
    }
}

fn meta(route: &Route, lists: &mut Lists) -> TokenStream {
    let protocol = match &route.endpoint {
        Endpoint::Mount { .. } => quote!(mount_route),
        Endpoint::Handler(handler) => match handler.protocol {
            Protocol::Ws => quote!(ws_route),
            Protocol::Http => quote!(http_route),
            Protocol::Sse => quote!(sse_route),
        },
    };
    let methods = route.methods.iter().map(ToString::to_string).collect();
    let methods = lists.constant(methods);
    let template = Literal::string(&spelled(&route.segments));
    let params = lists.constant(route.params().map(Param::text).collect());
    let name = route.name_text();
    let docs = docs::joined(&route.docs);
    quote!(__http4k_ws::#protocol(#methods, #template, #params, #name, #docs))
}
