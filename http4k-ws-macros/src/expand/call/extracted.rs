//! The `_` arguments of a call, which are read from the request by their types.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use super::Parts;
use crate::model::Arg;
use crate::parse::ours_at;

impl Parts<'_> {
    /// Returns the index and the place of each `_` argument.
    pub(super) fn extracted(&self) -> impl Iterator<Item = (usize, Span)> + '_ {
        let args = self.call.args.iter().enumerate();
        args.filter_map(|(index, arg)| match arg {
            Arg::Extracted(span) => Some((index, *span)),
            _ => None,
        })
    }

    /// Returns `one` of each `_` argument, in the nested pairs of the library's `ReadArguments`.
    pub(super) fn pairs(&self, one: fn(usize, Span) -> TokenStream) -> Option<TokenStream> {
        let all = self.extracted().map(|(index, span)| one(index, span));
        all.reduce(|before, last| quote_spanned!(self.at=> (#before, #last)))
    }

    /// Adds the check that at most one of the `_` arguments reads the body to the function's call.
    pub(super) fn with_body_read_once(&self, function: TokenStream) -> TokenStream {
        let extracted = self.extracted();
        let extracted: Vec<Ident> = extracted.map(|(i, span)| argument_name(i, span)).collect();
        if extracted.len() < 2 {
            return function;
        }
        let mut checks = TokenStream::new();
        for (index, second) in extracted.iter().enumerate() {
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
