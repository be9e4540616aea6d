//! The end of streams when their server stops.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use h2::client::Builder;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig, ShutdownReport};
use http4k_ws::sse::{OnStop, Sse, SseConfig, SseResult, SseSender, respond};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

use super::{open_streams, streaming, within};
use crate::http2::client::{Client, get};
use crate::server::peer::{self, Peer};

fn start(app: PolyHandler, config: ServerConfig) -> RunningServer {
    let server = app.as_server("127.0.0.1:0").with_config(config);
    server.start().expect("a server")
}

async fn stop(server: RunningServer) -> ShutdownReport {
    let stopping = tokio::task::spawn_blocking(move || server.stop());
    within(stopping).await.expect("a stop")
}

async fn h2(server: &RunningServer) -> Client {
    let stream = tokio::net::TcpStream::connect(server.addr()).await;
    Client::over(stream.expect("a connection"), &Builder::new()).await
}

/// Asserts that `last` is a reconnection time of a server that stops, and returns it.
fn retry_of(last: &str) -> u64 {
    let retry = last
        .strip_prefix("retry: ")
        .and_then(|retry| retry.strip_suffix("\n\n"));
    let retry = retry.and_then(|retry| retry.parse().ok());
    let retry = retry.unwrap_or_else(|| panic!("no reconnection time: {last:?}"));
    assert!((500..=3500).contains(&retry), "{retry}");
    retry
}

/// Returns the events of a response in chunks that is complete.
fn events(response: &str) -> String {
    let (_head, mut chunks) = response.split_once("\r\n\r\n").expect("a head");
    let mut events = String::new();
    loop {
        let (length, rest) = chunks.split_once("\r\n").expect("a chunk");
        let length = usize::from_str_radix(length, 16).expect("a length");
        events += &rest[..length];
        chunks = rest[length..]
            .strip_prefix("\r\n")
            .expect("the end of a chunk");
        if length == 0 {
            assert_eq!(chunks, "", "bytes behind the last chunk");
            return events;
        }
    }
}

/// Case S7.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stopping_server_ends_its_streams_and_aborts_none() {
    let (app, mut joined) = open_streams(SseConfig::default());
    let server = start(app, ServerConfig::default());
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::get("/"));
    let first = within(joined.recv()).await.expect("a stream");
    let mut client = h2(&server).await;
    let (answer, _) = client.begin(get("/", &[]), true);
    let second = within(joined.recv()).await.expect("a stream");
    let mut body = within(answer).await.expect("an answer").into_body();
    // What waits is sent before the end.
    first.try_send("last words").expect("an open stream");

    let reading = tokio::task::spawn_blocking(move || peer.rest());
    let report = stop(server).await;
    assert_eq!(
        (report.streams, report.connections, report.cut),
        (2, 2, 0),
        "{report:?}"
    );
    assert!(report.took < Duration::from_secs(1), "{report:?}");
    let came = events(&within(reading).await.expect("a response"));
    retry_of(
        came.strip_prefix("data: last words\n\n")
            .expect("the last words"),
    );
    let last = within(body.data()).await.expect("data").expect("data");
    retry_of(std::str::from_utf8(&last).expect("text"));
    assert!(within(body.data()).await.is_none());
    assert!(first.is_closed() && second.is_closed());
}

/// Reports when the consumer is dropped, and waits for a permit.
fn finishing(on_stop: OnStop) -> (PolyHandler, Arc<Semaphore>, UnboundedReceiver<SseSender>) {
    let gate = Arc::new(Semaphore::new(0));
    let (join, joined) = unbounded_channel();
    let behind = Arc::clone(&gate);
    let config = SseConfig::default().with_on_stop(on_stop);
    let app = streaming(config, move |sse: Sse| {
        let (gate, join) = (Arc::clone(&behind), join.clone());
        async move {
            let _ = join.send(sse.sender());
            gate.acquire().await?.forget();
            sse.send("finished").await?;
            SseResult::Ok(())
        }
    });
    (app, gate, joined)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stream_that_should_finish_goes_on() {
    let (app, gate, mut joined) = finishing(OnStop::Finish);
    let server = start(app, ServerConfig::default());
    let address = server.addr();
    let mut peer = Peer::connect(address);
    peer.send(peer::get("/"));
    let sender = within(joined.recv()).await.expect("a stream");
    let mut idle = Peer::connect(address);
    idle.send("HEAD / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .head();
    let stopping = tokio::task::spawn_blocking(move || server.stop());
    // An idle connection ends once the shutdown has begun; only then may the consumer finish.
    assert_eq!(idle.rest(), "");
    assert!(!sender.is_closed());
    gate.add_permits(1);
    assert_eq!(events(&peer.rest()), "data: finished\n\n");
    let report = within(stopping).await.expect("a stop");
    assert_eq!((report.streams, report.cut), (1, 0), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stream_that_does_not_finish_is_dropped_after_the_grace() {
    let (app, _gate, mut joined) = finishing(OnStop::Finish);
    let brief = ServerConfig::default().with_shutdown_grace(Duration::from_millis(50));
    let server = start(app, brief);
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::get("/"));
    let sender = within(joined.recv()).await.expect("a stream");
    let report = stop(server).await;
    assert_eq!((report.streams, report.cut), (0, 1), "{report:?}");
    assert!(!peer.rest().contains("retry"));
    within(sender.closed()).await;
}

/// A response that starts during the shutdown is not left open.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stream_that_starts_during_the_shutdown_ends() {
    let gate = Arc::new(Semaphore::new(0));
    let (behind, (reach, mut reached)) = (Arc::clone(&gate), unbounded_channel());
    let app = move |request: Request| {
        let (gate, reach) = (Arc::clone(&behind), reach.clone());
        async move {
            let _ = reach.send(());
            gate.acquire().await.expect("an open gate").forget();
            respond(request, |sse: Sse| async move { sse.closed().await })
        }
    };
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let address = server.addr();
    let mut peer = Peer::connect(address);
    peer.send(peer::get("/"));
    within(reached.recv()).await.expect("a handler");
    let stopping = tokio::task::spawn_blocking(move || server.stop());
    while TcpStream::connect(address).is_ok() {
        tokio::task::yield_now().await;
    }
    gate.add_permits(1);
    retry_of(&events(&peer.rest()));
    let report = within(stopping).await.expect("a stop");
    assert_eq!((report.streams, report.cut), (1, 0), "{report:?}");
}

/// A hundred streams end at once, and others later, as sockets do.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn many_streams_end_in_batches() {
    const STREAMS: usize = 250;
    let (app, mut joined) = open_streams(SseConfig::default());
    let config = ServerConfig::default().with_shutdown_spread(Duration::from_millis(1500));
    let server = start(app, config);
    let mut client = h2(&server).await;
    let mut readers = Vec::new();
    let (done, mut ended) = unbounded_channel();
    for number in 0..STREAMS {
        // A connection of HTTP/2 carries a hundred streams.
        if number % 100 == 0 {
            client = h2(&server).await;
        }
        let (answer, _) = client.begin(get("/", &[]), true);
        let mut body = within(answer).await.expect("an answer").into_body();
        within(joined.recv()).await.expect("a stream");
        let done = done.clone();
        readers.push(tokio::spawn(async move {
            let last = within(body.data()).await.expect("data").expect("data");
            let retry = retry_of(std::str::from_utf8(&last).expect("text"));
            assert!(within(body.data()).await.is_none(), "an end in order");
            let _ = done.send((Instant::now(), retry));
        }));
    }
    let start = Instant::now();
    let report = stop(server).await;
    assert_eq!((report.streams, report.cut), (STREAMS, 0), "{report:?}");
    for reader in readers {
        within(reader).await.expect("a reader");
    }
    let (mut times, mut retries) = (Vec::new(), Vec::new());
    while let Ok((at, retry)) = ended.try_recv() {
        times.push(at - start);
        retries.push(retry);
    }
    times.sort_unstable();
    // Of three batches in 1.5 s, the second ends after 0.5 s and the third after 1 s.
    assert!(times[100] >= Duration::from_millis(500), "{times:?}");
    assert!(times[200] >= Duration::from_millis(1000), "{times:?}");
    retries.sort_unstable();
    retries.dedup();
    assert!(
        retries.len() > 100,
        "the clients reconnect at different moments"
    );
}
