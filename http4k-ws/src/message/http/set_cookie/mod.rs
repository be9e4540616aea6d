//! Cookies that a response sets.

mod error;
mod on_response;
mod parse;
mod rules;
mod secure;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::HeaderValue;

pub use error::SetCookieError;
pub(crate) use on_response::{
    add as add_cookie, read as read_cookies, replace_named as replace_cookie,
};
pub(crate) use secure::SecureIfHttps;

/// A cookie for a response to set, with safe attributes (RFC 6265bis §4.1).
///
/// [`new`](Self::new) sets `Path=/; HttpOnly; SameSite=Lax`. The browser drops it at the end of its
/// session, and `Secure` depends on the request:
///
/// # Secure
///
/// A cookie is made before its request is known. It is therefore completed when the response leaves
/// the application, on a server and in memory alike: `Secure` is added if the scheme of the request
/// is known to be `https`. That is so over TLS, over HTTP/2 with `:scheme`, behind a trusted proxy
/// that reports it, and in memory for a target such as `https://example.com/`. A handler that is
/// called without an application returns the cookie without `Secure`. [`secure`](Self::secure)
/// decides it in advance. A name that starts with `__Host-` or `__Secure-`, and `SameSite=None`,
/// always make the cookie `Secure`, because browsers reject it otherwise (§4.1.3, §5.7).
///
/// # Setting it
///
/// [`with_cookie`](crate::message::ResponseExt::with_cookie) sets a cookie on a response, a tuple
/// `(cookie, response)` may be returned from a handler, and
/// [`WsResponse::with_cookie`](crate::WsResponse::with_cookie) sets it on the response that opens a
/// socket. A cookie replaces one of the same name, path and domain; others stay.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::message::{Redirect, SetCookie};
///
/// fn log_in() -> impl IntoResponse {
///     let session = SetCookie::new("session", "31d4d96e").max_age(Duration::from_secs(3600));
///     (session, Redirect::to("/"))
/// }
///
/// fn log_out() -> impl IntoResponse {
///     (SetCookie::new("session", "").removed(), Redirect::to("/"))
/// }
///
/// let app = routes! { POST "/login" => http(log_in()), POST "/logout" => http(log_out()) };
/// let response = app.test_http((Method::POST, "/login"));
/// assert_eq!(
///     response.header("set-cookie"),
///     Some("session=31d4d96e; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax")
/// );
/// let response = app.test_http((Method::POST, "https://example.com/login"));
/// assert!(response.header("set-cookie").unwrap().ends_with("; Secure"));
///
/// // A test reads the cookies back.
/// let response = app.test_http((Method::POST, "/logout"));
/// assert!(response.set_cookies()[0].is_removed());
/// ```
#[derive(Clone)]
pub struct SetCookie {
    name: Cow<'static, str>,
    value: Cow<'static, str>,
    path: Option<Cow<'static, str>>,
    domain: Option<Cow<'static, str>>,
    lifetime: Option<Duration>,
    http_only: bool,
    same_site: Option<SameSite>,
    secure: Secure,
}

/// The requests of other sites that a browser sends a cookie with (RFC 6265bis §5.6.7.1).
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{SameSite, SetCookie};
/// use http4k_ws::prelude::*;
///
/// let cookie = || SetCookie::new("theme", "dark").same_site(SameSite::Strict);
/// let app = routes! { GET "/" => http(move || (cookie(), "hello")) };
/// let response = app.test_http("/");
/// assert!(response.header("set-cookie").unwrap().contains("SameSite=Strict"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SameSite {
    /// None.
    Strict,
    /// Links and other navigations with a safe method.
    Lax,
    /// All. The cookie is then `Secure`.
    None,
}

impl SameSite {
    /// Returns the value of the attribute.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SameSite;
    ///
    /// assert_eq!(SameSite::Lax.as_str(), "Lax");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secure {
    /// If the scheme of the request is `https`.
    IfHttps,
    Yes,
    No,
}

impl SetCookie {
    /// Creates a cookie with `Path=/; HttpOnly; SameSite=Lax`, until the end of the browser's
    /// session. `Secure` depends on the scheme of the request; see [`SetCookie`].
    ///
    /// Name and value are checked when the cookie is set on a response. The value is not encoded.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SetCookie;
    /// use http4k_ws::prelude::*;
    ///
    /// let response = "hello".into_response().with_cookie(SetCookie::new("theme", "dark"));
    /// let cookie = "theme=dark; Path=/; HttpOnly; SameSite=Lax";
    /// assert_eq!(response.header("set-cookie"), Some(cookie));
    /// ```
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            path: Some(Cow::Borrowed("/")),
            domain: None,
            lifetime: None,
            http_only: true,
            same_site: Some(SameSite::Lax),
            secure: Secure::IfHttps,
        }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Keeps the cookie for a time from now (`Max-Age`), in whole seconds, rounded up. Zero removes
    /// it. Browsers keep no cookie for more than 400 days (RFC 6265bis §5.5).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::message::SetCookie;
    /// use http4k_ws::prelude::*;
    ///
    /// let cookie = SetCookie::new("theme", "dark").max_age(Duration::from_millis(1_500));
    /// assert!(cookie.clone().max_age(Duration::ZERO).is_removed());
    /// let response = "hello".into_response().with_cookie(cookie);
    /// assert!(response.header("set-cookie").unwrap().contains("; Max-Age=2;"));
    /// ```
    #[must_use]
    pub fn max_age(self, lifetime: Duration) -> Self {
        let lifetime = Some(lifetime);
        Self { lifetime, ..self }
    }

    /// Keeps the cookie until the browser's session ends. This is the default.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::message::SetCookie;
    ///
    /// let remembered = SetCookie::new("session", "31d4").max_age(Duration::from_secs(3600));
    /// assert_eq!(remembered.expires_with_session(), SetCookie::new("session", "31d4"));
    /// ```
    #[must_use]
    pub fn expires_with_session(self) -> Self {
        let lifetime = None;
        Self { lifetime, ..self }
    }

    /// Removes the cookie from the browser: its value is empty and its `Max-Age` zero.
    ///
    /// Path and domain must be those that it was set with.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SetCookie;
    /// use http4k_ws::prelude::*;
    ///
    /// let cookie = SetCookie::new("session", "31d4").path("/app").removed();
    /// let response = "bye".into_response().with_cookie(cookie);
    /// let removal = "session=; Path=/app; Max-Age=0; HttpOnly; SameSite=Lax";
    /// assert_eq!(response.header("set-cookie"), Some(removal));
    /// ```
    #[must_use]
    pub fn removed(self) -> Self {
        Self {
            value: Cow::Borrowed(""),
            lifetime: Some(Duration::ZERO),
            ..self
        }
    }

    /// Sends the cookie only with requests for `path` and below. Default: `/`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SetCookie;
    /// use http4k_ws::prelude::*;
    ///
    /// let cookie = SetCookie::new("filter", "open").path("/admin");
    /// let response = "hello".into_response().with_cookie(cookie);
    /// assert!(response.header("set-cookie").unwrap().contains("; Path=/admin;"));
    /// ```
    #[must_use]
    pub fn path(self, path: impl Into<Cow<'static, str>>) -> Self {
        let path = Some(path.into());
        Self { path, ..self }
    }

    /// Sends the cookie to `domain` and its subdomains too. By default only the host that set it
    /// receives it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SetCookie;
    /// use http4k_ws::prelude::*;
    ///
    /// let cookie = SetCookie::new("theme", "dark").domain("chat.example");
    /// let response = "hello".into_response().with_cookie(cookie);
    /// assert!(response.header("set-cookie").unwrap().contains("; Domain=chat.example;"));
    /// ```
    #[must_use]
    pub fn domain(self, domain: impl Into<Cow<'static, str>>) -> Self {
        let domain = Some(domain.into());
        Self { domain, ..self }
    }

    /// Sets the requests of other sites that the browser sends the cookie with. Default:
    /// [`SameSite::Lax`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::{SameSite, SetCookie};
    /// use http4k_ws::prelude::*;
    ///
    /// let cookie = SetCookie::new("session", "31d4").same_site(SameSite::Strict);
    /// let response = "hello".into_response().with_cookie(cookie);
    /// assert!(response.header("set-cookie").unwrap().ends_with("; SameSite=Strict"));
    /// ```
    #[must_use]
    pub fn same_site(self, same_site: SameSite) -> Self {
        let same_site = Some(same_site);
        Self { same_site, ..self }
    }

    /// Lets the scripts of pages read the cookie: it is not `HttpOnly`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SetCookie;
    /// use http4k_ws::prelude::*;
    ///
    /// let cookie = SetCookie::new("theme", "dark").readable_by_scripts();
    /// let response = "hello".into_response().with_cookie(cookie);
    /// assert_eq!(response.header("set-cookie"), Some("theme=dark; Path=/; SameSite=Lax"));
    /// ```
    #[must_use]
    pub fn readable_by_scripts(self) -> Self {
        let http_only = false;
        Self { http_only, ..self }
    }

    /// Sets or omits `Secure`, whatever the scheme of the request. Browsers send a cookie that is
    /// `Secure` only over `https`, and to `localhost`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SetCookie;
    /// use http4k_ws::prelude::*;
    ///
    /// // The proxy in front terminates TLS, and does not say so.
    /// let cookie = || SetCookie::new("theme", "dark").secure(true);
    /// let app = routes! { GET "/" => http(move || (cookie(), "hello")) };
    /// assert!(app.test_http("http://chat.example/").set_cookies()[0].is_secure());
    /// ```
    #[must_use]
    pub fn secure(self, secure: bool) -> Self {
        let secure = if secure { Secure::Yes } else { Secure::No };
        Self { secure, ..self }
    }

    /// Returns the time for which the browser keeps the cookie; `None` if until the end of its
    /// session.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::message::SetCookie;
    ///
    /// let cookie = SetCookie::new("theme", "dark");
    /// assert_eq!(cookie.lifetime(), None);
    /// let day = Duration::from_secs(86_400);
    /// assert_eq!(cookie.max_age(day).lifetime(), Some(day));
    /// ```
    pub fn lifetime(&self) -> Option<Duration> {
        self.lifetime
    }

    /// Returns `true` if the browser removes the cookie.
    pub fn is_removed(&self) -> bool {
        self.lifetime == Some(Duration::ZERO)
    }

    /// Returns `true` if the cookie is `Secure`, whatever the scheme of the request.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SetCookie;
    ///
    /// assert!(!SetCookie::new("session", "31d4").is_secure());
    /// assert!(SetCookie::new("__Host-session", "31d4").is_secure());
    /// ```
    pub fn is_secure(&self) -> bool {
        match self.secure {
            Secure::Yes => true,
            Secure::No => false,
            Secure::IfHttps => {
                rules::prefix(&self.name).is_some() || self.same_site == Some(SameSite::None)
            }
        }
    }

    /// Returns `true` if `Secure` is still to be decided.
    fn is_undecided(&self) -> bool {
        self.secure == Secure::IfHttps && !self.is_secure()
    }

    /// Returns the value of the field `Set-Cookie`, marked as sensitive. `Secure` is omitted if it
    /// depends on the request.
    ///
    /// # Errors
    ///
    /// Returns a [`SetCookieError`] if browsers would reject the cookie or read another one.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::{SetCookie, SetCookieError};
    ///
    /// let cookie = SetCookie::new("__Host-session", "7").to_header_value()?;
    /// assert_eq!(cookie, "__Host-session=7; Path=/; HttpOnly; SameSite=Lax; Secure");
    ///
    /// let forged = SetCookie::new("name", "a; Domain=evil.example").to_header_value();
    /// assert!(matches!(forged, Err(SetCookieError::Value { found: ';', .. })));
    /// # Ok::<(), SetCookieError>(())
    /// ```
    pub fn to_header_value(&self) -> Result<HeaderValue, SetCookieError> {
        rules::check(self)?;
        let mut value =
            HeaderValue::try_from(self.text()).map_err(|_| SetCookieError::Control {
                name: self.name.to_string(),
            })?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn text(&self) -> String {
        let mut text = format!("{}={}", self.name, self.value);
        let mut add = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                text.extend(["; ", name, "=", value]);
            }
        };
        add("Path", self.path.as_deref());
        add("Domain", self.domain.as_deref());
        add("Max-Age", self.seconds().map(|s| s.to_string()).as_deref());
        if self.http_only {
            text.push_str("; HttpOnly");
        }
        if let Some(same_site) = self.same_site {
            text.extend(["; SameSite=", same_site.as_str()]);
        }
        if self.is_secure() {
            text.push_str("; Secure");
        }
        text
    }

    /// Returns the lifetime in whole seconds, so that a short one is not zero, which removes.
    fn seconds(&self) -> Option<u64> {
        let lifetime = self.lifetime?;
        let rest = u64::from(lifetime.subsec_nanos() > 0);
        Some(lifetime.as_secs().saturating_add(rest))
    }
}

/// Two cookies are equal if a response that is not sent over `https` has the same text for both.
impl PartialEq for SetCookie {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for SetCookie {}

/// Omits the value, which may be a secret.
impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetCookie")
            .field("name", &self.name)
            .field("path", &self.path)
            .field("domain", &self.domain)
            .field("lifetime", &self.lifetime)
            .field("http_only", &self.http_only)
            .field("same_site", &self.same_site)
            .field("secure", &self.secure)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
