//! The trie of a table: the routes by the segments of their templates.

use crate::order::Pattern;
use crate::template::{Kind, pieces};

/// The places that a path can lead to from here.
///
/// Routes and scopes are indexes of the table. In the order of precedence: `literals`, `param`,
/// then `ends`, `rests` and `mounts`, which all continue nowhere.
#[derive(Debug, Default)]
pub struct Node {
    /// By their text, the short ones first, because most of them differ in their length.
    pub literals: Vec<(Box<str>, Node)>,
    /// Behind a parameter, whatever its name.
    pub param: Option<Box<Node>>,
    /// Routes that end here.
    pub ends: Vec<usize>,
    /// Routes with a rest here.
    pub rests: Vec<usize>,
    /// Applications mounted here.
    pub mounts: Vec<usize>,
    /// Prefixes with filters or fallbacks of their own.
    pub scopes: Vec<usize>,
}

impl Node {
    /// Adds a route or a mount with the index `route`.
    pub fn add_route(&mut self, pattern: Pattern<'_>, route: usize) {
        let (node, is_rest) = self.at(pattern.template);
        let routes = match (pattern.is_mount, is_rest) {
            (true, _) => &mut node.mounts,
            (false, true) => &mut node.rests,
            (false, false) => &mut node.ends,
        };
        routes.push(route);
    }

    /// Adds a prefix with filters or fallbacks of its own.
    pub fn add_scope(&mut self, prefix: &str, scope: usize) {
        self.at(prefix).0.scopes.push(scope);
    }

    /// Returns the node behind a literal.
    #[inline]
    pub fn literal(&self, text: &[u8]) -> Option<&Self> {
        let index = self.find(text).ok()?;
        Some(&self.literals[index].1)
    }

    /// Calls `visit` with every node.
    pub fn each(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        self.literals.iter().for_each(|(_, node)| node.each(visit));
        if let Some(node) = &self.param {
            node.each(visit);
        }
    }

    /// Returns the node of a template, and `true` if a rest follows it.
    fn at(&mut self, template: &str) -> (&mut Self, bool) {
        let mut node = self;
        for piece in pieces(template) {
            node = match piece.kind {
                Kind::Literal => node.literal_mut(piece.text(template)),
                Kind::Param => node.param.get_or_insert_default(),
                Kind::Rest if piece.end == template.len() => return (node, true),
                // The macro rejects a rest in a prefix, and still looks for other mistakes.
                Kind::Rest => node.param.get_or_insert_default(),
            };
        }
        (node, false)
    }

    fn literal_mut(&mut self, text: &str) -> &mut Self {
        let index = self.find(text.as_bytes()).unwrap_or_else(|place| {
            self.literals.insert(place, (text.into(), Self::default()));
            place
        });
        &mut self.literals[index].1
    }

    #[inline]
    fn find(&self, text: &[u8]) -> Result<usize, usize> {
        self.literals.binary_search_by(|(literal, _)| {
            let shorter = literal.len().cmp(&text.len());
            shorter.then_with(|| literal.as_bytes().cmp(text))
        })
    }
}
