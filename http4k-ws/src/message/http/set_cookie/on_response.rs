//! The cookies of a response: set, replaced and read.

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

use super::parse::parsed;
use super::secure::SecureIfHttps;
use super::{SetCookie, SetCookieError};

/// Sets `cookie`, in place of one with the same name, path and domain.
pub(crate) fn add(
    headers: &mut HeaderMap,
    undecided: &mut SecureIfHttps,
    cookie: &SetCookie,
) -> Result<(), SetCookieError> {
    replace(headers, undecided, cookie, |set| is_same(set, cookie))
}

/// Sets `cookie`, in place of all with the same name.
pub(crate) fn replace_named(
    headers: &mut HeaderMap,
    undecided: &mut SecureIfHttps,
    cookie: &SetCookie,
) -> Result<(), SetCookieError> {
    replace(headers, undecided, cookie, |set| set.name == cookie.name)
}

fn replace(
    headers: &mut HeaderMap,
    undecided: &mut SecureIfHttps,
    cookie: &SetCookie,
    is_replaced: impl Fn(&SetCookie) -> bool,
) -> Result<(), SetCookieError> {
    let value = cookie.to_header_value()?;
    let all = headers.get_all(SET_COOKIE).iter();
    let kept =
        |value: &&HeaderValue| !parsed(value.as_bytes()).is_some_and(|set| is_replaced(&set));
    let kept: Vec<HeaderValue> = all.filter(kept).cloned().collect();
    headers.remove(SET_COOKIE);
    for value in kept {
        headers.append(SET_COOKIE, value);
    }
    if cookie.is_undecided() {
        undecided.remember(value.clone(), headers);
    }
    headers.append(SET_COOKIE, value);
    Ok(())
}

/// Returns `true` if a browser keeps one of the two (RFC 6265bis §5.7).
fn is_same(a: &SetCookie, b: &SetCookie) -> bool {
    let domains = (a.domain.as_deref(), b.domain.as_deref());
    let same_domain = match domains {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    };
    same_domain && a.name == b.name && a.path == b.path
}

/// Returns the cookies that a response sets, in their order. A text that is not a cookie is left
/// out.
pub(crate) fn read(headers: &HeaderMap) -> Vec<SetCookie> {
    let all = headers.get_all(SET_COOKIE).iter();
    all.filter_map(|value| parsed(value.as_bytes())).collect()
}
