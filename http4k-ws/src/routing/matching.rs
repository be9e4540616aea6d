//! How a route is found: the rules of precedence.
//!
//! Segment by segment, left to right: a literal goes before a parameter, a parameter before a rest or
//! a mount, whatever the order in the source. Where what was chosen leads nowhere, the next is tried.
//! The method and the protocol are part of the match: a path whose routes take other methods is passed
//! over. At one path, a route that names the method goes before GET for a HEAD request, and that before
//! one that takes every method.
//!
//! The macro writes the walk over the segments; what it reports is weighed here. The walk is made
//! once where a route is found. Where none is, it is made again to learn why.

use http::Method;

use super::path::{Path, Segment};
use super::table::{Fit, Protocol, RouteMeta};
use crate::handler::{MAX_PARAMS, Outcome};

type Captures = [(u16, u16); MAX_PARAMS];

/// The walk that the macro writes: reports every place where the path can lead, in order of
/// precedence, until told that it is the one.
pub(super) type Walk = fn(Path<'_>, &mut Matching<'_>, u16) -> bool;

/// One search for a route.
#[derive(Debug)]
pub struct Matching<'r> {
    routes: &'static [RouteMeta],
    protocol: Protocol,
    method: &'r Method,
    captures: Captures,
    /// How many captures the routers around this one have made.
    outer: usize,
    purpose: Purpose,
}

#[derive(Debug)]
enum Purpose {
    Find(Option<Found>),
    Explain(Explanation),
}

/// The route that takes a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) route: usize,
    pub(super) captures: Captures,
    /// Up to where the path is used up.
    pub(super) at: u16,
    /// Whether a route for GET takes a HEAD request.
    pub(super) head_as_get: bool,
}

/// Why no route takes a request, and whose place it is to answer.
#[derive(Debug, Default)]
pub(super) struct Explanation {
    methods: Vec<&'static str>,
    http: bool,
    ws: bool,
    /// The deepest prefix with an answer of its own, and where it ends.
    pub(super) scope: usize,
    pub(super) at: u16,
    pub(super) captures: Captures,
}

impl<'r> Matching<'r> {
    pub(super) fn new(
        routes: &'static [RouteMeta],
        protocol: Protocol,
        method: &'r Method,
        captures: Captures,
        outer: usize,
    ) -> Self {
        Self {
            routes,
            protocol,
            method,
            captures,
            outer,
            purpose: Purpose::Find(None),
        }
    }

    /// The route for `path`, from `at` on.
    pub(super) fn find(mut self, walk: Walk, path: Path<'_>, at: u16) -> Option<Found> {
        walk(path, &mut self, at);
        match self.purpose {
            Purpose::Find(found) => found,
            Purpose::Explain(_) => None,
        }
    }

    /// Why there is none.
    pub(super) fn explain(mut self, walk: Walk, path: Path<'_>, at: u16) -> Explanation {
        self.purpose = Purpose::Explain(Explanation {
            at,
            captures: self.captures,
            ..Explanation::default()
        });
        walk(path, &mut self, at);
        match self.purpose {
            Purpose::Explain(explanation) => explanation,
            Purpose::Find(_) => Explanation::default(),
        }
    }

    /// The segment is parameter `index`, unless it is empty.
    pub fn capture(&mut self, index: usize, segment: Segment) -> bool {
        segment.start < segment.end && self.set(index, segment)
    }

    fn set(&mut self, index: usize, segment: Segment) -> bool {
        match self.captures.get_mut(self.outer + index) {
            Some(capture) => {
                *capture = (segment.start, segment.end);
                true
            }
            None => {
                log::error!(
                    "a path has more than {MAX_PARAMS} parameters, counted over all mounts"
                );
                false
            }
        }
    }

    /// The path ends here; these routes do too.
    pub fn end(&mut self, path: Path<'_>, routes: &[usize]) -> bool {
        self.offer(routes, path.len())
    }

    /// What is left of the path is parameter `index`; these routes take it.
    pub fn rest(&mut self, path: Path<'_>, index: usize, at: u16, routes: &[usize]) -> bool {
        let end = path.len();
        let start = at.saturating_add(1).min(end);
        self.set(index, Segment { start, end }) && self.offer(routes, end)
    }

    /// What is left of the path is the matter of the application mounted here.
    pub fn mount(&mut self, at: u16, route: usize) -> bool {
        self.offer(&[route], at)
    }

    /// What no route under this prefix takes has an answer of its own.
    pub fn scope(&mut self, at: u16, scope: usize) {
        if let Purpose::Explain(explanation) = &mut self.purpose {
            if at > explanation.at || explanation.scope == 0 {
                explanation.scope = scope;
                explanation.at = at;
                explanation.captures = self.captures;
            }
        }
    }

    fn offer(&mut self, routes: &[usize], at: u16) -> bool {
        let metas = routes
            .iter()
            .filter_map(|&i| Some((i, self.routes.get(i)?)));
        match &mut self.purpose {
            Purpose::Find(found) => {
                let best = metas
                    .filter_map(|(i, meta)| Some((meta.fit(self.protocol, self.method)?, i)))
                    .max_by_key(|(fit, _)| *fit);
                if let Some((fit, route)) = best {
                    *found = Some(Found {
                        route,
                        captures: self.captures,
                        at,
                        head_as_get: fit == Fit::HeadAsGet,
                    });
                }
                found.is_some()
            }
            Purpose::Explain(explanation) => {
                metas.for_each(|(_, meta)| explanation.add(meta));
                false
            }
        }
    }
}

impl Explanation {
    fn add(&mut self, route: &RouteMeta) {
        match route.protocol {
            Protocol::Ws => self.ws = true,
            Protocol::Http => {
                self.http = true;
                for &method in route.methods {
                    self.add_method(method);
                    if method == "GET" {
                        self.add_method("HEAD");
                    }
                }
            }
            Protocol::Mount => {}
        }
    }

    fn add_method(&mut self, method: &'static str) {
        if !self.methods.contains(&method) {
            self.methods.push(method);
        }
    }

    pub(super) fn outcome(mut self, asked: Protocol) -> Outcome {
        if asked == Protocol::Ws {
            return if self.http {
                Outcome::NoWebSocket
            } else {
                Outcome::NotFound
            };
        }
        if !self.methods.is_empty() {
            self.add_method("OPTIONS");
            Outcome::NotAllowed(self.methods)
        } else if self.ws {
            Outcome::UpgradeRequired
        } else {
            Outcome::NotFound
        }
    }
}
