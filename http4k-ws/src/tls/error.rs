//! What can be wrong with certificates and keys, and with a handshake.

use std::io;
use std::path::PathBuf;

/// Why certificates or keys can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsConfigError {
    /// A file can't be read.
    #[error("`{}` can't be read", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A section is broken; give the file as the authority issued it.
    #[error("the PEM text is broken: {reason} (RFC 7468)")]
    BadPem {
        /// What is wrong with it.
        reason: String,
    },
    /// There is no `CERTIFICATE` section; the key may have been given in its place.
    #[error("the PEM text has no section `CERTIFICATE` (RFC 7468 §5)")]
    NoCertificate,
    /// There is no private key that is not encrypted.
    #[error("the PEM text has no private key: PKCS #8, PKCS #1 or SEC 1, not encrypted")]
    NoKey,
    /// A certificate is none, or of a kind that is not known.
    #[error("the certificate can't be used: {reason}")]
    BadCertificate {
        /// What is wrong with it.
        reason: String,
    },
    /// The key is of a kind that is not known.
    #[error("the private key can't be used: {reason}")]
    BadKey {
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system has no authorities that can be read.
    #[cfg(feature = "native-roots")]
    #[error("the operating system has no certificates of authorities: {reason}")]
    NoNativeRoots {
        /// What went wrong, if anything.
        reason: String,
    },
    /// It was made from a configuration of rustls, which is changed there.
    #[error("a configuration of one's own cannot be changed here")]
    OwnConfiguration,
    /// The key and the certificate are no pair.
    #[error("the private key is not the one of the first certificate")]
    OtherKey,
}

/// Why a client did not agree on TLS with a server.
#[cfg(feature = "client")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// No authority we trust has signed it: it signed itself, or an authority of your own did, whose
    /// certificate [`ClientTls::with_root_pem`](crate::client::ClientTls::with_root_pem) trusts.
    #[error("the certificate is not trusted: {reason}")]
    Untrusted {
        /// What is wrong with it.
        reason: String,
    },
    /// It is the certificate of another host (RFC 9525).
    #[error("the certificate is not one of `{host}`: it is for {}", listed(names))]
    WrongName {
        /// The host that was asked for.
        host: String,
        /// Those that the certificate is for, as `DnsName("example.com")`.
        names: Vec<String>,
    },
    /// It is not valid now: expired, or not yet valid. One of the two clocks may be wrong.
    #[error("the certificate is not valid now: {reason}")]
    OutOfDate {
        /// Since, or until when.
        reason: String,
    },
    /// What answered speaks no TLS: the port may be the one of `http` or `ws`.
    #[error("what answers speaks no TLS")]
    NotTls,
    /// The server gave up, in its own word.
    #[error("the server refused TLS: {alert}")]
    Refused {
        /// The alert it sent (RFC 8446 §6).
        alert: String,
    },
    /// The URI's host can't stand in a certificate.
    #[error("`{host}` is no name of a host, and no IP address")]
    BadName {
        /// The host.
        host: String,
    },
    /// The connection broke off, or a rule of TLS was broken.
    #[error("the TLS handshake broke off")]
    Broken {
        /// What went wrong.
        source: io::Error,
    },
}

#[cfg(feature = "client")]
fn listed(names: &[String]) -> String {
    match names {
        [] => "no name".to_owned(),
        names => names.join(", "),
    }
}
