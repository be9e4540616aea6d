//! The rules that every request must keep before the application sees it (RFC 9110, RFC 9112).
//!
//! hyper or h2 has read the head before, and has refused everything that is not HTTP.

use http::header::{
    ALLOW, CONNECTION, EXPECT, HOST, HeaderMap, HeaderValue, TRANSFER_ENCODING, UPGRADE,
};
use http::{Method, Request, StatusCode, Uri, Version, uri};

use crate::message::{
    ForwardedHostError, HostPort, HostSource, Response, Unencoded, check_encoded, is_forwarding,
    members, plain, resolve_proxies,
};
use crate::server::ServerConfig;
use crate::session::RefusalKind;

/// The methods that an application may route, in the responses to others and to `OPTIONS *`.
const METHODS: HeaderValue =
    HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

/// The reason for which a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::server) enum RequestRefusal {
    #[error("a request must have exactly one Host field (RFC 9112 §3.2)")]
    HostCount,
    #[error("the Host field must be a host with an optional port (RFC 9110 §7.2)")]
    Host,
    #[error(
        "the target must be a path, or an http or https URI with a host and without a user \
         (RFC 9112 §3.2)"
    )]
    Target,
    #[error("the target must not have a fragment (RFC 9112 §3.2)")]
    Fragment,
    #[error(transparent)]
    Unencoded(#[from] Unencoded),
    #[error(transparent)]
    ForwardedHost(#[from] ForwardedHostError),
    #[error(
        "the target has {length} bytes, over the limit of {limit} in `ServerConfig::max_target` \
         (RFC 9110 §15.5.15)"
    )]
    LongTarget { length: usize, limit: usize },
    #[error("Transfer-Encoding must end with chunked, once (RFC 9112 §6.1, §7)")]
    Chunked,
    #[error("chunked is the only supported transfer coding (RFC 9112 §6.1)")]
    Coding,
    #[error("100-continue is the only supported expectation (RFC 9110 §10.1.1)")]
    Expectation,
    #[cfg(any(feature = "http2", feature = "tower"))]
    #[error(":authority and Host must match (RFC 9113 §8.3.1)")]
    Authority,
    #[cfg(any(feature = "http2", feature = "tower"))]
    #[error(
        "the head has {count} fields, over the limit of {limit} in `ServerConfig::max_fields` \
         (RFC 6585 §5)"
    )]
    Fields { count: usize, limit: usize },
    #[error("CONNECT and TRACE are not supported (RFC 9110 §9.3.6, §9.3.8)")]
    Method,
}

impl RequestRefusal {
    fn status(self) -> StatusCode {
        match self {
            Self::HostCount
            | Self::Host
            | Self::Target
            | Self::Fragment
            | Self::Unencoded(_)
            | Self::ForwardedHost(_)
            | Self::Chunked => StatusCode::BAD_REQUEST,
            Self::LongTarget { .. } => StatusCode::URI_TOO_LONG,
            #[cfg(any(feature = "http2", feature = "tower"))]
            Self::Authority => StatusCode::BAD_REQUEST,
            #[cfg(any(feature = "http2", feature = "tower"))]
            Self::Fields { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Coding => StatusCode::NOT_IMPLEMENTED,
            Self::Expectation => StatusCode::EXPECTATION_FAILED,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    pub(in crate::server) fn kind(self) -> RefusalKind {
        match self {
            Self::LongTarget { .. } => RefusalKind::Target,
            #[cfg(any(feature = "http2", feature = "tower"))]
            Self::Fields { .. } => RefusalKind::Head,
            _ => RefusalKind::Request,
        }
    }

    pub(in crate::server) fn response(self) -> Response {
        let mut response = plain(self.status(), format!("{self}\n"));
        if self == Self::Method {
            response.headers_mut().insert(ALLOW, METHODS);
        }
        // The bytes that follow are not read: they may be a body, or a request to another server.
        closing(response)
    }
}

/// Makes `response` the last of its connection.
pub(in crate::server) fn closing(mut response: Response) -> Response {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

/// The target of a request has a fragment.
#[derive(Debug, Clone, Copy)]
struct Fragment;

/// Notes a fragment, which the `Uri` of a request does not hold.
pub(in crate::server) fn note_fragment<B>(request: &mut Request<B>) {
    request.extensions_mut().insert(Fragment);
}

/// The fields of a request that the checks need, found in one pass. A look-up would hash the name
/// of each.
#[derive(Debug, Default)]
pub(in crate::server) struct Fields<'a> {
    host: Option<&'a HeaderValue>,
    hosts: usize,
    transfer_encoding: bool,
    expect: bool,
    pub(in crate::server) upgrade: bool,
    /// Fields that only a proxy may set.
    pub(in crate::server) forwarding: bool,
}

impl<'a> Fields<'a> {
    pub(in crate::server) fn of(headers: &'a HeaderMap) -> Self {
        let mut fields = Self::default();
        for (name, value) in headers {
            if *name == HOST {
                fields.host = Some(value);
                fields.hosts += 1;
            }
            fields.transfer_encoding |= *name == TRANSFER_ENCODING;
            fields.expect |= *name == EXPECT;
            fields.upgrade |= *name == UPGRADE;
            fields.forwarding |= is_forwarding(name);
        }
        fields
    }

    /// Returns the `Host` of a request that has exactly one.
    pub(in crate::server) fn only_host(&self) -> Option<&'a HeaderValue> {
        self.host.filter(|_| self.hosts == 1)
    }
}

/// Checks all rules except that of [`host`]. `fields` are those of the request.
pub(in crate::server) fn check<B>(
    request: &Request<B>,
    fields: &Fields<'_>,
    config: &ServerConfig,
) -> Result<(), RequestRefusal> {
    if fields.transfer_encoding {
        transfer_encoding(request.headers())?;
    }
    if [Method::CONNECT, Method::TRACE].contains(request.method()) {
        return Err(RequestRefusal::Method);
    }
    target(request, config.max_target)?;
    if fields.expect {
        expectation(request)?;
    }
    Ok(())
}

/// Reduces a target that is a whole URI to its path and query, and sets `Host` to its authority. A
/// `Host` that differs does not count then (RFC 9112 §3.2.2).
pub(in crate::server) fn name_the_host<B>(request: &mut Request<B>) {
    let uri = request.uri();
    let (Some(authority), Some(target)) = (uri.authority(), uri.path_and_query()) else {
        return;
    };
    let target = Uri::from(target.clone());
    // An authority has no character that a field may not have.
    if let Ok(host) = HeaderValue::try_from(authority.as_str()) {
        request.headers_mut().insert(HOST, host);
    }
    *request.uri_mut() = target;
}

/// Sets the client, scheme and host of a request that a trusted proxy has passed on, and removes
/// fields that only a proxy may set. `forwarding` declares that it has some.
pub(in crate::server) fn proxies<B>(
    request: &mut Request<B>,
    forwarding: bool,
    config: &ServerConfig,
) -> Result<HostSource, RequestRefusal> {
    if !forwarding && config.proxies.is_none() {
        return Ok(HostSource::Connection);
    }
    Ok(resolve_proxies(config.proxies.as_ref(), request)?)
}

/// Returns the response to `OPTIONS *`, which is for the server as a whole and matches no route
/// (RFC 9110 §9.3.7).
pub(in crate::server) fn server_wide<B>(request: &Request<B>) -> Option<Response> {
    if request.uri().path() != "*" {
        return None;
    }
    let mut response = Response::default();
    response.headers_mut().insert(ALLOW, METHODS);
    Some(response)
}

/// Checks that chunked is the only transfer coding. hyper accepts everything that ends with
/// chunked, and would return a body that is still encoded.
fn transfer_encoding(headers: &HeaderMap) -> Result<(), RequestRefusal> {
    let mut codings = members(headers, TRANSFER_ENCODING).filter(|coding| !coding.is_empty());
    let known = |coding: &str| coding.eq_ignore_ascii_case("chunked");
    match (codings.next(), codings.next()) {
        (Some(only), None) if known(only) => Ok(()),
        _ if members(headers, TRANSFER_ENCODING).all(known) => Err(RequestRefusal::Chunked),
        _ => Err(RequestRefusal::Coding),
    }
}

/// Checks that a request names one valid host (RFC 9112 §3.2).
pub(in crate::server) fn host<B>(request: &Request<B>) -> Result<(), RequestRefusal> {
    if request.version() >= Version::HTTP_2 && request.uri().host().is_some() {
        return Ok(());
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => match host.to_str().ok().and_then(HostPort::parse) {
            Some(_) => Ok(()),
            None => Err(RequestRefusal::Host),
        },
        (None, _) if request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(RequestRefusal::HostCount),
    }
}

/// Checks that a target has one of the forms of RFC 9112 §3.2, without the one of CONNECT.
fn target<B>(request: &Request<B>, limit: usize) -> Result<(), RequestRefusal> {
    if request.extensions().get::<Fragment>().is_some() {
        return Err(RequestRefusal::Fragment);
    }
    let uri = request.uri();
    // Only the path and query can be long: hyper refuses a long authority with 431.
    let length = uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if length > limit {
        return Err(RequestRefusal::LongTarget { length, limit });
    }
    let good = match (uri.scheme(), uri.authority()) {
        (None, None) if uri.path() == "*" => request.method() == Method::OPTIONS,
        // HTTP/2 also allows `?a`, whose path is empty.
        (None, None) => uri
            .path_and_query()
            .is_some_and(|target| target.as_str().starts_with('/')),
        (Some(scheme), Some(authority)) => {
            is_http(scheme) && HostPort::parse(authority.as_str()).is_some()
        }
        _ => false,
    };
    if !good {
        return Err(RequestRefusal::Target);
    }
    check_encoded(uri)?;
    Ok(())
}

fn is_http(scheme: &uri::Scheme) -> bool {
    *scheme == uri::Scheme::HTTP || *scheme == uri::Scheme::HTTPS
}

/// Checks that the only expectation is 100-continue. HTTP/1.0 does not have expectations, and its
/// field is ignored (RFC 9110 §10.1.1).
fn expectation<B>(request: &Request<B>) -> Result<(), RequestRefusal> {
    let headers = request.headers();
    if request.version() < Version::HTTP_11 {
        return Ok(());
    }
    let readable = headers
        .get_all(EXPECT)
        .iter()
        .all(|value| value.to_str().is_ok());
    let known = |member: &str| member.is_empty() || member.eq_ignore_ascii_case("100-continue");
    if readable && members(headers, EXPECT).all(known) {
        Ok(())
    } else {
        Err(RequestRefusal::Expectation)
    }
}
