//! The cookies of a request (RFC 6265 §4.2).

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// A cookie in a field `Cookie`, as it was sent. It has no attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SentCookie<'a> {
    /// The name and the value, without spaces around them.
    pub(crate) pair: &'a [u8],
    pub(crate) name: &'a [u8],
    /// The value, with quotes if it has them.
    pub(crate) value: &'a [u8],
}

impl<'a> SentCookie<'a> {
    /// Parses a pair. One without `=` has no name.
    fn parse(pair: &'a [u8]) -> Self {
        let pair = pair.trim_ascii();
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (&pair[..0], pair),
        };
        Self {
            pair,
            name: name.trim_ascii(),
            value: value.trim_ascii(),
        }
    }

    /// Returns `true` if the cookie has this name, which is not empty.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        !name.is_empty() && self.name == name.as_bytes()
    }

    /// Returns the value without the quotes around it.
    pub(crate) fn unquoted(&self) -> &'a [u8] {
        let quoted = self.value.strip_prefix(b"\"");
        let quoted = quoted.and_then(|rest| rest.strip_suffix(b"\""));
        quoted.unwrap_or(self.value)
    }
}

/// Returns the cookies of a field. Empty ones are left out.
pub(crate) fn cookies_of(field: &HeaderValue) -> impl Iterator<Item = SentCookie<'_>> {
    let pairs = field.as_bytes().split(|byte| *byte == b';');
    pairs
        .map(SentCookie::parse)
        .filter(|cookie| !cookie.pair.is_empty())
}

/// Returns the cookies of a request. There may be several fields (RFC 9113 §8.2.3).
pub(crate) fn sent_cookies(headers: &HeaderMap) -> impl Iterator<Item = SentCookie<'_>> {
    headers.get_all(COOKIE).into_iter().flat_map(cookies_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_pairs() {
        let field = HeaderValue::from_static(" a=1; b = \"2\" ;; c ;=d; e=;f==;g=\"");
        let cookies: Vec<_> = cookies_of(&field)
            .map(|cookie| [cookie.pair, cookie.name, cookie.value, cookie.unquoted()])
            .map(|parts| parts.map(|part| std::str::from_utf8(part).unwrap()))
            .collect();
        assert_eq!(
            cookies,
            [
                ["a=1", "a", "1", "1"],
                ["b = \"2\"", "b", "\"2\"", "2"],
                ["c", "", "c", "c"],
                ["=d", "", "d", "d"],
                ["e=", "e", "", ""],
                ["f==", "f", "=", "="],
                ["g=\"", "g", "\"", "\""],
            ]
        );
    }

    #[test]
    fn a_cookie_without_a_name_matches_no_name() {
        let field = HeaderValue::from_static("c; =d; a=1");
        let named = |name: &str| cookies_of(&field).filter(|c| c.is_named(name)).count();
        assert_eq!([named(""), named("c"), named("a")], [0, 0, 1]);
    }

    #[test]
    fn several_fields_are_read_in_their_order() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; b=2"));
        headers.append(COOKIE, HeaderValue::from_static("a=3"));
        let values: Vec<_> = sent_cookies(&headers).map(|cookie| cookie.value).collect();
        assert_eq!(values, [b"1", b"2", b"3"]);
    }
}
