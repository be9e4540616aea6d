//! The path of a request through the routers, and the verdict for each of their routes.

use http4k_ws_grammar::{Kind, pieces};

use super::{Candidate, RouteQuery, Verdict};
use crate::handler::{Captures, MAX_PARAMS, Outcome, PolyHandler};
use crate::message::percent_decoded;
use crate::routing::accepted::{Accepted, Streams};
use crate::routing::leaves::Leaf;
use crate::routing::method_set::RouteKey;
use crate::routing::path::RawPath;
use crate::routing::route::Route;
use crate::routing::router::Router;
use crate::routing::table::Protocol;

/// The result of following a request through the routers.
pub(super) struct Search<'a> {
    leaves: Vec<Leaf>,
    key: RouteKey<'a>,
    /// The raw segments of the path.
    segments: Vec<&'a str>,
    /// The indexes that lead to the matched route or mount, one for each table.
    way: Vec<usize>,
    led_to: Option<Route>,
    outcome: Outcome,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        app: &PolyHandler,
        query: &'a RouteQuery,
        accepted: &'a Accepted<'a>,
    ) -> Option<Self> {
        let router = Router::of(app)?;
        let path = RawPath::new(&query.path)?;
        let protocol = match query.protocol {
            Protocol::Ws => Protocol::Ws,
            // A stream is a response to an HTTP request.
            Protocol::Http | Protocol::Sse | Protocol::Mount => Protocol::Http,
        };
        let key = RouteKey::new(protocol, accepted).with_streams(true);
        let mut way = Vec::new();
        let captures = [(0, 0); MAX_PARAMS];
        let start = (0, captures, 0);
        let outcome = follow(router, &path, key, start, &mut way);
        let segments = match query.path.as_str() {
            "/" => Vec::new(),
            path => path.split('/').skip(1).collect(),
        };
        let mut leaves = router.leaves();
        for leaf in &mut leaves {
            leaf.route = leaf.route.clone().behind(app);
        }
        Some(Self {
            leaves,
            led_to: at_end_of(&way, router).map(|route| route.behind(app)),
            key,
            segments,
            way,
            outcome,
        })
    }

    pub(super) fn conclude(self) -> (Vec<Candidate>, Outcome) {
        let judged = self.leaves.iter().map(|leaf| (leaf, self.judge(leaf)));
        let judged: Vec<_> = judged.collect();
        let matches = |verdict: &Verdict| !matches!(verdict, Verdict::OtherSegment { .. });
        let any = judged.iter().any(|(_, verdict)| matches(verdict));
        // If no route has the path, those that match the most segments are listed.
        let nearest = judged
            .iter()
            .filter_map(|(_, verdict)| distance(verdict))
            .max();
        let candidates = judged
            .into_iter()
            .filter(|(_, verdict)| match distance(verdict) {
                None => true,
                Some(place) => !any && place > 1 && Some(place) == nearest,
            });
        let candidates = candidates.map(|(leaf, verdict)| Candidate {
            route: leaf.route.clone(),
            verdict,
        });
        (candidates.collect(), self.outcome)
    }

    fn judge(&self, leaf: &Leaf) -> Verdict {
        let captured = match self.captured(leaf) {
            Ok(captured) => captured,
            Err(verdict) => return verdict,
        };
        let (protocol, methods) = (leaf.methods.protocol, &leaf.methods);
        let is_stream = protocol == Protocol::Sse && self.key.protocol == Protocol::Http;
        if protocol != self.key.protocol && protocol != Protocol::Mount && !is_stream {
            return Verdict::OtherProtocol { protocol };
        }
        let matched = methods.matches(self.key).or(methods.streams(self.key));
        if matched.is_none() {
            let only = leaf.route.methods.clone();
            return Verdict::OtherMethod { only };
        }
        if is_stream && self.key.accepted.streams() == Streams::Excluded {
            return Verdict::NotAcceptable;
        }
        match &self.led_to {
            Some(than) if !leaf.indexes.starts_with(&self.way) => {
                Verdict::Later { than: than.clone() }
            }
            _ => decoded(captured),
        }
    }

    /// Returns the raw value of each parameter, or the segment that differs.
    fn captured<'l>(&'l self, leaf: &'l Leaf) -> Result<Vec<(&'l str, String)>, Verdict> {
        let template = leaf.route.template();
        let mut captured = Vec::new();
        let mut count = 0;
        for piece in pieces(template) {
            let (text, found) = (piece.text(template), self.segments.get(count).copied());
            match (piece.kind, found) {
                (Kind::Rest, _) => {
                    let rest = self.segments.get(count..).unwrap_or_default();
                    captured.push((text, rest.join("/")));
                    return Ok(captured);
                }
                (Kind::Param, Some(found)) if !found.is_empty() => {
                    captured.push((text, found.to_owned()));
                }
                (Kind::Literal, Some(found))
                    if percent_decoded(found).is_some_and(|found| found == text) => {}
                _ => {
                    let expected = match piece.kind {
                        Kind::Literal => text.to_owned(),
                        Kind::Param | Kind::Rest => format!("<{text}>"),
                    };
                    return Err(other_segment(count, found, Some(expected)));
                }
            }
            count += 1;
        }
        match self.segments.get(count) {
            Some(found) if !leaf.is_mount() => Err(other_segment(count, Some(found), None)),
            _ => Ok(captured),
        }
    }
}

/// Returns the route or mount at the end of `way`.
fn at_end_of(way: &[usize], router: &Router) -> Option<Route> {
    let (&first, further) = way.split_first()?;
    let route = router.route(first);
    match (further, router.mounted(first)) {
        ([], _) | (_, None) => Some(route),
        (further, Some(inner)) => Some(at_end_of(further, inner)?.in_mount(&route)),
    }
}

fn decoded(captured: Vec<(&str, String)>) -> Verdict {
    let mut params = Vec::new();
    for (name, raw) in captured {
        match percent_decoded(&raw) {
            Some(value) => params.push((name.to_owned(), value.into_owned())),
            None => return Verdict::BadEncoding { segment: raw },
        }
    }
    Verdict::Takes { params }
}

fn other_segment(index: usize, found: Option<&str>, expected: Option<String>) -> Verdict {
    Verdict::OtherSegment {
        place: index + 1,
        found: found.map(str::to_owned),
        expected,
    }
}

/// Returns the number of the first segment that differs.
fn distance(verdict: &Verdict) -> Option<usize> {
    match verdict {
        Verdict::OtherSegment { place, .. } => Some(*place),
        _ => None,
    }
}

/// Follows a request through the routers, and adds to `way` its index in each table.
fn follow(
    router: &Router,
    path: &RawPath<'_>,
    key: RouteKey<'_>,
    (at, mut captures, outer): (usize, Captures, usize),
    way: &mut Vec<usize>,
) -> Outcome {
    let Some(found) = router.find(path, key, at, &mut captures, outer) else {
        return router.outcome(path, key, at);
    };
    way.push(found.route);
    let params = router.params(found.route);
    let captured = captures.get(outer..outer + params).unwrap_or_default();
    if path.is_encoded() && !path.decodes(captured) {
        return Outcome::BadEncoding;
    }
    match router.mounted(found.route) {
        Some(inner) => follow(inner, path, key, (found.at, captures, outer + params), way),
        None => Outcome::Found,
    }
}
