//! TLS of servers.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{
    ClientHello, ParsedCertificate, ResolvesServerCert, WebPkiClientVerifier,
};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error, RootCertStore, ServerConfig};

use super::error::TlsConfigError;
use super::{named, pem, provider};
use crate::message::PeerCertificates;
use crate::wire::ByteStream;

/// The certificate of a server and its private key.
///
/// [`ServerConfig::with_tls`](crate::server::ServerConfig::with_tls) serves with it. Clones share
/// the certificate, so it can be renewed while a server runs.
///
/// # Examples
///
/// ```no_run
/// use http4k_ws::{Request, Serve};
/// use http4k_ws::server::{ServerConfig, ServerTls};
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
pub struct ServerTls(CertificateSource);

#[derive(Clone)]
enum CertificateSource {
    Renewable {
        current: Arc<CurrentCertificate>,
        /// `None` if clients need no certificate.
        clients: Option<Arc<dyn ClientCertVerifier>>,
    },
    Own(Arc<ServerConfig>),
}

/// The certificate of new connections.
#[derive(Debug)]
struct CurrentCertificate(RwLock<Arc<CertifiedKey>>);

impl ServerTls {
    /// Reads PEM text. `chain` holds the certificate and those that lead from it to an authority,
    /// which authorities call the full chain. `key` holds the private key.
    ///
    /// # Errors
    ///
    /// Fails if the certificates or the key cannot be used.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::ServerTls;
    /// # use http4k_ws::tls::TlsConfigError;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// assert!(ServerTls::from_pem(&chain, &key).is_ok());
    /// // The two are exchanged.
    /// assert!(matches!(ServerTls::from_pem(key, chain), Err(TlsConfigError::NoCertificate)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_pem(
        chain: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
    ) -> Result<Self, TlsConfigError> {
        let key = certified(chain.as_ref(), key.as_ref())?;
        Ok(Self(CertificateSource::Renewable {
            current: Arc::new(CurrentCertificate(RwLock::new(Arc::new(key)))),
            clients: None,
        }))
    }

    pub(super) fn own(config: Arc<ServerConfig>) -> Self {
        Self(CertificateSource::Own(config))
    }

    /// Requires a certificate of every client (mutual TLS), from an authority in the PEM text. The
    /// handshake of a client without one fails.
    ///
    /// The requests of a client have its certificates in their extensions, as
    /// [`PeerCertificates`](crate::message::PeerCertificates).
    ///
    /// # Errors
    ///
    /// Fails if the text has no certificate, or one that cannot be used, and with
    /// [`TlsConfigError::OwnConfiguration`] for a configuration of rustls.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use http4k_ws::client::ClientTls;
    /// use http4k_ws::server::ServerTls;
    ///
    /// # fn both() -> Result<(), Box<dyn std::error::Error>> {
    /// let authority = std::fs::read("our-authority.pem")?;
    /// let server = ServerTls::from_files("fullchain.pem", "privkey.pem")?;
    /// let server = server.with_client_roots_pem(authority)?;
    /// let client = ClientTls::new().with_identity_files("client.pem", "client-key.pem")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_client_roots_pem(self, pem: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        self.with_clients(pem.as_ref(), true)
    }

    /// Requests a certificate of every client, from an authority in the PEM text, and also admits
    /// clients without one: the application decides what they may do. A certificate of another
    /// authority fails the handshake.
    ///
    /// # Errors
    ///
    /// Fails as [`with_client_roots_pem`](Self::with_client_roots_pem) does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{ClientTls, HttpClient};
    /// # use http4k_ws::message::PeerCertificates;
    /// # use http4k_ws::server::{ServerConfig, ServerTls};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// let tls = ServerTls::from_pem(&certificate, &key)?;
    /// let tls = tls.with_optional_client_roots_pem(&certificate)?;
    /// let is_known = |request: Request| {
    ///     request.extensions().get::<PeerCertificates>().is_some().to_string()
    /// };
    /// # let config = ServerConfig::default().with_tls(tls);
    /// # let server = is_known.as_server("127.0.0.1:0").with_config(config).start()?;
    /// # let uri = format!("https://localhost:{}/", server.port());
    /// let anonymous = ClientTls::trusting_only(&certificate)?;
    /// let known = anonymous.clone().with_identity_pem(&certificate, &key)?;
    /// assert_eq!(HttpClient::new().with_tls(anonymous).blocking().send(&uri)?.body(), "false");
    /// assert_eq!(HttpClient::new().with_tls(known).blocking().send(&uri)?.body(), "true");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_optional_client_roots_pem(
        self,
        pem: impl AsRef<[u8]>,
    ) -> Result<Self, TlsConfigError> {
        self.with_clients(pem.as_ref(), false)
    }

    fn with_clients(self, pem: &[u8], required: bool) -> Result<Self, TlsConfigError> {
        let CertificateSource::Renewable { current, .. } = self.0 else {
            return Err(TlsConfigError::OwnConfiguration);
        };
        let roots = Arc::new(pem::roots(pem, RootCertStore::empty())?);
        let builder = WebPkiClientVerifier::builder_with_provider(roots, provider());
        let builder = match required {
            true => builder,
            false => builder.allow_unauthenticated(),
        };
        let verifier = builder.build();
        let clients = verifier.map_err(|error| TlsConfigError::BadCertificate {
            reason: error.to_string(),
        })?;
        Ok(Self(CertificateSource::Renewable {
            current,
            clients: Some(clients),
        }))
    }

    /// Reads the certificate and its key from two files, once. See [`from_pem`](Self::from_pem).
    ///
    /// # Errors
    ///
    /// Fails as [`from_pem`](Self::from_pem) does, or if a file cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::ServerTls;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let folder = std::env::temp_dir().join(format!("http4k-ws-pem-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let (chain, key) = (folder.join("fullchain.pem"), folder.join("privkey.pem"));
    /// # std::fs::write(&chain, made.cert.pem())?;
    /// # std::fs::write(&key, made.signing_key.serialize_pem())?;
    /// let tls = ServerTls::from_files(&chain, &key)?;
    /// // The files are read once.
    /// std::fs::remove_dir_all(&folder)?;
    /// assert!(tls.renew_from_files(&chain, &key).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_files(
        chain: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<Self, TlsConfigError> {
        Self::from_pem(pem::file(chain.as_ref())?, pem::file(key.as_ref())?)
    }

    /// Replaces the certificate of new connections, also on a server that already runs with a
    /// clone. Open connections keep theirs. An error changes nothing.
    ///
    /// # Errors
    ///
    /// Fails if the certificates or the key cannot be used, and with
    /// [`TlsConfigError::OwnConfiguration`] for a configuration of rustls.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::ServerTls;
    /// # use http4k_ws::tls::TlsConfigError;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = || rcgen::generate_simple_self_signed(["localhost".to_owned()]);
    /// # let pem = |made: &rcgen::CertifiedKey<rcgen::KeyPair>| {
    /// #     (made.cert.pem(), made.signing_key.serialize_pem())
    /// # };
    /// # let ((chain, key), (new_chain, new_key)) = (pem(&made()?), pem(&made()?));
    /// let tls = ServerTls::from_pem(chain, &key)?;
    /// // A server with a clone of it shows the new certificate from now on.
    /// tls.renew_from_pem(&new_chain, new_key)?;
    /// let error = tls.renew_from_pem(new_chain, key).unwrap_err();
    /// assert!(matches!(error, TlsConfigError::OtherKey));
    /// # Ok(())
    /// # }
    /// ```
    pub fn renew_from_pem(
        &self,
        chain: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
    ) -> Result<(), TlsConfigError> {
        let CertificateSource::Renewable { current, .. } = &self.0 else {
            return Err(TlsConfigError::OwnConfiguration);
        };
        let key = certified(chain.as_ref(), key.as_ref())?;
        *current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
        Ok(())
    }

    /// Replaces the certificate of new connections from two files, which are read now. See
    /// [`renew_from_pem`](Self::renew_from_pem).
    ///
    /// # Errors
    ///
    /// Fails as [`renew_from_pem`](Self::renew_from_pem) does, or if a file cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::ServerTls;
    /// # use http4k_ws::tls::TlsConfigError;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let tls = ServerTls::from_pem(made.cert.pem(), made.signing_key.serialize_pem())?;
    /// let error = tls.renew_from_files("missing.pem", "key.pem").unwrap_err();
    /// assert!(matches!(error, TlsConfigError::File { .. }), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn renew_from_files(
        &self,
        chain: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<(), TlsConfigError> {
        self.renew_from_pem(pem::file(chain.as_ref())?, pem::file(key.as_ref())?)
    }

    /// Creates the acceptor of handshakes, which selects the first of `protocols` that the client
    /// offers.
    pub(crate) fn acceptor(&self, protocols: &[&str]) -> Acceptor {
        let mut config = match &self.0 {
            CertificateSource::Own(config) => ServerConfig::clone(config),
            CertificateSource::Renewable { current, clients } => {
                let resolver: Arc<CurrentCertificate> = Arc::clone(current);
                let builder = ServerConfig::builder_with_provider(provider())
                    .with_safe_default_protocol_versions()
                    .expect("ring has ciphers for TLS 1.2 and 1.3");
                let builder = match clients {
                    Some(clients) => builder.with_client_cert_verifier(Arc::clone(clients)),
                    None => builder.with_no_client_auth(),
                };
                builder.with_cert_resolver(resolver)
            }
        };
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

/// Refuses a certificate now that every client would refuse later.
fn check(certificate: &CertificateDer<'_>) -> Result<(), TlsConfigError> {
    let parsed = ParsedCertificate::try_from(certificate);
    parsed
        .map(drop)
        .map_err(|error| TlsConfigError::BadCertificate {
            reason: error.to_string(),
        })
}

impl ResolvesServerCert for CurrentCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(
            &self.0.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

/// Equal values are clones of one: they always show the same certificate.
impl PartialEq for ServerTls {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (CertificateSource::Own(one), CertificateSource::Own(other)) => Arc::ptr_eq(one, other),
            (
                CertificateSource::Renewable { current, clients },
                CertificateSource::Renewable {
                    current: other_current,
                    clients: other_clients,
                },
            ) => {
                let same_clients = match (clients, other_clients) {
                    (None, None) => true,
                    (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                    _ => false,
                };
                Arc::ptr_eq(current, other_current) && same_clients
            }
            _ => false,
        }
    }
}

impl Eq for ServerTls {}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

/// The server's side of TLS handshakes.
#[derive(Clone)]
pub(crate) struct Acceptor(TlsAcceptor);

/// The encrypted bytes that may wait for a peer to read: one record (RFC 8446 §5.1). A peer that
/// never reads costs no more.
const WAITING: usize = 16 * 1024;

/// The server's end of an encrypted stream.
pub(crate) type ServerStream<S> = tokio_rustls::server::TlsStream<S>;

/// Returns the protocol that ALPN negotiated (RFC 7301).
pub(crate) fn negotiated<S>(stream: &ServerStream<S>) -> Option<&[u8]> {
    stream.get_ref().1.alpn_protocol()
}

/// Returns the certificates of a client that authenticated with them.
pub(crate) fn certificates<S>(stream: &ServerStream<S>) -> Option<PeerCertificates> {
    let chain = stream.get_ref().1.peer_certificates()?;
    PeerCertificates::new(chain.iter().map(|certificate| certificate.to_vec()))
}

impl Acceptor {
    /// Performs the handshake over `stream`.
    ///
    /// # Errors
    ///
    /// Returns the error with the stream, over which the alert was sent.
    pub(crate) async fn accept<S: ByteStream>(
        &self,
        stream: S,
    ) -> Result<ServerStream<S>, (io::Error, S)> {
        let mut stream = self.0.accept(stream).into_fallible().await?;
        stream.get_mut().1.set_buffer_limit(Some(WAITING));
        Ok(stream)
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor").finish_non_exhaustive()
    }
}
