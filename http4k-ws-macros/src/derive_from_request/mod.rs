//! `#[derive(FromRequest)]`, which reads a struct from a request, and writes it to one.

mod bodies;
mod describe;
mod field;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields};

use self::bodies::{reading, writing};
use self::field::{Field, Source, is_source};
use crate::errors::Errors;
use crate::library::Library;

/// Returns the implementations, and behind them every mistake. An unsuitable type has
/// implementations too, so that its uses report no further errors.
pub(crate) fn expanded(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let mut library = Library::default();
    errors.read_keys(&input.attrs, "from_request", |meta| {
        if !meta.path.is_ident("crate") {
            return Err(meta.error("unknown key: write `crate = path`"));
        }
        library = Library::of_key(&meta)?;
        Ok(())
    });
    if let Some(lifetime) = input.generics.lifetimes().next() {
        let message = "a value that is read from a request must own its data: \
                       write `String` instead of `&str`, and remove the lifetime";
        errors.at(lifetime.lifetime.span(), message);
        return errors.to_tokens();
    }
    let misplaced = input.attrs.iter().find(|attribute| is_source(attribute));
    let fields = match misplaced {
        Some(attribute) => {
            let source = attribute.path().to_token_stream();
            let message = format!("a source is above each field: write `#[{source}]` there");
            errors.at(attribute.path().span(), message);
            Vec::new()
        }
        None => fields(&input, &mut errors),
    };
    check_bodies(&fields, &mut errors);
    let broken = !errors.is_empty();
    let implementations = implementations(&input, &library, &fields, broken);
    let errors = errors.to_tokens();
    quote! { #implementations #errors }
}

fn fields(input: &DeriveInput, errors: &mut Errors) -> Vec<Field> {
    let name = &input.ident;
    let message =
        format!("`FromRequest` needs a struct with named fields: write `struct {name} {{ .. }}`");
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            Fields::Unit => return Vec::new(),
            Fields::Unnamed(_) => {
                errors.at(input.ident.span(), message);
                return Vec::new();
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            errors.at(input.ident.span(), message);
            return Vec::new();
        }
    };
    fields
        .iter()
        .filter_map(|field| Field::new(field, errors))
        .collect()
}

/// Rejects a second reading of the body.
fn check_bodies(fields: &[Field], errors: &mut Errors) {
    let mut bodies = fields.iter().filter(|field| field.reads_body());
    let Some(first) = bodies.next() else {
        return;
    };
    for other in bodies {
        if first.source == Source::Body || other.source != first.source {
            let kinds = (first.source, other.source);
            let (first, second) = (&first.ident, &other.ident);
            let message = match kinds {
                (Source::Form, Source::Part) | (Source::Part, Source::Form) => format!(
                    "`{first}` and `{second}` are read from two kinds of form: write `#[part]` \
                     above both, for a form with files"
                ),
                _ => format!(
                    "the body is already read as `{first}`: read several fields of it \
                     by one type, by `#[form]` fields or by `#[part]` fields"
                ),
            };
            errors.at(other.blamed, message);
        }
    }
}

fn implementations(
    input: &DeriveInput,
    library: &Library,
    fields: &[Field],
    broken: bool,
) -> TokenStream {
    let private = library.private();
    let private = quote!(#private::request);
    let ident = &input.ident;
    let (generics, type_generics, clause) = input.generics.split_for_impl();
    let (read, write, described) = match broken {
        true => (quote!(loop {}), quote!(loop {}), TokenStream::new()),
        false => (
            reading(fields, &private),
            writing(fields, &private),
            describe::body(fields, &private),
        ),
    };
    let params: Vec<&str> = fields.iter().filter_map(Field::required_param).collect();
    let params = (!params.is_empty())
        .then(|| quote!(const PARAMS: &'static [&'static str] = &[#(#params),*];));
    let reads_body = fields.iter().any(Field::reads_body).then(|| {
        quote! {
            #[automatically_derived]
            impl #generics #private::ReadsBody for #ident #type_generics #clause {}
        }
    });
    let [describe, from_request, modify] = signatures(&private);
    quote! {
        #reads_body
        #[automatically_derived]
        impl #generics #private::DescribeRequest for #ident #type_generics #clause {
            type Body = ();
            #describe { #described }
        }
        #[automatically_derived]
        impl #generics #private::FromRequest for #ident #type_generics #clause {
            #params
            #from_request { #read }
        }
        #[automatically_derived]
        impl #generics #private::Modifier<#private::Request> for #ident #type_generics #clause {
            #modify { #write }
        }
    }
}

/// Returns the signatures of the functions. Their arguments have the hygiene of the macro, as the
/// uses in the bodies have.
fn signatures(private: &TokenStream) -> [TokenStream; 3] {
    let here = Span::mixed_site();
    let describe = quote_spanned! {here=>
        fn describe(
            route: &mut #private::RouteDescription,
            _: ::core::option::Option<#private::SchemaOf>,
        )
    };
    let from_request = quote_spanned! {here=>
        async fn from_request(request: &mut #private::Request)
            -> ::core::result::Result<Self, #private::Rejection>
    };
    let modify = quote_spanned! {here=>
        fn modify(self, request: #private::Request)
            -> ::core::result::Result<#private::Request, #private::LensFailure>
    };
    [describe, from_request, modify]
}

#[cfg(test)]
mod tests;
