//! Shape, precedence and cover of two templates that were checked before.

use crate::template::{Kind, Piece};

/// The paths of a route or of a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern<'t> {
    /// The template, or the prefix of the mount.
    pub template: &'t str,
    /// Returns `true` for an application mounted at the prefix.
    pub is_mount: bool,
}

/// The progress of a pattern along a path that is known prefix by prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Some path that starts like this does not match the pattern.
    Apart,
    /// Every path that starts like this matches the pattern.
    All,
    /// The pattern has matched so far. The place is that of its next slash.
    To(usize),
}

impl Reach {
    /// The start of every path.
    pub const START: Self = Self::To(0);
}

impl Pattern<'_> {
    /// Follows the pattern along `path`, a template whose beginning it has followed to `reach`.
    pub const fn follow(self, path: &str, reach: Reach) -> Reach {
        let Reach::To(mut at) = reach else {
            return reach;
        };
        let mut done = 0;
        loop {
            let step = Piece::next(path, done);
            let Some(piece) = Piece::next(self.template, at) else {
                return match step {
                    _ if self.is_mount => Reach::All,
                    None => Reach::To(at),
                    Some(_) => Reach::Apart,
                };
            };
            let Some(step) = step else {
                return Reach::To(at);
            };
            match (piece.kind, step.kind) {
                (Kind::Rest, _) => return Reach::All,
                // A rest has paths of any length, and a parameter has values other than a literal.
                (_, Kind::Rest) | (Kind::Literal, Kind::Param) => return Reach::Apart,
                (Kind::Literal, _) if !piece.is_like(self.template, &step, path) => {
                    return Reach::Apart;
                }
                _ => (at, done) = (piece.end, step.end),
            }
        }
    }

    /// Returns `true` if the next segment of the pattern and the first one of `path` are literals
    /// that begin with different bytes, so that [`follow`](Self::follow) would return
    /// [`Reach::Apart`].
    ///
    /// Most routes of a table differ there, and a constant is evaluated slowly, step by step.
    pub const fn is_apart_at_once(self, path: &str, reach: Reach) -> bool {
        let (own, path) = (self.template.as_bytes(), path.as_bytes());
        let Reach::To(at) = reach else {
            return false;
        };
        if at + 1 >= own.len() || path.len() < 2 {
            return false;
        }
        let (one, other) = (own[at + 1], path[1]);
        one != other && one != b'<' && other != b'<'
    }

    /// Follows the pattern along the `prefix` of a mount; [`Reach::Apart`] if it is not found before
    /// the application mounted there.
    pub const fn before_mount(self, prefix: &str) -> Reach {
        let mount = Pattern {
            template: prefix,
            is_mount: true,
        };
        // The macro rejects a second mount and a rest at the same place.
        if self.has_shape_of(mount) || !self.precedes(mount) {
            return Reach::Apart;
        }
        self.follow(prefix, Reach::START)
    }

    /// Returns `true` if every path that was followed to `reach`, and ends there, matches.
    pub const fn ends_at(self, reach: Reach) -> bool {
        match reach {
            Reach::Apart => false,
            Reach::All => true,
            Reach::To(at) => match Piece::next(self.template, at) {
                None => true,
                // A rest matches no segments as well.
                Some(piece) => matches!(piece.kind, Kind::Rest),
            },
        }
    }

    /// Returns `true` if every path that matches `other` matches this pattern.
    pub const fn covers(self, other: Pattern<'_>) -> bool {
        match self.follow(other.template, Reach::START) {
            // The paths of a mount go on from its prefix, so only an open pattern covers them.
            Reach::To(_) if other.is_mount && !self.is_mount => self.has_shape_of(other),
            reach => self.ends_at(reach),
        }
    }

    /// Returns `true` if both match the same paths.
    pub const fn has_shape_of(self, other: Pattern<'_>) -> bool {
        let (mut at, mut other_at) = (0, 0);
        loop {
            let piece = Piece::next(self.template, at);
            let step = Piece::next(other.template, other_at);
            match (piece, step) {
                (Some(piece), Some(step))
                    if piece.is_like(self.template, &step, other.template) =>
                {
                    (at, other_at) = (piece.end, step.end);
                }
                (piece, step) => {
                    return self.is_open(piece) && other.is_open(step)
                        || piece.is_none() && step.is_none() && self.is_mount == other.is_mount;
                }
            }
        }
    }

    /// Returns `true` if a pattern whose next piece is `piece` matches all that is left.
    const fn is_open(self, piece: Option<Piece>) -> bool {
        match piece {
            None => self.is_mount,
            Some(piece) => matches!(piece.kind, Kind::Rest),
        }
    }

    /// Returns `true` if this pattern is found before `later`, which is declared after it, for a
    /// path that both match.
    pub const fn precedes(self, later: Pattern<'_>) -> bool {
        let (mut at, mut later_at) = (0, 0);
        loop {
            let piece = Piece::next(self.template, at);
            let step = Piece::next(later.template, later_at);
            match (piece, step) {
                (Some(piece), Some(step)) => {
                    let (rank, later_rank) = (piece.kind as u8, step.kind as u8);
                    if rank != later_rank {
                        return rank < later_rank;
                    }
                    (at, later_at) = (piece.end, step.end);
                }
                // The longer one is found first, before a mount at its beginning.
                (Some(_), None) => return true,
                (None, Some(_)) => return false,
                // A route is found before a mount, and of two mounts the first.
                (None, None) => return later.is_mount,
            }
        }
    }
}
