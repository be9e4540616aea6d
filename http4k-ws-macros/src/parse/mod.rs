//! Tokens → syntax tree, with every span.
//!
//! The input is split at its top-level commas, and each entry is parsed alone. A broken entry is
//! reported, and the others are kept.

mod bare;
mod dialects;
mod entry;
mod guesses;
mod item;
mod slips;
mod targets;
mod template;
mod text;

pub(crate) use entry::{Doc, Entry, Handler, Place, Protocol, Target};
pub(crate) use guesses::{METHODS, no_method};
pub(crate) use item::Head;
use item::Item;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
pub(crate) use template::{Param, Segment, Template, is_keyword};
pub(crate) use text::compact;

use syn::parse::{ParseStream, Parser};

use crate::errors::Errors;
use crate::library::Library;

/// The whole input of `routes!`.
pub(crate) struct Routes {
    pub(crate) library: Library,
    /// The function of the item form.
    pub(crate) head: Option<Head>,
    /// `true` for the item form, even if its head is broken.
    pub(crate) is_item: bool,
    pub(crate) entries: Vec<Entry>,
    /// The functions behind it.
    pub(crate) rest: TokenStream,
}

impl Routes {
    pub(crate) fn new(input: TokenStream, errors: &mut Errors) -> Self {
        let (library, input) = library(input);
        let is_item = item::is_item(input.clone());
        let item = if is_item {
            item::parse(input, &library, errors)
        } else {
            Item {
                body: input,
                ..Item::default()
            }
        };
        Self {
            library,
            head: item.head,
            is_item,
            entries: entries(item.body, errors),
            rest: item.rest,
        }
    }
}

/// Splits `crate = path;` from the rest. The macro in front of this one adds it. If there are
/// several, the last one counts.
///
/// The rest is long, and each parser copies its input, so the rest is not parsed here.
fn library(input: TokenStream) -> (Library, TokenStream) {
    let mut library = Library::default();
    let mut rest = input.into_iter();
    loop {
        let before = rest.clone();
        let option: TokenStream = rest
            .by_ref()
            .take(OPTION)
            .take_while(|token| !matches!(token, TokenTree::Punct(p) if p.as_char() == ';'))
            .collect();
        match syn::parse2(option) {
            Ok(path) => library = path,
            Err(_) => return (library, before.collect()),
        }
    }
}

/// The most tokens of such an option, which is more than the path of a library has.
const OPTION: usize = 64;

/// Parses the entries of a block or of the whole input.
fn entries(body: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    let mut entries = Vec::new();
    for chunk in chunks(body) {
        // A comma may be missing, so a chunk may hold several entries.
        let parsed = Parser::parse2(
            |input: ParseStream<'_>| {
                while !input.is_empty() {
                    entries.extend(Entry::parse(input, errors)?);
                }
                Ok(())
            },
            chunk.clone(),
        );
        if let Err(error) = parsed {
            errors.push(error);
            leave_out(chunk, errors);
        }
    }
    entries
}

/// Keeps the tokens in the parentheses of a broken entry's target, if it has one.
fn leave_out(entry: TokenStream, errors: &mut Errors) {
    let mut path = String::new();
    let mut tokens = entry.into_iter();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Literal(literal) => path = literal.to_string(),
            TokenTree::Punct(punct) if punct.as_char() == '=' => {
                // `=>` and the keyword, if they are present.
                let target: Vec<TokenTree> = tokens.collect();
                let handler = target.iter().find_map(|token| match token {
                    TokenTree::Group(group) => Some(group.stream()),
                    _ => None,
                });
                return errors.leave_out(&path, handler.unwrap_or_default());
            }
            _ => {}
        }
    }
}

/// Splits the entries at commas. A comma between a path and its target is a mistaken `=>`.
fn chunks(body: TokenStream) -> Vec<TokenStream> {
    let mut chunks = vec![TokenStream::new()];
    let mut has_arrow = false;
    let mut is_behind_path = false;
    let mut tokens = body.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if is_punct(&token, ',') {
            let is_target = match tokens.peek() {
                Some(TokenTree::Ident(word)) => is_target(word),
                // `"/x", => ..`
                next => next.is_some_and(|next| is_punct(next, '=')),
            };
            if has_arrow || !is_behind_path || !is_target {
                chunks.push(TokenStream::new());
                (has_arrow, is_behind_path) = (false, false);
                continue;
            }
        }
        has_arrow |= is_punct(&token, '>');
        is_behind_path = matches!(&token, TokenTree::Literal(_));
        let chunk = chunks.last_mut().expect("the list starts with one chunk");
        chunk.extend([token]);
    }
    chunks
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

fn is_target(word: &Ident) -> bool {
    ["http", "ws", "sse", "mount"]
        .iter()
        .any(|target| word == target)
}

/// Returns a span with the macro's own hygiene at the place of `span`. A name with this span cannot
/// collide with a name of the user.
pub(crate) fn ours_at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
