//! Names and passwords, checked by one function (RFC 7617).

use std::future::{self, Future};

use super::authenticate::{authenticate, basic};
use crate::handler::{Later, Now, PolyFilter};
use crate::message::{Credentials, Secret};

/// The outcome of a check, or a future of it: `bool`.
///
/// The parameter `When` is always inferred. Users never implement the trait.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::basic_auth;
///
/// let at_once = basic_auth("house", |name, _password| name == "ann");
/// let later = basic_auth("house", |name, _password| async move { name == "ann" });
/// let ann = || Request::get("/").header("authorization", "Basic YW5uOnNlY3JldA==");
/// let status = |app: PolyHandler| app.test_http(ann()).status();
/// let app = || routes! { GET "/" => http(|| "hello") };
/// assert_eq!(status(app().with(at_once)), 200);
/// assert_eq!(status(app().with(later)), 200);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the outcome of a check",
    label = "a check returns `bool`, or a future of it"
)]
pub trait Checked<When> {
    /// Returns the outcome as a future.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::Checked;
    ///
    /// async fn accepts<When>(check: impl Checked<When>) -> bool {
    ///     check.checked().await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (name, known) = ("ann", ["ann", "bob"]);
    /// assert!(accepts(known.contains(&name)).await);
    /// assert!(!accepts(async { known.contains(&"eve") }).await);
    /// # }
    /// ```
    fn checked(self) -> impl Future<Output = bool> + Send;
}

impl Checked<Now> for bool {
    fn checked(self) -> impl Future<Output = bool> + Send {
        future::ready(self)
    }
}

impl<F: Future<Output = bool> + Send> Checked<Later> for F {
    fn checked(self) -> impl Future<Output = bool> + Send {
        self
    }
}

/// Admits requests if `check` accepts their name and password. Others receive 401 and a challenge
/// for `realm`, also before an upgrade (RFC 7617 §2).
///
/// This is the short form of [`authenticate`](crate::filter::authenticate()) with the source
/// [`basic`](crate::filter::basic), for an application without users of its own: the
/// [`Principal<String>`](crate::filter::Principal) behind it is the name.
///
/// `check` receives the name and the password, and returns `bool` or a future of it, so it may
/// query a database. It should compare passwords, or better their hashes, in a time that does not
/// reveal how much of them agrees: [`Secret::matches`] does that, as do the libraries of password
/// hashes.
///
/// The password is not kept. The field `Authorization` is removed from the request, and from the
/// request of a socket, which lives as long as the socket. A browser sends name and password in
/// readable form, so serve this over TLS only.
///
/// # Panics
///
/// Panics if `realm` contains a quote, a backslash, or a character that is not valid in a field.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Principal, basic_auth};
/// use http4k_ws::message::Secret;
///
/// async fn whoami(Principal(name): Principal<String>) -> String {
///     name
/// }
///
/// async fn is_known(name: String, password: Secret) -> bool {
///     tokio::task::yield_now().await; // A database query, for example.
///     name == "ann" && password.matches("secret")
/// }
///
/// let app = routes! { "/" => http(whoami(_)) }.with(basic_auth("the house", is_known));
///
/// let refusal = app.test_http("/");
/// assert_eq!(refusal.status(), 401);
/// let challenge = r#"Basic realm="the house", charset="UTF-8""#;
/// assert_eq!(refusal.header("www-authenticate"), Some(challenge));
/// let ann = Request::get("/").header("authorization", "Basic YW5uOnNlY3JldA==");
/// assert_eq!(app.test_http(ann).body(), "ann");
/// ```
#[track_caller]
pub fn basic_auth<F, R, When>(realm: &str, check: F) -> impl PolyFilter + Clone + use<F, R, When>
where
    F: Fn(String, Secret) -> R + Send + Sync + 'static,
    R: Checked<When> + Send + 'static,
    When: 'static,
{
    authenticate(basic(realm), move |credentials| {
        let Credentials::Basic { user, password } = credentials else {
            unreachable!("the source returns names with passwords")
        };
        let checked = check(user.clone(), password).checked();
        async move { checked.await.then_some(user) }
    })
    .named("basic_auth")
}
