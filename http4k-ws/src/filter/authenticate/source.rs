//! Sources of credentials: places in a request.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::{HeaderValue, StatusCode};

use crate::describe::SecurityScheme;
use crate::handler::short_name;
use crate::message::{Credentials, Request};

/// A place of credentials in a request, such as the field `Authorization` or a cookie.
///
/// The filter [`authenticate`](super::authenticate) asks its sources in order. The first source
/// that finds credentials decides, also if they are wrong. The secrets of all sources are removed
/// from the request before the handler receives it.
///
/// # Examples
///
/// A source of another module, such as a field that a gateway sets:
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{
///     ChallengeReason, CredentialError, CredentialSource, Principal, authenticate, bearer,
/// };
/// use http4k_ws::http::HeaderValue;
/// use http4k_ws::message::Credentials;
///
/// struct Gateway;
///
/// impl CredentialSource for Gateway {
///     fn credentials(&self, request: &Request) -> Result<Option<Credentials>, CredentialError> {
///         match request.header("x-gateway-key") {
///             None => Ok(None),
///             Some("") => Err(CredentialError::malformed("the key is empty")),
///             Some(key) => Ok(Some(Credentials::ApiKey(key.into()))),
///         }
///     }
///
///     fn remove(&self, request: &mut Request) {
///         request.headers_mut().remove("x-gateway-key");
///     }
///
///     fn challenge(&self, _reason: ChallengeReason) -> Option<HeaderValue> {
///         Some(HeaderValue::from_static("Gateway"))
///     }
/// }
///
/// async fn look_up(credentials: Credentials) -> Option<String> {
///     match credentials {
///         Credentials::ApiKey(key) => key.matches("k1").then(|| "gateway".to_owned()),
///         _ => None,
///     }
/// }
///
/// async fn me(Principal(name): Principal<String>) -> String {
///     name
/// }
///
/// let users = authenticate(Gateway.or(bearer()), look_up);
/// let app = routes! { GET "/me" with(users) => http(me(_)) };
/// let request = |key: &str| Request::get("/me").header("x-gateway-key", key);
/// assert_eq!(app.test_http(request("k1")).body(), "gateway");
/// assert_eq!(app.test_http(request("k2")).status(), 401);
/// assert_eq!(app.test_http(request("")).status(), 400);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source of credentials",
    label = "a source is a value such as `bearer()`, `basic(\"realm\")` or `ticket(&tickets)`",
    note = "sources are combined with `or`: `bearer().or(basic(\"realm\"))`"
)]
pub trait CredentialSource: Send + Sync + 'static {
    /// Returns the credentials of `request`; `None` if this place has none. It is called once for
    /// each request.
    ///
    /// # Errors
    ///
    /// Returns an error if this place has something that should be credentials and is not. The
    /// request is then refused, and the next source is not asked.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::filter::{CredentialSource, bearer};
    ///
    /// let anonymous = Request::get("/").body("".into()).unwrap();
    /// assert!(bearer().credentials(&anonymous).unwrap().is_none());
    /// let known = Request::get("/").header("authorization", "Bearer t1").body("".into()).unwrap();
    /// assert!(bearer().credentials(&known).unwrap().is_some());
    /// ```
    fn credentials(&self, request: &Request) -> Result<Option<Credentials>, CredentialError>;

    /// Removes the secret of this source from a request, whether the secret was used or not.
    ///
    /// It is called for the request that the handler receives, and for that of its socket.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{CredentialSource, bearer};
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/".into_request().unwrap();
    /// let mut request = request.with_header("authorization", "Bearer t1");
    /// bearer().remove(&mut request);
    /// assert_eq!(request.header("authorization"), None);
    /// ```
    fn remove(&self, request: &mut Request);

    /// Returns the scheme of the credentials, for [descriptions](crate::describe) of routes. By
    /// default, it is known by the name of the type alone.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::describe::SecurityScheme;
    /// use http4k_ws::filter::{CredentialSource, basic, bearer};
    ///
    /// assert_eq!(bearer().scheme(), SecurityScheme::Bearer);
    /// assert_eq!(basic("the house").scheme(), SecurityScheme::Basic);
    /// ```
    fn scheme(&self) -> SecurityScheme {
        let name = short_name::<Self>().into();
        SecurityScheme::Other { name }
    }

    /// Returns the challenge of a 401: a scheme and its parameters (RFC 9110 §11.3). Sources with
    /// the same scheme share the challenge of the first of them that the client used.
    ///
    /// `None` if the source has no scheme that a client could respond to.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{ChallengeReason, CredentialSource, basic};
    ///
    /// let challenge = basic("the house").challenge(ChallengeReason::Missing).unwrap();
    /// assert!(challenge.to_str().unwrap().starts_with(r#"Basic realm="the house""#));
    /// ```
    fn challenge(&self, reason: ChallengeReason) -> Option<HeaderValue>;

    /// Returns `true` if the source reads the field `Authorization`. If no source recognizes what
    /// this field contains, the request is refused, even if credentials are optional. Default:
    /// `false`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{CredentialSource, bearer, ticket, Tickets};
    ///
    /// assert!(bearer().reads_authorization());
    /// assert!(!ticket(&Tickets::<String>::new()).reads_authorization());
    /// ```
    fn reads_authorization(&self) -> bool {
        false
    }

    /// Adds another source, which is asked if this one finds nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{CredentialSource, authenticate, basic, bearer};
    /// use http4k_ws::prelude::*;
    /// # use http4k_ws::message::Credentials;
    ///
    /// let no_user = |_credentials: Credentials| None::<u64>;
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let app = app.with(authenticate(bearer().or(basic("the house")), no_user));
    /// // A browser may respond to either challenge.
    /// assert_eq!(app.test_http("/").header_values("www-authenticate").count(), 2);
    /// ```
    fn or(self, other: impl Into<CredentialSources>) -> CredentialSources
    where
        Self: Sized,
    {
        CredentialSources::from(self).or(other)
    }
}

/// The reason for a 401, as a [challenge](CredentialSource::challenge) states it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{ChallengeReason, CredentialError, CredentialSource, authenticate};
/// use http4k_ws::http::HeaderValue;
/// use http4k_ws::message::Credentials;
///
/// struct Device;
///
/// impl CredentialSource for Device {
/// #   fn credentials(&self, request: &Request) -> Result<Option<Credentials>, CredentialError> {
/// #       Ok(request.header("x-device").map(|key| Credentials::ApiKey(key.into())))
/// #   }
/// #   fn remove(&self, request: &mut Request) {
/// #       request.headers_mut().remove("x-device");
/// #   }
/// #
///     fn challenge(&self, reason: ChallengeReason) -> Option<HeaderValue> {
///         Some(HeaderValue::from_static(match reason {
///             ChallengeReason::Unknown => r#"Device error="unpaired""#,
///             _ => "Device",
///         }))
///     }
/// }
///
/// let unpaired = |_credentials: Credentials| None::<u64>;
/// let app = routes! { GET "/" => http(|| "hello") }.with(authenticate(Device, unpaired));
/// let challenge = |request: Request| {
///     let refused = app.test_http(request);
///     refused.header("www-authenticate").unwrap().to_owned()
/// };
/// let request = || "/".into_request().unwrap();
/// assert_eq!(challenge(request()), "Device");
/// assert_eq!(challenge(request().with_header("x-device", "7")), r#"Device error="unpaired""#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChallengeReason {
    /// The request has no credentials, or those of another source.
    Missing,
    /// The credentials are those of no user, or are no longer valid.
    Unknown,
    /// The credentials cannot be read.
    Malformed,
}

/// The reason why credentials cannot be used, without looking them up.
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::CredentialError;
///
/// let error = CredentialError::malformed("the key is empty");
/// assert_eq!(error.status(), 400);
/// assert_eq!(error.to_string(), "the key is empty");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct CredentialError {
    reason: ChallengeReason,
    status: StatusCode,
    detail: Cow<'static, str>,
}

impl CredentialError {
    /// Refuses with 400: the request is not formed as the scheme demands. `detail` is sent to the
    /// client and must not contain the secret.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{ChallengeReason, CredentialError};
    ///
    /// let error = CredentialError::malformed("the key has no version");
    /// assert_eq!(error.status(), 400);
    /// assert_eq!(error.reason(), ChallengeReason::Malformed);
    /// ```
    pub fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: ChallengeReason::Malformed,
            status: StatusCode::BAD_REQUEST,
            detail: detail.into(),
        }
    }

    /// Refuses with 401: the credentials are those of no user, or are no longer valid. `detail` is
    /// sent to the client and must not contain the secret.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{ChallengeReason, CredentialError};
    ///
    /// let error = CredentialError::unknown("the key has expired");
    /// assert_eq!(error.status(), 401);
    /// assert_eq!(error.reason(), ChallengeReason::Unknown);
    /// ```
    pub fn unknown(detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: ChallengeReason::Unknown,
            status: StatusCode::UNAUTHORIZED,
            detail: detail.into(),
        }
    }

    /// Returns the status of the response, 400 or 401.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{CredentialSource, basic, bearer};
    /// use http4k_ws::prelude::*;
    ///
    /// let request = |credentials: &'static str| {
    ///     "/".into_request().unwrap().with_header("authorization", credentials)
    /// };
    /// let error = bearer().credentials(&request("Bearer ???")).unwrap_err();
    /// assert_eq!(error.status(), 400);
    /// // A browser shows its dialog again.
    /// let error = basic("the house").credentials(&request("Basic ???")).unwrap_err();
    /// assert_eq!(error.status(), 401);
    /// ```
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the reason for the challenge.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{ChallengeReason, CredentialSource, Tickets, ticket};
    /// use http4k_ws::prelude::*;
    ///
    /// let source = ticket(&Tickets::<String>::new());
    /// let request = "/?ticket=never-issued".into_request().unwrap();
    /// let error = source.credentials(&request).unwrap_err();
    /// assert_eq!(error.reason(), ChallengeReason::Unknown);
    /// assert!(source.challenge(error.reason()).is_some());
    /// ```
    pub fn reason(&self) -> ChallengeReason {
        self.reason
    }
}

/// One or several sources of credentials, in the order in which they are asked.
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::{CredentialSource, CredentialSources, basic, bearer};
///
/// fn sources(with_passwords: bool) -> CredentialSources {
///     match with_passwords {
///         true => bearer().or(basic("the house")),
///         false => bearer().into(),
///     }
/// }
///
/// assert_eq!(format!("{:?}", sources(true)), "CredentialSources(2)");
/// ```
#[derive(Clone)]
pub struct CredentialSources(Vec<Arc<dyn CredentialSource>>);

impl CredentialSources {
    /// Adds other sources, which are asked if those before find nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{CredentialSources, basic, bearer};
    ///
    /// let sources = CredentialSources::from(bearer()).or(basic("the house"));
    /// assert_eq!(format!("{sources:?}"), "CredentialSources(2)");
    /// ```
    #[must_use]
    pub fn or(mut self, other: impl Into<Self>) -> Self {
        self.0.extend(other.into().0);
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &dyn CredentialSource> {
        self.0.iter().map(|source| &**source)
    }
}

impl<S: CredentialSource> From<S> for CredentialSources {
    fn from(source: S) -> Self {
        Self(vec![Arc::new(source)])
    }
}

impl fmt::Debug for CredentialSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialSources({})", self.0.len())
    }
}
