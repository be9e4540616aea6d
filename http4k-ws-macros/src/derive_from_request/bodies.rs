//! The bodies of the functions that read a struct from a request, and write it to one.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::field::{Field, Source};

/// Returns the body of `from_request`, which reads every field and then reports all failures.
pub(super) fn reading(fields: &[Field], private: &TokenStream) -> TokenStream {
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
pub(super) fn writing(fields: &[Field], private: &TokenStream) -> TokenStream {
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
