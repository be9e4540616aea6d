//! What is logged of a socket: with feature `tracing` in a span of its own, else in lines of `log`.

use super::metrics::Traffic;
use crate::message::WsStatus;
#[cfg(not(feature = "tracing"))]
use crate::message::printable;
#[cfg(feature = "tracing")]
use crate::message::printable_text;

/// The log of one socket.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
    #[cfg(not(feature = "tracing"))]
    id: u64,
}

#[cfg(feature = "tracing")]
impl Trace {
    /// The log of the socket `id`, open at `path`, which the route `route` matched.
    pub(super) fn opened(id: u64, path: &str, route: Option<&str>) -> Self {
        let path = &*printable_text(path);
        let span = tracing::info_span!("websocket", id, path, route);
        tracing::debug!(parent: &span, "open");
        Self { span }
    }

    /// Runs `work` inside the span: what the consumer and the callbacks log belongs to their socket.
    pub(super) fn within<R>(&self, work: impl FnOnce() -> R) -> R {
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
    pub(super) fn opened(id: u64, path: &str, _route: Option<&str>) -> Self {
        log::debug!("socket {id} is open at {}", printable(path));
        Self { id }
    }

    pub(super) fn within<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }

    pub(super) fn failed(&self, status: &WsStatus) {
        log::debug!("socket {} fails: {status}", self.id);
    }

    pub(super) fn closed(&self, status: &WsStatus, traffic: &Traffic) {
        log::debug!("socket {} is over: {status}, {traffic:?}", self.id);
    }
}
