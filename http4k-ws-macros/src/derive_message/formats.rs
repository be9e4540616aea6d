//! The formats that `#[message(..)]` names.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Format {
    Json,
    MessagePack,
    Cbor,
    Text,
    Binary,
}

impl Format {
    /// The format that is written `key`.
    pub(super) fn named(key: &str) -> Option<Self> {
        Some(match key {
            "json" => Self::Json,
            "msgpack" => Self::MessagePack,
            "cbor" => Self::Cbor,
            "text" => Self::Text,
            "binary" => Self::Binary,
            _ => return None,
        })
    }

    /// Whether serde writes it.
    pub(super) fn uses_serde(self) -> bool {
        matches!(self, Self::Json | Self::MessagePack | Self::Cbor)
    }

    /// The variant of the library's `Format`.
    pub(super) fn variant(self, private: &TokenStream) -> TokenStream {
        let name = format_ident!("{self:?}");
        quote!(#private::Format::#name)
    }

    /// The module that reads and writes it.
    pub(super) fn module(self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Json => quote!(#private::json),
            Self::MessagePack => quote!(#private::msgpack),
            Self::Cbor => quote!(#private::cbor),
            Self::Text => quote!(#private::text),
            Self::Binary => quote!(#private::binary),
        }
    }

    /// What a generic type must be to have it.
    pub(super) fn bounds(self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Json | Self::MessagePack | Self::Cbor => {
                quote!(#private::Serialize + #private::DeserializeOwned)
            }
            Self::Text => quote!(#private::Shown + #private::Parsed),
            Self::Binary => quote!(#private::Packed + #private::Unpacked),
        }
    }
}
