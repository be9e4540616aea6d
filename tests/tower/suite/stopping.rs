//! The shutdown of an application inside axum.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt};
use http_body_util::BodyExt;
use http4k_ws::client::WebSocketClient;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::server::{PolyService, ServerConfig, ShutdownReport};
use http4k_ws::sse::{Sse, SseResult};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use crate::inside::in_axum;
use crate::support::{PATIENCE, exchanged, handshake, ours};

/// Serves `service` inside axum until the sender is dropped. Then calls `stop` if `stops`.
async fn served(
    service: &PolyService,
    stops: bool,
) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let at = listener.local_addr().expect("bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let ending = service.clone();
    let signal = async move {
        let _ = stopped.await;
        if stops {
            ending.stop().await;
        }
    };
    let serving = axum::serve(listener, in_axum(service.clone())).with_graceful_shutdown(signal);
    let serving = tokio::spawn(async move { serving.await.expect("serves") });
    (at, stop, serving)
}

async fn greeted(at: SocketAddr) -> WebSocket {
    let uri = format!("ws://{at}/ours/ws/bob");
    let mut socket = WebSocketClient::connect(uri)
        .await
        .expect("the server accepts");
    assert_eq!(socket.recv().await.unwrap().unwrap().text(), "hello bob");
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_closes_sockets_that_axum_forgets() {
    for stops in [true, false] {
        let service = ours().into_service(ServerConfig::default());
        let (at, stop, serving) = served(&service, stops).await;
        let mut socket = greeted(at).await;
        let started = Instant::now();
        drop(stop);
        tokio::time::timeout(PATIENCE, serving)
            .await
            .expect("axum ends")
            .expect("no panic");
        println!("stop: {stops}, axum ended after {:?}", started.elapsed());
        if stops {
            assert_eq!(socket.recv().await, Ok(None));
            assert_eq!(socket.closed().await, WsStatus::GOING_AWAY);
            assert_eq!(service.stop().await.sockets, 1);
        } else {
            // axum has ended, and the socket has not noticed.
            socket.send("still there?").await.expect("open");
            let echo = socket.recv().await.unwrap().unwrap();
            assert_eq!(echo.text(), "still there?");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_is_called_any_number_of_times() {
    let service = ours().into_service(ServerConfig::default());
    let (at, _stop, _serving) = served(&service, false).await;
    let (mut one, mut two) = (greeted(at).await, greeted(at).await);
    let clone = service.clone();
    // Dropped, before or after the sockets have ended: nothing is lost.
    let _ = service.stop().now_or_never();
    let (first, second) = tokio::join!(service.stop(), clone.stop());
    assert_eq!(first, second);
    assert_eq!((first.sockets, first.cut), (2, 0));
    assert_eq!(service.stop().await, first);
    for socket in [&mut one, &mut two] {
        assert_eq!(socket.closed().await, WsStatus::GOING_AWAY);
    }
    // Sockets are refused from then on, and requests are served.
    let (_tcp, head) = exchanged(at, &handshake("/ours/ws/bob", ""));
    assert!(head.starts_with("http/1.1 503"), "{head}");
    let page = "GET /ours/hello/bob HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let (_tcp, head) = exchanged(at, page);
    assert!(head.starts_with("http/1.1 200"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_does_not_end_is_dropped_after_the_grace() {
    async fn stuck(ws: WebSocket) -> WsResult {
        ws.send("hello bob").await?;
        std::future::pending().await
    }
    let config = ServerConfig::default().with_shutdown_grace(Duration::from_millis(200));
    let app = routes! { "/ws/<_name>" => ws(stuck(ws)) };
    let service = app.into_service(config);
    let (at, stop, serving) = served(&service, true).await;
    let _socket = greeted(at).await;
    drop(stop);
    tokio::time::timeout(PATIENCE, serving)
        .await
        .expect("axum ends")
        .expect("no panic");
    let ShutdownReport { sockets, cut, .. } = service.stop().await;
    assert_eq!((sockets, cut), (0, 1));
}

/// Reads from `tcp` until `end` has arrived, or the connection has ended.
fn read_until(tcp: &mut std::net::TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&read).contains(end) {
        match std::io::Read::read(tcp, &mut byte) {
            Ok(1) => read.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_streams_of_events_that_axum_waits_for() {
    async fn feed(sse: Sse) -> SseResult {
        sse.send("on").await?;
        sse.closed().await;
        Ok(())
    }
    for stops in [true, false] {
        let app = routes! {
            GET "/feed"  => sse(feed(sse)),
            "/ws/<name>" => ws(crate::support::greet(ws, name)),
        };
        let service = app.into_service(ServerConfig::default());
        let (at, stop, mut serving) = served(&service, stops).await;
        let socket = greeted(at).await;
        let (mut tcp, head) = exchanged(at, &get("/ours/feed"));
        assert!(head.starts_with("http/1.1 200"), "{head}");
        let (mut tcp, first) = tokio::task::spawn_blocking(move || {
            let first = read_until(&mut tcp, "data: on\n\n");
            (tcp, first)
        })
        .await
        .expect("no panic");
        assert!(first.contains("data: on"), "{first}");
        let started = Instant::now();
        drop(stop);
        let wait = Duration::from_secs(if stops { 5 } else { 1 });
        let ended = tokio::time::timeout(wait, &mut serving).await.is_ok();
        println!(
            "stop: {stops}, axum ended: {ended}, after {:?}",
            started.elapsed()
        );
        assert_eq!(ended, stops);
        if stops {
            assert_eq!(socket.closed().await, WsStatus::GOING_AWAY);
            let last = tokio::task::spawn_blocking(move || read_until(&mut tcp, "0\r\n\r\n"));
            let last = last.await.expect("no panic");
            assert!(
                last.contains("retry: ") && last.ends_with("0\r\n\r\n"),
                "{last}"
            );
            let report = service.stop().await;
            assert_eq!((report.sockets, report.streams, report.cut), (1, 1, 0));
            assert_eq!(report.connections, 1);
        }
        serving.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_without_end_is_cut_off_after_the_grace() {
    let forever = || {
        Body::from_stream(futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, std::convert::Infallible>("more"), ()))
        }))
    };
    let app = routes! { GET "/forever" => http(forever()) };
    let grace = Duration::from_millis(200);
    let service = app.into_service(ServerConfig::default().with_shutdown_grace(grace));
    let (at, stop, serving) = served(&service, true).await;
    let (_tcp, head) = exchanged(at, &get("/ours/forever"));
    assert!(head.starts_with("http/1.1 200"), "{head}");
    drop(stop);
    tokio::time::timeout(PATIENCE, serving)
        .await
        .expect("axum ends")
        .expect("no panic");
    let report = service.stop().await;
    assert_eq!((report.connections, report.cut), (0, 1));
    assert!(report.took >= grace);
}

/// Notes, when it is dropped, if a stop of the service has nothing to wait for.
struct Probe {
    service: Arc<OnceLock<PolyService>>,
    stopped: Arc<Mutex<Option<bool>>>,
}

impl Drop for Probe {
    fn drop(&mut self) {
        let service = self.service.get().expect("a service");
        let stopped = service.stop().now_or_never().is_some();
        *self.stopped.lock().expect("no panic") = Some(stopped);
    }
}

#[tokio::test]
async fn a_stop_waits_until_the_body_of_a_response_is_dropped() {
    for read_to_the_end in [true, false] {
        let (service, stopped) = (Arc::default(), Arc::<Mutex<Option<bool>>>::default());
        let (of_app, noted) = (Arc::clone(&service), Arc::clone(&stopped));
        let app = move |_request: Request| {
            let probe = Probe {
                service: Arc::clone(&of_app),
                stopped: Arc::clone(&noted),
            };
            let once = futures_util::stream::iter([Ok::<_, Infallible>("all")]);
            Response::new(Body::from_stream(once.map(move |frame| {
                let _held = &probe;
                frame
            })))
        };
        let service = service.get_or_init(|| {
            app.into_poly_handler()
                .into_service(ServerConfig::default())
        });
        let request = Request::get("/").header("host", "localhost");
        let request = request.body(Body::empty()).expect("a request");
        let response = service.clone().oneshot(request).await.expect("never fails");
        let mut body = response.into_body();
        if read_to_the_end {
            while body.frame().await.is_some() {}
        }
        drop(body);
        assert_eq!(*stopped.lock().expect("no panic"), Some(false));
        assert_eq!(service.stop().await.connections, 1);
    }
}
