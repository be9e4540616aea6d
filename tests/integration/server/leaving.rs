//! Peers that leave during a request, whose handlers and streams are dropped.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use h2::client::Builder;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::message::BodyError;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig, ServerTls};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::http2::client::{Client, get};

/// The time limit of a test.
const DEADLINE: Duration = Duration::from_secs(30);

/// A timeout that no test reaches.
const FOREVER: Duration = Duration::from_secs(3600);

const BRIEFLY: Duration = Duration::from_millis(1);

async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(DEADLINE, work).await.expect("an end in time")
}

/// A value that reports when it is dropped.
struct Held(Sender<Instant>);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.try_send(Instant::now());
    }
}

/// A stream of items that continues until it is dropped.
struct Holding<S>(S, #[allow(dead_code)] Held);

impl<S: Stream + Unpin> Stream for Holding<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

fn streamed(first: &'static str, held: Held) -> Response {
    let first = stream::iter([Ok::<_, Infallible>(first)]);
    let holding = Holding(first.chain(stream::pending()), held);
    Response::new(Body::from_stream(holding))
}

/// Serves endless work, selected by the path. Reports when it began and when it was dropped.
fn app() -> (PolyHandler, Receiver<()>, Receiver<Instant>) {
    let (tell, dropped) = channel(8);
    let (begin, begun) = channel(8);
    let http = move |request: Request| {
        let (held, begin) = (Held(tell.clone()), begin.clone());
        async move {
            let path = request.uri().path().to_owned();
            let mut body = request.into_body();
            match path.as_str() {
                "/stream" => {
                    let _ = begin.try_send(());
                    return streamed("begun", held);
                }
                // Reads only a part of its body.
                "/read" => {
                    use http_body_util::BodyExt;
                    let first = timeout(Duration::from_millis(1), body.frame());
                    let _ = first.await;
                }
                "/dropped" => drop(std::mem::take(&mut body)),
                _ => {}
            }
            let _ = begin.try_send(());
            std::future::pending::<()>().await;
            drop((held, body));
            Response::default()
        }
    };
    let no_socket = |ws: WebSocket| ws.close(WsStatus::NORMAL);
    (PolyHandler::new(http, no_socket), begun, dropped)
}

/// The bytes after the head of a request.
fn behind(kind: &str, bytes: usize) -> String {
    let x = "x".repeat(bytes);
    match kind {
        "pipelined" => {
            let one = "GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n";
            format!(
                "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n{}",
                one.repeat(bytes / one.len())
            )
        }
        "half a head" => {
            format!("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nX: {x}")
        }
        "chunks" => format!(
            "POST /slow HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n{x}\r\n0\r\n\r\n"
        ),
        path => {
            let length = bytes + 1;
            format!(
                "POST /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{x}"
            )
        }
    }
}

const KINDS: [&str; 6] = [
    "pipelined",
    "half a head",
    "chunks",
    "slow",
    "read",
    "dropped",
];

#[tokio::test(start_paused = true)]
async fn the_end_is_seen_behind_unread_bytes() {
    for kind in KINDS {
        for bytes in [1, 1_500, 20_000, 200_000] {
            let (app, mut begun, mut dropped) = app();
            let config = ServerConfig::default().with_half_close(Duration::from_secs(4));
            let (mut ours, theirs) = duplex(300_000);
            let serving = tokio::spawn(app.serve_connection(theirs, config));
            ours.write_all(behind(kind, bytes).as_bytes())
                .await
                .expect("room");
            within(begun.recv()).await.expect("a handler");
            let start = Instant::now();
            drop(ours);
            let at = within(dropped.recv())
                .await
                .expect("a handler that is dropped");
            assert_eq!((at - start).as_secs(), 4, "{kind} {bytes}");
            within(serving).await.expect("a connection that ended");
        }
    }
}

/// A port, with or without TLS.
struct Port {
    server: RunningServer,
    tls: Option<TlsConnector>,
    begun: Receiver<()>,
    dropped: Receiver<Instant>,
}

trait Bytewise: AsyncRead + AsyncWrite + Send + Unpin {
    /// Resets the connection instead of ending it.
    fn reset(self: Box<Self>);
}

impl Bytewise for TcpStream {
    fn reset(self: Box<Self>) {
        self.set_zero_linger().expect("an option of TCP");
    }
}

impl Bytewise for tokio_rustls::client::TlsStream<TcpStream> {
    fn reset(self: Box<Self>) {
        self.get_ref()
            .0
            .set_zero_linger()
            .expect("an option of TCP");
    }
}

impl Port {
    fn new(encrypted: bool, config: ServerConfig, protocol: &str) -> Self {
        let (app, begun, dropped) = app();
        let mut config = config;
        let tls = encrypted.then(|| {
            let made =
                rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a pair");
            let (pem, key) = (made.cert.pem(), made.signing_key.serialize_pem());
            config = config
                .clone()
                .with_tls(ServerTls::from_pem(&pem, key).expect("a pair"));
            let mut roots = RootCertStore::empty();
            let root = CertificateDer::from_pem_slice(pem.as_bytes());
            roots.add(root.expect("a certificate")).expect("a root");
            let mut client = ClientConfig::builder_with_provider(Arc::new(default_provider()))
                .with_safe_default_protocol_versions()
                .expect("versions")
                .with_root_certificates(roots)
                .with_no_client_auth();
            client.alpn_protocols = vec![protocol.as_bytes().to_vec()];
            TlsConnector::from(Arc::new(client))
        });
        let server = app
            .as_server("127.0.0.1:0")
            .with_config(config)
            .with_threads(1);
        Self {
            server: server.start().expect("a server"),
            tls,
            begun,
            dropped,
        }
    }

    async fn connect(&self) -> Box<dyn Bytewise> {
        let stream = TcpStream::connect(self.server.addr())
            .await
            .expect("a connection");
        match &self.tls {
            None => Box::new(stream),
            Some(tls) => {
                let name = ServerName::try_from("localhost").expect("a name");
                Box::new(within(tls.connect(name, stream)).await.expect("TLS"))
            }
        }
    }

    async fn begun(&mut self) {
        within(self.begun.recv()).await.expect("a handler");
    }

    async fn dropped(&mut self) {
        within(self.dropped.recv())
            .await
            .expect("a handler that is dropped");
    }
}

/// A short `half_close` tests the end of the stream; a very long one tests the reset.
#[tokio::test]
async fn on_a_port_the_end_is_seen_behind_unread_bytes() {
    for encrypted in [false, true] {
        let brief = ServerConfig::default().with_half_close(BRIEFLY);
        let mut port = Port::new(encrypted, brief, "http/1.1");
        for kind in KINDS {
            for bytes in [0, 1_500, 12_000, 40_000] {
                let mut ours = port.connect().await;
                ours.write_all(behind(kind, bytes).as_bytes())
                    .await
                    .expect("room");
                ours.flush().await.expect("room");
                port.begun().await;
                drop(ours);
                port.dropped().await;
            }
        }
    }
}

#[tokio::test]
async fn a_reset_drops_the_work_at_once() {
    let patient = ServerConfig::default()
        .with_half_close(FOREVER)
        .with_stream_half_close(FOREVER)
        .with_body_stall(FOREVER);
    for encrypted in [false, true] {
        let mut port = Port::new(encrypted, patient.clone(), "http/1.1");
        for kind in KINDS {
            for bytes in [0, 1_500, 200_000] {
                for half_closed in [false, true] {
                    let mut ours = port.connect().await;
                    // The kernel's buffers need not hold all of it.
                    let request = behind(kind, bytes);
                    let sent = timeout(Duration::from_secs(1), ours.write_all(request.as_bytes()));
                    let _ = sent.await;
                    port.begun().await;
                    if half_closed {
                        let _ = timeout(Duration::from_secs(1), ours.shutdown()).await;
                    }
                    ours.reset();
                    port.dropped().await;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_a_second_after_its_peer() {
    let (app, _begun, mut dropped) = app();
    let (mut ours, theirs) = duplex(1024);
    let serving = tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    ours.write_all(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .expect("room");
    let mut came = Vec::new();
    while !came.ends_with(b"5\r\nbegun\r\n") {
        within(ours.read_buf(&mut came)).await.expect("a response");
    }
    // The work continues while the peer stays.
    tokio::time::sleep(Duration::from_secs(600)).await;
    let start = Instant::now();
    // The peer may still read, but only for a limited time.
    ours.shutdown().await.expect("an end of our side");
    let at = within(dropped.recv())
        .await
        .expect("a stream that is dropped");
    assert_eq!((at - start).as_millis(), 1000);
    within(serving).await.expect("a connection that ended");
}

/// The time of a stream is counted from its start if the peer left before.
#[tokio::test(start_paused = true)]
async fn a_peer_that_left_early_still_gets_a_second_of_a_stream() {
    let (tell, mut dropped) = channel(1);
    let app = move |_: Request| {
        let held = Held(tell.clone());
        async move {
            tokio::time::sleep(Duration::from_secs(7)).await;
            streamed("begun", held)
        }
    };
    let (mut ours, theirs) = duplex(1024);
    let _serving = tokio::spawn(
        app.into_poly_handler()
            .serve_connection(theirs, ServerConfig::default()),
    );
    let start = Instant::now();
    ours.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .expect("room");
    ours.shutdown().await.expect("an end of our side");
    let mut came = Vec::new();
    within(ours.read_to_end(&mut came))
        .await
        .expect("a response");
    assert!(came.ends_with(b"5\r\nbegun\r\n"));
    let at = within(dropped.recv())
        .await
        .expect("a stream that is dropped");
    assert_eq!((at - start).as_secs(), 8);
}

/// A stream's time is its own: the next response has the usual one.
#[tokio::test(start_paused = true)]
async fn the_response_behind_a_stream_has_its_own_time() {
    let app = |request: Request| async move {
        if request.uri().path() == "/stream" {
            let last = stream::once(Box::pin(async {
                tokio::time::sleep(Duration::from_millis(500)).await;
                Ok::<_, Infallible>("streamed")
            }));
            return Response::new(Body::from_stream(last));
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
        Response::new(Body::from("late"))
    };
    let (mut ours, theirs) = duplex(4096);
    let _serving = tokio::spawn(
        app.into_poly_handler()
            .serve_connection(theirs, ServerConfig::default()),
    );
    for path in ["/stream", "/late"] {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        ours.write_all(head.as_bytes()).await.expect("room");
    }
    ours.shutdown().await.expect("an end of our side");
    let mut came = Vec::new();
    within(ours.read_to_end(&mut came))
        .await
        .expect("two responses");
    let came = String::from_utf8_lossy(&came);
    assert!(
        came.contains("streamed") && came.ends_with("late"),
        "{came}"
    );
}

/// A peer that ends its side after unread bytes still receives its response.
#[tokio::test]
async fn on_a_port_the_response_arrives_behind_unread_bytes() {
    let (begin, mut begun) = channel::<tokio::sync::oneshot::Sender<()>>(1);
    let app = move |request: Request| {
        let begin = begin.clone();
        async move {
            if request.uri().path() == "/now" {
                return "served";
            }
            let (respond, now) = tokio::sync::oneshot::channel();
            begin.send(respond).await.expect("a test");
            now.await.expect("a test");
            drop(request);
            "served"
        }
    };
    let server = app.as_server("127.0.0.1:0").with_threads(1);
    let server = server.start().expect("a server");
    for bytes in [0, 12_000, 40_000] {
        let mut ours = TcpStream::connect(server.addr()).await.expect("a port");
        ours.write_all(behind("slow", bytes).as_bytes())
            .await
            .expect("room");
        let respond = within(begun.recv()).await.expect("a handler");
        ours.shutdown().await.expect("an end of our side");
        // The server's only thread sees the end before it serves another connection.
        let mut other = TcpStream::connect(server.addr()).await.expect("a port");
        let head = b"GET /now HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        other.write_all(head).await.expect("room");
        within(other.read_to_end(&mut Vec::new()))
            .await
            .expect("a response");
        respond.send(()).expect("a handler");
        let mut came = Vec::new();
        within(ours.read_to_end(&mut came))
            .await
            .expect("a response");
        assert!(came.ends_with(b"served"), "{bytes}: {came:?}");
    }
}

/// A response with a known length has the usual time.
#[tokio::test(start_paused = true)]
async fn a_response_with_a_known_length_is_not_a_stream() {
    let app = |_: Request| {
        let pieces = stream::iter(0..10).then(|_| async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            Ok::<_, Infallible>(Bytes::from_static(b"x"))
        });
        let sized = Sized {
            body: Body::from_stream(Box::pin(pieces)),
            length: 10,
        };
        Response::new(Body::new(sized))
    };
    let (mut ours, theirs) = duplex(1024);
    let _serving = tokio::spawn(
        app.into_poly_handler()
            .serve_connection(theirs, ServerConfig::default()),
    );
    ours.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .expect("room");
    ours.shutdown().await.expect("an end of our side");
    let mut came = Vec::new();
    within(ours.read_to_end(&mut came))
        .await
        .expect("a response");
    assert!(came.ends_with(b"\r\n\r\nxxxxxxxxxx"));
}

/// A body whose length is known in advance.
struct Sized {
    body: Body,
    length: u64,
}

impl http_body::Body for Sized {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.length)
    }
}

#[tokio::test]
async fn on_a_port_a_stream_ends_soon_after_its_peer() {
    let config = ServerConfig::default().with_half_close(FOREVER);
    for encrypted in [false, true] {
        let mut port = Port::new(encrypted, config.clone(), "http/1.1");
        for reads in [true, false] {
            let mut ours = port.connect().await;
            ours.write_all(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .await
                .expect("room");
            ours.flush().await.expect("room");
            port.begun().await;
            let mut came = Vec::new();
            while reads && !came.ends_with(b"begun\r\n") {
                within(ours.read_buf(&mut came)).await.expect("a response");
            }
            drop(ours);
            port.dropped().await;
        }
    }
}

#[tokio::test]
async fn over_http_2_the_work_is_dropped_at_once() {
    let config = ServerConfig::default()
        .with_half_close(FOREVER)
        .with_stream_half_close(FOREVER)
        .with_body_stall(FOREVER);
    for encrypted in [false, true] {
        let mut port = Port::new(encrypted, config.clone(), "h2");
        for path in ["/slow", "/stream", "/read"] {
            for reset in [false, true] {
                let stream = port.connect().await;
                let (ours, closing) = Closing::new(stream);
                let mut client = Client::over(ours, &Builder::new()).await;
                let (answer, mut body) = client.begin(get(path, &[]), false);
                let _ = body.send_data(Bytes::from(vec![0; 30_000]), false);
                port.begun().await;
                closing.now(reset);
                port.dropped().await;
                drop((answer, body, client));
            }
        }
    }
}

/// A stream that another task can take from its owner.
struct Closing(Arc<std::sync::Mutex<Option<Box<dyn Bytewise>>>>);

impl Closing {
    fn new(stream: Box<dyn Bytewise>) -> (Self, Self) {
        let shared = Arc::new(std::sync::Mutex::new(Some(stream)));
        (Self(Arc::clone(&shared)), Self(shared))
    }

    fn now(&self, reset: bool) {
        let stream = self.0.lock().expect("a lock").take().expect("a stream");
        if reset {
            stream.reset();
        }
    }

    fn with<T>(
        &self,
        work: impl FnOnce(Pin<&mut dyn Bytewise>) -> Poll<std::io::Result<T>>,
    ) -> Poll<std::io::Result<T>> {
        match self.0.lock().expect("a lock").as_deref_mut() {
            Some(stream) => work(Pin::new(stream)),
            None => Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into())),
        }
    }
}

impl AsyncRead for Closing {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.with(|stream| stream.poll_read(cx, buffer))
    }
}

impl AsyncWrite for Closing {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.with(|stream| stream.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.with(|stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.with(|stream| stream.poll_shutdown(cx))
    }
}
