//! Names and passwords (RFC 7617).

use data_encoding::BASE64;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use super::authorization::{Realm, credentials_of};
use super::source::{ChallengeReason, CredentialError, CredentialSource};
use crate::describe::SecurityScheme;
use crate::message::{Credentials, Request, Secret};

/// Reads a name and a password from the field `Authorization`, with the scheme Basic (RFC 7617).
///
/// A browser shows a dialog for them. It sends both in readable form, so serve this over TLS only.
/// Text that is not base64, or that has no colon, receives 401 as a wrong password does. Two fields
/// `Authorization` receive 400.
///
/// # Panics
///
/// Panics if `realm` contains a quote, a backslash, or a character that is not valid in a field.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Principal, authenticate, basic};
/// use http4k_ws::message::Credentials;
///
/// fn look_up(credentials: Credentials) -> Option<String> {
///     match credentials {
///         Credentials::Basic { user, password } if password.matches("secret") => Some(user),
///         _ => None,
///     }
/// }
///
/// async fn me(Principal(name): Principal<String>) -> String {
///     name
/// }
///
/// let app = routes! { GET "/" with(authenticate(basic("the house"), look_up)) => http(me(_)) };
/// let refusal = app.test_http("/");
/// let challenge = r#"Basic realm="the house", charset="UTF-8""#;
/// assert_eq!(refusal.header("www-authenticate"), Some(challenge));
/// let ann = Request::get("/").header("authorization", "Basic YW5uOnNlY3JldA==");
/// assert_eq!(app.test_http(ann).body(), "ann");
/// ```
#[track_caller]
pub fn basic(realm: &str) -> Basic {
    Basic(Realm::new(realm))
}

/// The source that [`basic`] creates.
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::{Basic, ChallengeReason, CredentialSource, basic};
///
/// let source: Basic = basic("the house");
/// let challenge = source.challenge(ChallengeReason::Missing).unwrap();
/// assert_eq!(challenge, r#"Basic realm="the house", charset="UTF-8""#);
/// ```
#[derive(Debug, Clone)]
pub struct Basic(Realm);

impl CredentialSource for Basic {
    fn credentials(&self, request: &Request) -> Result<Option<Credentials>, CredentialError> {
        match credentials_of(request, "basic")? {
            None => Ok(None),
            Some(encoded) => match decoded(encoded) {
                Some(credentials) => Ok(Some(credentials)),
                None => Err(CredentialError::unknown(
                    "Basic credentials are `name:password` in base64 (RFC 7617 §2)",
                )),
            },
        }
    }

    fn remove(&self, request: &mut Request) {
        request.headers_mut().remove(AUTHORIZATION);
    }

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::Basic
    }

    fn challenge(&self, _reason: ChallengeReason) -> Option<HeaderValue> {
        Some(self.0.challenge("Basic", ", charset=\"UTF-8\""))
    }

    fn reads_authorization(&self) -> bool {
        true
    }
}

fn decoded(encoded: &[u8]) -> Option<Credentials> {
    let text = String::from_utf8(BASE64.decode(encoded).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Credentials::Basic {
        user: user.to_owned(),
        password: Secret::new(password),
    })
}
