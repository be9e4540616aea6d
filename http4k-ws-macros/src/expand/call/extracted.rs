//! The `_` arguments of a call, which are read from the request by their types.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use super::Parts;
use crate::model::Arg;
use crate::parse::{Protocol, ours_at};

impl Parts<'_> {
    /// Returns the index and the place of each `_` argument.
    pub(super) fn extracted(&self) -> impl Iterator<Item = (usize, Span)> + '_ {
        let args = self.call.args.iter().enumerate();
        args.filter_map(|(index, arg)| match arg {
            Arg::Extracted(span) => Some((index, *span)),
            _ => None,
        })
    }

    /// Adds the check that at most one of the `_` arguments reads the body to the function's call,
    /// and over sockets none, because a handshake does not have a body.
    pub(super) fn with_body_read_once(&self, function: TokenStream) -> TokenStream {
        let extracted: Vec<(usize, Span)> = self.extracted().collect();
        let over_ws = self.protocol == Protocol::Ws;
        if extracted.is_empty() || (extracted.len() < 2 && !over_ws) {
            return function;
        }
        let types = extracted.iter().map(|&(index, span)| {
            let (argument, value) = (argument_name(index, span), value_name(index, span));
            quote_spanned! {argument.span()=>
                let #argument = __http4k_ws::extracted_from(&#value);
            }
        });
        let types: TokenStream = types.collect();
        let names = extracted.iter().map(|&(i, span)| argument_name(i, span));
        let extracted: Vec<Ident> = names.collect();
        let mut checks = TokenStream::new();
        for (index, second) in extracted.iter().enumerate() {
            if over_ws {
                checks.extend(quote_spanned! {second.span()=>
                    __http4k_ws::of_handshake(#second).checked(),
                });
                continue;
            }
            for first in &extracted[..index] {
                checks.extend(quote_spanned! {second.span()=>
                    __http4k_ws::both(#first, #second).checked(),
                });
            }
        }
        // The types of the arguments are known after the call.
        quote_spanned! {self.at=>
            {
                // The trait is needed only if one of the arguments does not read the body.
                #[allow(unused_imports)]
                use __http4k_ws::BodyOnce as _;
                #types
                (#function, #checks).0
            }
        }
    }
}

/// Returns the name of the `_` argument with this index before it is read. Its type is that of the
/// value.
pub(super) fn argument_name(index: usize, span: Span) -> Ident {
    Ident::new(&format!("t{index}"), ours_at(span))
}

/// Returns the name of the value of the `_` argument with this index.
pub(super) fn value_name(index: usize, span: Span) -> Ident {
    Ident::new(&format!("a{index}"), ours_at(span))
}
