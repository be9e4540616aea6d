//! The entry of a route in a table.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::docs;
use crate::model::{Endpoint, Route, spelled};
use crate::parse::{Param, Protocol, ours_at};

pub(super) fn meta(route: &Route) -> TokenStream {
    let protocol = match &route.endpoint {
        Endpoint::Mount { .. } => quote!(mount_route),
        Endpoint::Handler(handler) => match handler.protocol {
            Protocol::Ws => quote!(ws_route),
            Protocol::Http => quote!(http_route),
            Protocol::Sse => quote!(sse_route),
        },
    };
    let methods = route.methods.iter().map(|method| {
        let mut literal = Literal::string(&method.to_string());
        literal.set_span(ours_at(method.span()));
        literal
    });
    let template = spelled(&route.segments);
    let params = route.params().map(Param::text);
    let name = route.name_text();
    let docs = docs::joined(&route.docs);
    quote! {
        __http4k_ws::#protocol(&[#(#methods),*], #template, &[#(#params),*], #name, #docs)
    }
}
