//! Lenses of cookies.

use std::borrow::Cow;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue, Request, Response};

use super::failure::{Failure, LensFailure, LensFailureKind};
use super::message_part::{Cause, MessagePart, ReadFrom, TextPart, WriteTo};
use super::meta::Location;
use super::spec::BiDiLensSpec;
use super::text::{self, Name, TextValue, text_specs};
use super::with::Modifier;
use crate::message::{
    ResponseExt, SecureIfHttps, SetCookie, read_cookies, replace_cookie, sent_cookies,
};

/// Cookies: a place of lenses. Over a serde type it is an argument of a handler.
///
/// On a request it reads and writes the field `Cookie`. On a response it reads and writes
/// `Set-Cookie`: a value is set with the attributes of [`SetCookie::new`], in place of all cookies
/// of that name, and the value `None` of an optional lens removes the cookie from the browser. A
/// [`SetCookie`] can be set on a response in the same way, with any attributes.
///
/// A value in quotes is read without them, and is not encoded otherwise. A value cannot be written
/// if it has a space, a quote, a comma, a semicolon, a backslash or a character that is not ASCII
/// (RFC 6265 §4.1.1).
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{Cookie, With};
/// use http4k_ws::message::RequestExt;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let session = Cookie::string("session").optional();
/// let request = "/".into_request()?.with_header("cookie", "theme=dark; session=\"abc\"");
/// assert_eq!(session.get(&request)?.as_deref(), Some("abc"));
///
/// let request = request.with(session.of(Some("def".into())))?;
/// assert_eq!(request.header("cookie"), Some("theme=dark; session=def"));
/// assert_eq!(request.with(session.of(None))?.header("cookie"), Some("theme=dark"));
/// # Ok(())
/// # }
/// ```
///
/// On a response:
///
/// ```
/// use http4k_ws::IntoResponse;
/// use http4k_ws::lens::{Cookie, LensFailure, With};
/// use http4k_ws::message::{ResponseExt, SameSite, SetCookie};
///
/// let visits = Cookie::int("visits").optional();
/// let response = "hello".into_response().with(visits.of(Some(3)))?;
/// assert_eq!(response.header("set-cookie"), Some("visits=3; Path=/; HttpOnly; SameSite=Lax"));
/// assert_eq!(visits.get(&response)?, Some(3));
///
/// let response = response.with(visits.of(None))?;
/// assert!(response.set_cookies()[0].is_removed());
/// assert_eq!(visits.get(&response)?, None);
///
/// let strict = SetCookie::new("session", "7").same_site(SameSite::Strict);
/// assert_eq!(response.with(strict)?.set_cookies().len(), 2);
/// # Ok::<(), LensFailure>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Cookie<T = ()>(
    /// The value.
    pub T,
);

impl MessagePart for Cookie {
    type Raw = String;
    const LOCATION: Location = Location::Cookie;
}

text_specs!(Cookie, "cookie", "\"/\".into_request()?");

impl<B> ReadFrom<Request<B>> for Cookie {
    fn values(request: &Request<B>, name: &str) -> Vec<Result<String, Cause>> {
        sent_cookies(request.headers())
            .filter(|cookie| cookie.is_named(name))
            .map(|cookie| decoded(cookie.unquoted()))
            .collect()
    }
}

impl<B> WriteTo<Request<B>> for Cookie {
    fn replaced(
        mut request: Request<B>,
        name: &str,
        values: Vec<String>,
    ) -> Result<Request<B>, Cause> {
        check(name, &values)?;
        let others = sent_cookies(request.headers()).filter(|cookie| !cookie.is_named(name));
        let added = values
            .iter()
            .map(|value| format!("{name}={value}").into_bytes());
        let pairs: Vec<Cow<'_, [u8]>> = others
            .map(|cookie| Cow::Borrowed(cookie.pair))
            .chain(added.map(Cow::Owned))
            .collect();
        if pairs.is_empty() {
            request.headers_mut().remove(COOKIE);
        } else {
            let field = HeaderValue::from_maybe_shared(bytes::Bytes::from(pairs.join(&b"; "[..])))?;
            request.headers_mut().insert(COOKIE, field);
        }
        Ok(request)
    }
}

impl<B> ReadFrom<Response<B>> for Cookie {
    const IS_RESPONSE: bool = true;

    fn values(response: &Response<B>, name: &str) -> Vec<Result<String, Cause>> {
        read_cookies(response.headers())
            .into_iter()
            .filter(|set| set.name() == name && !set.is_removed())
            .map(|set| decoded(set.value().as_bytes()))
            .collect()
    }
}

impl<B> WriteTo<Response<B>> for Cookie {
    fn replaced(
        mut response: Response<B>,
        name: &str,
        values: Vec<String>,
    ) -> Result<Response<B>, Cause> {
        let mut values = values.into_iter();
        let cookie = match (values.next(), values.next()) {
            (None, _) => SetCookie::new(name.to_owned(), "").removed(),
            (Some(value), None) => SetCookie::new(name.to_owned(), value),
            (Some(_), Some(_)) => return Err("a cookie of a response has one value".into()),
        };
        let mut undecided = SecureIfHttps::take_from(response.extensions_mut());
        let replaced = replace_cookie(response.headers_mut(), &mut undecided, &cookie);
        undecided.put_into(response.extensions_mut());
        replaced?;
        Ok(response)
    }
}

impl<B> Modifier<Response<B>> for SetCookie {
    fn modify(self, response: Response<B>) -> Result<Response<B>, LensFailure> {
        let name = self.name().to_owned();
        response.try_with_cookie(self).map_err(|error| {
            let failure = Failure::new(LensFailureKind::Invalid, Location::Cookie, name, "cookie");
            LensFailure::from(failure.with_cause(error)).in_writing()
        })
    }
}

fn decoded(value: &[u8]) -> Result<String, Cause> {
    Ok(std::str::from_utf8(value)?.to_owned())
}

/// Returns all cookies as pairs for serde.
pub(super) fn pairs(headers: &HeaderMap) -> Vec<(String, Result<String, Cause>)> {
    let named = sent_cookies(headers).filter(|cookie| !cookie.name.is_empty());
    named
        .map(|cookie| {
            let name = String::from_utf8_lossy(cookie.name).into_owned();
            (name, decoded(cookie.unquoted()))
        })
        .collect()
}

/// Checks a `cookie-name`, and values of `cookie-octet` (RFC 6265 §4.1.1).
fn check(name: &str, values: &[String]) -> Result<(), Cause> {
    let separator = |c: char| !c.is_ascii_graphic() || "()<>@,;:\\\"/[]?={}".contains(c);
    if name.is_empty() || name.contains(separator) {
        return Err("it is not a valid cookie name".into());
    }
    let refused = |c: char| !c.is_ascii_graphic() || "\",;\\".contains(c);
    match values
        .iter()
        .find_map(|value| value.chars().find(|c| refused(*c)))
    {
        Some(c) => Err(format!("a cookie can't hold {c:?}").into()),
        None => Ok(()),
    }
}
