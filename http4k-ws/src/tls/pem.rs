//! Certificates and keys in PEM text (RFC 7468).

use std::fs;
use std::path::Path;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::error::TlsConfigError;

/// Parses at least one certificate, in the order of the text.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsConfigError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| broken(&error))?;
    if found.is_empty() {
        return Err(TlsConfigError::NoCertificate);
    }
    Ok(found)
}

/// Adds the authorities in the text to `roots`.
pub(super) fn roots(pem: &[u8], mut roots: RootCertStore) -> Result<RootCertStore, TlsConfigError> {
    for certificate in certificates(pem)? {
        roots
            .add(certificate)
            .map_err(|error| TlsConfigError::BadCertificate {
                reason: error.to_string(),
            })?;
    }
    Ok(roots)
}

pub(super) fn key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, TlsConfigError> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
        PemError::NoItemsFound => TlsConfigError::NoKey,
        error => broken(&error),
    })
}

pub(super) fn file(path: &Path) -> Result<Vec<u8>, TlsConfigError> {
    fs::read(path).map_err(|source| TlsConfigError::File {
        path: path.to_owned(),
        source,
    })
}

fn broken(error: &PemError) -> TlsConfigError {
    TlsConfigError::BadPem {
        reason: error.to_string(),
    }
}
