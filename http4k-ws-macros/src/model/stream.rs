//! The argument `sse`, which every call in `sse(..)` has.

use quote::ToTokens;
use syn::Expr;

use super::args::plain_name;
use super::call::{Call, Shape};
use crate::errors::Errors;

impl Call {
    /// Returns `true` for a call that is passed the stream, and for a handler value. Reports any
    /// other, because a function in `sse(..)` sends events.
    pub(super) fn receives_stream(&self, errors: &mut Errors) -> bool {
        if self.socket().is_some() || matches!(self.shape, Shape::Value(_)) {
            return true;
        }
        if let Some(misspelled) = self.captured_near("sse") {
            let message = format!("`{misspelled}` is not the stream: did you mean `sse`?");
            errors.at(misspelled.span(), message);
            return false;
        }
        let message = match self.with_stream() {
            Some(call) => {
                let name = self.function().unwrap_or_else(|| "the function".to_owned());
                format!("`{name}` is not passed the stream: write `sse({call})`")
            }
            None => "the stream is passed as `sse`: write `|sse: Sse| ..`".to_owned(),
        };
        errors.at(self.span(), message);
        false
    }

    /// Returns the text of the call with the stream as its first argument. `None` for a closure.
    fn with_stream(&self) -> Option<String> {
        let (function, args) = match &self.shape {
            Shape::Function { call, .. } => (shown(&call.func), &call.args),
            Shape::Method(call) => {
                let function = format!("{}.{}", shown(&call.receiver), call.method);
                (function, &call.args)
            }
            Shape::Value(_) | Shape::Closure(_) => return None,
        };
        let args = args.iter().map(shown);
        let args: Vec<String> = ["sse".to_owned()].into_iter().chain(args).collect();
        Some(format!("{function}({})", args.join(", ")))
    }
}

/// Returns the text of a short expression as the user spaced it, and two dots for any other.
fn shown(expr: &Expr) -> String {
    match expr {
        Expr::Infer(_) => "_".to_owned(),
        Expr::Path(path) => path.to_token_stream().to_string().replace(" :: ", "::"),
        Expr::Reference(reference) if plain_name(&reference.expr).is_some() => {
            format!("&{}", shown(&reference.expr))
        }
        _ => "..".to_owned(),
    }
}
