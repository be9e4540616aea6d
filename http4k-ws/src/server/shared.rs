//! What all connections of a server share.

use std::sync::Arc;

use super::ServerConfig;
use super::admission::Admission;
use super::shutdown::Connections;
use crate::handler::PolyHandler;

/// An application, its bounds, and what is open.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) app: PolyHandler,
    pub(super) config: ServerConfig,
    pub(super) admission: Admission,
    pub(super) connections: Arc<Connections>,
}

impl Shared {
    pub(super) fn new(app: PolyHandler, config: ServerConfig) -> Arc<Self> {
        Arc::new(Self {
            app,
            admission: Admission::new(&config),
            config,
            connections: Arc::default(),
        })
    }
}
