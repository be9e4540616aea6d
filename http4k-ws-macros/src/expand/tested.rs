//! Tests of a link's values by the arguments of its routes.
//!
//! A parameter without a type in the path has the type that the route's function takes. It is
//! inferred in the function that builds the endpoint, so a link calls that one too:
//!
//! 1. The loans of such a function are optional, and so is what its endpoints capture of them.
//!    Nothing else is evaluated there.
//! 2. A function with generics of types cannot be called without loans, so there is none then.
//! 3. A link is tested if each of its routes is in such a function.

use std::collections::HashSet;

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, FnArg, GenericParam, UnOp};

use super::lending::Lending;
use super::names::router;
use crate::model::{Arg, Callee, Endpoint, HandlerCall, Routes, Shape, place_root};
use crate::parse::{Head, Param};

/// The links of a table that are tested.
#[derive(Default)]
pub(super) struct Tests {
    links: HashSet<usize>,
    /// The indices of the routes whose loans may be optional.
    routes: HashSet<usize>,
    /// The indices of the other routes of a tested link.
    others: Vec<(usize, Vec<usize>)>,
}

impl Tests {
    pub(super) fn of(model: &Routes) -> Self {
        let head = model.head.as_ref().filter(|head| !is_generic(head));
        let Some(lending) = head.and_then(|_| Lending::new(model)) else {
            return Self::default();
        };
        let routes = model.routes.iter().enumerate();
        let routes = routes.filter(|(_, route)| match &route.endpoint {
            Endpoint::Handler(handler) => {
                !route.is_misunderstood(model) && may_lack_loans(handler, &lending)
            }
            Endpoint::Mount { .. } => false,
        });
        let routes: HashSet<usize> = routes.map(|(index, _)| index).collect();
        let mut tests = Self::default();
        for link in model.links() {
            let is_untyped = |param: &Param| param.ty.is_none();
            let is_known = link.routes.iter().all(|route| routes.contains(route));
            if !is_known || !link.route.params().any(is_untyped) {
                continue;
            }
            tests.links.insert(link.index);
            let others = &link.routes[1..];
            if !others.is_empty() {
                tests.others.push((link.index, others.to_vec()));
            }
        }
        if !tests.links.is_empty() {
            tests.routes = routes;
        }
        tests
    }

    /// Returns `true` if the link with this index is tested.
    pub(super) fn test(&self, link: usize) -> bool {
        self.links.contains(&link)
    }

    /// Returns `true` if the loans of the route with this index are optional.
    pub(super) fn may_call(&self, route: usize) -> bool {
        self.routes.contains(&route)
    }

    /// Returns the implementation that calls functions of endpoints without loans. `functions` has
    /// the index of the first route of each, and the number of its loans.
    pub(super) fn implementation(
        &self,
        head: &Head,
        functions: &[(usize, usize)],
    ) -> Option<TokenStream> {
        if self.links.is_empty() {
            return None;
        }
        let functions = functions
            .iter()
            .enumerate()
            .map(|(function, &(first, loans))| {
                let (name, first) = (function_name(function), Literal::usize_unsuffixed(first));
                let loans = (0..loans).map(|_| quote!(__http4k_ws::None));
                quote!(tests.add(#first, #name(#(#loans),*));)
            });
        let others = self.others.iter().map(|(link, others)| {
            let link = Literal::usize_unsuffixed(*link);
            let others = others.iter().map(|&other| Literal::usize_unsuffixed(other));
            quote!(tests.others(#link, &[#(#others),*]);)
        });
        let router = router(head);
        Some(quote! {
            // Here the functions are in scope.
            #[allow(non_local_definitions)]
            impl __http4k_ws::TestsLinks for #router {
                fn tests() -> &'static __http4k_ws::OnceLock<__http4k_ws::LinkTests> {
                    static TESTS: __http4k_ws::OnceLock<__http4k_ws::LinkTests> =
                        __http4k_ws::OnceLock::new();
                    &TESTS
                }
                fn add(tests: &mut __http4k_ws::LinkTests) { #(#functions)* #(#others)* }
            }
        })
    }
}

/// Returns the name of a function of endpoints with optional loans.
pub(super) fn function_name(function: usize) -> TokenStream {
    format_ident!("__endpoints{function}").into_token_stream()
}

/// Returns `true` if a call without loans does not decide all types of the function.
fn is_generic(head: &Head) -> bool {
    let mut generics = head.signature.generics.params.iter();
    let mut inputs = head.signature.inputs.iter();
    generics.any(|param| !matches!(param, GenericParam::Lifetime(_)))
        || inputs.any(|input| match input {
            FnArg::Typed(typed) => has_impl(typed.ty.to_token_stream()),
            FnArg::Receiver(_) => true,
        })
}

fn has_impl(ty: TokenStream) -> bool {
    ty.into_iter().any(|token| match token {
        TokenTree::Group(group) => has_impl(group.stream()),
        TokenTree::Ident(name) => name == "impl",
        _ => false,
    })
}

/// Returns `true` if the endpoint evaluates nothing without loans.
fn may_lack_loans(handler: &HandlerCall, lending: &Lending<'_>) -> bool {
    let call = &handler.call;
    let is_simple = match &call.shape {
        Shape::Function { callee, .. } => matches!(callee, Callee::Path),
        Shape::Value(value) => matches!(value, Expr::Path(_)),
        Shape::Method(_) | Shape::Closure(_) => true,
    };
    let is_evaluated_with_a_loan =
        |expr: &Expr| is_literal(expr) || !lending.loans_in(expr).is_empty();
    let mut args = call.args.iter();
    is_simple
        && lending.uses(handler).is_some()
        && args.all(|arg| match arg {
            Arg::Borrowed(reference) if place_root(&reference.expr).is_none() => {
                is_evaluated_with_a_loan(&reference.expr)
            }
            Arg::Value(expr) => is_evaluated_with_a_loan(expr),
            Arg::Borrowed(_)
            | Arg::Captured(_)
            | Arg::Param(..)
            | Arg::Lent(..)
            | Arg::Request(_)
            | Arg::Socket(_)
            | Arg::Extracted(_)
            | Arg::Constant(_) => true,
        })
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_literal(&unary.expr),
        _ => false,
    }
}
