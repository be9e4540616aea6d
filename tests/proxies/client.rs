//! A client that connects to the proxy from an address of its own, and forges what it can.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use http4k_ws::client::{ClientTls, ConnectError, HttpClient, WebSocketClient};
use http4k_ws::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

const LONGEST: Duration = Duration::from_secs(10);

/// An address of this machine other than that of the proxy, which is trusted.
pub(crate) const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

/// The fields with which a client would claim to be another.
const FORGED: &str = "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: gopher\r\n\
                      X-Forwarded-Host: evil.example\r\nX-Real-IP: 6.6.6.6\r\n\
                      Forwarded: for=6.6.6.6;host=evil.example;proto=gopher\r\n";

/// The way to a proxy.
pub(crate) struct Way {
    pub(crate) address: SocketAddr,
    /// The authority that the client trusts, with TLS.
    pub(crate) authority: Option<String>,
}

impl Way {
    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    pub(crate) fn scheme(&self) -> &'static str {
        match self.authority {
            Some(_) => "https",
            None => "http",
        }
    }

    async fn connect(&self, from: Ipv4Addr) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind((from, 0).into())
            .expect("an address of this machine");
        socket.connect(self.address).await.expect("a proxy")
    }

    /// Sends a request with forged fields, and returns the text of the response.
    pub(crate) async fn get(&self, path: &str, from: Ipv4Addr) -> String {
        let mut request = Request::get(format!("{}://{}{path}", self.scheme(), self.host()));
        for line in FORGED.lines() {
            let (name, value) = line.split_once(": ").expect("a field");
            request = request.header(name, value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let mut client = HttpClient::new();
        if let Some(authority) = &self.authority {
            client = client.with_tls(ClientTls::trusting_only(authority).expect("a certificate"));
        }
        let sent = client.send_over(self.connect(from).await, request);
        let response = timeout(LONGEST, sent)
            .await
            .expect("in time")
            .expect("a response");
        assert_eq!(response.status(), 200, "{path}");
        let bytes = response.body().as_bytes().expect("a whole body");
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// Opens a socket as a page of `origin` does, and returns the first message and an echo.
    pub(crate) async fn open(&self, origin: &str) -> Result<[String; 2], ConnectError> {
        let scheme = self.scheme().replace("http", "ws");
        let mut client = WebSocketClient::to(format!("{scheme}://{}/ws", self.host()))
            .with_header("origin", origin)
            .with_header("x-forwarded-for", "6.6.6.6")
            .with_header("x-forwarded-host", "evil.example");
        if let Some(authority) = &self.authority {
            client = client.with_tls(ClientTls::trusting_only(authority).expect("a certificate"));
        }
        let opened = client.connect_over(self.connect(CLIENT).await);
        let mut socket = timeout(LONGEST, opened).await.expect("in time")?;
        socket.send("echo").await.expect("an open socket");
        let mut messages = [String::new(), String::new()];
        for message in &mut messages {
            let received = timeout(LONGEST, socket.recv()).await.expect("in time");
            *message = received
                .expect("open")
                .expect("a message")
                .text()
                .into_owned();
        }
        Ok(messages)
    }

    /// Reads the first event of a stream that sends no second one.
    pub(crate) async fn first_event(&self) -> String {
        let head = format!(
            "GET /events HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\n{FORGED}\r\n",
            self.host()
        );
        let mut stream = self.connect(CLIENT).await;
        stream
            .write_all(head.as_bytes())
            .await
            .expect("a connection");
        let mut all = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&all).into_owned();
            if let Some((_, event)) = text.split_once("data: ") {
                if let Some((event, _)) = event.split_once('\n') {
                    return event.to_owned();
                }
            }
            let read = timeout(LONGEST, stream.read_buf(&mut all)).await;
            let read = read.unwrap_or_else(|_| panic!("the event is held back: {text}"));
            assert_ne!(read.expect("a connection"), 0, "{text}");
        }
    }

    /// Checks a request, a socket with its origin, and a stream, all from [`CLIENT`].
    pub(crate) async fn is_transparent(&self) {
        let seen = format!("{CLIENT} {} {}", self.scheme(), self.host());
        assert_eq!(self.get("/", CLIENT).await, seen);
        self.opens_sockets(&seen).await;
        if self.authority.is_none() {
            assert_eq!(self.first_event().await, seen);
        }
    }

    pub(crate) async fn opens_sockets(&self, seen: &str) {
        let own = format!("{}://{}", self.scheme(), self.host());
        let messages = self.open(&own).await.expect("a socket");
        assert_eq!(messages, [seen, "echo"]);
        for origin in ["https://evil.example", "https://localhost:1"] {
            let refused = self.open(origin).await.expect_err("a refusal").to_string();
            assert!(refused.contains("403"), "{refused}");
        }
    }
}
