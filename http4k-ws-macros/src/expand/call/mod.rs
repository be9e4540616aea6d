//! The endpoint of one route, as an expression.
//!
//! It is a call of the library's constructor, with the captured values, with the arguments that the
//! library reads, and with a closure that calls the function with both:
//! `http(captured(&db), param(0), |c1, id| respond(show(id, c1)))`. Each token in the closure is
//! checked for every route, so it has as few as possible. Its [`Form`] is one of three.
//!
//! An `async` block costs more to check than anything else. A closure has one only if its function
//! borrows something that only the call has (`lends`).

mod arguments;
mod closure;
mod described;
mod extracted;
mod function;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

pub(super) use self::described::describes;
#[cfg(test)]
pub(super) use self::described::undescribed;
use super::lending::Lending;
use crate::model::{Call, HandlerCall, Routes, Shape};
use crate::parse::{Head, Param, Protocol, ours_at};

/// The forms of a closure: how it has the captured values, and where its response is described.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It owns copies, and returns the type that is described.
    Own,
    /// It borrows the values, and copies some. The response is not described.
    Lent,
    /// It owns copies and lends them, and describes the response.
    Given,
    /// It borrows the values, and describes the response.
    LentGiven,
}

/// The parts of the expansion of one handler.
struct Parts<'a> {
    call: &'a Call,
    protocol: Protocol,
    params: &'a [&'a Param],
    /// The user's function, which declares the types of captured arguments.
    head: Option<&'a Head>,
    /// The function around, if it is not the user's own.
    inside: Option<&'a Inside<'a>>,
    form: Form,
    /// The place of mistakes that concern the call as a whole.
    at: Span,
    /// The captured values: the name in a call, and the value when the routes are built.
    captured: Vec<(Ident, TokenStream)>,
    /// The statements at the start of each call that copy captured values.
    copies: TokenStream,
    /// The arguments that are read at once, and the names of their values.
    read: Vec<(TokenStream, TokenStream)>,
    /// The arguments that are waited for, and the names of their values.
    waited: Vec<(TokenStream, TokenStream)>,
    /// The arguments of the function, in order.
    args: Vec<TokenStream>,
    /// The statements that declare arguments with a type that is described.
    types: TokenStream,
    /// The steps that describe them.
    steps: Vec<TokenStream>,
}

/// A function of endpoints.
pub(super) struct Inside<'a> {
    /// Its loans.
    pub(super) lending: &'a Lending<'a>,
    pub(super) is_optional: bool,
}

/// Returns an expression of the library's endpoint type, for the user's own function or for the one
/// that it is `inside`.
pub(super) fn endpoint(
    handler: &HandlerCall,
    params: &[&Param],
    model: &Routes,
    inside: Option<&Inside<'_>>,
) -> TokenStream {
    let (call, protocol) = (&handler.call, handler.protocol);
    let at = ours_at(call.span());
    if let Shape::Value(value) = &call.shape {
        return of_value(value, protocol, at);
    }
    let is_local = model.may_be_local(call);
    let mut parts = Parts {
        call,
        protocol,
        params,
        head: model.head.as_ref(),
        inside,
        form: form(call, protocol, is_local),
        at,
        captured: Vec::new(),
        copies: TokenStream::new(),
        read: Vec::new(),
        waited: Vec::new(),
        args: Vec::new(),
        types: TokenStream::new(),
        steps: Vec::new(),
    };
    parts.add_params();
    for (index, arg) in call.args.iter().enumerate() {
        let arg = parts.arg(index, arg);
        parts.args.push(arg);
    }
    parts.add_request();
    let function = parts.function();
    let function = parts.with_body_read_once(function);
    let body = parts.body(&function);
    parts.described(&parts.constructed(is_local, &body))
}

fn form(call: &Call, protocol: Protocol, is_local: bool) -> Form {
    if call.socket().is_some() {
        return Form::Own;
    }
    if protocol == Protocol::Ws {
        return Form::Lent;
    }
    // The type of a response that may borrow is known in the closure only.
    let is_typed = !(describes() && call.lends());
    match call.borrows_captured() || is_local {
        false if is_typed => Form::Own,
        false if !call.waits() => Form::Given,
        _ if describes() => Form::LentGiven,
        _ => Form::Lent,
    }
}

/// Returns the endpoint of a handler value.
fn of_value(value: &Expr, protocol: Protocol, at: Span) -> TokenStream {
    let constructor = match protocol {
        Protocol::Ws => quote_spanned!(at=> ws_handler),
        Protocol::Sse => quote_spanned!(at=> sse_handler),
        Protocol::Http => quote_spanned!(at=> http_handler),
    };
    let endpoint = quote_spanned!(at=> __http4k_ws::#constructor(#value));
    // Braces separate a call that returns a handler from a call of a handler, so they are needed.
    match value {
        Expr::Block(_) => quote_spanned! {at=>
            {
                // The user's braces stand in an argument, which needs none.
                #[allow(unused_braces, unused_parens)]
                let endpoint = #endpoint;
                endpoint
            }
        },
        _ => endpoint,
    }
}

impl Parts<'_> {
    /// Returns `true` for a function that responds to a handshake, without the socket.
    fn opens(&self) -> bool {
        self.protocol == Protocol::Ws && self.call.socket().is_none()
    }

    /// Returns `true` if the library's constructor returns a type to describe.
    fn has_type(&self) -> bool {
        self.form == Form::Own
    }

    /// Returns the name of one of the library's steps, in the form of this protocol.
    fn step(&self, name: &str) -> Ident {
        let prefix = if self.opens() { "ws_" } else { "" };
        Ident::new(&format!("{prefix}{name}"), self.at)
    }

    /// Returns the body of the closure, which calls the function.
    fn body(&self, function: &TokenStream) -> TokenStream {
        let (at, copies) = (self.at, &self.copies);
        if self.call.socket().is_some() {
            return self.consumer(function);
        }
        let values = self.values();
        if !self.call.lends() {
            let respond = match (self.form, self.call.waits()) {
                (Form::Given | Form::LentGiven, _) => {
                    let respond = quote_spanned!(at=> r.respond_lent(#function));
                    return self.braced(&self.given(&values, &respond, "described"));
                }
                (Form::Own, true) => self.step("returned"),
                (Form::Lent, _) if !self.opens() => self.step("respond_lent"),
                _ => self.step("respond"),
            };
            let respond = quote_spanned!(at=> __http4k_ws::#respond(#function));
            return match copies.is_empty() {
                true => respond,
                false => self.braced(&respond),
            };
        }
        let [future, response] = ["future", "response"].map(|name| self.step(name));
        let returned = quote_spanned!(at=> __http4k_ws::#future(#function).await);
        let block = match self.form {
            Form::Given | Form::LentGiven => {
                let respond = quote_spanned!(at=> r.response(#returned));
                self.given(&values, &respond, "describing")
            }
            _ => quote_spanned!(at=> __http4k_ws::#response(#returned)),
        };
        let block = quote_spanned!(at=> async move { #block });
        if self.form == Form::Own && self.call.waits() {
            return block;
        }
        let later = self.step("later");
        let later = quote_spanned!(at=> __http4k_ws::#later(#block));
        match copies.is_empty() {
            true => later,
            false => self.braced(&later),
        }
    }

    /// Returns a block that copies captured values first.
    fn braced(&self, body: &TokenStream) -> TokenStream {
        let copies = &self.copies;
        quote_spanned!(self.at=> { #copies #body })
    }

    /// Returns the call of a function over a socket or a stream. They outlive the route's call, and
    /// so must everything that the function borrows.
    fn consumer(&self, function: &TokenStream) -> TokenStream {
        if !self.call.lends() {
            return function.clone();
        }
        let (result, consumed) = match self.protocol {
            Protocol::Sse => ("sse_result", "sse_consumed"),
            Protocol::Ws | Protocol::Http => ("ws_result", "consumed"),
        };
        let [result, consumed] = [result, consumed].map(|name| Ident::new(name, self.at));
        quote_spanned! {self.at=>
            async move { __http4k_ws::#result(__http4k_ws::#consumed(#function).await) }
        }
    }

    /// Returns the pattern of the values of arguments, for a closure that describes itself.
    fn values(&self) -> TokenStream {
        let read = self.pairs(&self.read, name);
        if !self.call.waits() {
            return read;
        }
        let waited = self.pairs(&self.waited, name);
        quote_spanned!(self.at=> (#read, #waited))
    }

    /// Returns the call of the library's constructor.
    fn constructed(&self, is_local: bool, body: &TokenStream) -> TokenStream {
        let at = self.at;
        let captured = self.pairs(&self.captured, |(_, value)| value.clone());
        let own = self.pairs(&self.captured, |(name, _)| name.to_token_stream());
        let read = self.pairs(&self.read, |(argument, _)| argument.clone());
        let waited = self.pairs(&self.waited, |(argument, _)| argument.clone());
        let waited = self.call.waits().then(|| quote_spanned!(at=> #waited,));
        let mut parameters = vec![own];
        if matches!(self.form, Form::Given | Form::LentGiven) {
            parameters.push(quote_spanned!(at=> given));
        } else {
            parameters.push(self.pairs(&self.read, name));
            if self.call.waits() {
                parameters.push(self.pairs(&self.waited, name));
            }
        }
        if let Some(socket) = self.call.socket() {
            let socket = self.bound(socket, socket);
            parameters.push(match self.protocol {
                Protocol::Sse => quote_spanned!(at=> #socket: __http4k_ws::Sse<_>),
                Protocol::Ws | Protocol::Http => {
                    quote_spanned!(at=> #socket: __http4k_ws::WebSocket<_, _>)
                }
            });
        }
        // The compiler reports at this call that a type cannot be read from a request, and shows
        // two such errors at one place as one.
        let first = self.extracted().next();
        let call_at = first.map_or(at, |(_, span)| ours_at(span));
        let constructor = Ident::new(&self.constructor(), call_at);
        let owned = is_local.then(|| quote!(move));
        let closure = quote_spanned!(at=> #owned |#(#parameters),*| #body);
        quote_spanned!(call_at=> __http4k_ws::#constructor(#captured, #read, #waited #closure))
    }

    fn constructor(&self) -> String {
        let name = match (self.protocol, self.form) {
            (Protocol::Ws, Form::Own) => "ws",
            (Protocol::Ws, _) => "opening",
            (Protocol::Sse, _) if self.call.socket().is_some() => "sse",
            (_, Form::Own) => "http",
            (_, Form::Lent) => "http_lent",
            (_, Form::Given) => "http_given",
            (_, Form::LentGiven) => "http_lent_given",
        };
        let reading = if self.call.waits() { "_reading" } else { "" };
        format!("{name}{reading}")
    }

    /// Returns the `part` of one item as it is, and those of several as nested pairs: all before
    /// the last, and the last.
    fn pairs<T>(&self, items: &[T], part: impl Fn(&T) -> TokenStream) -> TokenStream {
        let pairs = items.iter().map(part);
        let pairs = pairs.reduce(|before, last| quote_spanned!(self.at=> (#before, #last)));
        pairs.unwrap_or_else(|| quote_spanned!(self.at=> ()))
    }
}

/// Returns the name of the value of an argument.
fn name((_, name): &(TokenStream, TokenStream)) -> TokenStream {
    name.clone()
}
