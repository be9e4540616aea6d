//! The server's side: calls that run at the same time, within the consumer of their socket.
//!
//! One poll repeats these steps:
//!
//! 1. Ended calls leave, and cancelled ones are dropped, so that their places are free.
//! 2. A call that waits for a place starts, if there is one. Otherwise nothing is read.
//! 3. The next message is read.
//!
//! Every call is a future of the consumer. The socket ends them all by ending the consumer.
//!
//! 1. Each message of a client with a readable id has exactly one last message of the server under
//!    that id (`ok`, `end` or `error`), unless it is a cancellation, `more`, or cancelled.
//! 2. If the id of an open call is used again, both calls end with one error: two replies under one
//!    id could not be told apart.
//! 3. A message of the server is queued by the future of its call. A call that waits for queue
//!    space keeps its place, so that a client that does not read is not read either.

use std::collections::HashMap;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::FuturesUnordered;
use http::StatusCode;
use tokio::sync::Semaphore;

use super::call::Calls;
use super::caught::Caught;
use super::config::CallsConfig;
use super::envelope::{CallId, Outlet};
use super::incoming::IncomingCall;
use super::problem::{CallProblem, CallResult};
use super::request::{CallRequest, RequestKind};
use super::work::{respond, send};
use crate::handler::{AfterPanic, called};
use crate::lens::{Format, named_format};
use crate::message::WsStatus;
use crate::session::{WebSocket, WsResult, WsSender};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The largest number of items that a client may accept ahead.
const MAX_WINDOW: usize = 1 << 20;

/// The calls of one socket.
pub(super) struct OpenCalls<'a, C> {
    format: Format,
    sender: WsSender,
    closed: Boxed<'static, WsStatus>,
    socket: WebSocket,
    config: CallsConfig,
    running: FuturesUnordered<Abortable<Boxed<'a, CallId>>>,
    open: HashMap<CallId, Open>,
    /// The number of streams among the open calls.
    streams: usize,
    /// The request that waits for a place.
    waiting: Option<CallRequest<C>>,
}

/// An open call.
struct Open {
    abort: AbortHandle,
    is_stream: bool,
    /// The number of items that the client accepts now. `None` if it sets no window.
    credit: Option<Arc<Semaphore>>,
}

impl<'a, C: Calls> OpenCalls<'a, C> {
    pub(super) fn new(socket: WebSocket, config: CallsConfig) -> Self {
        Self {
            format: named_format(socket.format()),
            sender: socket.sender(),
            closed: Box::pin(socket.closed()),
            socket,
            config,
            running: FuturesUnordered::new(),
            open: HashMap::new(),
            streams: 0,
            waiting: None,
        }
    }

    /// Takes messages and runs calls until the socket is over.
    pub(super) fn poll<F, Fut>(&mut self, cx: &mut Context<'_>, handler: &mut F) -> Poll<WsResult>
    where
        F: FnMut(C) -> Fut,
        Fut: Future<Output = CallResult> + Send + 'a,
    {
        // While nothing is read, only this shows the end of the socket.
        if self.closed.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        loop {
            while let Poll::Ready(Some(ended)) = self.running.poll_next_unpin(cx) {
                if let Ok(id) = ended {
                    self.remove(id);
                }
            }
            let request = match self.waiting.take() {
                Some(request) => request,
                None => match ready!(self.socket.poll_next_unpin(cx)) {
                    None => return Poll::Ready(Ok(())),
                    Some(message) => match CallRequest::read(self.format, message?) {
                        Ok(request) => request,
                        Err(failure) => return Poll::Ready(Err(failure.into())),
                    },
                },
            };
            if self.lacks_place_for(&request) {
                self.waiting = Some(request);
                return Poll::Pending;
            }
            self.take(request, handler);
        }
    }

    /// Returns `true` if `request` needs a place among the calls, and there is none.
    fn lacks_place_for(&self, request: &CallRequest<C>) -> bool {
        let needs_place = match &request.kind {
            RequestKind::Call { info, .. } => !(info.is_stream() && self.has_place_for_stream()),
            // The error is sent like a reply.
            RequestKind::Invalid(_) => true,
            RequestKind::Cancel | RequestKind::More(_) => false,
        };
        // The id of an open call ends that one, and so makes a place.
        let frees = self
            .open
            .get(&request.id)
            .is_some_and(|open| !open.is_stream);
        needs_place && !frees && self.open.len() - self.streams >= self.config.max_calls.max(1)
    }

    fn has_place_for_stream(&self) -> bool {
        self.streams < self.config.max_streams
    }

    fn take<F, Fut>(&mut self, request: CallRequest<C>, handler: &mut F)
    where
        F: FnMut(C) -> Fut,
        Fut: Future<Output = CallResult> + Send + 'a,
    {
        let id = request.id;
        match request.kind {
            RequestKind::Cancel => {
                self.abort(id);
            }
            RequestKind::More(more) => self.accept_more(id, more),
            RequestKind::Invalid(problem) => {
                self.abort(id);
                self.refuse(id, problem);
            }
            RequestKind::Call { .. } if self.abort(id) => {
                let detail = format!(
                    "the id {id} is that of an open call, which ends, too",
                    id = id.0
                );
                self.refuse(
                    id,
                    CallProblem::new(StatusCode::CONFLICT).with_detail(detail),
                );
            }
            RequestKind::Call { info, .. } if info.is_stream() && !self.has_place_for_stream() => {
                let max = self.config.max_streams;
                let detail = format!("this socket has {max} open streams, which is its limit");
                let problem = CallProblem::new(StatusCode::TOO_MANY_REQUESTS);
                self.refuse(id, problem.with_detail(detail));
            }
            RequestKind::Call {
                info,
                has_args,
                window,
            } => {
                let incoming = IncomingCall {
                    info,
                    message: request.message,
                    format: self.format,
                    has_args,
                    outlet: self.outlet(id),
                    credit: window
                        .map(|window| Arc::new(Semaphore::new((window as usize).min(MAX_WINDOW)))),
                };
                self.start(incoming, handler);
            }
        }
    }

    /// Starts a call.
    fn start<F, Fut>(&mut self, incoming: IncomingCall, handler: &mut F)
    where
        F: FnMut(C) -> Fut,
        Fut: Future<Output = CallResult> + Send + 'a,
    {
        let (id, info) = (incoming.id(), incoming.info);
        let (outlet, credit) = (incoming.outlet.clone(), incoming.credit.clone());
        let deadline = self.config.deadline.filter(|_| !info.is_stream());
        // The arguments are read by code of the user, too.
        let work: Boxed<'a, CallId> = match called(|| C::receive(incoming).map(handler)) {
            Ok(Ok(work)) => Box::pin(respond(Caught::new(work), deadline, info, outlet)),
            Ok(Err(failure)) => Box::pin(respond(ready(Err(failure)), None, info, outlet)),
            Err(panic) => {
                let failed = CallResult::after_panic(panic);
                Box::pin(respond(ready(failed), None, info, outlet))
            }
        };
        self.push(id, info.is_stream(), credit, work);
    }

    /// Sends the problem of a request that is no call.
    fn refuse(&mut self, id: CallId, problem: CallProblem) {
        let outlet = self.outlet(id);
        let work = Box::pin(async move {
            send(outlet.error(&problem), &outlet).await;
            id
        });
        self.push(id, false, None, work);
    }

    fn push(
        &mut self,
        id: CallId,
        is_stream: bool,
        credit: Option<Arc<Semaphore>>,
        work: Boxed<'a, CallId>,
    ) {
        let (abort, registration) = AbortHandle::new_pair();
        self.running.push(Abortable::new(work, registration));
        self.streams += usize::from(is_stream);
        let open = Open {
            abort,
            is_stream,
            credit,
        };
        self.open.insert(id, open);
    }

    /// Ends an open call without a reply. Returns `false` if there is none.
    fn abort(&mut self, id: CallId) -> bool {
        match self.remove(id) {
            Some(open) => {
                open.abort.abort();
                true
            }
            None => false,
        }
    }

    fn remove(&mut self, id: CallId) -> Option<Open> {
        let open = self.open.remove(&id)?;
        self.streams -= usize::from(open.is_stream);
        Some(open)
    }

    /// Adds to the window of a stream. A stream that has ended is not an error: the messages of
    /// both sides crossed.
    fn accept_more(&self, id: CallId, more: u32) {
        let open = self.open.get(&id);
        if let Some(credit) = open.and_then(|open| open.credit.as_ref()) {
            let room = MAX_WINDOW.saturating_sub(credit.available_permits());
            credit.add_permits((more as usize).min(room));
        }
    }

    fn outlet(&self, id: CallId) -> Outlet {
        Outlet {
            id,
            format: self.format,
            sender: self.sender.clone(),
        }
    }
}
