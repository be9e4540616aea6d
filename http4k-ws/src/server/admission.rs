//! How many connections there may be at a time.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ServerConfig;
use super::descriptors::report;
use crate::session::{RefusalKind, RefusalLog};

/// Gives each connection its place, while there is one.
#[derive(Debug)]
pub(super) struct Admission {
    /// `None` for any number.
    total: Option<Arc<Semaphore>>,
    /// The connections that there are descriptors for; `None` if that bounds nothing.
    descriptors: Option<Arc<Semaphore>>,
    per_address: Option<Arc<PerAddress>>,
}

/// A place among all connections, for whoever comes next.
#[derive(Debug, Default)]
pub(super) struct Room {
    _permit: Option<OwnedSemaphorePermit>,
    _descriptor: Option<OwnedSemaphorePermit>,
}

/// The place of one connection, and of the socket it becomes; free again when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    _room: Room,
    _counted: Option<Counted>,
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

    /// The same bounds, and no more connections than there are descriptors for.
    pub(super) fn within(mut self, config: &ServerConfig, descriptors: Option<usize>) -> Self {
        let configured = config.max_connections;
        if let Some(most) = descriptors.filter(|most| configured.is_none_or(|all| *most < all)) {
            self.descriptors = Some(permits(most));
            report(most, configured);
        }
        self
    }

    /// Waits until another connection may be taken.
    pub(super) async fn room(&self, refusals: &RefusalLog) -> Room {
        Room {
            _permit: acquire(self.total.as_ref(), refusals, FULL).await,
            _descriptor: acquire(self.descriptors.as_ref(), refusals, NO_DESCRIPTORS).await,
        }
    }

    /// Returns the place of a socket on a stream of a connection from `address`: beside that of the
    /// connection, but without a descriptor. `None` if there is none now.
    #[cfg(feature = "http2")]
    pub(super) fn socket(&self, address: Option<IpAddr>) -> Option<Seat> {
        let mut room = Room::default();
        if let Some(total) = &self.total {
            room._permit = Some(Arc::clone(total).try_acquire_owned().ok()?);
        }
        match address {
            Some(address) => self.admit(room, address),
            None => Some(Seat {
                _room: room,
                _counted: None,
            }),
        }
    }

    /// The place of a connection from `address`; `None` where there are too many from there.
    pub(super) fn admit(&self, room: Room, address: IpAddr) -> Option<Seat> {
        let counted = match &self.per_address {
            Some(per_address) => Some(PerAddress::count(per_address, address)?),
            None => None,
        };
        Some(Seat {
            _room: room,
            _counted: counted,
        })
    }
}

fn permits(most: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)))
}

const FULL: &str = "no connection is accepted until another ends: as many are open as \
                    `ServerConfig::max_connections` allows";

const NO_DESCRIPTORS: &str = "no connection is accepted until another ends: the process has no \
                              descriptors for more (`ulimit -n`)";

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

/// One connection more from an address, until this is dropped.
#[derive(Debug)]
struct Counted {
    per_address: Arc<PerAddress>,
    network: IpAddr,
}

impl PerAddress {
    fn count(this: &Arc<Self>, address: IpAddr) -> Option<Counted> {
        let network = network(address);
        let mut open = this.lock();
        let count = open.get(&network).copied().unwrap_or(0);
        if count >= this.most {
            return None;
        }
        open.insert(network, count + 1);
        Some(Counted {
            per_address: Arc::clone(this),
            network,
        })
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

/// What counts as one address: of IPv6 the first 64 bits, for one user has all of the rest (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn admission(per_address: usize) -> Admission {
        Admission::new(&ServerConfig::default().with_max_connections_per_address(per_address))
    }

    fn seat(admission: &Admission, address: &str) -> Option<Seat> {
        admission.admit(Room::default(), address.parse().expect("an address"))
    }

    #[test]
    fn each_address_has_its_own_places() {
        let admission = admission(2);
        let first = seat(&admission, "192.0.2.1");
        let second = seat(&admission, "::ffff:192.0.2.1");
        assert!(first.is_some() && second.is_some());
        assert!(seat(&admission, "192.0.2.1").is_none());
        assert!(seat(&admission, "192.0.2.2").is_some());
        drop(first);
        assert!(seat(&admission, "192.0.2.1").is_some());
    }

    #[test]
    fn a_network_of_64_bits_counts_as_one() {
        let admission = admission(1);
        let taken = seat(&admission, "2001:db8:0:1::1");
        assert!(taken.is_some());
        assert!(seat(&admission, "2001:db8:0:1:ffff::2").is_none());
        assert!(seat(&admission, "2001:db8:0:2::1").is_some());
    }

    #[test]
    fn descriptors_bound_connections_and_not_sockets_on_streams() {
        let config = ServerConfig::default().with_max_connections(3);
        let bounded = |descriptors| Admission::new(&config).within(&config, descriptors);
        for (descriptors, connections) in [(None, 3), (Some(2), 2), (Some(3), 3), (Some(9), 3)] {
            let admission = bounded(descriptors);
            let rooms: Vec<_> =
                std::iter::repeat_with(|| admission.room(&RefusalLog::default()).now_or_never())
                    .map_while(|room| room)
                    .collect();
            assert_eq!(rooms.len(), connections, "{descriptors:?}");
        }
        let any = ServerConfig::default().with_max_connections(None);
        let admission = Admission::new(&any).within(&any, Some(1));
        let room = admission.room(&RefusalLog::default()).now_or_never();
        assert!(
            room.is_some()
                && admission
                    .room(&RefusalLog::default())
                    .now_or_never()
                    .is_none()
        );
    }

    #[cfg(feature = "http2")]
    #[test]
    fn a_socket_on_a_stream_has_a_place_beside_its_connection() {
        let config = ServerConfig::default()
            .with_max_connections(3)
            .with_max_connections_per_address(2);
        let admission = Admission::new(&config).within(&config, Some(1));
        let address = Some("192.0.2.1".parse().expect("an address"));
        let connection = admission.room(&RefusalLog::default()).now_or_never();
        let connection = connection.and_then(|room| admission.admit(room, address?));
        let first = admission.socket(address);
        assert!(connection.is_some() && first.is_some());
        // Two of one address.
        assert!(admission.socket(address).is_none());
        let other = admission.socket(None);
        assert!(other.is_some());
        // Three in all.
        assert!(admission.socket(None).is_none());
        drop(first);
        assert!(admission.socket(address).is_some());
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let admission = admission(1);
        drop(seat(&admission, "192.0.2.1"));
        let per_address = admission.per_address.expect("a limit");
        assert!(per_address.lock().is_empty());
    }
}
