//! The keys of `#[message(..)]`.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput};

use super::formats::Format;
use crate::errors::{Errors, near};
use crate::library::Library;

/// All keys.
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
    /// An enum keeps serde's default form, `{"Variant": …}`.
    pub(super) externally_tagged: bool,
    /// The formats, the default one first; never empty.
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
            let message = "`#[message(..)]` belongs above the type: \
                           write `#[serde(..)]` on a field or a variant";
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
    /// Adds a format. Texts and bytes cannot be distinguished from another format on one socket.
    fn add(&mut self, format: Format, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        if self.formats.contains(&format) {
            return Err(meta.error("this format appears twice: remove one"));
        }
        let apart = |format: &Format| !format.uses_serde();
        if !self.formats.is_empty() && (apart(&format) || self.formats.iter().any(apart)) {
            return Err(meta.error(
                "`text` and `binary` cannot be combined with another format: \
                 a socket chooses among `json`, `msgpack` and `cbor` only",
            ));
        }
        self.formats.push(format);
        Ok(())
    }
}

fn unknown(key: &str) -> String {
    match near(key, KEYS) {
        Some(meant) => format!("unknown key `{key}`: did you mean `{meant}`?"),
        None => {
            format!(
                "unknown key `{key}`: write `json`, `msgpack`, `cbor`, `text`, `binary`, \
                 `externally_tagged` or `crate = path`"
            )
        }
    }
}

/// Returns the places of attributes on fields and variants, which do not belong there.
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
