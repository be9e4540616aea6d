//! The expressions that read a field and write it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::Field;
use super::arguments::Html;
use super::shape::Shape;
use super::source::Source;

impl Field {
    /// Returns the rule by which the parts of the field are read.
    pub(crate) fn part_rule(&self, private: &TokenStream) -> TokenStream {
        let name = &self.name;
        let is_many = matches!(self.shape, Shape::Many(_) | Shape::OptionalMany(_));
        let kind = Ident::new(
            if self.is_file() { "file" } else { "text" },
            Span::call_site(),
        );
        let rule = quote!(#private::PartRule::#kind(#name, #is_many));
        match &self.max {
            Some(max) => quote_spanned!(max.span()=> #private::part_max(#rule, #max)),
            None => rule,
        }
    }

    /// Returns the expression that reads the field from `parts`.
    pub(crate) fn read_part(&self, private: &TokenStream) -> TokenStream {
        let here = Span::mixed_site();
        let name = &self.name;
        if !self.is_file() {
            let lens = self.lens(private);
            return quote_spanned! {here=>
                parts
                    .as_ref()
                    .and_then(|parts| parts.form(#name))
                    .and_then(|form| failures.read(#lens.get(form)))
            };
        }
        let method = match self.shape {
            Shape::Once(_) => "file",
            Shape::Optional(_) => "optional_file",
            Shape::Many(_) => "files",
            Shape::OptionalMany(_) => "optional_files",
        };
        let method = Ident::new(method, Span::call_site());
        quote_spanned! {here=>
            parts
                .as_mut()
                .and_then(|parts| parts.unless_failed(#name))
                .and_then(|parts| failures.read(parts.#method(#name)))
        }
    }

    /// Returns the statement that writes the field to `form` or to `files`.
    pub(crate) fn write_part(&self, private: &TokenStream) -> TokenStream {
        let here = Span::mixed_site();
        let (ident, name) = (&self.ident, &self.name);
        if !self.is_file() {
            let lens = self.lens(private);
            return quote_spanned!(here=> let form = #lens.set(form, self.#ident)?;);
        }
        match self.shape {
            Shape::Once(_) => {
                quote_spanned!(here=> let files = files.part(#name, self.#ident);)
            }
            Shape::Optional(_) | Shape::Many(_) => quote_spanned! {here=>
                let files = self.#ident.into_iter().fold(files, |files, file| {
                    files.part(#name, file)
                });
            },
            Shape::OptionalMany(_) => quote_spanned! {here=>
                let files = self.#ident.into_iter().flatten().fold(files, |files, file| {
                    files.part(#name, file)
                });
            },
        }
    }

    /// Returns the lens that reads and writes the field.
    pub(crate) fn lens(&self, private: &TokenStream) -> TokenStream {
        if self.source == Source::Body {
            return match &self.shape {
                Shape::Optional(of) => quote_spanned!(of.span()=> #private::optional_body::<#of>()),
                Shape::Once(of) | Shape::Many(of) | Shape::OptionalMany(of) => {
                    quote_spanned!(of.span()=> #private::body::<#of>())
                }
            };
        }
        let name = &self.name;
        let place = Ident::new(self.source.place(), Span::call_site());
        let spec = |of: &Type| {
            // A missing trait is reported at the type.
            quote_spanned!(of.span()=> #private::field::<#private::#place, #of>(#name))
        };
        match (&self.shape, &self.default) {
            (Shape::Once(of), None) if self.form == Some(Html::Checkbox) => {
                quote_spanned!(of.span()=> #private::checkbox::<#private::#place>(#name))
            }
            (Shape::Once(of), None) => {
                let spec = spec(of);
                quote!(#spec.required())
            }
            (Shape::Once(of), Some(default)) => {
                let spec = spec(of);
                quote!(#spec.defaulted(#default))
            }
            (Shape::Optional(of), _) => {
                let spec = spec(of);
                match self.form {
                    Some(_) => quote!(#spec.empty_as_none()),
                    None => quote!(#spec.optional()),
                }
            }
            (Shape::Many(of), default) => {
                let spec = spec(of);
                let none = quote!(::std::vec::Vec::new());
                let default = default.as_ref().unwrap_or(&none);
                quote!(#spec.multi().defaulted(#default))
            }
            (Shape::OptionalMany(of), _) => {
                let spec = spec(of);
                quote!(#spec.multi().optional())
            }
        }
    }
}
