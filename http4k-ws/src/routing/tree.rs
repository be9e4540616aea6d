//! The walk of a router over the segments of a path, in the order of precedence.
//!
//! `routes!` generates the walk of a static table as nested `match`. A builder fills a [`Node`] at
//! run time. Both report the same places in the same order:
//!
//! 1. Literals come before parameters, and these before rests and mounts.
//! 2. A walk returns `true` as soon as the match reports that a route was found. Until then, it
//!    backs out of a node and tries the next place.
//! 3. The scopes of a node are reported before anything behind it, so that the deepest prefix of a
//!    path is reported last.

use http4k_ws_grammar::Node;

use super::matching::{Matching, Walks};
use super::path::RawPath;

/// The walk of one router.
#[derive(Debug)]
pub(super) enum Walk {
    /// The generated function of `routes!`.
    Static(StaticWalk),
    /// The trie of a builder.
    Dynamic(Node),
}

pub(super) type StaticWalk = fn(&RawPath<'_>, &mut Matching<'_>, usize) -> bool;

impl Walks for Walk {
    #[inline]
    fn walk(&self, path: &RawPath<'_>, matching: &mut Matching<'_>, at: usize) {
        match self {
            Self::Static(walk) => walk(path, matching, at),
            Self::Dynamic(root) => self::walk(root, path, matching, at, 0),
        };
    }
}

/// Continues at the slash at `at`, behind `params` parameters.
fn walk(
    node: &Node,
    path: &RawPath<'_>,
    matching: &mut Matching<'_>,
    at: usize,
    params: usize,
) -> bool {
    for &scope in &node.scopes {
        matching.scope(at, scope);
    }
    steps(node, path, matching, at, params)
        || (!node.rests.is_empty() && matching.rest(path, params, at, &node.rests))
        || node
            .mounts
            .iter()
            .any(|&mount| matching.mount(path, at, mount))
}

fn steps(
    node: &Node,
    path: &RawPath<'_>,
    matching: &mut Matching<'_>,
    at: usize,
    params: usize,
) -> bool {
    if path.is_end(at) {
        return !node.ends.is_empty() && matching.end(path, &node.ends);
    }
    let segment = path.segment(at);
    let literal = node.literal(path.text(segment));
    if literal.is_some_and(|node| walk(node, path, matching, segment.end, params)) {
        return true;
    }
    node.param.as_ref().is_some_and(|node| {
        matching.capture(params, segment) && walk(node, path, matching, segment.end, params + 1)
    })
}
