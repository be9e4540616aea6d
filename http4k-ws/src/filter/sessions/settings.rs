//! The sessions of an application, and their settings.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::key::SessionKey;
use super::store::{ErasedStore, SessionStore};
use crate::message::SameSite;

/// The sessions of an application, with values of type `T` in an encrypted cookie: a filter over
/// every protocol.
///
/// Behind the filter, handlers read the value as [`Session<T>`](super::Session), and start, change
/// and end sessions with [`Sessions<T>`](super::Sessions). Clones share their keys and their store.
///
/// | setting | default |
/// |---|---|
/// | [`with_name`](Self::with_name) | `session`, and `__Host-session` over https |
/// | [`with_purpose`](Self::with_purpose) | none |
/// | [`with_idle_timeout`](Self::with_idle_timeout) | 24 hours without a request |
/// | [`with_max_age`](Self::with_max_age) | 7 days from the login |
/// | [`with_same_site`](Self::with_same_site) | `Lax` |
/// | [`with_https`](Self::with_https) | if the scheme of the request is https |
/// | [`with_login_page`](Self::with_login_page) | none: 401 |
/// | [`with_store`](Self::with_store) | none: the value is in the cookie |
///
/// # What the filter does
///
/// - A cookie that is forged, expired, cut, of another key, name or purpose, longer than 4 KiB, or
///   sent twice is no session. The handler runs without one. The work is bounded by the number of
///   keys.
/// - After a tenth of the idle time, or if the cookie is of an old key, the response renews the
///   cookie, also that which opens a socket or a stream. A socket that stays open does not. A
///   response with `Cache-Control: public` is left for another one to renew.
/// - A response that sets the cookie has `Cache-Control: no-store`, unless it is `private` already.
///   A response of a handler that read the session has `Vary: cookie`, and `Cache-Control: private`
///   unless the handler sets another.
/// - If a store fails, the response is 503, and the reason is logged.
///
/// # Without a store
///
/// The cookie is the session, so the server cannot end it: a copy of the cookie is valid until it
/// expires, even after a logout. Of two requests at the same time that change the value, the last
/// response wins. Use [`with_store`](Self::with_store) if a session must end at once.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::sessions::{CookieSessions, Session, SessionError, SessionKey, Sessions};
/// use http4k_ws::message::Redirect;
///
/// #[derive(Clone, Serialize, Deserialize)]
/// struct User {
///     name: String,
/// }
///
/// async fn login(
///     sessions: Sessions<User>,
///     name: String,
/// ) -> Result<impl IntoResponse, SessionError> {
///     Ok((sessions.login(User { name }).await?, Redirect::to("/")))
/// }
///
/// async fn logout(sessions: Sessions<User>) -> Result<impl IntoResponse, SessionError> {
///     Ok((sessions.logout().await?, Redirect::to("/")))
/// }
///
/// async fn home(Session(user): Session<User>) -> String {
///     format!("hello {}", user.name)
/// }
///
/// async fn talk(ws: WebSocket, Session(user): Session<User>) -> WsResult {
///     Ok(ws.send(format!("hello {}", user.name)).await?)
/// }
///
/// let sessions = CookieSessions::<User>::encrypted([SessionKey::generate()]);
/// let app = routes! {
///     POST "/login"  => http(login(_, _)),
///     POST "/logout" => http(logout(_)),
///     GET "/"        => http(home(_)),
///     "/ws"          => ws(talk(ws, _)),
/// };
/// let app = app.with(sessions);
/// assert_eq!(app.test_http("/").status(), 401);
///
/// let response = app.test_http(Request::post("/login").body("ann"));
/// let cookie = &response.set_cookies()[0];
/// let ann = |path: &str| {
///     Request::get(path).header("cookie", format!("{}={}", cookie.name(), cookie.value()))
/// };
/// assert_eq!(app.test_http(ann("/")).body(), "hello ann");
/// assert_eq!(app.test_ws(ann("/ws")).received().next().unwrap().unwrap().text(), "hello ann");
/// ```
pub struct CookieSessions<T>(Arc<Settings<T>>);

pub(super) struct Settings<T> {
    /// The newest first. There is at least one.
    pub(super) keys: Vec<SessionKey>,
    pub(super) name: Cow<'static, str>,
    pub(super) purpose: Cow<'static, str>,
    pub(super) idle: Duration,
    pub(super) max_age: Duration,
    pub(super) same_site: SameSite,
    pub(super) https: bool,
    pub(super) login_page: Option<HeaderValue>,
    pub(super) store: Option<Arc<dyn ErasedStore<T>>>,
}

impl<T> CookieSessions<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    /// Creates sessions whose cookies are encrypted with the first of `keys`.
    ///
    /// The others still open cookies, which are then renewed with the first. So a new key is put
    /// in front, and an old one is removed after the longest life of a session. A key may encrypt
    /// four billion cookies (NIST SP 800-38D §8.3), which are more than a hundred a second for a
    /// year.
    ///
    /// # Panics
    ///
    /// Panics if there are no keys.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey};
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let (old, new) = (SessionKey::generate(), SessionKey::generate());
    /// let before = CookieSessions::<u64>::encrypted([old.clone()]);
    /// let cookie = before.read(&Request::default()).await?.login(7).await?;
    /// let field = format!("{}={}", cookie.name(), cookie.value());
    /// let known = Request::get("/").header("cookie", field).body(Body::empty()).unwrap();
    ///
    /// let after = CookieSessions::<u64>::encrypted([new.clone(), old]);
    /// assert_eq!(after.read(&known).await?.value(), Some(&7));
    /// let without = CookieSessions::<u64>::encrypted([new]);
    /// assert_eq!(without.read(&known).await?.value(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn encrypted(keys: impl IntoIterator<Item = SessionKey>) -> Self {
        let keys: Vec<SessionKey> = keys.into_iter().collect();
        assert!(!keys.is_empty(), "sessions need at least one key");
        Self(Arc::new(Settings {
            keys,
            name: "session".into(),
            purpose: "".into(),
            idle: Duration::from_secs(24 * 60 * 60),
            max_age: Duration::from_secs(7 * 24 * 60 * 60),
            same_site: SameSite::Lax,
            https: false,
            login_page: None,
            store: None,
        }))
    }

    /// Sets the name of the cookie. Over https, the prefix `__Host-` is added, so that no other
    /// host and no page at `http` can set it (RFC 6265bis §4.1.3.2). Two kinds of sessions in one
    /// application need two names. A value of one name cannot be used under another.
    ///
    /// # Panics
    ///
    /// Panics if the name is not a token (RFC 9110 §5.6.2), or has the prefix already.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey};
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]).with_name("cart");
    /// let over = |uri: &str| uri.into_request().unwrap();
    /// let cookie = sessions.read(&over("http://shop.example/")).await?.login(7).await?;
    /// assert_eq!(cookie.name(), "cart");
    /// let cookie = sessions.read(&over("https://shop.example/")).await?.login(7).await?;
    /// assert_eq!(cookie.name(), "__Host-cart");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        assert!(
            !name.is_empty() && name.chars().all(is_token) && !name.starts_with("__"),
            "`{}` is not the name of a session cookie: it must be a token without a prefix, and \
             `__Host-` is added over https",
            name.escape_debug()
        );
        self.settings().name = name;
        self
    }

    /// Sets the purpose, which is authenticated with the value and not sent. Default: none.
    ///
    /// A cookie of one purpose cannot be used for another: give the parts of a site a purpose each
    /// if they share a key, such as `staging` and `production`, or two applications.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey};
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let keyed = CookieSessions::encrypted([SessionKey::generate()]);
    /// let of = |purpose: &'static str| keyed.clone().with_purpose(purpose);
    /// let cookie = of("staging").read(&Request::default()).await?.login(7).await?;
    /// let field = format!("{}={}", cookie.name(), cookie.value());
    /// let known = Request::get("/").header("cookie", field).body(Body::empty()).unwrap();
    /// assert_eq!(of("staging").read(&known).await?.value(), Some(&7));
    /// assert_eq!(of("production").read(&known).await?.value(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_purpose(mut self, purpose: impl Into<Cow<'static, str>>) -> Self {
        self.settings().purpose = purpose.into();
        self
    }

    /// Sets the time without a request after which a session ends, in whole seconds. Default: 24
    /// hours. The time is exact to a tenth, because not every response renews the cookie.
    ///
    /// # Panics
    ///
    /// Panics if it is less than a second.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::Request;
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let (sessions, hour) = (CookieSessions::encrypted([SessionKey::generate()]), 3600);
    /// let cookie = sessions.read(&Request::default()).await?.login(7).await?;
    /// assert_eq!(cookie.lifetime(), Some(Duration::from_secs(24 * hour)));
    /// let sessions = sessions.with_idle_timeout(Duration::from_secs(hour));
    /// let cookie = sessions.read(&Request::default()).await?.login(7).await?;
    /// assert_eq!(cookie.lifetime(), Some(Duration::from_secs(hour)));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_idle_timeout(mut self, idle: Duration) -> Self {
        assert!(
            idle.as_secs() > 0,
            "an idle timeout of {idle:?} ends every session at once"
        );
        self.settings().idle = idle;
        self
    }

    /// Sets the longest life of a session from its login, in whole seconds. Default: 7 days.
    ///
    /// # Panics
    ///
    /// Panics if it is less than a second.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::Request;
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]);
    /// // The end of the session comes before that of the idle time, which is 24 hours.
    /// let sessions = sessions.with_max_age(Duration::from_secs(600));
    /// let cookie = sessions.read(&Request::default()).await?.login(7).await?;
    /// assert_eq!(cookie.lifetime(), Some(Duration::from_secs(600)));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        assert!(
            max_age.as_secs() > 0,
            "a life of {max_age:?} ends every session at once"
        );
        self.settings().max_age = max_age;
        self
    }

    /// Sets the requests of other sites that a browser sends the cookie with. Default:
    /// [`SameSite::Lax`], with which links work. See [`csrf`](crate::filter::csrf()) for the
    /// requests that it leaves.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey, Sessions};
    /// use http4k_ws::message::SameSite;
    /// use http4k_ws::prelude::*;
    ///
    /// async fn login(sessions: Sessions<u64>) -> Result<impl IntoResponse, SessionError> {
    ///     Ok((sessions.login(7).await?, "welcome"))
    /// }
    ///
    /// let sessions = CookieSessions::<u64>::encrypted([SessionKey::generate()]);
    /// let app = routes! { POST "/login" => http(login(_)) };
    /// let app = app.with(sessions.with_same_site(SameSite::Strict));
    /// let response = app.test_http((Method::POST, "/login"));
    /// assert!(response.header("set-cookie").unwrap().contains("; SameSite=Strict"));
    /// ```
    #[must_use]
    pub fn with_same_site(mut self, same_site: SameSite) -> Self {
        self.settings().same_site = same_site;
        self
    }

    /// Treats every request as https: the cookie has the prefix `__Host-` and is `Secure`.
    ///
    /// Use it behind a proxy that ends TLS and does not report it. By default, the scheme of the
    /// request decides: [`RequestExt::scheme`](crate::message::RequestExt::scheme).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]).with_https();
    /// let cookie = sessions.read(&Request::default()).await?.login(7).await?;
    /// assert_eq!(cookie.name(), "__Host-session");
    /// assert!(cookie.is_secure());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_https(mut self) -> Self {
        self.settings().https = true;
        self
    }

    /// Redirects to `path`, if a handler needs a [`Session`](super::Session) and the request is a
    /// browser's for a page: a GET or HEAD that accepts `text/html`. Other requests, upgrades and
    /// streams receive 401.
    ///
    /// # Panics
    ///
    /// Panics if `path` does not start with one `/`, or is not a valid field value.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, Session, SessionKey};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn home(Session(user): Session<String>) -> String {
    ///     user
    /// }
    ///
    /// let sessions = CookieSessions::<String>::encrypted([SessionKey::generate()]);
    /// let app = routes! { GET "/" => http(home(_)) }.with(sessions.with_login_page("/login"));
    /// let page = app.test_http(Request::get("/").header("accept", "text/html"));
    /// assert_eq!((page.status().as_u16(), page.header("location")), (303, Some("/login")));
    /// assert_eq!(app.test_http("/").status(), 401);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_login_page(mut self, path: &str) -> Self {
        let is_path = path.starts_with('/') && !path.starts_with("//");
        let page = HeaderValue::try_from(path).ok().filter(|_| is_path);
        assert!(
            page.is_some(),
            "`{}` is not the path of a page",
            path.escape_debug()
        );
        self.settings().login_page = page;
        self
    }

    /// Keeps the values in `store`. The cookie then has an encrypted id of 256 random bits.
    ///
    /// A session can be revoked, its value may be of any size, and a login gives it another id.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::filter::sessions::{CookieSessions, MemorySessions, SessionError, SessionKey};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let store = MemorySessions::new(10_000);
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]);
    /// let sessions = sessions.with_store(store.clone());
    /// let long = "x".repeat(100_000); // Too long for a cookie.
    /// sessions.read(&Request::default()).await?.login(long).await?;
    /// assert_eq!(store.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_store(mut self, store: impl SessionStore<T>) -> Self {
        self.settings().store = Some(Arc::new(store));
        self
    }

    fn settings(&mut self) -> &mut Settings<T> {
        Arc::make_mut(&mut self.0)
    }
}

impl<T> CookieSessions<T> {
    pub(super) fn get(&self) -> &Settings<T> {
        &self.0
    }

    /// Returns `true` if both read the same cookie, also if one was configured further after it was
    /// cloned.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.name == other.0.name && self.0.purpose == other.0.purpose
    }
}

impl<T> Clone for Settings<T> {
    fn clone(&self) -> Self {
        Self {
            keys: self.keys.clone(),
            name: self.name.clone(),
            purpose: self.purpose.clone(),
            login_page: self.login_page.clone(),
            store: self.store.clone(),
            ..*self
        }
    }
}

impl<T> Clone for CookieSessions<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Shows no key and no purpose.
impl<T> fmt::Debug for CookieSessions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CookieSessions")
            .field("name", &self.0.name)
            .field("keys", &self.0.keys.len())
            .field("idle_timeout", &self.0.idle)
            .field("max_age", &self.0.max_age)
            .field("store", &self.0.store.is_some())
            .finish_non_exhaustive()
    }
}
