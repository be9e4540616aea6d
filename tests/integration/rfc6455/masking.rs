//! §5.1 and §5.3: masking of frames.

use super::*;

/// §5.1: "The server MUST close the connection upon receiving a frame that is not masked."
#[test]
fn an_unmasked_frame_fails_the_connection() {
    let unmasked = |frame: Frame| frame.masked_with(None).bytes();
    each_fails_with(
        1002,
        &[
            ("text", unmasked(Frame::new(TEXT, "x"))),
            ("empty text", unmasked(Frame::new(TEXT, ""))),
            ("binary", unmasked(Frame::new(BINARY, [0; 300]))),
            ("a fragment", unmasked(Frame::new(TEXT, "x").not_final())),
            ("a ping", unmasked(Frame::new(PING, "x"))),
            ("a pong", unmasked(Frame::new(PONG, ""))),
            ("a close frame", unmasked(Frame::close(1000, ""))),
            (
                "the second fragment",
                [
                    Frame::new(TEXT, "x").not_final().bytes(),
                    unmasked(Frame::new(CONTINUATION, "y")),
                ]
                .concat(),
            ),
        ],
    );
}

/// §5.3: a client may choose any key; the payload is the same.
#[test]
fn every_masking_key_is_removed() {
    let mut socket = open();
    let keys = [
        [0; 4],
        [0xFF; 4],
        [1, 2, 3, 4],
        [0x80, 0, 0, 0],
        [0, 0, 0, 1],
    ];
    for key in keys {
        for length in [0, 1, 2, 3, 4, 5, 7, 8, 9, 125, 126, 1000, 65_535, 65_536] {
            let payload: Vec<u8> = (0..length).map(|at| (at * 7) as u8).collect();
            let frame = Frame::new(BINARY, &payload).masked_with(Some(key));
            socket.send(&[frame]).expect(BINARY, payload);
        }
    }
}

/// §5.1: "A server MUST NOT mask any frames that it sends to the client."
#[test]
fn the_server_does_not_mask_its_frames() {
    let mut socket = open();
    // `peer` does not accept masked frames.
    for (opcode, answer) in [(TEXT, TEXT), (BINARY, BINARY), (PING, PONG)] {
        socket.send(&[Frame::new(opcode, "x")]).expect(answer, "x");
    }
    socket
        .send(&[Frame::new(BINARY, [1; 200])])
        .expect(BINARY, [1; 200]);
    let close = Frame::close(1000, "");
    socket
        .send(std::slice::from_ref(&close))
        .expect(CLOSE, close.payload);
}
