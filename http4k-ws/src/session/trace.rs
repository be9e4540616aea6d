//! The log of one socket: a span with the feature `tracing`, and otherwise lines of `log`.

use super::metrics::Traffic;
use super::transport::Handshake;
#[cfg(not(feature = "tracing"))]
use crate::message::printable;
#[cfg(feature = "tracing")]
use crate::message::printable_text;
use crate::message::{KeptRequest, WsStatus};

/// The log of one socket, which is cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
    #[cfg(not(feature = "tracing"))]
    id: u64,
}

#[cfg(feature = "tracing")]
impl Trace {
    /// Creates the span of the socket `id` at `path`, which `route` matched.
    pub(super) fn new(id: u64, handshake: &Handshake) -> Self {
        let path = &*printable_text(handshake.request.path());
        let route = handshake.route.as_deref();
        let (request_id, trace_id) = (tracing::field::Empty, tracing::field::Empty);
        let span = tracing::info_span!("websocket", id, path, route, request_id, trace_id);
        Self { span }
    }

    /// Sets a field of the span, which [`new`](Self::new) declares.
    pub(super) fn label(&self, field: &'static str, value: &str) {
        self.span.record(field, value);
    }

    pub(super) fn opened(&self, _request: &KeptRequest) {
        tracing::debug!(parent: &self.span, "open");
    }

    /// Runs `work` inside the span, so that the log lines of consumer and callbacks belong to it.
    pub(crate) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        self.span.in_scope(work)
    }

    pub(super) fn failed(&self, status: &WsStatus) {
        let (code, reason) = (status.code(), &*printable_text(status.reason()));
        tracing::debug!(parent: &self.span, code, reason, "failed");
    }

    pub(super) fn closed(&self, status: &WsStatus, traffic: &Traffic) {
        tracing::debug!(
            parent: &self.span,
            code = status.code(),
            reason = &*printable_text(status.reason()),
            messages_received = traffic.messages_received,
            bytes_received = traffic.bytes_received,
            messages_sent = traffic.messages_sent,
            bytes_sent = traffic.bytes_sent,
            "closed"
        );
    }
}

#[cfg(not(feature = "tracing"))]
impl Trace {
    pub(super) fn new(id: u64, _handshake: &Handshake) -> Self {
        Self { id }
    }

    pub(super) fn label(&self, _field: &'static str, _value: &str) {}

    pub(super) fn opened(&self, request: &KeptRequest) {
        let id = self.id;
        // The path is read from the request only if the line is logged.
        log::debug!("socket {id} is open at {}", printable(request.path()));
    }

    pub(crate) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }

    pub(super) fn failed(&self, status: &WsStatus) {
        log::debug!("socket {} failed: {status}", self.id);
    }

    pub(super) fn closed(&self, status: &WsStatus, traffic: &Traffic) {
        log::debug!("socket {} is closed: {status}, {traffic:?}", self.id);
    }
}
