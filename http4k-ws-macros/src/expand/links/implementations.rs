//! The implementations of a link, which build its path.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::field::Field;
use super::{Parts, field_name};
use crate::model::spelled;

impl Parts<'_> {
    /// Returns the implementations that bind markers to the user's types.
    pub(super) fn types(&self) -> TokenStream {
        let module = &self.module;
        let named = self.fields.iter().filter_map(|field| match field {
            Field::Named(marker, ty) => Some(quote! {
                impl __http4k_ws::Typed for #module::#marker { type Type = #ty; }
            }),
            _ => None,
        });
        named.collect()
    }

    /// Returns the implementations that build the path of the type, which is called `name` there.
    pub(super) fn implementations(&self, name: &TokenStream, router: &TokenStream) -> TokenStream {
        let (generics, given) = (self.generics(), self.given());
        let bounds = self.bounds();
        let path = self.path(router);
        if self.is_mount() {
            return self.mount_implementation(name, router, &path);
        }
        let bounds = (!bounds.is_empty()).then(|| quote!(where #bounds));
        quote! {
            impl #generics __http4k_ws::Link for #name #given #bounds {
                type App = #router;
                fn try_uri(&self) -> __http4k_ws::Filled {
                    #path
                }
            }
            impl #generics #name #given {
                #[track_caller]
                pub fn uri(&self) -> __http4k_ws::String #bounds {
                    __http4k_ws::Link::uri(self)
                }
            }
        }
    }

    /// Returns the call that builds the path.
    fn path(&self, router: &TokenStream) -> TokenStream {
        let values = self.params.iter().zip(&self.fields).map(|(param, field)| {
            let name = field_name(param);
            match field {
                Field::Named(..) => quote!(&&self.#name),
                _ => quote!(&self.#name),
            }
        });
        let values = quote!(&[#(#values),*]);
        let index = Literal::usize_unsuffixed(self.link.index);
        let index = match self.shared {
            Some(_) => quote!(N),
            None => index.to_token_stream(),
        };
        if self.is_tested {
            return quote!(__http4k_ws::tested_path_of::<#router>(#index, #values));
        }
        let template = match self.shared {
            Some(_) => quote!(<#router as __http4k_ws::Tabled>::ROUTES[N].path.template),
            None => spelled(&self.link.route.segments).to_token_stream(),
        };
        quote!(__http4k_ws::path_of(#template, #values))
    }

    /// Returns the implementation that builds the paths of mounted routes. `path` is the call that
    /// builds that of the prefix.
    fn mount_implementation(
        &self,
        name: &TokenStream,
        router: &TokenStream,
        path: &TokenStream,
    ) -> TokenStream {
        let (generics, given, bounds) = (self.generics(), self.given(), self.bounds());
        let index = Literal::usize_unsuffixed(self.link.index);
        quote! {
            impl #generics #name #given {
                /// Returns the path of a link to a route that is mounted there.
                ///
                /// # Panics
                ///
                /// Panics if `try_uri` returns an error.
                #[track_caller]
                pub fn uri<L, OnlyMount>(&self, link: L) -> ::std::string::String
                where
                    L: __http4k_ws::Link,
                    <#router as __http4k_ws::Mounting<#index>>::Mounted:
                        __http4k_ws::Mounts<L::App, OnlyMount>,
                    #bounds
                {
                    __http4k_ws::filled(self.try_uri(link))
                }

                /// Returns the path of a link to a route that is mounted there, unless a value
                /// can't be part of a path.
                pub fn try_uri<L, OnlyMount>(&self, link: L) -> __http4k_ws::Filled
                where
                    L: __http4k_ws::Link,
                    <#router as __http4k_ws::Mounting<#index>>::Mounted:
                        __http4k_ws::Mounts<L::App, OnlyMount>,
                    #bounds
                {
                    __http4k_ws::mounted_uri::<
                        <#router as __http4k_ws::Mounting<#index>>::Mounted, L, OnlyMount,
                    >(#path, &link)
                }
            }
        }
    }

    /// Returns the bounds that each value can be part of a path. For a type in the path, the bound
    /// has a lifetime, so the compiler checks it at the use of a link and not at the route.
    fn bounds(&self) -> TokenStream {
        let bounds = self.params.iter().zip(&self.fields).map(|(param, field)| {
            let at = self.at(param);
            match field {
                Field::Any(name) => quote_spanned!(at=> #name: __http4k_ws::ToPath,),
                Field::Primitive(_) => TokenStream::new(),
                Field::Named(_, ty) => {
                    quote_spanned!(at=> for<'a> &'a #ty: __http4k_ws::ToPath,)
                }
            }
        });
        bounds.collect()
    }
}
