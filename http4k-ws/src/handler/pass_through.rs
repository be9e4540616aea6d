//! Handlers that open a socket themselves, with hyper's handle of the upgrade.
//!
//! Services of other frameworks do so: they return 101 and take the connection from hyper.
//!
//! 1. A server that can give its connection away offers the handle in the extensions of the opening
//!    handshake. Only HTTP/1.1 can.
//! 2. A 101 counts only if the handle was taken. Its response is marked, and travels through
//!    filters as a refusal does. The server sends it as it is.
//! 3. Only hyper has such a handle. Once an application has a handler that may take it, each
//!    opening handshake goes through hyper.
//! 4. The handle never reaches the request of a socket of our own.

use std::sync::atomic::{AtomicBool, Ordering};

use http::{Request, StatusCode};
use hyper::upgrade::OnUpgrade;

use super::ws_response::WsResponse;
use crate::message::{Body, Response};

/// The handle of an upgrade, in the extensions of an opening handshake.
#[derive(Debug, Clone)]
pub(crate) struct UpgradeHandle(OnUpgrade);

/// Marks the 101 of a handler that took the handle.
#[derive(Debug, Clone, Copy)]
struct PassedThrough;

/// A handler exists that may take a handle.
static WANTED: AtomicBool = AtomicBool::new(false);

impl UpgradeHandle {
    /// Declares that a handler of this process may take a handle.
    pub(crate) fn want() {
        WANTED.store(true, Ordering::Relaxed);
    }

    /// Returns `true` once a handler of this process may take a handle.
    pub(crate) fn is_wanted() -> bool {
        WANTED.load(Ordering::Relaxed)
    }

    /// Offers the connection of `request` to its handler.
    pub(crate) fn offer<B>(request: &mut Request<B>, upgrade: OnUpgrade) {
        request.extensions_mut().insert(Self(upgrade));
    }

    /// Takes the handle. Returns `None` if the connection cannot be given away.
    pub(crate) fn take<B>(request: &mut Request<B>) -> Option<OnUpgrade> {
        request
            .extensions_mut()
            .remove::<Self>()
            .map(|Self(upgrade)| upgrade)
    }
}

/// Marks the 101 of a handler that took the handle of the upgrade.
pub(crate) fn passed_through(response: Response) -> WsResponse {
    let mut response = response.map(|_| Body::empty());
    response.extensions_mut().insert(PassedThrough);
    WsResponse::refuse(response)
}

/// Returns `true` for the 101 of a handler that took the handle.
pub(crate) fn is_passed_through<B>(response: &http::Response<B>) -> bool {
    response.status() == StatusCode::SWITCHING_PROTOCOLS
        && response.extensions().get::<PassedThrough>().is_some()
}
