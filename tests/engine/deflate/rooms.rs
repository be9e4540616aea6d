//! One message to many sockets.

use std::sync::{Arc, Mutex};

use allocation_counter::measure;
use tokio::runtime::Builder;

use super::*;
use crate::peer::{COMPRESSED, FIN, Peer, TEXT};

const MEMBERS: usize = 1000;

type Members = Arc<Mutex<Vec<WsSender>>>;

async fn join(mut ws: WebSocket, members: Members) -> WsResult {
    members.lock().unwrap().push(ws.sender());
    while ws.recv().await?.is_some() {}
    Ok(())
}

/// Opens a room, and broadcasts `message` to it. Returns the frame that each member received, and
/// the number of allocations and of bytes that it took to send them.
fn broadcast(deflate: Option<Deflate>, message: WsMessage) -> (Vec<(u8, Vec<u8>)>, u64, u64) {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let members = Members::default();
    let session = SessionConfig::default().with_deflate(deflate);
    let config = ServerConfig::default().with_session(session);
    let mut peers = runtime.block_on(async {
        let mut peers = Vec::new();
        for _ in 0..MEMBERS {
            let members = Arc::clone(&members);
            let app = move |ws: WebSocket| join(ws, Arc::clone(&members));
            peers.push(Peer::open(app, config.clone(), "/", &["permessage-deflate"]).await);
        }
        peers
    });
    let members = members.lock().unwrap().clone();
    assert_eq!(members.len(), MEMBERS);
    let cost = measure(|| {
        runtime.block_on(async {
            for member in &members {
                member.try_send(message.clone()).expect("room");
            }
            // Each session runs until it has nothing left to do.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
        });
    });
    let frames = runtime.block_on(async {
        let mut frames = Vec::new();
        for peer in &mut peers {
            frames.push(peer.next().await);
        }
        frames
    });
    (frames, cost.count_total, cost.bytes_total)
}

/// Each compression would allocate its own payload, beside the state of the compressor.
#[test]
fn a_broadcast_is_compressed_once() {
    let plain = text(4000);
    let deflate = Deflate::default();
    // The pool of the thread and the list of forms exist from now on.
    broadcast(Some(deflate), text(300).into());

    let (frames, without, bytes_without) = broadcast(None, WsMessage::from(&plain));
    assert!(
        frames
            .iter()
            .all(|frame| *frame == (FIN | TEXT, plain.clone().into_bytes()))
    );
    let (frames, with, bytes_with) = broadcast(Some(deflate), WsMessage::from(&plain));
    let (first, payload) = &frames[0];
    assert_eq!(*first, FIN | COMPRESSED | TEXT);
    assert!(Inflater::new().inflate(payload) == plain.as_bytes());
    assert!(frames.iter().all(|frame| *frame == frames[0]));
    assert!(
        with < without + 20,
        "{with} allocations, {without} without compression"
    );
    assert!(
        bytes_with < bytes_without + 600_000,
        "{bytes_with} bytes, {bytes_without} without"
    );
}
