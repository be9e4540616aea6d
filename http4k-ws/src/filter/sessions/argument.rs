//! The session as an argument of a handler.

use http::header::{ACCEPT, LOCATION, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::at_request::Sessions;
use crate::describe::{DescribeRequest, ResponseDescription, RouteDescription, SchemaOf};
use crate::lens::problem;
use crate::message::{
    FromRequest, IntoResponse, NeededValue, Rejection, Request, RequestExt, Response,
};

/// The value of the session of a request, as a `_` argument of a handler.
///
/// `Option<Session<T>>` is `None` without a session.
///
/// # Panics
///
/// Serving or testing an application panics if a route reads a `Session<T>` without the filter
/// [`CookieSessions<T>`](super::CookieSessions) before it.
///
/// # Errors
///
/// Without a session, the response is 401 with the challenge `Cookie`, or a redirect to the
/// [login page](super::CookieSessions::with_login_page). An upgrade is refused with 401. An
/// `Option<Session<T>>` without the filter is a 500 and not `None`, and the log has the filter to
/// add.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::sessions::{CookieSessions, Session, SessionKey};
///
/// async fn home(user: Option<Session<String>>) -> String {
///     user.map_or_else(|| "who are you?".to_owned(), |Session(name)| format!("hello {name}"))
/// }
///
/// async fn account(Session(name): Session<String>) -> String {
///     name
/// }
///
/// let sessions = CookieSessions::<String>::encrypted([SessionKey::generate()]);
/// let sessions = sessions.with_login_page("/login");
/// let app = routes! { GET "/" => http(home(_)), GET "/account" => http(account(_)) };
/// let app = app.with(sessions);
/// assert_eq!(app.test_http("/").body(), "who are you?");
/// assert_eq!(app.test_http("/account").status(), 401);
///
/// let page = app.test_http(Request::get("/account").header("accept", "text/html"));
/// assert_eq!((page.status().as_u16(), page.header("location")), (303, Some("/login")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Session<T>(
    /// The value.
    pub T,
);

/// The filter to put before a route, in messages.
const FILTER: &str = "with(CookieSessions::encrypted(keys))";

impl<T> FromRequest for Sessions<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    const NEEDS: &'static [NeededValue] = &[NeededValue::of::<Self>(FILTER)];

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let sessions = request.extensions().get::<Self>().cloned();
        sessions.ok_or_else(|| NeededValue::of::<Self>(FILTER).rejection(request))
    }
}

impl<T> FromRequest for Session<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    const NEEDS: &'static [NeededValue] = &[NeededValue::of::<Self>(FILTER)];

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        // Without the filter an `Option` is refused, too: it would hide the mistake.
        let sessions = Sessions::<T>::from_request(request).await;
        let sessions = sessions.map_err(Rejection::new)?;
        match sessions.value() {
            Some(value) => Ok(Self(value.clone())),
            None => Err(Rejection::absent(refusal(&sessions, request))),
        }
    }
}

/// The filter describes the cookie.
impl<T> DescribeRequest for Sessions<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    type Body = ();

    fn describe(_: &mut RouteDescription, _: Option<SchemaOf>) {}
}

/// A request without a session receives 401.
impl<T> DescribeRequest for Session<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    type Body = ();

    fn describe(route: &mut RouteDescription, _: Option<SchemaOf>) {
        let response = ResponseDescription::problem(StatusCode::UNAUTHORIZED);
        route
            .responses
            .push(response.with_docs("The request is without a session."));
    }
}

/// Returns the response to a request without a session.
fn refusal<T>(sessions: &Sessions<T>, request: &Request) -> Response
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    if let Some(page) = sessions
        .settings()
        .login_page
        .as_ref()
        .filter(|_| is_for_page(request))
    {
        let mut redirect = StatusCode::SEE_OTHER.into_response();
        redirect.headers_mut().insert(LOCATION, page.clone());
        return redirect;
    }
    let mut refusal = problem(StatusCode::UNAUTHORIZED, "a session is required");
    if let Some(challenge) = sessions.challenge() {
        refusal.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    refusal
}

/// Returns `true` for a browser's request for a page.
fn is_for_page(request: &Request) -> bool {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let mut accepted = request.header_values(ACCEPT.as_str());
    is_read && accepted.any(|accepted| accepted.to_ascii_lowercase().contains("text/html"))
}
