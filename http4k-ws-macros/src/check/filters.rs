//! Filters that say by their names that they would do nothing where they are.

use syn::Expr;
use syn::spanned::Spanned;

use crate::errors::Errors;
use crate::model::Routes;

/// Reports `http_only(..)` before WebSockets alone, and `ws_only(..)` before HTTP alone. Both are
/// filters of every protocol to the compiler.
pub(super) fn affect_a_route(model: &Routes, errors: &mut Errors) {
    for (filter, behind) in model.filters.iter().zip(&model.behind) {
        let (name, sees, are) = match (function(filter).as_deref(), behind.http, behind.ws) {
            (Some("http_only"), false, true) => ("http_only", "HTTP requests", "WebSockets"),
            (Some("ws_only"), true, false) => ("ws_only", "WebSocket upgrades", "HTTP requests"),
            _ => continue,
        };
        let message = format!(
            "`{name}(..)` sees {sees} only, and all routes here are for {are}: write a filter of that \
             protocol, or `guard(..)` or `poly(..)` for every protocol"
        );
        errors.at(filter.span(), message);
    }
}

/// Returns the last name of a called function.
fn function(filter: &Expr) -> Option<String> {
    let Expr::Call(call) = filter else {
        return None;
    };
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let last = function.path.segments.last();
    last.map(|last| last.ident.to_string())
}
