//! The limits on the number of open connections and sockets.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ServerConfig;
use super::descriptors::report;
use crate::message::client_network;
use crate::session::{RefusalKind, RefusalLog};

/// Hands out a permit to each connection, as long as the limits allow.
#[derive(Debug)]
pub(super) struct Admission {
    /// `None` without a limit.
    total: Option<Arc<Semaphore>>,
    /// The number of descriptors, or `None` if it does not limit connections.
    descriptors: Option<Arc<Semaphore>>,
    per_address: Option<Arc<PerAddress>>,
}

/// A permit among all connections, for one whose address is not known yet.
#[derive(Debug, Default)]
pub(super) struct TotalPermit {
    _permit: Option<OwnedSemaphorePermit>,
    _descriptor: Option<OwnedSemaphorePermit>,
}

/// The permit of one connection, and of the socket that it becomes. Dropping it releases it.
#[derive(Debug, Default)]
pub(super) struct Permit {
    _total: TotalPermit,
    /// Boxed, because most servers do not count addresses.
    counted: Option<Box<Counted>>,
}

impl Admission {
    pub(super) fn new(config: &ServerConfig) -> Self {
        let total = config.max_connections;
        let per_address = config.max_connections_per_address;
        Self {
            total: total.map(permits),
            descriptors: None,
            per_address: per_address.map(|most| {
                Arc::new(PerAddress {
                    most,
                    open: Mutex::default(),
                })
            }),
        }
    }

    /// Limits connections to the number of `descriptors` too, and logs that if it is the lower
    /// limit.
    pub(super) fn within(mut self, config: &ServerConfig, descriptors: Option<usize>) -> Self {
        let configured = config.max_connections;
        if let Some(most) = descriptors.filter(|most| configured.is_none_or(|all| *most < all)) {
            self.descriptors = Some(permits(most));
            report(most, configured);
        }
        self
    }

    /// Waits until there is a permit for another connection, and leaves it.
    pub(super) async fn until_free(&self, refusals: &RefusalLog) {
        let limits = [&self.total, &self.descriptors];
        let mut limits = limits.into_iter().flatten();
        if limits.any(|permits| permits.available_permits() == 0) {
            drop(self.acquire(refusals).await);
        }
    }

    /// Waits until another connection may be accepted.
    pub(super) async fn acquire(&self, refusals: &RefusalLog) -> TotalPermit {
        TotalPermit {
            _permit: acquire(self.total.as_ref(), refusals, FULL).await,
            _descriptor: acquire(self.descriptors.as_ref(), refusals, NO_DESCRIPTORS).await,
        }
    }

    /// Returns the permit of a socket on a stream of a connection from `address`, or `None` if
    /// there is none now. It counts beside the connection, but takes no descriptor of ours.
    #[cfg(any(feature = "http2", feature = "tower"))]
    pub(super) fn socket(&self, address: Option<IpAddr>) -> Option<Permit> {
        let mut permit = TotalPermit::default();
        if let Some(total) = &self.total {
            permit._permit = Some(Arc::clone(total).try_acquire_owned().ok()?);
        }
        self.admit(permit, address)
    }

    /// Returns the permit of a connection from `address`, or `None` if it has too many. One without
    /// an address is not counted.
    pub(super) fn admit(&self, total: TotalPermit, address: Option<IpAddr>) -> Option<Permit> {
        let counted = match (&self.per_address, address) {
            (Some(per_address), Some(address)) => Some(PerAddress::count(per_address, address)?),
            _ => None,
        };
        Some(Permit {
            _total: total,
            counted,
        })
    }

    /// Counts a connection whose address was not known when it was admitted. Returns `false` if the
    /// address has too many.
    pub(super) fn count(&self, permit: &mut Permit, address: IpAddr) -> bool {
        let Some(per_address) = &self.per_address else {
            return true;
        };
        permit.counted = PerAddress::count(per_address, address);
        permit.counted.is_some()
    }
}

fn permits(most: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)))
}

const FULL: &str =
    "connection limit reached; accepting paused: the limit is `ServerConfig::max_connections`";

const NO_DESCRIPTORS: &str = "connection limit reached; accepting paused: the process may open no \
                              more descriptors (`ulimit -n`)";

async fn acquire(
    permits: Option<&Arc<Semaphore>>,
    refusals: &RefusalLog,
    full: &str,
) -> Option<OwnedSemaphorePermit> {
    let permits = permits?;
    if let Ok(permit) = Arc::clone(permits).try_acquire_owned() {
        return Some(permit);
    }
    refusals.warn(RefusalKind::Connections, full);
    // The semaphore is never closed.
    Arc::clone(permits).acquire_owned().await.ok()
}

#[derive(Debug)]
struct PerAddress {
    most: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// One more connection from a network, until this is dropped.
#[derive(Debug)]
struct Counted {
    per_address: Arc<PerAddress>,
    network: IpAddr,
}

impl PerAddress {
    fn count(this: &Arc<Self>, address: IpAddr) -> Option<Box<Counted>> {
        let network = client_network(address);
        let mut open = this.lock();
        let count = open.get(&network).copied().unwrap_or(0);
        if count >= this.most {
            return None;
        }
        open.insert(network, count + 1);
        Some(Box::new(Counted {
            per_address: Arc::clone(this),
            network,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.per_address.lock();
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn admission(per_address: usize) -> Admission {
        Admission::new(&ServerConfig::default().with_max_connections_per_address(per_address))
    }

    fn permit(admission: &Admission, address: &str) -> Option<Permit> {
        let address = address.parse().expect("an address");
        admission.admit(TotalPermit::default(), Some(address))
    }

    #[test]
    fn each_address_has_its_own_permits() {
        let admission = admission(2);
        let first = permit(&admission, "192.0.2.1");
        let second = permit(&admission, "::ffff:192.0.2.1");
        assert!(first.is_some() && second.is_some());
        assert!(permit(&admission, "192.0.2.1").is_none());
        assert!(permit(&admission, "192.0.2.2").is_some());
        drop(first);
        assert!(permit(&admission, "192.0.2.1").is_some());
    }

    #[test]
    fn connections_without_an_address_are_not_counted() {
        let admission = admission(1);
        let permits = [(); 3].map(|()| admission.admit(TotalPermit::default(), None));
        assert!(permits.iter().all(Option::is_some));
    }

    #[test]
    fn a_network_of_64_bits_counts_as_one() {
        let admission = admission(1);
        let first = permit(&admission, "2001:db8:0:1::1");
        assert!(first.is_some());
        assert!(permit(&admission, "2001:db8:0:1:ffff::2").is_none());
        assert!(permit(&admission, "2001:db8:0:2::1").is_some());
    }

    #[test]
    fn descriptors_bound_connections_and_not_sockets_on_streams() {
        let config = ServerConfig::default().with_max_connections(3);
        let bounded = |descriptors| Admission::new(&config).within(&config, descriptors);
        for (descriptors, connections) in [(None, 3), (Some(2), 2), (Some(3), 3), (Some(9), 3)] {
            let admission = bounded(descriptors);
            let permits: Vec<_> =
                std::iter::repeat_with(|| admission.acquire(&RefusalLog::default()).now_or_never())
                    .map_while(|permit| permit)
                    .collect();
            assert_eq!(permits.len(), connections, "{descriptors:?}");
        }
        let any = ServerConfig::default().with_max_connections(None);
        let admission = Admission::new(&any).within(&any, Some(1));
        let permit = admission.acquire(&RefusalLog::default()).now_or_never();
        assert!(
            permit.is_some()
                && admission
                    .acquire(&RefusalLog::default())
                    .now_or_never()
                    .is_none()
        );
    }

    #[cfg(feature = "http2")]
    #[test]
    fn a_socket_on_a_stream_counts_beside_its_connection() {
        let config = ServerConfig::default()
            .with_max_connections(3)
            .with_max_connections_per_address(2);
        let admission = Admission::new(&config).within(&config, Some(1));
        let address = Some("192.0.2.1".parse().expect("an address"));
        let connection = admission.acquire(&RefusalLog::default()).now_or_never();
        let connection = connection.and_then(|total| admission.admit(total, address));
        let first = admission.socket(address);
        assert!(connection.is_some() && first.is_some());
        // The limit of one address is two.
        assert!(admission.socket(address).is_none());
        let other = admission.socket(None);
        assert!(other.is_some());
        // The limit of all is three.
        assert!(admission.socket(None).is_none());
        drop(first);
        assert!(admission.socket(address).is_some());
    }

    #[test]
    fn a_released_permit_leaves_no_count() {
        let admission = admission(1);
        drop(permit(&admission, "192.0.2.1"));
        let per_address = admission.per_address.expect("a limit");
        assert!(per_address.lock().is_empty());
    }
}
