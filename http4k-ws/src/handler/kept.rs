//! The extensions of a request that another server received, and those that a socket keeps.
//!
//! Handlers and filters see all extensions of the other server. Some of them are large: a copy of
//! the target may be a slice of the whole read buffer. A socket would keep them for its whole life,
//! so they are dropped when it opens. `http::Extensions` cannot list its types. Therefore a socket
//! keeps the types of this library, and those that the application names.

use std::any::type_name;
use std::fmt;
use std::sync::Arc;

use http::Extensions;

use super::pass_through::UpgradeHandle;
use crate::message::{PathParams, PeerAddr, PeerCertificates, Scheme};

/// The types that a socket keeps, in the extensions of an opening handshake.
#[derive(Clone, Default)]
pub(crate) struct KeptTypes(Arc<[Kept]>);

/// One type: its name, and the function that moves its value.
type Kept = (&'static str, fn(&mut Extensions, &mut Extensions));

/// The types of this library.
const OWN: [fn(&mut Extensions, &mut Extensions); 4] = [
    moved::<Scheme>,
    moved::<PathParams>,
    moved::<PeerAddr>,
    moved::<PeerCertificates>,
];

fn moved<T: Clone + Send + Sync + 'static>(from: &mut Extensions, to: &mut Extensions) {
    if let Some(value) = from.remove::<T>() {
        to.insert(value);
    }
}

impl KeptTypes {
    /// Adds the type `T`.
    pub(crate) fn and<T: Clone + Send + Sync + 'static>(self) -> Self {
        let added = (type_name::<T>(), moved::<T> as _);
        Self(self.0.iter().copied().chain([added]).collect())
    }
}

impl fmt::Debug for KeptTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}

/// Drops the extensions that a socket must not keep.
pub(super) fn drop_unkept(extensions: &mut Extensions) {
    extensions.remove::<UpgradeHandle>();
    let Some(KeptTypes(kept)) = extensions.remove() else {
        return; // The request was received by a server of our own.
    };
    let mut left = Extensions::new();
    for keep in OWN.iter().chain(kept.iter().map(|(_, keep)| keep)) {
        keep(extensions, &mut left);
    }
    *extensions = left;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_keeps_named_types_and_our_own() {
        let mut extensions = Extensions::new();
        extensions.insert(KeptTypes::default().and::<u8>().and::<&'static str>());
        extensions.insert(Scheme::Https);
        extensions.insert(1_u8);
        extensions.insert("named");
        extensions.insert(String::from("large"));
        drop_unkept(&mut extensions);
        assert_eq!(extensions.len(), 3);
        assert_eq!(extensions.get(), Some(&1_u8));
        assert_eq!(extensions.get(), Some(&"named"));
        assert_eq!(extensions.get(), Some(&Scheme::Https));
    }

    #[test]
    fn a_request_of_our_own_server_keeps_all() {
        let mut extensions = Extensions::new();
        extensions.insert(String::from("mine"));
        drop_unkept(&mut extensions);
        assert_eq!(extensions.len(), 1);
    }

    #[test]
    fn the_types_are_shown_by_name() {
        let kept = KeptTypes::default().and::<u8>();
        assert_eq!(format!("{kept:?}"), "{\"u8\"}");
    }
}
