//! The URI that a client requested.

use http::Uri;

/// The URI that a client requested, with its base. The extensions of a redirect hold it, since its
/// `Location` is relative to it (RFC 9110 §10.2.2).
#[derive(Debug, Clone)]
pub(crate) struct RequestedUri(pub(crate) Uri);

impl RequestedUri {
    /// Returns `uri`, with the server of `base` if it names none.
    #[cfg(feature = "client")]
    pub(crate) fn new(uri: Uri, base: Option<&Uri>) -> Self {
        let mut parts = uri.clone().into_parts();
        if let (None, Some(base)) = (&parts.authority, base) {
            let base = base.clone().into_parts();
            (parts.scheme, parts.authority) = (base.scheme, base.authority);
        }
        Self(Uri::from_parts(parts).unwrap_or(uri))
    }
}
