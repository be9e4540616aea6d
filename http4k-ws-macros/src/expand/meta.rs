//! The rows of routes in a table.
//!
//! Most methods and parameters occur many times. Each of them is stated once, because the compiler
//! checks every `&[..]` in a constant as a body of its own. A row has their indexes, and its other
//! values are literals.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::docs;
use crate::model::{Endpoint, Route, spelled};
use crate::parse::{Param, Protocol};

/// Returns the table of `routes`, as the value of a constant.
pub(super) fn metas<'m>(routes: impl Iterator<Item = &'m Route>) -> TokenStream {
    let (mut heads, mut params) = (Vec::new(), Vec::new());
    let rows: Vec<_> = routes
        .map(|route| row(route, &mut heads, &mut params))
        .collect();
    let heads = heads.iter().map(|(protocol, methods)| {
        let protocol = match protocol {
            None => quote!(Mount),
            Some(Protocol::Ws) => quote!(Ws),
            Some(Protocol::Http) => quote!(Http),
            Some(Protocol::Sse) => quote!(Sse),
        };
        quote!((__http4k_ws::Protocol::#protocol, &[#(#methods),*]))
    });
    let params = params.iter().map(|params| quote!(&[#(#params),*]));
    quote!(&__http4k_ws::table(&[#(#heads),*], &[#(#params),*], [#(#rows),*]))
}

/// Returns the index of `item` in `items`, after it is added if it is not there.
fn index_of<T: PartialEq>(items: &mut Vec<T>, item: T) -> Literal {
    let known = items.iter().position(|known| *known == item);
    Literal::usize_unsuffixed(known.unwrap_or_else(|| {
        items.push(item);
        items.len() - 1
    }))
}

/// The protocol of a route, or `None` of a mount, and its methods.
type RowHead = (Option<Protocol>, Vec<String>);

fn row(route: &Route, heads: &mut Vec<RowHead>, params: &mut Vec<Vec<String>>) -> TokenStream {
    let protocol = match &route.endpoint {
        Endpoint::Mount { .. } => None,
        Endpoint::Handler(handler) => Some(handler.protocol),
    };
    let methods = route.methods.iter().map(ToString::to_string).collect();
    let head = index_of(heads, (protocol, methods));
    let template = Literal::string(&spelled(&route.segments));
    let params = index_of(params, route.params().map(Param::text).collect());
    let name = route.name_text();
    let docs = docs::joined(&route.docs);
    quote!((#head, #template, #params, #name, #docs))
}
