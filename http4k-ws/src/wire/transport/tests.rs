use std::task::Waker;

use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

use super::*;
use crate::message::WsMessage;
use crate::session::SessionConfig;
use crate::wire::Metered;

fn server() -> (DuplexStream, Wire<Metered<DuplexStream>>) {
    let (client, server) = duplex(256 * 1024);
    let server = Metered::new(server);
    let progress = StreamProgress::alone(server.meter());
    let limits = Limits::of(&SessionConfig::default());
    let wire = Wire::server(server, progress, Bytes::new(), limits);
    (client, wire)
}

/// A text message of one letter, with a key of zeros.
const LETTER: &[u8] = &[0x81, 0x81, 0, 0, 0, 0, b'a'];

#[tokio::test]
async fn the_departure_of_a_peer_is_noticed_in_reading_and_not_before_something_is_sent() {
    let (mut client, mut wire) = server();
    client.write_all(LETTER).await.expect("room");
    drop(client);
    let mut cx = Context::from_waker(Waker::noop());
    // Nothing is to be sent, so nothing fails.
    assert!(matches!(wire.poll_ready(&mut cx), Poll::Ready(Ok(()))));
    assert!(matches!(wire.poll_flush(&mut cx), Poll::Ready(Ok(()))));
    let Poll::Ready(Incoming::Message(message)) = wire.poll_incoming(&mut cx) else {
        panic!("the message of a peer that has left");
    };
    assert_eq!(message, "a");
    assert!(matches!(wire.poll_ready(&mut cx), Poll::Ready(Ok(()))));
    assert!(matches!(
        wire.poll_incoming(&mut cx),
        Poll::Ready(Incoming::Lost)
    ));
    let message = WsMessage::from("too late");
    wire.start_send(Outgoing::Message(message)).expect("open");
    assert!(matches!(wire.poll_flush(&mut cx), Poll::Ready(Err(Gone))));
}

#[tokio::test]
async fn progress_counts_bytes_of_a_message_that_is_read_directly() {
    let (mut client, mut wire) = server();
    let mut cx = Context::from_waker(Waker::noop());
    let header = [0x82, 0x80 | 127, 0, 0, 0, 0, 0, 1, 0x86, 0xA0, 0, 0, 0, 0];
    client.write_all(&header).await.expect("room");
    client.write_all(&[7; 70_000]).await.expect("room");
    assert!(wire.poll_incoming(&mut cx).is_pending());
    let progress = wire.progress();
    assert_eq!(progress.bytes_read, 70_014);
    assert_eq!(progress.partial.map(|partial| partial.bytes), Some(70_000));
    assert_eq!(wire.buffered(), 70_000);
    client.write_all(&[7; 30_000]).await.expect("room");
    let Poll::Ready(Incoming::Message(message)) = wire.poll_incoming(&mut cx) else {
        panic!("a message");
    };
    assert_eq!(message.as_bytes().len(), 100_000);
    assert_eq!((wire.progress().partial, wire.buffered()), (None, 0));
}
