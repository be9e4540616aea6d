//! A client independent of the library.

use bytes::Bytes;
use h2::client::{Builder, ResponseFuture, SendRequest};
use h2::ext::Protocol;
use h2::{Reason, RecvStream, SendStream};
use http::{HeaderMap, Method, Request, StatusCode};
use http4k_ws::PolyHandler;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;

use super::{serve, within};
use crate::masked::masked;

pub(crate) struct Client {
    pub(crate) requests: SendRequest<Bytes>,
    /// Ends with the connection.
    pub(crate) connection: JoinHandle<Result<(), h2::Error>>,
}

/// A complete response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) fields: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Option<HeaderMap>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }
}

/// Returns a `GET` of a path at localhost, with additional fields.
pub(crate) fn get(path: &str, fields: &[(&str, &str)]) -> Request<()> {
    request(Method::GET, path, fields)
}

pub(crate) fn request(method: Method, path: &str, fields: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("http://localhost{path}"));
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request")
}

/// Returns an extended CONNECT for a WebSocket (RFC 8441 §5).
pub(crate) fn handshake(path: &str, fields: &[(&str, &str)]) -> Request<()> {
    let version = [("sec-websocket-version", "13")];
    let mut request = request(Method::CONNECT, path, &[&version, fields].concat());
    let protocol = Protocol::from_static("websocket");
    request.extensions_mut().insert(protocol);
    request
}

impl Client {
    pub(crate) async fn to(app: PolyHandler, config: ServerConfig) -> Self {
        Self::over(serve(app, config).0, &Builder::new()).await
    }

    pub(crate) async fn over<S>(io: S, builder: &Builder) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let shaken = within(builder.handshake(io)).await;
        let (mut requests, connection) = shaken.expect("HTTP/2");
        let connection = tokio::spawn(connection);
        // Wait for the server's settings.
        for _ in 0..1000 {
            requests = within(requests.ready()).await.expect("a connection");
            if requests.is_extended_connect_protocol_enabled() {
                break;
            }
            tokio::task::yield_now().await;
        }
        Self {
            requests,
            connection,
        }
    }

    /// Sends the head of a request.
    pub(crate) fn begin(
        &mut self,
        request: Request<()>,
        ended: bool,
    ) -> (ResponseFuture, SendStream<Bytes>) {
        let begun = self.requests.send_request(request, ended);
        begun.expect("a request that can be sent")
    }

    pub(crate) async fn ask(&mut self, request: Request<()>) -> Answer {
        let (answer, _) = self.begin(request, true);
        whole(answer).await.expect("an answer")
    }

    /// Returns the reason for which a request was reset.
    pub(crate) async fn refused(&mut self, request: Request<()>) -> Reason {
        let (answer, _) = self.begin(request, true);
        let error = whole(answer).await.expect_err("no answer");
        error.reason().expect("a reset")
    }

    /// Opens a socket, which the server must accept.
    pub(crate) async fn open(&mut self, path: &str, fields: &[(&str, &str)]) -> Socket {
        let (answer, send) = self.begin(handshake(path, fields), false);
        let answer = within(answer).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        let (head, receive) = answer.into_parts();
        Socket {
            fields: head.headers,
            send,
            receive,
            unread: Vec::new(),
        }
    }
}

pub(crate) async fn whole(answer: ResponseFuture) -> Result<Answer, h2::Error> {
    let (head, mut body) = within(answer).await?.into_parts();
    let mut bytes = Vec::new();
    while let Some(data) = within(body.data()).await {
        let data = data?;
        bytes.extend_from_slice(&data);
        body.flow_control().release_capacity(data.len())?;
    }
    Ok(Answer {
        status: head.status,
        fields: head.headers,
        body: bytes,
        trailers: within(body.trailers()).await?,
    })
}

/// A stream that is a socket, with frames made by hand.
pub(crate) struct Socket {
    pub(crate) fields: HeaderMap,
    pub(crate) send: SendStream<Bytes>,
    pub(crate) receive: RecvStream,
    unread: Vec<u8>,
}

pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;

impl Socket {
    /// Sends raw bytes.
    pub(crate) fn send_bytes(&mut self, bytes: impl Into<Vec<u8>>) {
        let bytes = Bytes::from(bytes.into());
        self.send.send_data(bytes, false).expect("an open stream");
    }

    /// Sends a client's frame, masked with a key of zeros (RFC 6455 §5.3).
    pub(crate) fn send_frame(&mut self, opcode: u8, payload: &[u8]) {
        self.send_bytes(masked(0x80 | opcode, payload));
    }

    pub(crate) fn end(&mut self) {
        let ended = self.send.send_data(Bytes::new(), true);
        ended.expect("an open stream");
    }

    /// Reads more bytes. Returns `false` at the end of the stream.
    async fn fill(&mut self) -> Result<bool, h2::Error> {
        let Some(data) = within(self.receive.data()).await else {
            return Ok(false);
        };
        let data = data?;
        self.unread.extend_from_slice(&data);
        self.receive.flow_control().release_capacity(data.len())?;
        Ok(true)
    }

    async fn take(&mut self, length: usize) -> Vec<u8> {
        while self.unread.len() < length {
            assert!(self.fill().await.expect("bytes"), "it ended too early");
        }
        self.unread.drain(..length).collect()
    }

    /// Reads a frame. Returns its opcode and payload.
    pub(crate) async fn frame(&mut self) -> (u8, Vec<u8>) {
        let start = self.take(2).await;
        assert_eq!(start[0] & 0xF0, 0x80, "one frame is one message");
        let length = match start[1] {
            126 => {
                let extended = self.take(2).await;
                u64::from(u16::from_be_bytes(extended.try_into().expect("two")))
            }
            127 => u64::from_be_bytes(self.take(8).await.try_into().expect("eight")),
            short => u64::from(short),
        };
        (start[0] & 0x0F, self.take(length as usize).await)
    }

    pub(crate) async fn text(&mut self) -> String {
        let (opcode, payload) = self.frame().await;
        assert_eq!(opcode, TEXT, "{payload:?}");
        String::from_utf8(payload).expect("text")
    }

    /// Reads a close frame. Returns its code.
    pub(crate) async fn close_code(&mut self) -> u16 {
        let (opcode, payload) = self.frame().await;
        assert_eq!(opcode, CLOSE, "{payload:?}");
        u16::from_be_bytes([payload[0], payload[1]])
    }

    /// Returns the way in which the stream ends without further bytes: in order, or by a reset.
    pub(crate) async fn ended(&mut self) -> Option<Reason> {
        loop {
            let more = self.fill().await;
            assert!(self.unread.is_empty(), "more came: {:?}", self.unread);
            match more {
                // An empty frame.
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(error.reason().expect("a reset")),
            }
        }
    }
}
