//! The right-hand side of a route.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprClosure, ExprMethodCall, ExprReference, Token};

use super::args::{Arg, Names, plain_name};
use super::once::changing_call;
use crate::errors::{Errors, near};
use crate::parse::{Head, Protocol, compact};

/// The handler of a route, as a call or a value.
pub(crate) struct Call {
    pub(crate) shape: Shape,
    /// The arguments in order; a method's receiver comes first.
    pub(crate) args: Vec<Arg>,
}

/// The form of a handler.
pub(crate) enum Shape {
    /// A handler value: a name, or any expression that is neither a call nor a closure.
    Value(Expr),
    /// `show(id)`.
    Function { callee: Callee, call: ExprCall },
    /// `hub.join(ws, room)`.
    Method(ExprMethodCall),
    /// `|text: String| async move { text }`.
    Closure(ExprClosure),
}

/// The function of a call.
pub(crate) enum Callee {
    /// A path, which stays in the call.
    Path,
    /// Any other expression: evaluated once.
    Value,
}

impl Call {
    /// Returns the user's own tokens.
    pub(crate) fn tokens(&self) -> TokenStream {
        match &self.shape {
            Shape::Value(value) => value.to_token_stream(),
            Shape::Function { call, .. } => call.to_token_stream(),
            Shape::Method(call) => call.to_token_stream(),
            Shape::Closure(closure) => closure.to_token_stream(),
        }
    }

    /// Sorts the arguments of `expr`. `None` if one is a mistake, which is reported.
    pub(crate) fn new(
        expr: Expr,
        protocol: Protocol,
        params: &[String],
        head: Option<&Head>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let names = Names {
            protocol,
            params,
            head,
        };
        let expr = ungrouped(expr);
        let mistake = waiting(&expr, protocol).or_else(|| building(&expr, protocol));
        let has_no_params = params.is_empty();
        let value = || value_alone(&expr, protocol).filter(|_| has_no_params);
        if let Some(mistake) = mistake.or_else(value) {
            errors.at(expr.span(), mistake);
            return None;
        }
        let (shape, args) = match expr {
            Expr::Call(call) => {
                let args = names.args(&call.args, errors);
                let callee = match *call.func {
                    Expr::Path(_) => Callee::Path,
                    _ => Callee::Value,
                };
                (Shape::Function { callee, call }, args)
            }
            // The compiler suggests `.clone()` for a handler value that is used twice.
            Expr::MethodCall(call) if call.method == "clone" && call.args.is_empty() => {
                (Shape::Value(Expr::MethodCall(call)), Vec::new())
            }
            Expr::MethodCall(call) => {
                let mut args = vec![names.receiver(&call.receiver, errors)];
                args.extend(names.args(&call.args, errors));
                (Shape::Method(call), args)
            }
            Expr::Closure(mut closure) => {
                let mut args = names.bindings(&closure.inputs, errors);
                args.extend(names.captures(&mut closure).into_iter().map(Some));
                (Shape::Closure(closure), args)
            }
            value => (Shape::Value(value), Vec::new()),
        };
        let args = args.into_iter().collect::<Option<_>>()?;
        Some(Self { shape, args })
    }

    /// Returns the name of the function, if it has one.
    pub(crate) fn function(&self) -> Option<String> {
        self.function_name().map(|name| name.unraw().to_string())
    }

    /// Returns `true` for a value such as `format!("{id}")`, which is not a handler.
    pub(crate) fn is_text(&self) -> bool {
        let is_text =
            |value: &Expr| matches!(value, Expr::Macro(_) | Expr::Lit(_) | Expr::Binary(_));
        matches!(&self.shape, Shape::Value(value) if is_text(value))
    }

    pub(crate) fn is_method(&self) -> bool {
        matches!(self.shape, Shape::Method(_))
    }

    /// Returns the token of that name.
    pub(crate) fn function_name(&self) -> Option<&Ident> {
        match &self.shape {
            Shape::Value(Expr::Path(path)) => Some(path),
            Shape::Function { call, .. } => match &*call.func {
                Expr::Path(path) => Some(path),
                _ => None,
            },
            Shape::Method(call) => return Some(&call.method),
            Shape::Value(_) | Shape::Closure(_) => None,
        }
        .and_then(|path| path.path.segments.last())
        .map(|segment| &segment.ident)
    }

    /// Returns the name of the called function, if it is a path of one segment.
    pub(super) fn lone_name(&self) -> Option<&Ident> {
        match &self.shape {
            Shape::Function { call, .. } => plain_name(&call.func),
            _ => None,
        }
    }

    /// Returns the indices of the parameters that are arguments.
    pub(crate) fn params(&self) -> impl Iterator<Item = usize> + '_ {
        self.args.iter().filter_map(|arg| match arg.place() {
            Arg::Param(index, _) => Some(*index),
            _ => None,
        })
    }

    /// Returns the token of the first argument that is the parameter with this index.
    pub(crate) fn param_token(&self, param: usize) -> Option<&Ident> {
        self.args.iter().find_map(|arg| match arg.place() {
            Arg::Param(index, written) if *index == param => Some(written),
            _ => None,
        })
    }

    /// Returns a captured name that is a likely misspelling of `name`.
    pub(crate) fn captured_near(&self, name: &str) -> Option<&Ident> {
        self.args.iter().find_map(|arg| match arg {
            Arg::Captured(expr) => {
                plain_name(expr).filter(|ident| near(&ident.unraw().to_string(), [name]).is_some())
            }
            _ => None,
        })
    }

    /// Returns `true` if an argument is read from the request, which may wait for the body.
    pub(crate) fn waits(&self) -> bool {
        let mut args = self.args.iter();
        args.any(|arg| matches!(arg, Arg::Extracted(_)))
    }

    /// Returns `true` if the parameter with this index is passed by reference.
    pub(crate) fn borrows_param(&self, index: usize) -> bool {
        self.lent()
            .any(|(_, arg)| matches!(arg, Arg::Param(lent, _) if *lent == index))
    }

    /// Returns `mut` if the binding of `name`, which only the call has, is borrowed mutably.
    pub(crate) fn mutability(&self, name: &Ident) -> Option<Token![mut]> {
        let mut lent = self.lent();
        lent.find_map(|(reference, _)| {
            let is_meant = plain_name(&reference.expr).is_some_and(|lent| lent == name);
            reference.mutability.filter(|_| is_meant)
        })
    }

    /// Returns the arguments that are references to what only the call has.
    fn lent(&self) -> impl Iterator<Item = (&ExprReference, &Arg)> {
        self.args.iter().filter_map(|arg| match arg {
            Arg::Lent(reference, place) => Some((reference, &**place)),
            _ => None,
        })
    }

    /// Returns `true` if the future of the function may borrow something that only its call has.
    ///
    /// 1. A method borrows its receiver, and `&name` of a parameter or of `req` borrows that.
    /// 2. A function over a socket or a stream outlives the route, and so borrows any value passed
    ///    by reference.
    pub(crate) fn lends(&self) -> bool {
        let is_lent = |arg: &Arg| matches!(arg, Arg::Borrowed(_));
        match &self.shape {
            Shape::Value(_) => false,
            Shape::Method(_) => true,
            _ if self.lent().next().is_some() => true,
            _ if self.socket().is_none() => false,
            Shape::Function { callee, .. } => {
                matches!(callee, Callee::Value) || self.args.iter().any(is_lent)
            }
            Shape::Closure(closure) => closure.asyncness.is_some(),
        }
    }

    /// Returns `true` if the function borrows a captured value of the route, or is one itself.
    pub(crate) fn borrows_captured(&self) -> bool {
        let mut args = self.args.iter();
        match &self.shape {
            Shape::Closure(_)
            | Shape::Function {
                callee: Callee::Value,
                ..
            } => true,
            _ => args.any(|arg| matches!(arg, Arg::Borrowed(_))),
        }
    }

    /// Returns `true` if an argument is the whole request, or is read from it.
    pub(crate) fn reads_request(&self) -> bool {
        let mut args = self.args.iter();
        args.any(|arg| matches!(arg.place(), Arg::Request(_) | Arg::Extracted(_)))
    }

    /// Returns the token of the argument `ws` or `sse`.
    pub(crate) fn socket(&self) -> Option<&Ident> {
        self.args.iter().find_map(|arg| match arg.place() {
            Arg::Socket(ident) => Some(ident),
            _ => None,
        })
    }

    pub(crate) fn request(&self) -> Option<&Ident> {
        self.args.iter().find_map(|arg| match arg.place() {
            Arg::Request(ident) => Some(ident),
            _ => None,
        })
    }

    /// Returns the place for mistakes that concern the call as a whole.
    pub(crate) fn span(&self) -> Span {
        match &self.shape {
            Shape::Value(expr) => expr.span(),
            Shape::Function { call, .. } => call.func.span(),
            Shape::Method(call) => call.method.span(),
            Shape::Closure(closure) => closure.inputs_begin.span,
        }
    }
}

/// Returns the mistake of a handler that is waited for where the routes are built.
fn waiting(expr: &Expr, protocol: Protocol) -> Option<String> {
    match expr {
        Expr::Await(waited) => {
            let handler = waited.base.to_token_stream().to_string().replace(" (", "(");
            let keyword = protocol.keyword();
            Some(format!(
                "each request waits for its handler: write `{keyword}({handler})` without `.await`"
            ))
        }
        Expr::Async(_) => Some(format!(
            "an `async` block runs once, and a handler for each request: write `{}(|| async {{ .. }})`",
            protocol.keyword()
        )),
        _ => None,
    }
}

/// Returns the mistake of a value in the place of a handler, such as a text.
fn value_alone(expr: &Expr, protocol: Protocol) -> Option<String> {
    let is_status = |path: &syn::ExprPath| {
        let mut segments = path.path.segments.iter().rev().skip(1);
        segments.next().is_some_and(|of| of.ident == "StatusCode")
    };
    let is_value = match expr {
        Expr::Lit(_) | Expr::Tuple(_) => true,
        Expr::Path(path) => is_status(path),
        _ => false,
    };
    (is_value && protocol == Protocol::Http).then(|| {
        let value = compact(expr.to_token_stream());
        format!("a value is returned by a closure: write `http(|| {value})`")
    })
}

/// Returns the mistake of `logged().then(home)` and `home.with(logged())`, which build a handler.
fn building(expr: &Expr, protocol: Protocol) -> Option<String> {
    let Expr::MethodCall(call) = expr else {
        return None;
    };
    let keyword = protocol.keyword();
    let is_name = |expr: &Expr| matches!(expr, Expr::Path(_));
    let is_of_a_call = matches!(&*call.receiver, Expr::Call(_)) && call.args.iter().all(is_name);
    if call.method == "then" && (is_of_a_call || changing_call(&call.receiver).is_some()) {
        let text = compact(call.to_token_stream());
        return Some(format!(
            "a call that builds a handler goes in braces: write `{keyword}({{ {text} }})`"
        ));
    }
    let is_filtered = call.method == "with" && is_name(&call.receiver);
    (is_filtered && call.args.iter().any(|arg| matches!(arg, Expr::Call(_)))).then(|| {
        let filters = compact(call.args.to_token_stream());
        let handler = compact(call.receiver.to_token_stream());
        format!("filters precede `=>`: write `with({filters}) => {keyword}({handler})`")
    })
}

/// Unwraps an expression that a `macro_rules!` macro passed on in an invisible group.
fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(*group.expr),
        expr => expr,
    }
}
