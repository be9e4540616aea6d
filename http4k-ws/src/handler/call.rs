//! A request on its way through routers: where it is, and what they captured from its path.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::{Method, StatusCode};

use super::consumer::WsConsumer;
use super::respond::ResponseFuture;
use super::ws_response::{WsResponse, WsResponseFuture};
use crate::message::{
    FromPath, FromRequest, FromRest, PathError, PathParams, Rejection, Request, copy_of_head,
    percent_decoded, plain, text_of,
};

/// How many parameters a path may have, those of every mount on the way included.
pub(crate) const MAX_PARAMS: usize = 16;

/// Where each captured segment starts and ends in the raw path.
pub(crate) type Captures = [(u16, u16); MAX_PARAMS];

/// Where a router found its request. It travels beside the request, and in its extensions where a
/// filter or a plain handler stands in between.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// Where each captured segment stands in the raw path, the outermost router's first.
    captures: Captures,
    captured: usize,
    /// The names of the captures: those of the last router, after those of the routers around it.
    names: ParamNames,
    outer: Vec<ParamNames>,
    /// Up to where the path is used up.
    pub(crate) at: usize,
    pub(crate) outcome: Outcome,
}

/// The names of a route's parameters: in the program's text, or made while it runs.
#[derive(Clone, Debug)]
pub(crate) enum ParamNames {
    Static(&'static [&'static str]),
    Dynamic(Arc<[String]>),
}

impl ParamNames {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Static(names) => names.len(),
            Self::Dynamic(names) => names.len(),
        }
    }

    fn name(&self, index: usize) -> Option<Cow<'static, str>> {
        match self {
            Self::Static(names) => names.get(index).copied().map(Cow::Borrowed),
            Self::Dynamic(names) => names.get(index).cloned().map(Cow::Owned),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Cow<'static, str>> + '_ {
        (0..self.len()).filter_map(|index| self.name(index))
    }
}

impl Default for ParamNames {
    fn default() -> Self {
        Self::Static(&[])
    }
}

/// What the last router made of the request.
#[derive(Clone, Debug, Default)]
pub(crate) enum Outcome {
    /// No route has this path.
    #[default]
    NotFound,
    /// A route takes it.
    Found,
    /// A mounted application takes what is left of the path.
    Mounted,
    /// The path is known, the method is not; these are.
    NotAllowed(Vec<Method>),
    /// Only WebSockets are here.
    UpgradeRequired,
    /// No WebSocket is here.
    NoWebSocket,
    /// A captured segment is not percent-encoded UTF-8.
    BadEncoding,
}

impl Place {
    /// Where a router starts: at the path's beginning, or behind the prefix it is mounted at.
    pub(crate) fn start(request: &mut Request) -> Self {
        if request.extensions().is_empty() {
            return Self::default();
        }
        match request.extensions_mut().remove::<Self>() {
            Some(place) if matches!(place.outcome, Outcome::Mounted) => place,
            _ => Self::default(),
        }
    }

    /// How many captures the routers around this one have made.
    pub(crate) fn captured(&self) -> usize {
        self.captured
    }

    /// Goes on to `at`, with `captures` of a route whose parameters are called `names`.
    pub(crate) fn enter(&mut self, captures: Captures, names: ParamNames, at: usize) {
        self.captures = captures;
        self.captured = (self.captured + names.len()).min(MAX_PARAMS);
        self.at = at;
        let outer = std::mem::replace(&mut self.names, names);
        if outer.len() > 0 {
            self.outer.push(outer);
        }
    }

    /// The captures so far, for the next router to add to.
    pub(crate) fn captures(&self) -> Captures {
        self.captures
    }

    /// The raw text of the last router's parameter `index`.
    fn raw<'p>(&self, path: &'p str, index: usize) -> &'p str {
        let own = self.captured.saturating_sub(self.names.len());
        self.captures
            .get(own + index)
            .and_then(|(start, end)| path.get(usize::from(*start)..usize::from(*end)))
            .unwrap_or_default()
    }

    /// The names and places of all captures, from left to right.
    fn named(&self) -> impl Iterator<Item = (Cow<'static, str>, (u16, u16))> + '_ {
        let routers = self.outer.iter().chain([&self.names]);
        routers.flat_map(ParamNames::iter).zip(self.captures)
    }

    /// The path with the names of its parameters in the place of their values.
    fn template(&self, path: &str) -> String {
        let mut template = String::with_capacity(path.len());
        let mut at = 0;
        for (name, (start, end)) in self.named() {
            let (start, end) = (usize::from(start), usize::from(end));
            template.push_str(path.get(at..start).unwrap_or_default());
            template.extend(["<", &*name, ">"]);
            at = end;
        }
        template.push_str(path.get(at..).unwrap_or_default());
        template
    }

    fn params(&self, path: &str) -> PathParams {
        self.named()
            .map(|(name, (start, end))| {
                let raw = path.get(usize::from(start)..usize::from(end));
                let text = percent_decoded(raw.unwrap_or_default()).unwrap_or_default();
                (name, text.into_owned())
            })
            .collect()
    }
}

/// What the call of an http route comes to: an answer on its way, or why there is none.
pub(crate) type CallResult<'a> = Result<ResponseFuture<'a>, Rejection>;

/// What the call of a ws route comes to.
pub(crate) type WsCallResult<'a> = Result<WsResponseFuture<'a>, Rejection>;

/// One routed request, before its handler is called: what generated code reads its arguments from.
pub struct Call {
    pub(crate) request: Request,
    pub(crate) place: Place,
    /// Whether the extensions have the parameters.
    shown: bool,
}

impl Call {
    /// A request that was found to be at `place`.
    pub(crate) fn new(request: Request, place: Place) -> Self {
        Self {
            request,
            place,
            shown: false,
        }
    }

    /// The call that a router made before `request` went through a filter.
    pub(crate) fn resumed(mut request: Request) -> Self {
        match request.extensions_mut().remove() {
            Some(place) => Self {
                request,
                place,
                shown: true,
            },
            None => Self::new(request, Place::default()),
        }
    }

    /// Parses the path parameter `index` of the route.
    ///
    /// # Errors
    ///
    /// Returns a 404 that says what the segment is not.
    pub fn param<T: FromPath<Via>, Via>(&self, index: usize) -> Result<T, Rejection> {
        T::from_path(text_of(self.raw(index))).map_err(not_found)
    }

    /// Parses the path parameter `index` of the route, which is all that is left of the path.
    ///
    /// # Errors
    ///
    /// Returns a 404 that says what the rest is not.
    pub fn rest<T: FromRest<Via>, Via>(&self, index: usize) -> Result<T, Rejection> {
        T::from_rest(self.raw(index)).map_err(not_found)
    }

    fn raw(&self, index: usize) -> &str {
        self.place.raw(self.request.uri().path(), index)
    }

    /// The value of a `_` argument.
    ///
    /// # Errors
    ///
    /// What the type answers to a request that holds no such value.
    pub async fn extract<T: FromRequest>(&mut self) -> Result<T, Rejection> {
        self.add_params();
        T::from_request(&mut self.request).await
    }

    /// The request, with the path parameters among its extensions.
    pub fn into_request(mut self) -> Request {
        self.add_params();
        self.request
    }

    /// The request, for a consumer that also gets the socket, whose request it is too.
    pub fn take_request(&mut self) -> Request {
        self.add_params();
        let copy = copy_of_head(&self.request);
        std::mem::replace(&mut self.request, copy)
    }

    /// Accepts the upgrade; the socket's request is this one, with the path parameters and whatever else
    /// filters did to it.
    pub fn accept(mut self, mut consumer: WsConsumer) -> WsResponse {
        self.add_params();
        let template = self.place.template(self.request.uri().path());
        consumer.route = Some(template.into());
        WsResponse::accept(consumer.with_request(self.request))
    }

    /// The request for a handler that is no router and no generated code, such as a filter.
    pub(super) fn into_plain_request(mut self) -> Request {
        self.add_params();
        let found = matches!(self.place.outcome, Outcome::Found);
        if !found || self.place.captured > 0 {
            self.request.extensions_mut().insert(self.place);
        }
        self.request
    }

    fn add_params(&mut self) {
        if self.place.captured > 0 && !self.shown {
            self.shown = true;
            let params = self.place.params(self.request.uri().path());
            self.request.extensions_mut().insert(params);
        }
    }
}

fn not_found(error: PathError) -> Rejection {
    Rejection::new(plain(StatusCode::NOT_FOUND, format!("{error}\n")))
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", self.request.method())
            .field("uri", self.request.uri())
            .finish_non_exhaustive()
    }
}
