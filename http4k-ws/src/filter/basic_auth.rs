//! Names and passwords (RFC 7617).

use data_encoding::BASE64;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};

use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext, WsResponse, plain,
};
use crate::message::{Request, Response};

/// Who a request says it is from (RFC 7617 §2).
///
/// Behind [`basic_auth`] it is in the request's extensions, and in those of a socket's request.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The name, which has no colon.
    pub user: String,
    /// The password.
    pub password: String,
}

/// Without the password.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl Credentials {
    /// Those of `request`; `None` without the one field `Authorization` that holds such.
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
}

/// Lets through whom `check` knows, and answers everybody else with 401 and a challenge for `realm`, before an
/// upgrade too (RFC 7617 §2).
///
/// The name and password travel readable: serve this over TLS alone. `check` should compare passwords, or
/// better their hashes, in a time that does not tell how far they agree.
///
/// # Panics
///
/// When `realm` has a quote, a backslash, or what a field can't hold.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::{Credentials, basic_auth};
///
/// fn whoami(req: Request) -> String {
///     req.extensions().get::<Credentials>().map_or_else(String::new, |known| known.user.clone())
/// }
///
/// let app = routes! { "/" => http(whoami) };
/// let app = app.with(basic_auth("the house", |known| known.user == "ann" && known.password == "secret"));
///
/// let refusal = app.test_http("/");
/// assert_eq!(refusal.status(), 401);
/// assert_eq!(refusal.header("www-authenticate"), Some(r#"Basic realm="the house", charset="UTF-8""#));
/// let ann = Request::get("/").header("authorization", "Basic YW5uOnNlY3JldA==");
/// assert_eq!(app.test_http(ann).body(), "ann");
/// ```
pub fn basic_auth<F>(realm: &str, check: F) -> impl PolyFilter + Clone
where
    F: Fn(&Credentials) -> bool + Clone + Send + Sync + 'static,
{
    assert!(
        !realm.contains(['"', '\\']),
        "the realm `{realm}` has a quote or a backslash"
    );
    let challenge = format!("Basic realm=\"{realm}\", charset=\"UTF-8\"");
    let challenge = HeaderValue::try_from(challenge)
        .unwrap_or_else(|_| panic!("the realm `{realm}` is no text of a field"));
    BasicAuth { challenge, check }
}

#[derive(Clone)]
struct BasicAuth<F> {
    challenge: HeaderValue,
    check: F,
}

impl<F> BasicAuth<F>
where
    F: Fn(&Credentials) -> bool + Clone + Send + Sync + 'static,
{
    /// The request with who it is from, or the refusal.
    fn admitted(&self, mut request: Request) -> Result<Request, Response> {
        match Credentials::of(&request).filter(|credentials| (self.check)(credentials)) {
            Some(credentials) => {
                request.extensions_mut().insert(credentials);
                Ok(request)
            }
            None => {
                let line = "who are you?\n".to_owned();
                let mut refusal = plain(StatusCode::UNAUTHORIZED, line);
                let challenge = self.challenge.clone();
                refusal.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                Err(refusal)
            }
        }
    }
}

impl<F> PolyFilter for BasicAuth<F>
where
    F: Fn(&Credentials) -> bool + Clone + Send + Sync + 'static,
{
    fn name(&self) -> String {
        "basic_auth".to_owned()
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let auth = self.clone();
        let guard = move |request: Request, next: Next| {
            let admitted = auth.admitted(request);
            async move {
                match admitted {
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
            let admitted = auth.admitted(request);
            async move {
                match admitted {
                    Ok(request) => next.call(request).await,
                    Err(refusal) => WsResponse::refuse(refusal),
                }
            }
        };
        guard.then(next)
    }
}
