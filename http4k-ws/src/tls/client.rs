//! TLS of clients.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error, InvalidMessage, RootCertStore};

use super::error::{TlsConfigError, TlsError};
use super::{named, pem, provider};
use crate::wire::ByteStream;

/// The certificates that a client trusts.
///
/// The certificate of a server must lead to a trusted authority, be valid now, and be for the host
/// in the URI, which may be an IP address. None of these checks can be disabled. To trust a
/// self-signed certificate, name it with [`trusting_only`](Self::trusting_only).
///
/// Clones share session tickets, which make later connections to the same host cheaper.
///
/// # Examples
///
/// ```no_run
/// use http4k_ws::client::{ClientTls, WebSocketClient};
///
/// # fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// let ours = ClientTls::new().with_root_file("our-authority.pem")?;
/// let client = WebSocketClient::to("wss://intranet/chat").with_tls(ours).blocking()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ClientTls {
    /// `None` for a configuration of rustls.
    parts: Option<TrustedParts>,
    connector: TlsConnector,
}

#[derive(Clone)]
struct TrustedParts {
    roots: Arc<RootCertStore>,
    /// The certificate that the client authenticates with, and its key.
    identity: Option<Arc<Identity>>,
}

struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl ClientTls {
    /// Trusts the authorities of the public web: those that Mozilla trusted when this library was
    /// built.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::{ClientTls, HttpClient};
    /// let client = HttpClient::new().with_tls(ClientTls::new());
    /// // As without the call, because this is the default.
    /// assert_eq!(format!("{client:?}"), format!("{:?}", HttpClient::new()));
    /// ```
    pub fn new() -> Self {
        static WEB: OnceLock<ClientTls> = OnceLock::new();
        WEB.get_or_init(|| {
            Self::with_roots(RootCertStore {
                roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
            })
        })
        .clone()
    }

    /// Trusts the authorities that the operating system trusts. They are read now, from files or
    /// the system's store. On Linux `SSL_CERT_FILE` and `SSL_CERT_DIR` name others. A certificate
    /// that cannot be read is skipped and logged.
    ///
    /// # Errors
    ///
    /// Returns [`TlsConfigError::NoNativeRoots`] if no certificate was found.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use http4k_ws::client::{ClientTls, HttpClient};
    ///
    /// # fn client() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = HttpClient::new().with_tls(ClientTls::with_native_roots()?);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "native-roots")]
    pub fn with_native_roots() -> Result<Self, TlsConfigError> {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            log::warn!("cannot read certificates of the system: {error}");
        }
        let mut roots = RootCertStore::empty();
        let (added, _ignored) = roots.add_parsable_certificates(found.certs);
        if added == 0 {
            let reason = found.errors.first();
            let reason = reason.map_or_else(|| "none found".to_owned(), ToString::to_string);
            return Err(TlsConfigError::NoNativeRoots { reason });
        }
        Ok(Self::with_roots(roots))
    }

    /// Trusts the authorities in the PEM text and no others.
    ///
    /// # Errors
    ///
    /// Fails if the text has no certificate, or one that cannot be used.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::ClientTls;
    /// # use http4k_ws::tls::TlsConfigError;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let (authority, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// assert!(ClientTls::trusting_only(authority).is_ok());
    /// assert!(matches!(ClientTls::trusting_only(key), Err(TlsConfigError::NoCertificate)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn trusting_only(pem: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        let roots = pem::roots(pem.as_ref(), RootCertStore::empty())?;
        Ok(Self::with_roots(roots))
    }

    /// Also trusts the authorities in the PEM text.
    ///
    /// # Errors
    ///
    /// Fails if the text has no certificate, or one that cannot be used, and with
    /// [`TlsConfigError::OwnConfiguration`] for a configuration of rustls.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::ClientTls;
    /// # use http4k_ws::tls::TlsConfigError;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let authority = made.cert.pem();
    /// // The public web, and an authority of our own.
    /// let tls = ClientTls::new().with_root_pem(authority)?;
    /// assert!(matches!(tls.with_root_pem("no section"), Err(TlsConfigError::NoCertificate)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_root_pem(self, pem: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        let parts = self.parts.ok_or(TlsConfigError::OwnConfiguration)?;
        let roots = pem::roots(pem.as_ref(), RootCertStore::clone(&parts.roots))?;
        Self::build(TrustedParts {
            roots: Arc::new(roots),
            ..parts
        })
    }

    /// Also trusts the authorities in a file of PEM text, which is read now.
    ///
    /// # Errors
    ///
    /// Fails as [`with_root_pem`](Self::with_root_pem) does, or if the file cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::ClientTls;
    /// # use http4k_ws::tls::TlsConfigError;
    /// let error = ClientTls::new().with_root_file("missing.pem").unwrap_err();
    /// assert!(matches!(error, TlsConfigError::File { .. }), "{error}");
    /// ```
    pub fn with_root_file(self, path: impl AsRef<Path>) -> Result<Self, TlsConfigError> {
        self.with_root_pem(pem::file(path.as_ref())?)
    }

    /// Authenticates with a certificate to servers that request one (mutual TLS). `chain` holds the
    /// certificate and those that lead from it to an authority, `key` its private key, both as PEM
    /// text.
    ///
    /// # Errors
    ///
    /// Fails if the certificates or the key cannot be used, and with
    /// [`TlsConfigError::OwnConfiguration`] for a configuration of rustls.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::ClientTls;
    /// # use http4k_ws::tls::TlsConfigError;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["ann".to_owned()])?;
    /// # let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// # let made = rcgen::generate_simple_self_signed(["bob".to_owned()])?;
    /// # let other_key = made.signing_key.serialize_pem();
    /// let tls = ClientTls::new().with_identity_pem(&certificate, key)?;
    /// let error = tls.with_identity_pem(&certificate, other_key).unwrap_err();
    /// assert!(matches!(error, TlsConfigError::OtherKey));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_identity_pem(
        self,
        chain: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
    ) -> Result<Self, TlsConfigError> {
        let parts = self.parts.ok_or(TlsConfigError::OwnConfiguration)?;
        let identity = Identity {
            chain: pem::certificates(chain.as_ref())?,
            key: pem::key(key.as_ref())?,
        };
        Self::build(TrustedParts {
            identity: Some(Arc::new(identity)),
            ..parts
        })
    }

    /// Authenticates with a certificate from two files, which are read now. See
    /// [`with_identity_pem`](Self::with_identity_pem).
    ///
    /// # Errors
    ///
    /// Fails as [`with_identity_pem`](Self::with_identity_pem) does, or if a file cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::ClientTls;
    /// # use http4k_ws::tls::TlsConfigError;
    /// let error = ClientTls::new().with_identity_files("missing.pem", "key.pem").unwrap_err();
    /// assert!(matches!(error, TlsConfigError::File { .. }), "{error}");
    /// ```
    pub fn with_identity_files(
        self,
        chain: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<Self, TlsConfigError> {
        self.with_identity_pem(pem::file(chain.as_ref())?, pem::file(key.as_ref())?)
    }

    pub(super) fn own(config: Arc<ClientConfig>) -> Self {
        Self {
            parts: None,
            connector: TlsConnector::from(config),
        }
    }

    fn with_roots(roots: RootCertStore) -> Self {
        let parts = TrustedParts {
            roots: Arc::new(roots),
            identity: None,
        };
        Self::build(parts).expect("only a client certificate can be refused")
    }

    fn build(parts: TrustedParts) -> Result<Self, TlsConfigError> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring has ciphers for TLS 1.2 and 1.3")
            .with_root_certificates(Arc::clone(&parts.roots));
        let config = match &parts.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let (chain, key) = (identity.chain.clone(), identity.key.clone_key());
                let config = builder.with_client_auth_cert(chain, key);
                config.map_err(|error| match error {
                    Error::InconsistentKeys(_) => TlsConfigError::OtherKey,
                    error => TlsConfigError::BadKey {
                        reason: error.to_string(),
                    },
                })?
            }
        };
        Ok(Self {
            parts: Some(parts),
            connector: TlsConnector::from(Arc::new(config)),
        })
    }

    /// Performs the TLS handshake with `host` over `stream`, and offers the protocols.
    pub(crate) async fn connect<S: ByteStream>(
        &self,
        host: &str,
        stream: S,
        protocols: &[&str],
    ) -> Result<ClientStream<S>, TlsError> {
        let name = ServerName::try_from(host.to_owned());
        let name = name.map_err(|_| TlsError::BadName {
            host: host.to_owned(),
        })?;
        self.connector
            .with_alpn(named(protocols))
            .connect(name, stream)
            .await
            .map_err(|error| tls_error(error, host))
    }
}

/// The client's end of an encrypted stream.
pub(crate) type ClientStream<S> = tokio_rustls::client::TlsStream<S>;

fn tls_error(error: io::Error, host: &str) -> TlsError {
    let inner: Option<&(dyn StdError + Send + Sync + 'static)> = error.get_ref();
    match inner.and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(reason)) => certificate_error(reason, host),
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => TlsError::NotTls,
        Some(Error::AlertReceived(alert)) => TlsError::Refused {
            alert: format!("{alert:?}"),
        },
        _ => TlsError::Broken { source: error },
    }
}

fn certificate_error(reason: &CertificateError, host: &str) -> TlsError {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext,
    };
    match reason {
        NotValidForName => TlsError::WrongName {
            host: host.to_owned(),
            names: Vec::new(),
        },
        NotValidForNameContext { presented, .. } => TlsError::WrongName {
            host: host.to_owned(),
            names: presented.clone(),
        },
        Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. } => {
            TlsError::OutOfDate {
                reason: reason.to_string(),
            }
        }
        reason => TlsError::Untrusted {
            reason: reason.to_string(),
        },
    }
}

impl Default for ClientTls {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls")
            .field("roots", &self.parts.as_ref().map(|parts| parts.roots.len()))
            .finish_non_exhaustive()
    }
}
