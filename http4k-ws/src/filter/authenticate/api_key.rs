//! API keys, in a field, a query parameter or a cookie.

use std::borrow::Cow;

use http::header::{COOKIE, HeaderName, HeaderValue};

use super::source::{ChallengeReason, CredentialError, CredentialSource};
use crate::describe::SecurityScheme;
use crate::lens::Location;
use crate::message::{
    Credentials, IntoHeaderName, Request, Secret, cookies_of, declare_secret_field,
    declare_secret_parameter, query_pairs, sent_cookies, with_query_values,
};

/// Reads an API key from the field `name`, such as `x-api-key`.
///
/// An empty key, one that is not ASCII, and several fields receive 400. A 401 has the challenge
/// `ApiKey in="header", name="x-api-key"`.
///
/// # Panics
///
/// Panics if `name` is a literal that is not a valid field name, or is `Authorization`, whose
/// schemes are read by [`bearer`](super::bearer()) and [`basic`](super::basic()).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Principal, api_key_field, authenticate};
/// use http4k_ws::message::Credentials;
///
/// fn look_up(credentials: Credentials) -> Option<&'static str> {
///     match credentials {
///         Credentials::ApiKey(key) if key.matches("k1") => Some("the shop"),
///         _ => None,
///     }
/// }
///
/// async fn me(Principal(name): Principal<&'static str>) -> &'static str {
///     name
/// }
///
/// let clients = authenticate(api_key_field("x-api-key"), look_up);
/// let app = routes! { GET "/" with(clients) => http(me(_)) };
/// let with = |key: &'static str| Request::get("/").header("x-api-key", key);
/// assert_eq!(app.test_http(with("k1")).body(), "the shop");
/// assert_eq!(app.test_http(with("k2")).status(), 401);
/// assert_eq!(app.test_http(with("")).status(), 400);
/// let challenge = r#"ApiKey in="header", name="x-api-key""#;
/// assert_eq!(app.test_http("/").header("www-authenticate"), Some(challenge));
/// ```
#[track_caller]
pub fn api_key_field(name: impl IntoHeaderName) -> ApiKey {
    let name = name.into_header_name();
    assert!(
        name != http::header::AUTHORIZATION,
        "`Authorization` is read by `bearer()` and `basic(realm)`"
    );
    ApiKey::new("header", name.as_str(), Place::Field(name.clone()))
}

/// Reads an API key from the parameter `name` of the query.
///
/// Use it only for clients that can set neither fields nor cookies. Servers, proxies and browsers
/// record URLs. An empty key, one that is not UTF-8, and several parameters receive 400.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{api_key_query, authenticate};
/// use http4k_ws::message::Credentials;
///
/// fn look_up(credentials: Credentials) -> Option<()> {
///     matches!(credentials, Credentials::ApiKey(key) if key.matches("k1")).then_some(())
/// }
///
/// let app = routes! { GET "/" => http(|req: Request| req.uri().to_string()) };
/// let app = app.with(authenticate(api_key_query("key"), look_up));
/// assert_eq!(app.test_http("/?key=k1&page=2").body(), "/?page=2");
/// assert_eq!(app.test_http("/?key=k2").status(), 401);
/// assert_eq!(app.test_http("/?key=k1&key=k2").status(), 400);
/// ```
pub fn api_key_query(name: impl Into<String>) -> ApiKey {
    let name = name.into();
    ApiKey::new("query", &name.clone(), Place::Query(name))
}

/// Reads an API key from the cookie `name`.
///
/// A browser sends cookies with each request, also with those that other sites start. Admit pages
/// of your own origin only: with `ServerConfig::origins` for sockets, and a filter such as
/// [`Cors`](crate::filter::Cors) for requests.
///
/// An empty cookie counts as none, because a logout may leave one. Several cookies of the name
/// receive 400: one of them may be of another site below the same domain (RFC 6265 §8.6).
///
/// # Panics
///
/// Panics if `name` is not a token (RFC 6265 §4.1.1).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{api_key_cookie, authenticate};
/// use http4k_ws::message::Credentials;
///
/// fn look_up(credentials: Credentials) -> Option<()> {
///     matches!(credentials, Credentials::ApiKey(key) if key.matches("k1")).then_some(())
/// }
///
/// let seen = |req: Request| req.header("cookie").unwrap_or("none").to_owned();
/// let app = routes! { GET "/" => http(seen) };
/// let app = app.with(authenticate(api_key_cookie("key"), look_up));
/// let with = |cookies: &'static str| Request::get("/").header("cookie", cookies);
/// assert_eq!(app.test_http(with("theme=dark; key=k1")).body(), "theme=dark");
/// assert_eq!(app.test_http(with("key=k2")).status(), 401);
/// assert_eq!(app.test_http(with("key=k1; key=k2")).status(), 400);
/// ```
#[track_caller]
pub fn api_key_cookie(name: impl Into<String>) -> ApiKey {
    let name = name.into();
    // A cookie name and a field name are both tokens.
    assert!(
        HeaderName::from_bytes(name.as_bytes()).is_ok(),
        "{name:?} is not a valid cookie name"
    );
    ApiKey::new("cookie", &name.clone(), Place::Cookie(name))
}

/// The source that [`api_key_field`], [`api_key_query`] and [`api_key_cookie`] create.
///
/// # Examples
///
/// ```
/// use http4k_ws::Request;
/// use http4k_ws::filter::{ApiKey, CredentialSource, api_key_field};
///
/// let source: ApiKey = api_key_field("x-api-key");
/// let mut request = Request::default();
/// request.headers_mut().insert("x-api-key", "k1".parse().unwrap());
/// assert!(source.credentials(&request).unwrap().is_some());
/// // No handler sees the key.
/// source.remove(&mut request);
/// assert!(request.headers().is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct ApiKey {
    place: Place,
    challenge: HeaderValue,
}

#[derive(Debug, Clone)]
enum Place {
    Field(HeaderName),
    Query(String),
    Cookie(String),
}

impl ApiKey {
    fn new(kind: &str, name: &str, place: Place) -> Self {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        let challenge = format!("ApiKey in=\"{kind}\", name=\"{quoted}\"");
        // A query parameter may have a name that no field can contain.
        let challenge = HeaderValue::try_from(challenge)
            .unwrap_or_else(|_| HeaderValue::from_static("ApiKey in=\"query\""));
        match &place {
            Place::Field(name) => declare_secret_field(name),
            Place::Query(name) => declare_secret_parameter(name),
            Place::Cookie(_) => {} // Every cookie is hidden.
        }
        Self { place, challenge }
    }
}

/// Returns the only key.
fn only(keys: Vec<Key<'_>>, place: &str) -> Result<Option<Credentials>, CredentialError> {
    let mut keys = keys.into_iter();
    match (keys.next(), keys.next()) {
        (None, _) => Ok(None),
        (Some(Ok(key)), None) if !key.is_empty() => Ok(Some(Credentials::ApiKey(Secret::new(key)))),
        (Some(_), None) => Err(CredentialError::malformed(format!(
            "the key in {place} is empty or not text"
        ))),
        (Some(_), Some(_)) => Err(CredentialError::malformed(format!(
            "a request may have one key in {place}"
        ))),
    }
}

/// A key, unless it is not text.
type Key<'r> = Result<Cow<'r, str>, ()>;

impl CredentialSource for ApiKey {
    fn credentials(&self, request: &Request) -> Result<Option<Credentials>, CredentialError> {
        match &self.place {
            Place::Field(name) => {
                let values = request.headers().get_all(name).iter();
                let keys = values.map(|value| value.to_str().map(Cow::Borrowed).map_err(drop));
                only(keys.collect(), &format!("the field `{name}`"))
            }
            Place::Query(name) => {
                let pairs = query_pairs(request.uri().query().unwrap_or_default());
                let keys = pairs.filter(|(key, _)| key == name);
                let keys = keys.map(|(_, value)| value.map_err(drop));
                only(keys.collect(), &format!("the query parameter `{name}`"))
            }
            Place::Cookie(name) => {
                let named = sent_cookies(request.headers()).filter(|cookie| cookie.is_named(name));
                let keys = named
                    .map(|cookie| cookie.unquoted())
                    .filter(|value| !value.is_empty())
                    .map(|value| std::str::from_utf8(value).map(Cow::Borrowed).map_err(drop));
                only(keys.collect(), &format!("the cookie `{name}`"))
            }
        }
    }

    fn remove(&self, request: &mut Request) {
        match &self.place {
            Place::Field(name) => {
                request.headers_mut().remove(name);
            }
            Place::Query(name) => {
                // A shorter target is not too long.
                if let Ok(uri) = with_query_values(request.uri(), name, [], true) {
                    *request.uri_mut() = uri;
                }
            }
            Place::Cookie(name) => remove_cookie(request, name),
        }
    }

    fn scheme(&self) -> SecurityScheme {
        match &self.place {
            Place::Field(name) => {
                SecurityScheme::api_key(Location::Header, name.as_str().to_owned())
            }
            Place::Query(name) => SecurityScheme::api_key(Location::Query, name.clone()),
            Place::Cookie(name) => SecurityScheme::api_key(Location::Cookie, name.clone()),
        }
    }

    fn challenge(&self, _reason: ChallengeReason) -> Option<HeaderValue> {
        Some(self.challenge.clone())
    }
}

/// Removes a cookie from the fields of a request, and leaves the others as they are.
fn remove_cookie(request: &mut Request, name: &str) {
    let fields = request.headers_mut();
    if !sent_cookies(fields).any(|cookie| cookie.is_named(name)) {
        return;
    }
    let lines: Vec<_> = fields.get_all(COOKIE).iter().cloned().collect();
    fields.remove(COOKIE);
    for line in lines {
        let others = cookies_of(&line).filter(|cookie| !cookie.is_named(name));
        let kept: Vec<_> = others.map(|cookie| cookie.pair).collect();
        let kept = kept.join(&b"; "[..]);
        // Parts of a valid value are valid.
        if let (false, Ok(mut kept)) = (kept.is_empty(), HeaderValue::from_bytes(&kept)) {
            kept.set_sensitive(true);
            fields.append(COOKIE, kept);
        }
    }
}
