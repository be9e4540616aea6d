//! Header fields: what is one for certain, and how the extension traits read and write them.

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What is a field name for certain: a `HeaderName`, or one written in the program.
///
/// Names that are known only at run time go through [`RequestExt::try_with_header`] and its twin.
///
/// [`RequestExt::try_with_header`]: crate::message::RequestExt::try_with_header
#[diagnostic::on_unimplemented(
    message = "`{Self}` may be no header name",
    label = "expected a `HeaderName` or a literal",
    note = "a name known only at run time goes through `try_with_header`, which says whether it is one"
)]
pub trait IntoHeaderName {
    /// The name.
    ///
    /// # Panics
    ///
    /// Where a `&'static str` is no field name (RFC 9110 §5.1).
    fn into_header_name(self) -> HeaderName;
}

/// What is a field value for certain: a `HeaderValue`, a number, or text written in the program.
///
/// Values that are known only at run time go through [`RequestExt::try_with_header`] and its twin.
///
/// [`RequestExt::try_with_header`]: crate::message::RequestExt::try_with_header
#[diagnostic::on_unimplemented(
    message = "`{Self}` may be no header value",
    label = "expected a `HeaderValue`, a number or a literal",
    note = "a value known only at run time goes through `try_with_header`, which says whether it is one"
)]
pub trait IntoHeaderValue {
    /// The value.
    ///
    /// # Panics
    ///
    /// Where a `&'static str` is no field value: it holds a control character (RFC 9110 §5.5).
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
            Err(_) => panic!("{self:?} is no header name"),
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
            Err(_) => panic!("{self:?} is no header value"),
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

/// The first value of `name` that is text.
pub(super) fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    text(headers.get(name)?)
}

/// Every value of `name` that is text, in the order sent.
pub(super) fn all<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(text)
}

fn text(value: &HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
}

/// A field from what may be none.
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

/// The methods that requests and responses have in common, as both extension traits declare them.
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

/// The members of a list, which may stand in several fields (RFC 9110 §5.6.1).
pub(crate) fn members(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|member| member.trim_matches([' ', '\t']))
}

/// Whether a list has `token`, in whatever case.
pub(crate) fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    members(headers, name).any(|member| member.eq_ignore_ascii_case(token))
}

/// What speaks of one connection goes no further than that (RFC 9110 §7.6.1), and HTTP/2 has no field for it
/// (RFC 9113 §8.2.2).
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
    fn names_are_taken_in_any_case() {
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
    #[should_panic(expected = "\"x key\" is no header name")]
    fn a_literal_that_is_no_name_panics() {
        "x key".into_header_name();
    }

    #[test]
    #[should_panic(expected = r#""a\r\nb: c" is no header value"#)]
    fn a_literal_that_is_no_value_panics() {
        "a\r\nb: c".into_header_value();
    }

    #[test]
    fn values_that_are_no_text_are_passed_over() {
        let mut headers = HeaderMap::new();
        headers.append("x", HeaderValue::from_bytes(b"\xff").unwrap());
        headers.append("x", HeaderValue::from_bytes("é".as_bytes()).unwrap());
        assert_eq!(first(&headers, "x"), None);
        assert_eq!(all(&headers, "X").collect::<Vec<_>>(), ["é"]);
        assert_eq!(first(&headers, "not a name"), None);
    }
}
