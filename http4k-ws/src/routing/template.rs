//! Templates as the macro hands them on, read where the compiler evaluates constants.

/// One segment of a template.
pub(super) struct Piece {
    pub(super) kind: Kind,
    start: usize,
    /// Where the next one's slash stands.
    pub(super) end: usize,
}

/// What a segment takes.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Literal,
    Param,
    Rest,
}

/// The segment whose slash stands at `at`; `None` at the end.
pub(super) const fn next(template: &str, at: usize) -> Option<Piece> {
    let bytes = template.as_bytes();
    if bytes.len() <= 1 || at >= bytes.len() {
        return None;
    }
    let start = at + 1;
    let mut end = start;
    while end < bytes.len() && bytes[end] != b'/' {
        end += 1;
    }
    // A literal can't hold `<`, and a name in brackets is never empty.
    let kind = if bytes[start] != b'<' {
        Kind::Literal
    } else if bytes[end - 2] == b'.' {
        Kind::Rest
    } else {
        Kind::Param
    };
    Some(Piece { kind, start, end })
}

/// Whether both are parameters, or the same literal.
pub(super) const fn same(one: &str, piece: &Piece, other: &str, step: &Piece) -> bool {
    match (piece.kind, step.kind) {
        (Kind::Param, Kind::Param) => true,
        (Kind::Literal, Kind::Literal) => same_text(one, piece, other, step),
        _ => false,
    }
}

const fn same_text(one: &str, piece: &Piece, other: &str, step: &Piece) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if piece.end - piece.start != step.end - step.start {
        return false;
    }
    let mut i = 0;
    while piece.start + i < piece.end {
        if one[piece.start + i] != other[step.start + i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether two texts are the same, where the compiler evaluates constants.
pub(super) const fn equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut i = 0;
    while i < one.len() {
        if one[i] != other[i] {
            return false;
        }
        i += 1;
    }
    true
}
