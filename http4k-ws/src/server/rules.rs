//! What every request is asked for before the application sees it (RFC 9110, RFC 9112).
//!
//! hyper has read the head by then, and has refused what is no HTTP at all.

use http::header::{
    ALLOW, CONNECTION, EXPECT, HOST, HeaderMap, HeaderValue, TRANSFER_ENCODING, UPGRADE,
};
use http::uri::Scheme;
use http::{Method, Request, StatusCode, Uri, Version};

use super::ServerConfig;
use crate::message::{HostPort, Response, Unencoded, check_encoded, members, plain};
use crate::session::RefusalKind;

/// The methods that an application may route, for those that it may not.
const METHODS: HeaderValue =
    HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("a request has one Host (RFC 9112 §3.2)")]
    HostCount,
    #[error("Host is to be a host, and a port where it is no default (RFC 9110 §7.2)")]
    Host,
    #[error(
        "the target is to be a path, or a URI of http or https with a host and no user (RFC 9112 §3.2)"
    )]
    Target,
    #[error("the target has a fragment, which stays with the client (RFC 9112 §3.2)")]
    Fragment,
    #[error(transparent)]
    Unencoded(#[from] Unencoded),
    #[error(
        "the target has {length} bytes, over the limit of {limit} in `ServerConfig::max_target` \
         (RFC 9110 §15.5.15)"
    )]
    LongTarget { length: usize, limit: usize },
    #[error("Transfer-Encoding is to end with chunked, once (RFC 9112 §6.1, §7)")]
    Chunked,
    #[error("no transfer coding but chunked is known here (RFC 9112 §6.1)")]
    Coding,
    #[error("no expectation but 100-continue can be met (RFC 9110 §10.1.1)")]
    Expectation,
    #[cfg(feature = "http2")]
    #[error(":authority and Host are to name the same host (RFC 9113 §8.3.1)")]
    Authority,
    #[cfg(feature = "http2")]
    #[error(
        "the head has {count} fields, over the limit of {limit} in `ServerConfig::max_fields` \
         (RFC 6585 §5)"
    )]
    Fields { count: usize, limit: usize },
    #[error("CONNECT and TRACE are not for this server (RFC 9110 §9.3.6, §9.3.8)")]
    Method,
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::HostCount
            | Self::Host
            | Self::Target
            | Self::Fragment
            | Self::Unencoded(_)
            | Self::Chunked => StatusCode::BAD_REQUEST,
            Self::LongTarget { .. } => StatusCode::URI_TOO_LONG,
            #[cfg(feature = "http2")]
            Self::Authority => StatusCode::BAD_REQUEST,
            #[cfg(feature = "http2")]
            Self::Fields { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Coding => StatusCode::NOT_IMPLEMENTED,
            Self::Expectation => StatusCode::EXPECTATION_FAILED,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    pub(super) fn kind(self) -> RefusalKind {
        match self {
            Self::LongTarget { .. } => RefusalKind::Target,
            #[cfg(feature = "http2")]
            Self::Fields { .. } => RefusalKind::Head,
            _ => RefusalKind::Request,
        }
    }

    pub(super) fn response(self) -> Response {
        let mut response = plain(self.status(), format!("{self}\n"));
        if self == Self::Method {
            response.headers_mut().insert(ALLOW, METHODS);
        }
        // Nothing that follows is worth reading: it may be a body, or what another server takes for one.
        closing(response)
    }
}

/// The same response, and the last of its connection.
pub(super) fn closing(mut response: Response) -> Response {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

/// The target of a request came with a fragment.
#[derive(Debug, Clone, Copy)]
struct Fragment;

/// Notes a fragment, which the `Uri` of a request lacks.
pub(super) fn note_fragment<B>(request: &mut Request<B>) {
    request.extensions_mut().insert(Fragment);
}

/// The fields of a request that decide how it is treated, found in one pass: a look-up hashes the
/// name for each.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    host: Option<&'a HeaderValue>,
    hosts: usize,
    transfer_encoding: bool,
    expect: bool,
    pub(super) upgrade: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let mut fields = Self::default();
        for (name, value) in headers {
            if *name == HOST {
                fields.host = Some(value);
                fields.hosts += 1;
            }
            fields.transfer_encoding |= *name == TRANSFER_ENCODING;
            fields.expect |= *name == EXPECT;
            fields.upgrade |= *name == UPGRADE;
        }
        fields
    }

    /// Returns the `Host` of a request that has one.
    pub(super) fn only_host(&self) -> Option<&'a HeaderValue> {
        self.host.filter(|_| self.hosts == 1)
    }
}

/// Checks the rules for every request but that of [`host`]. `fields` are those of the request.
pub(super) fn check<B>(
    request: &Request<B>,
    fields: &Fields<'_>,
    config: &ServerConfig,
) -> Result<(), Refusal> {
    if fields.transfer_encoding {
        transfer_encoding(request.headers())?;
    }
    if [Method::CONNECT, Method::TRACE].contains(request.method()) {
        return Err(Refusal::Method);
    }
    target(request, config.max_target)?;
    if fields.expect {
        expectation(request)?;
    }
    Ok(())
}

/// Gives a request whose target is a whole URI the Host that it names, and the path and query alone as its
/// target: Host, which may say otherwise, does not count then (RFC 9112 §3.2.2).
pub(super) fn name_the_host<B>(request: &mut Request<B>) {
    let uri = request.uri();
    let (Some(authority), Some(target)) = (uri.authority(), uri.path_and_query()) else {
        return;
    };
    let target = Uri::from(target.clone());
    // An authority has no characters that a field may not have.
    if let Ok(host) = HeaderValue::try_from(authority.as_str()) {
        request.headers_mut().insert(HOST, host);
    }
    *request.uri_mut() = target;
}

/// The answer to `OPTIONS *`, which asks for the server as a whole (RFC 9110 §9.3.7); no route is asked.
pub(super) fn server_wide<B>(request: &Request<B>) -> Option<Response> {
    if request.uri().path() != "*" {
        return None;
    }
    let mut response = Response::default();
    response.headers_mut().insert(ALLOW, METHODS);
    Some(response)
}

/// hyper takes anything that ends with chunked, and would hand over a body that is still encoded.
fn transfer_encoding(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut codings = members(headers, TRANSFER_ENCODING).filter(|coding| !coding.is_empty());
    let known = |coding: &str| coding.eq_ignore_ascii_case("chunked");
    match (codings.next(), codings.next()) {
        (Some(only), None) if known(only) => Ok(()),
        _ if members(headers, TRANSFER_ENCODING).all(known) => Err(Refusal::Chunked),
        _ => Err(Refusal::Coding),
    }
}

/// Checks that a request names one valid host (RFC 9112 §3.2).
pub(super) fn host<B>(request: &Request<B>) -> Result<(), Refusal> {
    if request.version() >= Version::HTTP_2 && request.uri().host().is_some() {
        return Ok(());
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => match host.to_str().ok().and_then(HostPort::parse) {
            Some(_) => Ok(()),
            None => Err(Refusal::Host),
        },
        (None, _) if request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(Refusal::HostCount),
    }
}

/// The forms of RFC 9112 §3.2, but for that of CONNECT.
fn target<B>(request: &Request<B>, limit: usize) -> Result<(), Refusal> {
    if request.extensions().get::<Fragment>().is_some() {
        return Err(Refusal::Fragment);
    }
    let uri = request.uri();
    // Only the path and query can be long: hyper refuses a long authority with 431.
    let length = uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if length > limit {
        return Err(Refusal::LongTarget { length, limit });
    }
    let good = match (uri.scheme(), uri.authority()) {
        (None, None) if uri.path() == "*" => request.method() == Method::OPTIONS,
        // HTTP/2 also brings `?a`, whose path is empty.
        (None, None) => uri
            .path_and_query()
            .is_some_and(|target| target.as_str().starts_with('/')),
        (Some(scheme), Some(authority)) => {
            is_http(scheme) && HostPort::parse(authority.as_str()).is_some()
        }
        _ => false,
    };
    if !good {
        return Err(Refusal::Target);
    }
    check_encoded(uri)?;
    Ok(())
}

fn is_http(scheme: &Scheme) -> bool {
    *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS
}

/// HTTP/1.0 knows no expectation, and what it says is left alone (RFC 9110 §10.1.1).
fn expectation<B>(request: &Request<B>) -> Result<(), Refusal> {
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
        Err(Refusal::Expectation)
    }
}
