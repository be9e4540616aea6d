//! One call: a variant with its arguments and its reply.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Fields, Ident, Lit, LitStr, Meta, Type};

use crate::errors::Errors;
use crate::rename;

/// A call.
pub(super) struct Variant<'a> {
    pub(super) ident: &'a Ident,
    /// The name on the wire.
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) args: &'a Type,
    /// The type that sends the reply.
    pub(super) handle: &'a Type,
}

impl<'a> Variant<'a> {
    /// Reads a variant. Returns `None` after a mistake in its fields.
    pub(super) fn new(
        variant: &'a syn::Variant,
        rename_all: &str,
        errors: &mut Errors,
    ) -> Option<Self> {
        let name = name(variant, rename_all, errors);
        let (args, handle) = fields(variant, errors)?;
        Some(Self {
            ident: &variant.ident,
            name,
            docs: docs(&variant.attrs),
            args,
            handle,
        })
    }
}

fn name(variant: &syn::Variant, rename_all: &str, errors: &mut Errors) -> String {
    let mut renamed = None;
    errors.read_keys(&variant.attrs, "calls", |meta| {
        if !meta.path.is_ident("rename") {
            return Err(meta.error("unknown key: write `rename = \"name\"`"));
        }
        let text: LitStr = meta.value()?.parse()?;
        if text.value().is_empty() {
            let message = "a call needs a name: write a text";
            return Err(syn::Error::new(text.span(), message));
        }
        renamed = Some(text.value());
        Ok(())
    });
    let ident = variant.ident.unraw().to_string();
    let by_rule = || rename::variant(&ident, rename_all);
    renamed.or_else(by_rule).unwrap_or(ident)
}

/// Returns the arguments and the type that sends the reply. Otherwise adds the mistake, with the
/// line to write.
fn fields<'a>(variant: &'a syn::Variant, errors: &mut Errors) -> Option<(&'a Type, &'a Type)> {
    let name = &variant.ident;
    let types: Vec<&Type> = variant.fields.iter().map(|field| &field.ty).collect();
    let (span, message) = match (&variant.fields, types.as_slice()) {
        (Fields::Unnamed(_), [args, handle]) => {
            let swapped = is_handle(args) && !is_handle(handle);
            if !swapped {
                return is_own(name, args, handle, errors).then_some((args, handle));
            }
            let (args, handle) = (short(handle), short(args));
            let message = format!("the arguments come first: write `{name}({args}, {handle})`");
            (types[0].span(), message)
        }
        (Fields::Unit, _) => {
            let message = format!(
                "the call `{name}` lacks its arguments and its reply: write `{name}({name}, \
                 Reply<()>)`, and `struct {name};` if there are no arguments"
            );
            (name.span(), message)
        }
        (Fields::Unnamed(_), [handle]) if is_handle(handle) => {
            let message = format!(
                "the call `{name}` lacks its arguments: write `{name}({name}, {})`, and \
                 `struct {name};` if there are none",
                short(handle)
            );
            (handle.span(), message)
        }
        (Fields::Unnamed(_), [args]) => {
            let args = short(args);
            let message = format!(
                "the call `{name}` lacks its reply: write `{name}({args}, Reply<T>)`, or \
                 `{name}({args}, Replies<T>)` for a stream of `T`"
            );
            (types[0].span(), message)
        }
        (fields, _) => {
            let message = format!(
                "a call has its arguments in a struct: write `{name}({name}, Reply<T>)`, and \
                 `struct {name} {{ .. }}` with the fields"
            );
            (fields.span(), message)
        }
    };
    errors.at(span, message);
    None
}

/// Checks that the arguments are a type of the program, which names its call.
fn is_own(name: &Ident, args: &Type, handle: &Type, errors: &mut Errors) -> bool {
    let is_foreign = match args {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let is_plain = path.path.segments.len() == 1;
            is_plain && FOREIGN.iter().any(|foreign| last.ident == foreign)
        }),
        Type::Group(group) => return is_own(name, &group.elem, handle, errors),
        Type::Paren(paren) => return is_own(name, &paren.elem, handle, errors),
        _ => true,
    };
    if is_foreign {
        let args_text = short(args);
        let fields = match args_text.as_str() {
            "()" => ";".to_owned(),
            _ => format!(" {{ value: {args_text} }}"),
        };
        let message = format!(
            "the arguments of a call are a struct of its own: write `{name}({name}, {})`, and \
             `struct {name}{fields}`",
            short(handle)
        );
        errors.at(args.span(), message);
    }
    !is_foreign
}

/// Types of the standard library that programs use as arguments.
const FOREIGN: [&str; 24] = [
    "bool", "char", "String", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32",
    "i64", "i128", "isize", "f32", "f64", "Vec", "Option", "HashMap", "BTreeMap", "HashSet", "Box",
    "Arc",
];

fn is_handle(of: &Type) -> bool {
    match of {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            ["Reply", "Replies"]
                .iter()
                .any(|handle| last.ident == handle)
        }),
        _ => false,
    }
}

/// Returns the text of a type without spaces, except behind commas.
fn short(of: &Type) -> String {
    let text = of.to_token_stream().to_string();
    text.replace(' ', "").replace(',', ", ")
}

/// Returns the text of the doc comments.
fn docs(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes.iter().filter(|one| one.path().is_ident("doc")) {
        let Meta::NameValue(pair) = &attribute.meta else {
            continue;
        };
        if let Expr::Lit(ExprLit {
            lit: Lit::Str(line),
            ..
        }) = &pair.value
        {
            let line = line.value();
            lines.push(
                line.strip_prefix(' ')
                    .unwrap_or(&line)
                    .trim_end()
                    .to_owned(),
            );
        }
    }
    lines.join("\n").trim().to_owned()
}
