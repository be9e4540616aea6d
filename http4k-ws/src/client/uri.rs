//! The destination of a request, from its URI.
//!
//! No part of an authority is ignored. Its user information becomes a field, and a part that cannot
//! be used is an error. The same rules apply to the WebSocket client and the HTTP client.

#[cfg(unix)]
use std::{path::Path, sync::Arc};

use data_encoding::BASE64;
use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderValue};
use http::{Uri, uri::Authority};

use super::dial::SUPPORTS_TLS;
use super::error::ConnectError;
use crate::message::{HostPort, percent_decoded};

/// Parses the URI of a WebSocket. It must not have a fragment (RFC 6455 §3), and its scheme is
/// `ws`, or `wss` with the feature `tls`. The schemes `http` and `https` are accepted as well,
/// because addresses of servers often have them.
pub(super) fn of_websocket(text: &str) -> Result<Uri, ConnectError> {
    // `Uri` drops a fragment without an error.
    if text.contains('#') {
        return Err(bad(text, "it has a fragment (RFC 6455 §3)"));
    }
    let uri: Uri = text
        .parse()
        .map_err(|error: http::uri::InvalidUri| bad(text, error))?;
    match uri.scheme_str() {
        Some(scheme) if is_plain(scheme) || is_encrypted(scheme) => Ok(uri),
        Some(scheme) => Err(ConnectError::UnsupportedScheme {
            scheme: scheme.to_owned(),
        }),
        None => Err(bad(text, "the scheme is missing, such as ws://")),
    }
}

fn is_plain(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("ws") || scheme.eq_ignore_ascii_case("http")
}

/// Returns `true` if the scheme requires TLS, and the feature `tls` is enabled.
pub(super) fn is_encrypted(scheme: &str) -> bool {
    let secure = scheme.eq_ignore_ascii_case("wss") || scheme.eq_ignore_ascii_case("https");
    SUPPORTS_TLS && secure
}

pub(super) fn bad(uri: &str, reason: impl ToString) -> ConnectError {
    ConnectError::BadUri {
        uri: without_secrets(uri),
        reason: reason.to_string(),
    }
}

/// Returns `uri` for logs and errors, with `***` for its user information, query and fragment.
///
/// A web page cannot set fields for a socket, so tokens are often sent in the query.
pub(super) fn without_secrets(uri: &str) -> String {
    let start = uri.find("://").map_or(0, |at| at + 3);
    let end = uri[start..]
        .find(['/', '?', '#'])
        .map_or(uri.len(), |at| start + at);
    let path = uri[end..].find(['?', '#']).map_or(uri.len(), |at| end + at);
    let authority = match uri[start..end].rfind('@') {
        Some(at) => format!("***{}", &uri[start + at..end]),
        None => uri[start..end].to_owned(),
    };
    let rest = match uri[path..].chars().next() {
        Some(mark) => format!("{mark}***"),
        None => String::new(),
    };
    format!("{}{authority}{}{rest}", &uri[..start], &uri[end..path])
}

/// A server: requests to the same one share connections.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Remote {
    pub(super) encrypted: bool,
    /// The host to resolve. An IPv6 address has no brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// The path of the Unix socket to connect to, in the place of the host and port.
    #[cfg(unix)]
    pub(super) unix: Option<Arc<Path>>,
}

/// The server that a URI names, and the fields that a request to it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) remote: Remote,
    /// Host and port as in the URI, without user information (RFC 9110 §4.2.4).
    host_field: HeaderValue,
    /// The user of the URI, as Basic credentials.
    authorization: Option<HeaderValue>,
}

const NO_HOST: &str = "it does not name a host";

impl Destination {
    /// Reads the authority of `uri`. Returns the broken rule if that is not a host with an optional
    /// port and user information.
    pub(super) fn of(uri: &Uri, encrypted: bool) -> Result<Self, &'static str> {
        let authority = uri.authority().map(Authority::as_str).ok_or(NO_HOST)?;
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        if place.is_empty() || place.starts_with(':') {
            return Err(NO_HOST);
        }
        if user.is_some_and(|user| user.contains('@')) {
            return Err("its user information has an `@` that is not percent-encoded");
        }
        let parsed = HostPort::parse(place);
        let HostPort { host, port } = parsed.ok_or_else(|| broken_rule(place))?;
        Ok(Self {
            remote: Remote {
                encrypted,
                host: host.trim_matches(['[', ']']).to_owned(),
                port: port.unwrap_or(if encrypted { 443 } else { 80 }),
                #[cfg(unix)]
                unix: None,
            },
            host_field: HeaderValue::try_from(place)
                .map_err(|_| "its host is not a field value")?,
            authorization: user.map(basic).transpose()?.flatten(),
        })
    }

    /// Adds `Authorization`, and `Host` unless the caller has set it. Exactly one `Host` is left
    /// (RFC 9112 §3.2).
    pub(super) fn add_fields(self, fields: &mut HeaderMap) -> Result<Remote, &'static str> {
        let host = fields.get(HOST).cloned().unwrap_or(self.host_field);
        fields.insert(HOST, host);
        if let Some(authorization) = self.authorization {
            if fields.insert(AUTHORIZATION, authorization).is_some() {
                return Err("it names a user, and `Authorization` is set as well");
            }
        }
        Ok(self.remote)
    }
}

/// Returns the target of a request for `uri`: its path and query alone (RFC 9112 §3.2.1).
pub(super) fn origin_form(uri: &Uri) -> Uri {
    let target = uri.path_and_query().cloned();
    target.map_or_else(Uri::default, Uri::from)
}

/// Returns `uri` without user information, which is sent as a field.
pub(super) fn without_user(uri: Uri) -> Uri {
    let mut parts = uri.clone().into_parts();
    let place = parts.authority.as_ref().and_then(|authority| {
        let (_, place) = authority.as_str().rsplit_once('@')?;
        place.parse().ok()
    });
    if place.is_none() {
        return uri;
    }
    parts.authority = place;
    Uri::from_parts(parts).unwrap_or(uri)
}

/// Returns the rule that `place` breaks, which is not a host with an optional port.
fn broken_rule(place: &str) -> &'static str {
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (place, ""),
    };
    if HostPort::parse(host).is_some() && port.bytes().all(|byte| byte.is_ascii_digit()) {
        return "its port is over 65535";
    }
    if host.starts_with('[') && host.contains('%') {
        return "IPv6 addresses with a zone are not supported";
    }
    "its host and port are not valid (RFC 3986 §3.2)"
}

/// Returns the value of `Authorization` for user information, or `None` if that is empty.
fn basic(user: &str) -> Result<Option<HeaderValue>, &'static str> {
    if user.is_empty() {
        return Ok(None);
    }
    if user.contains('@') {
        return Err("an `@` in its user information must be %40 (RFC 3986 §3.2.1)");
    }
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let decoded = |text| percent_decoded(text).ok_or("its user information is not UTF-8");
    let (name, password) = (decoded(name)?, decoded(password)?);
    let has_control = |text: &str| text.chars().any(char::is_control);
    if name.contains(':') || has_control(&name) || has_control(&password) {
        return Err("its user information cannot be sent as Basic (RFC 7617 §2)");
    }
    let encoded = BASE64.encode(format!("{name}:{password}").as_bytes());
    let mut value = HeaderValue::try_from(format!("Basic {encoded}"))
        .map_err(|_| "its user information cannot be in a field")?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destination(uri: &str) -> Result<Destination, &'static str> {
        let uri = uri.parse().unwrap_or_else(|error| panic!("{uri}: {error}"));
        Destination::of(&uri, false)
    }

    #[test]
    fn user_information_becomes_a_field() {
        for (user, expected) in [
            ("", None),
            ("@", None),
            ("user:pass@", Some("user:pass")),
            ("user@", Some("user:")),
            ("user:@", Some("user:")),
            (":pass@", Some(":pass")),
            ("user:a:b@", Some("user:a:b")),
            ("us%40er:p%3Ass%2F@", Some("us@er:p:ss/")),
            ("%C3%A4:%E2%82%AC@", Some("ä:€")),
        ] {
            let destination = destination(&format!("ws://{user}host:8/")).unwrap();
            let field = expected.map(|text| format!("Basic {}", BASE64.encode(text.as_bytes())));
            let sent = destination.authorization.as_ref();
            assert_eq!(sent.map(|value| value.to_str().unwrap()), field.as_deref());
            assert!(sent.is_none_or(HeaderValue::is_sensitive));
            let remote = &destination.remote;
            assert_eq!((remote.host.as_str(), remote.port), ("host", 8));
            assert_eq!(destination.host_field, "host:8");
        }
    }

    #[test]
    fn unusable_parts_are_refused() {
        for (uri, reason) in [
            ("ws://a:65536/", "65535"),
            ("ws://a:99999999999999999999/", "65535"),
            ("ws://[::1]:70000/", "65535"),
            ("ws://user:pass@a:65536", "65535"),
            ("ws://us%3Aer:pass@a/", "Basic"),
            ("ws://user:pa%0Ass@a/", "Basic"),
            ("ws://user:pa%7Fss@a/", "Basic"),
            ("ws://us%FFer@a/", "UTF-8"),
            ("ws://user%2:pass@a/", "UTF-8"),
        ] {
            let refused = destination(uri).unwrap_err();
            assert!(refused.contains(reason), "{uri}: {refused}");
        }
    }

    #[test]
    fn uris_without_a_valid_host_are_refused() {
        // The parser refuses some of these, and `Destination` the rest.
        for uri in [
            "/path",
            "ws://:80/",
            "ws://user@:80/",
            "ws://@/",
            "ws://[fe80::1%25eth0]/",
            "ws://[fe80::1%eth0]:80/",
            "ws://[::g]/",
            "ws://[::1/",
            "ws://::1/",
            "ws://a:b/",
            "ws://a:-1/",
            "ws://a:+1/",
            "ws://a:80:80/",
            "ws://a@b@c/",
        ] {
            let named = uri.parse::<Uri>().map(|uri| Destination::of(&uri, false));
            assert!(!matches!(named, Ok(Ok(_))), "{uri}: {named:?}");
        }
    }

    #[test]
    fn messages_show_no_secrets() {
        for (uri, shown) in [
            ("ws://user:secret@host/a@b", "ws://***@host/a@b"),
            ("ws://user@host", "ws://***@host"),
            ("user:secret@host", "***@host"),
            ("ws://host/a@b?c@d#e@f", "ws://host/a@b?***"),
            ("ws://host?token=secret", "ws://host?***"),
            ("ws://host#secret", "ws://host#***"),
            ("/a?token=secret", "/a?***"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(uri), shown);
        }
    }
}
