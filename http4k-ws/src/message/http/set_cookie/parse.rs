//! The cookies of a response that was received, as browsers read them (RFC 6265bis §5.6).

use std::borrow::Cow;
use std::time::Duration;

use super::{SameSite, Secure, SetCookie};

/// Returns the cookie of a field. Attributes that are not known are left out, and so is `Expires`.
/// `None` if there is no name, or the text is not UTF-8.
pub(super) fn parsed(value: &[u8]) -> Option<SetCookie> {
    let text = std::str::from_utf8(value).ok()?;
    let mut parts = text.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (trimmed(name), trimmed(value));
    if name.is_empty() {
        return None;
    }
    let mut cookie = SetCookie {
        name: Cow::Owned(name.to_owned()),
        value: Cow::Owned(value.to_owned()),
        path: None,
        domain: None,
        lifetime: None,
        http_only: false,
        same_site: None,
        secure: Secure::No,
    };
    for attribute in parts {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        set(&mut cookie, trimmed(name), trimmed(value));
    }
    Some(cookie)
}

/// Sets an attribute. The last of a name counts.
fn set(cookie: &mut SetCookie, name: &str, value: &str) {
    let owned = || Cow::Owned(value.to_owned());
    match name.to_ascii_lowercase().as_str() {
        "path" => cookie.path = value.starts_with('/').then(owned),
        "domain" => {
            let value = value.strip_prefix('.').unwrap_or(value);
            cookie.domain = (!value.is_empty()).then(|| Cow::Owned(value.to_owned()));
        }
        "max-age" => {
            if let Some(seconds) = seconds(value) {
                cookie.lifetime = Some(Duration::from_secs(seconds));
            }
        }
        "httponly" => cookie.http_only = true,
        "secure" => cookie.secure = Secure::Yes,
        "samesite" => {
            cookie.same_site = [SameSite::Strict, SameSite::Lax, SameSite::None]
                .into_iter()
                .find(|known| known.as_str().eq_ignore_ascii_case(value));
        }
        _ => {}
    }
}

/// Returns the number of seconds. A negative one is zero, and one that does not fit the largest
/// (RFC 6265bis §5.6.2).
fn seconds(value: &str) -> Option<u64> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match value.starts_with('-') {
        true => Some(0),
        false => Some(digits.parse().unwrap_or(u64::MAX)),
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}
