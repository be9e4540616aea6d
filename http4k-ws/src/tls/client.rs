//! The client's side.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error, InvalidMessage, RootCertStore};

use super::error::{TlsConfigError, TlsError};
use super::{named, pem, provider};
use crate::wire::ByteStream;

/// Which certificates a client trusts.
///
/// The certificate of a server must lead to an authority that is trusted, be valid now, and be one of the
/// host in the URI, which may be an IP address; nothing of that can be turned off. To trust a certificate
/// that signed itself, say so with [`trusting_only`](Self::trusting_only).
///
/// Clones share what earlier connections agreed on, which makes later ones to the same host cheaper.
///
/// # Examples
///
/// ```no_run
/// use http4k_ws::{ClientTls, WebSocketClient};
///
/// # fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// let ours = ClientTls::new().with_root_file("our-authority.pem")?;
/// let client = WebSocketClient::to("wss://intranet/chat").with_tls(ours).blocking()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ClientTls {
    roots: Arc<RootCertStore>,
    connector: TlsConnector,
}

impl ClientTls {
    /// Trusts the authorities of the public web: those that Mozilla trusted when this library was built.
    pub fn new() -> Self {
        static WEB: OnceLock<ClientTls> = OnceLock::new();
        WEB.get_or_init(|| {
            Self::with_roots(RootCertStore {
                roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
            })
        })
        .clone()
    }

    /// Trusts the authorities in the PEM text and no others.
    ///
    /// # Errors
    ///
    /// [`TlsConfigError`] says what can't be used.
    pub fn trusting_only(pem: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        extended(RootCertStore::empty(), pem.as_ref())
    }

    /// Trusts the authorities in the PEM text too.
    ///
    /// # Errors
    ///
    /// [`TlsConfigError`] says what can't be used.
    pub fn with_root_pem(self, pem: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        extended(RootCertStore::clone(&self.roots), pem.as_ref())
    }

    /// Trusts the authorities in a file of PEM text too, which is read now.
    ///
    /// # Errors
    ///
    /// [`TlsConfigError`] names the file, or says what can't be used.
    pub fn with_root_file(self, path: impl AsRef<Path>) -> Result<Self, TlsConfigError> {
        self.with_root_pem(pem::file(path.as_ref())?)
    }

    fn with_roots(roots: RootCertStore) -> Self {
        let roots = Arc::new(roots);
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring knows ciphers for TLS 1.2 and 1.3")
            .with_root_certificates(Arc::clone(&roots))
            .with_no_client_auth();
        Self {
            roots,
            connector: TlsConnector::from(Arc::new(config)),
        }
    }

    /// Shakes hands over `stream` with `host`, and offers the protocols.
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
            .map_err(|error| explained(error, host))
    }
}

/// The client's end of an encrypted stream.
pub(crate) type ClientStream<S> = tokio_rustls::client::TlsStream<S>;

fn extended(mut roots: RootCertStore, pem: &[u8]) -> Result<ClientTls, TlsConfigError> {
    for certificate in pem::certificates(pem)? {
        roots
            .add(certificate)
            .map_err(|error| TlsConfigError::BadCertificate {
                reason: error.to_string(),
            })?;
    }
    Ok(ClientTls::with_roots(roots))
}

fn explained(error: io::Error, host: &str) -> TlsError {
    let inner: Option<&(dyn StdError + Send + Sync + 'static)> = error.get_ref();
    match inner.and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(reason)) => distrusted(reason, host),
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => TlsError::NotTls,
        Some(Error::AlertReceived(alert)) => TlsError::Refused {
            alert: format!("{alert:?}"),
        },
        _ => TlsError::Broken { source: error },
    }
}

fn distrusted(reason: &CertificateError, host: &str) -> TlsError {
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
            .field("roots", &self.roots.len())
            .finish_non_exhaustive()
    }
}
