//! Bearer tokens, in the field `Authorization` or among the subprotocols of a socket.

use http::HeaderValue;
use http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};

use super::authorization::{Realm, credentials_of};
use super::source::{ChallengeReason, CredentialError, CredentialSource};
use crate::describe::SecurityScheme;
use crate::lens::Location;
use crate::message::{Credentials, Request, Secret};

/// Reads a bearer token from the field `Authorization` (RFC 6750 §2.1).
///
/// The token in a form or in the query (§2.2, §2.3) is not read. A field `Bearer` without a token,
/// or with characters that a token cannot have, receives 400 and `error="invalid_request"`; so do
/// two fields. An unknown token receives 401 and `error="invalid_token"` (§3.1).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Principal, authenticate, bearer};
/// use http4k_ws::message::Credentials;
///
/// async fn look_up(credentials: Credentials) -> Option<&'static str> {
///     match credentials {
///         Credentials::Bearer(token) if token.matches("t1") => Some("bob"),
///         _ => None,
///     }
/// }
///
/// async fn me(Principal(name): Principal<&'static str>) -> &'static str {
///     name
/// }
///
/// let users = authenticate(bearer().with_realm("rooms"), look_up);
/// let app = routes! { GET "/me" with(users) => http(me(_)) };
/// let with = |field: &'static str| Request::get("/me").header("authorization", field);
/// assert_eq!(app.test_http(with("Bearer t1")).body(), "bob");
///
/// let refusal = app.test_http("/me");
/// assert_eq!(refusal.header("www-authenticate"), Some(r#"Bearer realm="rooms""#));
/// let refusal = app.test_http(with("Bearer t2"));
/// let challenge = r#"Bearer realm="rooms", error="invalid_token""#;
/// assert_eq!(refusal.status(), 401);
/// assert_eq!(refusal.header("www-authenticate"), Some(challenge));
/// assert_eq!(app.test_http(with("Bearer")).status(), 400);
/// ```
pub fn bearer() -> Bearer {
    Bearer(Realm::default())
}

/// The source that [`bearer`] creates.
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::{Bearer, ChallengeReason, CredentialSource, bearer};
///
/// let source: Bearer = bearer().with_realm("rooms");
/// let challenge = |reason| source.challenge(reason).unwrap();
/// assert_eq!(challenge(ChallengeReason::Missing), r#"Bearer realm="rooms""#);
/// let expired = r#"Bearer realm="rooms", error="invalid_token""#;
/// assert_eq!(challenge(ChallengeReason::Unknown), expired);
/// ```
#[derive(Debug, Clone)]
pub struct Bearer(Realm);

impl Bearer {
    /// Sets the realm of the challenge: the name of the part of the server that the token is for.
    /// Default: `api`, because the scheme demands a parameter (RFC 6750 §3).
    ///
    /// # Panics
    ///
    /// Panics if `realm` contains a quote, a backslash, or a character that is not valid in a
    /// field.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{authenticate, bearer};
    /// use http4k_ws::prelude::*;
    /// # use http4k_ws::message::Credentials;
    ///
    /// let no_user = |_credentials: Credentials| None::<u64>;
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let app = app.with(authenticate(bearer().with_realm("rooms"), no_user));
    /// let challenge = app.test_http("/").header("www-authenticate").map(str::to_owned);
    /// assert_eq!(challenge.as_deref(), Some(r#"Bearer realm="rooms""#));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_realm(self, realm: &str) -> Self {
        Self(Realm::new(realm))
    }
}

impl CredentialSource for Bearer {
    fn credentials(&self, request: &Request) -> Result<Option<Credentials>, CredentialError> {
        let Some(token) = credentials_of(request, "bearer")? else {
            return Ok(None);
        };
        Ok(Some(Credentials::Bearer(checked(token)?)))
    }

    fn remove(&self, request: &mut Request) {
        request.headers_mut().remove(AUTHORIZATION);
    }

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::Bearer
    }

    fn challenge(&self, reason: ChallengeReason) -> Option<HeaderValue> {
        Some(challenge(&self.0, reason))
    }

    fn reads_authorization(&self) -> bool {
        true
    }
}

fn challenge(realm: &Realm, reason: ChallengeReason) -> HeaderValue {
    realm.challenge(
        "Bearer",
        match reason {
            // A request without credentials is not told an error code (RFC 6750 §3.1).
            ChallengeReason::Missing => "",
            ChallengeReason::Unknown => ", error=\"invalid_token\"",
            ChallengeReason::Malformed => ", error=\"invalid_request\"",
        },
    )
}

/// Checks that `token` is a `b64token` (RFC 6750 §2.1).
fn checked(token: &[u8]) -> Result<Secret, CredentialError> {
    let letters = token.trim_ascii_end();
    let end = letters.iter().rposition(|byte| *byte != b'=');
    let body = &letters[..end.map_or(0, |end| end + 1)];
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte);
    match std::str::from_utf8(letters) {
        Ok(text) if !body.is_empty() && body.iter().all(is_letter) => Ok(Secret::new(text)),
        _ => Err(CredentialError::malformed(
            "a bearer token has letters, digits and `-._~+/`, then `=` (RFC 6750 §2.1)",
        )),
    }
}

/// Reads a token that a page offers among the subprotocols of its socket:
/// `new WebSocket(url, ["bearer.TOKEN", "chat"])`.
///
/// A page cannot set fields for a socket, and the query of its URL is recorded by servers and
/// proxies. The token is an offer that is never selected: it is removed from the offers before the
/// application sees them, and the response does not contain it. A token that is a subprotocol has
/// the characters of a field name (RFC 6455 §4.1), which tokens in base64url and JWTs have.
///
/// The page must offer a real subprotocol too, and the application must select it, with
/// [`subprotocols`](crate::filter::subprotocols) for example. A browser fails a socket if the
/// server selects none of the offers. An offer of the token alone therefore receives 400, as do two
/// tokens.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Principal, authenticate, subprotocol_token, subprotocols};
/// use http4k_ws::message::Credentials;
///
/// async fn look_up(credentials: Credentials) -> Option<&'static str> {
///     match credentials {
///         Credentials::Bearer(token) if token.matches("t1") => Some("bob"),
///         _ => None,
///     }
/// }
///
/// async fn chat(ws: WebSocket, Principal(name): Principal<&'static str>) -> WsResult {
///     let seen = ws.request().header("sec-websocket-protocol").unwrap_or("none").to_owned();
///     Ok(ws.send(format!("{name}, {seen}")).await?)
/// }
///
/// let users = authenticate(subprotocol_token(), look_up);
/// let app = routes! { "/chat" with(users, subprotocols(["chat"])) => ws(chat(ws, _)) };
/// let offering = |offers: &'static str| {
///     Request::get("/chat").header("sec-websocket-protocol", offers)
/// };
/// let mut page = app.test_ws(offering("bearer.t1, chat"));
/// assert_eq!(page.subprotocol(), Some("chat"));
/// assert_eq!(page.received().next().unwrap().unwrap().text(), "bob, chat");
///
/// let refused = |offers| app.try_test_ws(offering(offers)).unwrap_err().status();
/// assert_eq!(refused("chat"), 401);
/// assert_eq!(refused("bearer.t2, chat"), 401);
/// assert_eq!(refused("bearer.t1"), 400);
/// ```
pub fn subprotocol_token() -> SubprotocolToken {
    SubprotocolToken(Realm::default())
}

/// The source that [`subprotocol_token`] creates.
///
/// # Examples
///
/// ```
/// use http4k_ws::Request;
/// use http4k_ws::filter::{CredentialSource, SubprotocolToken, subprotocol_token};
///
/// let source: SubprotocolToken = subprotocol_token();
/// let mut request = Request::default();
/// request.headers_mut().insert("sec-websocket-protocol", "bearer.t1, chat".parse().unwrap());
/// assert!(source.credentials(&request).unwrap().is_some());
/// // The application sees the other offer alone.
/// source.remove(&mut request);
/// assert_eq!(request.headers()["sec-websocket-protocol"], "chat");
/// ```
#[derive(Debug, Clone)]
pub struct SubprotocolToken(Realm);

impl SubprotocolToken {
    /// Sets the realm of the challenge, as [`Bearer::with_realm`] does.
    ///
    /// # Panics
    ///
    /// Panics if `realm` contains a quote, a backslash, or a character that is not valid in a
    /// field.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{ChallengeReason, CredentialSource, subprotocol_token};
    ///
    /// let challenge = subprotocol_token().with_realm("rooms").challenge(ChallengeReason::Missing);
    /// assert_eq!(challenge.unwrap(), r#"Bearer realm="rooms""#);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_realm(self, realm: &str) -> Self {
        Self(Realm::new(realm))
    }
}

/// Returns the token of an offer that is one.
fn token_of(offer: &[u8]) -> Option<&[u8]> {
    const PREFIX: &[u8] = b"bearer.";
    let (prefix, token) = offer.split_at_checked(PREFIX.len())?;
    prefix.eq_ignore_ascii_case(PREFIX).then_some(token)
}

fn offers(line: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    let offers = line.as_bytes().split(|byte| *byte == b',');
    offers
        .map(<[u8]>::trim_ascii)
        .filter(|offer| !offer.is_empty())
}

impl CredentialSource for SubprotocolToken {
    fn credentials(&self, request: &Request) -> Result<Option<Credentials>, CredentialError> {
        let lines = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL);
        let (mut tokens, mut others) = (Vec::new(), 0);
        for offer in lines.iter().flat_map(offers) {
            match token_of(offer) {
                Some(token) => tokens.push(token),
                None => others += 1,
            }
        }
        match (tokens.as_slice(), others) {
            ([], _) => Ok(None),
            ([_], 0) => Err(CredentialError::malformed(
                "a socket that offers `bearer.<token>` must offer a subprotocol beside it",
            )),
            ([token], _) => Ok(Some(Credentials::Bearer(checked(token)?))),
            (_, _) => Err(CredentialError::malformed(
                "a socket may offer one `bearer.<token>`",
            )),
        }
    }

    fn remove(&self, request: &mut Request) {
        let fields = request.headers_mut();
        let lines: Vec<_> = fields
            .get_all(SEC_WEBSOCKET_PROTOCOL)
            .iter()
            .cloned()
            .collect();
        let has_token = |line: &HeaderValue| offers(line).any(|offer| token_of(offer).is_some());
        if !lines.iter().any(has_token) {
            return;
        }
        fields.remove(SEC_WEBSOCKET_PROTOCOL);
        for line in lines {
            let kept = offers(&line).filter(|offer| token_of(offer).is_none());
            let kept = kept.collect::<Vec<_>>().join(&b", "[..]);
            // Parts of a valid value are valid.
            if let (false, Ok(kept)) = (kept.is_empty(), HeaderValue::from_bytes(&kept)) {
                fields.append(SEC_WEBSOCKET_PROTOCOL, kept);
            }
        }
    }

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::api_key(Location::Header, "sec-websocket-protocol")
    }

    fn challenge(&self, reason: ChallengeReason) -> Option<HeaderValue> {
        Some(challenge(&self.0, reason))
    }
}
