//! The arguments of a call: path parameters, captured values, and references to them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprReference, GenericArgument, PathArguments, Type, parse_quote_spanned};

use super::extracted::value_name;
use super::{Form, Parts};
use crate::model::{Arg, dereferenced, is_place, place_root, plain_name};
use crate::parse::{Param, ours_at};

impl Parts<'_> {
    /// Adds the path parameters that are arguments, or that have a type to check, with the names
    /// that the closure binds them to. They are read at the literal that declares them.
    ///
    /// The name has its place in the call. An editor that renames it would replace the whole
    /// literal otherwise.
    pub(super) fn add_params(&mut self) {
        for (index, param) in self.params.iter().enumerate() {
            let name = match self.call.param_token(index) {
                Some(token) => self.bound(token, &self.param_name(param, token)),
                None if param.ty.is_some() => quote!(_),
                None => continue,
            };
            let at = ours_at(param.span());
            // The compiler does not infer the owner of a reference. That of `&str` is a `String`.
            let ty = match &param.ty {
                Some(ty) => Some(quote!(::<#ty, _>)),
                None if self.call.borrows_param(index) => {
                    Some(quote_spanned!(at=> ::<__http4k_ws::String, _>))
                }
                None => None,
            };
            let literal = proc_macro2::Literal::usize_unsuffixed(index);
            let argument = match param.is_rest {
                true => quote_spanned!(at=> __http4k_ws::rest #ty(#literal)),
                // A method may lack its socket, which is reported here.
                false if ty.is_none() && self.opens() && self.call.is_method() => {
                    let at = self
                        .call
                        .param_token(index)
                        .map_or(at, |token| ours_at(token.span()));
                    quote_spanned!(at=> __http4k_ws::opening_param(#literal))
                }
                false => quote_spanned!(at=> __http4k_ws::param #ty(#literal)),
            };
            let argument = self.described_param(index, at, argument);
            self.read.push((argument, name));
        }
    }

    /// Adds the request, if it is an argument. It is read behind all others.
    pub(super) fn add_request(&mut self) {
        let Some(req) = self.call.request() else {
            return;
        };
        // The socket keeps a copy, with the extensions.
        let argument = match self.call.socket() {
            Some(_) => quote_spanned!(self.at=> __http4k_ws::request_of_socket()),
            None => quote_spanned!(self.at=> __http4k_ws::request()),
        };
        let name = self.bound(req, req);
        let arguments = match self.call.waits() {
            true => &mut self.waited,
            false => &mut self.read,
        };
        arguments.push((argument, name));
    }

    /// Returns the name that a parameter is bound to: the user's `token`, unless that would hide
    /// the function.
    fn param_name(&self, param: &Param, token: &Ident) -> TokenStream {
        let mut name = token.clone();
        if self
            .call
            .function()
            .is_some_and(|function| function == param.text())
        {
            name.set_span(ours_at(token.span()));
        }
        name.to_token_stream()
    }

    /// Returns the binding of `name`, for which `token` stands in the call.
    pub(super) fn bound(&self, token: &Ident, name: &impl ToTokens) -> TokenStream {
        let mutability = self.call.mutability(token);
        quote!(#mutability #name)
    }

    pub(super) fn arg(&mut self, index: usize, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Param(index, ident) => self.param_name(self.params[*index], ident),
            Arg::Lent(
                ExprReference {
                    and_token,
                    mutability,
                    ..
                },
                place,
            ) => {
                let place = self.arg(index, place);
                quote!(#and_token #mutability #place)
            }
            Arg::Constant(reference) => reference.to_token_stream(),
            Arg::Request(ident) | Arg::Socket(ident) => ident.to_token_stream(),
            Arg::Extracted(span) => {
                let at = ours_at(*span);
                let name = value_name(index, *span);
                let argument = quote_spanned!(at=> __http4k_ws::extracted());
                let argument = self.described_argument(index, *span, argument);
                self.waited.push((argument, name.to_token_stream()));
                name.to_token_stream()
            }
            Arg::Captured(expr) => {
                let name = self.captured(index, expr);
                self.own(&name);
                name.to_token_stream()
            }
            Arg::Borrowed(reference) => self.lend(index, reference),
            Arg::Value(expr) => {
                let name = self.evaluated(index, expr);
                self.own(&name);
                name.to_token_stream()
            }
        }
    }

    /// Captures what `reference` points to, and returns the reference to it in the call.
    fn lend(&mut self, index: usize, reference: &ExprReference) -> TokenStream {
        let ExprReference {
            and_token, expr, ..
        } = reference;
        let (place, stars) = dereferenced(expr);
        let stars = stars - usize::from(stars > 0 && self.is_reference(place));
        let root = place_root(place).filter(|_| matches!(place, Expr::Field(_)));
        let name = match (root, is_place(place)) {
            (Some(root), _) => self.part(index, root, place),
            (None, true) => self.captured(index, place),
            (None, false) => self.evaluated(index, place),
        };
        let star = quote_spanned!(name.span()=> *);
        // One star for each in the source, one for a part of a value, and two for the
        // reference that the route keeps.
        let is_own = self.form == Form::Own;
        let kept = if is_own {
            usize::from(root.is_some())
        } else {
            2
        };
        let stars = vec![star; stars + kept];
        if is_own {
            self.own(&name);
        }
        let lent = quote!(#and_token #(#stars)* #name);
        match self.points_to_trait_object(expr) {
            true => quote_spanned!(name.span()=> __http4k_ws::lent(#lent)),
            false => lent,
        }
    }

    /// Captures a name or a field by reference, and returns its name in the call.
    fn captured(&mut self, index: usize, expr: &Expr) -> Ident {
        let at = ours_at(expr.span());
        let borrowed = self.borrowed(expr);
        let value = if let Some(loan) = self.optional_loan(expr) {
            let target = self
                .is_reference(expr)
                .then(|| quote_spanned!(at=> .copied()));
            quote_spanned!(at=> __http4k_ws::captured_loan(&#loan #target))
        } else if self.is_reference(expr) {
            quote_spanned!(at=> __http4k_ws::captured(#borrowed))
        } else if plain_name(expr).is_some_and(|name| name == "self") {
            quote_spanned! {at=>
                {
                    // The trait is for a `self` that is not a reference.
                    #[allow(unused_imports)]
                    use __http4k_ws::OwnReceiver as _;
                    __http4k_ws::Receiver(&#borrowed).captured()
                }
            }
        } else if self.head.is_none() {
            quote_spanned!(at=> __http4k_ws::captured_local(&#borrowed))
        } else {
            quote_spanned!(at=> __http4k_ws::captured(&#borrowed))
        };
        self.add_captured(index, expr, value)
    }

    /// Returns the name of a loan that the function may lack.
    fn optional_loan<'e>(&self, expr: &'e Expr) -> Option<&'e Ident> {
        let inside = self.inside.filter(|inside| inside.is_optional)?;
        plain_name(expr).filter(|name| inside.lending.lends(name))
    }

    /// Captures a field, or the value at its root if the field can't be copied, and returns its
    /// name in the call.
    fn part(&mut self, index: usize, root: &Ident, place: &Expr) -> Ident {
        let at = ours_at(place.span());
        let root_expr: Expr = parse_quote_spanned!(root.span()=> #root);
        let whole = self.borrowed(&root_expr);
        let and = (!self.is_reference(&root_expr)).then(|| quote_spanned!(at=> &));
        let own = Ident::new("whole", at);
        let part = with_root(place, &own);
        let value = quote_spanned! {at=>
            {
                // The trait is for a field that can't be copied.
                #[allow(unused_imports)]
                use __http4k_ws::CapturesWhole as _;
                __http4k_ws::part_of(#and #whole, |#own| &#part).captured()
            }
        };
        self.add_captured(index, place, value)
    }

    /// Captures the value of an expression, and returns its name in the call.
    fn evaluated(&mut self, index: usize, expr: &Expr) -> Ident {
        let at = ours_at(expr.span());
        let evaluated = self.borrowed(expr);
        let value = quote_spanned!(at=> __http4k_ws::evaluated(#evaluated));
        self.add_captured(index, expr, value)
    }

    /// Adds the `value` that is captured of an expression, and returns its name in the call. The
    /// value is absent without the loans that it needs.
    fn add_captured(&mut self, index: usize, expr: &Expr, mut value: TokenStream) -> Ident {
        let at = ours_at(expr.span());
        let inside = self.inside.filter(|inside| inside.is_optional);
        if self.optional_loan(expr).is_none() {
            let loans = inside.map(|inside| inside.lending.loans_in(expr));
            for loan in loans.into_iter().flatten() {
                value = quote_spanned! {at=>
                    match #loan {
                        __http4k_ws::Some(#loan) => #value,
                        __http4k_ws::None => __http4k_ws::absent(),
                    }
                };
            }
        }
        let name = Ident::new(&format!("c{index}"), at);
        self.captured.push((name.clone(), value));
        name
    }

    /// Returns `true` for an argument of the head that is a reference. Its target is captured.
    fn is_reference(&self, expr: &Expr) -> bool {
        let head = self.head.zip(plain_name(expr));
        head.is_some_and(|(head, name)| head.target_of_reference(name).is_some())
    }

    /// Returns `true` for an argument of the head of type `Arc<dyn Store>`, or a `Box` or `Rc` of
    /// such. A handler may take `&dyn Store`, to which the compiler does not dereference it.
    fn points_to_trait_object(&self, expr: &Expr) -> bool {
        let (Some(head), Some(name)) = (self.head, plain_name(expr)) else {
            return false;
        };
        let arguments = head.plain_arguments();
        let mut declared = arguments.iter().filter(|(argument, _)| *argument == name);
        declared.any(|(_, ty)| is_pointer_to_trait_object(ty))
    }

    /// Returns an expression that is valid in this function, which may have lent arguments.
    pub(super) fn borrowed(&self, expr: &Expr) -> TokenStream {
        match self.inside {
            Some(inside) => inside.lending.dereferenced(expr),
            None => expr.to_token_stream(),
        }
    }

    /// Lets each call have its own copy of a captured value. The library copies those of a closure
    /// that owns all of them.
    pub(super) fn own(&mut self, name: &Ident) {
        if matches!(self.form, Form::Own | Form::Given) {
            return;
        }
        self.copies.extend(quote_spanned! {name.span()=>
            let #name = __http4k_ws::copied(#name);
        });
    }
}

/// Returns a place with another name at its root.
fn with_root(place: &Expr, root: &Ident) -> Expr {
    let mut place = place.clone();
    match &mut place {
        Expr::Field(field) => *field.base = with_root(&field.base, root),
        Expr::Unary(unary) => *unary.expr = with_root(&unary.expr, root),
        _ => return parse_quote_spanned!(root.span()=> #root),
    }
    place
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
