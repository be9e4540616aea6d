//! The description of a route by the types in its closure.
//!
//! The closure either calls the function, or describes it. Each type has a witness, whose type the
//! compiler infers from the first of the two. In the second, all types are known, and a method of
//! each witness is found by what its type implements. The function is not called then, and nothing
//! is required of a type.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;

use super::Parts;
use super::extracted::argument_name;
use crate::parse::{Protocol, ours_at};

impl Parts<'_> {
    /// Declares the witness of a type.
    fn witness(&mut self, name: &str, at: Span) -> Ident {
        let name = Ident::new(name, at);
        self.witnesses
            .extend(quote_spanned!(at=> let #name = __http4k_ws::witness();));
        name
    }

    /// Declares the witness of the path parameter with this index, which describes it.
    pub(super) fn describe_param(&mut self, index: usize, at: Span) -> Ident {
        let name = self.witness(&format!("p{index}"), at);
        let index = Literal::usize_unsuffixed(index);
        self.steps
            .push(quote_spanned!(at=> (&&#name).__param(#index)));
        name
    }

    /// Describes the `_` arguments, which stand for their types.
    pub(super) fn describe_arguments(&mut self) {
        let arguments: Vec<_> = self.extracted().collect();
        for (index, span) in arguments {
            let (name, at) = (argument_name(index, span), ours_at(span));
            self.steps
                .push(quote_spanned!(at=> (&&&#name.witness()).__argument()));
        }
    }

    /// Declares the witness of what the function returns, or of what its socket or stream carries.
    /// The consumer that a ws function returns without its socket is of no known type.
    pub(super) fn described_result(&mut self) -> Option<Ident> {
        if self.opens() {
            return None;
        }
        let at = self.at;
        let name = self.witness("r", at);
        self.steps.push(match (self.call.socket(), self.protocol) {
            (None, _) => quote_spanned!(at=> (&&&&&#name).__response()),
            (Some(_), Protocol::Sse) => quote_spanned!(at=> (&&&#name).__events()),
            (Some(_), _) => quote_spanned!(at=> (&&&&&#name).__socket()),
        });
        Some(name)
    }

    /// Returns `respond`, or the description if there is no request.
    pub(super) fn or_described(&self, respond: &TokenStream) -> TokenStream {
        let (at, witnesses, steps) = (self.at, &self.witnesses, &self.steps);
        if steps.is_empty() {
            return respond.clone();
        }
        quote_spanned! {at=>
            #witnesses
            if call.is_request() { #respond } else { call.describe(&[#(#steps),*]) }
        }
    }
}
