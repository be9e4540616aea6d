//! The endpoints of consecutive routes, in nested functions.
//!
//! The compiler checks a function and all closures in it together. For each closure it stores the
//! table of that whole, so the cost of an incremental check grows with the square of the closures
//! in one function. A nested function is checked by itself. Invariants that keep the meaning of the
//! program:
//!
//! 1. A route is in such a function only if it merely borrows arguments of the head ([`Lending`]).
//! 2. A function has consecutive routes. It ends before anything that may move an argument: a route
//!    that stays in the user's function, or a filter that names an argument. So values are
//!    evaluated and moved in the order of the source.
//! 3. The function has the generics of the head, unchanged.
//! 4. Its name is an unlikely one, because items are without hygiene.
//! 5. The loans of a function are optional, or those of none of its routes are ([`Tests`]).

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::GenericParam;

use super::call::{self, Inside};
use super::lending::{Lending, Uses};
use super::tested::{Tests, function_name};
use crate::model::{Endpoint, Route, Routes, params};
use crate::parse::Param;

/// The number of routes in a function. Measured costs are the same from 4 to 16.
const ROUTES: usize = 12;

/// The routes of the function that is being filled.
pub(super) struct Group<'a> {
    model: &'a Routes,
    lending: Option<Lending<'a>>,
    tests: &'a Tests,
    endpoints: Vec<TokenStream>,
    uses: Uses,
    /// The index of the first route, and `true` if the loans are optional.
    first: (usize, bool),
    /// The index of the first route of each function with optional loans, and their number.
    functions: Vec<(usize, usize)>,
}

impl<'a> Group<'a> {
    pub(super) fn new(model: &'a Routes, tests: &'a Tests) -> Self {
        Self {
            model,
            lending: Lending::new(model),
            tests,
            endpoints: Vec::new(),
            uses: Uses::new(),
            first: (0, false),
            functions: Vec::new(),
        }
    }

    /// Returns the index of the first route of each function with optional loans, and the number of
    /// its loans.
    pub(super) fn functions(&self) -> &[(usize, usize)] {
        &self.functions
    }

    /// Adds the `route` with this index, if it can be in a nested function.
    pub(super) fn add(&mut self, index: usize, route: &Route, steps: &mut TokenStream) -> bool {
        let Endpoint::Handler(handler) = &route.endpoint else {
            return false;
        };
        let Some(lending) = &self.lending else {
            return false;
        };
        if route.is_misunderstood(self.model) {
            return false;
        }
        let Some(uses) = lending.uses(handler) else {
            return false;
        };
        let is_optional = self.tests.may_call(index);
        let params: Vec<&Param> = params(&route.segments).collect();
        let inside = Inside {
            lending,
            is_optional,
        };
        let endpoint = call::endpoint(handler, &params, self.model, Some(&inside));
        if self.first.1 != is_optional {
            self.end(steps);
        }
        if self.endpoints.is_empty() {
            self.first = (index, is_optional);
        }
        self.endpoints.push(endpoint);
        for (argument, first_use) in uses {
            self.uses.entry(argument).or_insert(first_use);
        }
        if self.endpoints.len() == ROUTES {
            self.end(steps);
        }
        true
    }

    /// Ends the function before `tokens`, if these may move an argument.
    pub(super) fn end_before(&mut self, tokens: TokenStream, steps: &mut TokenStream) {
        let lending = self.lending.as_ref();
        if lending.is_some_and(|lending| lending.names_one(tokens)) {
            self.end(steps);
        }
    }

    /// Ends the function, if there is one.
    pub(super) fn end(&mut self, steps: &mut TokenStream) {
        let Some(lending) = self.lending.as_ref().filter(|_| !self.endpoints.is_empty()) else {
            return;
        };
        let (endpoints, uses) = (
            std::mem::take(&mut self.endpoints),
            std::mem::take(&mut self.uses),
        );
        let count = Literal::usize_unsuffixed(endpoints.len());
        let (first, is_optional) = self.first;
        let parameters = lending.parameters(&uses, is_optional);
        let arguments = lending.arguments(&uses);
        let generics = &lending.head().signature.generics;
        let bounds = &generics.where_clause;
        let given = generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            // The compiler infers these.
            GenericParam::Lifetime(_) => None,
        });
        let given: Vec<_> = given.collect();
        let given = (!given.is_empty()).then(|| quote!(::<#(#given),*>));
        let list = list();
        if is_optional {
            let name = function_name(self.functions.len());
            self.functions.push((first, uses.len()));
            steps.extend(quote! {
                fn #name #generics (#(#parameters),*) -> [__http4k_ws::Endpoint; #count] #bounds {
                    [#(#endpoints),*]
                }
                #list.add(#name(#(__http4k_ws::Some(#arguments)),*));
            });
            return;
        }
        steps.extend(quote! {
            #list.add({
                fn __endpoints #generics (#(#parameters),*) -> [__http4k_ws::Endpoint; #count] #bounds {
                    [#(#endpoints),*]
                }
                __endpoints #given (#(#arguments),*)
            });
        });
    }
}

/// Returns the name of the list of all endpoints.
pub(super) fn list() -> TokenStream {
    let name = format_ident!("endpoints", span = Span::mixed_site());
    quote!(#name)
}
