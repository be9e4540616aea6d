//! The steps of a call that also describes its route: those of [`generated`](super::generated).
//! The compiler infers the type of a witness from them.
#![allow(missing_docs)]

use super::call::{Call, CallResult, WsCallResult};
use super::generated;
use super::respond::{IntoConsumed, IntoStreamed, Respond};
use super::ws_response::WsResponse;
use crate::describe::probe::Witness;
use crate::lens::Message;
use crate::message::{IntoResponse, Rejection, Response};
use crate::session::{IntoWsResult, WebSocket};
use crate::sse::{IntoSseEvent, IntoSseResult, Sse};

impl<Output> Witness<Output> {
    /// Returns the path parameter that was read, whose type is the witness's.
    ///
    /// # Errors
    ///
    /// Returns the rejection of the parameter.
    pub fn of(self, read: Result<Output, Rejection>) -> Result<Output, Rejection> {
        read
    }

    /// Responds as [`generated::respond`] does.
    pub fn respond<'a, W, T>(self, value: T) -> CallResult<'a>
    where
        T: Respond<W, Output: IntoResponse, Future: Send + 'a> + Respond<W, Output = Output>,
    {
        generated::respond(value)
    }

    /// Returns a future as [`generated::returned`] does.
    pub fn returned<'a, W, T>(self, value: T) -> T::Future
    where
        T: Respond<W, Output: IntoResponse, Future: Send + 'a> + Respond<W, Output = Output>,
    {
        generated::returned(value)
    }

    /// Converts a value as [`generated::response`] does.
    pub fn response(self, value: Output) -> Result<Response, Rejection>
    where
        Output: IntoResponse,
    {
        generated::response(value)
    }

    /// Responds as [`generated::stream`] does.
    pub fn stream<W, F, T>(self, call: Call, consumer: F) -> CallResult<'static>
    where
        Output: IntoSseEvent,
        F: FnOnce(Sse<Output>) -> T + Send + 'static,
        T: IntoStreamed<W, Output: IntoSseResult, Future: Send>,
    {
        generated::stream(call, consumer)
    }

    /// Responds as [`generated::streamed`] does.
    pub fn streamed<W, F, T>(self, call: Call, consumer: F) -> Result<Response, Rejection>
    where
        Output: IntoSseEvent,
        F: FnOnce(Sse<Output>) -> T + Send + 'static,
        T: IntoStreamed<W, Output: IntoSseResult, Future: Send>,
    {
        generated::streamed(call, consumer)
    }
}

impl<In: Message, Out: Message> Witness<(In, Out)> {
    /// Accepts the upgrade as [`generated::accept`] does.
    pub fn accept<W, F, T>(self, call: Call, consumer: F) -> WsCallResult<'static>
    where
        F: FnOnce(WebSocket<In, Out>) -> T + Send + 'static,
        T: IntoConsumed<W, Output: IntoWsResult, Future: Send>,
    {
        generated::accept(call, consumer)
    }

    /// Accepts the upgrade as [`generated::accepted`] does.
    pub fn accepted<W, F, T>(self, call: Call, consumer: F) -> Result<WsResponse, Rejection>
    where
        F: FnOnce(WebSocket<In, Out>) -> T + Send + 'static,
        T: IntoConsumed<W, Output: IntoWsResult, Future: Send>,
    {
        generated::accepted(call, consumer)
    }
}
