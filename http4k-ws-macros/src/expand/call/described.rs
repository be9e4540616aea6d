//! The description of a route by the types that the compiler infers for its closure.
//!
//! An argument stands for its type, and so does what the library's constructor returns. Behind the
//! constructor all types are known, and a method of each is found by what the type implements. The
//! function is not called, and nothing is required of a type.
//!
//! A response that may borrow from the call has no type outside of its closure. Such a closure has
//! a [witness](Parts::given) of the type, and either calls the function or describes it.
//!
//! Only documents use descriptions. Without the feature `describe`, which is on if the library
//! writes documents, a route describes nothing.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::Parts;
use super::extracted::argument_name;
use crate::parse::{Protocol, ours_at};

/// Returns `true` if routes are described.
#[cfg(not(test))]
pub(in crate::expand) const fn describes() -> bool {
    cfg!(feature = "describe")
}

#[cfg(test)]
thread_local! {
    static DESCRIBES: std::cell::Cell<bool> = const { std::cell::Cell::new(true) };
}

/// Returns `true`, unless a golden file is without descriptions.
#[cfg(test)]
pub(in crate::expand) fn describes() -> bool {
    DESCRIBES.get()
}

/// Expands routes without descriptions.
#[cfg(test)]
pub(in crate::expand) fn undescribed<T>(expand: impl FnOnce() -> T) -> T {
    DESCRIBES.set(false);
    let expanded = expand();
    DESCRIBES.set(true);
    expanded
}

impl Parts<'_> {
    /// Returns the path parameter with this index as an argument, which is also described.
    pub(super) fn described_param(
        &mut self,
        index: usize,
        at: Span,
        argument: TokenStream,
    ) -> TokenStream {
        if !describes() {
            return argument;
        }
        let name = format_ident!("p{index}", span = at);
        self.types
            .extend(quote_spanned!(at=> let #name = #argument;));
        self.steps.push(quote_spanned!(at=> (&#name).__param()));
        quote_spanned!(at=> #name)
    }

    /// Returns a `_` argument, which is also described.
    pub(super) fn described_argument(
        &mut self,
        index: usize,
        span: Span,
        argument: TokenStream,
    ) -> TokenStream {
        if !describes() {
            return argument;
        }
        let (name, at) = (argument_name(index, span), ours_at(span));
        self.types
            .extend(quote_spanned!(at=> let #name = #argument;));
        self.steps
            .push(quote_spanned!(at=> (&#name.witness()).__argument()));
        quote_spanned!(at=> #name)
    }

    /// Returns the endpoint that `constructed` is, or has beside the type of its result.
    pub(super) fn described(&self, constructed: &TokenStream) -> TokenStream {
        let (at, types) = (self.at, &self.types);
        let has_type = self.has_type();
        if !describes() {
            return match has_type {
                true => quote_spanned!(at=> #constructed.0),
                false => constructed.clone(),
            };
        }
        let mut steps = self.steps.clone();
        if !has_type {
            if steps.is_empty() {
                return constructed.clone();
            }
            return quote_spanned!(at=> { #types #constructed.described([#(#steps),*]) });
        }
        steps.push(match (self.call.socket(), self.protocol) {
            (None, _) => quote_spanned!(at=> (&e.1).__response()),
            (Some(_), Protocol::Sse) => quote_spanned!(at=> (&e.1).__events()),
            (Some(_), _) => quote_spanned!(at=> (&e.1).__socket()),
        });
        quote_spanned! {at=>
            { #types let e = #constructed; e.0.described([#(#steps),*]) }
        }
    }

    /// Returns the body of a closure that responds if it is given `values`, and describes the
    /// response by a step of the library otherwise.
    pub(super) fn given(
        &self,
        values: &TokenStream,
        respond: &TokenStream,
        describe: &str,
    ) -> TokenStream {
        let (at, describe) = (self.at, format_ident!("{describe}", span = self.at));
        quote_spanned! {at=>
            let r = __http4k_ws::witness();
            match given {
                __http4k_ws::Some(#values) => #respond,
                __http4k_ws::None => __http4k_ws::#describe((&r).__response()),
            }
        }
    }
}
