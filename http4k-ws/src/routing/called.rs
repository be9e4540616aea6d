//! The endpoints of calls: closures of generated code, with what they are called with.
//!
//! 1. The library copies the captured values, reads the arguments and calls the closure, which only
//!    calls the function and wraps the result. So little is checked for each route.
//! 2. A closure that borrows captured values is one over a reference to them (`..lent`).
//! 3. `_` arguments are waited for (`..reading`).
//! 4. The type of a response, or the types over a socket or a stream, are known outside of the
//!    closure ([`Inferred`]), where they are described. A response that may borrow is described by
//!    its closure (`..given`).
#![allow(missing_docs)]

use std::future::Future;

use super::captured::Copies;
use super::endpoint::Endpoint;
use super::erased::{
    Received, at_once, of_http, of_reading_http, of_waiting_http, of_waiting_ws, of_ws, received,
    ws_at_once,
};
use crate::describe::probe::{Witness, witness};
use crate::handler::arguments::Arguments;
use crate::handler::generated::Returned;
use crate::handler::reading::ReadArguments;
use crate::handler::stream::respond_with_stream;
use crate::handler::{IntoConsumed, IntoStreamed, WsConsumer, WsResponseFuture};
use crate::lens::Message;
use crate::message::IntoResponse;
use crate::session::{IntoWsResult, WebSocket};
use crate::sse::{IntoSseEvent, IntoSseResult, Sse};

/// An endpoint, and the type by which it is described.
#[derive(Debug)]
pub struct Inferred<T>(pub Endpoint, pub Witness<T>);

/// Returns the endpoint of a call that owns its arguments.
pub fn http<C, A, Output>(
    captured: C,
    arguments: A,
    call: fn(C::Own, A::Values) -> Returned<'static, Output>,
) -> Inferred<Output>
where
    C: Copies,
    A: Arguments,
    Output: 'static,
{
    let endpoint = of_http(captured, arguments, move |captured, given| {
        received(given, |_, values| call(captured.copies(), values).future)
    });
    Inferred(endpoint, witness())
}

/// Returns the endpoint of a call that owns its arguments, some of which are read from the request.
pub fn http_reading<C, A, E, F, T>(
    captured: C,
    arguments: A,
    extracted: E,
    call: F,
) -> Inferred<T::Output>
where
    C: Copies,
    A: Arguments<Values: Send>,
    E: ReadArguments,
    F: Fn(C::Own, A::Values, E::Values) -> T + Send + Sync + 'static,
    T: Future<Output: IntoResponse> + Send + 'static,
{
    let endpoint = of_reading_http(captured, arguments, extracted, Box::new(call));
    Inferred(endpoint, witness())
}

/// Returns the endpoint of a call that borrows captured values, or that has values of its own.
pub fn http_lent<C, A, F>(captured: C, arguments: A, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments,
    F: for<'a> Fn(&'a C, A::Values) -> Returned<'a> + Send + Sync + 'static,
{
    of_http(captured, arguments, move |captured, given| {
        received(given, |_, values| call(captured, values).future)
    })
}

/// Returns the endpoint of such a call, with arguments that are read from the request.
pub fn http_lent_reading<C, A, E, F>(captured: C, arguments: A, extracted: E, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments<Values: Send>,
    E: ReadArguments,
    F: for<'a> Fn(&'a C, A::Values, E::Values) -> Returned<'a> + Send + Sync + 'static,
{
    of_waiting_http(captured, arguments, extracted, move |captured, given| {
        received(given, |_, (values, read)| {
            call(captured, values, read).future
        })
    })
}

/// Returns the endpoint of a call that owns what it lends, and describes its response itself.
pub fn http_given<C, A>(
    captured: C,
    arguments: A,
    call: fn(C::Own, Option<A::Values>) -> Returned<'static>,
) -> Endpoint
where
    C: Copies,
    A: Arguments,
{
    self_described(of_http(captured, arguments, move |captured, given| {
        call(captured.copies(), values(given)).future
    }))
}

/// Returns the endpoint of a call that borrows, and describes its response itself.
pub fn http_lent_given<C, A, F>(captured: C, arguments: A, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments,
    F: for<'a> Fn(&'a C, Option<A::Values>) -> Returned<'a> + Send + Sync + 'static,
{
    self_described(of_http(captured, arguments, move |captured, given| {
        call(captured, values(given)).future
    }))
}

/// Returns the endpoint of such a call, with arguments that are read from the request.
pub fn http_lent_given_reading<C, A, E, F>(
    captured: C,
    arguments: A,
    extracted: E,
    call: F,
) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments<Values: Send>,
    E: ReadArguments,
    F: for<'a> Fn(&'a C, Option<(A::Values, E::Values)>) -> Returned<'a> + Send + Sync + 'static,
{
    let endpoint = of_waiting_http(captured, arguments, extracted, move |captured, given| {
        call(captured, values(given)).future
    });
    self_described(endpoint)
}

fn values<Values>(given: Received<Values>) -> Option<Values> {
    given.map(|(_, values)| values)
}

fn self_described(mut endpoint: Endpoint) -> Endpoint {
    if let Some(handler) = endpoint.http.clone() {
        endpoint.described.add(move |route| handler.describe(route));
    }
    endpoint
}

/// Returns the endpoint of a ws route without its socket.
pub fn opening<C, A, F>(captured: C, arguments: A, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments,
    F: for<'a> Fn(&'a C, A::Values) -> WsResponseFuture<'a> + Send + Sync + 'static,
{
    of_ws(captured, arguments, move |captured, (_, values)| {
        call(captured, values)
    })
}

/// Returns the endpoint of such a route, with arguments that are read from the request.
pub fn opening_reading<C, A, E, F>(captured: C, arguments: A, extracted: E, call: F) -> Endpoint
where
    C: Send + Sync + 'static,
    A: Arguments<Values: Send>,
    E: ReadArguments,
    F: for<'a> Fn(&'a C, A::Values, E::Values) -> WsResponseFuture<'a> + Send + Sync + 'static,
{
    of_waiting_ws(
        captured,
        arguments,
        extracted,
        move |captured, (_, (values, read))| call(captured, values, read),
    )
}

/// Returns the endpoint of a function over a socket.
pub fn ws<C, A, F, In, Out, W, T>(captured: C, arguments: A, call: F) -> Inferred<(In, Out)>
where
    C: Copies<Own: Send>,
    A: Arguments<Values: Send + 'static>,
    F: Fn(C::Own, A::Values, WebSocket<In, Out>) -> T + Copy + Send + Sync + 'static,
    In: Message,
    Out: Message,
    T: IntoConsumed<W, Output: IntoWsResult, Future: Send>,
{
    let endpoint = of_ws(captured, arguments, move |captured, (received, values)| {
        let own = captured.copies();
        let consumer = WsConsumer::new(move |ws| call(own, values, ws));
        ws_at_once(received.accept(consumer))
    });
    Inferred(endpoint, witness())
}

/// Returns the endpoint of such a function, with arguments that are read from the request.
pub fn ws_reading<C, A, E, F, In, Out, W, T>(
    captured: C,
    arguments: A,
    extracted: E,
    call: F,
) -> Inferred<(In, Out)>
where
    C: Copies<Own: Send>,
    A: Arguments<Values: Send + 'static>,
    E: ReadArguments<Values: Send + 'static>,
    F: Fn(C::Own, A::Values, E::Values, WebSocket<In, Out>) -> T + Copy + Send + Sync + 'static,
    In: Message,
    Out: Message,
    T: IntoConsumed<W, Output: IntoWsResult, Future: Send>,
{
    let endpoint = of_waiting_ws(
        captured,
        arguments,
        extracted,
        move |captured, (received, all)| {
            let ((values, read), own) = (all, captured.copies());
            let consumer = WsConsumer::new(move |ws| call(own, values, read, ws));
            ws_at_once(received.accept(consumer))
        },
    );
    Inferred(endpoint, witness())
}

/// Returns the endpoint of a function over a stream of events.
pub fn sse<C, A, F, Out, W, T>(captured: C, arguments: A, call: F) -> Inferred<Out>
where
    C: Copies<Own: Send>,
    A: Arguments<Values: Send + 'static>,
    F: Fn(C::Own, A::Values, Sse<Out>) -> T + Copy + Send + Sync + 'static,
    Out: IntoSseEvent,
    T: IntoStreamed<W, Output: IntoSseResult, Future: Send>,
{
    let endpoint = of_http(captured, arguments, move |captured, given| {
        received(given, |received, values| {
            let own = captured.copies();
            at_once(respond_with_stream(received.into_request(), move |sse| {
                call(own, values, sse)
            }))
        })
    });
    Inferred(endpoint, witness())
}

/// Returns the endpoint of such a function, with arguments that are read from the request.
pub fn sse_reading<C, A, E, F, Out, W, T>(
    captured: C,
    arguments: A,
    extracted: E,
    call: F,
) -> Inferred<Out>
where
    C: Copies<Own: Send>,
    A: Arguments<Values: Send + 'static>,
    E: ReadArguments<Values: Send + 'static>,
    F: Fn(C::Own, A::Values, E::Values, Sse<Out>) -> T + Copy + Send + Sync + 'static,
    Out: IntoSseEvent,
    T: IntoStreamed<W, Output: IntoSseResult, Future: Send>,
{
    let endpoint = of_waiting_http(captured, arguments, extracted, move |captured, given| {
        received(given, |received, (values, read)| {
            let own = captured.copies();
            at_once(respond_with_stream(received.into_request(), move |sse| {
                call(own, values, read, sse)
            }))
        })
    });
    Inferred(endpoint, witness())
}
