//! The end of one route, as an expression.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprReference};

use crate::model::{Answerer, Arg, Call, Callee, Shape};
use crate::parse::{Param, Speaks, ours_at};

/// What an answerer's expansion is put together from.
struct Parts<'a> {
    call: &'a Call,
    params: &'a [&'a Param],
    /// Where mistakes of the call as a whole are shown.
    at: Span,
    /// Evaluated when the routes are built.
    once: TokenStream,
    /// At the start of each call.
    again: TokenStream,
    /// Read from the request, before the function is called.
    read: TokenStream,
    /// The arguments, in order.
    args: Vec<TokenStream>,
}

/// An expression of type `Side`.
pub(super) fn end(answerer: &Answerer, params: &[&Param]) -> TokenStream {
    let call = &answerer.call;
    let at = ours_at(call.span());
    if let Shape::Value(handler) = &call.shape {
        let take = match answerer.speaks {
            Speaks::Ws => quote_spanned!(at=> ws_handler),
            Speaks::Http | Speaks::Sse => quote_spanned!(at=> http_handler),
        };
        let made = quote_spanned!(at=> ::http4k_ws::__private::#take(#handler));
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
        at,
        once: TokenStream::new(),
        again: TokenStream::new(),
        read: TokenStream::new(),
        args: Vec::new(),
    };
    parts.read_params();
    for (index, arg) in call.args.iter().enumerate() {
        let arg = parts.arg(index, arg);
        parts.args.push(arg);
    }
    let function = parts.function();
    match answerer.speaks {
        Speaks::Ws => parts.ws(function),
        Speaks::Http | Speaks::Sse => parts.http(function),
    }
}

impl Parts<'_> {
    fn http(self, function: TokenStream) -> TokenStream {
        let request = self
            .call
            .request()
            .map(|req| quote_spanned!(self.at=> let #req = call.into_request();));
        let end = quote_spanned! {self.at=>
            ::core::result::Result::Ok::<_, ::http4k_ws::__private::Rejection>(
                ::http4k_ws::__private::response(::http4k_ws::__private::answer(#function).await)
            )
        };
        self.wrapped(&quote!(http), request, end)
    }

    fn ws(self, function: TokenStream) -> TokenStream {
        let Some(socket) = self.call.socket() else {
            let request = self
                .call
                .request()
                .map(|req| quote_spanned!(self.at=> let #req = call.into_request();));
            let end = quote_spanned! {self.at=>
                ::core::result::Result::Ok::<_, ::http4k_ws::__private::Rejection>(
                    ::http4k_ws::__private::ws_response(::http4k_ws::__private::ws_answer(#function).await)
                )
            };
            return self.wrapped(&quote!(ws), request, end);
        };
        let request = self
            .call
            .request()
            .map(|req| quote_spanned!(self.at=> let #req = call.take_request();));
        let end = quote_spanned! {self.at=>
            ::core::result::Result::Ok::<_, ::http4k_ws::__private::Rejection>(
                ::http4k_ws::__private::accept(
                    call,
                    move |#socket: ::http4k_ws::__private::WebSocket<_, _>| async move {
                        ::http4k_ws::__private::ws_result(::http4k_ws::__private::consumed(#function).await)
                    },
                )
            )
        };
        self.wrapped(&quote!(ws), request, end)
    }

    fn wrapped(
        self,
        kind: &TokenStream,
        request: Option<TokenStream>,
        end: TokenStream,
    ) -> TokenStream {
        let Self {
            once,
            again,
            read,
            at,
            ..
        } = self;
        let kind = kind.clone().into_iter().map(|mut token| {
            token.set_span(at);
            token
        });
        let kind: TokenStream = kind.collect();
        let reads_body = self
            .call
            .args
            .iter()
            .any(|arg| matches!(arg, Arg::Extracted(_)));
        let takes = self.call.request().is_some() && self.call.socket().is_some();
        let mutable = (reads_body || takes).then(|| quote!(mut));
        let end = quote_spanned! {at=>
            ::http4k_ws::__private::#kind(move |#mutable call: ::http4k_ws::__private::Call| {
                #again
                async move { #read #request #end }
            })
        };
        if once.is_empty() {
            end
        } else {
            quote!({ #once #end })
        }
    }

    /// Binds the parameters that are handed over, at the literal that declares them.
    fn read_params(&mut self) {
        for (index, param) in self.params.iter().enumerate() {
            let used = self.call.params().any(|used| used == index);
            let name = if used {
                self.param_name(param, &param.name)
            } else if param.ty.is_some() {
                quote!(_)
            } else {
                continue;
            };
            let ty = param.ty.as_ref().map(|ty| quote!(: #ty));
            let at = ours_at(param.span());
            let index = proc_macro2::Literal::usize_unsuffixed(index);
            self.read.extend(quote_spanned! {at=>
                let #name #ty = call.param(#index)?;
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
            Arg::Request(ident) | Arg::Socket(ident) => ident.to_token_stream(),
            Arg::Extracted(span) => {
                let at = ours_at(*span);
                let name = Ident::new(&format!("a{index}"), at);
                self.read.extend(quote_spanned! {at=>
                    let #name = call.extract().await?;
                });
                name.to_token_stream()
            }
            Arg::Captured(expr) => {
                let at = ours_at(expr.span());
                let init = quote_spanned!(at=> ::http4k_ws::__private::captured(&#expr));
                self.capture(index, init, at)
            }
            Arg::Borrowed(expr) => {
                let at = ours_at(expr.span());
                let Expr::Reference(ExprReference {
                    and_token, expr, ..
                }) = expr
                else {
                    return TokenStream::new();
                };
                let init = quote_spanned!(at=> ::http4k_ws::__private::captured(&#expr));
                let name = self.capture(index, init, at);
                quote!(#and_token #name)
            }
            Arg::Value(expr) => {
                let at = ours_at(expr.span());
                self.capture(index, expr.to_token_stream(), at)
            }
        }
    }

    /// A value made once, and cloned for each call.
    fn capture(&mut self, index: usize, init: TokenStream, at: Span) -> TokenStream {
        let name = Ident::new(&format!("c{index}"), at);
        self.once.extend(quote_spanned!(at=> let #name = #init;));
        self.again.extend(quote_spanned! {at=>
            let #name = ::http4k_ws::__private::captured(&#name);
        });
        name.to_token_stream()
    }

    /// The call itself, with its own parentheses and commas.
    fn function(&mut self) -> TokenStream {
        match &self.call.shape {
            Shape::Value(value) => value.to_token_stream(),
            Shape::Function { callee, call } => {
                let mut call = call.clone();
                if let Callee::Value = callee {
                    call.func = Box::new(Expr::Verbatim(self.shared(&call.func)));
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
                let shared = self.shared(closure);
                let args = &self.args;
                let at = self.at;
                quote_spanned!(at=> #shared(#(#args),*))
            }
        }
    }

    /// A function value, made once and shared by all calls.
    fn shared(&mut self, function: &impl ToTokens) -> TokenStream {
        let at = self.at;
        let name = format_ident!("f", span = at);
        self.once.extend(quote_spanned! {at=>
            let #name = ::http4k_ws::__private::Arc::new(#function);
        });
        self.again.extend(quote_spanned! {at=>
            let #name = ::core::clone::Clone::clone(&#name);
        });
        name.to_token_stream()
    }
}
