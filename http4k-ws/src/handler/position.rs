//! The position of a request in the tree of routers: the path so far, its captures, and the outcome
//! of the last router.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method;

use super::found_template::FoundTemplate;
use crate::message::{PathParams, Request, percent_decoded};

/// The maximum number of parameters of a path, including those of all mounts.
pub(crate) const MAX_PARAMS: usize = 16;

/// The start and the end of each captured segment in the raw path.
pub(crate) type Captures = [(u16, u16); MAX_PARAMS];

/// The position of a request in the tree of routers. It travels beside the request, and inside its
/// extensions if a filter or a plain handler is in between.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// The captured segments, those of the outermost router first.
    captures: Captures,
    captured: usize,
    /// The names of the last router's captures, which follow those in `outer`.
    names: ParamNames,
    /// Those of the routers around it. The outermost one is stored without an allocation.
    outermost: ParamNames,
    outer: Vec<ParamNames>,
    /// The end of the part of the path that was matched.
    pub(crate) at: usize,
    pub(crate) outcome: Outcome,
    /// `true` if filters are between the router and the handler, which may read the place.
    pub(crate) is_filtered: bool,
    /// The template for a filter around the router.
    pub(super) found: Option<FoundTemplate>,
}

/// The template of a path and the names of its parameters, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathText {
    /// The path, with the prefixes of the blocks around it.
    pub template: &'static str,
    /// The parameters of the path, in order.
    pub params: &'static [&'static str],
}

/// A path of a router, from the program's text or built at run time.
#[derive(Clone, Debug)]
pub(crate) enum ParamNames {
    Static(&'static PathText),
    Dynamic(Arc<DynamicPath>),
    /// The prefix of a block, from the program's text.
    Prefix(&'static [&'static str]),
}

/// A [`PathText`] that is built at run time.
#[derive(Debug)]
pub(crate) struct DynamicPath {
    template: String,
    params: Vec<String>,
}

impl ParamNames {
    pub(crate) fn dynamic(template: &str, params: impl Iterator<Item = String>) -> Self {
        Self::Dynamic(Arc::new(DynamicPath {
            template: template.to_owned(),
            params: params.collect(),
        }))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Static(path) => path.params.len(),
            Self::Dynamic(path) => path.params.len(),
            Self::Prefix(params) => params.len(),
        }
    }

    fn name(&self, index: usize) -> Option<Cow<'static, str>> {
        match self {
            Self::Static(PathText { params, .. }) | Self::Prefix(params) => {
                params.get(index).copied().map(Cow::Borrowed)
            }
            Self::Dynamic(path) => path.params.get(index).cloned().map(Cow::Owned),
        }
    }

    /// Returns the template. A prefix of a block has none.
    fn template(&self) -> &str {
        match self {
            Self::Static(path) => path.template,
            Self::Dynamic(path) => &path.template,
            Self::Prefix(_) => "",
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Cow<'static, str>> + '_ {
        (0..self.len()).filter_map(|index| self.name(index))
    }
}

impl Default for ParamNames {
    fn default() -> Self {
        Self::Prefix(&[])
    }
}

/// The outcome of the last router.
#[derive(Clone, Debug, Default)]
pub(crate) enum Outcome {
    /// No route has this path.
    #[default]
    NotFound,
    /// A route matches.
    Found,
    /// A mounted application receives the rest of the path.
    Mounted,
    /// The path has routes for these methods only.
    NotAllowed(Vec<Method>),
    /// The path has ws routes only.
    UpgradeRequired,
    /// The path has a stream of events for the method, which `Accept` excludes.
    NotAcceptable,
    /// The path has no ws route.
    NoWebSocket,
    /// A captured segment is not percent-encoded UTF-8.
    BadEncoding,
}

impl Place {
    /// Returns the position where a router starts: the beginning of the path, or the end of the
    /// prefix that it is mounted at.
    pub(crate) fn start(request: &mut Request) -> Self {
        if request.extensions().is_empty() {
            return Self::default();
        }
        match request.extensions_mut().remove::<Self>() {
            Some(place) if matches!(place.outcome, Outcome::Mounted) => place,
            _ => Self::default(),
        }
    }

    /// Returns the position at which a router starts that reports the template to `found`.
    pub(super) fn before_routing(found: FoundTemplate) -> Self {
        Self {
            outcome: Outcome::Mounted,
            found: Some(found),
            ..Self::default()
        }
    }

    /// Returns the number of captures so far.
    pub(crate) fn captured(&self) -> usize {
        self.captured
    }

    /// Moves to `at`, with the `captures` of a route whose parameters have these `names`.
    pub(crate) fn enter(&mut self, captures: Captures, names: ParamNames, at: usize) {
        self.captures = captures;
        self.captured = (self.captured + names.len()).min(MAX_PARAMS);
        self.at = at;
        let outer = std::mem::replace(&mut self.names, names);
        match (&outer, &self.outermost) {
            (ParamNames::Prefix([]), _) => {}
            (_, ParamNames::Prefix([])) => self.outermost = outer,
            _ => self.outer.push(outer),
        }
    }

    /// Stores the template for a filter around the router.
    #[inline]
    pub(crate) fn report(&self) {
        if let Some(found) = &self.found {
            found.set(self.template().into_owned());
        }
    }

    /// Returns the captures so far, to which the next router adds.
    pub(crate) fn captures(&self) -> Captures {
        self.captures
    }

    /// Returns the raw text of the last router's parameter `index`.
    pub(super) fn raw<'p>(&self, path: &'p str, index: usize) -> &'p str {
        let own = self.captured.saturating_sub(self.names.len());
        self.captures
            .get(own + index)
            .and_then(|(start, end)| path.get(usize::from(*start)..usize::from(*end)))
            .unwrap_or_default()
    }

    fn paths(&self) -> impl Iterator<Item = &ParamNames> {
        [&self.outermost]
            .into_iter()
            .chain(&self.outer)
            .chain([&self.names])
    }

    /// Returns the names and ranges of all captures, from left to right.
    fn named(&self) -> impl Iterator<Item = (Cow<'static, str>, (u16, u16))> + '_ {
        self.paths().flat_map(ParamNames::iter).zip(self.captures)
    }

    /// Returns the template of the route that a router found. A mounted application that is no
    /// router has none.
    pub(super) fn route(&self) -> Option<Cow<'static, str>> {
        let is_mounted = matches!(self.outcome, Outcome::Mounted);
        (!is_mounted).then(|| self.template())
    }

    /// Returns the template of the route, behind those of the mounts that lead there.
    ///
    /// It does not depend on the request: a path may be encoded in many ways.
    pub(super) fn template(&self) -> Cow<'static, str> {
        let mut paths = self
            .paths()
            .filter(|path| !matches!(path.template(), "" | "/"));
        match (paths.next(), paths.next()) {
            (None, _) => Cow::Borrowed("/"),
            // Without a mount there is one, which is part of the program.
            (Some(ParamNames::Static(path)), None) => Cow::Borrowed(path.template),
            (Some(first), second) => {
                let all = [first].into_iter().chain(second).chain(paths);
                Cow::Owned(all.map(ParamNames::template).collect())
            }
        }
    }

    /// Returns the parameters of `path`, decoded.
    pub(super) fn params(&self, path: &str) -> PathParams {
        self.named()
            .map(|(name, (start, end))| {
                let raw = path.get(usize::from(start)..usize::from(end));
                let text = percent_decoded(raw.unwrap_or_default()).unwrap_or_default();
                (name, text.into_owned())
            })
            .collect()
    }
}
