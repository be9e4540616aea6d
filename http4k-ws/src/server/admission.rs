//! How many connections there may be at a time.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ServerConfig;
use crate::handler::{RefusalKind, RefusalLog};

/// Gives each connection its place, while there is one.
#[derive(Debug)]
pub(super) struct Admission {
    /// `None` where there may be any number.
    total: Option<Arc<Semaphore>>,
    per_address: Option<Arc<PerAddress>>,
}

/// A place among all connections, for whoever comes next.
#[derive(Debug)]
pub(super) struct Room {
    _permit: Option<OwnedSemaphorePermit>,
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
            total: total
                .map(|most| Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)))),
            per_address: per_address.map(|most| {
                Arc::new(PerAddress {
                    most,
                    open: Mutex::default(),
                })
            }),
        }
    }

    /// Waits until another connection may be taken.
    pub(super) async fn room(&self, refusals: &RefusalLog) -> Room {
        let Some(total) = &self.total else {
            return Room { _permit: None };
        };
        if let Ok(permit) = Arc::clone(total).try_acquire_owned() {
            return Room {
                _permit: Some(permit),
            };
        }
        refusals.warn(
            RefusalKind::Connections,
            "no connection is accepted until another ends: as many are open as \
             `ServerConfig::max_connections` allows",
        );
        // The semaphore is never closed.
        Room {
            _permit: Arc::clone(total).acquire_owned().await.ok(),
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
    use super::*;

    fn admission(per_address: usize) -> Admission {
        Admission::new(&ServerConfig::default().with_max_connections_per_address(per_address))
    }

    fn seat(admission: &Admission, address: &str) -> Option<Seat> {
        admission.admit(Room { _permit: None }, address.parse().expect("an address"))
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
    fn what_is_over_is_forgotten() {
        let admission = admission(1);
        drop(seat(&admission, "192.0.2.1"));
        let per_address = admission.per_address.expect("a limit");
        assert!(per_address.lock().is_empty());
    }
}
