//! The parameters of a closure.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Pat, Token, Type, parse_quote};

use super::args::{Arg, Named, Names};
use super::words;
use crate::errors::{Errors, near};
use crate::parse::Protocol;

impl Names<'_> {
    /// Sorts the parameters of a closure, which bind by their names, also to arguments of the
    /// user's function. One with another name is read from the request by its type, unless that
    /// name may be meant as a parameter of the path.
    pub(super) fn bindings(
        &self,
        inputs: &Punctuated<Pat, Token![,]>,
        errors: &mut Errors,
    ) -> Vec<Option<Arg>> {
        let names: Vec<String> = inputs.iter().filter_map(bound_name).collect();
        let is_free = |param: &&String| !param.starts_with('_') && !names.contains(param);
        let free: Vec<&String> = self.params.iter().filter(is_free).collect();
        let inputs = inputs.iter();
        inputs.map(|pat| self.binding(pat, &free, errors)).collect()
    }

    fn binding(&self, pat: &Pat, free: &[&String], errors: &mut Errors) -> Option<Arg> {
        let (inner, ty) = match pat {
            Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pat => (pat, None),
        };
        if let Some(arg) = self.binding_by_type(inner, ty, errors) {
            return arg;
        }
        let Pat::Ident(bound) = inner else {
            return Some(Arg::Extracted(inner.span()));
        };
        // `_id` is the parameter `<id>`, marked as ignored.
        let text = bound.ident.unraw().to_string();
        let ignored = text.strip_prefix('_');
        let is_ignored = |param: &String| ignored.is_some_and(|name| param == name);
        match self.named(&bound.ident, errors) {
            Named::Known(arg) => Some(arg),
            Named::Refused => None,
            Named::Other => {
                if let Some(index) = self.params.iter().position(is_ignored) {
                    return Some(Arg::Param(index, bound.ident.clone()));
                }
                if self.head.is_some_and(|head| head.binds(&bound.ident)) {
                    let name = &bound.ident;
                    return Some(Arg::Captured(parse_quote!(#name)));
                }
                let name = bound.ident.unraw().to_string();
                let own = self.protocol.argument();
                let params = self.params.iter().map(String::as_str);
                let known = params.chain(["req"]).chain(own);
                let meant = near(&name, known).filter(|_| !name.starts_with('_'));
                let fix = match meant {
                    Some(meant) => format!(": did you mean `{meant}`?"),
                    None if ty.is_some() && free.is_empty() => {
                        return Some(Arg::Extracted(inner.span()));
                    }
                    None if free.len() == 1 => {
                        format!(
                            ": write `{0}`, or mark it as ignored, as in `<_{0}>`",
                            free[0]
                        )
                    }
                    None => format!(
                        "; a closure's parameter is a parameter of the path, `req` or `{}`, and one \
                         with a type, such as `_: HeaderMap`, is read from the request",
                        own.unwrap_or("ws")
                    ),
                };
                let message = format!("`<{name}>` is not a parameter of the path{fix}");
                errors.at(bound.ident.span(), message);
                None
            }
        }
    }

    /// Sorts a parameter of a closure that is the request, the socket or the stream by its type, or
    /// by another word for it. `|_|` is the request.
    fn binding_by_type(
        &self,
        pat: &Pat,
        ty: Option<&Type>,
        errors: &mut Errors,
    ) -> Option<Option<Arg>> {
        let is_known = |name: &Ident| self.head.is_some_and(|head| head.binds(name));
        if matches!(pat, Pat::Ident(bound) if is_known(&bound.ident)) {
            return None;
        }
        let is_param = |name: String| self.params.contains(&name);
        if bound_name(pat).is_some_and(is_param) {
            return None;
        }
        let meant = bound_name(pat).filter(|_| ty.is_none());
        let meant = meant
            .as_deref()
            .and_then(|name| words::meant(name, self.protocol));
        let name = match (ty.and_then(last_name).as_deref(), pat, self.protocol) {
            _ if meant.is_some() => meant?,
            (Some("Request"), ..) => "req",
            (Some("WebSocket"), ..) => "ws",
            (Some("Sse"), ..) => "sse",
            (None, Pat::Wild(_), Protocol::Http) if ty.is_none() => "req",
            _ => return None,
        };
        match self.named(&Ident::new(name, pat.span()), errors) {
            Named::Known(arg) => Some(Some(arg)),
            Named::Refused => Some(None),
            Named::Other => None,
        }
    }
}

/// Returns the name that a parameter of a closure binds.
pub(crate) fn bound_name(pat: &Pat) -> Option<String> {
    match pat {
        Pat::Type(typed) => bound_name(&typed.pat),
        Pat::Ident(bound) => Some(bound.ident.unraw().to_string()),
        _ => None,
    }
}

/// Returns the last name of a type that is a path.
pub(super) fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}
