//! `#[derive(FromRequest)]`, which reads a struct from a request, and writes it to one.

mod describe;
mod field;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Data, DeriveInput, Fields};

use self::field::{Field, Source};
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
    let fields = fields(&input, &mut errors);
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
    let here = Span::mixed_site();
    let (read, write) = if broken {
        (quote!(loop {}), quote!(loop {}))
    } else {
        (reading(fields, &private), writing(fields, &private))
    };
    let read_signature = quote_spanned! {here=>
        async fn from_request(request: &mut #private::Request)
            -> ::core::result::Result<Self, #private::Rejection>
    };
    let write_signature = quote_spanned! {here=>
        fn modify(self, request: #private::Request)
            -> ::core::result::Result<#private::Request, #private::LensFailure>
    };
    let describe_signature = quote_spanned! {here=>
        fn describe(
            route: &mut #private::RouteDescription,
            _: ::core::option::Option<#private::SchemaOf>,
        )
    };
    let params = fields.iter().filter_map(Field::required_param);
    let params: Vec<&str> = params.collect();
    let params = (!params.is_empty())
        .then(|| quote!(const PARAMS: &'static [&'static str] = &[#(#params),*];));
    let reads_body = fields.iter().any(Field::reads_body).then(|| {
        quote! {
            #[automatically_derived]
            impl #generics #private::ReadsBody for #ident #type_generics #clause {}
        }
    });
    let described = match broken {
        true => TokenStream::new(),
        false => describe::body(fields, &private),
    };
    quote! {
        #reads_body
        #[automatically_derived]
        impl #generics #private::DescribeRequest for #ident #type_generics #clause {
            type Body = ();
            #describe_signature { #described }
        }
        #[automatically_derived]
        impl #generics #private::FromRequest for #ident #type_generics #clause {
            #params
            #read_signature { #read }
        }
        #[automatically_derived]
        impl #generics #private::Modifier<#private::Request> for #ident #type_generics #clause {
            #write_signature { #write }
        }
    }
}

/// Returns the body of `from_request`, which reads every field and then reports all failures.
fn reading(fields: &[Field], private: &TokenStream) -> TokenStream {
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let values: Vec<_> = (0..fields.len())
        .map(|index| format_ident!("f{index}", span = Span::mixed_site()))
        .collect();
    let here = Span::mixed_site();
    let form = fields
        .iter()
        .any(|field| field.source == Source::Form)
        .then(|| {
            quote_spanned! {here=>
                let form = #private::form(request, &mut failures).await;
            }
        });
    let rules = fields.iter().filter(|field| field.source == Source::Part);
    let rules: Vec<_> = rules.map(|field| field.part_rule(private)).collect();
    // Only files are taken out of the parts.
    let mutable = fields.iter().any(Field::is_file).then(|| quote!(mut));
    let parts = (!rules.is_empty()).then(|| {
        quote_spanned! {here=>
            let #mutable parts = #private::parts(request, &[#(#rules),*], &mut failures).await;
        }
    });
    let reads = fields.iter().zip(&values).map(|(field, value)| {
        if field.source == Source::Part {
            let read = field.read_part(private);
            return quote_spanned!(here=> let #value = #read;);
        }
        let lens = field.lens(private);
        match field.source {
            Source::Body => quote_spanned! {here=>
                let #value = failures.read(#lens.get(request).await);
            },
            Source::Form => quote_spanned! {here=>
                let #value = form.as_ref().and_then(|form| failures.read(#lens.get(form)));
            },
            _ => quote_spanned! {here=>
                let #value = failures.read(#lens.get(&*request));
            },
        }
    });
    if fields.is_empty() {
        return quote_spanned!(here=> let _ = request; ::core::result::Result::Ok(Self {}));
    }
    quote_spanned! {here=>
        let mut failures = #private::Failures::new();
        #form
        #parts
        #(#reads)*
        match (#(#values,)*) {
            (#(::core::option::Option::Some(#values),)*) => {
                ::core::result::Result::Ok(Self { #(#idents: #values,)* })
            }
            _ => ::core::result::Result::Err(failures.rejection()),
        }
    }
}

/// Returns the body of `modify`, which writes every field.
fn writing(fields: &[Field], private: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let form = fields.iter().any(|field| field.source == Source::Form);
    let parts = fields.iter().any(|field| field.source == Source::Part);
    let writes = fields.iter().map(|field| {
        if field.source == Source::Part {
            return field.write_part(private);
        }
        let lens = field.lens(private);
        let ident = &field.ident;
        match field.source {
            Source::Form => quote_spanned!(here=> let form = #lens.set(form, self.#ident)?;),
            _ => quote_spanned!(here=> let request = #lens.set(request, self.#ident)?;),
        }
    });
    let (before, after) = if form {
        (
            quote_spanned!(here=> let form = #private::WebForm::new();),
            quote_spanned!(here=> let request = #private::with_form(request, form)?;),
        )
    } else if parts {
        (
            quote_spanned! {here=>
                let form = #private::WebForm::new();
                let files = #private::MultipartBody::new();
            },
            quote_spanned!(here=> let request = #private::with_parts(request, form, files)?;),
        )
    } else {
        Default::default()
    };
    quote_spanned! {here=>
        #before
        #(#writes)*
        #after
        ::core::result::Result::Ok(request)
    }
}

#[cfg(test)]
mod tests;
