//! TLS for servers and clients: certificates, trust and handshakes.
//!
//! The only folder that names rustls. Its cryptography is ring's, selected here and nowhere else,
//! so no default of the process matters. TLS 1.2 and 1.3 are supported, with the ciphers that
//! rustls selects.
//!
//! A program that needs more passes its own configuration of rustls ([`rustls_0_23`]). Or it
//! implements TLS itself: `serve_connection` and `connect_over` accept any stream.
//!
//! ```
//! use http4k_ws::client::{ClientTls, WebSocketClient};
//! use http4k_ws::prelude::*;
//! use http4k_ws::server::{ServerConfig, ServerTls};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
//! # let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
//! // PEM text of a certificate for `localhost`, which is its own authority.
//! let config = ServerConfig::default().with_tls(ServerTls::from_pem(&certificate, key)?);
//! let app = |ws: WebSocket| ws.try_send("hello");
//! let server = app.as_server("127.0.0.1:0").with_config(config).start()?;
//!
//! // Without `with_tls`, a client trusts the authorities of the public web.
//! let handshake = WebSocketClient::to(format!("wss://localhost:{}/", server.port()));
//! let mut client = handshake.with_tls(ClientTls::trusting_only(certificate)?).blocking()?;
//! assert_eq!(client.received().next().unwrap()?, "hello");
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "client")]
pub(crate) mod client;
mod either;
mod error;
mod pem;
pub mod rustls_0_23;
#[cfg(feature = "server")]
pub(crate) mod server;

#[cfg(feature = "client")]
pub(crate) use client::ClientStream;
#[cfg(feature = "client")]
pub(crate) use client::ClientTls;
pub(crate) use either::Either;
pub use error::TlsConfigError;
#[cfg(feature = "client")]
pub use error::TlsError;
#[cfg(feature = "server")]
pub(crate) use server::ServerTls;
#[cfg(feature = "server")]
pub(crate) use server::{Acceptor, ServerStream, certificates, negotiated};

use std::sync::Arc;

use tokio_rustls::rustls::crypto::{CryptoProvider, ring};

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Returns the names of protocols in the form of ALPN (RFC 7301 §3.1).
fn named(protocols: &[&str]) -> Vec<Vec<u8>> {
    protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect()
}
