//! One request, answered by the application.

use std::error::Error;
use std::future::{self, Future};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::EXPECT;
use http::uri::PathAndQuery;
use http::{Request, StatusCode, Version};

use super::body::Arriving;
use super::expected::Expected;
use super::rules::closing;
use super::shared::Shared;
use crate::handler::{Responding, ResponseFuture};
use crate::message::{Body, BodyBounds, BodyStage, Response, plain, printable};
use crate::session::RefusalKind;

type Failure = Box<dyn Error + Send + Sync>;

/// A call that has the peer send a body which it holds back.
type Invitation = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A response that is about to be there.
///
/// hyper copies it into its own state for each request, so all but the most frequent is boxed.
pub(super) enum Pending<'a> {
    /// The application is called, and what it returns is sent.
    Application(Responding<'a>),
    /// As `Application`, for a request with a body.
    WithBody(Box<WithBody<'a>>),
    Boxed(ResponseFuture<'a>),
}

impl Pending<'_> {
    /// A response that is there already.
    pub(super) fn ready(response: Response) -> Self {
        Self::Boxed(Box::pin(future::ready(response)))
    }
}

impl Future for Pending<'_> {
    type Output = Response;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        match &mut *self {
            Self::Application(responding) => Pin::new(responding).poll(cx),
            Self::WithBody(with_body) => Pin::new(&mut **with_body).poll(cx),
            Self::Boxed(response) => response.as_mut().poll(cx),
        }
    }
}

/// Responds to a request that asks for no upgrade.
pub(super) fn respond<B>(shared: &Shared, request: Request<B>) -> Pending<'_>
where
    B: http_body::Body<Data = Bytes, Error: Into<Failure> + Send> + Send + Unpin + 'static,
{
    if request.body().is_end_stream() {
        return Pending::Application(answer(shared, request.map(|_| Body::empty())));
    }
    Pending::WithBody(Box::new(WithBody::new(shared, request)))
}

/// The response to a request with a body.
///
/// The bounds of its body are those of the server until a filter of its route sets others. A
/// declared length is therefore compared when the body is first read, before a byte of it arrives
/// and before `100 Continue`. A handler that does not read may respond whatever was declared.
///
/// Named and small: each request allocates one.
pub(super) struct WithBody<'a> {
    shared: &'a Shared,
    target: Option<PathAndQuery>,
    /// The least number of bytes that the request declares.
    told: u64,
    bounds: BodyBounds,
    responding: Responding<'a>,
    /// For a body that is still held back.
    invitation: Option<Invitation>,
    /// The response, after that.
    invited: Option<ResponseFuture<'a>>,
}

impl<'a> WithBody<'a> {
    fn new<B>(shared: &'a Shared, mut request: Request<B>) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<Failure> + Send> + Send + Unpin + 'static,
    {
        let hint = request.body().size_hint();
        let bounds = BodyBounds::new(shared.config.max_body, shared.config.body_stall);
        bounds.set_min_rate(shared.config.min_body_rate);
        request.extensions_mut().insert(bounds.clone());
        let is_exact = is_hypers(&request) && hint.exact().is_some();
        let target = request.uri().path_and_query().cloned();
        let mut invitation: Option<Invitation> = None;
        let request = if request.headers().contains_key(EXPECT) {
            let request = request.map(Expected::new);
            invitation = Some(Box::pin(request.body().share().invite()));
            request.map(|body| bounded(body, &bounds, is_exact))
        } else {
            request.map(|body| bounded(body, &bounds, is_exact))
        };
        Self {
            shared,
            target,
            told: hint.lower(),
            bounds,
            responding: answer(shared, request),
            invitation,
            invited: None,
        }
    }

    /// Takes the invitation, if the handler may still read the body.
    fn take_invitation(&mut self) -> Option<Invitation> {
        let is_open = match self.bounds.stage() {
            BodyStage::Unread => self.told <= self.bounds.max(),
            BodyStage::Begun => true,
            BodyStage::Failed | BodyStage::Dropped => false,
        };
        self.invitation.take().filter(|_| is_open)
    }

    /// Returns the response to send for `response`, which the application returned.
    fn checked(&self, response: Response) -> Response {
        let (told, max) = (self.told, self.bounds.max());
        match self.bounds.stage() {
            BodyStage::Failed => closing(response),
            BodyStage::Unread if told > max => too_large(told, max),
            BodyStage::Dropped if told > max => closing(response),
            _ => response,
        }
    }

    fn note_refusal(&self) {
        let target = printable(self.target.as_ref().map_or("", PathAndQuery::path));
        let limit = self.bounds.max();
        let refused = format!(
            "a body for `{target}` was refused with 413: the limit is {limit} bytes, set by \
             `ServerConfig::max_body` or the filter `max_body`"
        );
        self.shared.refusals.warn(RefusalKind::Body, refused);
    }
}

impl Future for WithBody<'_> {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let this = &mut *self;
        let response = if let Some(invited) = &mut this.invited {
            ready!(invited.as_mut().poll(cx))
        } else {
            let response = ready!(Pin::new(&mut this.responding).poll(cx));
            if let Some(invitation) = this.take_invitation() {
                let invited = this.invited.insert(Box::pin(async move {
                    invitation.await;
                    response
                }));
                ready!(invited.as_mut().poll(cx))
            } else {
                this.checked(response)
            }
        };
        if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
            this.note_refusal();
        }
        Poll::Ready(response)
    }
}

/// Calls the application.
fn answer(shared: &Shared, request: Request<Body>) -> Responding<'_> {
    let is_hypers = is_hypers(&request);
    let responding = shared.app.respond(request);
    match is_hypers {
        true => responding.without_length(),
        false => responding,
    }
}

/// Returns `true` if hyper reads the body and writes the response: it checks the length of the one
/// and adds that of the other.
fn is_hypers<B>(request: &Request<B>) -> bool {
    request.version() < Version::HTTP_2
}

/// Returns `body`, which is waited for and read only as far as `bounds` allow. `is_exact` declares
/// that it keeps to its length.
fn bounded<B>(body: B, bounds: &BodyBounds, is_exact: bool) -> Body
where
    B: http_body::Body<Data = Bytes, Error: Into<Failure> + Send> + Send + Unpin + 'static,
{
    let body = Body::received(Arriving::new(body, bounds.clone()), bounds.clone());
    match is_exact {
        true => body.exact(),
        false => body,
    }
}

/// For a body that is to be read after the handler answered, such as one that it sends back, and that
/// could only break its answer off.
fn too_large(told: u64, limit: u64) -> Response {
    let line = format!(
        "the body has {told} bytes, over the limit of {limit} in `ServerConfig::max_body` or the filter `max_body` (RFC 9110 §15.5.14)\n"
    );
    closing(plain(StatusCode::PAYLOAD_TOO_LARGE, line))
}
