//! A field of a link, and its type.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::Type;
use syn::ext::IdentExt;

use crate::parse::{Head, Param, ours_at};

/// The type of a field.
pub(super) enum Field {
    /// The path has no type: any that can be part of a path.
    Any(Ident),
    /// A type with the same meaning everywhere.
    Primitive(Ident),
    /// A type of the user, which is known only in the scope of the function.
    Named(Ident, Box<Type>),
}

const PRIMITIVES: [&str; 17] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64", "bool", "char", "str",
];

impl Field {
    pub(super) fn of(param: &Param, head: &Head, nth: usize, index: usize) -> Self {
        let any = || Self::Any(format_ident!("P{index}", span = ours_at(param.span())));
        let Some(ty) = &param.ty else { return any() };
        if is_of_the_function(ty.to_token_stream(), head) {
            return any();
        }
        let name = ty.to_token_stream().to_string();
        if PRIMITIVES.contains(&name.as_str()) {
            return Self::Primitive(Ident::new(&name, ours_at(param.span())));
        }
        let marker = format_ident!("__T{nth}_{index}", span = ours_at(param.span()));
        Self::Named(marker, Box::new(ty.clone()))
    }

    pub(super) fn ty(&self) -> TokenStream {
        match self {
            Self::Any(name) => name.to_token_stream(),
            Self::Primitive(name) => quote!(::core::primitive::#name),
            Self::Named(marker, _) => quote!(<#marker as __http4k_ws::Typed>::Type),
        }
    }

    pub(super) fn marker(&self) -> Option<&Ident> {
        match self {
            Self::Named(marker, _) => Some(marker),
            _ => None,
        }
    }
}

/// Returns `true` for a type that names a generic of the function, or that is not nameable, as `_`.
fn is_of_the_function(ty: TokenStream, head: &Head) -> bool {
    ty.into_iter().any(|token| match token {
        TokenTree::Group(group) => is_of_the_function(group.stream(), head),
        TokenTree::Punct(punct) => punct.as_char() == '\'',
        TokenTree::Ident(ident) => {
            let mut params = head.signature.generics.type_params();
            let is_generic = params.any(|param| param.ident.unraw() == ident.unraw());
            is_generic || ["_", "impl", "Self"].iter().any(|word| ident == word)
        }
        TokenTree::Literal(_) => false,
    })
}
