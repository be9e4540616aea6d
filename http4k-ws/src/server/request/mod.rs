//! One request, in either version of HTTP: the rules it must keep, its body, and its response.

mod body;
pub(super) mod canned;
mod expect;
#[cfg(any(feature = "http2", feature = "tower"))]
mod normalize;
pub(super) mod rules;
mod stall;

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::EXPECT;
use http::uri::PathAndQuery;
use http::{Request, StatusCode, Version};

use super::state::ServerState;
use crate::handler::{Responding, ResponseFuture};
use crate::message::{Body, BodyBounds, BodyStage, PeerAddr, Response, plain, printable};
use crate::session::RefusalKind;
use body::Arriving;
use expect::Expected;

#[cfg(any(feature = "http2", feature = "tower"))]
pub(super) use normalize::normalize;
pub(super) use rules::closing;
pub(super) use stall::Stall;

pub(super) type BoxError = Box<dyn Error + Send + Sync>;

/// A future that makes the peer send a body which it holds back.
type Invitation = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A response in progress.
///
/// hyper copies it into its own state for each request, so all but the most frequent is boxed.
pub(super) enum Pending<'a> {
    /// The application is called, and its response is sent.
    Application(Responding<'a>),
    /// As `Application`, for a request with a body.
    WithBody(Box<WithBody<'a>>),
    Boxed(ResponseFuture<'a>),
}

impl Pending<'_> {
    /// Wraps a response that is complete.
    pub(super) fn ready(response: Response) -> Self {
        Self::Boxed(ResponseFuture::ready(response))
    }
}

impl Future for Pending<'_> {
    type Output = Response;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        match &mut *self {
            Self::Application(responding) => Pin::new(responding).poll(cx),
            Self::WithBody(with_body) => Pin::new(&mut **with_body).poll(cx),
            Self::Boxed(response) => Pin::new(response).poll(cx),
        }
    }
}

/// Responds to a request that is not an upgrade.
#[cfg(feature = "http2")]
pub(super) fn respond<B>(server: &ServerState, request: Request<B>) -> Pending<'_>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + Unpin + 'static,
{
    respond_to(server, request, None)
}

/// Responds as [`respond`] does. `peer` is the address of the peer, unless the extensions of the
/// request have it.
pub(super) fn respond_to<B>(
    server: &ServerState,
    request: Request<B>,
    peer: Option<PeerAddr>,
) -> Pending<'_>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + Unpin + 'static,
{
    let is_hypers = is_hypers(&request);
    respond_within(server, request, peer, is_hypers)
}

/// Responds to a request that another server has read, and whose response it sends. Neither is
/// trusted to keep to a length.
#[cfg(feature = "tower")]
pub(super) fn respond_inside<B>(server: &ServerState, request: Request<B>) -> Pending<'_>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + Unpin + 'static,
{
    respond_within(server, request, None, false)
}

#[inline]
fn respond_within<B>(
    server: &ServerState,
    request: Request<B>,
    peer: Option<PeerAddr>,
    is_hypers: bool,
) -> Pending<'_>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + Unpin + 'static,
{
    if request.body().is_end_stream() {
        let request = request.map(|_| Body::empty());
        return Pending::Application(call(server, request, peer, is_hypers));
    }
    let with_body = WithBody::arriving(server, request, peer, is_hypers);
    Pending::WithBody(Box::new(with_body))
}

/// Responds to a request whose body has arrived and is not held back.
pub(super) fn respond_to_whole(
    server: &ServerState,
    request: Request<Bytes>,
    peer: Option<PeerAddr>,
) -> Pending<'_> {
    if request.body().is_empty() {
        let is_hypers = is_hypers(&request);
        let request = request.map(|_| Body::empty());
        return Pending::Application(call(server, request, peer, is_hypers));
    }
    Pending::WithBody(Box::new(WithBody::arrived(server, request, peer)))
}

/// The response to a request with a body.
///
/// The bounds of its body are those of the server until a filter of its route sets others. A
/// declared length is therefore compared when the body is first read, before a byte of it arrives
/// and before `100 Continue`. A handler that does not read may respond whatever was declared.
///
/// Named and small: each request allocates one.
pub(super) struct WithBody<'a> {
    server: &'a ServerState,
    target: Option<PathAndQuery>,
    /// The least number of bytes that the request declares.
    declared: u64,
    bounds: BodyBounds,
    responding: Responding<'a>,
    /// For a body that is still held back.
    invitation: Option<Invitation>,
    /// The response, while the peer is invited to send its body.
    invited: Option<ResponseFuture<'a>>,
}

impl<'a> WithBody<'a> {
    fn arriving<B>(
        server: &'a ServerState,
        mut request: Request<B>,
        peer: Option<PeerAddr>,
        is_hypers: bool,
    ) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + Unpin + 'static,
    {
        let bounds = bounds_of(server);
        let hint = request.body().size_hint();
        let is_exact = is_hypers && hint.exact().is_some();
        request.extensions_mut().insert(bounds.clone());
        let mut invitation: Option<Invitation> = None;
        let request = if request.headers().contains_key(EXPECT) {
            let request = request.map(Expected::new);
            invitation = Some(Box::pin(request.body().clone_handle().invite()));
            request.map(|body| bounded(body, &bounds, is_exact))
        } else {
            request.map(|body| bounded(body, &bounds, is_exact))
        };
        Self {
            invitation,
            ..Self::new(server, request, peer, hint.lower(), bounds, is_hypers)
        }
    }

    fn arrived(server: &'a ServerState, request: Request<Bytes>, peer: Option<PeerAddr>) -> Self {
        let bounds = bounds_of(server);
        let declared = request.body().len() as u64;
        let is_hypers = is_hypers(&request);
        let request = request.map(|bytes| Body::arrived(bytes, bounds.clone()));
        Self::new(server, request, peer, declared, bounds, is_hypers)
    }

    fn new(
        server: &'a ServerState,
        request: Request<Body>,
        peer: Option<PeerAddr>,
        declared: u64,
        bounds: BodyBounds,
        is_hypers: bool,
    ) -> Self {
        Self {
            server,
            target: request.uri().path_and_query().cloned(),
            declared,
            bounds,
            responding: call(server, request, peer, is_hypers),
            invitation: None,
            invited: None,
        }
    }

    /// Takes the invitation, if the handler may still read the body.
    fn take_invitation(&mut self) -> Option<Invitation> {
        let is_open = match self.bounds.stage() {
            BodyStage::Unread => self.declared <= self.bounds.max(),
            BodyStage::Started => true,
            BodyStage::Failed | BodyStage::Dropped => false,
        };
        self.invitation.take().filter(|_| is_open)
    }

    /// Returns the response to send for the `response` of the application.
    fn checked(&self, response: Response) -> Response {
        let (declared, max) = (self.declared, self.bounds.max());
        match self.bounds.stage() {
            BodyStage::Failed => closing(response),
            BodyStage::Unread if declared > max => too_large(declared, max),
            BodyStage::Dropped if declared > max => closing(response),
            _ => response,
        }
    }

    fn log_refusal(&self) {
        let target = printable(self.target.as_ref().map_or("", PathAndQuery::path));
        let limit = self.bounds.max();
        let refused = format!(
            "a body for `{target}` was refused with 413: the limit is {limit} bytes, set by \
             `ServerConfig::max_body` or the filter `max_body`"
        );
        self.server.refusals.warn(RefusalKind::Body, refused);
    }
}

impl Future for WithBody<'_> {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let this = &mut *self;
        let response = if let Some(invited) = &mut this.invited {
            ready!(Pin::new(invited).poll(cx))
        } else {
            let response = ready!(Pin::new(&mut this.responding).poll(cx));
            if let Some(invitation) = this.take_invitation() {
                let invited = this.invited.insert(ResponseFuture::new(async move {
                    invitation.await;
                    response
                }));
                ready!(Pin::new(invited).poll(cx))
            } else {
                this.checked(response)
            }
        };
        if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
            this.log_refusal();
        }
        Poll::Ready(response)
    }
}

/// Calls the application.
fn call(
    server: &ServerState,
    request: Request<Body>,
    peer: Option<PeerAddr>,
    is_hypers: bool,
) -> Responding<'_> {
    let responding = server.app.respond_to(request, peer);
    match is_hypers {
        true => responding.without_length(),
        false => responding,
    }
}

/// Returns `true` if hyper reads the body, whose length it checks, and writes the response, whose
/// length it adds.
fn is_hypers<B>(request: &Request<B>) -> bool {
    request.version() < Version::HTTP_2
}

/// Returns the bounds of a body until a filter sets others.
fn bounds_of(server: &ServerState) -> BodyBounds {
    let bounds = BodyBounds::new(server.config.max_body, server.config.body_stall);
    bounds.set_min_rate(server.config.min_body_rate);
    bounds
}

/// Wraps `body`, which is read within `bounds` only. `is_exact` declares that it keeps to its
/// length.
fn bounded<B>(body: B, bounds: &BodyBounds, is_exact: bool) -> Body
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + Unpin + 'static,
{
    let body = Body::received(Arriving::new(body, bounds.clone()), bounds.clone());
    match is_exact {
        true => body.exact(),
        false => body,
    }
}

/// Returns the response for a body that the handler would read after it responded, such as one that
/// it sends back. Such a body could only break the response off.
fn too_large(declared: u64, limit: u64) -> Response {
    let line = format!(
        "the body has {declared} bytes, over the limit of {limit} in `ServerConfig::max_body` or \
         the filter `max_body` (RFC 9110 §15.5.14)\n"
    );
    closing(plain(StatusCode::PAYLOAD_TOO_LARGE, line))
}
