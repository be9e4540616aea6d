//! Header fields: names and values that are valid, lists, and the methods of the extension traits.

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue};

/// A type that converts to a valid field name: `HeaderName`, or a literal.
///
/// For names known only at run time, see [`RequestExt::try_with_header`]. Applications never
/// implement this trait.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoResponse;
/// use http4k_ws::http::header::LOCATION;
/// use http4k_ws::message::ResponseExt;
///
/// let response = "created".into_response().with_header(LOCATION, "/7").with_header("X-Key", "k1");
/// assert_eq!(response.header("location"), Some("/7"));
/// assert_eq!(response.header("x-key"), Some("k1"));
/// ```
///
/// [`RequestExt::try_with_header`]: crate::message::RequestExt::try_with_header
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not be a valid header name",
    label = "expected a `HeaderName` or a literal",
    note = "for a name known only at run time, use `try_with_header`, which returns an error"
)]
pub trait IntoHeaderName {
    /// Returns the name.
    ///
    /// # Panics
    ///
    /// If a `&'static str` is not a valid field name (RFC 9110 §5.1).
    fn into_header_name(self) -> HeaderName;
}

/// A type that converts to a valid field value: `HeaderValue`, a number, or a literal.
///
/// For values known only at run time, see [`RequestExt::try_with_header`]. Applications never
/// implement this trait.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoResponse;
/// use http4k_ws::http::HeaderValue;
/// use http4k_ws::message::ResponseExt;
///
/// let response = "hello"
///     .into_response()
///     .with_header("age", 60_u32)
///     .with_header("vary", "accept")
///     .with_header("server", HeaderValue::from_static("tea"));
/// assert_eq!(response.header("age"), Some("60"));
/// assert_eq!(response.header("vary"), Some("accept"));
/// assert_eq!(response.header("server"), Some("tea"));
/// ```
///
/// [`RequestExt::try_with_header`]: crate::message::RequestExt::try_with_header
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not be a valid header value",
    label = "expected a `HeaderValue`, a number or a literal",
    note = "for a value known only at run time, use `try_with_header`, which returns an error"
)]
pub trait IntoHeaderValue {
    /// Returns the value.
    ///
    /// # Panics
    ///
    /// If a `&'static str` has a control character (RFC 9110 §5.5).
    fn into_header_value(self) -> HeaderValue;
}

impl IntoHeaderName for HeaderName {
    fn into_header_name(self) -> HeaderName {
        self
    }
}

impl IntoHeaderName for &'static str {
    #[track_caller]
    fn into_header_name(self) -> HeaderName {
        match HeaderName::from_bytes(self.as_bytes()) {
            Ok(name) => name,
            Err(_) => panic!("{self:?} is not a valid header name"),
        }
    }
}

impl IntoHeaderValue for HeaderValue {
    fn into_header_value(self) -> HeaderValue {
        self
    }
}

impl IntoHeaderValue for &'static str {
    #[track_caller]
    fn into_header_value(self) -> HeaderValue {
        match HeaderValue::from_str(self) {
            Ok(value) => value,
            Err(_) => panic!("{self:?} is not a valid header value"),
        }
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl IntoHeaderValue for $number {
            fn into_header_value(self) -> HeaderValue {
                HeaderValue::from(self)
            }
        }
    )*};
}
numbers!(u16, u32, u64, usize, i16, i32, i64, isize);

/// Returns the first value of `name`, if it is text.
pub(super) fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    text(headers.get(name)?)
}

/// Returns every value of `name` that is text, in the order sent.
pub(super) fn all<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(text)
}

fn text(value: &HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
}

/// Converts a name and a value that may not be valid.
pub(super) fn try_field<N, V>(name: N, value: V) -> Result<(HeaderName, HeaderValue), http::Error>
where
    N: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
{
    Ok((
        name.try_into().map_err(Into::into)?,
        value.try_into().map_err(Into::into)?,
    ))
}

/// Implements the methods that both extension traits declare.
macro_rules! field_methods {
    () => {
        fn header(&self, name: &str) -> Option<&str> {
            header::first(self.headers(), name)
        }

        fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
            header::all(self.headers(), name)
        }

        #[track_caller]
        fn with_header(mut self, name: impl IntoHeaderName, value: impl IntoHeaderValue) -> Self {
            let (name, value) = (name.into_header_name(), value.into_header_value());
            self.headers_mut().insert(name, value);
            self
        }

        #[track_caller]
        fn with_added_header(
            mut self,
            name: impl IntoHeaderName,
            value: impl IntoHeaderValue,
        ) -> Self {
            let (name, value) = (name.into_header_name(), value.into_header_value());
            self.headers_mut().append(name, value);
            self
        }

        fn try_with_header<N, V>(mut self, name: N, value: V) -> Result<Self, http::Error>
        where
            N: TryInto<HeaderName, Error: Into<http::Error>>,
            V: TryInto<HeaderValue, Error: Into<http::Error>>,
        {
            let (name, value) = header::try_field(name, value)?;
            self.headers_mut().insert(name, value);
            Ok(self)
        }
    };
}
pub(super) use field_methods;

/// Returns the members of a list, which several fields may hold (RFC 9110 §5.6.1).
pub(crate) fn members(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).into_iter().flat_map(members_of)
}

fn members_of(value: &HeaderValue) -> impl Iterator<Item = &str> {
    let text = value.to_str().ok();
    let members = text.into_iter().flat_map(|value| value.split(','));
    members.map(|member| member.trim_matches([' ', '\t']))
}

/// Returns `true` if a list has `token`, in any case.
pub(crate) fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    // Most lists have one member.
    let first = headers.get(&name).map(HeaderValue::as_bytes);
    first.is_some_and(|value| value.eq_ignore_ascii_case(token.as_bytes()))
        || members(headers, name).any(|member| member.eq_ignore_ascii_case(token))
}

/// Returns the fields called `name` alone. `None`, without an allocation, if there are none.
pub(crate) fn only_field(headers: &HeaderMap, name: &HeaderName) -> Option<Box<HeaderMap>> {
    headers.contains_key(name).then(|| {
        let values = headers.get_all(name).iter().cloned();
        Box::new(values.map(|value| (name.clone(), value)).collect())
    })
}

/// Removes the fields that are valid for one connection only (RFC 9110 §7.6.1). HTTP/2 does not
/// allow them (RFC 9113 §8.2.2).
pub(crate) fn drop_fields_of_the_connection(fields: &mut HeaderMap) {
    let named: Vec<HeaderName> = members(fields, CONNECTION)
        .filter_map(|name| name.parse().ok())
        .filter(|name| name != HOST && name != CONTENT_LENGTH)
        .collect();
    for name in named {
        fields.remove(name);
    }
    for name in [CONNECTION, TE, TRANSFER_ENCODING, UPGRADE] {
        fields.remove(name);
    }
    for name in ["keep-alive", "proxy-connection"] {
        fields.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_have_any_case() {
        assert_eq!("X-Key".into_header_name(), "x-key");
        assert_eq!(http::header::ALLOW.into_header_name(), "allow");
    }

    #[test]
    fn numbers_and_text_are_values() {
        assert_eq!(7_u16.into_header_value(), "7");
        assert_eq!((-1_i64).into_header_value(), "-1");
        assert_eq!("a b".into_header_value(), "a b");
    }

    #[test]
    #[should_panic(expected = "\"x key\" is not a valid header name")]
    fn a_literal_that_is_not_a_name_panics() {
        "x key".into_header_name();
    }

    #[test]
    #[should_panic(expected = r#""a\r\nb: c" is not a valid header value"#)]
    fn a_literal_that_is_not_a_value_panics() {
        "a\r\nb: c".into_header_value();
    }

    #[test]
    fn values_that_are_not_text_are_skipped() {
        let mut headers = HeaderMap::new();
        headers.append("x", HeaderValue::from_bytes(b"\xff").unwrap());
        headers.append("x", HeaderValue::from_bytes("é".as_bytes()).unwrap());
        assert_eq!(first(&headers, "x"), None);
        assert_eq!(all(&headers, "X").collect::<Vec<_>>(), ["é"]);
        assert_eq!(first(&headers, "not a name"), None);
    }
}
