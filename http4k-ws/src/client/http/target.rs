//! The server that a request is for, and the form in which it is sent there.

use http::header::CONTENT_LENGTH;
use http::{Method, Uri, Version};

use super::error::HttpClientError;
use crate::client::dial::SUPPORTS_TLS;
use crate::client::uri::{Destination, Remote, origin_form, without_secrets};
use crate::message::{Request, drop_fields_of_the_connection};

/// Finds the server that `request` is for, and brings the request into the form in which it is
/// sent.
pub(super) fn addressed(
    mut request: Request,
    base: Option<&Uri>,
) -> Result<(Remote, Request), HttpClientError> {
    if request.method() == Method::CONNECT {
        return Err(bad(request.uri(), "CONNECT requests a tunnel"));
    }
    let absolute = match (request.uri().scheme(), base) {
        (None, Some(base)) => base,
        _ => request.uri(),
    };
    let destination = destination(absolute)?;
    *request.uri_mut() = origin_form(request.uri());
    *request.version_mut() = Version::HTTP_11;
    let known_length = request.body().as_bytes().is_some();
    let fields = request.headers_mut();
    drop_fields_of_the_connection(fields);
    if known_length {
        // hyper declares the length of the body itself, which cannot be wrong.
        fields.remove(CONTENT_LENGTH);
    }
    let remote = destination.add_fields(fields);
    let remote = remote.map_err(|reason| bad(request.uri(), reason))?;
    Ok((remote, request))
}

/// Finds the destination that `uri` names, for requests that do not name one.
pub(super) fn destination(uri: &Uri) -> Result<Destination, HttpClientError> {
    let encrypted = match uri.scheme_str() {
        Some(scheme) if scheme.eq_ignore_ascii_case("http") => false,
        Some(scheme) if SUPPORTS_TLS && scheme.eq_ignore_ascii_case("https") => true,
        Some(scheme) => {
            return Err(HttpClientError::UnsupportedScheme {
                scheme: scheme.to_owned(),
            });
        }
        None => {
            return Err(bad(
                uri,
                "it does not name a host, and the base of the client is not set",
            ));
        }
    };
    Destination::of(uri, encrypted).map_err(|reason| bad(uri, reason))
}

fn bad(target: &Uri, reason: impl ToString) -> HttpClientError {
    HttpClientError::BadTarget {
        target: without_secrets(&target.to_string()),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;
    use http::header::HOST;

    use super::*;
    use crate::message::{Body, IntoRequest, RequestExt};

    fn sent(request: impl IntoRequest, base: Option<&'static str>) -> (Remote, Request) {
        let base = base.map(Uri::from_static);
        addressed(request.into_request().expect("a request"), base.as_ref()).expect("a target")
    }

    #[test]
    fn an_absolute_target_wins_over_the_base() {
        for (target, base, host, port, path, field) in [
            ("http://localhost", None, "localhost", 80, "/", "localhost"),
            (
                "HTTP://localhost:9000/a?b",
                None,
                "localhost",
                9000,
                "/a?b",
                "localhost:9000",
            ),
            ("http://[::1]:1/", None, "::1", 1, "/", "[::1]:1"),
            ("http://user:secret@host/", None, "host", 80, "/", "host"),
            #[cfg(feature = "tls")]
            ("https://host", None, "host", 443, "/", "host"),
            (
                "/a?b",
                Some("http://base:7/ignored"),
                "base",
                7,
                "/a?b",
                "base:7",
            ),
            (
                "http://other/a",
                Some("http://base:7"),
                "other",
                80,
                "/a",
                "other",
            ),
        ] {
            let (remote, request) = sent(target, base);
            assert_eq!(
                (remote.host.as_str(), remote.port),
                (host, port),
                "{target}"
            );
            assert_eq!(request.uri(), path, "{target}");
            assert_eq!(request.headers()[HOST], field, "{target}");
        }
    }

    #[test]
    fn the_user_of_the_uri_is_sent() {
        let basic = Some("Basic dXNlcjpwYXNz");
        for (target, base, expected) in [
            ("http://user:pass@a/", None, basic),
            ("/", Some("http://user:pass@a/"), basic),
            // The user of the base belongs to its server.
            ("http://b/", Some("http://user:pass@a/"), None),
        ] {
            let (_, request) = sent(target, base);
            assert_eq!(request.header("authorization"), expected, "{target}");
        }
        let twice = Request::get("http://user:pass@a/").header("authorization", "Bearer x");
        let request = twice.body(Body::empty()).expect("a request");
        let refused = addressed(request, None).map(|(remote, _)| remote);
        assert!(matches!(refused, Err(HttpClientError::BadTarget { .. })));
    }

    #[test]
    fn invalid_targets_are_errors() {
        for target in [
            "/path",
            "*",
            "http://a:65536/",
            "http://user:pass@a:65536/",
            "http://us%3Aer@a/",
            "http://:80/",
        ] {
            let request = target.into_request().expect("a request");
            let refused = addressed(request, None).map(|(remote, _)| remote);
            assert!(
                matches!(refused, Err(HttpClientError::BadTarget { .. })),
                "{target}: {refused:?}"
            );
        }
        let request = "ftp://a/".into_request().expect("a request");
        let refused = addressed(request, None).map(|(remote, _)| remote);
        assert!(
            matches!(refused, Err(HttpClientError::UnsupportedScheme { scheme }) if scheme == "ftp")
        );
    }

    #[test]
    fn fields_of_another_connection_are_dropped() {
        let request = Request::post("http://a/")
            .header("connection", "close, X-Hop, Host")
            .header("x-hop", "1")
            .header("x-end", "1")
            .header("keep-alive", "timeout=5")
            .header("transfer-encoding", "chunked")
            .header("upgrade", "h2c")
            .header("content-length", "99")
            .header("host", "virtual")
            .header("host", "second")
            .body(Body::from("hello"));
        let (_, request) = sent(request, None);
        let mut names: Vec<_> = request.headers().keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["host", "x-end"]);
        assert_eq!(request.header("host"), Some("virtual"));
        assert_eq!(request.header_values("host").count(), 1);
    }
}
