//! The state that all connections of a server share.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use http::HeaderValue;

use super::ServerConfig;
use super::admission::Admission;
use super::descriptors::room_for_connections;
use super::secure::ServerSecurity;
use super::shutdown::Connections;
use crate::handler::PolyHandler;
use crate::message::Response;
use crate::session::{Budget, RefusalKind, RefusalLog, SessionConfig};
use crate::sse::Setup;

/// An application, its bounds, and its open connections.
#[derive(Debug)]
pub(super) struct ServerState {
    pub(super) app: PolyHandler,
    pub(super) config: ServerConfig,
    /// The bounds of sockets in `config`, which they share.
    pub(super) session: Arc<SessionConfig>,
    pub(super) admission: Admission,
    /// The bound on the bytes that wait in all sockets and streams.
    pub(super) budget: Option<Arc<Budget>>,
    pub(super) connections: Arc<Connections>,
    pub(super) refusals: Arc<RefusalLog>,
    pub(super) security: ServerSecurity,
    latest_host: LatestHost,
}

/// The `Host` that a new connection was admitted with last, and the address it was bound to. Most
/// servers have one name, which is not parsed again for each connection.
#[derive(Debug, Default)]
struct LatestHost(Mutex<Option<(HeaderValue, Option<IpAddr>)>>);

impl ServerState {
    /// Creates the state of a server whose connections take no descriptor of the process.
    pub(super) fn new(app: PolyHandler, config: ServerConfig) -> Arc<Self> {
        let admission = Admission::new(&config);
        Self::with_admission(app, config, admission)
    }

    /// Creates the state of a server whose connections each take a descriptor of the process.
    pub(super) fn listening(app: PolyHandler, config: ServerConfig) -> Arc<Self> {
        let admission = Admission::new(&config).within(&config, room_for_connections());
        Self::with_admission(app, config, admission)
    }

    /// Prepares a response without a known length, which may be a stream of events.
    pub(super) fn prepare_stream(&self, response: &Response) {
        if let Some(setup) = Setup::of(response.extensions()) {
            setup.configure(&self.config.sse);
            setup.register_in(self.connections.streams(), self.budget.as_ref());
        }
    }

    /// Returns `true` if the latest new connection, bound to `bound`, was admitted with `host`.
    pub(super) fn is_latest_host(&self, host: &HeaderValue, bound: Option<IpAddr>) -> bool {
        // Another thread that has the lock is no reason to wait.
        let latest = self.latest_host.0.try_lock().ok();
        let latest = latest.as_ref().and_then(|latest| latest.as_ref());
        latest.is_some_and(|(latest, place)| latest == host && *place == bound)
    }

    /// Notes that a new connection was admitted with `host`.
    pub(super) fn admitted_host(&self, host: &HeaderValue, bound: Option<IpAddr>) {
        // A copy: the value may be part of the buffer of a connection.
        let copy = HeaderValue::from_bytes(host.as_bytes());
        if let (Ok(copy), Ok(mut latest)) = (copy, self.latest_host.0.try_lock()) {
            *latest = Some((copy, bound));
        }
    }

    /// Logs that `address` has too many connections, and returns the limit.
    pub(super) fn warn_of_address(&self, address: Option<IpAddr>) -> usize {
        let limit = self.config.max_connections_per_address;
        let limit = limit.unwrap_or(usize::MAX);
        let address = address.map_or_else(|| "no address".to_owned(), |known| known.to_string());
        let refused = format!(
            "a connection from {address} was refused: {limit} are open from its network, the limit \
             of `ServerConfig::max_connections_per_address`"
        );
        self.refusals
            .warn(RefusalKind::ConnectionsPerAddress, refused);
        limit
    }

    fn with_admission(app: PolyHandler, config: ServerConfig, admission: Admission) -> Arc<Self> {
        let refusals: Arc<RefusalLog> = Arc::default();
        let budget = |limit| Budget::new(limit, Arc::clone(&refusals));
        Arc::new(Self {
            app: app.complete(),
            admission,
            budget: config.max_queued.map(budget),
            security: ServerSecurity::new(&config),
            session: Arc::new(config.session.clone()),
            config,
            connections: Arc::default(),
            refusals,
            latest_host: LatestHost::default(),
        })
    }
}
