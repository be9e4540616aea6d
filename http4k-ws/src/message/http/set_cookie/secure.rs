//! Completing cookies with `Secure`, when the scheme of the request is known.
//!
//! 1. A response whose cookie depends on the scheme remembers the text of that cookie, in its
//!    extensions, or beside the fields of the response that opens a socket.
//! 2. Filters may remove, replace and add fields. A text that is no longer among them is ignored.
//! 3. When the response leaves the application and the scheme is `https`, `; Secure` is added to
//!    each field with such a text. Fields that a program wrote itself are not changed.

use http::header::SET_COOKIE;
use http::{Extensions, HeaderMap, HeaderValue};

/// The cookies of a response that are `Secure` if the scheme of the request is `https`.
#[derive(Debug, Clone, Default)]
pub(crate) struct SecureIfHttps(Vec<HeaderValue>);

impl SecureIfHttps {
    /// Remembers a cookie, and forgets those that are no longer among `headers`.
    pub(super) fn remember(&mut self, value: HeaderValue, headers: &HeaderMap) {
        self.0.retain(|known| is_set(headers, known));
        self.0.push(value);
    }

    /// Remembers the cookies of `extensions`.
    pub(crate) fn take_from(extensions: &mut Extensions) -> Self {
        extensions.remove().unwrap_or_default()
    }

    /// Moves the cookies to `extensions`.
    pub(crate) fn put_into(self, extensions: &mut Extensions) {
        if !self.0.is_empty() {
            extensions.insert(self);
        }
    }

    /// Makes the cookies `Secure`.
    pub(crate) fn complete(&self, headers: &mut HeaderMap) {
        for value in headers.iter_mut().filter_map(set_cookie) {
            if !self.0.contains(value) {
                continue;
            }
            let mut text = value.as_bytes().to_vec();
            text.extend_from_slice(b"; Secure");
            // More of what was valid is valid.
            if let Ok(mut secure) = HeaderValue::from_bytes(&text) {
                secure.set_sensitive(true);
                *value = secure;
            }
        }
    }
}

fn set_cookie<'a>(
    (name, value): (&http::HeaderName, &'a mut HeaderValue),
) -> Option<&'a mut HeaderValue> {
    (*name == SET_COOKIE).then_some(value)
}

fn is_set(headers: &HeaderMap, value: &HeaderValue) -> bool {
    headers.get_all(SET_COOKIE).iter().any(|set| set == value)
}
