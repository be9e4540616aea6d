//! Errors of certificates, keys and TLS handshakes.

use std::io;
use std::path::PathBuf;

/// The reason for which certificates or keys cannot be used.
///
/// # Examples
///
/// ```
/// use http4k_ws::server::ServerTls;
/// use http4k_ws::tls::TlsConfigError;
///
/// let error = ServerTls::from_files("missing.pem", "key.pem").unwrap_err();
/// assert!(matches!(error, TlsConfigError::File { .. }), "{error}");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsConfigError {
    /// A file cannot be read.
    #[error("cannot read `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// A section is malformed. Use the file as the authority issued it.
    #[error("malformed PEM text: {reason} (RFC 7468)")]
    BadPem {
        /// The error of the parser.
        reason: String,
    },
    /// There is no `CERTIFICATE` section. The key may have been passed in its place.
    #[error("no section `CERTIFICATE` in the PEM text (RFC 7468 §5)")]
    NoCertificate,
    /// There is no private key, or it is encrypted. Decrypt it first.
    #[error("no private key in the PEM text: expected PKCS #8, PKCS #1 or SEC 1, not encrypted")]
    NoKey,
    /// The certificate is malformed, or of an unknown kind.
    #[error("invalid certificate: {reason}")]
    BadCertificate {
        /// The error of the parser.
        reason: String,
    },
    /// The key is of an unknown kind.
    #[error("invalid private key: {reason}")]
    BadKey {
        /// The error of the parser.
        reason: String,
    },
    /// The operating system has no readable authorities.
    #[cfg(feature = "native-roots")]
    #[error("no certificates of authorities in the operating system: {reason}")]
    NoNativeRoots {
        /// The first error, if there was one.
        reason: String,
    },
    /// The TLS was created from a configuration of rustls. Change it there.
    #[error("a configuration of rustls cannot be changed here")]
    OwnConfiguration,
    /// The key and the certificate do not belong together.
    #[error("the private key does not match the first certificate")]
    OtherKey,
}

/// The reason for which a TLS handshake of a client failed.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::{ConnectError, DialError, WebSocketClient};
/// use http4k_ws::tls::TlsError;
///
/// let server = (|_request: Request| "hello").as_server("127.0.0.1:0").start()?;
/// let error = WebSocketClient::blocking(format!("wss://{}/", server.addr())).unwrap_err();
/// let ConnectError::Dial(DialError::Tls { source, .. }) = error else { panic!("{error}") };
/// assert!(matches!(source, TlsError::NotTls), "{source}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "client")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// No trusted authority has signed the certificate. It is self-signed, or signed by an
    /// authority of your own, whose certificate
    /// [`ClientTls::with_root_pem`](crate::client::ClientTls::with_root_pem) trusts.
    #[error("the certificate is not trusted: {reason}")]
    Untrusted {
        /// The result of the check.
        reason: String,
    },
    /// The certificate is for another host (RFC 9525).
    #[error("the certificate is not valid for `{host}`, but for {}", listed(names))]
    WrongName {
        /// The host of the connection.
        host: String,
        /// The names in the certificate, as `DnsName("example.com")`.
        names: Vec<String>,
    },
    /// The certificate is expired, or not valid yet. One of the two clocks may be wrong.
    #[error("the certificate is not valid now: {reason}")]
    OutOfDate {
        /// The result of the check, with the times.
        reason: String,
    },
    /// The server did not send TLS. The port may be for `http` or `ws`.
    #[error("the server did not send TLS")]
    NotTls,
    /// The server ended the handshake with an alert.
    #[error("the server ended the TLS handshake: {alert}")]
    Refused {
        /// The alert (RFC 8446 §6).
        alert: String,
    },
    /// The host of the URI cannot be in a certificate.
    #[error("`{host}` is neither a valid host name nor an IP address")]
    BadName {
        /// The host.
        host: String,
    },
    /// The connection was lost, or the server broke a rule of TLS.
    #[error("the TLS handshake failed")]
    Broken {
        /// The cause.
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
