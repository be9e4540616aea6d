//! `#[derive(PathParam)]`, which converts a newtype or an enum without data to and from text.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DataEnum, DeriveInput, Fields, GenericArgument, LitStr, PathArguments, Type,
};

use crate::attributes;
use crate::errors::Errors;
use crate::library::Library;
use crate::{rename, serde};

/// Returns the implementations, and behind them every mistake.
pub(crate) fn expanded(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let options = Options::new(&input.attrs, &mut errors);
    let body = match &input.data {
        Data::Struct(data) => newtype(&input, &data.fields, &options, &mut errors),
        Data::Enum(data) => names(&input, data, &options, &mut errors),
        Data::Union(data) => {
            errors.at(
                data.union_token.span,
                "a union cannot be a path parameter: write an enum",
            );
            None
        }
    };
    let body = body.unwrap_or_else(|| Body {
        error: quote!(::core::convert::Infallible),
        read: quote!(loop {}),
        write: quote!(loop {}),
        of: None,
        values: None,
    });
    let implementations = implementations(&input, &options, body);
    let errors = errors.to_tokens();
    quote! { #implementations #errors }
}

/// The keys of `#[path_param(..)]` above a type.
struct Options {
    library: Library,
    rename_all: Option<String>,
}

impl Options {
    /// Reads the keys. Serde's `rename_all` is the default, so that a value has one text.
    fn new(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut options = Self {
            library: Library::default(),
            rename_all: serde::Container::new(attributes).rename_all,
        };
        for (attribute, rule) in attributes::texts(attributes, "path_param") {
            let message = format!(
                "a rule has a key: write `#[path_param(rename_all = {})]`",
                rule.token()
            );
            errors.at(attribute.path().span(), message);
        }
        errors.read_keys(attributes, "path_param", |meta| {
            if meta.path.is_ident("crate") {
                options.library = Library::of_key(&meta)?;
                Ok(())
            } else if meta.path.is_ident("rename_all") {
                let rule: LitStr = meta.value()?.parse()?;
                if rename::variant("A", &rule.value()).is_none() {
                    let rules = rename::RULES.join("`, `");
                    let message = format!("unknown rule: write one of `{rules}`");
                    return Err(syn::Error::new(rule.span(), message));
                }
                options.rename_all = Some(rule.value());
                Ok(())
            } else {
                Err(meta.error("unknown key: write `rename_all = \"rule\"` or `crate = path`"))
            }
        });
        options
    }
}

/// The parts of both implementations.
struct Body {
    error: TokenStream,
    /// The body of `from_str`, which parses `text: &str`.
    read: TokenStream,
    /// The body of `fmt`, which writes to `f`.
    write: TokenStream,
    /// The type in a newtype.
    of: Option<syn::Type>,
    /// The texts of an enum.
    values: Option<Vec<String>>,
}

fn newtype(
    input: &DeriveInput,
    fields: &Fields,
    options: &Options,
    errors: &mut Errors,
) -> Option<Body> {
    let mut members = fields.members();
    let (Some(member), None) = (members.next(), members.next()) else {
        let count = fields.len();
        let name = &input.ident;
        let message = format!(
            "a path parameter is one value, but `{name}` has {count} fields: write one field, as in \
             `struct {name}(u64)`"
        );
        errors.at(name.span(), message);
        return None;
    };
    let of = &fields.iter().next()?.ty;
    if let Some(inside) = of_option(of) {
        let inside = inside.to_token_stream();
        let message = format!("a segment is never absent: write `{inside}` without `Option`");
        errors.at(of.span(), message);
        return None;
    }
    // A missing trait is reported at the type inside.
    let here = Span::call_site().located_at(of.span());
    let private = private(options);
    Some(Body {
        error: quote!(#private::TextError),
        read: quote_spanned! {here=>
            #private::parsed::<#of>(text).map(|value| Self { #member: value })
        },
        write: quote_spanned!(here=> #private::shown::<#of>(&self.#member, f)),
        of: Some(of.clone()),
        values: None,
    })
}

/// Returns the type in an `Option`.
fn of_option(of: &Type) -> Option<&GenericArgument> {
    let Type::Path(path) = of else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Option")?;
    match &last.arguments {
        PathArguments::AngleBracketed(of) => of.args.first(),
        _ => None,
    }
}

/// The module whose names this expansion uses.
fn private(options: &Options) -> TokenStream {
    let private = options.library.private();
    quote!(#private::path_param)
}

fn names(
    input: &DeriveInput,
    data: &DataEnum,
    options: &Options,
    errors: &mut Errors,
) -> Option<Body> {
    let mut known: Vec<(&syn::Ident, String)> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = format!(
                "`{}` cannot be a path parameter, because it holds data: remove the data, or write \
                 `struct {}(T)`",
                variant.ident, input.ident
            );
            errors.at(variant.fields.span(), message);
        }
        let name = named(variant, options, errors);
        if let Some((other, _)) = known.iter().find(|(_, text)| *text == name) {
            let message =
                format!("`{name}` is already the text of `{other}`: rename one of the two");
            errors.at(variant.ident.span(), message);
        }
        known.push((&variant.ident, name));
    }
    let private = private(options);
    let (idents, texts): (Vec<_>, Vec<_>) = known.into_iter().unzip();
    let write = if idents.is_empty() {
        quote!(match *self {})
    } else {
        quote!(f.pad(match self { #(Self::#idents { .. } => #texts,)* }))
    };
    let holds_data = data
        .variants
        .iter()
        .any(|v| !matches!(v.fields, Fields::Unit));
    if holds_data {
        return None;
    }
    Some(Body {
        error: quote!(#private::UnknownName),
        read: quote! {
            match text {
                #(#texts => ::core::result::Result::Ok(Self::#idents),)*
                _ => ::core::result::Result::Err(#private::UnknownName::new(text, &[#(#texts),*])),
            }
        },
        write,
        of: None,
        values: Some(texts),
    })
}

/// Returns a variant's text: that of `rename`, or by `rename_all`, or its name.
fn named(variant: &syn::Variant, options: &Options, errors: &mut Errors) -> String {
    let mut renamed = serde::Variant::new(&variant.attrs).rename;
    for (attribute, text) in attributes::texts(&variant.attrs, "path_param") {
        let message = format!(
            "a text has a key: write `#[path_param(rename = {})]`",
            text.token()
        );
        errors.at(attribute.path().span(), message);
    }
    errors.read_keys(&variant.attrs, "path_param", |meta| {
        if !meta.path.is_ident("rename") {
            return Err(meta.error("unknown key: write `rename = \"text\"`"));
        }
        let text: LitStr = meta.value()?.parse()?;
        if text.value().is_empty() {
            return Err(syn::Error::new(
                text.span(),
                "a path segment cannot be empty: write a text",
            ));
        }
        renamed = Some(text.value());
        Ok(())
    });
    let name = variant.ident.unraw().to_string();
    let by_rule = || rename::variant(&name, options.rename_all.as_deref()?);
    renamed.or_else(by_rule).unwrap_or(name)
}

fn implementations(input: &DeriveInput, options: &Options, body: Body) -> TokenStream {
    let ident = &input.ident;
    let (generics, type_generics, _) = input.generics.split_for_impl();
    let Body {
        error,
        read,
        write,
        of,
        values,
    } = body;
    let private = private(options);
    let clause = where_clause(input, of.as_ref(), &private);
    let values = values.map(|values| {
        quote! {
            #[automatically_derived]
            impl #generics #private::PathValues for #ident #type_generics #clause {
                const VALUES: &'static [&'static str] = &[#(#values),*];
            }
        }
    });
    quote! {
        #values
        #[automatically_derived]
        impl #generics ::core::str::FromStr for #ident #type_generics #clause {
            type Err = #error;
            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> { #read }
        }
        #[automatically_derived]
        impl #generics ::core::fmt::Display for #ident #type_generics #clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { #write }
        }
    }
}

/// Returns the bounds of a generic newtype, which has a text if the type inside has one.
fn where_clause(input: &DeriveInput, of: Option<&syn::Type>, private: &TokenStream) -> TokenStream {
    let own = input.generics.where_clause.as_ref();
    let generic = input.generics.type_params().next().is_some();
    let Some(of) = of.filter(|_| generic) else {
        return quote!(#own);
    };
    let predicates = own.map(|clause| clause.predicates.iter());
    let predicates = predicates.into_iter().flatten();
    quote!(where #(#predicates,)* #of: #private::TextValue)
}

#[cfg(test)]
mod tests;
