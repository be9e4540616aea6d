//! Path parameters: the captures of a route's template, and the types they are read as.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// The reason that a segment is not of the type of a parameter. The response is then 404.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::FromPath;
///
/// let error = u64::from_path("seven".into()).unwrap_err();
/// assert_eq!(error.to_string(), "path segment `seven` is not u64");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The decoded segment does not parse.
    #[error("path segment `{segment}` is not {expected}")]
    Unparsable {
        /// The decoded segment.
        segment: String,
        /// The name of the type, such as `u64`.
        expected: &'static str,
    },
}

/// A type that a path segment can be parsed to: anything with [`FromStr`](std::str::FromStr), and
/// `Arc<str>`, `Box<str>` and `Cow<'static, str>`.
///
/// `Via` is always inferred; leave it out of your own implementations.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use http4k_ws::message::FromPath;
///
/// assert_eq!(u64::from_path("7".into()), Ok(7));
/// assert_eq!(Arc::<str>::from_path("bob".into()), Ok("bob".into()));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from a path segment",
    label = "a path parameter is parsed to the type of the handler's parameter",
    note = "write `&name` in the call of a function that takes a reference, such as `&str`; \
            otherwise take an owned type that implements `FromStr`; a segment is never absent, so \
            take `T` for `Option<T>`",
    note = "a type of your own implements `FromStr` or derives `PathParam`; the socket is passed as \
            `ws`, the request as `req`, and what is read from the request as `_`",
    note = "the parameter of a closure may need its type, as in `|text: String|`"
)]
pub trait FromPath<Via = private::FromStr>: Sized {
    /// Reads the value from a percent-decoded segment, or from the whole rest for `<name..>`.
    ///
    /// # Errors
    ///
    /// Returns [`PathError`] if the segment is not such a value; the response is then 404.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    ///
    /// use http4k_ws::message::FromPath;
    ///
    /// assert_eq!(Ipv4Addr::from_path("127.0.0.1".into()), Ok(Ipv4Addr::LOCALHOST));
    /// assert!(Ipv4Addr::from_path("localhost".into()).is_err());
    /// ```
    fn from_path(segment: Cow<'_, str>) -> Result<Self, PathError>;
}

#[diagnostic::do_not_recommend]
impl<T: std::str::FromStr> FromPath for T {
    fn from_path(segment: Cow<'_, str>) -> Result<Self, PathError> {
        segment.parse().map_err(|_| PathError::Unparsable {
            segment: segment.into_owned(),
            expected: std::any::type_name::<T>(),
        })
    }
}

// The standard library may implement `FromStr` for these, so that each has an implementation of its
// own, distinguished by `Via`.
#[diagnostic::do_not_recommend]
impl FromPath<private::Text> for Arc<str> {
    fn from_path(segment: Cow<'_, str>) -> Result<Self, PathError> {
        Ok(segment.into())
    }
}

#[diagnostic::do_not_recommend]
impl FromPath<private::Text> for Box<str> {
    fn from_path(segment: Cow<'_, str>) -> Result<Self, PathError> {
        Ok(segment.into())
    }
}

#[diagnostic::do_not_recommend]
impl FromPath<private::Text> for Cow<'static, str> {
    fn from_path(segment: Cow<'_, str>) -> Result<Self, PathError> {
        Ok(Cow::Owned(segment.into_owned()))
    }
}

/// A type that the rest of a path, `<name..>`, can be read as: one value of the whole rest, or a
/// `Vec` with one value of each segment.
///
/// `Via` is always inferred. A slash that was sent as `%2F` does not separate the values of a
/// `Vec`.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// fn depth(folders: Vec<String>) -> String {
///     format!("{} {:?}", folders.len(), folders)
/// }
///
/// let app = routes! { GET "/files/<folders..>" => http(depth(folders)) };
/// assert_eq!(app.test_http("/files/a/b%2Fc").body(), r#"2 ["a", "b/c"]"#);
/// assert_eq!(app.test_http("/files").body(), "0 []");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from the rest of a path",
    label = "a path parameter is parsed to the type of the handler's parameter",
    note = "write `&name` in the call of a function that takes a reference, such as `&str`; \
            otherwise take an owned type that implements `FromStr`, or a `Vec` of one, such as \
            `Vec<String>`, for the segments; a rest is never absent, so take `T` for `Option<T>`",
    note = "the parameter of a closure may need its type, as in `|rest: String|`"
)]
pub trait FromRest<Via>: Sized {
    /// Reads the value from the rest of a path as it was sent, percent-encoded.
    ///
    /// # Errors
    ///
    /// Returns [`PathError`] if the rest, or one of its segments, is not such a value; the response
    /// is then 404.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::FromRest;
    ///
    /// assert_eq!(String::from_rest("a%20b/c"), Ok("a b/c".to_owned()));
    /// assert_eq!(Vec::<u32>::from_rest("1/2"), Ok(vec![1, 2]));
    /// assert!(Vec::<u32>::from_rest("1/two").is_err());
    /// ```
    fn from_rest(raw: &str) -> Result<Self, PathError>;
}

#[diagnostic::do_not_recommend]
impl<T: FromPath<Via>, Via> FromRest<private::Whole<Via>> for T {
    fn from_rest(raw: &str) -> Result<Self, PathError> {
        T::from_path(text_of(raw))
    }
}

impl<T: FromPath<Via>, Via> FromRest<private::Each<Via>> for Vec<T> {
    fn from_rest(raw: &str) -> Result<Self, PathError> {
        if raw.is_empty() {
            return Ok(Self::new());
        }
        let segments = raw.split('/').map(text_of);
        segments.map(T::from_path).collect()
    }
}

/// Decodes a capture of a route. The router has checked that it is valid.
pub(crate) fn text_of(raw: &str) -> Cow<'_, str> {
    percent_decoded(raw).unwrap_or_default()
}

/// The markers that distinguish the implementations of `FromPath` and `FromRest`.
mod private {
    use std::marker::PhantomData;

    #[derive(Debug)]
    pub enum FromStr {}

    #[derive(Debug)]
    pub enum Text {}

    #[derive(Debug)]
    pub struct Whole<Via>(PhantomData<Via>);

    #[derive(Debug)]
    pub struct Each<Via>(PhantomData<Via>);
}

/// A type that a path segment can be written from: any type with [`Display`](std::fmt::Display).
///
/// The text must be one that its [`FromPath`] reads. A link percent-encodes it.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{FromPath, ToPath};
///
/// assert_eq!(7_u64.to_path(), "7");
/// assert_eq!(u64::from_path(7_u64.to_path()), Ok(7));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a path",
    label = "a link contains its parameters, so each must implement `ToPath`",
    note = "implement `std::fmt::Display` for `{Self}`, so that `FromStr` reads its output"
)]
pub trait ToPath {
    /// Returns the value as text that is not percent-encoded.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::ToPath;
    ///
    /// assert_eq!("blue sky".to_path(), "blue sky"); // A link encodes it.
    /// ```
    fn to_path(&self) -> Cow<'_, str>;
}

#[diagnostic::do_not_recommend]
impl<T: fmt::Display + ?Sized> ToPath for T {
    fn to_path(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

/// A text that is not a name of an enum that derives `PathParam`.
///
/// # Examples
///
/// ```
/// use http4k_ws::PathParam;
///
/// #[derive(Debug, Clone, Copy, PartialEq, PathParam)]
/// enum Color {
///     Red,
///     Blue,
/// }
///
/// let error = "green".parse::<Color>().unwrap_err();
/// assert_eq!(error.known().len(), 2);
/// assert_eq!(error.known()[0].parse(), Ok(Color::Red));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` must be one of `{}`", .known.join("`, `"))]
pub struct UnknownName {
    found: String,
    known: &'static [&'static str],
}

impl UnknownName {
    #[doc(hidden)]
    pub fn new(found: &str, known: &'static [&'static str]) -> Self {
        Self {
            found: found.into(),
            known,
        }
    }

    /// Returns the names of the enum.
    pub fn known(&self) -> &'static [&'static str] {
        self.known
    }
}

/// The error of the inner type of a newtype that derives `PathParam`.
///
/// # Examples
///
/// ```
/// use http4k_ws::PathParam;
///
/// #[derive(Debug, Clone, PartialEq, PathParam)]
/// struct UserId(u64);
///
/// assert_eq!("7".parse(), Ok(UserId(7)));
/// let error = "seven".parse::<UserId>().unwrap_err();
/// assert_eq!(error.to_string(), "invalid digit found in string");
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct TextError(Arc<dyn Error + Send + Sync>);

impl TextError {
    pub(crate) fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Arc::from(cause.into()))
    }

    /// Returns the error of the inner type.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::PathParam;
    ///
    /// #[derive(Debug, PathParam)]
    /// struct UserId(u64);
    ///
    /// let error = "seven".parse::<UserId>().unwrap_err();
    /// assert!(error.cause().is::<std::num::ParseIntError>());
    /// ```
    pub fn cause(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }
}

/// Two errors are equal if their texts are.
impl PartialEq for TextError {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for TextError {}

/// The path parameters of the route that matched, percent-decoded. The extensions of a request hold
/// them.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::PathParams;
/// use http4k_ws::prelude::*;
///
/// async fn show(request: Request) -> String {
///     let params = request.extensions().get::<PathParams>();
///     params.and_then(|params| params.get("id")).unwrap_or("none").to_owned()
/// }
///
/// let app = routes! { GET "/users/<id>" => http(show(req)) };
/// assert_eq!(app.test_http("/users/a%20b").body(), "a b");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PathParams(Vec<(Cow<'static, str>, String)>);

impl PathParams {
    /// Returns the value of the parameter `name`.
    ///
    /// If a mounted application and the application around it use the same name, it is that of the
    /// mounted one.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::PathParams;
    /// use http4k_ws::prelude::*;
    ///
    /// let id = |request: Request| {
    ///     let params = request.extensions().get::<PathParams>().unwrap();
    ///     params.get("id").unwrap().to_owned()
    /// };
    /// let rooms = routes! { GET "/<id>" => http(id(req)) };
    /// let app = routes! { "/users/<id>/rooms" => mount(rooms) };
    /// assert_eq!(app.test_http("/users/bob/rooms/blue").body(), "blue");
    /// ```
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rfind(|(key, _)| *key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns every parameter, in the order of the template.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::PathParams;
    /// use http4k_ws::prelude::*;
    ///
    /// let names = |request: Request| {
    ///     let params = request.extensions().get::<PathParams>().unwrap();
    ///     params.iter().map(|(name, value)| format!("{name}={value} ")).collect::<String>()
    /// };
    /// let app = routes! { GET "/<year>/<month>" => http(names(req)) };
    /// assert_eq!(app.test_http("/2026/11").body(), "year=2026 month=11 ");
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_str()))
    }
}

impl<N: Into<Cow<'static, str>>> FromIterator<(N, String)> for PathParams {
    fn from_iter<I: IntoIterator<Item = (N, String)>>(pairs: I) -> Self {
        let named = pairs.into_iter().map(|(name, value)| (name.into(), value));
        Self(named.collect())
    }
}

impl fmt::Debug for PathParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// The text of a percent-encoded segment; `None` where `%` is not followed by two hex digits or the
/// bytes are not UTF-8 (RFC 3986 §2.1).
pub(crate) fn percent_decoded(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.as_bytes().contains(&b'%') {
        return Some(raw.into());
    }
    let whole = raw
        .split('%')
        .skip(1)
        .all(|after| after.len() >= 2 && after.bytes().take(2).all(|b| b.is_ascii_hexdigit()));
    if !whole {
        return None;
    }
    percent_encoding::percent_decode_str(raw).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_decode_to_utf8_or_to_none() {
        for (raw, text) in [
            ("bob", Some("bob")),
            ("", Some("")),
            ("a%20b", Some("a b")),
            ("a%2Fb", Some("a/b")),
            ("caf%C3%A9", Some("café")),
            ("100%", None),
            ("%4", None),
            ("%zz", None),
            ("%+1", None),
            ("%FF", None),
        ] {
            assert_eq!(percent_decoded(raw).as_deref(), text, "{raw}");
        }
    }

    #[test]
    fn the_innermost_parameter_of_a_name_counts() {
        let params: PathParams = [("id", "1".into()), ("id", "2".into())]
            .into_iter()
            .collect();
        assert_eq!(params.get("id"), Some("2"));
        assert_eq!(params.get("name"), None);
    }
}
