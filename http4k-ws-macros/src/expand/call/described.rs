//! The description of a route by the types in its closure.
//!
//! The closure either calls the function, or describes it. Each type has a witness, whose type the
//! compiler infers from the first of the two. In the second, all types are known, and a method of
//! each witness is found by what its type implements. The function is not called then, and nothing
//! is required of a type.
//!
//! All this makes a route more expensive to check by a quarter, and only documents use it. Without
//! the feature `describe`, which is on if the library writes documents, a closure describes
//! nothing.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;

use super::Parts;
use super::extracted::argument_name;
use crate::parse::{Protocol, ours_at};

/// `true` if routes are described. The golden files show descriptions.
pub(in crate::expand) const DESCRIBES: bool = cfg!(any(feature = "describe", test));

impl Parts<'_> {
    /// Declares the witness of a type.
    fn witness(&mut self, name: &str, at: Span) -> Ident {
        let name = Ident::new(name, at);
        self.witnesses
            .extend(quote_spanned!(at=> let #name = __http4k_ws::witness();));
        name
    }

    /// Returns `read`, which reads the path parameter with this index, with a witness of its type.
    pub(super) fn described_param(
        &mut self,
        index: usize,
        at: Span,
        read: TokenStream,
    ) -> TokenStream {
        if !DESCRIBES {
            return read;
        }
        let name = self.witness(&format!("p{index}"), at);
        let index = Literal::usize_unsuffixed(index);
        self.steps.push(quote_spanned!(at=> #name.__param(#index)));
        quote_spanned!(at=> #name.of(#read))
    }

    /// Describes the `_` arguments, which stand for their types.
    pub(super) fn describe_arguments(&mut self) {
        if !DESCRIBES {
            return;
        }
        let arguments: Vec<_> = self.extracted().collect();
        for (index, span) in arguments {
            let (name, at) = (argument_name(index, span), ours_at(span));
            self.steps
                .push(quote_spanned!(at=> (&#name.witness()).__argument()));
        }
    }

    /// Declares the witness of what the function returns, or of what its socket or stream carries.
    /// The consumer that a ws function returns without its socket is of no known type.
    pub(super) fn describe_result(&mut self) {
        if !DESCRIBES || self.opens() {
            return;
        }
        let at = self.at;
        let name = self.witness("r", at);
        self.steps.push(match (self.call.socket(), self.protocol) {
            (None, _) => quote_spanned!(at=> (&#name).__response()),
            (Some(_), Protocol::Sse) => quote_spanned!(at=> (&#name).__events()),
            (Some(_), _) => quote_spanned!(at=> (&#name).__socket()),
        });
        self.result = Some(name);
    }

    /// Returns the path of the step `name`, which has the value that the result is made of. It
    /// is a method of the result's witness, if there is one.
    pub(super) fn witnessed(&self, name: &Ident) -> TokenStream {
        match &self.result {
            Some(result) => quote_spanned!(self.at=> #result.#name),
            None => quote_spanned!(self.at=> __http4k_ws::#name),
        }
    }

    /// Returns `respond`, or the description if there is no request.
    pub(super) fn or_described(&self, respond: &TokenStream) -> TokenStream {
        let (at, witnesses, steps) = (self.at, &self.witnesses, &self.steps);
        if steps.is_empty() {
            return respond.clone();
        }
        quote_spanned! {at=>
            #witnesses
            if call.is_request() { #respond } else { call.describe([#(#steps),*]) }
        }
    }
}
