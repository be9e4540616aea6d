//! The checks of a request that another server has read.

use http::{Method, Request, Version};

use crate::handler::check_host;
use crate::message::{Body, Response, Scheme, hide_secrets};
use crate::server::ServerConfig;
use crate::server::request::{normalize, rules};
use crate::server::state::ServerState;
use crate::server::upgrade;

/// The form of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestForm {
    Plain,
    /// An opening handshake of HTTP/1.1.
    Handshake,
    /// An extended CONNECT of HTTP/2.
    Connect,
}

impl RequestForm {
    /// Returns the form of `request`.
    ///
    /// In HTTP/2 only an extended CONNECT has a path (RFC 8441 §4, RFC 9113 §8.5).
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let has_path = request.uri().path_and_query().is_some();
        let is_http2 = request.version() == Version::HTTP_2;
        match request.method() == Method::CONNECT && is_http2 && has_path {
            true => Self::Connect,
            false if upgrade::is_websocket(request) => Self::Handshake,
            false => Self::Plain,
        }
    }
}

/// Checks a request as our own servers do.
///
/// # Errors
///
/// Returns the response if the request is refused, or is for the server as a whole.
pub(super) fn admit(
    server: &ServerState,
    mut request: Request<Body>,
) -> Result<Request<Body>, Response> {
    let config = &server.config;
    if request.version() >= Version::HTTP_2 {
        if let Some(scheme) = request.uri().scheme_str().and_then(Scheme::named) {
            request.extensions_mut().insert(scheme);
        }
    }
    let admitted = normalized(request, config).and_then(|mut request| {
        rules::host(&request)?;
        let fields = rules::Fields::of(request.headers());
        let forwarding = fields.forwarding;
        rules::check(&request, &fields, config)?;
        rules::name_the_host(&mut request);
        let host = rules::proxies(&mut request, forwarding, config)?;
        Ok((request, host))
    });
    let (mut request, host) = admitted.map_err(|refusal| {
        server.refusals.warn(refusal.kind(), refusal);
        refusal.response()
    })?;
    hide_secrets(request.headers_mut());
    // The address that the other server is bound to is not known.
    if let Err(refused) = check_host(&config.hosts, None, host, &request) {
        server.refusals.warn(refused.kind(), &refused);
        return Err(refused.response());
    }
    match rules::server_wide(&request) {
        Some(response) => Err(response),
        None => Ok(request),
    }
}

/// Gives a request of HTTP/2 the form of HTTP/1.1, and counts the fields of any.
fn normalized(
    request: Request<Body>,
    config: &ServerConfig,
) -> Result<Request<Body>, rules::RequestRefusal> {
    if request.version() >= Version::HTTP_2 {
        return normalize(request, config);
    }
    let (count, limit) = (request.headers().len(), config.max_fields);
    match count > limit {
        true => Err(rules::RequestRefusal::Fields { count, limit }),
        false => Ok(request),
    }
}
