//! Twenty kinds of clients at once, for two minutes; afterwards all counts are back at the start.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::peer::{self, CLOSE, PING, Peer, TEXT};
use crate::process::{Server, mib};
use crate::report::Report;
use crate::steady::{get, handshake, reads};
use crate::{Outcome, Scale};

const KINDS: usize = 20;

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let time = Duration::from_secs(scale.pick(120, 8));
    let server = Server::start(&["--short-stall"]).await?;
    let (files, tasks) = (server.open_files()?, server.tasks().await?);
    let before = server.memory()?;
    let end = Instant::now() + time;
    let mut clients = JoinSet::new();
    for kind in 0..KINDS {
        for index in 0..4 {
            let server = server.address;
            clients.spawn(async move {
                let mut times = 0;
                while Instant::now() < end {
                    // The result does not matter, only that it ends.
                    let _ = timeout(Duration::from_secs(20), behave(kind, index, server)).await;
                    times += 1;
                }
                times
            });
        }
    }
    let visits: usize = clients.join_all().await.into_iter().sum();
    report.figure(
        format!("{KINDS} kinds of clients, for {} s", time.as_secs()),
        format!("{visits} visits"),
    );
    let start = Instant::now();
    // Longer than a consumer may run after its socket. If something remains, the counts below show it.
    let limit = Duration::from_secs(40);
    let _ = server.until_open_files(files, limit).await;
    // The connection that counts them is one more task for a moment, so they are counted once.
    let left = match server.until_tasks(tasks, limit).await {
        Ok(()) => 0,
        Err(_) => server.tasks().await?.saturating_sub(tasks),
    };
    let gone = start.elapsed();
    report.exactly("tasks, and so sockets, beside those before", left, 0);
    // The requests that counted the tasks were connections, too.
    let _ = server
        .until_open_files(files, Duration::from_secs(10))
        .await;
    let left = server.open_files()?.saturating_sub(files);
    report.exactly("descriptors, beside those before", left, 0);
    report.figure("all of it was gone after", format!("{gone:.1?}"));
    let left = mib(before, server.memory()?);
    report.figure("memory, beside that before", format!("{left:.1} MiB"));
    Ok(())
}

async fn socket(server: SocketAddr, index: usize, path: &str) -> Outcome<Peer> {
    Peer::open(peer::connect(server, index).await?, path).await
}

async fn raw(server: SocketAddr, index: usize, bytes: &[u8]) -> Outcome<TcpStream> {
    let mut stream = peer::connect(server, index).await?;
    stream.write_all(bytes).await?;
    Ok(stream)
}

async fn floods(peer: &mut Peer, bytes: &[u8]) {
    while let Ok(Ok(())) = timeout(Duration::from_secs(5), peer.send(bytes)).await {}
}

async fn behave(kind: usize, index: usize, server: SocketAddr) -> Outcome<()> {
    let text = |payload: &[u8]| peer::encoded(TEXT, payload);
    let second = Duration::from_secs(1);
    match kind {
        // Well-behaved.
        0 => {
            let mut peer = socket(server, index, "/echo").await?;
            for _ in 0..100 {
                peer.send(&text(b"hello")).await?;
                peer.message().await?;
            }
            peer.send(&peer::encoded(CLOSE, &1000_u16.to_be_bytes()))
                .await?;
            peer.message().await?;
        }
        // Leaves without a close frame.
        1 => drop(socket(server, index, "/echo").await?),
        // Leaves messages behind that are never received.
        2 => {
            let mut peer = socket(server, index, "/pushes").await?;
            peer.send(&text(b"x").repeat(300)).await?;
        }
        // The same, with a close frame.
        3 => {
            let mut peer = socket(server, index, "/pushes").await?;
            peer.send(&text(b"x").repeat(300)).await?;
            peer.send(&peer::encoded(CLOSE, b"")).await?;
            while peer.next().await?.is_some() {}
        }
        // Sends without end and never reads.
        4 => {
            floods(
                &mut socket(server, index, "/echo").await?,
                &text(&[b'x'; 4096]),
            )
            .await
        }
        // Never reads what is pushed.
        5 => {
            let stream = peer::connect_narrow(server, index).await?;
            let _peer = Peer::open(stream, "/flood").await?;
            sleep(5 * second).await;
        }
        // Reads slowly, a socket and a response.
        6 | 7 => {
            let request = if kind == 6 {
                handshake("/flood")
            } else {
                get("/long")
            };
            let stream = peer::connect_narrow(server, index).await?;
            reads(stream, request, 20_000, 3 * second).await;
        }
        // Pings without end.
        8 => {
            floods(
                &mut socket(server, index, "/echo").await?,
                &peer::encoded(PING, b"?"),
            )
            .await
        }
        // A frame that is too long, half a message, a frame that breaks the rules.
        9 => {
            let mut peer = socket(server, index, "/echo").await?;
            peer.send(&[0x82, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
                .await?;
            while peer.next().await?.is_some() {}
        }
        10 => {
            let mut peer = socket(server, index, "/echo").await?;
            peer.send(&text(&[b'x'; 60_000])[..30_000]).await?;
            sleep(second).await;
        }
        11 => {
            let mut peer = socket(server, index, "/echo").await?;
            peer.send(&[0xFF; 64]).await?;
            while peer.next().await?.is_some() {}
        }
        // A handler that panics.
        12 => {
            let mut peer = socket(server, index, "/panics").await?;
            peer.send(&text(b"x")).await?;
            while peer.next().await?.is_some() {}
        }
        13 => {
            raw(server, index, get("/panic").as_bytes())
                .await?
                .read_u8()
                .await?;
        }
        // Half a head, bytes that are not HTTP, no bytes.
        14 => {
            raw(server, index, b"GET / HTTP/1.1\r\nHo").await?;
        }
        15 => {
            let mut stream = raw(server, index, &[0; 100]).await?;
            stream.read_to_end(&mut Vec::new()).await?;
        }
        16 => {
            let _stream = raw(server, index, b"").await?;
            sleep(second).await;
        }
        // A response of which little is read, an upgrade whose response is not read.
        17 => {
            raw(server, index, get("/long").as_bytes())
                .await?
                .read_u8()
                .await?;
        }
        18 => {
            raw(server, index, handshake("/echo").as_bytes()).await?;
        }
        // Ends its side, and reads on.
        _ => {
            let mut stream = raw(server, index, handshake("/pushes").as_bytes()).await?;
            stream.shutdown().await?;
            stream.read_to_end(&mut Vec::new()).await?;
        }
    }
    Ok(())
}
