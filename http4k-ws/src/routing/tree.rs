//! The walk of a router that is made while the program runs: what the macro writes as nested `match`,
//! as a tree.

use super::matching::{Matching, Walks};
use super::path::RawPath;
use crate::message::TemplateSegment;

/// The walk of one router.
#[derive(Debug)]
pub(super) enum Walk {
    /// What the macro writes.
    Static(StaticWalk),
    /// What is made of the templates while the program runs.
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

/// Where one path can go from here.
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
    pub(super) fn add_route(&mut self, segments: &[TemplateSegment], route: usize) {
        match segments.split_last() {
            Some((TemplateSegment::Rest { .. }, prefix)) => self.at(prefix).rests.push(route),
            _ => self.at(segments).ends.push(route),
        }
    }

    /// Adds an application mounted at a prefix.
    pub(super) fn add_mount(&mut self, prefix: &[TemplateSegment], route: usize) {
        self.at(prefix).mounts.push(route);
    }

    /// Adds a prefix with an answer of its own.
    pub(super) fn add_scope(&mut self, prefix: &[TemplateSegment], scope: usize) {
        self.at(prefix).scopes.push(scope);
    }

    fn at(&mut self, segments: &[TemplateSegment]) -> &mut Self {
        let Some((first, left)) = segments.split_first() else {
            return self;
        };
        let next = match first {
            TemplateSegment::Literal(text) => {
                let text = text.as_bytes();
                let index = match self.find(text) {
                    Ok(known) => known,
                    Err(place) => {
                        self.literals.insert(place, (text.into(), Self::default()));
                        place
                    }
                };
                &mut self.literals[index].1
            }
            TemplateSegment::Parameter { .. } | TemplateSegment::Rest { .. } => {
                self.param.get_or_insert_default()
            }
        };
        next.at(left)
    }

    fn find(&self, text: &[u8]) -> Result<usize, usize> {
        self.literals.binary_search_by(|(literal, _)| {
            let shorter = literal.len().cmp(&text.len());
            shorter.then_with(|| (**literal).cmp(text))
        })
    }

    /// Goes on at `at`, behind `params` parameters.
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
