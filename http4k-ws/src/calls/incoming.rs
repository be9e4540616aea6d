//! A call that a server received, on its way to a variant of the user's enum.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use super::call::{CallArgs, CallHandle, CallInfo};
use super::envelope::{CallId, Outlet};
use super::problem::CallFailure;
use crate::lens::{Failure, Format, LensFailure, LensFailureKind, Location, read_named};
use crate::message::WsMessage;

/// A call that a server received. Generated code reads it.
#[derive(Debug)]
pub struct IncomingCall {
    pub(super) info: &'static CallInfo,
    pub(super) message: WsMessage,
    pub(super) format: Format,
    pub(super) has_args: bool,
    pub(super) outlet: Outlet,
    /// The number of items that the client accepts now. `None` if it sets no window.
    pub(super) credit: Option<Arc<Semaphore>>,
}

impl IncomingCall {
    /// Returns the name of the call, which is one of its set.
    pub fn name(&self) -> &'static str {
        self.info.name()
    }

    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// The failure with the path of the field that failed.
    pub fn args<A: CallArgs>(&self) -> Result<A, CallFailure> {
        #[derive(Deserialize)]
        struct With<A> {
            args: A,
        }
        if !self.has_args {
            return Ok(absent(A::NAME)?);
        }
        let with: With<A> = read_named(self.format, &self.message, A::NAME)?;
        Ok(with.args)
    }

    /// Returns the handle that sends the reply.
    pub fn handle<H: CallHandle>(&self) -> H {
        H::of(self)
    }

    /// Returns the failure of a call that the set lacks. It is not reached, because the names are
    /// compared before.
    pub fn unknown(&self) -> CallFailure {
        format!("the call `{}` lacks a variant", self.name()).into()
    }

    pub(super) fn id(&self) -> CallId {
        self.outlet.id
    }
}

/// Reads arguments that a client left out: no fields, or a unit.
fn absent<A: DeserializeOwned>(name: &'static str) -> Result<A, LensFailure> {
    serde_json::from_str("{}").or_else(|cause| {
        serde_json::from_str("null").map_err(|_| {
            let kind = LensFailureKind::Invalid;
            let failure = Failure::new(kind, Location::Message, name, "a call with arguments");
            failure.with_path("args").with_cause(cause).into()
        })
    })
}
