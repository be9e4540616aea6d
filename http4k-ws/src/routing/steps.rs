//! The most frequent steps of a generated walk, as functions.
//!
//! A walk has such a step for nearly every route. One call costs the compiler less than the
//! comparison and the report of [`Matching`] as expressions of their own. The literal is a text,
//! because a slice of bytes would be coerced. Several such literals are one call with a tuple for
//! each.
#![allow(missing_docs)]

use super::matching::Matching;
use super::path::RawPath;

/// Reports the only route that ends with `literal`, the segments behind the slash at `at`.
#[inline]
pub fn literal_end(
    path: &RawPath<'_>,
    matching: &mut Matching<'_>,
    at: usize,
    literal: &str,
    route: usize,
) -> bool {
    path.last(at, literal.as_bytes()) && matching.end(path, &[route])
}

/// Reports the only route that ends with `literal` and the parameter `index`.
#[inline]
pub fn literal_param_end(
    path: &RawPath<'_>,
    matching: &mut Matching<'_>,
    at: usize,
    literal: &str,
    index: usize,
    route: usize,
) -> bool {
    match path.literal(at, literal.as_bytes()) {
        Some(behind) => matching.last(path, index, behind, &[route]),
        None => false,
    }
}

/// A literal with which one route ends: the route, the literal, and `true` if one parameter is
/// behind it.
type Leaf<'t> = (usize, &'t str, bool);

/// The leaf at a place without literals.
pub const NO_LEAF: Leaf<'static> = (usize::MAX, "", false);

/// Reports the route of a leaf, whose parameter is that at `index`.
#[inline]
pub fn leaf_end(
    path: &RawPath<'_>,
    matching: &mut Matching<'_>,
    at: usize,
    index: usize,
    leaf: Leaf<'_>,
) -> bool {
    match leaf {
        (usize::MAX, ..) => false,
        (route, literal, true) => literal_param_end(path, matching, at, literal, index, route),
        (route, literal, false) => literal_end(path, matching, at, literal, route),
    }
}
