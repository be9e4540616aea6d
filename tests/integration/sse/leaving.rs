//! Clients that leave or read nothing, whose consumers are dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use h2::Reason;
use h2::client::Builder;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::sse::{Sse, SseConfig, SseResult};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::{streaming, within};
use crate::http2::client::{Client, get};
use crate::server::peer;

/// A value that reports the time of its drop.
struct Held(UnboundedSender<Instant>);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.send(Instant::now());
    }
}

/// Serves streams that send one event and then nothing. Reports when a consumer is dropped.
fn app() -> (PolyHandler, UnboundedReceiver<Instant>) {
    let (tell, dropped) = unbounded_channel();
    let config = SseConfig::default().with_keep_alive(None);
    let app = streaming(config, move |sse: Sse| {
        let held = Held(tell.clone());
        async move {
            sse.send("open").await?;
            sse.closed().await;
            drop(held);
            SseResult::Ok(())
        }
    });
    (app, dropped)
}

async fn until_open(stream: &mut (impl tokio::io::AsyncRead + Unpin)) {
    let mut came = Vec::new();
    while !came.ends_with(b"data: open\n\n\r\n") {
        let read = within(stream.read_buf(&mut came)).await.expect("bytes");
        assert!(read > 0, "ended after {came:?}");
    }
}

/// Case S6: the end of the client's side (FIN), on a paused clock.
#[tokio::test(start_paused = true)]
async fn a_consumer_is_dropped_a_second_after_its_client_has_left() {
    let (app, mut dropped) = app();
    let (mut ours, theirs) = duplex(4096);
    let serving = tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    ours.write_all(peer::get("/").as_bytes())
        .await
        .expect("room");
    until_open(&mut ours).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert!(dropped.try_recv().is_err());
    let start = Instant::now();
    ours.shutdown().await.expect("an end of our side");
    let at = within(dropped.recv()).await.expect("a drop");
    assert_eq!((at - start).as_millis(), 1000);
    within(serving).await.expect("a connection that ended");
}

/// Case S6, over a port: the client closes its socket (FIN), or resets it (RST).
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn on_a_port_a_consumer_is_dropped_within_a_second() {
    for (reset, limit) in [(false, 1500), (true, 900)] {
        let (app, mut dropped) = app();
        let server = app.as_server("127.0.0.1:0").start().expect("a server");
        let mut ours = TcpStream::connect(server.addr()).await.expect("a port");
        ours.write_all(peer::get("/").as_bytes())
            .await
            .expect("room");
        until_open(&mut ours).await;
        if reset {
            ours.set_zero_linger().expect("an option of TCP");
        }
        let start = Instant::now();
        drop(ours);
        let at = within(dropped.recv()).await.expect("a drop");
        assert!((at - start).as_millis() < limit, "{reset} {:?}", at - start);
    }
}

/// Case S6, over HTTP/2: the client resets the stream (RST_STREAM), or ends the connection.
#[tokio::test(start_paused = true)]
async fn over_http2_a_consumer_is_dropped_at_once() {
    for whole_connection in [false, true] {
        let (app, mut dropped) = app();
        let mut client = Client::to(app, ServerConfig::default()).await;
        let (answer, mut send) = client.begin(get("/", &[]), true);
        let mut body = within(answer).await.expect("an answer").into_body();
        let first = within(body.data()).await.expect("data").expect("data");
        assert_eq!(first, "data: open\n\n");
        let start = Instant::now();
        match whole_connection {
            false => send.send_reset(Reason::CANCEL),
            true => client.connection.abort(),
        }
        let at = within(dropped.recv()).await.expect("a drop");
        assert!((at - start).as_millis() < 100, "{:?}", at - start);
    }
}

/// The time in which a client may read nothing.
const STALL: Duration = Duration::from_secs(3);

/// Serves endless events of 1 KiB. Counts them, and reports when a consumer is dropped.
fn flood() -> (PolyHandler, Arc<AtomicUsize>, UnboundedReceiver<Instant>) {
    let (tell, dropped) = unbounded_channel();
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let app = streaming(SseConfig::default(), move |sse: Sse| {
        let (held, count) = (Held(tell.clone()), Arc::clone(&count));
        async move {
            let kib = "x".repeat(1024);
            while sse.send(kib.as_str()).await.is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
            drop(held);
        }
    });
    (app, sent, dropped)
}

/// Case S10: bounded memory, and then dropped.
#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_dropped() {
    let (app, sent, mut dropped) = flood();
    let config = ServerConfig::default().with_write_stall(STALL);
    let (mut ours, theirs) = duplex(1024);
    let _serving = tokio::spawn(app.serve_connection(theirs, config));
    let start = Instant::now();
    ours.write_all(peer::get("/").as_bytes())
        .await
        .expect("room");
    let at = within(dropped.recv()).await.expect("a drop");
    assert_eq!((at - start).as_secs(), STALL.as_secs());
    let kib = sent.load(Ordering::Relaxed);
    assert!(kib <= 1024, "{kib} KiB were produced");
}

/// Case S10 over HTTP/2, where one stream stalls and another goes on.
#[tokio::test(start_paused = true)]
async fn over_http2_a_stream_that_is_not_read_is_dropped() {
    let (app, sent, mut dropped) = flood();
    let config = ServerConfig::default().with_write_stall(STALL);
    let (ours, _serving) = crate::http2::serve(app, config);
    let mut client = Client::over(ours, &Builder::new()).await;
    let start = Instant::now();
    let (answer, _) = client.begin(get("/", &[]), true);
    let body = within(answer).await.expect("an answer").into_body();
    let at = within(dropped.recv()).await.expect("a drop");
    assert_eq!((at - start).as_secs(), STALL.as_secs());
    let kib = sent.load(Ordering::Relaxed);
    assert!(kib <= 1024, "{kib} KiB were produced");
    drop(body);
}

/// A client that reads slowly and steadily receives everything that it has time for.
#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_is_served() {
    let (app, _sent, mut dropped) = flood();
    let config = ServerConfig::default().with_write_stall(STALL);
    let (mut ours, theirs) = duplex(1024);
    let _serving = tokio::spawn(app.serve_connection(theirs, config));
    ours.write_all(peer::get("/").as_bytes())
        .await
        .expect("room");
    let start = Instant::now();
    let mut piece = [0; 512];
    while start.elapsed() < Duration::from_secs(60) {
        ours.read_exact(&mut piece).await.expect("bytes");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(dropped.try_recv().is_err(), "a slow client was dropped");
}
