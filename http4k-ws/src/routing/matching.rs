//! How a route is found: the rules of precedence.
//!
//! Segment by segment, left to right: a literal goes before a parameter, a parameter before a rest or
//! a mount, whatever the order in the source. Where what was chosen leads nowhere, the next is tried.
//! The method and the protocol are part of the match: a path whose routes take other methods is passed
//! over. So is a mount whose application has no route for the request; its routes take part as those of a block do. At one path, a route that names the method goes before GET for a HEAD request, and that before
//! one that takes every method.
//!
//! The walk over the segments is written by the macro, or goes over the tree that a builder made; what
//! it reports is weighed here. The walk is made once where a route is found. Where none is, it is made
//! again to learn why.

use std::fmt;

use http::Method;

use super::decoded::Decoded;
use super::path::{RawPath, Segment};
use super::table::{MethodSet, Protocol, RouteKey};
use crate::handler::{Captures, MAX_PARAMS, Outcome};

/// What reports every place where a path can lead, in order of precedence, until told that it is the one.
pub(super) trait Walks {
    /// Walks over `path` from `at` on.
    fn walk(&self, path: &RawPath<'_>, matching: &mut Matching<'_>, at: usize);
}

/// The applications that a router mounts, as far as their routes are known.
pub(super) trait MountedRouters: fmt::Debug {
    /// Walks on behind the mount at `route`, and returns `true` if one of its routes takes the request; `None` if
    /// its routes are not known.
    fn walk_mounted(
        &self,
        route: usize,
        path: &RawPath<'_>,
        key: RouteKey<'_>,
        at: usize,
        explanation: Option<&mut NoMatch>,
    ) -> Option<bool>;
}

/// One search for a route.
#[derive(Debug)]
pub struct Matching<'r> {
    routes: &'r [MethodSet],
    mounts: &'r dyn MountedRouters,
    key: RouteKey<'r>,
    captures: &'r mut Captures,
    /// How many captures the routers around this one have made.
    outer: usize,
    /// The route found, or [`NONE`]. It and its place are read one by one, just after they are written: as
    /// one value they would be copied in pieces of other sizes, which waits for the writes.
    route: usize,
    /// Up to where the path is used up.
    at: usize,
    explanation: Option<&'r mut NoMatch>,
}

const NONE: usize = usize::MAX;

/// The route that takes a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) route: usize,
    /// Up to where the path is used up.
    pub(super) at: usize,
}

/// Why no route takes a request, and whose place it is to answer.
#[derive(Debug, Default)]
pub(super) struct NoMatch {
    methods: Vec<Method>,
    http: bool,
    ws: bool,
    /// The owner of the routes that have the path.
    known: Known,
    /// The deepest mount that the path leads to.
    mount: Option<Entered>,
    /// The deepest prefix with an answer of its own, and where it ends.
    pub(super) scope: usize,
    pub(super) at: usize,
    pub(super) captures: Captures,
}

/// A mount, and the place where its application goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entered {
    pub(super) route: usize,
    pub(super) at: usize,
    pub(super) captures: Captures,
}

/// The owner of the routes that have the path of a request, but take other requests.
#[derive(Debug, Clone, Copy, Default)]
enum Known {
    #[default]
    Nowhere,
    /// The application mounted here.
    Mounted(Entered),
    /// The table itself, or several.
    Here,
}

impl<'r> Matching<'r> {
    #[inline]
    pub(super) fn new(
        routes: &'r [MethodSet],
        mounts: &'r dyn MountedRouters,
        key: RouteKey<'r>,
        captures: &'r mut Captures,
        outer: usize,
    ) -> Self {
        Self {
            routes,
            mounts,
            key,
            captures,
            outer,
            route: NONE,
            at: 0,
            explanation: None,
        }
    }

    /// Walks over a path that another search has made ready.
    pub(super) fn walked(
        self,
        walk: &impl Walks,
        path: &RawPath<'_>,
        at: usize,
        explanation: Option<&'r mut NoMatch>,
    ) -> bool {
        let mut inside = Self {
            explanation,
            ..self
        };
        walk.walk(path, &mut inside, at);
        inside.route != NONE
    }

    /// The route for `path`, from `at` on; what it captures is there then.
    #[inline]
    pub(super) fn find(
        mut self,
        walk: &impl Walks,
        path: &RawPath<'_>,
        at: usize,
    ) -> Option<Found> {
        walk.walk(path, &mut self, at);
        if self.route == NONE {
            path.see_rest(at);
        }
        if path.is_encoded() {
            return self.find_decoded(walk, &Decoded::of(path), at);
        }
        let (route, at) = (self.route, self.at);
        (route != NONE).then_some(Found { route, at })
    }

    /// The same, where an encoded segment may be a literal.
    #[cold]
    fn find_decoded(mut self, walk: &impl Walks, path: &Decoded<'_>, at: usize) -> Option<Found> {
        self.route = NONE;
        walk.walk(&path.path(), &mut self, path.at(at));
        path.to_raw(self.captures, self.outer);
        let (route, at) = (self.route, path.raw_at(self.at));
        (route != NONE).then_some(Found { route, at })
    }

    /// Why there is none.
    #[cold]
    pub(super) fn explain(self, walk: &impl Walks, path: &RawPath<'_>, at: usize) -> NoMatch {
        let path = Decoded::of(path);
        let at = path.at(at);
        let mut explanation = NoMatch {
            at,
            captures: *self.captures,
            ..NoMatch::default()
        };
        let outer = self.outer;
        let mut matching = Matching {
            explanation: Some(&mut explanation),
            ..self
        };
        walk.walk(&path.path(), &mut matching, at);
        explanation.at = path.raw_at(explanation.at);
        path.to_raw(&mut explanation.captures, outer);
        let known = match &mut explanation.known {
            Known::Mounted(mount) => Some(mount),
            Known::Nowhere | Known::Here => None,
        };
        for mount in known.into_iter().chain(&mut explanation.mount) {
            mount.at = path.raw_at(mount.at);
            path.to_raw(&mut mount.captures, outer);
        }
        explanation
    }

    /// The segment is parameter `index`, unless it is empty or there is none.
    #[inline]
    pub fn capture(&mut self, index: usize, segment: Segment) -> bool {
        segment.start < segment.end && self.set(index, segment)
    }

    #[inline]
    fn set(&mut self, index: usize, segment: Segment) -> bool {
        // A path is shorter than 64 KiB.
        let place = (segment.start as u16, segment.end as u16);
        match self.captures.get_mut(self.outer + index) {
            Some(capture) => *capture = place,
            None => return too_many(),
        }
        true
    }

    /// The segment whose slash is at `at` is parameter `index`, unless it is empty, and these routes end
    /// with it.
    #[inline]
    pub fn last(&mut self, path: &RawPath<'_>, index: usize, at: usize, routes: &[usize]) -> bool {
        let segment = path.segment(at);
        self.capture(index, segment) && path.is_end(segment.end) && self.end(path, routes)
    }

    /// The path ends here; these routes do too.
    #[inline]
    pub fn end(&mut self, path: &RawPath<'_>, routes: &[usize]) -> bool {
        self.offer(routes, path.len())
    }

    /// What is left of the path is parameter `index`; these routes take it.
    pub fn rest(&mut self, path: &RawPath<'_>, index: usize, at: usize, routes: &[usize]) -> bool {
        path.see_rest(at);
        let end = path.len();
        let start = (at + 1).min(end);
        self.set(index, Segment { start, end }) && self.offer(routes, end)
    }

    /// What is left of the path is the matter of the application mounted here.
    pub fn mount(&mut self, path: &RawPath<'_>, at: usize, route: usize) -> bool {
        path.see_rest(at);
        if self.explanation.is_some() {
            return self.note_mount(path, at, route);
        }
        let taken = self.mounts.walk_mounted(route, path, self.key, at, None);
        taken.unwrap_or(true) && self.offer(&[route], at)
    }

    #[cold]
    fn note_mount(&mut self, path: &RawPath<'_>, at: usize, route: usize) -> bool {
        let mut inside = NoMatch::default();
        let (mounts, key) = (self.mounts, self.key);
        mounts.walk_mounted(route, path, key, at, Some(&mut inside));
        let captures = *self.captures;
        if let Some(explanation) = &mut self.explanation {
            explanation.add_mount(
                Entered {
                    route,
                    at,
                    captures,
                },
                inside,
            );
        }
        false
    }

    /// What no route under this prefix takes has an answer of its own.
    pub fn scope(&mut self, at: usize, scope: usize) {
        if let Some(explanation) = &mut self.explanation {
            if at > explanation.at || explanation.scope == 0 {
                explanation.scope = scope;
                explanation.at = at;
                explanation.captures = *self.captures;
            }
        }
    }

    #[inline]
    fn offer(&mut self, routes: &[usize], at: usize) -> bool {
        if self.explanation.is_some() {
            return self.note(routes);
        }
        let mut best = None;
        for &route in routes {
            let fit = self
                .routes
                .get(route)
                .and_then(|takes| takes.matches(self.key));
            if fit > best {
                best = fit;
                self.route = route;
                self.at = at;
            }
        }
        best.is_some()
    }

    #[cold]
    fn note(&mut self, routes: &[usize]) -> bool {
        if let Some(explanation) = &mut self.explanation {
            let takes = routes.iter().filter_map(|&route| self.routes.get(route));
            takes.for_each(|takes| explanation.add(takes));
            explanation.known = Known::Here;
        }
        false
    }
}

#[cold]
fn too_many() -> bool {
    log::error!("a path has more than {MAX_PARAMS} parameters, counted over all mounts");
    false
}

impl NoMatch {
    /// Adds what was learned behind a mount.
    fn add_mount(&mut self, mount: Entered, inside: Self) {
        if self.mount.is_none_or(|known| mount.at > known.at) {
            self.mount = Some(mount);
        }
        if let Known::Nowhere = inside.known {
            return;
        }
        self.known = match self.known {
            Known::Nowhere => Known::Mounted(mount),
            Known::Mounted(_) | Known::Here => Known::Here,
        };
        self.http |= inside.http;
        self.ws |= inside.ws;
        for method in inside.methods {
            self.add_method(method);
        }
    }

    /// The mounted application whose place it is to respond, if it is one's: the only one that has the path, or
    /// else the one at the deepest prefix. A prefix of a block may be deeper, and a fallback of its own goes before
    /// a mount at the same prefix; `has_fallback` says if the scope has one.
    pub(super) fn responds(&self, has_fallback: bool) -> Option<Entered> {
        match self.known {
            Known::Mounted(mount) => Some(mount),
            Known::Here => None,
            Known::Nowhere => self
                .mount
                .filter(|mount| mount.at > self.at || (mount.at == self.at && !has_fallback)),
        }
    }

    fn add(&mut self, route: &MethodSet) {
        match route.protocol {
            Protocol::Ws => self.ws = true,
            Protocol::Http => {
                self.http = true;
                for method in route.methods() {
                    self.add_method(method);
                }
            }
            Protocol::Mount => {}
        }
    }

    fn add_method(&mut self, method: Method) {
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
            self.add_method(Method::OPTIONS);
            Outcome::NotAllowed(self.methods)
        } else if self.ws {
            Outcome::UpgradeRequired
        } else {
            Outcome::NotFound
        }
    }
}
