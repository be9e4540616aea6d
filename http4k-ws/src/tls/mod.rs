//! TLS: which certificate a server shows, which ones a client trusts, and the handshake of both.
//!
//! The only folder that names rustls; its cryptography is ring's, chosen here and nowhere else, so no
//! default of the process matters. TLS 1.2 and 1.3 are spoken, with rustls' own choice of ciphers.
//!
//! A program that needs more brings its own configuration of rustls ([`rustls_0_23`]), or makes its TLS
//! itself, and runs the server and the client over that: `serve_connection` and `connect_over` take any
//! stream.

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

/// The names of protocols, as they are negotiated on in the handshake (RFC 7301 §3.1).
fn named(protocols: &[&str]) -> Vec<Vec<u8>> {
    protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect()
}
