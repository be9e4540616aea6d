//! Parentheses without a meaning, which users write around a handler, a function, an argument or a
//! filter.
//!
//! They are removed here, so that no later pass sees them, and so that the compiler does not advise
//! the user to remove them. Those of an operand stay, as in `(a + b) * c`.

use syn::{Expr, UnOp};

/// Returns an expression without parentheses around it.
pub(super) fn bare(expr: Expr) -> Expr {
    match expr {
        Expr::Paren(paren) => bare(*paren.expr),
        expr => expr,
    }
}

/// Returns a handler without parentheses around it, its function and its arguments.
pub(super) fn handler(expr: Expr) -> Expr {
    match bare(expr) {
        Expr::Group(mut group) => {
            *group.expr = handler(*group.expr);
            Expr::Group(group)
        }
        Expr::Call(mut call) => {
            if is_name(&call.func) {
                *call.func = bare(*call.func);
            }
            call.args = call.args.into_iter().map(argument).collect();
            Expr::Call(call)
        }
        Expr::MethodCall(mut call) => {
            *call.receiver = receiver(*call.receiver);
            call.args = call.args.into_iter().map(argument).collect();
            Expr::MethodCall(call)
        }
        expr => expr,
    }
}

/// Returns `true` for a path, also in parentheses.
fn is_name(function: &Expr) -> bool {
    match function {
        Expr::Paren(paren) => is_name(&paren.expr),
        function => matches!(function, Expr::Path(_)),
    }
}

fn argument(expr: Expr) -> Expr {
    match bare(expr) {
        Expr::Reference(mut reference) => {
            *reference.expr = behind_operator(*reference.expr);
            Expr::Reference(reference)
        }
        Expr::Unary(mut unary) if matches!(unary.op, UnOp::Deref(_)) => {
            *unary.expr = behind_operator(*unary.expr);
            Expr::Unary(unary)
        }
        Expr::Field(mut field) => {
            *field.base = before_dot(*field.base);
            Expr::Field(field)
        }
        expr => expr,
    }
}

/// Returns the operand of `&` or `*`.
fn behind_operator(expr: Expr) -> Expr {
    match argument(expr.clone()) {
        inner @ (Expr::Reference(_) | Expr::Unary(_)) => inner,
        _ => before_dot(expr),
    }
}

/// Returns the base of a field.
fn before_dot(expr: Expr) -> Expr {
    match argument(expr.clone()) {
        inner @ (Expr::Path(_)
        | Expr::Infer(_)
        | Expr::Field(_)
        | Expr::Call(_)
        | Expr::MethodCall(_)
        | Expr::Macro(_)) => inner,
        _ => expr,
    }
}

/// Returns the receiver of a method. In parentheses, it may have a `&` or a `*` before a name,
/// which a method adds by itself.
fn receiver(expr: Expr) -> Expr {
    let is_marked = matches!(expr, Expr::Paren(_));
    let expr = argument(expr);
    match place(&expr) {
        Some(place) if is_marked => place,
        _ => expr,
    }
}

/// Returns the name or field behind `&` and `*`.
fn place(expr: &Expr) -> Option<Expr> {
    match expr {
        Expr::Reference(reference) if reference.mutability.is_none() => place(&reference.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => place(&unary.expr),
        Expr::Path(_) | Expr::Field(_) => Some(expr.clone()),
        _ => None,
    }
}
