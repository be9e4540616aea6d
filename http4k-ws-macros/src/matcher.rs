//! The walk over a path as nested `match`, from a trie of segments.
//!
//! 1. The expansion reports every place that a path can lead to, in the order of precedence:
//!    literals, the parameter, rests, mounts. The library decides about each
//!    (`routing/matching.rs`).
//! 2. A literal is compared as one text with its slash. Three or more literals are first divided by
//!    the byte that distinguishes most of them, until two are left.
//! 3. A node at which only routes end is compared together with the end of the path, in one step.
//!    For one route, the step is a function of the library, with the literal before a parameter.
//!    Many such literals are one call of a function: each is a tuple, which costs the compiler less
//!    than a call.
//! 4. Indexes of routes are those of the table. The order of the source decides only about the
//!    order of comparisons, not about the result.
//!
//! The builder of the library searches the same trie at run time (`routing/tree.rs`).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use http4k_ws_grammar::{Node, Pattern};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::model::{Endpoint, Routes, spelled};

/// Returns the trie of the table.
pub(crate) fn root(model: &Routes) -> Node {
    let mut root = Node::default();
    for (index, route) in model.routes.iter().enumerate() {
        let pattern = Pattern {
            template: &spelled(&route.segments),
            is_mount: matches!(route.endpoint, Endpoint::Mount { .. }),
        };
        root.add_route(pattern, index);
    }
    for (index, scope) in model.scopes.iter().enumerate().skip(1) {
        root.add_scope(&spelled(&scope.segments), index);
    }
    root
}

/// Returns an expression that walks from this node, `depth` segments and `params` parameters
/// behind the root.
pub(crate) fn walk(node: &Node, depth: usize, params: usize) -> TokenStream {
    let at = at(depth);
    let scopes = node
        .scopes
        .iter()
        .map(|scope| quote!(m.scope(#at, #scope);));
    let steps = steps(node, depth, params);
    if node.scopes.is_empty() {
        steps
    } else {
        quote!({ #(#scopes)* #steps })
    }
}

fn steps(node: &Node, depth: usize, params: usize) -> TokenStream {
    let at = at(depth);
    let params_here = Literal::usize_unsuffixed(params);
    let mut takes_rest = Vec::new();
    if !node.rests.is_empty() {
        let rests = unsuffixed(&node.rests);
        takes_rest.push(quote!(m.rest(path, #params_here, #at, &[#(#rests),*])));
    }
    for mount in unsuffixed(&node.mounts) {
        takes_rest.push(quote!(m.mount(path, #at, #mount)));
    }
    let goes_on = goes_on(node, depth, params);
    if node.ends.is_empty() {
        // At the end of the path, no literal and no parameter matches.
        return any_of(goes_on.into_iter().chain(takes_rest).collect());
    }
    let ends = ended(node);
    let here = any_of([ends].into_iter().chain(takes_rest.clone()).collect());
    let further = any_of(goes_on.into_iter().chain(takes_rest).collect());
    quote!(if path.is_end(#at) { #here } else { #further })
}

/// Returns the report of the routes that end here.
fn ended(node: &Node) -> TokenStream {
    let ends = unsuffixed(&node.ends);
    quote!(m.end(path, &[#(#ends),*]))
}

/// Returns the route that ends here, if it is the only one and nothing continues.
fn only_route(node: &Node) -> Option<Literal> {
    match (is_leaf(node), node.ends.as_slice()) {
        (true, [route]) => Some(Literal::usize_unsuffixed(*route)),
        _ => None,
    }
}

/// Returns the route that ends with a parameter behind this node, if nothing else is there.
fn only_param_route(node: &Node) -> Option<Literal> {
    let param = node.param.as_deref()?;
    let is_alone = node.literals.is_empty()
        && [&node.ends, &node.rests, &node.mounts, &node.scopes]
            .iter()
            .all(|routes| routes.is_empty());
    only_route(param).filter(|_| is_alone)
}

/// Returns the route that ends behind a literal, and `true` if it ends with one parameter.
fn leaf(node: &Node) -> Option<(Literal, bool)> {
    let directly = only_route(node).map(|route| (route, false));
    directly.or_else(|| only_param_route(node).map(|route| (route, true)))
}

/// Returns the comparison with a literal behind which one route ends, directly or with one
/// parameter.
fn one_step(text: &str, node: &Node, at: &Ident, params: usize) -> Option<TokenStream> {
    let (route, has_param) = leaf(node)?;
    if !has_param {
        return Some(quote!(__http4k_ws::literal_end(path, m, #at, #text, #route)));
    }
    let index = Literal::usize_unsuffixed(params);
    Some(quote!(__http4k_ws::literal_param_end(path, m, #at, #text, #index, #route)))
}

/// Returns the comparison with the literal that the byte at one place distinguishes, if one route
/// ends behind each.
fn leaves(
    by_byte: &ByByte<'_>,
    byte: &TokenStream,
    at: &Ident,
    params: usize,
) -> Option<TokenStream> {
    let arms = by_byte.iter().map(|(byte, literals)| {
        let [(text, node)] = literals.as_slice() else {
            return None;
        };
        let (byte, (route, has_param)) = (Literal::byte_character(*byte), leaf(node)?);
        Some(quote!(#byte => (#route, #text, #has_param),))
    });
    let arms = arms.collect::<Option<TokenStream>>()?;
    let index = Literal::usize_unsuffixed(params);
    Some(quote! {
        __http4k_ws::leaf_end(path, m, #at, #index, match #byte {
            #arms
            _ => __http4k_ws::NO_LEAF,
        })
    })
}

/// Returns `true` if routes end here and nothing continues.
fn is_leaf(node: &Node) -> bool {
    let Node {
        literals,
        param,
        ends,
        rests,
        mounts,
        scopes,
    } = node;
    let elsewhere = [rests, mounts, scopes];
    literals.is_empty()
        && param.is_none()
        && !ends.is_empty()
        && elsewhere.iter().all(|routes| routes.is_empty())
}

fn goes_on(node: &Node, depth: usize, params: usize) -> Vec<TokenStream> {
    let mut ways = Vec::new();
    if !node.literals.is_empty() {
        ways.push(literals(node, depth, params));
    }
    if let Some(node) = &node.param {
        ways.push(behind_param(node, depth, params));
    }
    ways
}

/// Returns the walk from the parameter `index` on, `depth` segments behind the root.
fn behind_param(node: &Node, depth: usize, index: usize) -> TokenStream {
    let (at, behind) = (at(depth), at(depth + 1));
    let params = index + 1;
    let index = Literal::usize_unsuffixed(index);
    if is_leaf(node) {
        let ends = unsuffixed(&node.ends);
        return quote!(m.last(path, #index, #at, &[#(#ends),*]));
    }
    let walk = walk(node, depth + 1, params);
    quote!({
        let s = path.segment(#at);
        let #behind = s.end;
        m.capture(#index, s) && #walk
    })
}

fn literals(node: &Node, depth: usize, params: usize) -> TokenStream {
    let literals: Vec<_> = node.literals.iter().collect();
    choice(&literals, depth, params)
}

/// Returns the walk for one of these literals, or none (rule 2).
fn choice(literals: &[&Branch], depth: usize, params: usize) -> TokenStream {
    let (at, behind) = (at(depth), at(depth + 1));
    if let [(text, node)] = literals {
        if let Some(step) = one_step(text, node, &at, params) {
            return step;
        }
        if is_leaf(node) {
            let (text, ended) = (Literal::byte_string(text.as_bytes()), ended(node));
            return quote!(path.last(#at, #text) && #ended);
        }
    }
    if let [(one, node), (other, behind_other)] = literals {
        let other = one_step(other, behind_other, &at, params);
        if let (Some(one), Some(other)) = (one_step(one, node, &at, params), other) {
            return quote!((#one || #other));
        }
    }
    if literals.len() <= 2 {
        let tries = literals.iter().map(|(text, node)| {
            let text = Literal::byte_string(text.as_bytes());
            if is_leaf(node) {
                let ended = ended(node);
                return quote!(if path.last(#at, #text) { #ended } else);
            }
            let walk = walk(node, depth + 1, params);
            quote!(if let Some(#behind) = path.literal(#at, #text) { #walk } else)
        });
        return quote!(#(#tries)* { false });
    }
    let (place, by_byte) = most_distinct(literals);
    let place = Literal::usize_unsuffixed(place);
    let byte = quote!(path.byte(#at, #place));
    if let Some(leaves) = leaves(&by_byte, &byte, &at, params) {
        return leaves;
    }
    let arms = by_byte.iter().map(|(byte, literals)| {
        let byte = Literal::byte_character(*byte);
        let choice = choice(literals, depth, params);
        quote!(#byte => #choice,)
    });
    quote!(match #byte { #(#arms)* _ => false })
}

/// A literal, and the node behind it.
type Branch = (Box<str>, Node);

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
        super::walk(&root(&model), 0, 0)
            .to_string()
            .replace(' ', "")
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
        assert_eq!(
            walk.matches("=>__http4k_ws::leaf_end(path,m,at,0,").count(),
            10
        );
        assert_eq!(walk.matches(",false),").count(), 100);
    }

    #[test]
    fn one_route_behind_a_literal_is_one_step() {
        assert_eq!(
            walk(r#""/users/<id>" => http(f(id))"#),
            "__http4k_ws::literal_param_end(path,m,at,\"users\",0,0)"
        );
        let two = walk(r#""/users" => http(f), "/items/<id>" => http(g(id))"#);
        assert_eq!(
            two,
            "(__http4k_ws::literal_param_end(path,m,at,\"items\",0,1)\
             ||__http4k_ws::literal_end(path,m,at,\"users\",0))"
        );
        let ended_twice = walk(r#"GET "/a" => http(f), POST "/a" => http(g)"#);
        assert_eq!(ended_twice, "path.last(at,b\"a\")&&m.end(path,&[0,1])");
    }

    #[test]
    fn a_literal_that_others_continue_ends_in_a_slash() {
        let walk = walk(r#""/user" => http(f), "/users" => http(f), "/user-s" => http(f)"#);
        assert!(walk.starts_with("__http4k_ws::leaf_end(path,m,at,0,matchpath.byte(at,4){b'-'=>"));
        assert!(walk.contains("b'/'=>(0,\"user\",false)"));
    }

    #[test]
    fn alternatives_behind_a_parameter_are_grouped() {
        let walk = walk(r#""/<x>/a" => http(f(x)), "/<x>/<all..>" => http(g(x, all))"#);
        assert_eq!(
            walk,
            "{lets=path.segment(at);letat1=s.end;m.capture(0,s)&&\
             (__http4k_ws::literal_end(path,m,at1,\"a\",0)||m.rest(path,1,at1,&[1]))}"
        );
    }

    #[test]
    fn literals_win_over_parameters_and_parameters_over_rests() {
        let source_order =
            walk(r#""/a" => http(f), "/<x>" => http(g(x)), "/<all..>" => http(h(all))"#);
        assert_eq!(
            source_order,
            "(__http4k_ws::literal_end(path,m,at,\"a\",0)||m.last(path,0,at,&[1])\
             ||m.rest(path,0,at,&[2]))"
        );
        let reversed = walk(r#""/<all..>" => http(h(all)), "/<x>" => http(g(x)), "/a" => http(f)"#);
        let renumbered = reversed.replace("&[0]", "&[#]").replace(",2)", ",0)");
        assert_eq!(renumbered.replace("&[#]", "&[2]"), source_order);
    }
}
