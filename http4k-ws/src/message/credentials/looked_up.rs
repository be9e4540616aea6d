//! Outcomes of a look-up: a user, none, or a response of its own.

use std::future::{self, Future};

use crate::message::http::{IntoResponse, Response};

/// Values that the function of a look-up may return, or a future of one: `Option<T>`, or
/// `Result<Option<T>, E>` with an error that becomes the response.
///
/// `None` and `Ok(None)` mean that the credentials are those of no user. An error is for a user
/// that may not pass (403), or a database that does not respond (503). The error type implements
/// [`IntoResponse`].
///
/// Users never implement it. `When` is always inferred.
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::{authenticate, bearer};
/// use http4k_ws::message::Credentials;
/// use http4k_ws::prelude::*;
///
/// fn at_once(credentials: Credentials) -> Option<&'static str> {
///     matches!(credentials, Credentials::Bearer(token) if token.matches("t1")).then_some("ann")
/// }
///
/// async fn later(_credentials: Credentials) -> Result<Option<&'static str>, StatusCode> {
///     Err(StatusCode::SERVICE_UNAVAILABLE)
/// }
///
/// let app = routes! {
///     GET "/a" with(authenticate(bearer(), at_once)) => http(|| "hello"),
///     GET "/b" with(authenticate(bearer(), later))   => http(|| "hello"),
/// };
/// let get = |path: &str| app.test_http(Request::get(path).header("authorization", "Bearer t1"));
/// assert_eq!(get("/a").status(), 200);
/// assert_eq!(get("/b").status(), 503);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the outcome of a look-up",
    label = "a look-up returns `Option<T>` or `Result<Option<T>, E>`, or a future of one",
    note = "`None` is for unknown credentials, and `E` becomes the response, such as a `StatusCode` \
            if the database does not respond"
)]
pub trait LookedUp<When> {
    /// The type of the user.
    type User;

    /// Returns the outcome as a future.
    fn looked_up(self) -> impl Future<Output = Result<Option<Self::User>, Response>> + Send;
}

/// Values that a look-up may return: `Option<T>` or `Result<Option<T>, E>`.
pub trait LookUpOutcome {
    /// The type of the user.
    type User;

    /// Returns the user, or the response of the error.
    ///
    /// # Errors
    ///
    /// Returns the response of an error.
    fn outcome(self) -> Result<Option<Self::User>, Response>;
}

impl<T> LookUpOutcome for Option<T> {
    type User = T;

    fn outcome(self) -> Result<Option<T>, Response> {
        Ok(self)
    }
}

impl<T, E: IntoResponse> LookUpOutcome for Result<Option<T>, E> {
    type User = T;

    fn outcome(self) -> Result<Option<T>, Response> {
        self.map_err(IntoResponse::into_response)
    }
}

/// Marks a look-up that returns a value.
#[derive(Debug)]
pub enum AtOnce {}

/// Marks a look-up that returns a future.
#[derive(Debug)]
pub enum InFuture {}

impl<O: LookUpOutcome<User: Send>> LookedUp<AtOnce> for O {
    type User = O::User;

    fn looked_up(self) -> impl Future<Output = Result<Option<O::User>, Response>> + Send {
        future::ready(self.outcome())
    }
}

impl<F> LookedUp<InFuture> for F
where
    F: Future<Output: LookUpOutcome> + Send,
{
    type User = <F::Output as LookUpOutcome>::User;

    async fn looked_up(self) -> Result<Option<Self::User>, Response> {
        self.await.outcome()
    }
}
