//! The certificates of a client.

use std::fmt;
use std::sync::Arc;

/// The certificates of a client that authenticated with mutual TLS. The extensions of its requests
/// hold them.
///
/// The server has verified them against the authorities of `ServerTls::with_client_roots_pem`. The
/// application reads the name in them with a parser of X.509.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::PeerCertificates;
/// use http4k_ws::prelude::*;
///
/// fn whoami(request: Request) -> String {
///     match request.extensions().get::<PeerCertificates>() {
///         Some(known) => format!("{} bytes of DER", known.own().len()),
///         None => "a stranger".to_owned(),
///     }
/// }
///
/// assert_eq!(whoami.test_http("/").body(), "a stranger");
/// let mut request = Request::new(Body::empty());
/// request.extensions_mut().insert(PeerCertificates::new([vec![0x30, 0]]).unwrap());
/// assert_eq!(whoami.test_http(request).body(), "2 bytes of DER");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PeerCertificates(Arc<[Vec<u8>]>);

impl PeerCertificates {
    /// Creates a chain of certificates in DER, the client's own first; returns `None` for an empty
    /// chain. A test inserts it in place of a server.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::PeerCertificates;
    ///
    /// let known = PeerCertificates::new([b"own".to_vec(), b"authority".to_vec()]).unwrap();
    /// assert_eq!(known.own(), b"own");
    /// assert_eq!(known.chain().count(), 2);
    /// assert!(PeerCertificates::new([]).is_none());
    /// ```
    pub fn new(chain: impl IntoIterator<Item = Vec<u8>>) -> Option<Self> {
        let chain: Arc<[_]> = chain.into_iter().collect();
        (!chain.is_empty()).then_some(Self(chain))
    }

    /// Returns the client's own certificate, in DER (RFC 5280 §4).
    pub fn own(&self) -> &[u8] {
        &self.0[0]
    }

    /// Returns all certificates that the client sent, in DER, its own first.
    pub fn chain(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(Vec::as_slice)
    }
}

impl fmt::Debug for PeerCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerCertificates")
            .field("chain", &self.0.len())
            .finish_non_exhaustive()
    }
}
