//! A path: `/users/<id: u64>/files/<path..>`.

use std::ops::Range;
use std::rc::Rc;

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::{LitStr, Type};

use crate::errors::Errors;

/// A path, segment by segment; `/` has none.
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
    /// The name, at the literal.
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

    /// Whether it is matched and handed to nobody.
    pub(crate) fn is_ignored(&self) -> bool {
        self.text().starts_with('_')
    }

    /// Reports a mistake at this parameter.
    pub(crate) fn blame(&self, message: &str, errors: &mut Errors) {
        errors.inside(&self.literal, self.range.clone(), message);
    }

    /// Whether both are copies of one declaration, as the routes of a block have them.
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
    /// The path in `literal`; `None` where it is broken, which is reported.
    pub(super) fn new(literal: LitStr, errors: &mut Errors) -> Option<Self> {
        let text = literal.value();
        let mut parser = Reader {
            literal: &literal,
            text: &text,
            errors,
            broken: false,
        };
        let segments = parser.segments();
        let broken = parser.broken;
        (!broken).then_some(Self { literal, segments })
    }
}

/// The query is not a part of the path (RFC 3986 §3.4).
const QUERY: &str = "a path ends before `?`: read the query by an argument `_` of a type such as \
                     `Query<T>`";

struct Reader<'a> {
    literal: &'a LitStr,
    text: &'a str,
    errors: &'a mut Errors,
    broken: bool,
}

impl Reader<'_> {
    fn fail(&mut self, range: Range<usize>, message: &str) {
        self.broken = true;
        self.errors.inside(self.literal, range, message);
    }

    fn segments(&mut self) -> Vec<Segment> {
        if !self.text.starts_with('/') {
            if let Some((word, path)) = self
                .text
                .split_once(' ')
                .filter(|(_, path)| path.starts_with('/'))
            {
                return self.word_before_path(word, path);
            }
            if matches!(self.text, "*" | "_" | "**") {
                let message =
                    "requests that no route takes are matched by `_`: write it without quotes";
                self.fail(0..self.text.len(), message);
                return Vec::new();
            }
            let end = self.text.chars().next().map_or(0, char::len_utf8);
            let message = format!("a path starts with `/`: write `\"/{}\"`", self.text);
            self.fail(0..end, &message);
            return Vec::new();
        }
        if self.text == "/" {
            return Vec::new();
        }
        let mut segments = Vec::new();
        let mut start = 1;
        for piece in self.text[1..].split('/') {
            let end = start + piece.len();
            if piece.is_empty() {
                self.empty(start);
            } else if let Some(Segment::Rest(_)) = segments.last() {
                self.fail(
                    start..end,
                    "`<name..>` takes all that is left, so it comes last",
                );
                return segments;
            } else {
                segments.extend(self.segment(piece, start..end));
            }
            start = end + 1;
        }
        segments
    }

    /// `"GET /users"`: what stands beside the path in other libraries.
    fn word_before_path(&mut self, word: &str, path: &str) -> Vec<Segment> {
        let message = match word {
            "http" | "ws" | "sse" | "mount" => {
                format!("the protocol stands behind the path: write `\"{path}\" => {word}(..)`")
            }
            _ => {
                let method = word.to_uppercase();
                format!("the method stands before the path: write `{method} \"{path}\"`")
            }
        };
        self.fail(0..word.len(), &message);
        Vec::new()
    }

    fn empty(&mut self, at: usize) {
        if at == self.text.len() {
            let message = "a path does not end in `/`: `/users` and `/users/` are different paths, \
                           and only the first can be routed";
            self.fail(at - 1..at, message);
        } else {
            self.fail(
                at - 1..at + 1,
                "a path has no empty segments: write `/` once",
            );
        }
    }

    fn segment(&mut self, piece: &str, range: Range<usize>) -> Option<Segment> {
        if let Some(inside) = piece.strip_prefix('<').and_then(|p| p.strip_suffix('>')) {
            if !inside.is_empty() || piece == "<>" {
                return self.param(inside, range);
            }
        }
        let (opened, closed) = (piece.matches('<').count(), piece.matches('>').count());
        if opened > closed {
            let at = range.start + piece.find('<').unwrap_or(0);
            self.fail(at..range.end, "`<` is never closed: write `<name>`");
        } else if closed > opened {
            let at = range.start + piece.rfind('>').unwrap_or(0);
            self.fail(at..at + 1, "`>` closes nothing: write `<name>`");
        } else if let (Some(at), true) = (piece.find('?'), opened > 0) {
            let at = range.start + at;
            self.fail(at..at + 1, QUERY);
        } else if opened > 0 {
            let message =
                "a parameter is a whole segment: take `<name>`, and split it in the handler";
            self.fail(range, message);
        } else {
            return self.literal(piece, range);
        }
        None
    }

    fn literal(&mut self, piece: &str, range: Range<usize>) -> Option<Segment> {
        let braced = piece.strip_prefix('{').and_then(|p| p.strip_suffix('}'));
        let bracketed = piece.strip_prefix('[').and_then(|p| p.strip_suffix(']'));
        let styled = braced.or(bracketed).or(piece.strip_prefix(':'));
        if let Some(name) = styled {
            let rest = name.strip_prefix('*').or(name.strip_prefix("..."));
            let written = match rest {
                Some(rest) => format!("<{rest}..>"),
                None => format!("<{name}>"),
            };
            self.fail(
                range,
                &format!("a parameter is written `{written}`, not `{piece}`"),
            );
            return None;
        }
        if let Some(name) = piece.strip_prefix('*') {
            let name = if name.is_empty() || name == "*" {
                "rest"
            } else {
                name
            };
            let message = format!("what is left of a path is written `<{name}..>`, not `{piece}`");
            self.fail(range, &message);
            return None;
        }
        if piece == "." || piece == ".." {
            let message = format!("clients resolve `{piece}` before they ask, so it never arrives");
            self.fail(range, &message);
            return None;
        }
        let bad = piece.char_indices().find(|(_, c)| !is_path_char(*c));
        if let Some((at, c)) = bad {
            let start = range.start + at;
            let message = match c {
                '%' => "write the character itself: a path is compared percent-decoded".into(),
                '?' => QUERY.into(),
                '#' => "a path ends before `#`, which is never sent".into(),
                '{' | '}' => "a parameter is a whole segment, and written `<name>`".into(),
                c => format!("`{}` can't be in a path", c.escape_debug()),
            };
            self.fail(start..start + c.len_utf8(), &message);
            return None;
        }
        Some(Segment::Literal(piece.to_owned()))
    }

    fn param(&mut self, inside: &str, range: Range<usize>) -> Option<Segment> {
        let (name, ty) = match inside.split_once(':') {
            Some((name, ty)) => (name.trim(), Some(ty.trim())),
            None => (inside.trim(), None),
        };
        if ty.is_some_and(|ty| ty.ends_with("..")) || (ty.is_some() && name.ends_with("..")) {
            let message = "what is left of a path has no type here: write `<name..>`, and parse it in \
                           the handler";
            self.fail(range, message);
            return None;
        }
        let (name, is_rest) = match name.strip_suffix("..") {
            Some(name) => (name.trim_end(), true),
            None => (name, false),
        };
        let name = self.name(name, range.clone())?;
        let ty = match ty.map(|ty| self.ty(ty, range.clone())) {
            Some(None) => return None,
            Some(ty) => ty,
            None => None,
        };
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
        if matches!(name, "req" | "ws" | "sse") {
            let means = match name {
                "req" => "the request",
                "ws" => "the socket",
                _ => "the event stream",
            };
            let message = format!("`{name}` is {means} in a call: give the parameter another name");
            self.fail(range, &message);
            return None;
        }
        if matches!(name, "" | "_" | "self" | "Self" | "super" | "crate") {
            let message = "a parameter has a name, as in `<id>`; one that starts with `_` is handed to \
                           nobody";
            self.fail(range, message);
            return None;
        }
        let Ok(ident) = Ident::parse_any.parse_str(name) else {
            let rest = name.strip_prefix("..").or(name.strip_prefix('*'));
            let message = match rest.map(|name| name.trim_matches(['.', '*'])) {
                Some(rest) if !rest.is_empty() => {
                    format!("what is left of a path is written `<{rest}..>`, not `<{name}>`")
                }
                _ => format!(
                    "`{name}` is not a name: write letters, digits and `_`, as in `<user_id>`"
                ),
            };
            self.fail(range, &message);
            return None;
        };
        let span = self.literal.span();
        let text = ident.unraw().to_string();
        Some(if is_keyword(&text) {
            Ident::new_raw(&text, span)
        } else {
            Ident::new(&text, span)
        })
    }

    fn ty(&mut self, ty: &str, range: Range<usize>) -> Option<Type> {
        let at_literal = LitStr::new(ty, self.literal.span());
        match at_literal.parse() {
            Ok(ty) => Some(ty),
            Err(_) => {
                self.fail(range, &format!("`{ty}` is no type, as in `<id: u64>`"));
                None
            }
        }
    }
}

/// Returns `true` for a word that is an identifier only behind `r#`, in any edition.
pub(crate) fn is_keyword(word: &str) -> bool {
    word == "gen" || syn::parse_str::<Ident>(word).is_err()
}

/// What a segment may hold (RFC 3986 §3.3), and letters and digits that clients percent-encode.
fn is_path_char(c: char) -> bool {
    c.is_alphanumeric() || "-._~!$&'()*+,;=:@".contains(c)
}
