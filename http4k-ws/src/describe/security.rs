//! The credentials that a filter requires.

use std::borrow::Cow;

use crate::lens::Location;

/// The credentials that a filter requires of each request.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::SecurityScheme;
/// use http4k_ws::lens::Location;
///
/// let key = SecurityScheme::api_key(Location::Header, "x-api-key");
/// assert!(matches!(key, SecurityScheme::ApiKey { location: Location::Header, .. }));
///
/// let either = SecurityScheme::any_of([SecurityScheme::Bearer, key.clone()]);
/// assert_eq!(either, SecurityScheme::AnyOf(vec![SecurityScheme::Bearer, key]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecurityScheme {
    /// A name and a password in `Authorization: Basic` (RFC 7617).
    Basic,
    /// A token in `Authorization: Bearer` (RFC 6750).
    Bearer,
    /// A key in a header field, a parameter of the query or a cookie.
    ApiKey {
        /// The place of the key.
        location: Location,
        /// The name in that place.
        name: Cow<'static, str>,
    },
    /// A cookie that the application sets after a login.
    Cookie {
        /// The name of the cookie.
        name: Cow<'static, str>,
    },
    /// One of several. A client chooses.
    AnyOf(Vec<SecurityScheme>),
    /// No credentials. As one of several, it states that a request without credentials is admitted.
    Nothing,
    /// Credentials of another kind, known by the name of their type.
    Other {
        /// The name of the type.
        name: Cow<'static, str>,
    },
}

impl SecurityScheme {
    /// Returns the scheme of a key with `name` in `location`.
    pub fn api_key(location: Location, name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        Self::ApiKey { location, name }
    }

    /// Returns the scheme that one of `schemes` satisfies.
    pub fn any_of(schemes: impl IntoIterator<Item = Self>) -> Self {
        let mut distinct: Vec<Self> = Vec::new();
        for scheme in schemes {
            if !distinct.contains(&scheme) {
                distinct.push(scheme);
            }
        }
        match distinct.as_slice() {
            [only] => only.clone(),
            _ => Self::AnyOf(distinct),
        }
    }

    /// Returns the scheme of a cookie with `name`.
    pub fn cookie(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Cookie { name: name.into() }
    }
}
