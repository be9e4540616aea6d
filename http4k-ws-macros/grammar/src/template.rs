//! The segments of a template, and the first rule that one of them breaks.

use std::ops::Range;

/// A stretch between two slashes of a template that was checked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// The kind of segment.
    pub kind: Kind,
    /// The place of its first byte.
    pub start: usize,
    /// The place of the next slash, or the length of the template.
    pub end: usize,
}

/// A kind of segment, in the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Text that a segment must equal.
    Literal,
    /// `<name>` or `<name: Type>`: one segment that is not empty.
    Param,
    /// `<name..>`: all segments that are left, or none.
    Rest,
}

impl Piece {
    /// Returns the piece behind the slash at `at`, or `None` at the end of `template`.
    pub const fn next(template: &str, at: usize) -> Option<Self> {
        let bytes = template.as_bytes();
        if bytes.len() <= 1 || at >= bytes.len() {
            return None;
        }
        let start = at + 1;
        let mut end = start;
        while end < bytes.len() && bytes[end] != b'/' {
            end += 1;
        }
        let kind = kind(bytes, start, end);
        Some(Self { kind, start, end })
    }

    /// Returns `true` if both are parameters, or the same literal.
    pub const fn is_like(&self, template: &str, other: &Self, other_template: &str) -> bool {
        match (self.kind, other.kind) {
            (Kind::Param, Kind::Param) => true,
            (Kind::Literal, Kind::Literal) => {
                let (one, two) = (template.as_bytes(), other_template.as_bytes());
                equal(one, self.start, self.end, two, other.start, other.end)
            }
            _ => false,
        }
    }

    /// Returns the literal, or the name of the parameter without brackets, type and dots.
    pub fn text<'t>(&self, template: &'t str) -> &'t str {
        let text = &template[self.start..self.end];
        let Some(inside) = text.strip_prefix('<') else {
            return text;
        };
        let end = inside.find([':', '>', '.']).unwrap_or(inside.len());
        bare(inside[..end].trim())
    }
}

/// Returns the pieces of a template that was checked before.
pub fn pieces(template: &str) -> impl Iterator<Item = Piece> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let piece = Piece::next(template, at)?;
        at = piece.end;
        Some(piece)
    })
}

/// A literal cannot contain `<`, and only a rest has a dot before its `>`.
const fn kind(bytes: &[u8], start: usize, end: usize) -> Kind {
    if start == end || bytes[start] != b'<' {
        return Kind::Literal;
    }
    let mut last = end - 1;
    while last > start && matches!(bytes[last], b'>' | b' ') {
        last -= 1;
    }
    if bytes[last] == b'.' {
        Kind::Rest
    } else {
        Kind::Param
    }
}

/// Returns `true` if both texts are equal, as `==` does outside of constants.
pub const fn text_equals(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    equal(one, 0, one.len(), other, 0, other.len())
}

const fn equal(
    one: &[u8],
    start: usize,
    end: usize,
    other: &[u8],
    other_start: usize,
    other_end: usize,
) -> bool {
    if end - start != other_end - other_start {
        return false;
    }
    let mut i = 0;
    while start + i < end {
        if one[start + i] != other[other_start + i] {
            return false;
        }
        i += 1;
    }
    true
}

/// A segment that breaks no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'t> {
    /// The kind of segment.
    pub kind: Kind,
    /// The literal, or the name of the parameter.
    pub text: &'t str,
    /// The type of the parameter, if there is one.
    pub of_type: Option<&'t str>,
    /// The bytes of the segment in the template.
    pub range: Range<usize>,
}

/// A rule that a template breaks, and the bytes that break it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake<'t> {
    /// The rule.
    pub rule: Rule<'t>,
    /// The bytes to change. Empty if the template is.
    pub range: Range<usize>,
}

/// A rule for templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule<'t> {
    /// A template starts with `/`.
    LeadingSlash,
    /// Nothing follows the last slash.
    FinalSlash,
    /// There is text between two slashes.
    EmptySegment,
    /// A parameter is declared with `<` and `>`, not as in another library.
    Style {
        /// The declaration of this parameter here.
        instead: String,
    },
    /// A `>` follows the `<`.
    Closed,
    /// A parameter is a whole segment.
    WholeSegment,
    /// A parameter has the name of a variable.
    Name(&'t str),
    /// A type follows the `:` of this parameter.
    Type(&'t str),
    /// A rest has no type.
    UntypedRest(&'t str),
    /// No segments follow this rest.
    RestLast(&'t str),
    /// Clients resolve `.` and `..` before they send a path (RFC 3986 §5.2.4).
    DotSegment,
    /// A literal consists of path characters.
    Character(char),
}

/// Returns the segments of `template`, or the rule that is broken in the place of each. A rest is
/// the last item, unless segments follow it: then the last item is that mistake.
pub fn parse(template: &str) -> Vec<Result<Segment<'_>, Mistake<'_>>> {
    if !template.starts_with('/') {
        let first = template.chars().next().map_or(0, char::len_utf8);
        return vec![mistake(Rule::LeadingSlash, 0..first)];
    }
    let mut segments: Vec<Result<Segment<'_>, _>> = Vec::new();
    for piece in pieces(template) {
        let (text, range) = (&template[piece.start..piece.end], piece.start..piece.end);
        let slash = piece.start - 1;
        let segment = match segments.last() {
            Some(Ok(rest)) if rest.kind == Kind::Rest => {
                let start = if text.is_empty() { slash } else { piece.start };
                let rule = Rule::RestLast(rest.text);
                segments.push(mistake(rule, start..piece.end));
                break;
            }
            _ if text.is_empty() && piece.end == template.len() => {
                mistake(Rule::FinalSlash, slash..piece.end)
            }
            _ if text.is_empty() => mistake(Rule::EmptySegment, slash..piece.end + 1),
            _ => segment(text, range),
        };
        segments.push(segment);
    }
    segments
}

fn mistake<'t, T>(rule: Rule<'t>, range: Range<usize>) -> Result<T, Mistake<'t>> {
    Err(Mistake { rule, range })
}

fn segment(text: &str, range: Range<usize>) -> Result<Segment<'_>, Mistake<'_>> {
    if let Some(instead) = styled_elsewhere(text) {
        return mistake(Rule::Style { instead }, range);
    }
    let Some(inside) = text.strip_prefix('<') else {
        return literal(text, range);
    };
    match closing(inside) {
        None => mistake(Rule::Closed, range),
        Some(end) if end + 1 < inside.len() => mistake(Rule::WholeSegment, range),
        Some(end) => parameter(&inside[..end], range),
    }
}

fn literal(text: &str, range: Range<usize>) -> Result<Segment<'_>, Mistake<'_>> {
    if text.contains('<') {
        return mistake(Rule::WholeSegment, range);
    }
    if matches!(text, "." | "..") {
        return mistake(Rule::DotSegment, range);
    }
    let mut characters = text.char_indices();
    if let Some((at, character)) = characters.find(|(_, next)| !is_path_character(*next)) {
        let start = range.start + at;
        return mistake(
            Rule::Character(character),
            start..start + character.len_utf8(),
        );
    }
    Ok(Segment {
        kind: Kind::Literal,
        text,
        of_type: None,
        range,
    })
}

/// Reads a parameter from the text between its brackets.
fn parameter(inside: &str, range: Range<usize>) -> Result<Segment<'_>, Mistake<'_>> {
    let (text, of_type) = match inside.split_once(':') {
        Some((name, of_type)) => (name.trim(), Some(of_type.trim())),
        None => (inside.trim(), None),
    };
    let rest = text.strip_suffix("..");
    if of_type.is_some_and(|of_type| rest.is_some() || of_type.ends_with("..")) {
        return mistake(Rule::UntypedRest(inside), range);
    }
    let kind = if rest.is_some() {
        Kind::Rest
    } else {
        Kind::Param
    };
    let text = bare(rest.unwrap_or(text).trim_end());
    if !is_name(text) {
        return mistake(Rule::Name(text), range);
    }
    if of_type == Some("") {
        return mistake(Rule::Type(text), range);
    }
    Ok(Segment {
        kind,
        text,
        of_type,
        range,
    })
}

/// Returns the place of the `>` that closes a parameter. Its type may have brackets of its own.
fn closing(inside: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' if depth == 0 => return Some(at),
            b'>' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns the name of a raw identifier, as in `<r#type>`.
fn bare(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// Returns `true` for a name that a variable can have.
fn is_name(name: &str) -> bool {
    // These are identifiers to the lexer, but not names of variables.
    if matches!(name, "_" | "self" | "Self" | "super" | "crate") {
        return false;
    }
    let mut characters = name.chars();
    let first = characters.next();
    first.is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|next| next.is_alphanumeric() || next == '_')
}

/// Returns `true` for `pchar` without its percent-encoded form (RFC 3986 §3.3), and for letters
/// and digits that clients encode.
fn is_path_character(character: char) -> bool {
    character.is_alphanumeric() || "-._~!$&'()*+,;=:@".contains(character)
}

/// Returns the declaration for a parameter in the style of another library: `{id}`, `{id:\d+}`,
/// `{*rest}`, `[id]`, `:id` or `*rest`.
fn styled_elsewhere(text: &str) -> Option<String> {
    let between = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    let enclosed = between('{', '}').or_else(|| between('[', ']'));
    let (inside, is_rest) = match (enclosed, text.strip_prefix(':'), text.strip_prefix('*')) {
        (Some(inside), ..) => {
            let bare = inside
                .trim_start_matches(['*', '.'])
                .trim_end_matches("...");
            (bare, bare != inside || inside.ends_with(":.*"))
        }
        (_, Some(inside), _) => (inside, false),
        (_, _, Some(inside)) => (inside, true),
        _ => return None,
    };
    let (fallback, dots) = if is_rest {
        ("rest", "..")
    } else {
        ("name", "")
    };
    let name = inside.split(':').next().filter(|name| is_name(name));
    Some(format!("<{}{dots}>", name.unwrap_or(fallback)))
}
