//! The walk of a router over the segments of a path, in the order of precedence.
//!
//! `routes!` generates the walk of a static table as nested `match`. A builder makes a [`Tree`] at
//! run time. Both report the same places in the same order:
//!
//! 1. Literals come before parameters, and these before rests and mounts.
//! 2. A walk returns `true` as soon as the match reports that a route was found. Until then, it
//!    backs out of a node and tries the next place.
//! 3. The scopes of a node are reported before anything behind it, so that the deepest prefix of a
//!    path is reported last.

use http4k_ws_grammar::{Kind, pieces};

use super::matching::{Matching, Walks};
use super::path::RawPath;

/// The walk of one router.
#[derive(Debug)]
pub(super) enum Walk {
    /// The generated function of `routes!`.
    Static(StaticWalk),
    /// The tree of a builder.
    Dynamic(Tree),
}

pub(super) type StaticWalk = fn(&RawPath<'_>, &mut Matching<'_>, usize) -> bool;

impl Walks for Walk {
    #[inline]
    fn walk(&self, path: &RawPath<'_>, matching: &mut Matching<'_>, at: usize) {
        match self {
            Self::Static(walk) => walk(path, matching, at),
            Self::Dynamic(tree) => tree.walk(path, matching, at, 0),
        };
    }
}

/// The places that a path can lead to from here.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// By their text, the short ones first: most of them differ in their length.
    literals: Vec<(Box<[u8]>, Tree)>,
    param: Option<Box<Tree>>,
    ends: Vec<usize>,
    rests: Vec<usize>,
    mounts: Vec<usize>,
    scopes: Vec<usize>,
}

impl Tree {
    /// Adds a route, whose template may end in a rest.
    pub(super) fn add_route(&mut self, template: &str, route: usize) {
        match self.at(template) {
            (node, true) => node.rests.push(route),
            (node, false) => node.ends.push(route),
        }
    }

    /// Adds an application mounted at a prefix.
    pub(super) fn add_mount(&mut self, prefix: &str, route: usize) {
        self.at(prefix).0.mounts.push(route);
    }

    /// Adds a prefix with filters or fallbacks of its own.
    pub(super) fn add_scope(&mut self, prefix: &str, scope: usize) {
        self.at(prefix).0.scopes.push(scope);
    }

    /// Returns the node of a template, and `true` if a rest follows it.
    fn at(&mut self, template: &str) -> (&mut Self, bool) {
        let mut node = self;
        for piece in pieces(template) {
            node = match piece.kind {
                Kind::Literal => node.literal(piece.text(template).as_bytes()),
                Kind::Param => node.param.get_or_insert_default(),
                Kind::Rest => return (node, true),
            };
        }
        (node, false)
    }

    fn literal(&mut self, text: &[u8]) -> &mut Self {
        let index = self.find(text).unwrap_or_else(|place| {
            self.literals.insert(place, (text.into(), Self::default()));
            place
        });
        &mut self.literals[index].1
    }

    fn find(&self, text: &[u8]) -> Result<usize, usize> {
        self.literals.binary_search_by(|(literal, _)| {
            let shorter = literal.len().cmp(&text.len());
            shorter.then_with(|| (**literal).cmp(text))
        })
    }

    /// Continues at the slash at `at`, behind `params` parameters.
    pub(super) fn walk(
        &self,
        path: &RawPath<'_>,
        matching: &mut Matching<'_>,
        at: usize,
        params: usize,
    ) -> bool {
        for &scope in &self.scopes {
            matching.scope(at, scope);
        }
        self.steps(path, matching, at, params)
            || (!self.rests.is_empty() && matching.rest(path, params, at, &self.rests))
            || self
                .mounts
                .iter()
                .any(|&mount| matching.mount(path, at, mount))
    }

    fn steps(
        &self,
        path: &RawPath<'_>,
        matching: &mut Matching<'_>,
        at: usize,
        params: usize,
    ) -> bool {
        if path.is_end(at) {
            return !self.ends.is_empty() && matching.end(path, &self.ends);
        }
        let segment = path.segment(at);
        let literal = self
            .find(path.text(segment))
            .map(|index| &self.literals[index].1);
        if literal.is_ok_and(|node| node.walk(path, matching, segment.end, params)) {
            return true;
        }
        self.param.as_ref().is_some_and(|node| {
            matching.capture(params, segment) && node.walk(path, matching, segment.end, params + 1)
        })
    }
}
