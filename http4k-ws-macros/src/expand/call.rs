//! The end of one route, as an expression.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Expr, ExprClosure, ExprReference, GenericArgument, Pat, PatType, PathArguments, Token, Type,
};

use super::lending::Lending;
use crate::model::{Answerer, Arg, Call, Callee, Routes, Shape, dereferenced, plain_name};
use crate::parse::{Head, Param, Speaks, ours_at};

/// What an answerer's expansion is put together from.
struct Parts<'a> {
    call: &'a Call,
    params: &'a [&'a Param],
    /// The user's function, which declares the types of what is captured.
    head: Option<&'a Head>,
    /// What the function around lends, if it is not the user's own.
    lending: Option<&'a Lending<'a>>,
    /// Where mistakes of the call as a whole are shown.
    at: Span,
    /// Its function responds to a handshake, without the socket.
    opens: bool,
    /// What is captured: the name in a call, and its value when the routes are built.
    captured: Vec<(Ident, TokenStream)>,
    /// At the start of each call: its own copies.
    copies: TokenStream,
    /// Read from the request, before the function is called.
    read: TokenStream,
    /// The arguments, in order.
    args: Vec<TokenStream>,
}

/// An expression of type `Side`, for the user's own function or for one that has what `lending` lends.
pub(super) fn end(
    answerer: &Answerer,
    params: &[&Param],
    model: &Routes,
    lending: Option<&Lending<'_>>,
) -> TokenStream {
    let call = &answerer.call;
    let at = ours_at(call.span());
    if let Shape::Value(handler) = &call.shape {
        let take = match answerer.speaks {
            Speaks::Ws => quote_spanned!(at=> ws_handler),
            Speaks::Http | Speaks::Sse => quote_spanned!(at=> http_handler),
        };
        let made = quote_spanned!(at=> __http4k_ws::#take(#handler));
        // Braces tell a call that makes a handler from a call of one, so they are not for nothing.
        return match handler {
            Expr::Block(_) | Expr::Paren(_) => quote_spanned! {at=>
                { #[allow(unused_braces, unused_parens)] let made = #made; made }
            },
            _ => made,
        };
    }
    let mut parts = Parts {
        call,
        params,
        head: model.head.as_ref(),
        lending,
        at,
        opens: answerer.speaks == Speaks::Ws && call.socket().is_none(),
        captured: Vec::new(),
        copies: TokenStream::new(),
        read: TokenStream::new(),
        args: Vec::new(),
    };
    parts.read_params();
    for (index, arg) in call.args.iter().enumerate() {
        let arg = parts.arg(index, arg);
        parts.args.push(arg);
    }
    let function = parts.function();
    let function = parts.with_body_read_once(function);
    let body = match (answerer.speaks, call.socket()) {
        (Speaks::Ws, Some(socket)) => parts.over_socket(socket, function),
        (Speaks::Ws, None) => parts.ws(function),
        (Speaks::Http | Speaks::Sse, _) => parts.http(function),
    };
    let is_local = model.may_be_local(call);
    let reads = parts.extracted().next().is_some();
    let take = match (answerer.speaks, reads, is_local) {
        (Speaks::Ws, true, _) => "ws_extracting",
        (Speaks::Ws, false, false) => "ws",
        (Speaks::Ws, false, true) => "ws_closure",
        (Speaks::Http | Speaks::Sse, true, _) => "http_extracting",
        (Speaks::Http | Speaks::Sse, false, false) => "http",
        (Speaks::Http | Speaks::Sse, false, true) => "http_closure",
    };
    parts.taken(take, is_local, &body)
}

impl Parts<'_> {
    /// Returns `true` if the library waits for the `_` arguments. An `async` block of the route's own costs
    /// more to compile, and is needed only if the function keeps what the block has.
    fn is_read(&self) -> bool {
        self.call.waits() && !self.call.lends()
    }

    /// A call of `reading`, which is the library's, with the function's call behind it.
    fn reading(&self, reading: &TokenStream, function: &TokenStream) -> TokenStream {
        let (read, req) = (&self.read, self.request());
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

    fn http(&self, function: TokenStream) -> TokenStream {
        let (read, req) = (&self.read, self.request());
        if self.is_read() {
            let reading = quote_spanned!(self.at=> reading);
            let function = quote_spanned!(self.at=> __http4k_ws::answered(#function));
            self.reading(&reading, &function)
        } else if self.call.waits() || self.call.lends() {
            // What needs no waiting stands before the block, which is dearer to check.
            let (before, inside) = if self.call.waits() {
                (None, Some(read))
            } else {
                (Some(read), None)
            };
            quote_spanned! {self.at=>
                #before __http4k_ws::later(async move {
                    #inside #req
                    __http4k_ws::response(__http4k_ws::future(#function).await)
                })
            }
        } else {
            quote_spanned!(self.at=> #read #req __http4k_ws::answer(#function))
        }
    }

    fn ws(&self, function: TokenStream) -> TokenStream {
        let (read, req) = (&self.read, self.request());
        if self.is_read() {
            let reading = quote_spanned!(self.at=> ws_reading);
            let function = quote_spanned!(self.at=> __http4k_ws::ws_answered(#function));
            self.reading(&reading, &function)
        } else if self.call.waits() || self.call.lends() {
            // What needs no waiting stands before the block, which is dearer to check.
            let (before, inside) = if self.call.waits() {
                (None, Some(read))
            } else {
                (Some(read), None)
            };
            quote_spanned! {self.at=>
                #before __http4k_ws::ws_later(async move {
                    #inside #req
                    __http4k_ws::ws_response(__http4k_ws::ws_future(#function).await)
                })
            }
        } else {
            quote_spanned!(self.at=> #read #req __http4k_ws::ws_answer(#function))
        }
    }

    fn over_socket(&self, socket: &Ident, function: TokenStream) -> TokenStream {
        let (read, req) = (&self.read, self.request());
        // What is lent to the function outlives the route's call.
        let consumed = if self.call.lends() {
            quote_spanned! {self.at=>
                async move { __http4k_ws::ws_result(__http4k_ws::consumed(#function).await) }
            }
        } else {
            function
        };
        let consumer = quote_spanned! {self.at=>
            move |#socket: __http4k_ws::WebSocket<_, _>| #consumed
        };
        if self.is_read() {
            let reading = quote_spanned!(self.at=> ws_reading);
            let accepted = quote_spanned! {self.at=>
                __http4k_ws::ws_answered(__http4k_ws::accepted(call, #consumer))
            };
            self.reading(&reading, &accepted)
        } else if self.call.waits() {
            quote_spanned! {self.at=>
                __http4k_ws::ws_later(async move {
                    #read #req __http4k_ws::accepted(call, #consumer)
                })
            }
        } else {
            quote_spanned!(self.at=> #read #req __http4k_ws::accept(call, #consumer))
        }
    }

    /// Returns the index and the place of each `_` argument.
    fn extracted(&self) -> impl Iterator<Item = (usize, Span)> + '_ {
        let args = self.call.args.iter().enumerate();
        args.filter_map(|(index, arg)| match arg {
            Arg::Extracted(span) => Some((index, *span)),
            _ => None,
        })
    }

    /// Returns the `_` arguments as the library's `ReadArguments` has them, each as `one` returns it.
    fn pairs(&self, one: fn(usize, Span) -> TokenStream) -> Option<TokenStream> {
        let all = self.extracted().map(|(index, span)| one(index, span));
        all.reduce(|before, last| quote_spanned!(self.at=> (#before, #last)))
    }

    /// Adds the check that at most one of the `_` arguments reads the body to the function's call.
    fn with_body_read_once(&self, function: TokenStream) -> TokenStream {
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
        // The types of the arguments are known behind the call.
        quote_spanned! {self.at=>
            {
                #[allow(unused_imports)]
                use __http4k_ws::BodyOnce as _;
                (#function, #checks).0
            }
        }
    }

    /// Binds `req`, where it is handed over.
    fn request(&self) -> Option<TokenStream> {
        let req = self.call.request()?;
        // A socket has the extensions too.
        Some(match self.call.socket() {
            Some(_) => quote_spanned!(self.at=> let #req = call.take_request();),
            None => quote_spanned!(self.at=> let #req = call.into_request();),
        })
    }

    /// The function of what is captured and of a call, which a route takes.
    fn taken(&self, take: &str, is_local: bool, body: &TokenStream) -> TokenStream {
        let (at, copies) = (self.at, &self.copies);
        let names = self.captured.iter().map(|(name, _)| name.to_token_stream());
        let values = self.captured.iter().map(|(_, value)| value.clone());
        let (names, values) = (tuple(names.collect(), at), tuple(values.collect(), at));
        let arguments = self.pairs(|index, span| argument_name(index, span).into_token_stream());
        let types = self.pairs(|_, span| quote_spanned!(ours_at(span)=> __http4k_ws::Extracted<_>));
        let arguments = arguments.map(|arguments| quote_spanned!(at=> , #arguments: #types));
        let takes_parts = self.call.request().is_some() && self.call.socket().is_some();
        let mutable = (self.call.waits() || takes_parts) && !self.is_read();
        let mutable = mutable.then(|| quote!(mut));
        // The compiler shows at this call that a type is not read from a request, and shows two such
        // errors at one place as one.
        let first = self.extracted().next();
        let call_at = first.map_or(at, |(_, span)| ours_at(span));
        let own = is_local.then(|| quote!(move));
        let take = Ident::new(take, call_at);
        let closure = quote_spanned! {at=>
            #own |#names, #mutable call #arguments| { #copies #body }
        };
        quote_spanned!(call_at=> __http4k_ws::#take(#values, #closure))
    }

    /// Binds the parameters that are handed over, and reads them at the literal that declares them.
    ///
    /// The name stands at its place in the call: an editor that renames it would replace the whole
    /// literal otherwise.
    fn read_params(&mut self) {
        for (index, param) in self.params.iter().enumerate() {
            let name = match self.call.param_written(index) {
                Some(written) => self.param_name(param, written),
                None if param.ty.is_some() => quote!(_),
                None => continue,
            };
            let at = ours_at(param.span());
            // Of a reference the compiler does not find what is behind it: what `&str` is lent from is a `String`.
            let ty = match &param.ty {
                Some(ty) => Some(quote!(: #ty)),
                None if self.call.borrows_param(index) => {
                    Some(quote_spanned!(at=> : __http4k_ws::String))
                }
                None => None,
            };
            let untyped = param.ty.is_none() && self.is_untyped(index);
            let index = proc_macro2::Literal::usize_unsuffixed(index);
            let read = match param.is_rest {
                true => quote_spanned!(at=> rest),
                false => quote_spanned!(at=> param),
            };
            // In an array, as `?` would let the compiler take `!` for the type that it looks for.
            self.read.extend(match untyped {
                true => quote_spanned! {at=>
                    let [#name] = call.#read(#index).map(__http4k_ws::one)?;
                },
                false => quote_spanned!(at=> let #name #ty = call.#read(#index)?;),
            });
        }
    }

    /// The name that a parameter is bound to, as `written`: its own, unless that would hide the function.
    fn param_name(&self, param: &Param, written: &Ident) -> TokenStream {
        let mut name = written.clone();
        if self
            .call
            .function()
            .is_some_and(|function| function == param.text())
        {
            name.set_span(ours_at(written.span()));
        }
        name.to_token_stream()
    }

    fn arg(&mut self, index: usize, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Param(index, ident) => self.param_name(self.params[*index], ident),
            Arg::BorrowedParam(
                index,
                ExprReference {
                    and_token, expr, ..
                },
            ) => {
                let written = plain_name(expr).expect("a parameter is a plain name");
                let name = self.param_name(self.params[*index], written);
                quote!(#and_token #name)
            }
            Arg::Constant(reference) => reference.to_token_stream(),
            Arg::Request(ident) | Arg::Socket(ident) => ident.to_token_stream(),
            Arg::Extracted(span) => {
                let at = ours_at(*span);
                let name = value_name(index, *span);
                if !self.is_read() {
                    let argument = argument_name(index, *span);
                    self.read.extend(quote_spanned! {at=>
                        let #name = __http4k_ws::extract(&mut call, #argument).await?;
                    });
                }
                name.to_token_stream()
            }
            Arg::Captured(expr) => {
                let name = self.captured(index, expr);
                self.own(&name);
                name.to_token_stream()
            }
            Arg::Borrowed(ExprReference {
                and_token, expr, ..
            }) => {
                let (place, stars) = dereferenced(expr);
                let name = self.captured(index, place);
                let star = quote_spanned!(name.span()=> *);
                // One for each that is written, and two for what the route keeps.
                let is_own = self.call.socket().is_some();
                let stars = vec![star; if is_own { stars } else { stars + 2 }];
                if is_own {
                    self.own(&name);
                }
                let lent = quote!(#and_token #(#stars)* #name);
                match self.points_to_trait_object(expr) {
                    true => quote_spanned!(name.span()=> __http4k_ws::lent(#lent)),
                    false => lent,
                }
            }
            Arg::Value(expr) => {
                let at = ours_at(expr.span());
                let expr = self.borrowed(expr);
                let value = quote_spanned!(at=> __http4k_ws::made(#expr));
                let name = Ident::new(&format!("c{index}"), at);
                self.captured.push((name.clone(), value));
                self.own(&name);
                name.to_token_stream()
            }
        }
    }

    /// A name or a field, which stays with its owner.
    fn captured(&mut self, index: usize, expr: &Expr) -> Ident {
        let at = ours_at(expr.span());
        let borrowed = self.borrowed(expr);
        let value = quote_spanned!(at=> __http4k_ws::captured(&#borrowed));
        let name = Ident::new(&format!("c{index}"), at);
        self.captured.push((name.clone(), value));
        name
    }

    /// Returns `true` for an argument of the head that is declared as `Arc<dyn Store>`, or as a `Box`
    /// or `Rc` of such: a handler may take `&dyn Store`, to which the compiler does not dereference it.
    fn points_to_trait_object(&self, expr: &Expr) -> bool {
        let (Some(head), Some(name)) = (self.head, plain_name(expr)) else {
            return false;
        };
        let arguments = head.plain_arguments();
        let mut declared = arguments.iter().filter(|(argument, _)| *argument == name);
        declared.any(|(_, ty)| is_pointer_to_trait_object(ty))
    }

    /// An expression over what is lent, if it is.
    fn borrowed(&self, expr: &Expr) -> TokenStream {
        match self.lending {
            Some(lending) => lending.dereferenced(expr),
            None => expr.to_token_stream(),
        }
    }

    /// Has each call take a copy of what is captured.
    fn own(&mut self, name: &Ident) {
        self.copies.extend(quote_spanned! {name.span()=>
            let #name = __http4k_ws::copied(#name);
        });
    }

    /// The call itself, with its own parentheses and commas.
    fn function(&mut self) -> TokenStream {
        match &self.call.shape {
            Shape::Value(value) => value.to_token_stream(),
            Shape::Function { callee, call } => {
                let mut call = call.clone();
                match callee {
                    Callee::Value => {
                        call.func = Box::new(Expr::Verbatim(self.shared(&call.func)));
                    }
                    Callee::Path if self.opens && call.args.len() <= MOST_OPENING => {
                        let (at, function) = (self.at, &call.func);
                        let checked = quote_spanned!(at=> __http4k_ws::opens(&#function));
                        call.func = Box::new(Expr::Verbatim(checked));
                    }
                    Callee::Path => {}
                }
                for (arg, given) in call.args.iter_mut().zip(&self.args) {
                    *arg = Expr::Verbatim(given.clone());
                }
                call.into_token_stream()
            }
            Shape::Method(call) => {
                let mut call = call.clone();
                let (receiver, args) = self.args.split_first().expect("a method has a receiver");
                *call.receiver = Expr::Verbatim(receiver.clone());
                for (arg, given) in call.args.iter_mut().zip(args) {
                    *arg = Expr::Verbatim(given.clone());
                }
                call.into_token_stream()
            }
            Shape::Closure(closure) => {
                let shared = self.shared(&self.typed(closure));
                let args = &self.args;
                let at = self.at;
                quote_spanned!(at=> #shared(#(#args),*))
            }
        }
    }

    /// The closure, with the types that the path declares, as its body is checked before it is called.
    fn typed(&self, closure: &ExprClosure) -> ExprClosure {
        let mut closure = closure.clone();
        for (pat, arg) in closure.inputs.iter_mut().zip(&self.call.args) {
            let (Pat::Ident(_), Arg::Param(index, _)) = (&*pat, arg) else {
                continue;
            };
            if let Some(ty) = &self.params[*index].ty {
                *pat = Pat::Type(PatType {
                    attrs: Vec::new(),
                    pat: Box::new(pat.clone()),
                    colon_token: Token![:](ty.span()),
                    ty: Box::new(ty.clone()),
                });
            }
        }
        closure
    }

    /// Returns `true` if the parameter with this index is passed to a closure that does not say its type.
    fn is_untyped(&self, param: usize) -> bool {
        let Shape::Closure(closure) = &self.call.shape else {
            return false;
        };
        let mut inputs = closure.inputs.iter().zip(&self.call.args);
        inputs.any(|(pat, arg)| {
            matches!((pat, arg), (Pat::Ident(_), Arg::Param(index, _)) if *index == param)
        })
    }

    /// A function value, made once. A consumer outlives the route's call, so it shares the value.
    fn shared(&mut self, function: &impl ToTokens) -> TokenStream {
        let at = self.at;
        let name = Ident::new("f", at);
        let mut value = function.to_token_stream();
        if self.call.socket().is_some() {
            value = quote_spanned!(at=> __http4k_ws::Arc::new(#value));
            self.copies.extend(quote_spanned! {at=>
                let #name = ::core::clone::Clone::clone(#name);
            });
        }
        self.captured.push((name.clone(), value));
        name.to_token_stream()
    }
}

/// Returns the name of the `_` argument with this index before it is read, which has its type.
fn argument_name(index: usize, span: Span) -> Ident {
    Ident::new(&format!("t{index}"), ours_at(span))
}

/// Returns the name of the value of the `_` argument with this index.
fn value_name(index: usize, span: Span) -> Ident {
    Ident::new(&format!("a{index}"), ours_at(span))
}

fn is_pointer_to_trait_object(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    let PathArguments::AngleBracketed(inner) = &last.arguments else {
        return false;
    };
    let is_trait_object = |argument: &GenericArgument| {
        matches!(argument, GenericArgument::Type(Type::TraitObject(_)))
    };
    ["Arc", "Box", "Rc"].iter().any(|name| last.ident == name)
        && inner.args.first().is_some_and(is_trait_object)
}

/// The arguments that a call may have for the library to check that its function responds to a
/// handshake. The library checks functions of one more, which may be the forgotten socket.
const MOST_OPENING: usize = 7;

/// One by itself, or a tuple; of tuples, where there are more than the standard library clones one of.
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
