//! Endpoints: the handlers of routes, and the values that they capture.

use std::fmt;
use std::future;
use std::ops::{Deref, Range};
use std::sync::Arc;

use futures_util::FutureExt;

use super::described::Described;
use crate::describe::RouteDescription;
use crate::handler::call::{CallResult, WsCallResult};
use crate::handler::reading::ReadArguments;
use crate::handler::{
    AfterPanic, BoxHttpHandler, BoxPolyFilter, BoxWsHandler, Call, Description, ErasedHttpHandler,
    ErasedWsHandler, FilterNames, IntoHttpHandler, IntoSseHandler, IntoWsHandler, IntoWsResponse,
    PolyHandler, ResponseFuture, WsResponse, WsResponseFuture, called,
};
use crate::message::{IntoResponse, NeededValue, Request, Response};

/// `true` if the closures of generated code describe their routes. Any other closure would call its
/// function instead. The feature turns descriptions on in the macro, too.
const DESCRIBES: bool = cfg!(feature = "schema");

/// The handler of a route, for one protocol or for both.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub(super) http: Option<BoxHttpHandler>,
    pub(super) ws: Option<BoxWsHandler>,
    /// The application that both belong to, if it is mounted. Its routes are part of the table.
    pub(super) mounted: Option<PolyHandler>,
    /// The filters before it, including those around a mounted application.
    pub(super) filters: FilterNames,
    /// The path parameters that its `_` arguments require.
    pub(super) reads: Vec<&'static str>,
    /// The values of filters that its `_` arguments need.
    pub(super) needs: Vec<NeededValue>,
    /// The description of its types.
    pub(super) described: Described,
}

impl Endpoint {
    pub(super) fn both(http: BoxHttpHandler, ws: BoxWsHandler) -> Self {
        Self::of(Some(http), Some(ws))
    }

    fn http(handler: BoxHttpHandler) -> Self {
        Self::of(Some(handler), None)
    }

    fn ws(handler: BoxWsHandler) -> Self {
        Self::of(None, Some(handler))
    }

    fn of(http: Option<BoxHttpHandler>, ws: Option<BoxWsHandler>) -> Self {
        Self {
            http,
            ws,
            mounted: None,
            filters: FilterNames::default(),
            reads: Vec::new(),
            needs: Vec::new(),
            described: Described::default(),
        }
    }

    /// Returns the endpoint of a call, whose closure describes its route if [`DESCRIBES`].
    fn of_http_call(call: Arc<dyn ErasedHttpHandler>) -> Self {
        let handler = BoxHttpHandler::erased(call);
        let mut endpoint = Self::http(handler.clone());
        if DESCRIBES {
            endpoint.described.add(move |route| handler.describe(route));
        }
        endpoint
    }

    /// Returns the endpoint of a ws call, whose closure describes its route if [`DESCRIBES`].
    fn of_ws_call(call: Arc<dyn ErasedWsHandler>) -> Self {
        let handler = BoxWsHandler::erased(call);
        let mut endpoint = Self::ws(handler.clone());
        if DESCRIBES {
            endpoint.described.add(move |route| handler.describe(route));
        }
        endpoint
    }

    /// Puts `filter` before this endpoint.
    #[must_use]
    pub fn with(mut self, filter: &BoxPolyFilter) -> Self {
        filter.put_before(&mut self.http, &mut self.ws, &mut self.filters);
        self
    }
}

/// The endpoints of a table, in the order of its routes.
#[derive(Debug, Default)]
pub struct Endpoints(pub(super) Vec<Endpoint>);

impl Endpoints {
    /// Creates an empty list.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the endpoints of the next routes.
    pub fn add<const N: usize>(&mut self, endpoints: [Endpoint; N]) {
        self.0.extend(endpoints);
    }

    /// Puts `filter` before some routes, outside of the filters that they already have.
    pub fn with(&mut self, routes: Range<usize>, filter: &BoxPolyFilter) {
        for end in self.0.get_mut(routes).into_iter().flatten() {
            *end = end.clone().with(filter);
        }
    }
}

/// Returns the endpoint of a handler value for HTTP.
pub fn http_handler<M>(handler: impl IntoHttpHandler<M>) -> Endpoint {
    Endpoint::http(handler.into_http_handler())
}

/// Returns the endpoint of a handler value for WebSockets.
pub fn ws_handler<M, H: IntoWsHandler<M>>(handler: H) -> Endpoint {
    let mut endpoint = Endpoint::ws(handler.into_ws_handler());
    let describe: fn(&mut RouteDescription) = H::describe;
    endpoint.described.add(describe);
    endpoint
}

/// Returns the endpoint of a function over a stream of events.
pub fn sse_handler<M, H: IntoSseHandler<M>>(handler: H) -> Endpoint {
    let mut endpoint = Endpoint::http(handler.into_sse_handler());
    let describe: fn(&mut RouteDescription) = H::describe;
    endpoint.described.add(describe);
    endpoint
}

/// Returns the endpoint of another application, which matches the rest of the path.
pub fn mount(app: PolyHandler) -> Endpoint {
    Endpoint {
        filters: app.filters().clone(),
        mounted: Some(app.clone()),
        ..Endpoint::both(app.http().clone(), app.ws().clone())
    }
}

/// Returns the endpoint of an HTTP call: a function of the route's captured values and the request.
pub fn http<C>(captured: C, call: for<'a> fn(&'a C, Call) -> CallResult<'a>) -> Endpoint
where
    C: Send + Sync + 'static,
{
    http_closure(captured, call)
}

/// Returns the same endpoint for a closure with captures of its own.
pub fn http_closure<C, F>(captured: C, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    F: for<'a> Fn(&'a C, Call) -> CallResult<'a> + Send + Sync + 'static,
{
    Endpoint::of_http_call(Arc::new(Called { captured, call }))
}

/// Returns the endpoint of a WebSocket call.
pub fn ws<C>(captured: C, call: for<'a> fn(&'a C, Call) -> WsCallResult<'a>) -> Endpoint
where
    C: Send + Sync + 'static,
{
    ws_closure(captured, call)
}

/// Returns the same endpoint for a closure with captures of its own.
pub fn ws_closure<C, F>(captured: C, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    F: for<'a> Fn(&'a C, Call) -> WsCallResult<'a> + Send + Sync + 'static,
{
    Endpoint::of_ws_call(Arc::new(Called { captured, call }))
}

/// Returns an endpoint with what its arguments require.
fn reading<A: ReadArguments>(mut endpoint: Endpoint) -> Endpoint {
    A::add_params(&mut endpoint.reads);
    A::add_needs(&mut endpoint.needs);
    endpoint
}

/// Returns the endpoint of an HTTP call with `_` arguments of the types `A`.
pub fn http_extracting<C, A, F>(captured: C, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    A: ReadArguments,
    F: for<'a> Fn(&'a C, Call, A) -> CallResult<'a> + Send + Sync + 'static,
{
    reading::<A>(http_closure(captured, move |captured, received| {
        call(captured, received, A::ARGUMENTS)
    }))
}

/// Returns the endpoint of a WebSocket call with `_` arguments of the types `A`.
pub fn ws_extracting<C, A, F>(captured: C, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    A: ReadArguments,
    F: for<'a> Fn(&'a C, Call, A) -> WsCallResult<'a> + Send + Sync + 'static,
{
    reading::<A>(ws_closure(captured, move |captured, received| {
        call(captured, received, A::ARGUMENTS)
    }))
}

struct Called<C, F> {
    captured: C,
    call: F,
}

impl<C, F> fmt::Debug for Called<C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Called")
    }
}

impl<C, F> ErasedHttpHandler for Called<C, F>
where
    C: Send + Sync,
    F: for<'a> Fn(&'a C, Call) -> CallResult<'a> + Send + Sync,
{
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        match called(|| (self.call)(&self.captured, call)) {
            Ok(Ok(response)) => response,
            Ok(Err(rejection)) => Box::pin(future::ready(rejection.into_response())),
            Err(panic) => Box::pin(future::ready(Response::after_panic(panic))),
        }
    }

    fn describe(&self, route: &mut RouteDescription) {
        Description::by(route, |call| {
            // A closure that lends something to its function describes itself in a future.
            if let Ok(described) = (self.call)(&self.captured, call) {
                described.now_or_never();
            }
        });
    }
}

impl<C, F> ErasedWsHandler for Called<C, F>
where
    C: Send + Sync,
    F: for<'a> Fn(&'a C, Call) -> WsCallResult<'a> + Send + Sync,
{
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        match called(|| (self.call)(&self.captured, call)) {
            Ok(Ok(response)) => response,
            Ok(Err(rejection)) => Box::pin(future::ready(rejection.into_ws_response())),
            Err(panic) => Box::pin(future::ready(WsResponse::after_panic(panic))),
        }
    }

    fn describe(&self, route: &mut RouteDescription) {
        Description::by(route, |call| {
            if let Ok(described) = (self.call)(&self.captured, call) {
                described.now_or_never();
            }
        });
    }
}

/// A value that belongs to the route. Each call borrows it or takes a copy.
///
/// It is `Send` and `Sync` for every `T`. The bounds on `T` are checked as the value is
/// captured, so that the compiler reports a missing one at that argument only.
pub struct Captured<T>(Box<dyn Kept<T>>);

/// A value whose bounds were checked when it was captured.
trait Kept<T>: Send + Sync {
    fn kept(&self) -> &T;
    fn copy(&self) -> T;
}

impl<T: Clone + Send + Sync> Kept<T> for T {
    fn kept(&self) -> &T {
        self
    }

    fn copy(&self) -> T {
        self.clone()
    }
}

impl<T> Deref for Captured<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.kept()
    }
}

impl<T> fmt::Debug for Captured<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Captured")
    }
}

/// Captures a copy of a borrowed value.
pub fn captured<T: Clone + Send + Sync + 'static>(value: &T) -> Captured<T> {
    evaluated(value.clone())
}

/// Captures a value that was created for the route.
pub fn evaluated<T: Clone + Send + Sync + 'static>(value: T) -> Captured<T> {
    Captured(Box::new(value))
}

/// Returns a copy for one call.
pub fn copied<T>(captured: &Captured<T>) -> T {
    captured.0.copy()
}

/// A value that is passed as itself or as its target: `Arc<dyn Store>` as `dyn Store`.
///
/// `Via` distinguishes the two. It is inferred from the type of the function's parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed as `{To}`",
    label = "the function takes neither a reference to this nor to its target",
    note = "write `&*store` for the target of an `Arc` or a `Box`"
)]
pub trait Lent<To: ?Sized, Via> {
    /// Borrows the value.
    fn lent(&self) -> &To;
}

/// A marker for a value that is passed as itself.
#[derive(Debug)]
pub enum Direct {}

/// A marker for a value that is passed as its target.
#[derive(Debug)]
pub enum Behind {}

impl<T: ?Sized> Lent<T, Direct> for T {
    fn lent(&self) -> &T {
        self
    }
}

impl<T: Deref<Target = To>, To: ?Sized> Lent<To, Behind> for T {
    fn lent(&self) -> &To {
        self
    }
}

/// Borrows `value` as the type that the function takes.
pub fn lent<T: Lent<To, Via>, To: ?Sized, Via>(value: &T) -> &To {
    value.lent()
}

#[cfg(all(test, not(feature = "schema")))]
mod tests {
    use crate::describe::RouteDescription;

    #[test]
    fn a_closure_without_a_description_is_not_called() {
        let called = super::http((), |(), _| panic!("it would call the function"));
        let mut route = RouteDescription::default();
        called.described.describe(&mut route);
        let accepted = super::ws((), |(), _| panic!("it would call the function"));
        accepted.described.describe(&mut route);
        assert!(route.responses.is_empty() && route.receives.is_none());
    }
}
