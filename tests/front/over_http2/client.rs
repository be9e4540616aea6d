//! Two worlds in which an application runs: in memory, and over HTTP/2 with a client of the crate h2.

use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use h2::ext::Protocol;
use h2::{RecvStream, SendStream};
use http::HeaderMap;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::sse::{SseClient, SseReader};
use http4k_ws::testing::WsClient;
use tokio::runtime::Runtime;

use crate::masked::masked;

/// The way in which a client asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum By {
    Get,
    Options,
    Post,
    /// A socket that is closed.
    Socket,
    /// A socket that stays open.
    Kept,
    Events,
}

/// What a client sends.
pub(super) type Asked = (By, &'static str, &'static [(&'static str, &'static str)]);

/// The messages that a client sends on each socket.
const MESSAGES: [&str; 4] = ["one", "drop", "a longer message", "end"];

/// The body of each POST.
const BODY: &str = "a body that is thirty bytes long";

/// What a client received: whether the response is that of its kind, its fields, and the rest.
pub(super) struct Received {
    pub(super) outcome: String,
    pub(super) fields: HeaderMap,
    pub(super) text: String,
}

impl Received {
    fn refused(response: &Response) -> Self {
        Self {
            outcome: response.status().to_string(),
            fields: response.headers().clone(),
            text: response.body().as_text().unwrap_or("not text").to_owned(),
        }
    }

    fn socket(fields: &HeaderMap, messages: &[String]) -> Self {
        Self {
            outcome: "a socket".to_owned(),
            fields: fields.clone(),
            text: messages.join(", "),
        }
    }
}

pub(super) trait World {
    /// The first segment of all paths.
    const NAME: &'static str;

    fn new(app: PolyHandler) -> Self;

    fn ask(&mut self, asked: Asked, cookies: &str) -> Received;
}

fn path<W: World>((_, path, _): Asked) -> String {
    format!("/{}{path}", W::NAME)
}

/// Returns the fields of a request.
fn fields((by, _, fields): Asked, cookies: &str) -> Vec<(&'static str, String)> {
    let own = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    let mut fields: Vec<_> = own.collect();
    if !cookies.is_empty() {
        fields.push(("cookie", cookies.to_owned()));
    }
    if by == By::Events {
        fields.push(("accept", "text/event-stream".to_owned()));
    }
    fields
}

/// Returns what a client sends: nothing to a socket that ends by itself.
fn messages((_, path, _): Asked) -> &'static [&'static str] {
    match path.starts_with("/ws/") {
        true => &[],
        false => &MESSAGES,
    }
}

fn method(by: By) -> Method {
    match by {
        By::Options => Method::OPTIONS,
        By::Post => Method::POST,
        _ => Method::GET,
    }
}

pub(super) struct Memory {
    app: PolyHandler,
    kept: Vec<Box<dyn std::any::Any>>,
}

impl World for Memory {
    const NAME: &'static str = "mem";

    fn new(app: PolyHandler) -> Self {
        let kept = Vec::new();
        Self { app, kept }
    }

    fn ask(&mut self, asked: Asked, cookies: &str) -> Received {
        let by = asked.0;
        let request = (method(by), &*path::<Self>(asked)).into_request();
        let mut request = request.expect("a request").with_header("host", "localhost");
        for (name, value) in fields(asked, cookies) {
            let value = value.parse().expect("a value");
            request.headers_mut().append(name, value);
        }
        match by {
            By::Get | By::Options => Received::refused(&self.app.test_http(request)),
            By::Post => Received::refused(&self.app.test_http(request.with_body(BODY))),
            By::Socket | By::Kept => match self.app.try_test_ws(request) {
                Ok(client) => self.talk(asked, client),
                Err(refusal) => Received::refused(&refusal),
            },
            By::Events => match self.app.try_test_sse(request) {
                Ok(mut client) => {
                    let events: Vec<_> = client.received().map(|e| format!("{e:?}")).collect();
                    Received {
                        outcome: "events".to_owned(),
                        fields: client.response_headers().clone(),
                        text: format!("{} comments={}", events.join(", "), client.comments()),
                    }
                }
                Err(refusal) => Received::refused(&refusal),
            },
        }
    }
}

impl Memory {
    fn talk(&mut self, asked: Asked, mut client: impl WsClient + 'static) -> Received {
        let mut fields = client.response_headers().clone();
        if let Some(subprotocol) = client.subprotocol() {
            let subprotocol = subprotocol.parse().expect("a value");
            fields.insert("sec-websocket-protocol", subprotocol);
        }
        let mut messages = Vec::new();
        if asked.0 == By::Kept {
            self.kept.push(Box::new(client));
            return Received::socket(&fields, &messages);
        }
        for message in self::messages(asked) {
            let _ = client.send(*message);
        }
        let received = client.received().map_while(Result::ok);
        messages.extend(received.map(|message| message.text().into_owned()));
        messages.extend(client.closed().map(|status| status.to_string()));
        Received::socket(&fields, &messages)
    }
}

pub(super) struct Http2 {
    runtime: Runtime,
    client: SendRequest<Bytes>,
    kept: Vec<(SendStream<Bytes>, RecvStream)>,
}

/// The time limit of everything, on the paused clock.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Lets the server finish what it does at the end of a response, without a change of the time.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, work).await;
    done.expect("an end within an hour")
}

impl World for Http2 {
    const NAME: &'static str = "net";

    fn new(app: PolyHandler) -> Self {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build();
        let runtime = runtime.expect("a runtime");
        let client = runtime.block_on(async {
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
            let (mut client, connection) = h2::client::handshake(ours).await.expect("HTTP/2");
            tokio::spawn(connection);
            while !client.is_extended_connect_protocol_enabled() {
                tokio::task::yield_now().await;
                client = client.ready().await.expect("open");
            }
            client
        });
        let kept = Vec::new();
        Self {
            runtime,
            client,
            kept,
        }
    }

    fn ask(&mut self, asked: Asked, cookies: &str) -> Received {
        let request = self.request(asked, cookies);
        let Self {
            runtime,
            client,
            kept,
        } = self;
        runtime.block_on(within(async {
            let by = asked.0;
            let ends = matches!(by, By::Get | By::Options | By::Events);
            let (response, mut send) = client.send_request(request, ends).expect("open");
            if by == By::Post {
                // A refusal may have arrived first.
                let _ = send.send_data(Bytes::from(BODY), true);
            }
            let (head, mut body) = response.await.expect("a response").into_parts();
            let is_socket = matches!(by, By::Socket | By::Kept) && head.status == 200;
            if is_socket && by == By::Kept {
                kept.push((send, body));
                return Received::socket(&head.headers, &[]);
            }
            if is_socket {
                let messages = talk(asked, send, body).await;
                return Received::socket(&head.headers, &messages);
            }
            let mut bytes = Vec::new();
            while let Some(data) = body.data().await {
                bytes.extend_from_slice(&data.expect("a body that does not fail"));
            }
            // The server finishes what it does at the end of a response.
            settle().await;
            let response = Response::from_parts(head, Body::from(bytes));
            match by {
                By::Events => read_events(response).await,
                _ => Received::refused(&response),
            }
        }))
    }
}

impl Http2 {
    fn request(&self, asked: Asked, cookies: &str) -> http::Request<()> {
        let is_socket = matches!(asked.0, By::Socket | By::Kept);
        let uri = format!("http://localhost{}", path::<Self>(asked));
        let mut request = http::Request::builder().uri(uri).method(method(asked.0));
        for (name, value) in fields(asked, cookies) {
            request = request.header(name, value);
        }
        if is_socket {
            request = request
                .method("CONNECT")
                .header("sec-websocket-version", "13");
            request = request.extension(Protocol::from_static("websocket"));
        }
        request.body(()).expect("a request")
    }
}

/// Sends the messages, and returns those of the server, the last of which is how it closed.
async fn talk(asked: Asked, mut send: SendStream<Bytes>, mut receive: RecvStream) -> Vec<String> {
    for message in messages(asked) {
        settle().await;
        let frame = masked(0x81, message.as_bytes());
        let _ = send.send_data(Bytes::from(frame), false);
    }
    let mut bytes = Vec::new();
    let mut messages = Vec::new();
    loop {
        while bytes.len() < 2 || bytes.len() < 2 + usize::from(bytes[1]) {
            let data = receive.data().await.expect("a close frame").expect("bytes");
            bytes.extend_from_slice(&data);
        }
        let length = 2 + usize::from(bytes[1]);
        assert!(length < 128, "the messages of these tests are short");
        let frame: Vec<u8> = bytes.drain(..length).collect();
        match frame[0] {
            0x81 => messages.push(String::from_utf8(frame[2..].to_vec()).expect("text")),
            0x88 => {
                let code = u16::from_be_bytes([frame[2], frame[3]]);
                let reason = String::from_utf8(frame[4..].to_vec()).expect("text");
                let status = WsStatus::new(code, reason).expect("a status");
                messages.push(status.to_string());
                let mut close = vec![0x88, 0x82, 0, 0, 0, 0];
                close.extend_from_slice(&frame[2..4]);
                let _ = send.send_data(Bytes::from(close), true);
                settle().await;
                return messages;
            }
            other => panic!("an unexpected frame {other:x}"),
        }
    }
}

async fn read_events(response: Response) -> Received {
    let fields = response.headers().clone();
    let mut reader = match SseReader::new(response) {
        Ok(reader) => reader,
        Err(refusal) => return Received::refused(&refusal),
    };
    let mut events = Vec::new();
    while let Ok(Some(event)) = reader.recv().await {
        events.push(format!("Ok({event:?})"));
    }
    Received {
        outcome: "events".to_owned(),
        fields,
        text: format!("{} comments={}", events.join(", "), reader.comments()),
    }
}
