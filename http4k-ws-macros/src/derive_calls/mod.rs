//! `#[derive(Calls)]`, which makes an enum a set of calls, and the first field of each variant the
//! arguments of one.

mod variant;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, Ident, LitStr, Type};

use self::variant::Variant;
use crate::errors::{Errors, near};
use crate::library::Library;
use crate::rename;

/// Returns the implementations, and behind them every mistake. An unsuitable type is a set of
/// calls, too, so that its uses report no further errors.
pub(crate) fn expanded(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let options = Options::new(&input, &mut errors);
    if !input.generics.params.is_empty() {
        let message =
            "a set of calls cannot be generic: write the types in place of its parameters";
        errors.at(input.generics.params.span(), message);
        return errors.to_tokens();
    }
    let variants = match &input.data {
        Data::Enum(data) => variants(data, &options, &mut errors),
        Data::Struct(_) | Data::Union(_) => {
            let name = &input.ident;
            let message = format!(
                "`Calls` needs an enum with a variant for each call: write \
                 `enum {name} {{ Rename(Rename, Reply<Card>) }}`"
            );
            errors.at(name.span(), message);
            Vec::new()
        }
    };
    let implementations = implementations(&input, &options, &variants);
    let errors = errors.to_tokens();
    quote! { #implementations #errors }
}

/// The keys of `#[calls(..)]` above the enum.
struct Options {
    library: Library,
    /// The rule for the names of calls.
    rename_all: String,
    notice: Option<Type>,
}

impl Options {
    fn new(input: &DeriveInput, errors: &mut Errors) -> Self {
        let mut options = Self {
            library: Library::default(),
            rename_all: "snake_case".to_owned(),
            notice: None,
        };
        errors.read_keys(&input.attrs, "calls", |meta| {
            if meta.path.is_ident("crate") {
                options.library = Library::of_key(&meta)?;
            } else if meta.path.is_ident("notice") {
                options.notice = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("rename_all") {
                let rule: LitStr = meta.value()?.parse()?;
                if rename::variant("A", &rule.value()).is_none() {
                    let rules = rename::RULES.join("`, `");
                    let message = format!("unknown rule: write one of `{rules}`");
                    return Err(syn::Error::new(rule.span(), message));
                }
                options.rename_all = rule.value();
            } else {
                let key = meta.path.to_token_stream().to_string();
                let message = match near(&key, ["rename_all", "notice"]) {
                    Some(meant) => format!("unknown key `{key}`: did you mean `{meant}`?"),
                    None => format!(
                        "unknown key `{key}`: write `rename_all = \"rule\"`, `notice = Type` or \
                         `crate = path`"
                    ),
                };
                return Err(meta.error(message));
            }
            Ok(())
        });
        options
    }
}

fn variants<'a>(data: &'a DataEnum, options: &Options, errors: &mut Errors) -> Vec<Variant<'a>> {
    let mut known: Vec<Variant<'_>> = Vec::new();
    for variant in &data.variants {
        let Some(variant) = Variant::new(variant, &options.rename_all, errors) else {
            continue;
        };
        if let Some(other) = known.iter().find(|other| other.name == variant.name) {
            let message = format!(
                "`{}` is already the name of the call `{}`: write `#[calls(rename = \"…\")]` above \
                 one of the two",
                variant.name, other.ident
            );
            errors.at(variant.ident.span(), message);
        }
        let text = |of: &Type| of.to_token_stream().to_string();
        if let Some(other) = known
            .iter()
            .find(|other| text(other.args) == text(variant.args))
        {
            let message = format!(
                "`{}` is already the arguments of the call `{}`, and arguments name their call: \
                 write another struct",
                text(variant.args).replace(' ', ""),
                other.ident
            );
            errors.at(variant.args.span(), message);
            continue;
        }
        known.push(variant);
    }
    known
}

fn implementations(
    input: &DeriveInput,
    options: &Options,
    variants: &[Variant<'_>],
) -> TokenStream {
    let ident = &input.ident;
    let private = options.library.private();
    let private = quote!(#private::calls);
    let name = ident.unraw().to_string();
    let notice = match &options.notice {
        Some(notice) => quote!(#notice),
        None => quote!(#private::NoNotice),
    };
    let infos = variants.iter().map(|variant| {
        let (args, docs) = (variant.args, &variant.docs);
        quote!(#private::CallInfo::new::<#args>(#docs))
    });
    let base = name.strip_suffix("Calls").or(name.strip_suffix("Call"));
    let base = base.filter(|base| !base.is_empty()).unwrap_or(&name);
    let (request_name, reply_name) = (format!("{base}Call"), format!("{base}Reply"));
    let descriptions = descriptions(options.notice.as_ref(), variants, &private);
    let arms = variants.iter().map(|variant| {
        let (ident, name) = (variant.ident, &variant.name);
        quote! {
            #name => ::core::result::Result::Ok(Self::#ident(call.args()?, call.handle())),
        }
    });
    let arguments = variants
        .iter()
        .map(|variant| arguments(variant, ident, &private));
    quote! {
        #[automatically_derived]
        impl #private::Calls for #ident {
            type Notice = #notice;
            const NAME: &'static str = #name;
            const CALLS: &'static [#private::CallInfo] = &[#(#infos),*];
            const REQUEST_NAME: &'static str = #request_name;
            const REPLY_NAME: &'static str = #reply_name;
            #descriptions
            fn receive(call: #private::IncomingCall)
                -> ::core::result::Result<Self, #private::CallFailure>
            {
                match call.name() {
                    #(#arms)*
                    _ => ::core::result::Result::Err(call.unknown()),
                }
            }
        }
        #(#arguments)*
    }
}

/// Returns the functions that describe the calls and the notice, with their schemas.
fn descriptions(
    notice: Option<&Type>,
    variants: &[Variant<'_>],
    private: &TokenStream,
) -> TokenStream {
    let described = variants.iter().enumerate().map(|(index, variant)| {
        let (args, handle) = (variant.args, variant.handle);
        quote! {
            Self::CALLS[#index].described(
                #private::witness::<#args>().__schema(),
                #private::witness::<<#handle as #private::CallHandle>::Value>().__schema(),
            )
        }
    });
    let imports = quote!(use #private::NoSchema as _;);
    let notice_schema = notice.map(|notice| {
        quote! {
            fn notice_schema() -> ::core::option::Option<#private::SchemaOf> {
                // The probe uses the trait for a type without a schema.
                #[allow(unused_imports)]
                #imports
                #private::witness::<#notice>().__schema()
            }
        }
    });
    quote! {
        fn described() -> ::std::vec::Vec<#private::CallDescription> {
            // The probe uses the trait for a type without a schema.
            #[allow(unused_imports)]
            #imports
            ::std::vec![#(#described),*]
        }
        #notice_schema
    }
}

/// Returns the implementation that leads from the arguments of a call to the call.
fn arguments(variant: &Variant<'_>, calls: &Ident, private: &TokenStream) -> TokenStream {
    let (args, handle, name) = (variant.args, variant.handle, &variant.name);
    quote_spanned! {args.span()=>
        #[automatically_derived]
        impl #private::CallArgs for #args {
            type Calls = #calls;
            type Handle = #handle;
            const NAME: &'static str = #name;
        }
    }
}

#[cfg(test)]
mod tests;
