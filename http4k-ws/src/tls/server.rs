//! The server's side.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error, ServerConfig};

use super::error::TlsConfigError;
use super::{named, pem, provider};
use crate::wire::ByteStream;

/// What a server shows its peers: a certificate, and proves to own: its key.
///
/// [`ServerConfig::with_tls`](crate::ServerConfig::with_tls) serves with it. Clones share the certificate,
/// so it can be renewed while a server runs.
///
/// # Examples
///
/// ```no_run
/// use http4k_ws::{Request, Serve, ServerConfig, ServerTls};
///
/// # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
/// let tls = ServerTls::from_files("fullchain.pem", "privkey.pem")?;
/// let config = ServerConfig::default().with_tls(tls.clone());
/// let listener = tokio::net::TcpListener::bind("0.0.0.0:443").await?;
/// (|_request: Request| "hello").serve_with(listener, config).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ServerTls(Arc<Shown>);

/// The certificate shown from now on.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ServerTls {
    /// A certificate, those that lead from it to an authority, and its key, as PEM text: what an
    /// authority calls the full chain, and the private key.
    ///
    /// # Errors
    ///
    /// [`TlsConfigError`] says what can't be used.
    pub fn from_pem(
        chain: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
    ) -> Result<Self, TlsConfigError> {
        let key = certified(chain.as_ref(), key.as_ref())?;
        Ok(Self(Arc::new(Shown(RwLock::new(Arc::new(key))))))
    }

    /// The same from two files, which are read now and not watched.
    ///
    /// # Errors
    ///
    /// [`TlsConfigError`] names the file, or says what can't be used.
    pub fn from_files(
        chain: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<Self, TlsConfigError> {
        Self::from_pem(pem::file(chain.as_ref())?, pem::file(key.as_ref())?)
    }

    /// Shows another certificate from now on, also where a clone is being served. Connections that are
    /// open stay as they are; after an error, everything does.
    ///
    /// # Errors
    ///
    /// [`TlsConfigError`] says what can't be used.
    pub fn renew_from_pem(
        &self,
        chain: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
    ) -> Result<(), TlsConfigError> {
        let key = certified(chain.as_ref(), key.as_ref())?;
        *self.0.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
        Ok(())
    }

    /// The same from two files, which are read now.
    ///
    /// # Errors
    ///
    /// [`TlsConfigError`] names the file, or says what can't be used.
    pub fn renew_from_files(
        &self,
        chain: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<(), TlsConfigError> {
        self.renew_from_pem(pem::file(chain.as_ref())?, pem::file(key.as_ref())?)
    }

    /// What shakes hands, and agrees on one of the protocols, the first that the peer knows too.
    pub(crate) fn acceptor(&self, protocols: &[&str]) -> Acceptor {
        let resolver: Arc<Shown> = Arc::clone(&self.0);
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring knows ciphers for TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = named(protocols);
        Acceptor(TlsAcceptor::from(Arc::new(config)))
    }
}

fn certified(chain: &[u8], key: &[u8]) -> Result<CertifiedKey, TlsConfigError> {
    let chain = pem::certificates(chain)?;
    for certificate in &chain {
        check(certificate)?;
    }
    let key = pem::key(key)?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
        Error::InconsistentKeys(_) => TlsConfigError::OtherKey,
        error => TlsConfigError::BadKey {
            reason: error.to_string(),
        },
    })
}

/// Refuses now what every client would refuse later.
fn check(certificate: &CertificateDer<'_>) -> Result<(), TlsConfigError> {
    let parsed = ParsedCertificate::try_from(certificate);
    parsed
        .map(drop)
        .map_err(|error| TlsConfigError::BadCertificate {
            reason: error.to_string(),
        })
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(
            &self.0.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

/// Two are equal that show the same certificate now and always: clones of one.
impl PartialEq for ServerTls {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ServerTls {}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

/// Shakes hands with clients.
#[derive(Clone)]
pub(crate) struct Acceptor(TlsAcceptor);

/// The server's end of an encrypted stream.
pub(crate) type ServerStream<S> = tokio_rustls::server::TlsStream<S>;

/// The protocol that was agreed on (RFC 7301).
#[cfg(feature = "http2")]
pub(crate) fn agreed<S>(stream: &ServerStream<S>) -> Option<&[u8]> {
    stream.get_ref().1.alpn_protocol()
}

impl Acceptor {
    /// Shakes hands over `stream`, and gives it back where that fails, with what was said about it.
    pub(crate) async fn accept<S: ByteStream>(
        &self,
        stream: S,
    ) -> Result<ServerStream<S>, (io::Error, S)> {
        self.0.accept(stream).into_fallible().await
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor").finish_non_exhaustive()
    }
}
