//! Where a URI leads.

use http::Uri;

use super::dial::SPEAKS_TLS;
use super::error::ConnectError;

/// RFC 6455 §3: no fragment, and a scheme of ws, or wss where that is spoken. http and https mean the same, for
/// an address is often told so.
pub(super) fn of_websocket(text: &str) -> Result<Uri, ConnectError> {
    // `Uri` would drop a fragment without a word.
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
        None => Err(bad(text, "it has no scheme, such as ws://")),
    }
}

fn is_plain(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("ws") || scheme.eq_ignore_ascii_case("http")
}

/// Whether the scheme asks for TLS, and that is spoken.
pub(super) fn is_encrypted(scheme: &str) -> bool {
    let secure = scheme.eq_ignore_ascii_case("wss") || scheme.eq_ignore_ascii_case("https");
    SPEAKS_TLS && secure
}

pub(super) fn bad(uri: &str, reason: impl ToString) -> ConnectError {
    ConnectError::BadUri {
        uri: uri.to_owned(),
        reason: reason.to_string(),
    }
}

/// The host to resolve: an IPv6 address loses its brackets.
pub(super) fn host_of(uri: &Uri) -> Option<String> {
    let host = uri.host().filter(|host| !host.is_empty())?;
    Some(host.trim_matches(['[', ']']).to_owned())
}

/// Host and port as they stand in `Host`: who a user is, is told otherwise (RFC 9110 §4.2.4).
pub(super) fn authority_of(uri: &Uri) -> Option<&str> {
    let authority = uri.authority()?.as_str();
    Some(authority.rsplit('@').next().unwrap_or(authority))
}
