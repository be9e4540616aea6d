//! The kinds of a call's arguments.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprReference, Member, Token, Type, UnOp, parse_quote_spanned};

use super::bindings::last_name;
use super::once::changing_call;
use super::words;
use crate::errors::Errors;
use crate::parse::{Head, Protocol, compact};

/// One argument.
pub(crate) enum Arg {
    /// The path parameter with this index, and its token in the call.
    Param(usize, Ident),
    /// `req`.
    Request(Ident),
    /// `ws` or `sse`.
    Socket(Ident),
    /// `_`: read from the request by its type.
    Extracted(Span),
    /// A plain name or field: cloned for the route, and again for each call.
    Captured(Expr),
    /// `&name` or `&*name`: the same, passed by reference. `&format!(..)`: evaluated once, and
    /// passed by reference.
    Borrowed(ExprReference),
    /// `&name` or `&mut name` of a parameter, the request, the socket or the stream, which only the
    /// call has.
    Lent(ExprReference, Box<Arg>),
    /// `&POOL`: a static or a constant, or a part of one, passed unchanged.
    Constant(ExprReference),
    /// Any other expression: evaluated once, and cloned for each call.
    Value(Expr),
}

impl Arg {
    /// Returns the argument without the reference to it.
    pub(crate) fn place(&self) -> &Self {
        match self {
            Self::Lent(_, place) => place,
            arg => arg,
        }
    }
}

/// The names with a meaning in a call.
pub(super) struct Names<'a> {
    pub(super) protocol: Protocol,
    pub(super) params: &'a [String],
    /// The user's function, which declares the types of captured arguments.
    pub(super) head: Option<&'a Head>,
}

impl Names<'_> {
    pub(super) fn args(
        &self,
        args: &Punctuated<Expr, Token![,]>,
        errors: &mut Errors,
    ) -> Vec<Option<Arg>> {
        args.iter().map(|arg| self.arg(arg, errors)).collect()
    }

    pub(super) fn arg(&self, expr: &Expr, errors: &mut Errors) -> Option<Arg> {
        if let Expr::Group(group) = expr {
            return self.arg(&group.expr, errors);
        }
        if let Some(ident) = plain_name(expr) {
            return match self.named(ident, errors) {
                Named::Known(arg) => Some(arg),
                Named::Refused => None,
                Named::Other => self.captured(ident, expr, errors),
            };
        }
        if let Some(arg) = self.target(expr) {
            return Some(arg);
        }
        match expr {
            Expr::Infer(infer) => return Some(Arg::Extracted(infer.underscore_token.span)),
            Expr::Path(_) => return Some(Arg::Captured(expr.clone())),
            Expr::Reference(reference) => {
                if let Some(name) = plain_name(&reference.expr) {
                    match self.named(name, errors) {
                        Named::Known(arg) => {
                            return Some(Arg::Lent(reference.clone(), Box::new(arg)));
                        }
                        Named::Refused => return None,
                        Named::Other => {}
                    }
                }
                if let Some(arg) = self.borrowed(reference) {
                    return Some(arg);
                }
            }
            _ => {}
        }
        if self.is_refused(expr, errors) {
            return None;
        }
        if is_place(expr) {
            return Some(Arg::Captured(expr.clone()));
        }
        if let Some(call) = changing_call(expr) {
            let text = call.text;
            let message = format!(
                "this is evaluated once, when the routes are built, and not for each request: write \
                 `{{ {text} }}` to confirm that, or call it in the handler"
            );
            errors.at(call.at, message);
            return None;
        }
        match expr {
            Expr::Reference(reference) if is_temporary(&reference.expr) => {
                Some(Arg::Borrowed(reference.clone()))
            }
            _ => Some(Arg::Value(expr.clone())),
        }
    }

    /// Reports an expression that is not an argument of its own, and returns `true` then: all
    /// requests share the values of arguments, which are evaluated before.
    fn is_refused(&self, expr: &Expr, errors: &mut Errors) -> bool {
        if let Some(span) = nested_underscore(expr) {
            let message = "`_` is a whole argument, which is read by the type of the function's \
                           parameter: write `_` without anything around it";
            errors.at(span, message);
            return true;
        }
        if let Some(name) = self.mentioned(expr) {
            let message = format!(
                "`{name}` is known only during a request, but this expression is evaluated before: \
                 pass `{name}` as an argument of its own"
            );
            errors.at(name.span(), message);
            return true;
        }
        if let Some(mutability) = mutability(expr) {
            let message = "all requests share this value, so that none can borrow it as `&mut`: \
                           remove `mut`, and let a lock guard what changes, such as a `Mutex`";
            errors.at(mutability.span, message);
            return true;
        }
        false
    }

    /// Sorts a name of the user's function. A reference ends with the function, so the route has a
    /// copy of its target, and lends it.
    fn captured(&self, name: &Ident, expr: &Expr, errors: &mut Errors) -> Option<Arg> {
        // Among the variables around an expression, one may have any name.
        let is_unknown = self.head.is_some_and(|head| !head.binds(name));
        let mistake = || words::mistake(name, self.protocol);
        if let Some(mistake) = is_unknown.then(mistake).flatten() {
            errors.at(name.span(), mistake);
            return None;
        }
        let target = self.head.and_then(|head| head.target_of_reference(name));
        let owned = match target {
            None => return Some(Arg::Captured(expr.clone())),
            Some(Type::Path(path)) if path.path.is_ident("str") => "String",
            Some(Type::Slice(_)) => "Vec<_>",
            Some(Type::TraitObject(_)) => "Arc<dyn _>",
            Some(_) => {
                let at = name.span();
                return Some(Arg::Borrowed(parse_quote_spanned!(at=> &#name)));
            }
        };
        let star = if owned.starts_with("Arc") { "*" } else { "" };
        let message = format!(
            "`{name}` is a reference, which ends before the routes do: declare it as `{owned}`, and \
             pass `&{star}{name}`"
        );
        errors.at(name.span(), message);
        None
    }

    /// Sorts `name.as_str()` and the like of an argument of the function, which must be called for
    /// each request, as `&*name`.
    fn target(&self, expr: &Expr) -> Option<Arg> {
        let (name, types): (_, &[&str]) = match expr {
            Expr::MethodCall(call) if call.args.is_empty() => {
                let types = match call.method.to_string().as_str() {
                    "as_str" => &["String"][..],
                    "as_slice" => &["Vec"],
                    "as_path" => &["PathBuf"],
                    "as_ref" => &["Arc", "Box"],
                    _ => return None,
                };
                (plain_name(&call.receiver)?, types)
            }
            Expr::Reference(reference) if reference.mutability.is_none() => {
                match &*reference.expr {
                    Expr::Index(index) if matches!(&*index.index, Expr::Range(range) if range.start.is_none() && range.end.is_none()) => {
                        (plain_name(&index.expr)?, &["String", "Vec"])
                    }
                    _ => return None,
                }
            }
            _ => return None,
        };
        let arguments = self.head?.plain_arguments();
        let mut declared = arguments.iter();
        let (_, ty) = declared.find(|(argument, _)| argument.unraw() == name.unraw())?;
        let ty = last_name(ty)?;
        let at = expr.span();
        types
            .contains(&ty.as_str())
            .then(|| Arg::Borrowed(parse_quote_spanned!(at=> &*#name)))
    }

    /// Sorts the receiver of a method, which may be a reference.
    pub(super) fn receiver(&self, expr: &Expr, errors: &mut Errors) -> Option<Arg> {
        if let (Expr::Call(_) | Expr::MethodCall(_), Some(name)) = (expr, self.mentioned(expr)) {
            let socket = self.protocol.argument().map(str::to_owned);
            let params: Vec<String> = socket.into_iter().chain(self.params.to_vec()).collect();
            let params = params.join(", ");
            let call = compact(expr.to_token_stream());
            let message = format!(
                "this call would be evaluated once, when the routes are built: write a closure, as \
                 in `|{params}| {call}..`"
            );
            errors.at(name.span(), message);
            return None;
        }
        match self.arg(expr, errors)? {
            Arg::Borrowed(reference) if plain_name(expr).is_some() => {
                Some(Arg::Captured(*reference.expr))
            }
            arg => Some(arg),
        }
    }

    /// Sorts a reference to what all requests share: to a static, or to a captured place.
    fn borrowed(&self, reference: &ExprReference) -> Option<Arg> {
        if reference.mutability.is_some() {
            return None;
        }
        let (place, _) = dereferenced(&reference.expr);
        if is_of_constant(&reference.expr) {
            return Some(Arg::Constant(reference.clone()));
        }
        (is_place(place) && self.mentioned(place).is_none())
            .then(|| Arg::Borrowed(reference.clone()))
    }

    pub(super) fn named(&self, ident: &Ident, errors: &mut Errors) -> Named {
        let name = ident.unraw().to_string();
        if let Some(index) = self.params.iter().position(|param| *param == name) {
            return Named::Known(Arg::Param(index, ident.clone()));
        }
        match (name.as_str(), self.protocol) {
            ("req", _) => Named::Known(Arg::Request(ident.clone())),
            (name, protocol) if protocol.argument() == Some(name) => {
                Named::Known(Arg::Socket(ident.clone()))
            }
            ("ws" | "sse", protocol) => {
                let means = if name == "ws" {
                    "a socket"
                } else {
                    "an event stream"
                };
                let protocol = protocol.keyword();
                let message = format!(
                    "`{name}` is {means}, which `{protocol}(..)` does not have: write `{name}(..)` \
                     instead of `{protocol}(..)`"
                );
                errors.at(ident.span(), message);
                Named::Refused
            }
            _ => Named::Other,
        }
    }
}

pub(super) enum Named {
    Known(Arg),
    Refused,
    Other,
}

/// Returns the `mut` of `&mut ..`.
fn mutability(expr: &Expr) -> Option<Token![mut]> {
    match expr {
        Expr::Reference(reference) => reference.mutability,
        _ => None,
    }
}

/// Returns the name, if `expr` is a plain name.
pub(crate) fn plain_name(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// Returns `true` for a name or a field of one, which can be cloned in place.
pub(crate) fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => true,
        Expr::Field(field) => {
            matches!(field.member, Member::Named(_) | Member::Unnamed(_)) && is_place(&field.base)
        }
        _ => false,
    }
}

/// Returns the name at the root of a place: `db` of `db`, `db.pool` and `*db`.
pub(crate) fn place_root(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => place_root(&unary.expr),
        Expr::Field(field) => place_root(&field.base),
        expr => plain_name(expr),
    }
}

/// Returns `expr` without the stars before it, and their number.
pub(crate) fn dereferenced(expr: &Expr) -> (&Expr, usize) {
    match expr {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
            let (place, stars) = dereferenced(&unary.expr);
            (place, stars + 1)
        }
        expr => (expr, 0),
    }
}

/// Returns the place of an `_` inside of a call or behind a field.
fn nested_underscore(expr: &Expr) -> Option<Span> {
    match expr {
        Expr::Infer(infer) => Some(infer.underscore_token.span),
        Expr::Call(call) => call.args.iter().find_map(nested_underscore),
        Expr::MethodCall(call) => {
            let args = call.args.iter();
            nested_underscore(&call.receiver).or_else(|| args.clone().find_map(nested_underscore))
        }
        Expr::Field(field) => nested_underscore(&field.base),
        Expr::Reference(reference) => nested_underscore(&reference.expr),
        _ => None,
    }
}

/// Returns `true` for a value that lives only in its statement, unless the route keeps it.
fn is_temporary(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_))
}

/// Returns `true` for a constant, for a field of one, and for what one points to.
fn is_of_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => is_of_constant(&unary.expr),
        Expr::Field(field) => is_of_constant(&field.base),
        expr => is_constant(expr),
    }
}

/// Returns `true` for a path whose last name is in capitals, as those of statics and constants are.
fn is_constant(expr: &Expr) -> bool {
    let Expr::Path(path) = expr else {
        return false;
    };
    let name = path.path.segments.last();
    name.is_some_and(|last| {
        let name = last.ident.unraw().to_string();
        name.contains(char::is_uppercase) && !name.contains(char::is_lowercase)
    })
}
