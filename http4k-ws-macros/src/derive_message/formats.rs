//! The formats of `#[message(..)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The format of a serialized value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Format {
    Json,
    MessagePack,
    Cbor,
    Text,
    Binary,
}

impl Format {
    /// Returns the format of a key of `#[message(..)]`.
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

    /// Returns `true` if serde serializes it.
    pub(super) fn uses_serde(self) -> bool {
        matches!(self, Self::Json | Self::MessagePack | Self::Cbor)
    }

    /// Returns the variant of the library's `Format`.
    pub(super) fn variant(self, private: &TokenStream) -> TokenStream {
        let name = format_ident!("{self:?}");
        quote!(#private::Format::#name)
    }

    /// Returns the library's module that reads and writes it.
    pub(super) fn module(self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Json => quote!(#private::json),
            Self::MessagePack => quote!(#private::msgpack),
            Self::Cbor => quote!(#private::cbor),
            Self::Text => quote!(#private::text),
            Self::Binary => quote!(#private::binary),
        }
    }

    /// Returns the bounds of a generic type in this format.
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
