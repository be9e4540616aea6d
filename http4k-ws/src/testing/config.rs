//! The configuration of the in-memory clients.

use crate::message::{HostPolicy, OriginPolicy};
use crate::session::SessionConfig;
use crate::setters::setters;

/// The part of a server's configuration that also applies in memory.
///
/// Whatever takes one also takes a `ServerConfig`, so a test can use the configuration that the
/// program serves with, and a [`SessionConfig`], which changes the bounds of sockets only. The
/// default is that of `ServerConfig`.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::message::OriginPolicy;
/// use http4k_ws::testing::InMemoryConfig;
///
/// # fn main() -> Result<(), http4k_ws::message::OriginError> {
/// let app = |ws: WebSocket| ws.try_send("hello");
/// let from_page = || Request::get("/").header("origin", "https://www.example.com");
///
/// // As on a server, pages of other origins may not open a socket.
/// assert_eq!(app.try_test_ws(from_page()).unwrap_err().status(), 403);
///
/// let origins = OriginPolicy::own().and("https://www.example.com".parse()?);
/// let config = InMemoryConfig::default().with_origins(origins);
/// let mut client = app.test_with(config).ws(from_page());
/// assert_eq!(client.received().next().unwrap().unwrap().text(), "hello");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InMemoryConfig {
    /// The pages that may open a socket; others receive 403 (RFC 6455 §10.2). Only a request with
    /// the field `Origin` is checked. Default: pages of the host that the request is for. A request
    /// without a host counts as one for `localhost`.
    pub origins: OriginPolicy,
    /// The hosts that the application is for; a request for another one receives 421. A request
    /// without a host counts as one for `localhost`. Default: every host.
    pub hosts: HostPolicy,
    /// The bounds of each socket, at the application's end.
    pub session: SessionConfig,
}

impl InMemoryConfig {
    setters! {
        with_origins, origins: OriginPolicy;
        with_hosts, hosts: HostPolicy;
        with_session, session: SessionConfig;
    }
}

impl From<SessionConfig> for InMemoryConfig {
    fn from(session: SessionConfig) -> Self {
        Self::default().with_session(session)
    }
}
