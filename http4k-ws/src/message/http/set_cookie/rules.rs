//! The rules that a cookie must keep, or browsers would reject it (RFC 6265bis §4.1, §5.6, §5.7).

use super::{SameSite, SetCookie, SetCookieError};

/// The number of bytes of name and value together.
pub(super) const MAX_LENGTH: usize = 4096;

/// The number of bytes of the value of an attribute.
pub(super) const MAX_ATTRIBUTE: usize = 1024;

/// A prefix of names for which browsers demand attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    Host,
    Secure,
}

/// Returns the prefix of a name. Browsers ignore its case (RFC 6265bis §5.4).
pub(super) fn prefix(name: &str) -> Option<Prefix> {
    let starts_with = |prefix: &str| {
        let start = name.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if starts_with("__Host-") {
        Some(Prefix::Host)
    } else if starts_with("__Secure-") {
        Some(Prefix::Secure)
    } else {
        None
    }
}

pub(super) fn check(cookie: &SetCookie) -> Result<(), SetCookieError> {
    let name = || cookie.name.to_string();
    if cookie.name.is_empty() || !cookie.name.bytes().all(is_token) {
        return Err(SetCookieError::Name { name: name() });
    }
    if let Some(found) = cookie.value.chars().find(|c| !is_octet(*c)) {
        return Err(SetCookieError::Value {
            name: name(),
            found,
        });
    }
    let length = cookie.name.len() + cookie.value.len();
    let attributes = [&cookie.path, &cookie.domain].into_iter().flatten();
    if length > MAX_LENGTH || attributes.clone().any(|value| value.len() > MAX_ATTRIBUTE) {
        return Err(SetCookieError::TooLong {
            name: name(),
            length,
        });
    }
    if let Some(path) = cookie.path.as_deref().filter(|path| !is_path(path)) {
        let path = path.to_owned();
        return Err(SetCookieError::Path { name: name(), path });
    }
    if let Some(domain) = cookie.domain.as_deref().filter(|domain| !is_host(domain)) {
        let domain = domain.to_owned();
        return Err(SetCookieError::Domain {
            name: name(),
            domain,
        });
    }
    check_secure(cookie)
}

fn check_secure(cookie: &SetCookie) -> Result<(), SetCookieError> {
    let name = || cookie.name.to_string();
    let demand = |prefix, demands| {
        Err(SetCookieError::Prefix {
            name: name(),
            prefix,
            demands,
        })
    };
    let is_for_host = cookie.path.as_deref() == Some("/") && cookie.domain.is_none();
    match prefix(&cookie.name) {
        Some(Prefix::Host) if !cookie.is_secure() || !is_for_host => {
            demand("__Host-", "`Secure`, `Path=/` and no `Domain`")
        }
        Some(Prefix::Secure) if !cookie.is_secure() => demand("__Secure-", "`Secure`"),
        _ if cookie.same_site == Some(SameSite::None) && !cookie.is_secure() => {
            Err(SetCookieError::SameSiteNone { name: name() })
        }
        _ => Ok(()),
    }
}

/// Returns `true` for a `tchar` (RFC 9110 §5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Returns `true` for a `cookie-octet` (RFC 6265bis §4.1.1).
fn is_octet(c: char) -> bool {
    c.is_ascii_graphic() && !"\",;\\".contains(c)
}

fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b';')
}

/// Returns `true` for a name of labels (RFC 1034 §3.5), which may have an underscore.
fn is_host(domain: &str) -> bool {
    domain.split('.').all(|label| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !label.is_empty() && label.bytes().all(is_letter)
    })
}
