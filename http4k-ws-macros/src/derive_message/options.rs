//! `#[message(..)]`: what the derive is told.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput};

use super::formats::Format;
use crate::errors::{Errors, near};
use crate::library::Library;

/// The keys there are, as they are written.
const KEYS: [&str; 7] = [
    "json",
    "msgpack",
    "cbor",
    "text",
    "binary",
    "externally_tagged",
    "crate",
];

pub(super) struct Options {
    pub(super) library: Library,
    /// An enum keeps serde's own form, `{"Variant": …}`.
    pub(super) externally_tagged: bool,
    /// The formats, the usual one first; never empty.
    pub(super) formats: Vec<Format>,
}

impl Options {
    pub(super) fn new(input: &DeriveInput, errors: &mut Errors) -> Self {
        let mut options = Self {
            library: Library::default(),
            externally_tagged: false,
            formats: Vec::new(),
        };
        errors.read_keys(&input.attrs, "message", |meta| options.read(&meta));
        if options.formats.is_empty() {
            options.formats.push(Format::Json);
        }
        for span in misplaced(&input.data) {
            let message = "`#[message(..)]` goes above the type; \
                           a field or a variant is refined with `#[serde(..)]`";
            errors.at(span, message);
        }
        options
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let key = meta
            .path
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        if let Some(format) = Format::named(&key) {
            return self.add(format, meta);
        }
        match key.as_str() {
            "externally_tagged" => {
                self.externally_tagged = true;
                Ok(())
            }
            "crate" => {
                self.library = Library::of_key(meta)?;
                Ok(())
            }
            key => Err(meta.error(unknown(key))),
        }
    }
}

impl Options {
    /// One more format. Text and bytes are what they are; nothing tells them from another format on one socket.
    fn add(&mut self, format: Format, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        if self.formats.contains(&format) {
            return Err(meta.error("this format is named twice"));
        }
        let apart = |format: &Format| !format.uses_serde();
        if !self.formats.is_empty() && (apart(&format) || self.formats.iter().any(apart)) {
            return Err(meta.error(
                "`text` and `binary` stand alone; \
                 a socket chooses among `json`, `msgpack` and `cbor` by its subprotocol",
            ));
        }
        self.formats.push(format);
        Ok(())
    }
}

fn unknown(key: &str) -> String {
    match near(key, KEYS) {
        Some(meant) => format!("unknown key `{key}`; did you mean `{meant}`?"),
        None => {
            format!(
                "unknown key `{key}`; there are `json`, `msgpack`, `cbor`, `text`, `binary`, \
                 `externally_tagged` and `crate = path`"
            )
        }
    }
}

/// The attributes on fields and variants, where none belongs.
fn misplaced(data: &Data) -> Vec<Span> {
    let (fields, variants) = match data {
        Data::Struct(data) => (data.fields.iter().collect(), Vec::new()),
        Data::Enum(data) => {
            let fields = data.variants.iter().flat_map(|variant| &variant.fields);
            (fields.collect::<Vec<_>>(), data.variants.iter().collect())
        }
        Data::Union(_) => return Vec::new(),
    };
    let on_fields = fields.into_iter().flat_map(|field| own(&field.attrs));
    let on_variants = variants.into_iter().flat_map(|variant| own(&variant.attrs));
    on_fields
        .chain(on_variants)
        .map(|attribute| attribute.path().span())
        .collect()
}

fn own(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("message"))
}
