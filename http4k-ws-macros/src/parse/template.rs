//! The syntax of a path, such as `/users/<id: u64>/files/<path..>`.
//!
//! The grammar is that of [`http4k_ws_grammar`]. Here its segments get names and types with spans,
//! and a broken rule becomes a message that quotes the source.

use std::ops::Range;
use std::rc::Rc;

use http4k_ws_grammar::{Kind, Mistake, Rule};
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::{LitStr, Type};

use crate::errors::Errors;

/// The segments of a path. `/` has none.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) literal: LitStr,
    pub(crate) segments: Vec<Segment>,
}

#[derive(Clone)]
pub(crate) enum Segment {
    Literal(String),
    Param(Param),
    Rest(Param),
}

/// `<name>`, `<name: Type>` or `<name..>`.
#[derive(Clone)]
pub(crate) struct Param {
    /// The name, with the span of the literal.
    pub(crate) name: Ident,
    pub(crate) ty: Option<Type>,
    /// `true` for `<name..>`.
    pub(crate) is_rest: bool,
    literal: LitStr,
    range: Range<usize>,
    /// Shared by all copies of one declaration.
    declaration: Rc<()>,
}

impl Param {
    /// The name as text, without `r#`.
    pub(crate) fn text(&self) -> String {
        self.name.unraw().to_string()
    }

    /// Returns `true` if it is matched and passed to no handler.
    pub(crate) fn is_ignored(&self) -> bool {
        self.text().starts_with('_')
    }

    /// Reports a mistake at this parameter.
    pub(crate) fn blame(&self, message: &str, errors: &mut Errors) {
        errors.inside(&self.literal, self.range.clone(), message);
    }

    /// Returns `true` if both are copies of one declaration: the routes of a block have copies of
    /// its parameters.
    pub(crate) fn is_declared_with(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.declaration, &other.declaration)
    }

    pub(crate) fn span(&self) -> Span {
        self.literal.span()
    }
}

impl Segment {
    pub(crate) fn param(&self) -> Option<&Param> {
        match self {
            Self::Literal(_) => None,
            Self::Param(param) | Self::Rest(param) => Some(param),
        }
    }
}

impl Template {
    /// Reads the path in `literal`. Returns `None` if it is broken, which is reported.
    pub(super) fn new(literal: LitStr, errors: &mut Errors) -> Option<Self> {
        let mut reader = Reader {
            literal: &literal,
            errors,
            broken: false,
        };
        let segments = reader.segments(&literal.value());
        let broken = reader.broken;
        (!broken).then_some(Self { literal, segments })
    }
}

/// The query is not a part of the path (RFC 3986 §3.4).
const QUERY: &str = "a path ends before `?`: read the query by an argument `_` of a type such as \
                     `Query<T>`";

/// Turns the segments of the grammar into syntax, and its rules into messages.
/// The words for types of a parameter in other languages, and the types.
const TYPES: [(&str, &str); 8] = [
    ("int", "i64"),
    ("integer", "i64"),
    ("u64", "u64"),
    ("u32", "u32"),
    ("i64", "i64"),
    ("float", "f64"),
    ("str", "String"),
    ("string", "String"),
];

struct Reader<'a> {
    literal: &'a LitStr,
    errors: &'a mut Errors,
    broken: bool,
}

impl Reader<'_> {
    fn fail(&mut self, range: Range<usize>, message: &str) {
        self.broken = true;
        self.errors.inside(self.literal, range, message);
    }

    fn segments(&mut self, text: &str) -> Vec<Segment> {
        let mut segments = Vec::new();
        for segment in http4k_ws_grammar::parse(text) {
            match segment {
                Ok(segment) if segment.kind == Kind::Literal => {
                    segments.push(Segment::Literal(segment.text.to_owned()));
                }
                Ok(segment) => segments.extend(self.param(segment)),
                Err(mistake) => self.report(mistake, text),
            }
        }
        segments
    }

    fn param(&mut self, segment: http4k_ws_grammar::Segment<'_>) -> Option<Segment> {
        let range = segment.range;
        let name = self.name(segment.text, range.clone())?;
        let ty = match segment
            .of_type
            .map(|ty| self.ty(segment.text, ty, range.clone()))
        {
            Some(None) => return None,
            Some(ty) => ty,
            None => None,
        };
        let is_rest = segment.kind == Kind::Rest;
        let param = Param {
            name,
            ty,
            is_rest,
            literal: self.literal.clone(),
            range,
            declaration: Rc::new(()),
        };
        Some(if is_rest {
            Segment::Rest(param)
        } else {
            Segment::Param(param)
        })
    }

    fn name(&mut self, name: &str, range: Range<usize>) -> Option<Ident> {
        let means = match name {
            "req" => Some("the request"),
            "ws" => Some("the socket"),
            "sse" => Some("the event stream"),
            _ => None,
        };
        if let Some(means) = means {
            let message = format!("`{name}` is {means} in a call: give the parameter another name");
            self.fail(range, &message);
            return None;
        }
        if Ident::parse_any.parse_str(name).is_err() {
            // A letter that begins a word, but not an identifier of Rust.
            self.fail(range, &not_a_name(name));
            return None;
        }
        let span = self.literal.span();
        Some(if is_keyword(name) {
            Ident::new_raw(name, span)
        } else {
            Ident::new(name, span)
        })
    }

    fn ty(&mut self, name: &str, ty: &str, range: Range<usize>) -> Option<Type> {
        // `<int:id>`, as in other languages.
        let meant = TYPES.iter().find(|(word, _)| *word == name);
        if let Some((_, of)) = meant.filter(|_| syn::parse_str::<Ident>(ty).is_ok()) {
            let message = format!("a parameter's name precedes its type: write `<{ty}: {of}>`");
            self.fail(range, &message);
            return None;
        }
        let at_literal = LitStr::new(ty, self.literal.span());
        match at_literal.parse() {
            Ok(ty) => Some(ty),
            Err(_) => {
                self.fail(range, &not_a_type(ty));
                None
            }
        }
    }

    fn report(&mut self, mistake: Mistake<'_>, text: &str) {
        let mut range = mistake.range;
        let segment = &text[range.clone()];
        let message = match mistake.rule {
            Rule::LeadingSlash => {
                let (length, message) = relative(text);
                range.end = length.unwrap_or(range.end);
                message
            }
            Rule::FinalSlash => "a path does not end in `/`: `/users` and `/users/` are different \
                                 paths, and only the first can be routed"
                .into(),
            Rule::EmptySegment => "a path cannot contain an empty segment: write `/` once".into(),
            Rule::Style { instead } if segment.starts_with('*') => {
                format!("what is left of a path is written `{instead}`, not `{segment}`")
            }
            Rule::Style { instead } => {
                format!("a parameter is written `{instead}`, not `{segment}`")
            }
            Rule::Closed => "`<` is never closed: write `<name>`".into(),
            Rule::WholeSegment => match segment.find('?') {
                Some(at) => {
                    range = range.start + at..range.start + at + 1;
                    QUERY.into()
                }
                None => {
                    "a parameter is a whole segment: take `<name>`, and split it in the handler"
                        .into()
                }
            },
            Rule::Name(name) => not_a_name(name),
            Rule::Type(_) => not_a_type(""),
            Rule::UntypedRest(_) => {
                "a rest cannot have a type: write `<name..>`, and parse it in the handler".into()
            }
            Rule::RestLast(_) => "`<name..>` matches all that is left, so it must be last".into(),
            Rule::DotSegment => {
                format!("clients resolve `{segment}` before they send a path, so it never arrives")
            }
            Rule::Character(character) => not_in_a_path(character),
        };
        self.fail(range, &message);
    }
}

/// Returns the message for a text that does not start with `/`, and the length of the wrong part.
fn relative(text: &str) -> (Option<usize>, String) {
    if matches!(text, "*" | "_" | "**") {
        let message = "`_` matches the requests that no route matches: write it without quotes";
        return (Some(text.len()), message.into());
    }
    // `"GET /users"`: other libraries have more than the path in the text.
    let (word, path) = match text.split_once(' ') {
        Some((word, path)) if path.starts_with('/') => (word, path),
        _ => {
            let message = format!("a path starts with `/`: write `\"/{text}\"`");
            return (None, message);
        }
    };
    let message = match word {
        "http" | "ws" | "sse" | "mount" => {
            format!("the protocol follows the path: write `\"{path}\" => {word}(..)`")
        }
        _ => {
            let method = word.to_uppercase();
            format!("the method precedes the path: write `{method} \"{path}\"`")
        }
    };
    (Some(word.len()), message)
}

fn not_a_name(name: &str) -> String {
    let rest = name.strip_prefix("..").or(name.strip_prefix('*'));
    match (name, rest.map(|rest| rest.trim_matches(['.', '*']))) {
        ("" | "_" | "self" | "Self" | "super" | "crate", _) => {
            "a parameter has a name, as in `<id>`; one that starts with `_` is passed to no handler"
                .into()
        }
        (_, Some(rest)) if !rest.is_empty() => {
            format!("what is left of a path is written `<{rest}..>`, not `<{name}>`")
        }
        _ if name.ends_with('?') => {
            "a segment is never absent: write another entry for the path without this parameter"
                .into()
        }
        _ => format!("`{name}` is not a name: write letters, digits and `_`, as in `<user_id>`"),
    }
}

fn not_a_type(ty: &str) -> String {
    format!("`{ty}` is not a type, as in `<id: u64>`")
}

fn not_in_a_path(character: char) -> String {
    match character {
        '%' => "write the character itself: a path is compared percent-decoded".into(),
        '?' => QUERY.into(),
        '#' => "a path ends before `#`, which is never sent".into(),
        '{' | '}' => "a parameter is a whole segment, and written `<name>`".into(),
        '>' => "`>` closes nothing: write `<name>`".into(),
        character => format!("`{}` can't be in a path", character.escape_debug()),
    }
}

/// Returns `true` for a word that is an identifier only behind `r#`, in any edition.
pub(crate) fn is_keyword(word: &str) -> bool {
    word == "gen" || syn::parse_str::<Ident>(word).is_err()
}
