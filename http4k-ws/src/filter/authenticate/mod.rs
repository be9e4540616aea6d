//! Authentication of requests, over every protocol.

mod admit;
mod api_key;
mod authorization;
mod basic;
mod bearer;
mod login;
mod principal;
mod refusal;
mod source;
mod ticket_source;
mod tickets;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use api_key::{ApiKey, api_key_cookie, api_key_field, api_key_query};
pub use basic::{Basic, basic};
pub use bearer::{Bearer, SubprotocolToken, bearer, subprotocol_token};
pub use login::next_page;
pub use principal::Principal;
pub use source::{ChallengeReason, CredentialError, CredentialSource, CredentialSources};
pub use ticket_source::{TicketSource, ticket};
pub use tickets::{Tickets, TicketsFull};

use self::login::LoginPage;
use crate::message::credentials::LookedUp;
use crate::message::{Credentials, Response};

/// Admits requests whose credentials belong to a user, over every protocol: HTTP, streams of
/// events, and upgrades. Others are refused before a handler or a consumer runs.
///
/// `sources` read the credentials of a request: [`bearer`], [`basic`], [`api_key_field`],
/// [`api_key_query`], [`api_key_cookie`], [`subprotocol_token`], or a [`CredentialSource`] of your
/// own. `or` combines them. The first source that finds credentials decides, in the order of
/// `or`: if they are wrong, the request is refused, even if another source has valid ones. So a
/// socket may have a token beside the cookies that a browser always sends.
///
/// `look_up` returns the user of the [`Credentials`], which handlers receive as [`Principal`]:
///
/// | the request has | `look_up` returns | response |
/// |---|---|---|
/// | no credentials | | 401 with a challenge for each scheme (RFC 9110 §11.6.1) |
/// | malformed credentials | | 400 or 401, as the source documents |
/// | credentials | `None`, `Ok(None)` | 401; a bearer token with `error="invalid_token"` |
/// | credentials | `Err(error)` | the response of the error, such as 403 or 503 |
/// | credentials | `Some(user)`, `Ok(Some(user))` | that of the handler |
///
/// The refusals are `application/problem+json` (RFC 9457). If the response of an error is a 401, it
/// has the challenges as well. A filter before a block or an application also refuses unknown
/// paths, so it does not reveal which exist.
///
/// `look_up` may be async. It is called once for each request and each upgrade, and is dropped with
/// its request if the client leaves. Compare tokens with
/// [`Secret::matches`](crate::message::Secret::matches), or store their hashes.
///
/// No secret is kept. The field, query parameter, cookie or subprotocol is removed from the request
/// that the handler receives, and from that of a socket, which lives as long as the socket. This
/// holds for all sources, whether their credentials were used or not.
///
/// A preflight of a page has no credentials, so [`Cors`](crate::filter::Cors) goes in front.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{CredentialSource, Principal, api_key_cookie, authenticate, bearer};
/// use http4k_ws::message::Credentials;
///
/// #[derive(Clone)]
/// struct User {
///     name: String,
///     banned: bool,
/// }
///
/// async fn look_up(credentials: Credentials) -> Result<Option<User>, StatusCode> {
///     let user = |name: &str, banned| User { name: name.to_owned(), banned };
///     let found = match credentials {
///         Credentials::Bearer(token) if token.matches("t1") => Some(user("bob", false)),
///         Credentials::ApiKey(key) if key.matches("k1") => Some(user("eve", true)),
///         _ => None,
///     };
///     match found {
///         Some(user) if user.banned => Err(StatusCode::FORBIDDEN),
///         found => Ok(found),
///     }
/// }
///
/// async fn me(Principal(user): Principal<User>) -> String {
///     user.name
/// }
///
/// async fn talk(ws: WebSocket, Principal(user): Principal<User>) -> WsResult {
///     Ok(ws.send(user.name).await?)
/// }
///
/// let users = authenticate(bearer().or(api_key_cookie("key")), look_up);
/// let app = routes! {
///     "/api" with(users) => {
///         GET "/me" => http(me(_)),
///         "/ws"     => ws(talk(ws, _)),
///     },
/// };
/// let bob = |path: &str| Request::get(path).header("authorization", "Bearer t1");
/// assert_eq!(app.test_http(bob("/api/me")).body(), "bob");
/// assert_eq!(app.test_ws(bob("/api/ws")).received().next().unwrap().unwrap().text(), "bob");
///
/// let refusal = app.try_test_ws("/api/ws").unwrap_err();
/// assert_eq!(refusal.status(), 401);
/// let challenges: Vec<_> = refusal.headers().get_all("www-authenticate").iter().collect();
/// assert_eq!(challenges, [r#"Bearer realm="api""#, r#"ApiKey in="cookie", name="key""#]);
///
/// let eve = Request::get("/api/me").header("cookie", "key=k1");
/// assert_eq!(app.test_http(eve).status(), 403);
/// ```
pub fn authenticate<F, R, When>(
    sources: impl Into<CredentialSources>,
    look_up: F,
) -> Authenticate<R::User>
where
    F: Fn(Credentials) -> R + Send + Sync + 'static,
    R: LookedUp<When, User: Clone + Send + Sync + 'static> + Send + 'static,
    When: 'static,
{
    Authenticate {
        sources: sources.into(),
        look_up: Arc::new(move |credentials| Box::pin(look_up(credentials).looked_up())),
        optional: false,
        login: None,
        name: "authenticate",
    }
}

/// The filter that [`authenticate`] creates, for users of type `T`.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Authenticate, authenticate, bearer};
/// use http4k_ws::message::Credentials;
///
/// /// Admits the users of this application.
/// fn users() -> Authenticate<&'static str> {
///     authenticate(bearer(), |credentials| match credentials {
///         Credentials::Bearer(token) if token.matches("t1") => Some("bob"),
///         _ => None,
///     })
/// }
///
/// let app = routes! { GET "/" with(users()) => http(|| "hello") };
/// let bob = Request::get("/").header("authorization", "Bearer t1");
/// assert_eq!(app.test_http(bob).body(), "hello");
/// assert_eq!(app.test_http("/").status(), 401);
/// ```
pub struct Authenticate<T> {
    sources: CredentialSources,
    look_up: Arc<LookUp<T>>,
    optional: bool,
    login: Option<Arc<LoginPage>>,
    name: &'static str,
}

type LookUp<T> = dyn Fn(Credentials) -> LookUpFuture<T> + Send + Sync;
type LookUpFuture<T> = Pin<Box<dyn Future<Output = Result<Option<T>, Response>> + Send>>;

impl<T> Authenticate<T> {
    /// Admits requests without credentials, too. Those with wrong credentials are still refused, so
    /// that a client notices that its token has expired.
    ///
    /// The handler receives `Option<Principal<T>>`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::{Principal, authenticate, bearer};
    /// use http4k_ws::message::Credentials;
    ///
    /// async fn look_up(credentials: Credentials) -> Option<&'static str> {
    ///     let known = matches!(credentials, Credentials::Bearer(token) if token.matches("t1"));
    ///     known.then_some("bob")
    /// }
    ///
    /// async fn greet(user: Option<Principal<&'static str>>) -> String {
    ///     format!("hello {}", user.map_or("stranger", |Principal(name)| name))
    /// }
    ///
    /// let users = authenticate(bearer(), look_up).optional();
    /// let app = routes! { GET "/" with(users) => http(greet(_)) };
    /// let with = |field: &'static str| Request::get("/").header("authorization", field);
    /// assert_eq!(app.test_http("/").body(), "hello stranger");
    /// assert_eq!(app.test_http(with("Bearer t1")).body(), "hello bob");
    /// assert_eq!(app.test_http(with("Bearer t2")).status(), 401);
    /// assert_eq!(app.test_http(with("Token t1")).status(), 401);
    /// ```
    #[must_use]
    pub fn optional(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }

    /// Sends browsers to the login page at `path` instead of a 401, with 303. Only requests for a
    /// page are sent there: GET and HEAD whose `Accept` prefers `text/html`, as a browser's does.
    /// Other requests, upgrades and streams of events still receive 401.
    ///
    /// The address has the page as the query parameter `next`, without secrets. After the login,
    /// [`next_page`] returns it, if it is a page of this site. The login page itself should be
    /// outside of the filter; a request for `path` is never redirected.
    ///
    /// # Panics
    ///
    /// Panics if `path` is not a path on this site, such as `/login`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::{api_key_cookie, authenticate};
    /// use http4k_ws::message::Credentials;
    ///
    /// async fn look_up(credentials: Credentials) -> Option<()> {
    ///     matches!(credentials, Credentials::ApiKey(key) if key.matches("k1")).then_some(())
    /// }
    ///
    /// let users = authenticate(api_key_cookie("key"), look_up).or_login("/login");
    /// let app = routes! {
    ///     GET "/login" => http(|| "a form"),
    ///     "/rooms" with(users) => {
    ///         GET "/<room>" => http(|room: String| room),
    ///         "/<_room>"    => ws(|ws: WebSocket| ws.try_send("hi")),
    ///     },
    /// };
    /// let browser = Request::get("/rooms/blue?page=2").header("accept", "text/html, */*;q=0.8");
    /// let response = app.test_http(browser);
    /// assert_eq!(response.status(), 303);
    /// let login = "/login?next=%2Frooms%2Fblue%3Fpage%3D2";
    /// assert_eq!(response.header("location"), Some(login));
    /// assert_eq!(app.test_http("/rooms/blue").status(), 401);
    /// assert_eq!(app.try_test_ws("/rooms/blue").unwrap_err().status(), 401);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn or_login(self, path: &str) -> Self {
        Self {
            login: Some(Arc::new(LoginPage::new(path))),
            ..self
        }
    }

    pub(super) fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
}

impl<T> Clone for Authenticate<T> {
    fn clone(&self) -> Self {
        Self {
            sources: self.sources.clone(),
            look_up: Arc::clone(&self.look_up),
            optional: self.optional,
            login: self.login.clone(),
            name: self.name,
        }
    }
}

impl<T> fmt::Debug for Authenticate<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticate")
            .field("name", &self.name)
            .field("sources", &self.sources)
            .field("optional", &self.optional)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}
