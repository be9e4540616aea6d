//! The keys of `#[message(..)]`.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, LitStr, Token};

use super::formats::Format;
use crate::attributes;
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

/// Keys above a type that serde has.
const OF_SERDE: [&str; 7] = [
    "tag",
    "content",
    "untagged",
    "rename",
    "rename_all",
    "transparent",
    "default",
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
        for (attribute, text) in attributes::texts(&input.attrs, "message") {
            let format = text.value();
            let message = match Format::named(&format.to_lowercase()) {
                Some(_) => format!(
                    "a format is not in quotes: write `#[message({})]`",
                    format.to_lowercase()
                ),
                None => unknown(&format),
            };
            errors.at(attribute.path().span(), message);
        }
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
            key => {
                // Then the enum has a tag, and one message is enough.
                self.externally_tagged |= ["tag", "untagged"].contains(&key);
                match OF_SERDE.contains(&key) {
                    true => Err(meta.error(of_serde(key, meta.input))),
                    false => Err(meta.error(unknown(key))),
                }
            }
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

/// Returns the message for a key of serde, before its value.
fn of_serde(key: &str, value: ParseStream<'_>) -> String {
    let value = value.fork();
    let text = value
        .parse::<Token![=]>()
        .and_then(|_| value.parse::<LitStr>());
    let text = text.map_or(String::new(), |text| format!(" = {}", text.token()));
    format!("`{key}` is a key of serde: write `#[serde({key}{text})]`")
}

fn unknown(key: &str) -> String {
    if ["format", "codec", "encoding"].contains(&key) {
        return "a format is a word alone: write `#[message(json)]`".to_owned();
    }
    match near(&key.to_lowercase(), KEYS) {
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
