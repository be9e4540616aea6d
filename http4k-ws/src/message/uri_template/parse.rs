//! From text to segments.

use super::error::UriTemplateError;
use super::{TemplateSegment, UriTemplate};

/// Reads `template`, and reports the first rule it breaks, from left to right.
pub(super) fn segments(template: &str) -> Result<Vec<TemplateSegment>, UriTemplateError> {
    let Some(path) = template.strip_prefix('/') else {
        return Err(UriTemplateError::NoLeadingSlash {
            template: template.into(),
        });
    };
    if path.is_empty() {
        return Ok(Vec::new());
    }
    let mut segments = Vec::new();
    let mut pieces = path.split('/').peekable();
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        let segment = Piece { template, piece }.read(last)?;
        check_name(template, &segments, &segment)?;
        segments.push(segment);
    }
    check_count(template, &segments)?;
    Ok(segments)
}

fn check_name(
    template: &str,
    before: &[TemplateSegment],
    segment: &TemplateSegment,
) -> Result<(), UriTemplateError> {
    match segment.name() {
        Some(name) if before.iter().any(|other| other.name() == Some(name)) => {
            Err(UriTemplateError::DuplicateName {
                template: template.into(),
                name: name.into(),
            })
        }
        _ => Ok(()),
    }
}

fn check_count(template: &str, segments: &[TemplateSegment]) -> Result<(), UriTemplateError> {
    let count = segments.iter().filter_map(TemplateSegment::name).count();
    if count > UriTemplate::MAX_PARAMETERS {
        return Err(UriTemplateError::TooManyParameters {
            template: template.into(),
            count,
        });
    }
    Ok(())
}

/// What stands between two slashes, and the template to blame.
struct Piece<'a> {
    template: &'a str,
    piece: &'a str,
}

impl Piece<'_> {
    fn read(&self, last: bool) -> Result<TemplateSegment, UriTemplateError> {
        let template = self.template.into();
        if self.piece.is_empty() {
            return Err(if last {
                UriTemplateError::TrailingSlash { template }
            } else {
                UriTemplateError::EmptySegment { template }
            });
        }
        if let Some(instead) = as_written_here(self.piece) {
            return Err(UriTemplateError::OtherStyle {
                template,
                segment: self.piece.into(),
                instead,
            });
        }
        let Some(inner) = self.piece.strip_prefix('<') else {
            return self.literal();
        };
        let Some(end) = closing(inner) else {
            return Err(UriTemplateError::Unclosed {
                template,
                segment: self.piece.into(),
            });
        };
        if end + 1 < inner.len() {
            return Err(self.not_whole());
        }
        self.parameter(&inner[..end], last)
    }

    /// A parameter, from what stands between its brackets.
    fn parameter(&self, inner: &str, last: bool) -> Result<TemplateSegment, UriTemplateError> {
        if let Some(name) = inner.strip_suffix("..") {
            let name = self.name(name)?;
            if !last {
                return Err(UriTemplateError::RestNotLast {
                    template: self.template.into(),
                    name,
                });
            }
            return Ok(TemplateSegment::Rest { name });
        }
        let Some((name, of_type)) = inner.split_once(':') else {
            let name = self.name(inner)?;
            let of_type = None;
            return Ok(TemplateSegment::Parameter { name, of_type });
        };
        let name = self.name(name.trim_end())?;
        let of_type = of_type.trim();
        if of_type.is_empty() {
            return Err(UriTemplateError::NoType {
                template: self.template.into(),
                name,
            });
        }
        let of_type = Some(of_type.into());
        Ok(TemplateSegment::Parameter { name, of_type })
    }

    fn name(&self, name: &str) -> Result<String, UriTemplateError> {
        if is_name(name) {
            return Ok(name.into());
        }
        Err(UriTemplateError::BadName {
            template: self.template.into(),
            name: name.into(),
        })
    }

    fn literal(&self) -> Result<TemplateSegment, UriTemplateError> {
        if self.piece.contains('<') {
            return Err(self.not_whole());
        }
        if matches!(self.piece, "." | "..") {
            return Err(UriTemplateError::DotSegment {
                template: self.template.into(),
            });
        }
        match self.piece.chars().find(|next| !is_path_character(*next)) {
            Some(character) => Err(UriTemplateError::BadCharacter {
                template: self.template.into(),
                character,
            }),
            None => Ok(TemplateSegment::Literal(self.piece.into())),
        }
    }

    fn not_whole(&self) -> UriTemplateError {
        UriTemplateError::NotWhole {
            template: self.template.into(),
            segment: self.piece.into(),
        }
    }
}

/// A name that a variable can have; Rust's own few, which no variable has, are none.
fn is_name(name: &str) -> bool {
    if matches!(name, "_" | "self" | "Self" | "super" | "crate") {
        return false;
    }
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|next| next.is_alphanumeric() || next == '_')
}

/// `pchar` without its percent-encoded form (RFC 3986 §3.3), and letters and digits that clients encode.
fn is_path_character(character: char) -> bool {
    character.is_alphanumeric() || "-._~!$&'()*+,;=:@".contains(character)
}

/// Where the `>` stands that closes the parameter; a type may hold brackets of its own.
fn closing(inner: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in inner.char_indices() {
        match character {
            '<' => depth += 1,
            '>' if depth == 0 => return Some(at),
            '>' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The parameter to write for one in the style of another library: `{id}`, `{id:\d+}`, `{*rest}`, `:id`, `*rest`.
fn as_written_here(piece: &str) -> Option<String> {
    let braced = piece
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let (inner, rest) = match (braced, piece.strip_prefix(':'), piece.strip_prefix('*')) {
        (Some(inner), ..) => {
            let bare = inner.trim_start_matches('*').trim_end_matches("...");
            (bare, bare != inner || inner.ends_with(":.*"))
        }
        (_, Some(inner), _) => (inner, false),
        (_, _, Some(inner)) => (inner, true),
        _ => return None,
    };
    let name = inner.split(':').next().unwrap_or_default();
    let fallback = if rest { "rest" } else { "name" };
    let name = if is_name(name) { name } else { fallback };
    Some(if rest {
        format!("<{name}..>")
    } else {
        format!("<{name}>")
    })
}
