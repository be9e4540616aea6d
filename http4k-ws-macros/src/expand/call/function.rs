//! The call of the user's function, method or closure.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use super::Parts;
use crate::model::{Arg, Callee, Shape};

/// The most arguments of a call for which the library checks that its function responds to a
/// handshake. The library checks functions of one more, which may be the missing socket.
const MOST_OPENING: usize = 7;

impl Parts<'_> {
    /// Returns the call itself, with its own parentheses and commas.
    pub(super) fn function(&mut self) -> TokenStream {
        match &self.call.shape {
            Shape::Value(value) => value.to_token_stream(),
            Shape::Function { callee, call } => {
                let mut call = call.clone();
                match callee {
                    Callee::Value => {
                        call.func = Box::new(Expr::Verbatim(self.shared(&call.func)));
                    }
                    Callee::Path if self.opens() && call.args.len() <= MOST_OPENING => {
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
                let is_reference = matches!(self.call.args[0], Arg::Lent(..) | Arg::Constant(_));
                let receiver = match is_reference {
                    true => quote_spanned!(self.at=> (#receiver)),
                    false => receiver.clone(),
                };
                *call.receiver = Expr::Verbatim(receiver);
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

    /// Captures a function value, which is evaluated once. A consumer outlives the route's call, so
    /// it shares the value.
    fn shared(&mut self, function: &impl ToTokens) -> TokenStream {
        let at = self.at;
        let name = Ident::new("f", at);
        let mut value = function.to_token_stream();
        if self.call.socket().is_some() {
            value = quote_spanned!(at=> __http4k_ws::Arc::new(#value));
        }
        self.captured.push((name.clone(), value));
        name.to_token_stream()
    }
}
