//! Connecting to a host with several addresses: Happy Eyeballs (RFC 8305).
//!
//! 1. The addresses alternate between the families, beginning with the family of the resolver's
//!    first address (§4). Each is tried once.
//! 2. The next attempt starts as soon as one has failed, or 250 ms after the latest started (§5,
//!    §8).
//! 3. The first established connection wins, and cancels the other attempts.
//! 4. The race fails only once every attempt has failed, with the latest failure.

use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::sleep;

/// The Connection Attempt Delay (RFC 8305 §8).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Connects to the first of `addresses` that accepts. Returns the latest failure otherwise, and
/// `None` if there is no address.
pub(super) async fn race<T, F>(
    addresses: impl IntoIterator<Item = SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, Option<(SocketAddr, io::Error)>>
where
    F: Future<Output = io::Result<T>>,
{
    let attempt = async |address| (address, connect(address).await);
    let mut waiting = interleaved(addresses).into_iter();
    let mut running = FuturesUnordered::new();
    let mut failure = None;
    loop {
        match waiting.next() {
            Some(address) => running.push(attempt(address)),
            None if running.is_empty() => return Err(failure),
            None => {}
        }
        let more = waiting.len() > 0;
        let next_is_due = async {
            if more {
                sleep(ATTEMPT_DELAY).await;
            } else {
                // No attempt is left to start.
                pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            Some((address, connected)) = running.next() => match connected {
                Ok(connection) => return Ok(connection),
                Err(error) => failure = Some((address, error)),
            },
            () = next_is_due => {}
        }
    }
}

/// Returns `addresses` in the order in which they are tried: each once, the families alternating.
fn interleaved(addresses: impl IntoIterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut distinct = Vec::new();
    for mut address in addresses {
        // An IPv4-mapped address belongs to IPv4.
        address.set_ip(address.ip().to_canonical());
        if !distinct.contains(&address) {
            distinct.push(address);
        }
    }
    let Some(first) = distinct.first().map(SocketAddr::is_ipv4) else {
        return distinct;
    };
    let (of_first, others): (Vec<_>, Vec<_>) = distinct
        .into_iter()
        .partition(|address| address.is_ipv4() == first);
    let mut others = others.into_iter();
    let mut ordered = Vec::new();
    for address in of_first {
        ordered.push(address);
        ordered.extend(others.next());
    }
    ordered.extend(others);
    ordered
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::time::Instant;

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        let parse = |text: &&str| format!("{text}:80").parse();
        texts.iter().map(parse).collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn families_alternate_and_each_address_comes_once() {
        for (given, expected) in [
            (&[][..], &[][..]),
            (&["[::1]", "1.1.1.1"], &["[::1]", "1.1.1.1"]),
            (
                &["[::1]", "[::2]", "[::3]", "1.1.1.1", "2.2.2.2"],
                &["[::1]", "1.1.1.1", "[::2]", "2.2.2.2", "[::3]"],
            ),
            (
                &["1.1.1.1", "2.2.2.2", "[::1]"],
                &["1.1.1.1", "[::1]", "2.2.2.2"],
            ),
            (
                &["1.1.1.1", "1.1.1.1", "[::ffff:1.1.1.1]", "[::1]"],
                &["1.1.1.1", "[::1]"],
            ),
            (
                &["[::1]", "1.1.1.1", "2.2.2.2"],
                &["[::1]", "1.1.1.1", "2.2.2.2"],
            ),
        ] {
            assert_eq!(interleaved(addresses(given)), addresses(expected));
        }
    }

    /// A network in which each address accepts or refuses after a time, or never responds.
    #[derive(Clone, Copy)]
    enum At {
        Accepts(u64),
        Refuses(u64),
        Silent,
    }
    use At::{Accepts, Refuses, Silent};

    /// Races to addresses that behave like `network`. Returns the winner, the duration of the race,
    /// and the start of each attempt, in milliseconds.
    async fn raced(network: &[At]) -> (Result<usize, usize>, u128, Vec<u128>) {
        let hosts: Vec<_> = (0..network.len())
            .map(|host| SocketAddr::from(([10, 0, 0, host as u8], 80)))
            .collect();
        let start = Instant::now();
        let started = Mutex::new(Vec::new());
        let raced = race(hosts.clone(), |address| {
            started.lock().unwrap().push(start.elapsed().as_millis());
            let host = hosts.iter().position(|host| *host == address).unwrap();
            async move {
                match network[host] {
                    Accepts(after) => {
                        sleep(Duration::from_millis(after)).await;
                        Ok(host)
                    }
                    Refuses(after) => {
                        sleep(Duration::from_millis(after)).await;
                        Err(io::ErrorKind::ConnectionRefused.into())
                    }
                    Silent => pending().await,
                }
            }
        });
        let result = raced.await.map_err(|failure| {
            let (address, _error) = failure.expect("an address");
            hosts.iter().position(|host| *host == address).unwrap()
        });
        let took = start.elapsed().as_millis();
        (result, took, started.into_inner().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_delays_the_next_by_a_quarter_of_a_second() {
        for (network, result, took, started) in [
            (&[Accepts(10), Accepts(1)][..], Ok(0), 10, &[0][..]),
            (&[Accepts(300), Accepts(10)], Ok(1), 260, &[0, 250]),
            (&[Accepts(300), Accepts(100)], Ok(0), 300, &[0, 250]),
            (&[Silent, Accepts(10)], Ok(1), 260, &[0, 250]),
            (
                &[Silent, Silent, Silent, Accepts(5)],
                Ok(3),
                755,
                &[0, 250, 500, 750],
            ),
            // A refusal starts the next attempt at once.
            (&[Refuses(7), Accepts(10)], Ok(1), 17, &[0, 7]),
            (
                &[Silent, Refuses(20), Accepts(10)],
                Ok(2),
                280,
                &[0, 250, 270],
            ),
            (
                &[Refuses(300), Silent, Accepts(10)],
                Ok(2),
                310,
                &[0, 250, 300],
            ),
            (&[Refuses(1), Refuses(2)], Err(1), 3, &[0, 1]),
            (&[Refuses(400), Refuses(1)], Err(0), 400, &[0, 250]),
        ] {
            assert_eq!(raced(network).await, (result, took, started.to_vec()));
        }
    }

    #[tokio::test]
    async fn no_address_is_a_failure() {
        let raced = race::<(), _>([], |_| pending()).await;
        assert!(matches!(raced, Err(None)));
    }
}
