//! Basic authentication: names and passwords (RFC 7617).

use std::fmt;
use std::future::{self, Future};
use std::hint::black_box;
use std::pin::Pin;
use std::sync::Arc;

use data_encoding::BASE64;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};

use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Later, Next, Now, PolyFilter, WsFilter,
    WsHandler, WsNext, WsResponse,
};
use crate::message::{Request, Response, plain};
use crate::session::WebSocket;

/// The name and password of a request (RFC 7617 §2).
///
/// Behind [`basic_auth`], the extensions of the request hold the credentials without the password.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The name, which has no colon.
    pub user: String,
    /// The password. Empty behind [`basic_auth`], which checks the password and does not keep it.
    pub password: String,
}

/// Omits the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl Credentials {
    /// Returns the credentials of `request`. `None` unless it has exactly one field
    /// `Authorization`, with valid Basic credentials.
    pub fn of(request: &Request) -> Option<Self> {
        let mut fields = request.headers().get_all(AUTHORIZATION).iter();
        let (Some(field), None) = (fields.next(), fields.next()) else {
            return None;
        };
        let (scheme, encoded) = field.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = BASE64.decode(encoded.trim().as_bytes()).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (user, password) = text.split_once(':')?;
        Some(Self {
            user: user.to_owned(),
            password: password.to_owned(),
        })
    }

    /// Returns `true` for this name and password, in a time that depends on their lengths only.
    ///
    /// A comparison with `==` ends at the first byte that differs. Its time reveals to a client how
    /// much of a guess was right.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::basic_auth;
    ///
    /// let auth = basic_auth("house", |known| known.matches("ann", "secret"));
    /// let app = routes! { "/" => http(|| "hello") }.with(auth);
    /// let ann = Request::get("/").header("authorization", "Basic YW5uOnNlY3JldA==");
    /// assert_eq!(app.test_http(ann).body(), "hello");
    /// ```
    pub fn matches(&self, user: &str, password: &str) -> bool {
        // Both are compared, so that the time does not reveal which of them is wrong.
        same(&self.user, user) & same(&self.password, password)
    }
}

fn same(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    let differs = pairs.fold(0, |differs, (a, b)| black_box(differs | (a ^ b)));
    one.len() == other.len() && differs == 0
}

/// The outcome of a check, or a future of it: `bool`.
///
/// The parameter `When` is always inferred. Users never implement the trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the outcome of a check",
    label = "a check returns `bool`, or a future of it"
)]
pub trait Checked<When> {
    /// Returns the outcome as a future.
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
/// `check` receives the [`Credentials`] and returns `bool` or a future of it, so it may query a
/// database. It should compare passwords, or better their hashes, in a time that does not reveal
/// how much of them agrees. [`Credentials::matches`] does that, as do the libraries of password
/// hashes.
///
/// The password is not kept. The field `Authorization` is removed from the request, and from the
/// request of a socket, which lives as long as the socket. The extensions of both keep the name, as
/// `Credentials` with an empty password. A browser sends name and password in readable form, so
/// serve this over TLS only.
///
/// # Panics
///
/// Panics if `realm` contains a quote, a backslash, or a character that is not valid in a field.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Credentials, basic_auth};
///
/// fn whoami(req: Request) -> String {
///     req.extensions().get::<Credentials>().map_or_else(String::new, |known| known.user.clone())
/// }
///
/// async fn is_known(known: Credentials) -> bool {
///     tokio::task::yield_now().await; // A database query, for example.
///     known.matches("ann", "secret")
/// }
///
/// let app = routes! { "/" => http(whoami) }.with(basic_auth("the house", is_known));
///
/// let refusal = app.test_http("/");
/// assert_eq!(refusal.status(), 401);
/// let challenge = r#"Basic realm="the house", charset="UTF-8""#;
/// assert_eq!(refusal.header("www-authenticate"), Some(challenge));
/// let ann = Request::get("/").header("authorization", "Basic YW5uOnNlY3JldA==");
/// assert_eq!(app.test_http(ann).body(), "ann");
/// ```
pub fn basic_auth<F, R, When>(realm: &str, check: F) -> impl PolyFilter + Clone + use<F, R, When>
where
    F: Fn(Credentials) -> R + Send + Sync + 'static,
    R: Checked<When> + Send + 'static,
    When: 'static,
{
    assert!(
        !realm.contains(['"', '\\']),
        "the realm `{realm}` contains a quote or a backslash"
    );
    let challenge = format!("Basic realm=\"{realm}\", charset=\"UTF-8\"");
    let challenge = HeaderValue::try_from(challenge)
        .unwrap_or_else(|_| panic!("the realm `{realm}` is not valid in a header field"));
    BasicAuth {
        challenge,
        check: Arc::new(move |credentials| Box::pin(check(credentials).checked())),
    }
}

type Check = dyn Fn(Credentials) -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync;

#[derive(Clone)]
struct BasicAuth {
    challenge: HeaderValue,
    check: Arc<Check>,
}

impl BasicAuth {
    /// Returns the request with the name and without the password, or the refusal.
    async fn admitted(&self, mut request: Request) -> Result<Request, Response> {
        if let Some(credentials) = Credentials::of(&request) {
            let known = Credentials {
                user: credentials.user.clone(),
                password: String::new(),
            };
            if (self.check)(credentials).await {
                request.headers_mut().remove(AUTHORIZATION);
                request.extensions_mut().insert(known);
                return Ok(request);
            }
        }
        let line = "a name and password are required\n".to_owned();
        let mut refusal = plain(StatusCode::UNAUTHORIZED, line);
        let challenge = self.challenge.clone();
        refusal.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        Err(refusal)
    }
}

impl PolyFilter for BasicAuth {
    fn name(&self) -> String {
        "basic_auth".to_owned()
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let auth = self.clone();
        let guard = move |request: Request, next: Next| {
            let auth = auth.clone();
            async move {
                match auth.admitted(request).await {
                    Ok(request) => next.call(request).await,
                    Err(refusal) => refusal,
                }
            }
        };
        guard.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let auth = self.clone();
        let guard = move |request: Request, next: WsNext| {
            let auth = auth.clone();
            async move {
                match auth.admitted(request).await {
                    Ok(request) => {
                        let response = next.call(request).await;
                        // The socket of a consumer may hold the request as it arrived, with the
                        // field.
                        response.map_consumer(|consumer| {
                            consumer.after(|socket: &mut WebSocket| {
                                socket.request_mut().headers_mut().remove(AUTHORIZATION);
                            })
                        })
                    }
                    Err(refusal) => WsResponse::refuse(refusal),
                }
            }
        };
        guard.then(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_password_must_both_match() {
        let known = Credentials {
            user: "ann".to_owned(),
            password: "secret".to_owned(),
        };
        for (user, password, matches) in [
            ("ann", "secret", true),
            ("ann", "secreT", false),
            ("ann", "secret!", false),
            ("ann", "secre", false),
            ("ann", "", false),
            ("Ann", "secret", false),
            ("", "secret", false),
        ] {
            assert_eq!(known.matches(user, password), matches, "{user}:{password}");
        }
    }
}
