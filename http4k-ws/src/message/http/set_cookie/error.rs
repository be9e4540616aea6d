//! The reasons why a cookie cannot be set.

use super::rules::{MAX_ATTRIBUTE, MAX_LENGTH};
use crate::message::printable::printable;

/// The reason why a cookie cannot be set: browsers would reject it, or read another one.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{SetCookie, SetCookieError};
///
/// let error = SetCookie::new("my theme", "dark").to_header_value().unwrap_err();
/// assert!(matches!(error, SetCookieError::Name { .. }), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetCookieError {
    /// The name is empty, or has a character that a token cannot have. Rename the cookie.
    #[error(
        "`{}` is not the name of a cookie, which is a token (RFC 9110 §5.6.2)",
        printable(name)
    )]
    Name {
        /// The name.
        name: String,
    },
    /// The value has a character that cookies cannot have. Encode it, for example in base64.
    #[error(
        "the value of the cookie `{name}` has the character {found:?}: a space, a quote, a comma, a \
         semicolon, a backslash and what is not visible ASCII are not allowed (RFC 6265bis §4.1.1)"
    )]
    Value {
        /// The name.
        name: String,
        /// The first such character.
        found: char,
    },
    /// The path does not start with `/`, or has a semicolon or a character that is not visible
    /// ASCII.
    #[error(
        "the path `{}` of the cookie `{name}` must start with `/`, without a semicolon \
         (RFC 6265bis §4.1.1)",
        printable(path)
    )]
    Path {
        /// The name.
        name: String,
        /// The path.
        path: String,
    },
    /// The domain is not a host name. Write it without a leading dot and without a port.
    #[error(
        "the domain `{}` of the cookie `{name}` is not a host name (RFC 6265bis §4.1.2.3)",
        printable(domain)
    )]
    Domain {
        /// The name.
        name: String,
        /// The domain.
        domain: String,
    },
    /// The prefix of the name demands attributes that the cookie does not have.
    #[error(
        "the cookie `{name}` lacks what its prefix `{prefix}` demands: {demands} (RFC 6265bis \
         §4.1.3)"
    )]
    Prefix {
        /// The name.
        name: String,
        /// The prefix.
        prefix: &'static str,
        /// The attributes that it demands.
        demands: &'static str,
    },
    /// `SameSite=None` without `Secure`.
    #[error("the cookie `{name}` has `SameSite=None`, which must be `Secure` (RFC 6265bis §5.7)")]
    SameSiteNone {
        /// The name.
        name: String,
    },
    /// Name and value, or an attribute, are too long: browsers would drop them.
    #[error(
        "the cookie `{name}` is too long: name and value have {length} bytes, of at most \
         {MAX_LENGTH}; a path or domain has at most {MAX_ATTRIBUTE} (RFC 6265bis §5.6)"
    )]
    TooLong {
        /// The name.
        name: String,
        /// The number of bytes of name and value.
        length: usize,
    },
    /// The text is not the value of a field.
    #[error("the cookie `{name}` has a control character")]
    Control {
        /// The name.
        name: String,
    },
}
