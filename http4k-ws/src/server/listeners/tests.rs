use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::message::canonical;
use crate::server::stream::Stream;

fn parsed(texts: &[&str]) -> Vec<SocketAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// Starts `listeners`, and returns the address of the first.
fn first(listeners: &mut Listeners) -> io::Result<SocketAddr> {
    match listeners.start()?.first() {
        Some(ListenAddr::Tcp(address)) => Ok(*address),
        other => panic!("{other:?}"),
    }
}

/// Returns the addresses in `texts` that this machine has.
fn available(texts: &[&str]) -> Vec<SocketAddr> {
    let mut addresses = parsed(texts);
    addresses.retain(|address| std::net::TcpListener::bind(address).is_ok());
    addresses
}

#[tokio::test]
async fn all_addresses_share_one_port() -> io::Result<()> {
    for texts in [
        &["127.0.0.1:0", "[::1]:0"][..],
        &["[::1]:0", "127.0.0.1:0"],
        &["[::]:0", "0.0.0.0:0"],
        &["127.0.0.1:0", "127.0.0.1:0", "[::ffff:127.0.0.1]:0"],
    ] {
        let mut listeners = Listeners::bind_all(parsed(texts)).await?;
        let port = first(&mut listeners)?.port();
        assert_ne!(port, 0);
        for mut address in available(texts).into_iter().map(canonical) {
            address.set_port(port);
            if address.ip().is_unspecified() {
                let local = if address.is_ipv4() {
                    "127.0.0.1"
                } else {
                    "::1"
                };
                address.set_ip(local.parse().unwrap());
            }
            let client = TcpStream::connect(address).await?;
            let (accepted, _) = listeners.accept().await;
            assert_eq!(accepted.peer, Some(client.local_addr()?), "{address}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_address_in_use_is_an_error() -> io::Result<()> {
    let used = TcpListener::bind("127.0.0.1:0").await?.into_std()?;
    let address = used.local_addr()?;
    let error = Listeners::bind_all([address]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let free = "127.0.0.1:0".parse().unwrap();
    let error = Listeners::bind_all([free, address]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    Ok(())
}

#[tokio::test]
async fn an_address_missing_from_the_machine_is_skipped() -> io::Result<()> {
    // Addresses for documentation (RFC 5737, RFC 3849).
    let mut listeners = Listeners::bind_all(parsed(&["192.0.2.1:0", "127.0.0.1:0"])).await?;
    assert_eq!(first(&mut listeners)?.ip().to_string(), "127.0.0.1");
    assert!(Listeners::bind_all(parsed(&["192.0.2.1:0"])).await.is_err());
    assert!(Listeners::bind_all([]).await.is_err());
    Ok(())
}

#[tokio::test]
async fn no_listener_starves_another() -> io::Result<()> {
    let first = TcpListener::bind("127.0.0.1:0").await?;
    let second = TcpListener::bind("127.0.0.1:0").await?;
    let ports = [&first, &second].map(|listener| listener.local_addr().unwrap());
    let mut listeners = Listeners::from((first, second));
    listeners.start()?;
    let mut clients = Vec::new();
    for _ in 0..3 {
        for port in ports {
            clients.push(TcpStream::connect(port).await?);
        }
    }
    let mut accepted = Vec::new();
    for _ in 0..4 {
        let (Accepted { stream, .. }, _) = listeners.accept().await;
        let Stream::Tcp(stream, _) = stream else {
            panic!("not a TCP stream");
        };
        accepted.push(stream.local_addr()?);
    }
    assert_eq!(accepted, [ports, ports].concat());
    Ok(())
}

#[tokio::test]
async fn each_kind_of_group_becomes_listeners() -> io::Result<()> {
    let std = || std::net::TcpListener::bind("127.0.0.1:0");
    let tokio = TcpListener::bind("127.0.0.1:0").await?;
    let nested = Listeners::new().and(std()?).and([std()?, std()?]);
    let mut listeners = Listeners::from((tokio, nested, vec![std()?], (std()?, std()?)));
    assert_eq!(listeners.start()?.len(), 7);
    assert!(Listeners::new().start().is_err());
    Ok(())
}

#[tokio::test]
async fn only_listeners_before_the_call_are_without_tls() -> io::Result<()> {
    let std = || std::net::TcpListener::bind("127.0.0.1:0");
    let listeners = Listeners::from(std()?).without_tls().and(std()?);
    let plain: Vec<_> = listeners
        .all
        .iter()
        .map(|entry| entry.place.plain)
        .collect();
    assert_eq!(plain, [true, false]);
    Ok(())
}

/// Fails or panics at each attempt, and counts them.
struct Broken(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Listen for Broken {
    async fn accept(&mut self) -> io::Result<Accepted> {
        match self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 2 {
            0 => panic!("on purpose"),
            _ => Err(io::Error::from_raw_os_error(24)),
        }
    }

    fn local_addr(&self) -> io::Result<ListenAddr> {
        Ok(ListenAddr::Other("broken".to_owned()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_fails_pauses_alone() -> io::Result<()> {
    let attempts = std::sync::Arc::default();
    let working = TcpListener::bind("127.0.0.1:0").await?;
    let address = working.local_addr()?;
    let mut listeners = Listeners::from((Broken(std::sync::Arc::clone(&attempts)), working));
    listeners.start()?;
    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(std::net::TcpStream::connect(address)?);
        let (accepted, _) = listeners.accept().await;
        assert!(accepted.peer.is_some());
    }
    // The pauses double, also if the attempts in between are dropped.
    let attempts = attempts.load(std::sync::atomic::Ordering::Relaxed);
    assert!((1..=12).contains(&attempts), "{attempts}");
    Ok(())
}

/// Returns whether the next connection has inherited its options, and its bound on unsent bytes.
#[cfg(any(target_os = "linux", target_os = "android"))]
async fn options(listeners: &mut Listeners) -> io::Result<(bool, Option<u32>)> {
    let address = match listeners.addrs()?.first() {
        Some(ListenAddr::Tcp(address)) => *address,
        other => panic!("{other:?}"),
    };
    let _client = TcpStream::connect(address).await?;
    next_options(listeners).await
}

#[cfg(any(target_os = "linux", target_os = "android"))]
async fn next_options(listeners: &mut Listeners) -> io::Result<(bool, Option<u32>)> {
    let (Accepted { stream, .. }, place) = listeners.accept().await;
    let Stream::Tcp(stream, _) = stream else {
        panic!("not a TCP stream");
    };
    let socket = socket2::SockRef::from(&*stream);
    let unsent = socket.tcp_nodelay()?.then(|| socket.tcp_notsent_lowat());
    Ok((place.prepared, unsent.transpose()?))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[tokio::test]
async fn connections_inherit_the_options_of_a_port_of_the_server() -> io::Result<()> {
    let mut listeners = Listeners::bind("127.0.0.1:0").await?;
    listeners.start()?;
    listeners.offer_options(5000);
    for _ in 0..3 {
        assert_eq!(options(&mut listeners).await?, (true, Some(5000)));
    }
    Ok(())
}

/// Another process may share such a port, and needs other options.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[tokio::test]
async fn a_port_of_the_caller_keeps_its_options() -> io::Result<()> {
    let std = std::net::TcpListener::bind("127.0.0.1:0")?;
    let tokio = TcpListener::bind("127.0.0.1:0").await?;
    for mut listeners in [Listeners::from(std), Listeners::from(tokio)] {
        listeners.start()?;
        listeners.offer_options(5000);
        for _ in 0..3 {
            assert_eq!(options(&mut listeners).await?, (false, None));
        }
    }
    Ok(())
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[tokio::test]
async fn a_connection_older_than_the_options_is_prepared_by_itself() -> io::Result<()> {
    let mut listeners = Listeners::bind("127.0.0.1:0").await?;
    let address = first(&mut listeners)?;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(TcpStream::connect(address).await?);
    }
    listeners.offer_options(5000);
    for _ in 0..3 {
        assert_eq!(next_options(&mut listeners).await?, (false, None));
    }
    // The fourth connection is tested, and all that follow have the options too.
    for _ in 0..3 {
        assert_eq!(options(&mut listeners).await?, (true, Some(5000)));
    }
    Ok(())
}
