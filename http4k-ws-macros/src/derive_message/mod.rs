//! `#[derive(Message)]`, which implements `Message` for a serde type.

mod formats;
mod options;
mod readable;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, Ident};

use self::formats::Format;
use self::options::Options;
use crate::docs::docs;
use crate::errors::Errors;
use crate::{rename, serde};

/// Returns the implementation, and behind it every mistake. An unsuitable type has an
/// implementation too, so that its uses report no further errors.
pub(crate) fn expanded(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let options = Options::new(&input, &mut errors);
    let container = serde::Container::new(&input.attrs);
    let variants = match &input.data {
        Data::Enum(data) => {
            check_tag(&input.ident, data, &container, &options, &mut errors);
            check_newtypes(data, &container, &options, &mut errors);
            variants(data, &container)
        }
        Data::Struct(_) => Vec::new(),
        Data::Union(data) => {
            let message = "a union cannot be a message: write an enum";
            errors.at(data.union_token.span, message);
            Vec::new()
        }
    };
    if options.formats.iter().all(|format| format.uses_serde()) {
        readable::check(&input.data, &container, &mut errors);
    }
    if let Some(lifetime) = input.generics.lifetimes().next() {
        let message = "a message must own its data, because it outlives the socket's buffer: \
                       write `String` instead of `&str`, and remove the lifetime";
        errors.at(lifetime.lifetime.span(), message);
        // No implementation for a borrowed type would be correct.
        return errors.to_tokens();
    }
    let body = match input.data {
        Data::Union(_) => Body::StandIn,
        _ => Body::Complete,
    };
    let implementation = implementation(&input, &options, &variants, body);
    let errors = errors.to_tokens();
    quote! { #implementation #errors }
}

/// Requires a tag. Without one, a peer in another language must inspect the key of an object to
/// identify the message.
fn check_tag(
    name: &Ident,
    data: &DataEnum,
    container: &serde::Container,
    options: &Options,
    errors: &mut Errors,
) {
    let untagged_data = data.variants.iter().find(|variant| {
        let unit = matches!(variant.fields, syn::Fields::Unit);
        !unit && !serde::Variant::new(&variant.attrs).untagged
    });
    let Some(variant) = untagged_data else {
        return;
    };
    if !options.formats.iter().all(|format| format.uses_serde()) {
        return;
    }
    if container.tagged || container.by_other_type || options.externally_tagged {
        return;
    }
    let variant = variant.ident.unraw();
    errors.at(
        name.span(),
        format!(
            "`{name}` needs a tag, because its variant `{variant}` is serialized as `{{\"{variant}\": …}}`\n\
             write `#[serde(tag = \"type\")]` above the enum to serialize `{{\"type\": \"{variant}\", …}}`,\n\
             or `#[serde(untagged)]`, or `#[message(externally_tagged)]` to keep this form"
        ),
    );
}

/// Requires fields beside a tag. Serde cannot serialize a number or a list beside one, and fails
/// only when a message is sent.
fn check_newtypes(
    data: &DataEnum,
    container: &serde::Container,
    options: &Options,
    errors: &mut Errors,
) {
    let uses_serde = options.formats.iter().any(|format| format.uses_serde());
    if !container.tagged_inside() || container.by_other_type || !uses_serde {
        return;
    }
    for variant in &data.variants {
        let own = serde::Variant::new(&variant.attrs);
        let syn::Fields::Unnamed(fields) = &variant.fields else {
            continue;
        };
        let (Some(field), 1) = (fields.unnamed.first(), fields.unnamed.len()) else {
            continue;
        };
        if own.untagged || own.skipped || !field.attrs.is_empty() || !has_no_fields(&field.ty) {
            continue;
        }
        let (name, ty) = (&variant.ident, field.ty.to_token_stream());
        let ty = ty.to_string().replace(' ', "");
        errors.at(
            field.ty.span(),
            format!(
                "`{name}` cannot be serialized, because serde cannot put a tag beside `{ty}`\n\
                 write `{name} {{ value: {ty} }}`, or `#[serde(tag = \"type\", content = \"value\")]` above \
                 the enum"
            ),
        );
    }
}

/// Returns `true` for a type of the standard library that serde serializes as a value or a list.
fn has_no_fields(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Array(_) | syn::Type::Slice(_) => true,
        syn::Type::Tuple(tuple) => !tuple.elems.is_empty(),
        syn::Type::Reference(reference) => has_no_fields(&reference.elem),
        syn::Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let is_pointer = ["Box", "Rc", "Arc", "Cow"]
                .iter()
                .any(|name| last.ident == name);
            (WITHOUT_FIELDS.iter().any(|name| last.ident == name)
                || is_pointer && readable::inner(&last.arguments).all(has_no_fields))
                && (path.path.segments.len() == 1 || path.path.segments[0].ident == "std")
        }),
        _ => false,
    }
}

const WITHOUT_FIELDS: [&str; 28] = [
    "bool",
    "char",
    "str",
    "String",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "f32",
    "f64",
    "Vec",
    "VecDeque",
    "HashSet",
    "BTreeSet",
    "PathBuf",
    "IpAddr",
    "Option",
    "LinkedList",
    "BinaryHeap",
    "SocketAddr",
];

/// Returns the names of the variants as serde serializes them, without skipped variants.
fn variants(data: &DataEnum, container: &serde::Container) -> Vec<String> {
    let named = data.variants.iter().filter_map(|variant| {
        let own = serde::Variant::new(&variant.attrs);
        let name = variant.ident.unraw().to_string();
        let renamed = own.rename.or_else(|| {
            let rule = container.rename_all.as_deref()?;
            rename::variant(&name, rule)
        });
        (!own.skipped).then(|| renamed.unwrap_or(name))
    });
    named.collect()
}

/// The body of the methods.
enum Body {
    Complete,
    /// The type cannot be a message, which was reported.
    StandIn,
}

fn implementation(
    input: &DeriveInput,
    options: &Options,
    variants: &[String],
    body: Body,
) -> TokenStream {
    let ident = &input.ident;
    let name = ident.unraw().to_string();
    let private = options.library.private();
    let private = quote!(#private::message);
    let (generics, type_generics, _) = input.generics.split_for_impl();
    let (default, others) = (options.formats[0], &options.formats[1..]);
    let clause = where_clause(input, default, &private);
    let variants = (!variants.is_empty()).then(|| {
        quote! { const VARIANTS: &'static [&'static str] = &[#(#variants),*]; }
    });
    let formats = options.formats.iter();
    let formats = formats.map(|format| format.variant(&private));
    let methods = Methods {
        private: &private,
        here: Span::mixed_site().located_at(ident.span()),
    };
    let description = description(&docs(&input.attrs), &private);
    let (one, choice) = match body {
        Body::Complete if others.is_empty() => (methods.of_one(default), None),
        Body::Complete => (methods.of_one(default), Some(methods.of_several(others))),
        Body::StandIn => (methods.with(&quote!(loop {}), &quote!(loop {})), None),
    };
    quote! {
        #[automatically_derived]
        impl #generics #private::Message for #ident #type_generics #clause {
            const NAME: &'static str = #name;
            #variants
            const FORMATS: &'static [#private::Format] = &[#(#formats),*];
            #one
            #choice
            #description
        }
        #[automatically_derived]
        impl #generics #private::DescribeResponse for #ident #type_generics #clause {
            type Body = Self;
            type Failure = ();
            fn responses(
                body: ::core::option::Option<#private::SchemaOf>,
                _: ::core::option::Option<#private::SchemaOf>,
            ) -> ::std::vec::Vec<#private::ResponseDescription> {
                #private::responses::<Self>(body)
            }
        }
        #[automatically_derived]
        impl #generics #private::IntoResponse for #ident #type_generics #clause {
            fn into_response(self) -> #private::Response {
                #private::response::<Self>(self)
            }
        }
    }
}

/// Returns the method that describes the type, with its schema if it has one.
fn description(docs: &str, private: &TokenStream) -> TokenStream {
    let docs = (!docs.is_empty()).then(|| quote!(.with_docs(#docs)));
    quote! {
        fn description() -> #private::MessageDescription {
            // The probes of a type use some of the traits, depending on the type.
            #[allow(unused_imports)]
            use #private::traits::*;
            #private::MessageDescription::of::<Self>()
                #docs
                .with_schema(#private::witness::<Self>().__schema())
        }
    }
}

/// The methods of an implementation.
struct Methods<'a> {
    private: &'a TokenStream,
    /// The place of the type's name, for errors about a missing trait.
    here: Span,
}

impl Methods<'_> {
    fn read(&self, format: Format) -> TokenStream {
        let module = format.module(self.private);
        quote_spanned!(self.here=> #module::from_message::<Self>(message))
    }

    fn write(&self, format: Format) -> TokenStream {
        let module = format.module(self.private);
        quote_spanned!(self.here=> #module::into_message::<Self>(self))
    }

    fn of_one(&self, format: Format) -> TokenStream {
        self.with(&self.write(format), &self.read(format))
    }

    fn with(&self, into: &TokenStream, from: &TokenStream) -> TokenStream {
        let private = self.private;
        quote_spanned! {self.here=>
            fn into_message(self) -> ::core::result::Result<#private::WsMessage, #private::LensFailure> {
                #into
            }
            fn from_message(message: #private::WsMessage)
                -> ::core::result::Result<Self, #private::LensFailure>
            {
                #from
            }
        }
    }

    /// Returns the methods that choose a format at run time. `others` are the formats after the
    /// first.
    fn of_several(&self, others: &[Format]) -> TokenStream {
        let private = self.private;
        let named: Vec<TokenStream> = others.iter().map(|f| f.variant(private)).collect();
        let writes = others.iter().map(|format| self.write(*format));
        let reads = others.iter().map(|format| self.read(*format));
        quote_spanned! {self.here=>
            fn into_message_in(self, format: #private::Format)
                -> ::core::result::Result<#private::WsMessage, #private::LensFailure>
            {
                match format {
                    #(#named => #writes,)*
                    _ => self.into_message(),
                }
            }
            fn from_message_in(format: #private::Format, message: #private::WsMessage)
                -> ::core::result::Result<Self, #private::LensFailure>
            {
                match format {
                    #(#named => #reads,)*
                    _ => Self::from_message(message),
                }
            }
        }
    }
}

/// Returns the bounds of a generic type, which is a message if its format can read and write it.
/// Its parameters need no bounds of their own, so `PhantomData<T>` and `#[serde(bound = "…")]`
/// work.
fn where_clause(input: &DeriveInput, format: Format, private: &TokenStream) -> TokenStream {
    let own = input.generics.where_clause.as_ref();
    if input.generics.type_params().next().is_none() {
        return quote!(#own);
    }
    let predicates = own.map(|clause| clause.predicates.iter());
    let predicates = predicates.into_iter().flatten();
    let bounds = format.bounds(private);
    quote! {
        where
            #(#predicates,)*
            Self: #bounds + ::core::marker::Send + 'static,
    }
}

#[cfg(test)]
mod tests;
