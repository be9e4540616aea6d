//! The handlers of generated calls, which read the arguments of a route and call its closure.

use std::future::Future;
use std::sync::Arc;

use super::captured::Copies;
use super::endpoint::Endpoint;
use crate::describe::RouteDescription;
use crate::handler::arguments::Arguments;
use crate::handler::given;
use crate::handler::reading::ReadArguments;
use crate::handler::{
    AfterPanic, BoxHttpHandler, BoxWsHandler, Call, ErasedHttpHandler, ErasedWsHandler,
    IntoWsResponse, ResponseFuture, WsResponse, WsResponseFuture, called,
};
use crate::message::{IntoResponse, Rejection, Request, Response};

/// A request with the values of the arguments that are read from it. In its place, a call that must
/// describe its response is given `None`.
pub(super) type Received<Values> = Option<(Call, Values)>;

/// A route whose arguments are read at once.
struct Called<C, A, F> {
    captured: C,
    arguments: A,
    call: F,
}

/// A route that waits for `_` arguments.
struct Waiting<C, A, E, F> {
    captured: C,
    arguments: A,
    extracted: E,
    call: F,
}

/// A route that waits for `_` arguments, and then for the future of its call.
///
/// One future waits for both, so it is compiled for each route, and nothing else is.
pub(super) struct Reading<C, A, E> {
    captured: C,
    arguments: A,
    extracted: E,
    call: Box<dyn ReadingCall<C, A, E>>,
}

/// The call of a [`Reading`] route, without its type.
pub(super) trait ReadingCall<C, A, E>: Send + Sync {
    fn routed<'a>(&'a self, route: &'a Reading<C, A, E>, call: Call) -> ResponseFuture<'a>;
}

impl<C, A, F> ErasedHttpHandler for Called<C, A, F>
where
    C: Send + Sync,
    A: Arguments,
    F: for<'a> Fn(&'a C, Received<A::Values>) -> ResponseFuture<'a> + Send + Sync,
{
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, mut call: Call) -> ResponseFuture<'_> {
        let started = called(|| match self.arguments.parse(&mut call) {
            Ok(values) => (self.call)(&self.captured, Some((call, values))),
            Err(rejection) => at_once(rejection.into_response()),
        });
        started.unwrap_or_else(|panic| at_once(Response::after_panic(panic)))
    }

    fn describe(&self, route: &mut RouteDescription) {
        given::describe((self.call)(&self.captured, None), route);
    }
}

impl<C, A, F> ErasedWsHandler for Called<C, A, F>
where
    C: Send + Sync,
    A: Arguments,
    F: for<'a> Fn(&'a C, (Call, A::Values)) -> WsResponseFuture<'a> + Send + Sync,
{
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, mut call: Call) -> WsResponseFuture<'_> {
        let started = called(|| match self.arguments.parse(&mut call) {
            Ok(values) => (self.call)(&self.captured, (call, values)),
            Err(rejection) => ws_at_once(rejection.into_ws_response()),
        });
        started.unwrap_or_else(|panic| ws_at_once(WsResponse::after_panic(panic)))
    }
}

impl<C, A, E, F> ErasedHttpHandler for Waiting<C, A, E, F>
where
    C: Send + Sync,
    A: Arguments<Values: Send>,
    E: ReadArguments,
    F: for<'a> Fn(&'a C, Received<(A::Values, E::Values)>) -> ResponseFuture<'a> + Send + Sync,
{
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, mut call: Call) -> ResponseFuture<'_> {
        let values = match parsed(&self.arguments, &mut call, IntoResponse::into_response) {
            Ok(values) => values,
            Err(response) => return at_once(response),
        };
        ResponseFuture::new(async move {
            let response = match self.extracted.read(&mut call).await {
                Ok(read) => (self.call)(&self.captured, Some((call, (values, read)))),
                Err(rejection) => return rejection.into_response(),
            };
            response.await
        })
    }

    fn describe(&self, route: &mut RouteDescription) {
        given::describe((self.call)(&self.captured, None), route);
    }
}

impl<C, A, E, F> ErasedWsHandler for Waiting<C, A, E, F>
where
    C: Send + Sync,
    A: Arguments<Values: Send>,
    E: ReadArguments,
    F: for<'a> Fn(&'a C, (Call, (A::Values, E::Values))) -> WsResponseFuture<'a> + Send + Sync,
{
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, mut call: Call) -> WsResponseFuture<'_> {
        let values = match parsed(&self.arguments, &mut call, IntoWsResponse::into_ws_response) {
            Ok(values) => values,
            Err(response) => return ws_at_once(response),
        };
        WsResponseFuture::new(async move {
            let response = match self.extracted.read(&mut call).await {
                Ok(read) => (self.call)(&self.captured, (call, (values, read))),
                Err(rejection) => return rejection.into_ws_response(),
            };
            response.await
        })
    }
}

impl<C, A, E> ErasedHttpHandler for Reading<C, A, E>
where
    C: Copies,
    A: Arguments<Values: Send>,
    E: ReadArguments,
{
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        self.call.routed(self, call)
    }
}

impl<C, A, E, F, T> ReadingCall<C, A, E> for F
where
    C: Copies,
    A: Arguments<Values: Send>,
    E: ReadArguments,
    F: Fn(C::Own, A::Values, E::Values) -> T + Send + Sync,
    T: Future<Output: IntoResponse> + Send,
{
    fn routed<'a>(&'a self, route: &'a Reading<C, A, E>, mut call: Call) -> ResponseFuture<'a> {
        let values = match parsed(&route.arguments, &mut call, IntoResponse::into_response) {
            Ok(values) => values,
            Err(response) => return at_once(response),
        };
        ResponseFuture::boxed(Box::new(async move {
            let response = match route.extracted.read(&mut call).await {
                Ok(read) => self(route.captured.copies(), values, read),
                Err(rejection) => return rejection.into_response(),
            };
            response.await.into_response()
        }))
    }
}

/// Reads the arguments that are read at once.
///
/// The guard is compiled for each kind of arguments, and not for each route.
///
/// # Errors
///
/// Returns the response to a request without them, which `refuse` builds.
fn parsed<A: Arguments, R: AfterPanic>(
    arguments: &A,
    call: &mut Call,
    refuse: fn(Rejection) -> R,
) -> Result<A::Values, R> {
    match called(|| arguments.parse(call)) {
        Ok(values) => values.map_err(refuse),
        Err(panic) => Err(R::after_panic(panic)),
    }
}

pub(super) fn at_once<'a>(response: Response) -> ResponseFuture<'a> {
    ResponseFuture::ready(response)
}

pub(super) fn ws_at_once<'a>(response: WsResponse) -> WsResponseFuture<'a> {
    WsResponseFuture::ready(response)
}

/// Returns the endpoint of an HTTP call, which describes itself by its closure.
pub(super) fn of_http<C, A, F>(captured: C, arguments: A, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments,
    F: for<'a> Fn(&'a C, Received<A::Values>) -> ResponseFuture<'a> + Send + Sync + 'static,
{
    let called = Called {
        captured,
        arguments,
        call,
    };
    Endpoint::http(BoxHttpHandler::erased(Arc::new(called))).tested_by(arguments)
}

pub(super) fn of_ws<C, A, F>(captured: C, arguments: A, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments,
    F: for<'a> Fn(&'a C, (Call, A::Values)) -> WsResponseFuture<'a> + Send + Sync + 'static,
{
    let called = Called {
        captured,
        arguments,
        call,
    };
    Endpoint::ws(BoxWsHandler::erased(Arc::new(called))).tested_by(arguments)
}

pub(super) fn of_waiting_http<C, A, E, F>(
    captured: C,
    arguments: A,
    extracted: E,
    call: F,
) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments<Values: Send>,
    E: ReadArguments,
    F: for<'a> Fn(&'a C, Received<(A::Values, E::Values)>) -> ResponseFuture<'a>
        + Send
        + Sync
        + 'static,
{
    let waiting = Waiting {
        captured,
        arguments,
        extracted,
        call,
    };
    reading::<E>(Endpoint::http(BoxHttpHandler::erased(Arc::new(waiting))).tested_by(arguments))
}

pub(super) fn of_waiting_ws<C, A, E, F>(
    captured: C,
    arguments: A,
    extracted: E,
    call: F,
) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments<Values: Send>,
    E: ReadArguments,
    F: for<'a> Fn(&'a C, (Call, (A::Values, E::Values))) -> WsResponseFuture<'a>
        + Send
        + Sync
        + 'static,
{
    let waiting = Waiting {
        captured,
        arguments,
        extracted,
        call,
    };
    reading::<E>(Endpoint::ws(BoxWsHandler::erased(Arc::new(waiting))).tested_by(arguments))
}

pub(super) fn of_reading_http<C, A, E>(
    captured: C,
    arguments: A,
    extracted: E,
    call: Box<dyn ReadingCall<C, A, E>>,
) -> Endpoint
where
    C: Copies,
    A: Arguments<Values: Send>,
    E: ReadArguments,
{
    let route = Reading {
        captured,
        arguments,
        extracted,
        call,
    };
    reading::<E>(Endpoint::http(BoxHttpHandler::erased(Arc::new(route))).tested_by(arguments))
}

/// Returns an endpoint with what its `_` arguments require.
fn reading<E: ReadArguments>(mut endpoint: Endpoint) -> Endpoint {
    E::add_params(&mut endpoint.reads);
    E::add_needs(&mut endpoint.needs);
    E::add_checks(&mut endpoint.checks);
    endpoint
}

/// Returns the response to a call that is not described by its closure.
pub(super) fn received<'a, Values>(
    received: Received<Values>,
    respond: impl FnOnce(Call, Values) -> ResponseFuture<'a>,
) -> ResponseFuture<'a> {
    match received {
        Some((call, values)) => respond(call, values),
        None => at_once(Response::default()),
    }
}
