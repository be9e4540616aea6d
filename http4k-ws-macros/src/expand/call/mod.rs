//! The endpoint of one route, as an expression.
//!
//! Statements that need no waiting stand before an `async` block, which costs more to check. A
//! route has such a block of its own only in two cases:
//!
//! 1. Its function borrows something that only the call has (`lends`).
//! 2. It also has `_` arguments (`waits`). Without a loan, the library waits for them in a generic
//!    function, which is checked once for all routes.

mod arguments;
mod described;
mod extracted;
mod function;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

pub(super) use self::described::DESCRIBES;
use self::extracted::{argument_name, value_name};
use super::lending::Lending;
use crate::model::{Call, HandlerCall, Routes, Shape};
use crate::parse::{Head, Param, Protocol, ours_at};

/// The parts of the expansion of one handler.
struct Parts<'a> {
    call: &'a Call,
    protocol: Protocol,
    params: &'a [&'a Param],
    /// The user's function, which declares the types of captured arguments.
    head: Option<&'a Head>,
    /// The loans of the function around, if it is not the user's own.
    lending: Option<&'a Lending<'a>>,
    /// The place of mistakes that concern the call as a whole.
    at: Span,
    /// The captured values: the name in a call, and the value when the routes are built.
    captured: Vec<(Ident, TokenStream)>,
    /// The statements at the start of each call that copy captured values.
    copies: TokenStream,
    /// The statements that read parameters and `_` arguments, before the function is called.
    read: TokenStream,
    /// The arguments, in order.
    args: Vec<TokenStream>,
    /// The types that describe the route, of which the closure has no value.
    witnesses: TokenStream,
    /// The one of what the function returns, or of what its socket or stream carries.
    result: Option<Ident>,
    /// The steps that describe the route, by its types.
    steps: Vec<TokenStream>,
}

/// Returns an expression of the library's endpoint type, for the user's own function or for one
/// that has the loans of `lending`.
pub(super) fn endpoint(
    handler: &HandlerCall,
    params: &[&Param],
    model: &Routes,
    lending: Option<&Lending<'_>>,
) -> TokenStream {
    let (call, protocol) = (&handler.call, handler.protocol);
    let at = ours_at(call.span());
    if let Shape::Value(value) = &call.shape {
        return of_value(value, protocol, at);
    }
    let mut parts = Parts {
        call,
        protocol,
        params,
        head: model.head.as_ref(),
        lending,
        at,
        captured: Vec::new(),
        copies: TokenStream::new(),
        read: TokenStream::new(),
        args: Vec::new(),
        witnesses: TokenStream::new(),
        result: None,
        steps: Vec::new(),
    };
    parts.read_params();
    for (index, arg) in call.args.iter().enumerate() {
        let arg = parts.arg(index, arg);
        parts.args.push(arg);
    }
    let function = parts.function();
    let function = parts.with_body_read_once(function);
    parts.describe_arguments();
    parts.describe_result();
    let body = parts.body(function);
    parts.constructed(model.may_be_local(call), &body)
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
        Expr::Block(_) | Expr::Paren(_) => quote_spanned! {at=>
            {
                // The user's braces or parentheses stand in an argument, which needs none.
                #[allow(unused_braces, unused_parens)]
                let endpoint = #endpoint;
                endpoint
            }
        },
        _ => endpoint,
    }
}

impl Parts<'_> {
    /// Returns `true` if the library waits for the `_` arguments.
    fn library_waits(&self) -> bool {
        self.call.waits() && !self.call.lends()
    }

    /// Returns `true` for a function that responds to a handshake, without the socket.
    fn opens(&self) -> bool {
        self.protocol == Protocol::Ws && self.call.socket().is_none()
    }

    /// Returns the name of one of the library's steps, in the form of this protocol.
    fn step(&self, name: &str) -> Ident {
        let prefix = match self.protocol {
            Protocol::Ws => "ws_",
            Protocol::Http | Protocol::Sse => "",
        };
        Ident::new(&format!("{prefix}{name}"), self.at)
    }

    /// Returns the steps from a call to its response, around the call of the function.
    fn body(&self, function: TokenStream) -> TokenStream {
        let (at, read, req, copies) = (self.at, &self.read, self.request(), &self.copies);
        let consumer = self.call.socket().map(|ws| self.consumer(ws, &function));
        let [accept, accepted] = self.over_consumer(["accept", "accepted"], ["stream", "streamed"]);
        let [accept, accepted] = [accept, accepted].map(|name| self.witnessed(&name));
        if self.library_waits() {
            let returned = self.step("returned");
            let value = match &consumer {
                Some(consumer) => {
                    quote_spanned!(at=> __http4k_ws::#returned(#accepted(call, #consumer)))
                }
                None => {
                    let returned = self.witnessed(&returned);
                    quote_spanned!(at=> #returned(#function))
                }
            };
            let reading = self.reading(&value);
            return self.or_described(&quote_spanned!(at=> #copies #reading));
        }
        // A consumer has a block of its own.
        if self.call.waits() || self.call.lends() && consumer.is_none() {
            return self.later(&match &consumer {
                Some(consumer) => quote_spanned!(at=> #accepted(call, #consumer)),
                None => {
                    let [response, future] = ["response", "future"].map(|name| self.step(name));
                    let response = self.witnessed(&response);
                    quote_spanned!(at=> #response(__http4k_ws::#future(#function).await))
                }
            });
        }
        self.or_described(&match &consumer {
            Some(consumer) => quote_spanned!(at=> #copies #read #req #accept(call, #consumer)),
            None => {
                let respond = self.witnessed(&self.step("respond"));
                quote_spanned!(at=> #copies #read #req #respond(#function))
            }
        })
    }

    /// Returns a call of the library's `later` with a block that has `response`. What the block
    /// waits for is in it, and so is what describes a response that may borrow from the block.
    fn later(&self, response: &TokenStream) -> TokenStream {
        let (at, read, req, copies) = (self.at, &self.read, self.request(), &self.copies);
        let later = self.step("later");
        if self.call.waits() || !self.steps.is_empty() {
            let body = self.or_described(&quote_spanned!(at=> #read #req #response));
            return quote_spanned!(at=> #copies __http4k_ws::#later(async move { #body }));
        }
        quote_spanned!(at=> #copies #read __http4k_ws::#later(async move { #req #response }))
    }

    /// Returns a call of the library's `reading`, which then calls `function`.
    fn reading(&self, function: &TokenStream) -> TokenStream {
        let (read, req, reading) = (&self.read, self.request(), self.step("reading"));
        let arguments = self.pairs(|index, span| argument_name(index, span).into_token_stream());
        let values = self.pairs(|index, span| value_name(index, span).into_token_stream());
        let call = match (&req, self.call.socket()) {
            (None, None) => quote_spanned!(self.at=> _),
            (Some(_), Some(_)) => quote_spanned!(self.at=> mut call),
            _ => quote_spanned!(self.at=> call),
        };
        quote_spanned! {self.at=>
            #read __http4k_ws::#reading(call, #arguments, move |#values, #call| { #req #function })
        }
    }

    /// Returns the names of steps over a socket, or of those over a stream.
    fn over_consumer<const N: usize>(&self, ws: [&str; N], sse: [&str; N]) -> [Ident; N] {
        let names = match self.protocol {
            Protocol::Sse => sse,
            Protocol::Ws | Protocol::Http => ws,
        };
        names.map(|name| Ident::new(name, self.at))
    }

    /// Returns the closure over a socket or a stream that calls `function`.
    fn consumer(&self, ws: &Ident, function: &TokenStream) -> TokenStream {
        let [result, consumed] =
            self.over_consumer(["ws_result", "consumed"], ["sse_result", "sse_consumed"]);
        // The socket outlives the route's call, and so must everything that the function borrows.
        let consumed = match self.call.lends() {
            true => quote_spanned! {self.at=>
                async move { __http4k_ws::#result(__http4k_ws::#consumed(#function).await) }
            },
            false => function.clone(),
        };
        let ty = match self.protocol {
            Protocol::Sse => quote_spanned!(self.at=> Sse<_>),
            Protocol::Ws | Protocol::Http => quote_spanned!(self.at=> WebSocket<_, _>),
        };
        let ws = self.bound(ws, ws);
        quote_spanned!(self.at=> move |#ws: __http4k_ws::#ty| #consumed)
    }

    /// Binds `req`, if it is an argument.
    fn request(&self) -> Option<TokenStream> {
        let req = self.call.request()?;
        let req = self.bound(req, req);
        // The socket keeps a copy, with the extensions.
        Some(match self.call.socket() {
            Some(_) => quote_spanned!(self.at=> let #req = call.take_request();),
            None => quote_spanned!(self.at=> let #req = call.into_request();),
        })
    }

    /// Returns the call of the library's constructor: with the captured values, and with a closure
    /// of these and of a call.
    fn constructed(&self, is_local: bool, body: &TokenStream) -> TokenStream {
        let at = self.at;
        let names = self.captured.iter().map(|(name, _)| name.to_token_stream());
        let values = self.captured.iter().map(|(_, value)| value.clone());
        let (names, values) = (tuple(names.collect(), at), tuple(values.collect(), at));
        let arguments = self.pairs(|index, span| argument_name(index, span).into_token_stream());
        let types = self.pairs(|_, span| quote_spanned!(ours_at(span)=> __http4k_ws::Extracted<_>));
        let arguments = arguments.map(|arguments| quote_spanned!(at=> , #arguments: #types));
        let takes_parts = self.call.request().is_some() && self.call.socket().is_some();
        let mutable = (self.call.waits() || takes_parts) && !self.library_waits();
        let mutable = mutable.then(|| quote!(mut));
        // The compiler reports at this call that a type cannot be read from a request, and shows
        // two such errors at one place as one.
        let first = self.extracted().next();
        let call_at = first.map_or(at, |(_, span)| ours_at(span));
        let own = is_local.then(|| quote!(move));
        let constructor = Ident::new(self.constructor(is_local), call_at);
        let closure = quote_spanned! {at=>
            #own |#names, #mutable call #arguments| { #body }
        };
        quote_spanned!(call_at=> __http4k_ws::#constructor(#values, #closure))
    }

    fn constructor(&self, is_local: bool) -> &'static str {
        let extracts = self.extracted().next().is_some();
        match (self.protocol, extracts, is_local) {
            (Protocol::Ws, true, _) => "ws_extracting",
            (Protocol::Ws, false, false) => "ws",
            (Protocol::Ws, false, true) => "ws_closure",
            (Protocol::Http | Protocol::Sse, true, _) => "http_extracting",
            (Protocol::Http | Protocol::Sse, false, false) => "http",
            (Protocol::Http | Protocol::Sse, false, true) => "http_closure",
        }
    }
}

/// Returns a single item as it is, and several as a tuple. More than 12 become tuples of tuples,
/// because the standard library clones no larger tuple.
fn tuple(mut items: Vec<TokenStream>, at: Span) -> TokenStream {
    const MOST: usize = 12;
    while items.len() > MOST {
        let groups = items.chunks(MOST);
        items = groups.map(|group| tuple(group.to_vec(), at)).collect();
    }
    match items.as_slice() {
        [item] => item.clone(),
        items => quote_spanned!(at=> (#(#items),*)),
    }
}
