//! The end of a connection (RFC 9113 §6.8).

use std::sync::Arc;
use std::time::Duration;

use h2::client::Builder;
use http4k_ws::server::ServerConfig;
use http4k_ws::{PolyHandler, Request, WebSocket, WsStatus};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::client::{Client, get, whole};
use super::frames::{Frame, GOAWAY, HEADERS, Peer};
use super::{serve, within};

async fn no_socket(ws: WebSocket) {
    ws.close(WsStatus::NORMAL);
}

fn app() -> PolyHandler {
    PolyHandler::new(|_: Request| "fine", no_socket)
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_requests_is_ended() {
    let (ours, serving) = serve(app(), ServerConfig::default());
    let mut peer = Peer::new(ours, &[]).await;
    let start = Instant::now();
    let goodbye = peer.next_of(&[GOAWAY]).await.expect("GOAWAY");
    assert_eq!((goodbye.code(), start.elapsed().as_secs()), (0, 10));
    while peer.next().await.is_some() {}
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_ended_after_keep_alive() {
    let (ours, serving) = serve(app(), ServerConfig::default());
    let mut peer = Peer::new(ours, &[]).await;
    for stream in [1, 3] {
        tokio::time::advance(Duration::from_secs(5)).await;
        peer.send(Frame::get(stream, "/")).await;
        peer.next_of(&[HEADERS]).await.expect("an answer");
    }
    let start = Instant::now();
    let goodbye = peer.next_of(&[GOAWAY]).await.expect("GOAWAY");
    assert_eq!((goodbye.code(), start.elapsed().as_secs()), (0, 60));
    while peer.next().await.is_some() {}
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_leave_is_dropped() {
    let (ours, serving) = serve(app(), ServerConfig::default());
    let mut peer = Peer::new(ours, &[]).await;
    peer.polite = false;
    peer.next_of(&[GOAWAY]).await.expect("GOAWAY");
    let start = Instant::now();
    within(serving).await.expect("a connection that ended");
    assert!(start.elapsed() <= Duration::from_secs(10));
}

#[tokio::test]
async fn a_stopping_server_completes_its_requests() {
    let gate = Arc::new(Semaphore::new(0));
    let reached = Arc::new(Semaphore::new(0));
    let (behind, reach) = (Arc::clone(&gate), Arc::clone(&reached));
    let http = move |_: Request| {
        let gate = Arc::clone(&behind);
        reach.add_permits(1);
        async move {
            gate.acquire().await.expect("an open gate").forget();
            "in time"
        }
    };
    let app = PolyHandler::new(http, no_socket);
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let address = server.addr();
    let stream = TcpStream::connect(address).await.expect("a connection");
    let mut client = Client::over(stream, &Builder::new()).await;
    let (answer, _) = client.begin(get("/", &[]), true);
    within(reached.acquire()).await.expect("a permit").forget();
    let stopping = tokio::task::spawn_blocking(move || server.stop());
    // The port closes first; only then may the handler respond.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    gate.add_permits(1);
    assert_eq!(whole(answer).await.expect("an answer").text(), "in time");
    assert_eq!(within(stopping).await.expect("a stop").cut, 0);
    within(client.connection)
        .await
        .expect("a client")
        .expect("an end in order");
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_drops_started_requests() {
    struct Told(Arc<Semaphore>);
    impl Drop for Told {
        fn drop(&mut self) {
            self.0.add_permits(1);
        }
    }
    let dropped = Arc::new(Semaphore::new(0));
    let reached = Arc::new(Semaphore::new(0));
    let (tell, reach) = (Arc::clone(&dropped), Arc::clone(&reached));
    let http = move |_: Request| {
        let told = Told(Arc::clone(&tell));
        reach.add_permits(1);
        async move {
            std::future::pending::<()>().await;
            drop(told);
            "never"
        }
    };
    let (ours, serving) = serve(PolyHandler::new(http, no_socket), ServerConfig::default());
    let mut client = Client::over(ours, &Builder::new()).await;
    let (answer, _) = client.begin(get("/", &[]), true);
    within(reached.acquire()).await.expect("a permit").forget();
    serving.abort();
    within(dropped.acquire()).await.expect("a permit").forget();
    assert!(whole(answer).await.is_err());
}
