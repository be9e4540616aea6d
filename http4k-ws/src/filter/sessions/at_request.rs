//! The session of one request, and its changes.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::clock::now;
use super::cookie::{Current, only_cookie};
use super::error::SessionError;
use super::settings::{CookieSessions, Settings};
use super::store::SessionId;
use crate::message::{Request, RequestExt, Scheme, SetCookie};

/// The sessions as seen at one request: reads, starts, changes and ends the session of its sender.
///
/// As `_` in a route it is an argument of a handler. [`CookieSessions::read`] returns it for a
/// request without the filter, for example in a test of a handler.
///
/// A change is a [`SetCookie`], which the handler sets on its response:
/// `(sessions.login(user).await?, Redirect::to("/"))`. Nothing is written behind the handler, so a
/// function over these values shows all that it does, and a response that streams its body is like
/// any other.
///
/// # Panics
///
/// Serving or testing an application panics if a route reads `Sessions<T>` without the filter
/// [`CookieSessions<T>`](CookieSessions) before it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey, Sessions};
///
/// /// Counts the visits of a browser.
/// async fn count(sessions: Sessions<u32>) -> Result<impl IntoResponse, SessionError> {
///     let visits = sessions.value().copied().unwrap_or_default() + 1;
///     Ok((sessions.update(visits).await?, visits.to_string()))
/// }
///
/// let app = routes! { POST "/visit" => http(count(_)) };
/// let app = app.with(CookieSessions::<u32>::encrypted([SessionKey::generate()]));
/// let first = app.test_http((Method::POST, "/visit"));
/// assert_eq!(first.body(), "1");
///
/// let cookie = &first.set_cookies()[0];
/// let cookie = format!("{}={}", cookie.name(), cookie.value());
/// assert_eq!(app.test_http(Request::post("/visit").header("cookie", cookie)).body(), "2");
/// ```
pub struct Sessions<T>(Arc<AtRequest<T>>);

struct AtRequest<T> {
    sessions: CookieSessions<T>,
    https: bool,
    current: Option<Current<T>>,
    /// `true` if the response depends on the session.
    is_used: AtomicBool,
}

impl<T> CookieSessions<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    /// Reads the session of a request. The filter does this for the handlers behind it.
    ///
    /// # Errors
    ///
    /// Returns [`SessionError::Store`] if the store failed. A cookie that is not valid is not an
    /// error: there is no session.
    ///
    /// # Examples
    ///
    /// A test of one handler:
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey, Sessions};
    ///
    /// async fn is_known(sessions: Sessions<String>) -> bool {
    ///     sessions.value().is_some()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let sessions = CookieSessions::<String>::encrypted([SessionKey::generate()]);
    /// assert!(!is_known(sessions.read(&Request::default()).await?).await);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn read(&self, request: &Request) -> Result<Sessions<T>, SessionError> {
        let https = self.get().https || request.scheme() == Some(Scheme::Https);
        let current = match only_cookie(request.headers(), &self.get().cookie_name(https)) {
            Some(text) => self.get().opened(text, https).await?,
            None => None,
        };
        Ok(Sessions(Arc::new(AtRequest {
            sessions: self.clone(),
            https,
            current,
            is_used: AtomicBool::new(false),
        })))
    }
}

impl<T> Sessions<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    /// Returns the value of the session; `None` if there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionError, SessionKey};
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let sessions = CookieSessions::<String>::encrypted([SessionKey::generate()]);
    /// let cookie = sessions.read(&Request::default()).await?.login("ann".into()).await?;
    /// let field = format!("{}={}", cookie.name(), cookie.value());
    /// let known = Request::get("/").header("cookie", field).body(Body::empty()).unwrap();
    /// assert_eq!(sessions.read(&known).await?.value().map(String::as_str), Some("ann"));
    /// assert_eq!(sessions.read(&Request::default()).await?.value(), None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn value(&self) -> Option<&T> {
        self.0.is_used.store(true, Ordering::Relaxed);
        self.0.current.as_ref().map(|current| &current.value)
    }

    /// Starts a session with `value`, instead of the one before.
    ///
    /// Call it when the sender has proved to be another user, at a login above all. Nothing of the
    /// session before is kept, neither its value nor its times. With a store, the id is a new one,
    /// and the old one is removed. A cookie that was planted in the browser
    /// (session fixation) opens nothing of the new session.
    ///
    /// # Errors
    ///
    /// Returns [`SessionError`] if the cookie would be too long, or if the store failed. A store
    /// that failed may have removed the session before.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, MemorySessions, SessionError, SessionKey};
    /// use http4k_ws::Request;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let store = MemorySessions::<String>::new(100);
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]);
    /// let sessions = sessions.with_store(store.clone());
    /// let at_request = sessions.read(&Request::default()).await?;
    /// let first = at_request.login("ann".into()).await?;
    /// assert_ne!(at_request.login("ann".into()).await?.value(), first.value());
    /// assert_eq!(store.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn login(&self, value: T) -> Result<SetCookie, SessionError> {
        let settings = self.settings();
        let Some(store) = &settings.store else {
            return settings.issued("value", value, now(), self.0.https);
        };
        self.remove_stored().await?;
        let id = SessionId::random();
        let cookie = settings.issued("id", &id, now(), self.0.https)?;
        let created = store.create(id, value, settings.max_age).await;
        created.map_err(SessionError::Store)?;
        Ok(cookie)
    }

    /// Replaces the value of the session, and keeps the time at which it started. Without a
    /// session, this is [`login`](Self::login).
    ///
    /// If the session was removed from the store in the meantime, it is not created again, and the
    /// cookie that is returned removes that of the browser.
    ///
    /// # Errors
    ///
    /// As for [`login`](Self::login).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, MemorySessions, SessionError, SessionKey};
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let store = MemorySessions::<String>::new(100);
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]);
    /// let sessions = sessions.with_store(store.clone());
    /// let cookie = sessions.read(&Request::default()).await?.login("ann".into()).await?;
    /// let field = format!("{}={}", cookie.name(), cookie.value());
    /// let known = Request::post("/").header("cookie", field).body(Body::empty()).unwrap();
    /// let at_request = sessions.read(&known).await?;
    /// at_request.update("anna".into()).await?;
    /// assert_eq!(sessions.read(&known).await?.value().map(String::as_str), Some("anna"));
    ///
    /// store.remove_if(|_name| true); // An administrator ends all sessions.
    /// assert!(at_request.update("ann".into()).await?.is_removed());
    /// assert!(store.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update(&self, value: T) -> Result<SetCookie, SessionError> {
        let (settings, https) = (self.settings(), self.0.https);
        let Some(current) = &self.0.current else {
            return self.login(value).await;
        };
        let (Some(store), Some(id)) = (&settings.store, &current.id) else {
            return settings.issued("value", value, current.started, https);
        };
        match store.update(id, value).await.map_err(SessionError::Store)? {
            true => settings.issued("id", id, current.started, https),
            false => Ok(self.removed()),
        }
    }

    /// Ends the session, if there is one. The cookie that is returned removes that of the browser.
    ///
    /// Without a store, a copy of the cookie remains valid until it expires.
    ///
    /// # Errors
    ///
    /// Returns [`SessionError::Store`] if the store failed. The session may still exist.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, MemorySessions, SessionError, SessionKey};
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let store = MemorySessions::<String>::new(100);
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]);
    /// let sessions = sessions.with_store(store.clone());
    /// let cookie = sessions.read(&Request::default()).await?.login("ann".into()).await?;
    /// let field = format!("{}={}", cookie.name(), cookie.value());
    /// let known = Request::post("/logout").header("cookie", field).body(Body::empty()).unwrap();
    /// assert!(sessions.read(&known).await?.logout().await?.is_removed());
    /// assert!(store.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn logout(&self) -> Result<SetCookie, SessionError> {
        self.remove_stored().await?;
        Ok(self.removed())
    }

    async fn remove_stored(&self) -> Result<(), SessionError> {
        let id = self
            .0
            .current
            .as_ref()
            .and_then(|current| current.id.as_ref());
        match (&self.settings().store, id) {
            (Some(store), Some(id)) => store.remove(id).await.map_err(SessionError::Store),
            _ => Ok(()),
        }
    }

    fn removed(&self) -> SetCookie {
        self.settings()
            .cookie(String::new(), self.0.https)
            .removed()
    }

    /// Returns the cookie that keeps the session alive, if a tenth of the idle time is over, or if
    /// its key is to be replaced.
    pub(super) fn renewed(&self) -> Option<SetCookie> {
        let (settings, https) = (self.settings(), self.0.https);
        let current = self.0.current.as_ref()?;
        let age = now().saturating_sub(current.issued);
        if age.saturating_mul(10) < settings.idle.as_secs() && !current.has_old_key {
            return None;
        }
        let renewed = match &current.id {
            Some(id) => settings.issued("id", id, current.started, https),
            None => settings.issued("value", &current.value, current.started, https),
        };
        // The same value had a cookie before, at most with a shorter name.
        renewed.ok()
    }

    pub(super) fn settings(&self) -> &Settings<T> {
        self.0.sessions.get()
    }

    pub(super) fn is_of(&self, sessions: &CookieSessions<T>) -> bool {
        self.0.sessions.is(sessions)
    }

    pub(super) fn is_used(&self) -> bool {
        self.0.is_used.load(Ordering::Relaxed)
    }

    /// Returns the challenge of a response to this request.
    pub(super) fn challenge(&self) -> Option<HeaderValue> {
        self.settings().challenge(self.0.https)
    }

    /// Returns the name of the cookie of this request.
    pub(super) fn cookie_name(&self) -> Cow<'static, str> {
        self.settings().cookie_name(self.0.https)
    }
}

impl<T> Clone for Sessions<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Shows no value and no id.
impl<T> fmt::Debug for Sessions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("sessions", &self.0.sessions)
            .field("is_known", &self.0.current.is_some())
            .finish_non_exhaustive()
    }
}
