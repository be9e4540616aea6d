//! Pairs of a query, or of a form: `name=value&name=value`, `+` or `%20` for a space.
//!
//! The crate `form_urlencoded` is not used, for two reasons. It writes a space as `+`, which means
//! a space only in queries, and these functions write `%20`. It also decodes bytes that are not
//! UTF-8 lossily, and a lens must refuse such a value with 400.

use std::borrow::Cow;
use std::str::Utf8Error;

use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

/// All but the unreserved characters (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Returns the values of `name` in the order sent, decoded lossily.
pub(super) fn values<'a>(uri: &'a Uri, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
    pairs(uri.query().unwrap_or_default()).filter_map(move |pair| {
        let (key, value) = split(pair);
        (decode_lossy(key) == name).then(|| decode_lossy(value))
    })
}

/// Returns each name and value of a query, or of a form. The value is an error if it or the name is
/// not UTF-8, and the name is then decoded lossily.
pub(crate) fn pairs_of(
    text: &str,
) -> impl Iterator<Item = (Cow<'_, str>, Result<Cow<'_, str>, Utf8Error>)> {
    pairs(text).map(|pair| {
        let (name, value) = split(pair);
        match decode(name) {
            Ok(name) => (name, decode(value)),
            Err(error) => (decode_lossy(name), Err(error)),
        }
    })
}

/// Adds `name=value` to the end of a query, or of a form.
pub(crate) fn write_pair(text: &mut String, name: &str, value: &str) {
    if !text.is_empty() {
        text.push('&');
    }
    text.extend(utf8_percent_encode(name, RESERVED));
    text.push('=');
    text.extend(utf8_percent_encode(value, RESERVED));
}

/// Returns `uri` with `values` of `name` at the end of its query. The values that `name` had are
/// dropped if `replace` is true; all other pairs stay as they were sent.
pub(crate) fn with_values<'v>(
    uri: &Uri,
    name: &str,
    values: impl IntoIterator<Item = &'v str>,
    replace: bool,
) -> Result<Uri, http::Error> {
    let mut query = String::new();
    for pair in pairs(uri.query().unwrap_or_default()) {
        if replace && decode_lossy(split(pair).0) == name {
            continue;
        }
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(pair);
    }
    for value in values {
        write_pair(&mut query, name, value);
    }
    if query.is_empty() && uri.query().is_none() {
        return Ok(uri.clone());
    }
    let mut target = String::from(uri.path());
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(target)?);
    Ok(Uri::from_parts(parts)?)
}

fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| !pair.is_empty())
}

fn split(pair: &str) -> (&str, &str) {
    pair.split_once('=').unwrap_or((pair, ""))
}

fn decode(raw: &str) -> Result<Cow<'_, str>, Utf8Error> {
    if raw.contains('+') {
        let spaced = raw.replace('+', " ");
        let decoded = percent_decode(spaced.as_bytes()).decode_utf8()?;
        return Ok(Cow::Owned(decoded.into_owned()));
    }
    percent_decode(raw.as_bytes()).decode_utf8()
}

fn decode_lossy(raw: &str) -> Cow<'_, str> {
    decode(raw).unwrap_or_else(|_| {
        let spaced = raw.replace('+', " ");
        let decoded = percent_decode(spaced.as_bytes()).decode_utf8_lossy();
        Cow::Owned(decoded.into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_in_order() {
        let cases: &[(&str, &[&str])] = &[
            ("/", &[]),
            ("/?", &[]),
            ("/?b=1", &[]),
            ("/?a", &[""]),
            ("/?a=", &[""]),
            ("/?a=1&b=2&a=3", &["1", "3"]),
            ("/?&&a=1&", &["1"]),
            ("/?a=x=y", &["x=y"]),
            ("/?a=1+2%2B3%203", &["1 2+3 3"]),
            ("/?%61=1", &["1"]),
            ("/?a=caf%C3%A9", &["café"]),
            ("/?a=%zz", &["%zz"]),
            ("/?a=%ff", &["\u{fffd}"]),
            ("/?a=1%262", &["1&2"]),
            ("/?aa=1", &[]),
        ];
        for (uri, expected) in cases {
            let uri: Uri = uri.parse().unwrap();
            let values: Vec<_> = values(&uri, "a").collect();
            assert_eq!(&values, expected, "{uri}");
        }
    }

    #[test]
    fn a_set_value_is_read_back() {
        for value in ["", "1", "a b", "a+b", "&=?#/%", "é\u{1f600}", "\r\n\0"] {
            let uri = with_values(&Uri::from_static("/x?b=1"), "a", [value], false).unwrap();
            assert_eq!(values(&uri, "a").collect::<Vec<_>>(), [value], "{uri}");
            assert_eq!(values(&uri, "b").collect::<Vec<_>>(), ["1"]);
        }
    }

    #[test]
    fn a_value_is_added_or_replaces_others() {
        let cases = [
            ("/x", false, "/x?a=9"),
            ("/x", true, "/x?a=9"),
            ("/x?a=1&b=%20", false, "/x?a=1&b=%20&a=9"),
            ("/x?a=1&b=%20&a=2", true, "/x?b=%20&a=9"),
            ("http://h:1/x?%61=1", true, "http://h:1/x?a=9"),
        ];
        for (before, replace, after) in cases {
            let uri = with_values(&Uri::from_static(before), "a", ["9"], replace).unwrap();
            assert_eq!(uri, after, "{before} {replace}");
        }
    }

    #[test]
    fn a_target_that_is_too_long_is_an_error() {
        let long = "x".repeat(70_000);
        assert!(with_values(&Uri::from_static("/"), "a", [long.as_str()], false).is_err());
    }
}
