//! Sockets over HTTP/2 (RFC 8441), which negotiate as those over HTTP/1.1 do.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::ext::Protocol;
use h2::{RecvStream, SendStream};
use http4k_ws::http::{self, Method};
use http4k_ws::server::Http2Config;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, duplex};

use super::*;
use crate::peer::{COMPRESSED, FIN, Peer, TEXT, within};

/// A stream of bytes over an extended CONNECT.
struct Stream {
    send: SendStream<Bytes>,
    receive: RecvStream,
    unread: Bytes,
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.unread.is_empty() {
            match ready!(self.receive.poll_data(cx)) {
                Some(data) => self.unread = data.map_err(io::Error::other)?,
                None => return Poll::Ready(Ok(())),
            }
        }
        let length = self.unread.len().min(buffer.remaining());
        buffer.put_slice(&self.unread.split_to(length));
        let _ = self.receive.flow_control().release_capacity(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // h2 queues what the window does not allow yet.
        let sent = self.send.send_data(Bytes::copy_from_slice(bytes), false);
        Poll::Ready(sent.map(|()| bytes.len()).map_err(io::Error::other))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Opens a socket with an offer. Returns the response's extensions, and the socket.
async fn open(config: ServerConfig, offer: &str) -> (http::Response<()>, Peer<Stream>) {
    let http2 = Http2Config::default().with_prior_knowledge(true);
    let (ours, theirs) = duplex(256 * 1024);
    let app = PolyHandler::new(|_: Request| "http", echo);
    tokio::spawn(app.serve_connection(theirs, config.with_http2(http2)));
    let (mut requests, mut connection) = h2::client::handshake(ours).await.expect("HTTP/2");
    within(poll_fn(|cx| {
        let _ = Pin::new(&mut connection).poll(cx);
        match requests.is_extended_connect_protocol_enabled() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }))
    .await;
    tokio::spawn(connection);
    let mut request = http::Request::builder()
        .method(Method::CONNECT)
        .uri("http://localhost/")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-extensions", offer)
        .body(())
        .expect("a request");
    request
        .extensions_mut()
        .insert(Protocol::from_static("websocket"));
    requests = requests.ready().await.expect("an open connection");
    let (response, send) = requests.send_request(request, false).expect("a stream");
    let response = within(response).await.expect("a response");
    let (head, receive) = response.into_parts();
    let stream = Stream {
        send,
        receive,
        unread: Bytes::new(),
    };
    (http::Response::from_parts(head, ()), Peer::over(stream))
}

#[tokio::test]
async fn a_socket_over_http2_is_compressed() {
    let (response, mut peer) = open(with_deflate(Deflate::default()), "permessage-deflate").await;
    assert_eq!(response.status(), 200);
    let agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    assert_eq!(response.headers()["sec-websocket-extensions"], agreed);
    let plain = text(20_000);
    peer.send(FIN | COMPRESSED | TEXT, compressed(&plain)).await;
    let (first, payload) = peer.next().await;
    assert_eq!(first, FIN | COMPRESSED | TEXT);
    assert!(Inflater::new().inflate(&payload) == plain.as_bytes());

    let (response, mut peer) = open(ServerConfig::default(), "permessage-deflate").await;
    assert_eq!(response.headers().get("sec-websocket-extensions"), None);
    peer.send(FIN | COMPRESSED | TEXT, compressed("a")).await;
    assert_eq!(peer.closed().await.0, 1002);
}

#[tokio::test]
async fn a_malformed_offer_over_http2_is_refused() {
    let (response, _peer) = open(with_deflate(Deflate::default()), "permessage-deflate;").await;
    assert_eq!(response.status(), 400);
}
