//! What all connections of a server share.

use std::sync::Arc;

use super::ServerConfig;
use super::admission::Admission;
use super::descriptors::room_for_connections;
use super::shutdown::Connections;
#[cfg(feature = "tls")]
use super::tls::protocols;
use crate::handler::PolyHandler;
use crate::session::{Budget, RefusalLog};
#[cfg(feature = "tls")]
use crate::tls::Acceptor;

/// An application, its bounds, and what is open.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) app: PolyHandler,
    pub(super) config: ServerConfig,
    pub(super) admission: Admission,
    /// The bound on what waits in all sockets.
    pub(super) budget: Option<Arc<Budget>>,
    pub(super) connections: Arc<Connections>,
    pub(super) refusals: Arc<RefusalLog>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Acceptor>,
}

impl Shared {
    pub(super) fn new(app: PolyHandler, config: ServerConfig) -> Arc<Self> {
        Arc::new(Self::made(app, config))
    }

    fn made(app: PolyHandler, config: ServerConfig) -> Self {
        let refusals: Arc<RefusalLog> = Arc::default();
        let budget = |limit| Budget::new(limit, Arc::clone(&refusals));
        Self {
            #[cfg(feature = "tls")]
            tls: config
                .tls
                .as_ref()
                .map(|tls| tls.acceptor(protocols(&config))),
            app: app.complete(),
            admission: Admission::new(&config),
            budget: config.max_queued.map(budget),
            config,
            connections: Arc::default(),
            refusals,
        }
    }

    /// As [`new`](Self::new), for connections that each take a descriptor of the process.
    pub(super) fn listening(app: PolyHandler, config: ServerConfig) -> Arc<Self> {
        let mut shared = Self::made(app, config);
        shared.admission = shared
            .admission
            .within(&shared.config, room_for_connections());
        Arc::new(shared)
    }

    /// Whether every connection is to be encrypted.
    pub(super) fn speaks_tls(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.is_some();
        #[cfg(not(feature = "tls"))]
        return false;
    }
}
