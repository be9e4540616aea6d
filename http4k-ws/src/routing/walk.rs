//! The walk over the segments of a path: written by the macro, or over a tree that was made.

use super::matching::{Matching, Walks};
use super::path::Path;
use super::tree::Tree;

/// The walk of one router.
#[derive(Debug)]
pub(super) enum Walk {
    /// What the macro writes.
    Written(WrittenWalk),
    /// What is made of the templates while the program runs.
    Made(Tree),
}

pub(super) type WrittenWalk = fn(&Path<'_>, &mut Matching<'_>, usize) -> bool;

impl Walks for Walk {
    #[inline]
    fn walk(&self, path: &Path<'_>, matching: &mut Matching<'_>, at: usize) {
        match self {
            Self::Written(walk) => walk(path, matching, at),
            Self::Made(tree) => tree.walk(path, matching, at, 0),
        };
    }
}
