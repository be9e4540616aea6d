//! Sessions as credentials.

use std::fmt;

use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::at_request::Sessions;
use super::settings::CookieSessions;
use crate::describe::SecurityScheme;
use crate::filter::authenticate::{ChallengeReason, CredentialError, CredentialSource};
use crate::message::{CredentialValue, Credentials, Request};

/// Reads the session as credentials, for [`authenticate`](crate::filter::authenticate()): the
/// look-up receives [`Credentials::Session`] with the value.
///
/// The filter `sessions` itself must be in front of `authenticate`, since it reads the cookie, asks
/// the store and renews. Without it, no request has a session, and the log has the filter to add.
/// The cookie is not removed from the request, because a change needs it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::sessions::{CookieSessions, SessionKey, session_cookie};
/// use http4k_ws::filter::{CredentialSource, Principal, authenticate, bearer};
/// use http4k_ws::message::Credentials;
///
/// /// Looks up the user by the id in the session, or by a token.
/// async fn look_up(credentials: Credentials) -> Option<&'static str> {
///     match &credentials {
///         Credentials::Bearer(token) => token.matches("t1").then_some("bob"),
///         session => session.value::<u64>().filter(|id| **id == 7).map(|_| "ann"),
///     }
/// }
///
/// async fn me(Principal(name): Principal<&'static str>) -> &'static str {
///     name
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), http4k_ws::filter::sessions::SessionError> {
/// let sessions = CookieSessions::<u64>::encrypted([SessionKey::generate()]);
/// let users = authenticate(session_cookie(&sessions).or(bearer()), look_up);
/// let app = routes! { GET "/me" with(sessions.clone(), users) => http(me(_)) };
///
/// let cookie = sessions.read(&Request::default()).await?.login(7).await?;
/// let ann = Request::get("/me").header("cookie", format!("session={}", cookie.value()));
/// assert_eq!(app.test_http(ann).body(), "ann");
/// let bob = Request::get("/me").header("authorization", "Bearer t1");
/// assert_eq!(app.test_http(bob).body(), "bob");
/// assert_eq!(app.test_http("/me").status(), 401);
/// # Ok(())
/// # }
/// ```
pub fn session_cookie<T>(sessions: &CookieSessions<T>) -> SessionCookie<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    SessionCookie(sessions.clone())
}

/// The source of credentials that [`session_cookie`] creates.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::SecurityScheme;
/// use http4k_ws::filter::CredentialSource;
/// use http4k_ws::filter::sessions::{CookieSessions, SessionCookie, SessionKey, session_cookie};
///
/// let sessions = CookieSessions::<u64>::encrypted([SessionKey::generate()]).with_name("login");
/// let source: SessionCookie<u64> = session_cookie(&sessions);
/// assert_eq!(source.scheme(), SecurityScheme::cookie("login"));
/// ```
#[derive(Clone)]
pub struct SessionCookie<T>(CookieSessions<T>);

impl<T> CredentialSource for SessionCookie<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    fn credentials(&self, request: &Request) -> Result<Option<Credentials>, CredentialError> {
        let read = request.extensions().get::<Sessions<T>>();
        let Some(read) = read.filter(|read| read.is_of(&self.0)) else {
            log::error!(
                "`session_cookie(&sessions)` finds no session, because the filter `sessions` is \
                 not in front of `authenticate`: write `with(sessions, authenticate(..))`"
            );
            return Ok(None);
        };
        let value = read.value().cloned();
        Ok(value.map(|value| Credentials::Session(CredentialValue::new(value))))
    }

    fn remove(&self, _request: &mut Request) {}

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::cookie(self.0.get().cookie_name(self.0.get().https))
    }

    fn challenge(&self, _reason: ChallengeReason) -> Option<HeaderValue> {
        self.0.get().challenge(self.0.get().https)
    }
}

impl<T> fmt::Debug for SessionCookie<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SessionCookie").field(&self.0).finish()
    }
}
