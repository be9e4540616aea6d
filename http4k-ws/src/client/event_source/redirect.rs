//! Redirects (RFC 9110 §15.4), by the rules that browsers follow (WHATWG Fetch §4.4).
//!
//! 1. A redirect to another origin gets no credentials: only fields that say nothing about the
//!    caller are sent there, since any other field may be a key, and `Host` names the other server.
//! 2. A redirect from `https` to `http` is refused, because the events would no longer be private.
//! 3. 303 turns every method into GET, and 301 and 302 turn POST into GET, without the body.

use http::header::LOCATION;
use http::uri::Scheme;
use http::{HeaderMap, Method, StatusCode, Uri};

use super::error::EventSourceError;
use crate::client::uri::{Destination, without_secrets};
use crate::message::{Body, Request, Response, resolve_reference};

/// The fields of a request that may be sent to another origin.
const HARMLESS: &[&str] = &[
    "accept",
    "accept-language",
    "cache-control",
    "content-encoding",
    "content-language",
    "content-type",
    "last-event-id",
    "user-agent",
];

/// The fields that describe a body.
const OF_BODY: &[&str] = &[
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-type",
];

/// Returns the target of a redirect; `None` if `response` is not one.
pub(super) fn location<B>(response: &Response<B>) -> Option<Result<String, EventSourceError>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let value = response.headers().get(LOCATION)?;
    Some(value.to_str().map(str::to_owned).map_err(|_| {
        let location = String::from_utf8_lossy(value.as_bytes());
        bad(&location, "it is not ASCII")
    }))
}

fn bad(location: &str, reason: impl ToString) -> EventSourceError {
    EventSourceError::BadRedirect {
        location: without_secrets(location),
        reason: reason.to_string(),
    }
}

/// Changes `request` to the one that follows a redirect with `status` to `location`.
pub(super) fn follow(
    request: &mut Request,
    status: StatusCode,
    location: &str,
) -> Result<(), EventSourceError> {
    let target = resolve_reference(request.uri(), location);
    let target = target.map_err(|reason| bad(location, reason))?;
    if target.authority().is_some() {
        Destination::of(&target, false).map_err(|reason| bad(location, reason))?;
    }
    let from_https = request.uri().scheme() == Some(&Scheme::HTTPS);
    if from_https && target.scheme() == Some(&Scheme::HTTP) {
        return Err(bad(location, "it leads from https to http"));
    }
    let becomes_get = match status.as_u16() {
        303 => true,
        301 | 302 => request.method() == Method::POST,
        _ => false,
    };
    if becomes_get && request.method() != Method::HEAD {
        *request.method_mut() = Method::GET;
        *request.body_mut() = Body::empty();
        for name in OF_BODY {
            request.headers_mut().remove(*name);
        }
    }
    if is_same_origin(request.uri(), &target) {
        // With the user information of the caller, if there is one.
        let mut parts = target.into_parts();
        parts.authority = request.uri().authority().cloned();
        *request.uri_mut() = Uri::from_parts(parts).map_err(|error| bad(location, error))?;
    } else {
        keep_harmless(request.headers_mut());
        *request.uri_mut() = target;
    }
    Ok(())
}

fn keep_harmless(headers: &mut HeaderMap) {
    let names: Vec<_> = headers.keys().cloned().collect();
    for name in &names {
        if !HARMLESS.contains(&name.as_str()) {
            headers.remove(name);
        }
    }
}

/// Returns `true` if both have the same scheme, host and port (RFC 6454 §4).
fn is_same_origin(one: &Uri, other: &Uri) -> bool {
    let origin = |uri: &Uri| {
        let default = match uri.scheme_str() {
            Some(scheme) if scheme.eq_ignore_ascii_case("https") => 443,
            _ => 80,
        };
        let host = uri.host().map(str::to_ascii_lowercase);
        (
            uri.scheme().cloned(),
            host,
            uri.port_u16().unwrap_or(default),
        )
    };
    origin(one) == origin(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::RequestExt;

    fn request() -> Request {
        let request = Request::post("http://a:80/x")
            .header("authorization", "Bearer secret")
            .header("cookie", "session=secret")
            .header("x-api-key", "secret")
            .header("host", "virtual")
            .header("accept", "text/event-stream")
            .header("last-event-id", "7")
            .header("content-type", "application/json");
        request.body(Body::from("{}")).expect("a request")
    }

    #[test]
    fn another_origin_gets_no_credentials() {
        for (location, same) in [
            ("/y", true),
            ("http://a/y", true),
            ("http://A:80/y", true),
            ("http://a:81/y", false),
            ("https://a/y", false),
            ("//b/y", false),
        ] {
            let mut request = request();
            follow(&mut request, StatusCode::TEMPORARY_REDIRECT, location).expect("a target");
            let kept = |name| request.header(name).is_some();
            for name in ["authorization", "cookie", "x-api-key", "host"] {
                assert_eq!(kept(name), same, "{location}: {name}");
            }
            for name in ["accept", "last-event-id", "content-type"] {
                assert!(kept(name), "{location}: {name}");
            }
            assert_eq!(request.body(), "{}");
        }
    }

    #[test]
    fn a_redirect_never_leaves_https() {
        let mut request = request().with_uri(Uri::from_static("https://a/x"));
        let refused = follow(&mut request, StatusCode::FOUND, "http://a/y").unwrap_err();
        assert!(refused.to_string().contains("https to http"), "{refused}");
    }

    #[test]
    fn the_method_changes_as_in_browsers() {
        for (status, method, becomes) in [
            (301, Method::POST, Method::GET),
            (302, Method::POST, Method::GET),
            (303, Method::POST, Method::GET),
            (303, Method::PUT, Method::GET),
            (301, Method::PUT, Method::PUT),
            (307, Method::POST, Method::POST),
            (308, Method::POST, Method::POST),
            (303, Method::HEAD, Method::HEAD),
        ] {
            let mut request = request().with_method(method.clone());
            let status = StatusCode::from_u16(status).expect("a status");
            follow(&mut request, status, "/y").expect("a target");
            assert_eq!(request.method(), becomes, "{status} {method}");
            let has_body = request.body() == "{}" && request.header("content-type").is_some();
            assert_eq!(has_body, becomes != Method::GET, "{status} {method}");
        }
    }
}
