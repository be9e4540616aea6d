//! The calls of an application by a server, with the same rules in memory and on the network.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::{HeaderMap, Method};

use super::consumer::WsConsumer;
use super::future::ResponseFuture;
#[cfg(feature = "tower")]
use super::pass_through::is_passed_through;
use super::poly::PolyHandler;
use super::valid::{LengthFrom, make_valid};
use crate::message::{
    KeptRequest, PeerAddr, Request, RequestExt, Response, Scheme, SecureIfHttps, hide_secrets,
    members, only_field, printable,
};
use crate::session::{Handshake, SessionConfig};

impl PolyHandler {
    /// Returns the response to a request, valid for every version of HTTP. A panic is a 500.
    #[inline]
    pub(crate) fn respond(&self, request: Request) -> Responding<'_> {
        self.respond_to(request, None)
    }

    /// Responds as [`respond`](Self::respond) does, to a request that a connection with the address
    /// `peer` has received.
    #[inline]
    pub(crate) fn respond_to(&self, request: Request, peer: Option<PeerAddr>) -> Responding<'_> {
        Responding {
            method: request.method().clone(),
            is_https: is_https(&request),
            length_from: LengthFrom::Fields,
            response: self.http().received(request, peer),
        }
    }

    /// Calls the ws side. Returns the opening handshake for the socket and its consumer, or the
    /// response that refuses. A refusal is reported to the metrics of `session`. The 101 of a
    /// handler that opens the socket itself is returned as a refusal.
    ///
    /// The future does not hold the request, so that those around it stay small.
    pub(crate) fn upgrade<'a>(
        &'a self,
        request: Request,
        peer: Option<PeerAddr>,
        session: &'a SessionConfig,
    ) -> impl Future<Output = Result<(Handshake, WsConsumer), Response>> + Send + use<'a> {
        let (method, is_https) = (request.method().clone(), is_https(&request));
        let offered = Offered::by(&request);
        let mut kept = KeptRequest::copy_of(&request, peer.as_ref());
        #[cfg(feature = "tower")]
        kept.edit_extensions(super::kept::drop_unkept);
        let response = self.ws().received(request, peer);
        async move {
            let mut response = response.await;
            #[cfg(feature = "tower")]
            if response.refusal().is_some_and(is_passed_through) {
                // A handler opens the socket itself: this is not a refusal.
                return Err(response.into_outcome().err().unwrap_or_default());
            }
            let (mut headers, undecided) = response.take_headers();
            if is_https {
                undecided.complete(&mut headers);
            }
            let refused = |mut refusal| {
                make_valid(&method, &mut refusal, LengthFrom::Fields);
                if is_https {
                    complete_cookies(&mut refusal);
                }
                refusal
            };
            let outcome = response.into_outcome().map_err(refused);
            let (mut consumer, chosen) = outcome.inspect_err(|refusal| {
                session.metrics.refused(kept.get(), refusal.status());
            })?;
            if let Some(params) = consumer.params.take() {
                kept.set_params(&params);
            }
            Ok((
                Handshake {
                    request: kept,
                    subprotocol: chosen.filter(|chosen| offered.includes(chosen)),
                    route: consumer.route.take(),
                    response: (!headers.is_empty()).then(|| Box::new(headers)),
                },
                consumer,
            ))
        }
    }
}

/// A response that an application is about to return.
///
/// It is a named and small future, because a server moves it into its own state for each request.
pub(crate) struct Responding<'a> {
    method: Method,
    is_https: bool,
    length_from: LengthFrom,
    response: ResponseFuture<'a>,
}

impl Responding<'_> {
    /// Leaves out the `Content-Length` of a body with bytes, for a connection that adds it.
    #[inline]
    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    pub(crate) fn without_length(mut self) -> Self {
        self.length_from = LengthFrom::Connection;
        self
    }
}

impl Future for Responding<'_> {
    type Output = Response;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let mut response = ready!(Pin::new(&mut self.response).poll(cx));
        make_valid(&self.method, &mut response, self.length_from);
        if self.is_https {
            complete_cookies(&mut response);
        }
        hide_secrets(response.headers_mut());
        Poll::Ready(response)
    }
}

fn is_https(request: &Request) -> bool {
    request.scheme() == Some(Scheme::Https)
}

/// Makes the cookies `Secure` that depend on the scheme, which is `https`.
fn complete_cookies(response: &mut Response) {
    if let Some(undecided) = response.extensions_mut().remove::<SecureIfHttps>() {
        undecided.complete(response.headers_mut());
    }
}

/// The fields in which a client offers subprotocols, if there are any.
struct Offered(Option<Box<HeaderMap>>);

impl Offered {
    fn by(request: &Request) -> Self {
        Self(only_field(request.headers(), &SEC_WEBSOCKET_PROTOCOL))
    }

    /// Returns `true` if the client offered the chosen subprotocol.
    ///
    /// A subprotocol that was not offered would fail the client (RFC 6455 §4.1). Without one the
    /// handshake still succeeds, and both sides see that none was negotiated.
    fn includes(&self, chosen: &str) -> bool {
        let offers = self.0.as_deref().into_iter();
        let mut offers = offers.flat_map(|fields| members(fields, SEC_WEBSOCKET_PROTOCOL));
        let offered = offers.any(|member| member == chosen);
        if !offered {
            let chosen = printable(chosen);
            log::warn!("the subprotocol `{chosen}` was chosen but not offered, and is omitted");
        }
        offered
    }
}
