//! An application inside axum, over HTTP/2 and its extended CONNECT (RFC 8441).

use std::net::SocketAddr;

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::ext::Protocol;
use h2::{RecvStream, SendStream};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;

use crate::inside::{in_axum, serve};
use crate::support::{PATIENCE, ours};

async fn connected(at: SocketAddr) -> SendRequest<Bytes> {
    let tcp = tokio::net::TcpStream::connect(at)
        .await
        .expect("the server listens");
    let (h2, connection) = h2::client::handshake(tcp).await.expect("HTTP/2");
    tokio::spawn(async move {
        let _ = connection.await;
    });
    let h2 = h2.ready().await.expect("open");
    while !h2.is_extended_connect_protocol_enabled() {
        tokio::task::yield_now().await;
    }
    h2
}

/// Sends an extended CONNECT for `protocol`.
fn connect(
    h2: &mut SendRequest<Bytes>,
    uri: String,
    protocol: &'static str,
    fields: &[(&str, &str)],
) -> (ResponseFuture, SendStream<Bytes>) {
    let mut request = http::Request::builder().method("CONNECT").uri(uri);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    let mut request = request.body(()).expect("a request");
    request
        .extensions_mut()
        .insert(Protocol::from_static(protocol));
    h2.send_request(request, false).expect("open")
}

async fn read(body: &mut RecvStream) -> Option<Bytes> {
    let data = tokio::time::timeout(PATIENCE, body.data())
        .await
        .expect("in time")?;
    let data = data.expect("no reset");
    body.flow_control()
        .release_capacity(data.len())
        .expect("read");
    Some(data)
}

const WEBSOCKET: (&str, &str) = ("sec-websocket-version", "13");

#[tokio::test]
async fn a_socket_talks_on_a_stream_and_ends_in_order() {
    let service = ours().into_service(ServerConfig::default());
    let at = serve(in_axum(service.clone()));
    let mut h2 = connected(at).await;
    let uri = format!("http://{at}/ours/ws/bob");
    let fields = [
        WEBSOCKET,
        ("x-request-id", "nr-7"),
        ("sec-websocket-protocol", "a, b"),
    ];
    let (response, mut send) = connect(&mut h2, uri, "websocket", &fields);
    let response = response.await.expect("a response");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-request-id"], "nr-7");
    let mut body = response.into_body();
    assert_eq!(
        &read(&mut body).await.expect("a frame")[..],
        b"\x81\x09hello bob"
    );
    let hi = b"\x81\x82\0\0\0\0hi";
    send.send_data(Bytes::from_static(hi), false).expect("open");
    assert_eq!(&read(&mut body).await.expect("a frame")[..], b"\x81\x02hi");
    let close = b"\x88\x82\0\0\0\0\x03\xe8";
    send.send_data(Bytes::from_static(close), false)
        .expect("open");
    assert_eq!(
        &read(&mut body).await.expect("a frame")[..],
        b"\x88\x02\x03\xe8"
    );
    // END_STREAM, and no reset.
    assert!(read(&mut body).await.is_none_or(|end| end.is_empty()));
    drop(send);
    // Pages share the connection.
    let page = http::Request::get(format!("http://{at}/ours/hello/bob"))
        .body(())
        .expect("one");
    let (response, _send) = h2.send_request(page, true).expect("open");
    let response = response.await.expect("a response");
    assert_eq!(
        (
            response.status().as_u16(),
            response.headers()["content-length"].as_bytes()
        ),
        (200, &b"2010"[..])
    );
}

#[tokio::test]
async fn a_stop_closes_a_socket_on_a_stream() {
    let service = ours().into_service(ServerConfig::default());
    let at = serve(in_axum(service.clone()));
    let mut h2 = connected(at).await;
    let uri = || format!("http://{at}/ours/ws/bob");
    let (response, mut send) = connect(&mut h2, uri(), "websocket", &[WEBSOCKET]);
    let mut body = response.await.expect("a response").into_body();
    read(&mut body).await.expect("a greeting");
    let stopping = tokio::spawn({
        let service = service.clone();
        async move { service.stop().await }
    });
    let close = read(&mut body).await.expect("a frame");
    assert_eq!((close[0], &close[2..4]), (0x88, &b"\x03\xe9"[..]));
    send.send_data(Bytes::from_static(b"\x88\x82\0\0\0\0\x03\xe9"), false)
        .expect("open");
    let report = stopping.await.expect("no panic");
    assert_eq!((report.sockets, report.cut), (1, 0));
    let (response, _send) = connect(&mut h2, uri(), "websocket", &[WEBSOCKET]);
    assert_eq!(response.await.expect("a response").status(), 503);
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_on_its_stream() {
    let at = serve(in_axum(ours().into_service(ServerConfig::default())));
    let mut h2 = connected(at).await;
    let evil = ("origin", "https://evil.example");
    for (path, protocol, fields, status) in [
        ("/ours/ws/bob", "webtransport", &[][..], 501),
        ("/ours/ws/bob", "websocket", &[WEBSOCKET, evil], 403),
        (
            "/ours/ws/bob",
            "websocket",
            &[("sec-websocket-version", "12")],
            400,
        ),
        ("/ours/none", "websocket", &[WEBSOCKET], 404),
        ("/ours/ws/bob", "websocket", &[WEBSOCKET], 200),
    ] {
        let uri = format!("http://{at}{path}");
        let (response, _send) = connect(&mut h2, uri, protocol, fields);
        let response = response.await.expect("a response");
        assert_eq!(response.status(), status, "{path} {protocol}");
    }
    // A refusal that ends a connection of HTTP/1.1 is a response like any other.
    let request = http::Request::post(format!("http://{at}/ours/echo"));
    let request = request
        .header("content-length", "3000000")
        .body(())
        .expect("a request");
    let (response, _send) = h2.send_request(request, false).expect("open");
    assert_eq!(response.await.expect("a response").status(), 413);
    let page = http::Request::get(format!("http://{at}/ours/hello/bob"))
        .body(())
        .expect("one");
    let (response, _send) = h2.send_request(page, true).expect("open");
    assert_eq!(response.await.expect("a response").status(), 200);
}

#[tokio::test]
async fn cookies_in_several_fields_are_one() {
    fn cookie(request: Request) -> String {
        request.header("cookie").unwrap_or_default().to_owned()
    }
    let app = routes! {
        GET "/" => http(cookie),
    };
    let at = serve(in_axum(app.into_service(ServerConfig::default())));
    let mut h2 = connected(at).await;
    let request = http::Request::get(format!("http://{at}/ours/"));
    let request = request
        .header("cookie", "a=1")
        .header("cookie", "b=2")
        .body(())
        .expect("one");
    let (response, _send) = h2.send_request(request, true).expect("open");
    let mut body = response.await.expect("a response").into_body();
    assert_eq!(&read(&mut body).await.expect("a body")[..], b"a=1; b=2");
}
