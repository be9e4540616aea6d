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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::StatusCode;

    use super::*;
    use crate::handler::IntoPolyHandler;
    use crate::message::{HostPolicy, Proxies, RequestExt};

    fn server() -> Arc<ServerState> {
        let proxies = Proxies::trusted(["10.0.0.0/8"]).expect("a network");
        let hosts = HostPolicy::only(["chat.example".parse().expect("a host")]);
        let config = ServerConfig::default()
            .with_proxies(proxies.x_forwarded())
            .with_hosts(hosts);
        ServerState::new((|_: Request<Body>| "hello").into_poly_handler(), config)
    }

    fn forwarded(peer: Option<&str>, host: &str, version: Version) -> Request<Body> {
        let uri = match version {
            Version::HTTP_2 => "http://upstream/",
            _ => "/",
        };
        let request = Request::get(uri)
            .version(version)
            .header("host", "upstream")
            .header("x-forwarded-for", "1.1.1.1, 203.0.113.7")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", host);
        let request = request.body(Body::empty()).expect("a request");
        match peer {
            Some(peer) => request.with_peer_addr(peer.parse().expect("an address")),
            None => request,
        }
    }

    #[test]
    fn a_peer_that_a_layer_has_set_may_be_a_trusted_proxy() {
        for version in [Version::HTTP_11, Version::HTTP_2] {
            let request = forwarded(Some("10.0.0.1:1"), "chat.example", version);
            let request = admit(&server(), request).expect("admitted");
            let client = request.peer_addr().expect("a client").ip().to_string();
            assert_eq!(client, "203.0.113.7");
            assert_eq!(request.scheme(), Some(Scheme::Https));
            assert_eq!(request.header("host"), Some("chat.example"));
        }
    }

    #[test]
    fn fields_of_other_peers_do_not_count() {
        for version in [Version::HTTP_11, Version::HTTP_2] {
            for (peer, host, status) in [
                (None, "chat.example", StatusCode::MISDIRECTED_REQUEST),
                (
                    Some("192.0.2.1:1"),
                    "chat.example",
                    StatusCode::MISDIRECTED_REQUEST,
                ),
                (
                    Some("10.0.0.1:1"),
                    "other.example",
                    StatusCode::MISDIRECTED_REQUEST,
                ),
                (Some("10.0.0.1:1"), "a b", StatusCode::BAD_REQUEST),
            ] {
                let refused = admit(&server(), forwarded(peer, host, version));
                let status_of = |refused: Response| refused.status();
                assert_eq!(
                    refused.map(drop).map_err(status_of),
                    Err(status),
                    "{peer:?} {host}"
                );
            }
        }
    }
}
