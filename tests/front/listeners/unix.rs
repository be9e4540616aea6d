//! Servers and clients over a Unix socket.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};

use http4k_ws::client::{
    BlockingHttpClient, ConnectError, DialError, EventSource, HttpClient, HttpClientError,
    WebSocketClient,
};
use http4k_ws::message::HostPolicy;
use http4k_ws::prelude::*;
use http4k_ws::server::{ListenAddr, RunningServer, ServerConfig, UnixSocket};

use super::{Folder, app, within};

fn start_with(folder: &Folder, config: ServerConfig) -> RunningServer {
    let socket = UnixSocket::at(folder.socket()).bind().expect("a socket");
    let server = app().as_server_with(socket).with_config(config);
    server.with_threads(2).start().expect("a server")
}

fn start(folder: &Folder) -> RunningServer {
    start_with(folder, ServerConfig::default())
}

fn client(folder: &Folder) -> BlockingHttpClient {
    let client = HttpClient::new().with_unix_socket(folder.socket());
    client.blocking()
}

/// Sends `request`, and returns everything that the server sends until it closes the connection.
fn exchanged(folder: &Folder, request: &str) -> String {
    let mut stream = UnixStream::connect(folder.socket()).expect("a connection");
    stream
        .set_read_timeout(Some(super::DEADLINE))
        .expect("a time limit");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut received = String::new();
    stream.read_to_string(&mut received).expect("a response");
    received
}

#[test]
fn a_request_has_no_addresses_and_any_host() {
    let folder = Folder::new();
    let server = start(&folder);
    let path = folder.socket();
    assert_eq!(server.addrs(), [ListenAddr::Unix(path.clone())]);
    assert_eq!(server.unix_path(), Some(path.as_path()));
    let client = client(&folder);
    for (target, host) in [
        ("/", "localhost"),
        ("http://chat.example:8080/", "chat.example:8080"),
    ] {
        let response = client.send(target).expect("a response");
        let expected = format!("None None {host} HTTP/1.1");
        assert_eq!(response.body(), expected.as_str());
    }
}

#[test]
fn a_configured_host_policy_holds() {
    let folder = Folder::new();
    let config = ServerConfig::default().with_hosts(HostPolicy::loopback());
    let _server = start_with(&folder, config);
    let client = client(&folder);
    assert_eq!(client.send("/").expect("a response").status(), 200);
    let refused = client.send("http://evil.example/").expect("a response");
    assert_eq!(refused.status(), 421);
}

#[tokio::test]
async fn requests_sockets_and_streams_work_and_a_stop_ends_them() {
    let folder = Folder::new();
    let server = start(&folder);
    let path = folder.socket();

    let client = HttpClient::new().with_unix_socket(&path);
    let body = Request::post("/size").body(Body::from(vec![b'x'; 1 << 20]));
    assert_eq!(within(client.send(body)).await.unwrap().body(), "1048576");

    let socket = WebSocketClient::to("ws://localhost/echo").with_unix_socket(&path);
    let mut socket = within(socket.connect()).await.expect("a socket");
    let long = "x".repeat(500_000);
    for text in ["hello", long.as_str()] {
        socket.send(text).await.expect("an open socket");
        let echoed = within(socket.recv()).await.expect("an open socket");
        assert!(echoed.expect("a message").text() == text);
    }

    let source = EventSource::to("/feed")
        .with_unix_socket(&path)
        .with_reconnection(false);
    let mut source = source.start::<String>();
    for expected in ["one", "two"] {
        let event = within(source.recv()).await.expect("an open stream");
        assert_eq!(event.as_deref(), Some(expected));
    }

    assert!(path.exists());
    let stopped = tokio::task::spawn_blocking(|| server.stop());
    assert_eq!(within(socket.closed()).await.code(), 1001);
    assert_eq!(within(source.recv()).await.expect("an end"), None);
    let report = within(stopped).await.expect("a report");
    assert_eq!((report.cut, report.sockets, report.streams), (0, 1, 1));
    assert!(!path.exists());
}

#[test]
fn dropping_the_server_removes_the_file() {
    let folder = Folder::new();
    let server = start(&folder);
    drop(server);
    assert!(!folder.socket().exists());
    // The path is free at once.
    let _server = start(&folder);
    assert_eq!(client(&folder).send("/").expect("a response").status(), 200);
}

#[test]
fn a_listener_of_std_keeps_its_file() {
    let folder = Folder::new();
    let listener = std::os::unix::net::UnixListener::bind(folder.socket()).expect("a listener");
    // It blocks, until the server changes that.
    let server = app().as_server_with(listener).start().expect("a server");
    assert_eq!(client(&folder).send("/").expect("a response").status(), 200);
    server.stop();
    assert!(folder.socket().exists());
}

#[test]
fn the_limit_per_address_does_not_apply_and_the_limit_of_all_does() {
    let folder = Folder::new();
    let config = ServerConfig::default()
        .with_max_connections(3)
        .with_max_connections_per_address(1);
    let _server = start_with(&folder, config);
    let connect = || {
        let mut stream = UnixStream::connect(folder.socket()).expect("a connection");
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .expect("a request");
        stream
    };
    let served = |stream: &mut UnixStream, limit: Duration| {
        stream.set_read_timeout(Some(limit)).expect("a time limit");
        let mut start = [0; 12];
        stream.read_exact(&mut start).is_ok() && start == *b"HTTP/1.1 200"
    };
    let mut open = [connect(), connect(), connect()];
    for stream in &mut open {
        assert!(served(stream, super::DEADLINE));
    }
    let mut waiting = connect();
    assert!(!served(&mut waiting, Duration::from_millis(200)));
    drop(open);
    assert!(served(&mut waiting, super::DEADLINE));
}

#[test]
fn a_client_that_leaves_ends_its_stream() {
    let folder = Folder::new();
    let server = start(&folder);
    let mut stream = UnixStream::connect(folder.socket()).expect("a connection");
    let request = "GET /feed HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("a request");
    let mut start = [0; 12];
    stream.read_exact(&mut start).expect("a response");
    drop(stream);
    // `stream_half_close` is 1 s. Otherwise the stream would be there when the server stops.
    std::thread::sleep(Duration::from_millis(2500));
    let report = server.stop();
    assert_eq!((report.streams, report.connections, report.cut), (0, 0, 0));
}

#[test]
fn a_client_that_ended_its_side_receives_its_response() {
    let folder = Folder::new();
    let _server = start(&folder);
    let mut stream = UnixStream::connect(folder.socket()).expect("a connection");
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .expect("a request");
    stream.shutdown(std::net::Shutdown::Write).expect("an end");
    let mut received = String::new();
    stream.read_to_string(&mut received).expect("a response");
    assert!(received.starts_with("HTTP/1.1 200"), "{received}");
}

#[test]
fn bytes_that_are_not_http_are_refused() {
    let folder = Folder::new();
    let _server = start(&folder);
    let received = exchanged(&folder, "hello\r\n\r\n");
    assert!(received.starts_with("HTTP/1.1 400"), "{received}");
}

#[test]
fn a_client_of_a_missing_socket_names_its_path() {
    let folder = Folder::new();
    let path = folder.socket();
    let named = |error: DialError| {
        assert!(matches!(error, DialError::UnixUnreachable { .. }));
        let text = error.to_string();
        assert!(text.contains(path.to_str().unwrap()), "{text}");
    };
    for _stale in [false, true] {
        match client(&folder).send("/") {
            Err(HttpClientError::Dial(error)) => named(error),
            other => panic!("{other:?}"),
        }
        let socket = WebSocketClient::to("ws://localhost/").with_unix_socket(&path);
        match socket.blocking() {
            Err(ConnectError::Dial(error)) => named(error),
            other => panic!("{other:?}"),
        }
        let _ = std::os::unix::net::UnixListener::bind(&path);
    }
    let source = EventSource::to("/feed")
        .with_unix_socket(&path)
        .with_reconnection(false);
    let mut source = source.blocking().expect("a source");
    let error = source.opened().expect_err("nothing listens");
    let text = format!("{error:?}");
    assert!(text.contains(path.to_str().unwrap()), "{text}");
}

#[tokio::test]
async fn a_client_waits_while_the_queue_is_full() {
    let folder = Folder::new();
    let path = folder.socket();
    let listener = tokio::net::UnixSocket::new_stream().expect("a socket");
    listener.bind(&path).expect("a free path");
    let listener = listener.listen(1).expect("a listener");
    // Nothing accepts, so that the queue fills.
    let mut queued = Vec::new();
    let full = loop {
        match tokio::net::UnixStream::connect(&path).await {
            Ok(stream) => queued.push(stream),
            Err(error) => break error,
        }
    };
    assert_eq!(full.kind(), std::io::ErrorKind::WouldBlock);

    let client = HttpClient::new().with_unix_socket(&path);
    let limit = Duration::from_millis(100);
    let impatient = client.clone().with_connect_timeout(limit);
    let started = Instant::now();
    let error = within(impatient.send("/")).await.expect_err("a full queue");
    assert!(matches!(error, HttpClientError::ConnectTimeout { after } if after == limit));
    assert!(started.elapsed() >= limit);

    let late = tokio::spawn(async move { client.send("/").await });
    drop(queued);
    let config = ServerConfig::default();
    tokio::spawn(app().serve_until(listener, config, std::future::pending::<()>()));
    let response = within(late).await.expect("no panic").expect("a response");
    assert_eq!(response.status(), 200);
}

#[cfg(target_os = "linux")]
#[test]
fn an_abstract_name_connects_both() {
    let name = format!("\0h4k-front-{}", std::process::id());
    let socket = UnixSocket::at(&name).bind().expect("a socket");
    let server = app().as_server_with(socket).start().expect("a server");
    assert_eq!(
        server.addrs()[0].to_string(),
        format!("unix:@{}", &name[1..])
    );
    let client = HttpClient::new().with_unix_socket(&name).blocking();
    assert_eq!(client.send("/").expect("a response").status(), 200);
    let absent = HttpClient::new()
        .with_unix_socket("\0h4k-absent")
        .blocking();
    let error = absent.send("/").expect_err("nothing listens");
    assert!(error.to_string().contains("`@h4k-absent`"), "{error}");
}

/// Runs curl over the socket. Returns `None` if it is not installed.
fn curl(folder: &Folder, arguments: &[&str]) -> Option<String> {
    let output = Command::new("curl")
        .args(["-sS", "--max-time", "20", "--unix-socket"])
        .arg(folder.socket())
        .args(arguments)
        .output();
    match output {
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{error}");
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Err(error) => {
            eprintln!("skipped, because curl does not run: {error}");
            None
        }
    }
}

#[test]
fn curl_speaks_both_versions_of_http() {
    let folder = Folder::new();
    let _server = start(&folder);
    for (flag, version) in [
        ("--http1.1", "HTTP/1.1"),
        ("--http2-prior-knowledge", "HTTP/2.0"),
    ] {
        let received = curl(&folder, &[flag, "http://localhost/"]);
        if let Some(received) = received {
            assert_eq!(received, format!("None None localhost {version}"));
        }
    }
}

#[test]
fn requests_of_one_client_share_a_connection() {
    let folder = Folder::new();
    // One connection at a time: a second one would wait for ever.
    let _server = start_with(&folder, ServerConfig::default().with_max_connections(1));
    let client = client(&folder);
    for _ in 0..5 {
        assert_eq!(client.send("/").expect("a response").status(), 200);
    }
}
