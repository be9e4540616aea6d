//! The user of a request, as an argument.

use crate::describe::{DescribeRequest, RouteDescription, SchemaOf};
use crate::message::{FromRequest, NeededValue, Rejection, Request};

/// The user of a request, which [`authenticate`](super::authenticate) looked up. As `_` in a route
/// it is an argument of a handler, a consumer of a socket, or a function over a stream.
///
/// `Option<Principal<T>>` is `None` without the filter, and without credentials if they are
/// [optional](super::Authenticate::optional). A filter reads it from the extensions of the request:
/// `request.extensions().get::<Principal<User>>()`, and the consumer of a socket from those of
/// [`WebSocket::request`](crate::WebSocket::request).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Principal, authenticate, bearer};
/// use http4k_ws::message::Credentials;
///
/// #[derive(Clone)]
/// struct User {
///     name: String,
/// }
///
/// async fn look_up(credentials: Credentials) -> Option<User> {
///     match credentials {
///         Credentials::Bearer(token) => token.matches("t1").then(|| User { name: "bob".into() }),
///         _ => None,
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
/// let app = routes! {
///     "/api" with(authenticate(bearer(), look_up)) => {
///         GET "/me" => http(me(_)),
///         "/ws"     => ws(talk(ws, _)),
///     },
/// };
/// let bob = |path: &str| Request::get(path).header("authorization", "Bearer t1");
/// assert_eq!(app.test_http(bob("/api/me")).body(), "bob");
/// assert_eq!(app.test_ws(bob("/api/ws")).received().next().unwrap().unwrap().text(), "bob");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Principal<T>(
    /// The user.
    pub T,
);

impl<T: 'static> Principal<T> {
    const NEEDED: NeededValue = NeededValue::of::<Self>("with(authenticate(sources, look_up))");
}

impl<T: Clone + Send + Sync + 'static> FromRequest for Principal<T> {
    const NEEDS: &'static [NeededValue] = &[Self::NEEDED];

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let known = request.extensions().get::<Self>().cloned();
        known.ok_or_else(|| Self::NEEDED.rejection(request))
    }
}

/// A filter provides it, and a request has nothing of it.
impl<T: Clone + Send + Sync + 'static> DescribeRequest for Principal<T> {
    type Body = ();

    fn describe(_: &mut RouteDescription, _: Option<SchemaOf>) {}
}
