//! The request of an open socket, in little memory.
//!
//! A socket keeps its request for its whole life, and most consumers never read it. As a map of
//! fields with a table of extensions it would need more memory than everything else of the socket.
//!
//! 1. The method, the target, the version, the fields and the path parameters are kept as bytes in
//!    one allocation, and the addresses and the scheme beside them. Other extensions stay as they
//!    are.
//! 2. The request is built from them when it is first read, and is equal to the one that was kept.
//! 3. Bytes are copied, so that nothing of a read buffer stays in memory.

mod packed;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use http::{Extensions, Uri};

use super::Request;
use super::peer_addr::PeerAddr;
use super::scheme::Scheme;
use crate::message::path_params::PathParams;
use packed::{packed, target_of, unpacked, with_params};

/// A request without its body.
pub(crate) struct KeptRequest {
    head: Box<[u8]>,
    /// A target that is not a path with a query. No server passes one on.
    other_target: Option<Box<Uri>>,
    peer: Option<PeerAddr>,
    scheme: Option<Scheme>,
    /// The other extensions, until the request is built.
    extensions: Mutex<Extensions>,
    built: OnceLock<Box<Request>>,
}

impl KeptRequest {
    /// Returns a copy of `request` without its body.
    pub(crate) fn copy_of<B>(request: &http::Request<B>, peer: Option<&PeerAddr>) -> Self {
        let extensions = request.extensions();
        let (known, scheme) = (extensions.get(), extensions.get());
        let kept = usize::from(known.is_some()) + usize::from(scheme.is_some());
        // A table of extensions is copied only if it has others.
        let others = match extensions.len() > kept {
            true => extensions.clone(),
            false => Extensions::new(),
        };
        let (peer, scheme) = (peer.or(known).cloned(), scheme.copied());
        Self::new(request, peer, scheme, None, others)
    }

    /// Keeps a request. The address of its peer and its path parameters may be beside it, because
    /// an extension for each would be an entry in a table that is taken out again.
    pub(crate) fn of_call(
        mut request: Request,
        peer: Option<PeerAddr>,
        params: Option<PathParams>,
    ) -> Self {
        let mut others = std::mem::take(request.extensions_mut());
        let (known, scheme) = (others.remove(), others.remove());
        Self::new(&request, peer.or(known), scheme, params, others)
    }

    fn new<B>(
        request: &http::Request<B>,
        peer: Option<PeerAddr>,
        scheme: Option<Scheme>,
        mut params: Option<PathParams>,
        mut others: Extensions,
    ) -> Self {
        if !others.is_empty() {
            others.remove::<PeerAddr>();
            others.remove::<Scheme>();
            params = params.or(others.remove());
        }
        let uri = request.uri();
        let is_path = uri.scheme().is_none() && uri.authority().is_none();
        // An emptied table would still have memory.
        if others.is_empty() {
            others = Extensions::new();
        }
        Self {
            head: packed(request, params.as_ref()),
            other_target: (!is_path).then(|| Box::new(copied(uri))),
            peer,
            scheme,
            extensions: Mutex::new(others),
            built: OnceLock::new(),
        }
    }

    /// Sets the path parameters, before the request is read.
    pub(crate) fn set_params(&mut self, params: &PathParams) {
        self.head = with_params(&self.head, params);
    }

    /// Returns the request.
    pub(crate) fn get(&self) -> &Request {
        self.built.get_or_init(|| {
            let mut others = self
                .extensions
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            Box::new(self.build(std::mem::take(&mut *others)))
        })
    }

    /// Returns the path of the target.
    pub(crate) fn path(&self) -> &str {
        if let Some(target) = &self.other_target {
            return target.path();
        }
        match target_of(&self.head).split('?').next() {
            None | Some("") => "/",
            Some(path) => path,
        }
    }

    /// Changes the request.
    pub(crate) fn edit(&mut self, change: impl FnOnce(&mut Request)) {
        let mut request = match self.built.take() {
            Some(built) => *built,
            None => {
                let others = std::mem::take(self.others());
                self.build(others)
            }
        };
        change(&mut request);
        *self = request.into();
    }

    /// Adds `value` to the extensions.
    pub(crate) fn insert<T: Clone + Send + Sync + 'static>(&mut self, value: T) {
        self.all_but_kept().insert(value);
    }

    /// Returns `true` if the extensions have a `T`, which is not a type of this library.
    pub(crate) fn has<T: Clone + Send + Sync + 'static>(&mut self) -> bool {
        self.all_but_kept().get::<T>().is_some()
    }

    /// Adds the extensions of `outer` that this request lacks, before it is read.
    pub(crate) fn inherit(&mut self, mut outer: Self) {
        let mut others = std::mem::take(outer.all_but_kept());
        if !others.is_empty() {
            let own = self.all_but_kept();
            others.extend(std::mem::take(own));
            *own = others;
        }
        self.peer = self.peer.take().or(outer.peer);
        self.scheme = self.scheme.or(outer.scheme);
    }

    /// Changes the extensions other than those in fields of their own.
    #[cfg(feature = "tower")]
    pub(crate) fn edit_extensions(&mut self, change: impl FnOnce(&mut Extensions)) {
        change(self.all_but_kept());
    }

    fn all_but_kept(&mut self) -> &mut Extensions {
        match self.built.get_mut() {
            Some(built) => built.extensions_mut(),
            None => self
                .extensions
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn others(&mut self) -> &mut Extensions {
        self.extensions
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn build(&self, others: Extensions) -> Request {
        let (mut request, params) = unpacked(&self.head);
        if let Some(target) = &self.other_target {
            *request.uri_mut() = (**target).clone();
        }
        let extensions = request.extensions_mut();
        // Those that were inserted later win.
        if let Some(peer) = &self.peer {
            extensions.insert(peer.clone());
        }
        if let Some(scheme) = self.scheme {
            extensions.insert(scheme);
        }
        if let Some(params) = params {
            extensions.insert(params);
        }
        extensions.extend(others);
        request
    }
}

impl From<Request> for KeptRequest {
    fn from(request: Request) -> Self {
        Self::of_call(request, None, None)
    }
}

/// Without the request: its fields may be secret.
impl fmt::Debug for KeptRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptRequest")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

/// Returns a copy of `uri` with memory of its own.
fn copied(uri: &Uri) -> Uri {
    Uri::try_from(uri.to_string()).unwrap_or_else(|_| uri.clone())
}
