//! §3: the setting that announces extended CONNECT.

use http4k_ws::server::ServerConfig;

use super::app;
use crate::http2::client::{Client, get};
use crate::http2::frames::{ACK, Frame, HEADERS, Peer, SETTINGS};
use crate::http2::serve;

const ENABLE_CONNECT_PROTOCOL: [u8; 6] = [0, 8, 0, 0, 0, 1];

/// The setting comes first, before a client may use extended CONNECT.
#[tokio::test(start_paused = true)]
async fn the_first_frame_announces_extended_connect() {
    let mut peer = Peer::new(serve(app(), ServerConfig::default()).0, &[]).await;
    let first = peer.next().await.expect("a frame");
    assert_eq!((first.kind, first.flags & ACK), (SETTINGS, 0));
    let told = first
        .payload
        .chunks(6)
        .any(|six| six == ENABLE_CONNECT_PROTOCOL);
    assert!(told, "{first:?}");
}

/// "MUST NOT send … 0 after previously sending a value of 1".
#[tokio::test(start_paused = true)]
async fn the_setting_is_never_withdrawn() {
    let mut peer = Peer::new(serve(app(), ServerConfig::default()).0, &[]).await;
    for stream in [1, 3] {
        peer.send(Frame::get(stream, "/")).await;
    }
    let mut answers = 0;
    let mut told = Vec::new();
    while answers < 2 {
        let frame = peer.next().await.expect("a frame");
        match frame.kind {
            HEADERS => answers += 1,
            SETTINGS => told.extend(frame.payload.chunks(6).map(<[u8]>::to_vec)),
            _ => {}
        }
    }
    let taken_back = told
        .iter()
        .any(|six| six[..2] == [0, 8] && six[2..] != [0, 0, 0, 1]);
    assert!(!taken_back, "{told:?}");
}

/// Clients with and without the setting are both served.
#[tokio::test(start_paused = true)]
async fn a_client_may_send_the_setting_too() {
    let (ours, _serving) = serve(app(), ServerConfig::default());
    let mut peer = Peer::new(ours, &[(8, 1)]).await;
    peer.send(Frame::get(1, "/")).await;
    let head = peer.next_of(&[HEADERS]).await.expect("an answer");
    assert_eq!(head.payload[0], 0x88);

    let mut client = Client::to(app(), ServerConfig::default()).await;
    assert!(client.requests.is_extended_connect_protocol_enabled());
    assert_eq!(client.ask(get("/", &[])).await.text(), "http");
}
