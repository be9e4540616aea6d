//! A type for each route with a name, whose fields are the route's parameters.
//!
//! 1. The types are in the module beside the function, and use no name of the user. Implementations
//!    that do are around the module, among the user's names.
//! 2. In a small table each link has a type of its own, whose fields are at the parameters in the
//!    source. A type costs the compiler two implementations.
//! 3. In a large table the links with the same fields share one type. A link is an alias of it with
//!    the index of its route.

mod field;
mod implementations;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};

use self::field::Field;
use super::names::again;
use super::tested::Tests;
use crate::docs;
use crate::model::{Endpoint, Link, spelled};
use crate::parse::{Head, Param, ours_at};

/// The items inside the module, and those around it.
#[derive(Default)]
pub(super) struct Links {
    pub(super) inside: TokenStream,
    pub(super) around: TokenStream,
}

/// The most links of a table whose links have types of their own.
const MOST_OWN_TYPES: usize = 64;

/// Returns the name of a field with the hygiene of the macro. An editor that renames a name of the
/// user in the literal would replace the whole literal.
fn field_name(param: &Param) -> Ident {
    let mut name = param.name.clone();
    name.set_span(ours_at(param.span()));
    name
}

pub(super) fn links(links: &[Link<'_>], tests: &Tests, head: &Head, router: &TokenStream) -> Links {
    let mut all = Links::default();
    let mut types = HashMap::new();
    let shares = links.len() > MOST_OWN_TYPES;
    for (nth, link) in links.iter().enumerate() {
        let params: Vec<&Param> = link.route.params().collect();
        let fields = params.iter().enumerate();
        let fields: Vec<Field> = fields
            .map(|(i, param)| Field::of(param, head, nth, i))
            .collect();
        let mut parts = Parts {
            link,
            module: again(&head.signature.ident),
            router,
            params,
            fields,
            is_tested: tests.test(link.index),
            shared: None,
        };
        if !shares || parts.is_mount() {
            parts.add_to(&mut all);
            continue;
        }
        let number = types.len();
        let known = types.entry(parts.shape());
        let is_new = matches!(known, Entry::Vacant(_));
        let shared = known.or_insert_with(|| parts.shared_name(number));
        parts.shared = Some(shared.clone());
        if is_new {
            parts.add_to(&mut all);
        }
        all.inside.extend(parts.alias());
    }
    all
}

struct Parts<'a> {
    link: &'a Link<'a>,
    module: Ident,
    router: &'a TokenStream,
    params: Vec<&'a Param>,
    fields: Vec<Field>,
    /// `true` if functions of the routes test its values.
    is_tested: bool,
    /// The type that this link shares with others.
    shared: Option<Ident>,
}

impl Parts<'_> {
    /// Adds the items of one link. Most links use no name of the user, and so are wholly in the
    /// module. The compiler reads every link again at each check, so the items are as few as
    /// possible.
    fn add_to(&self, all: &mut Links) {
        all.inside.extend(self.item());
        let is_named = |field: &Field| matches!(field, Field::Named(..));
        let name = self.type_name();
        if self.is_mount() || self.fields.iter().any(is_named) {
            let module = &self.module;
            all.around.extend(self.types());
            all.around
                .extend(self.implementations(&quote!(#module::#name), self.router));
        } else {
            all.inside
                .extend(self.implementations(&quote!(#name), &quote!(__Routes)));
        }
    }

    fn is_mount(&self) -> bool {
        matches!(self.link.route.endpoint, Endpoint::Mount { .. })
    }

    /// Returns the names and types of the fields, and if they are tested, which identifies a shared
    /// type.
    fn shape(&self) -> (Vec<(String, String)>, bool) {
        let fields = self.params.iter().zip(&self.fields);
        let fields = fields.map(|(param, field)| {
            let ty = match field {
                Field::Any(_) => String::new(),
                Field::Primitive(name) => name.to_string(),
                Field::Named(_, ty) => ty.to_token_stream().to_string(),
            };
            (param.text(), ty)
        });
        (fields.collect(), self.is_tested)
    }

    /// Returns the name of a shared type, which messages of the compiler show.
    fn shared_name(&self, number: usize) -> Ident {
        let mut name = format!("__link{number}");
        for param in &self.params {
            name += "_";
            name += &param.text();
        }
        Ident::new(&name, Span::mixed_site())
    }

    fn type_name(&self) -> Ident {
        let own = || again(&self.link.name);
        self.shared.clone().unwrap_or_else(own)
    }

    /// Returns `true` for a type without fields. A name that is a function too needs braces.
    fn is_plain(&self) -> bool {
        self.params.is_empty() && self.link.name != "uri" && self.link.name != "try_uri"
    }

    /// Returns the place of a parameter. A shared type is not at a parameter.
    fn at(&self, param: &Param) -> Span {
        match self.shared {
            Some(_) => Span::mixed_site(),
            None => ours_at(param.span()),
        }
    }

    /// Returns the definition of the type.
    fn item(&self) -> TokenStream {
        let name = self.type_name();
        let (attributes, name) = match self.shared {
            Some(_) => (quote!(#[doc(hidden)]), name),
            None => (self.attributes(), self.link.name.clone()),
        };
        let generics = self.generics();
        if self.params.is_empty() && (self.is_plain() || self.shared.is_some()) {
            return quote!(#attributes pub struct #name #generics;);
        }
        let fields = self.params.iter().zip(&self.fields).map(|(param, field)| {
            let (name, ty) = (field_name(param), field.ty());
            match self.shared {
                Some(_) => {
                    let mut name = name;
                    name.set_span(Span::call_site());
                    quote!(pub #name: #ty)
                }
                None => quote!(pub #name: #ty),
            }
        });
        let markers = self.fields.iter().filter_map(Field::marker);
        quote! {
            #attributes
            pub struct #name #generics { #(#fields),* }
            #(#[doc(hidden)] pub(super) enum #markers {})*
        }
    }

    /// Returns the link as an alias of its shared type.
    fn alias(&self) -> TokenStream {
        let (attributes, name, ty) = (self.attributes(), &self.link.name, self.type_name());
        let index = Literal::usize_unsuffixed(self.link.index);
        let any = self.any();
        let generics = (!any.is_empty()).then(|| quote!(<#(#any),*>));
        let ty_given = quote!(#ty<#index #(, #any)*>);
        let plain = self.is_plain().then(|| {
            let name = again(name);
            let deprecated = &self.link.route.deprecated;
            quote!(#[doc(hidden)] #deprecated pub const #name: #ty_given = #ty;)
        });
        quote!(#attributes pub type #name #generics = #ty_given; #plain)
    }

    fn attributes(&self) -> TokenStream {
        let docs = self.docs();
        let deprecated = &self.link.route.deprecated;
        quote!(#[doc = #docs] #deprecated)
    }

    fn docs(&self) -> String {
        let route = self.link.route;
        let mut methods = String::new();
        for method in &route.methods {
            methods += &format!("{method} ");
        }
        let path = format!("`{methods}{}`", spelled(&route.segments));
        if route.docs.is_empty() {
            return path;
        }
        format!("{path}\n\n{}", docs::joined(&route.docs))
    }

    /// Returns the type parameters of the fields without a type.
    fn any(&self) -> Vec<&Ident> {
        let any = self.fields.iter().filter_map(|field| match field {
            Field::Any(name) => Some(name),
            _ => None,
        });
        any.collect()
    }

    /// Returns the parameters of the type. A shared type has the index of the route before the
    /// others.
    fn generics(&self) -> TokenStream {
        let any = self.any();
        match self.shared {
            Some(_) => quote!(<const N: usize #(, #any)*>),
            None if any.is_empty() => TokenStream::new(),
            None => quote!(<#(#any),*>),
        }
    }

    /// Returns the same parameters as arguments.
    fn given(&self) -> TokenStream {
        let any = self.any();
        match self.shared {
            Some(_) => quote!(<N #(, #any)*>),
            None => self.generics(),
        }
    }
}
