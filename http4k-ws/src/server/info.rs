//! The facts of a connection that all its requests share.

use std::net::{IpAddr, SocketAddr};

use http::Request;

use crate::message::{KnownScheme, PeerAddr, PeerCertificates};

/// The facts of a connection that all its requests share.
#[derive(Debug, Clone, Default)]
pub(super) struct ConnectionInfo {
    /// The other end; `None` if the connection has no address.
    pub(super) peer: Option<SocketAddr>,
    /// The address that the server is bound to, which may be unspecified.
    pub(super) bound: Option<IpAddr>,
    /// The scheme, known over TLS.
    pub(super) scheme: Option<KnownScheme>,
    /// The certificates of a client that authenticated with them.
    pub(super) certificates: Option<PeerCertificates>,
}

impl ConnectionInfo {
    /// Adds to the extensions of `request` what an application may read of its connection.
    pub(super) fn add_to<B>(&self, request: &mut Request<B>) {
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(PeerAddr::new(peer));
        }
        if let Some(scheme) = self.scheme {
            request.extensions_mut().insert(scheme);
        }
        if let Some(certificates) = &self.certificates {
            request.extensions_mut().insert(certificates.clone());
        }
    }
}
