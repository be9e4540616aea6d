//! TLS with your own configuration of rustls 0.23.
//!
//! This module is bound to a version: its functions take types of `rustls` 0.23. A release of this
//! library that moves to another version of rustls replaces it by a module of another name. No
//! other signature in the library names rustls.
//!
//! Use it if [`ServerTls`] and [`ClientTls`] lack a method, for example for another provider of
//! cryptography, revocation lists or several certificates by name.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use http4k_ws::tls::rustls_0_23::{self, rustls};
//! use http4k_ws::client::WebSocketClient;
//!
//! # fn connect(config: rustls::ClientConfig) -> Result<(), Box<dyn std::error::Error>> {
//! let tls = rustls_0_23::client(Arc::new(config));
//! let client = WebSocketClient::to("wss://example.com/").with_tls(tls).blocking()?;
//! # Ok(())
//! # }
//! ```

use std::sync::Arc;

pub use tokio_rustls::rustls;

#[cfg(feature = "client")]
use super::client::ClientTls;
#[cfg(feature = "server")]
use super::server::ServerTls;

/// Returns the TLS of a server with a configuration of your own.
///
/// Its list of ALPN protocols is replaced by the protocols of the server. Its own resolver renews
/// the certificate: the methods of [`ServerTls`] that change it fail with
/// [`TlsConfigError::OwnConfiguration`](crate::tls::TlsConfigError::OwnConfiguration).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use http4k_ws::tls::TlsConfigError;
/// use http4k_ws::tls::rustls_0_23::{self, rustls};
///
/// // Several certificates, by the names of hosts.
/// let by_name = rustls::server::ResolvesServerCertUsingSni::new();
/// let provider = Arc::new(rustls::crypto::ring::default_provider());
/// let config = rustls::ServerConfig::builder_with_provider(provider)
///     .with_safe_default_protocol_versions()?
///     .with_no_client_auth()
///     .with_cert_resolver(Arc::new(by_name));
/// let tls = rustls_0_23::server(Arc::new(config));
/// assert!(matches!(tls.renew_from_pem("", ""), Err(TlsConfigError::OwnConfiguration)));
/// # Ok::<(), rustls::Error>(())
/// ```
#[cfg(feature = "server")]
pub fn server(config: Arc<rustls::ServerConfig>) -> ServerTls {
    ServerTls::own(config)
}

/// Returns the TLS of a client with a configuration of your own.
///
/// Its list of ALPN protocols is replaced by the protocols of the client. The methods of
/// [`ClientTls`] that change it fail with
/// [`TlsConfigError::OwnConfiguration`](crate::tls::TlsConfigError::OwnConfiguration).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use http4k_ws::tls::TlsConfigError;
/// use http4k_ws::tls::rustls_0_23::{self, rustls};
///
/// let provider = Arc::new(rustls::crypto::ring::default_provider());
/// let config = rustls::ClientConfig::builder_with_provider(provider)
///     .with_protocol_versions(&[&rustls::version::TLS13])?
///     .with_root_certificates(rustls::RootCertStore::empty())
///     .with_no_client_auth();
/// let tls = rustls_0_23::client(Arc::new(config));
/// assert!(matches!(tls.with_root_pem(""), Err(TlsConfigError::OwnConfiguration)));
/// # Ok::<(), rustls::Error>(())
/// ```
#[cfg(feature = "client")]
pub fn client(config: Arc<rustls::ClientConfig>) -> ClientTls {
    ClientTls::own(config)
}
