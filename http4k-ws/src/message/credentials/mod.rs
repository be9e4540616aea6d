//! Credentials, with which a client proves its identity.

mod looked_up;
mod secret;
mod value;

use std::fmt;

pub use looked_up::LookedUp;
pub use secret::Secret;
pub use value::CredentialValue;

/// Credentials of a client, for the function that looks up its user.
///
/// A source of the filter [`authenticate`](crate::filter::authenticate()) reads them from a
/// request. [`WebSocket::authenticate`](crate::WebSocket::authenticate) reads them from the first
/// message of a socket. One function can therefore look up both.
///
/// `Debug` shows the kind and the user, and never a secret.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{Credentials, Secret};
///
/// async fn look_up(credentials: Credentials) -> Option<String> {
///     match credentials {
///         Credentials::Bearer(token) => token.matches("t1").then(|| "bob".to_owned()),
///         Credentials::Basic { user, password } => password.matches("secret").then_some(user),
///         _ => None,
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(look_up(Credentials::Bearer("t1".into())).await.as_deref(), Some("bob"));
/// let ann = Credentials::Basic { user: "ann".to_owned(), password: Secret::new("secret") };
/// assert_eq!(format!("{ann:?}"), r#"Basic { user: "ann", .. }"#);
/// assert_eq!(look_up(ann).await.as_deref(), Some("ann"));
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Credentials {
    /// A bearer token (RFC 6750), also one among the subprotocols of a socket or in its first
    /// message.
    Bearer(Secret),
    /// A name and a password (RFC 7617).
    Basic {
        /// The name, which has no colon.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A key of the application, from a field, a query parameter or a cookie.
    ApiKey(Secret),
    /// The value of a one-time ticket that this process issued. The ticket was valid.
    Ticket(CredentialValue),
    /// The value of a session, which the session's own filter verified.
    Session(CredentialValue),
}

impl Credentials {
    /// Returns the value of a ticket or a session, if it is a `T`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::{CredentialValue, Credentials};
    ///
    /// let ticket = Credentials::Ticket(CredentialValue::new(7_u32));
    /// assert_eq!(ticket.value::<u32>(), Some(&7));
    /// assert_eq!(ticket.value::<String>(), None);
    /// assert_eq!(Credentials::Bearer("7".into()).value::<u32>(), None);
    /// ```
    pub fn value<T: 'static>(&self) -> Option<&T> {
        match self {
            Self::Ticket(value) | Self::Session(value) => value.get(),
            Self::Bearer(_) | Self::Basic { .. } | Self::ApiKey(_) => None,
        }
    }
}

/// Omits the secret, or the value of a ticket or session.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Bearer(_) => "Bearer",
            Self::ApiKey(_) => "ApiKey",
            Self::Ticket(_) => "Ticket",
            Self::Session(_) => "Session",
            Self::Basic { user, .. } => {
                let mut shown = f.debug_struct("Basic");
                return shown.field("user", user).finish_non_exhaustive();
            }
        };
        f.debug_struct(kind).finish_non_exhaustive()
    }
}

/// The text is a bearer token, as the first message of a socket.
impl From<String> for Credentials {
    fn from(token: String) -> Self {
        Self::Bearer(token.into())
    }
}
