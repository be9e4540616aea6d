//! A stream on which nothing was said yet.

use crate::message::{KnownScheme, PeerCertificates};

/// A stream to speak HTTP over, and what is known of the version.
pub(super) struct Secured<S> {
    pub(super) stream: S,
    pub(super) known: Known,
    /// The certificates of a client that authenticated with them.
    pub(super) certificates: Option<PeerCertificates>,
}

impl<S> Secured<S> {
    /// Returns the scheme if TLS tells it.
    pub(super) fn scheme(&self) -> Option<KnownScheme> {
        (self.known != Known::Nothing).then_some(KnownScheme::Secure)
    }
}

/// What is known of the version of HTTP, before anything of it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Nothing,
    #[cfg(feature = "tls")]
    Http1,
    #[cfg(all(feature = "tls", feature = "http2"))]
    Http2,
}
