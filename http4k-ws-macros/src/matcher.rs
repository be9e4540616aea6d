//! The walk over a path as nested `match`, from a trie of segments.
//!
//! 1. The expansion reports every place that a path can lead to, in the order of precedence:
//!    literals, the parameter, rests, mounts. The library decides about each
//!    (`routing/matching.rs`).
//! 2. A literal is compared as one text with its slash. Three or more literals are first divided by
//!    the byte that distinguishes most of them, until two are left.
//! 3. A node at which only routes end is compared together with the end of the path, in one step.
//! 4. Indexes of routes are those of the table. The order of the source decides only about the
//!    order of comparisons, not about the result.
//!
//! The builder's trie (`routing/tree.rs`) is another type: it is searched at run time, and orders
//! literals by their length for that. Both are filled segment by segment, which is the part in
//! common.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::model::{Endpoint, Routes};
use crate::parse::Segment;

/// The places that a path can lead to from here.
#[derive(Default)]
pub(crate) struct Node {
    literals: Vec<(String, Node)>,
    param: Option<Box<Node>>,
    /// Routes that end here.
    pub(crate) ends: Vec<usize>,
    /// Routes with a rest here.
    pub(crate) rests: Vec<usize>,
    pub(crate) mounts: Vec<usize>,
    /// Scopes with this prefix.
    pub(crate) scopes: Vec<usize>,
}

impl Node {
    pub(crate) fn root(model: &Routes) -> Self {
        let mut root = Self::default();
        for (index, route) in model.routes.iter().enumerate() {
            let (prefix, is_rest) = match route.segments.split_last() {
                Some((Segment::Rest(_), prefix)) => (prefix, true),
                _ => (&route.segments[..], false),
            };
            let node = root.at(prefix);
            match (&route.endpoint, is_rest) {
                (Endpoint::Mount { .. }, _) => node.mounts.push(index),
                (Endpoint::Handler(_), true) => node.rests.push(index),
                (Endpoint::Handler(_), false) => node.ends.push(index),
            }
        }
        for (index, scope) in model.scopes.iter().enumerate().skip(1) {
            root.at(&scope.segments).scopes.push(index);
        }
        root
    }

    fn at(&mut self, segments: &[Segment]) -> &mut Self {
        let Some((first, left)) = segments.split_first() else {
            return self;
        };
        let next = match first {
            Segment::Literal(text) => {
                let known = self.literals.iter().position(|(known, _)| known == text);
                let index = known.unwrap_or_else(|| {
                    self.literals.push((text.clone(), Self::default()));
                    self.literals.len() - 1
                });
                &mut self.literals[index].1
            }
            // A rest in a prefix is rejected. The table is built nevertheless, to report other
            // mistakes.
            Segment::Param(_) | Segment::Rest(_) => self.param.get_or_insert_default(),
        };
        next.at(left)
    }

    /// Visits every node.
    pub(crate) fn each(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        self.literals.iter().for_each(|(_, node)| node.each(visit));
        if let Some(node) = &self.param {
            node.each(visit);
        }
    }

    /// Returns an expression that walks from this node, `depth` segments and `params` parameters
    /// behind the root.
    pub(crate) fn walk(&self, depth: usize, params: usize) -> TokenStream {
        let at = at(depth);
        let scopes = self
            .scopes
            .iter()
            .map(|scope| quote!(m.scope(#at, #scope);));
        let steps = self.steps(depth, params);
        if self.scopes.is_empty() {
            steps
        } else {
            quote!({ #(#scopes)* #steps })
        }
    }

    fn steps(&self, depth: usize, params: usize) -> TokenStream {
        let at = at(depth);
        let params_here = Literal::usize_unsuffixed(params);
        let mut takes_rest = Vec::new();
        if !self.rests.is_empty() {
            let rests = unsuffixed(&self.rests);
            takes_rest.push(quote!(m.rest(path, #params_here, #at, &[#(#rests),*])));
        }
        for mount in unsuffixed(&self.mounts) {
            takes_rest.push(quote!(m.mount(path, #at, #mount)));
        }
        let goes_on = self.goes_on(depth, params);
        if self.ends.is_empty() {
            // At the end of the path, no literal and no parameter matches.
            return any_of(goes_on.into_iter().chain(takes_rest).collect());
        }
        let ends = self.ended();
        let here = any_of([ends].into_iter().chain(takes_rest.clone()).collect());
        let further = any_of(goes_on.into_iter().chain(takes_rest).collect());
        quote!(if path.is_end(#at) { #here } else { #further })
    }

    /// Returns the report of the routes that end here.
    fn ended(&self) -> TokenStream {
        let ends = unsuffixed(&self.ends);
        quote!(m.end(path, &[#(#ends),*]))
    }

    /// Returns `true` if routes end here and nothing continues.
    fn is_leaf(&self) -> bool {
        let Self {
            literals,
            param,
            ends,
            rests,
            mounts,
            scopes,
        } = self;
        let elsewhere = [rests, mounts, scopes];
        literals.is_empty()
            && param.is_none()
            && !ends.is_empty()
            && elsewhere.iter().all(|routes| routes.is_empty())
    }

    fn goes_on(&self, depth: usize, params: usize) -> Vec<TokenStream> {
        let mut ways = Vec::new();
        if !self.literals.is_empty() {
            ways.push(self.literals(depth, params));
        }
        if let Some(node) = &self.param {
            ways.push(node.behind_param(depth, params));
        }
        ways
    }

    /// Returns the walk from the parameter `index` on, `depth` segments behind the root.
    fn behind_param(&self, depth: usize, index: usize) -> TokenStream {
        let (at, behind) = (at(depth), at(depth + 1));
        let params = index + 1;
        let index = Literal::usize_unsuffixed(index);
        if self.is_leaf() {
            let ends = unsuffixed(&self.ends);
            return quote!(m.last(path, #index, #at, &[#(#ends),*]));
        }
        let walk = self.walk(depth + 1, params);
        quote!({
            let s = path.segment(#at);
            let #behind = s.end;
            m.capture(#index, s) && #walk
        })
    }

    fn literals(&self, depth: usize, params: usize) -> TokenStream {
        let literals: Vec<_> = self.literals.iter().collect();
        choice(&literals, depth, params)
    }
}

/// Returns the walk for one of these literals, or none (rule 2).
fn choice(literals: &[&Branch], depth: usize, params: usize) -> TokenStream {
    let (at, behind) = (at(depth), at(depth + 1));
    if let [(text, node)] = literals {
        if node.is_leaf() {
            let (text, ended) = (Literal::byte_string(text.as_bytes()), node.ended());
            return quote!(path.last(#at, #text) && #ended);
        }
    }
    if literals.len() <= 2 {
        let tries = literals.iter().map(|(text, node)| {
            let text = Literal::byte_string(text.as_bytes());
            if node.is_leaf() {
                let ended = node.ended();
                return quote!(if path.last(#at, #text) { #ended } else);
            }
            let walk = node.walk(depth + 1, params);
            quote!(if let Some(#behind) = path.literal(#at, #text) { #walk } else)
        });
        return quote!(#(#tries)* { false });
    }
    let (place, by_byte) = most_distinct(literals);
    let arms = by_byte.iter().map(|(byte, literals)| {
        let byte = Literal::byte_character(*byte);
        let choice = choice(literals, depth, params);
        quote!(#byte => #choice,)
    });
    let place = Literal::usize_unsuffixed(place);
    quote!(match path.byte(#at, #place) { #(#arms)* _ => false })
}

/// A literal, and the node behind it.
type Branch = (String, Node);

/// Branches by the byte at one place of their literals.
type ByByte<'n> = BTreeMap<u8, Vec<&'n Branch>>;

/// Returns the place of the byte that distinguishes most of these literals, and the branches for
/// each byte.
fn most_distinct<'n>(literals: &[&'n Branch]) -> (usize, ByByte<'n>) {
    let shortest = literals.iter().map(|(text, _)| text.len()).min();
    // Places up to the end of the shortest literal are certain for all of them. At its end, a slash
    // distinguishes it from the longer ones.
    let places = 0..=shortest.unwrap_or_default();
    let groups = places.map(|place| {
        let mut by_byte = ByByte::new();
        for &literal in literals {
            let byte = literal.0.as_bytes().get(place).copied();
            by_byte
                .entry(byte.unwrap_or(b'/'))
                .or_default()
                .push(literal);
        }
        (place, by_byte)
    });
    groups
        .max_by_key(|(place, by_byte)| (by_byte.len(), Reverse(*place)))
        .expect("a range that has its end is not empty")
}

/// Returns the name of the position `depth` segments behind the root.
fn at(depth: usize) -> Ident {
    match depth {
        0 => format_ident!("at"),
        depth => format_ident!("at{depth}"),
    }
}

fn any_of(ways: Vec<TokenStream>) -> TokenStream {
    match ways.as_slice() {
        [] => quote!(false),
        [one] => one.clone(),
        // In parentheses, because `&&` may precede them.
        ways => quote!((#(#ways)||*)),
    }
}

fn unsuffixed(indexes: &[usize]) -> Vec<Literal> {
    indexes
        .iter()
        .map(|&i| Literal::usize_unsuffixed(i))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::Errors;
    use crate::parse;

    fn walk(routes: &str) -> String {
        let input = routes.parse().expect("tokens");
        let mut errors = Errors::default();
        let syntax = parse::Routes::new(input, &mut errors);
        let model = Routes::new(syntax, &mut errors);
        assert_eq!(errors.messages(), [] as [&str; 0]);
        Node::root(&model).walk(0, 0).to_string().replace(' ', "")
    }

    #[test]
    fn an_empty_table_matches_nothing() {
        assert_eq!(walk(""), "false");
    }

    #[test]
    fn a_rest_or_mount_at_the_root_reads_no_segment() {
        assert_eq!(walk(r#""/" => mount(app())"#), "m.mount(path,at,0)");
        assert_eq!(
            walk(r#""/<all..>" => http(f(all))"#),
            "m.rest(path,0,at,&[0])"
        );
    }

    #[test]
    fn many_literals_are_distinguished_by_few_bytes() {
        let routes: Vec<String> = (100..200)
            .map(|n| format!("\"/r{n}\" => http(f)"))
            .collect();
        let walk = walk(&routes.join(","));
        // One byte for the tens, and one for the units of each ten.
        assert_eq!(walk.matches("path.byte(at,").count(), 11);
        assert_eq!(walk.matches("path.last(at,").count(), 100);
    }

    #[test]
    fn a_literal_that_others_continue_ends_in_a_slash() {
        let walk = walk(r#""/user" => http(f), "/users" => http(f), "/user-s" => http(f)"#);
        assert!(walk.starts_with("matchpath.byte(at,4){b'-'=>"));
        assert!(walk.contains("b'/'=>path.last(at,b\"user\")&&m.end(path,&[0])"));
    }

    #[test]
    fn alternatives_behind_a_parameter_are_grouped() {
        let walk = walk(r#""/<x>/a" => http(f(x)), "/<x>/<all..>" => http(g(x, all))"#);
        assert_eq!(
            walk,
            "{lets=path.segment(at);letat1=s.end;m.capture(0,s)&&\
             (path.last(at1,b\"a\")&&m.end(path,&[0])||m.rest(path,1,at1,&[1]))}"
        );
    }

    #[test]
    fn literals_go_before_parameters_and_these_before_rests() {
        let source_order =
            walk(r#""/a" => http(f), "/<x>" => http(g(x)), "/<all..>" => http(h(all))"#);
        assert_eq!(
            source_order,
            "(path.last(at,b\"a\")&&m.end(path,&[0])||m.last(path,0,at,&[1])||m.rest(path,0,at,&[2]))"
        );
        let reversed = walk(r#""/<all..>" => http(h(all)), "/<x>" => http(g(x)), "/a" => http(f)"#);
        let renumbered = reversed.replace("&[0]", "&[#]").replace("&[2]", "&[0]");
        assert_eq!(renumbered.replace("&[#]", "&[2]"), source_order);
    }
}
