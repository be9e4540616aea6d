//! The description of a struct: each field with its lens, its type and its doc comment.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::field::{Field, Shape, Source};

/// Returns the body of `describe`.
pub(super) fn body(fields: &[Field], private: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let of_form = fields.iter().find_map(|field| match field.source {
        Source::Form => Some(quote_spanned!(here=> #private::describe_form(route);)),
        Source::Part => Some(quote_spanned!(here=> #private::describe_parts(route);)),
        _ => None,
    });
    let fields = fields.iter().map(|field| described(field, private));
    quote_spanned! {here=>
        // The probes of a type use some of the traits, depending on the type.
        #[allow(unused_imports)]
        use #private::traits::*;
        let _ = &route;
        #of_form
        #(#fields)*
    }
}

/// Returns the statement that describes one field.
fn described(field: &Field, private: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let of = field.shape.of_one();
    let docs = &field.docs;
    let docs = (!docs.is_empty()).then(|| quote!(.with_docs(#docs)));
    let schema = quote_spanned!(here=> #private::witness::<#of>().__schema());
    if field.source == Source::Body {
        let optional = matches!(field.shape, Shape::Optional(_)).then(|| quote!(.optional()));
        let refined = (docs.is_some() || optional.is_some())
            .then(|| quote_spanned!(here=> .map(|body| body #docs #optional)));
        return quote_spanned! {here=>
            route.body = (&#private::witness::<#of>()).__body() #refined;
        };
    }
    if field.is_file() {
        let name = &field.name;
        let is_required = matches!(field.shape, Shape::Once(_));
        let is_multiple = matches!(field.shape, Shape::Many(_) | Shape::OptionalMany(_));
        return quote_spanned! {here=>
            route.fields.push(
                #private::described_file::<#of>(#name, #is_required, #is_multiple) #docs
            );
        };
    }
    let lens = field.lens(private);
    // The text of a literal. Any other default would be evaluated, and its mistakes shown twice.
    let default = field.default_literal();
    let default = default.map(|text| quote!(.with_default(#text)));
    quote_spanned! {here=>
        route.fields.push(
            #private::FieldDescription::of::<#of>(#lens.meta().clone())
                .with_schema(#schema)
                #default
                #docs
        );
    }
}
