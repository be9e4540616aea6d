use super::*;

fn limits() -> Limits {
    Limits {
        max_message: 1024 * 1024,
        max_frame: 1024 * 1024,
        max_fragments: Some(1024),
        max_empty_fragments: Some(128),
        max_control_rate: Some(1000),
    }
}

fn role(masked: bool) -> Role {
    if masked { Role::Server } else { Role::Client }
}

fn frame(first: u8, payload: usize, masked: bool) -> Vec<u8> {
    let mut frame = vec![first];
    let mask = if masked { MASKED } else { 0 };
    match payload {
        0..=125 => frame.push(mask | payload as u8),
        126..=65535 => {
            frame.push(mask | 126);
            frame.extend((payload as u16).to_be_bytes());
        }
        _ => {
            frame.push(mask | 127);
            frame.extend((payload as u64).to_be_bytes());
        }
    }
    if masked {
        frame.extend([0x88; 4]);
    }
    // A payload that looks like close frames at every position.
    frame.extend(vec![0x88; payload]);
    frame
}

/// Returns how many of `bytes` pass, in pieces of at most `piece`, and the reason if they stop.
fn passed(validator: &mut FrameValidator, bytes: &[u8], piece: usize) -> (usize, Option<Stop>) {
    let mut passed = 0;
    while passed < bytes.len() {
        let end = bytes.len().min(passed.saturating_add(piece));
        let (more, stop) = validator.pass(&bytes[passed..end]);
        passed += more;
        if stop.is_some() {
            return (passed, stop);
        }
        assert!(more > 0, "it passes bytes or stops");
        validator.take_large();
    }
    (passed, None)
}

#[test]
fn the_validator_stops_only_before_a_close_frame() {
    for masked in [false, true] {
        for payload in [0, 1, 125, 126, 65535, 65536, 100_000] {
            for piece in [1, 3, 1024, usize::MAX] {
                let mut bytes = frame(FIN | TEXT, payload, masked);
                bytes.extend(frame(FIN | PING, 4, masked));
                let before = bytes.len();
                bytes.extend(frame(FIN | CLOSE, 2, masked));

                let mut validator = FrameValidator::new(role(masked), limits());
                let (passed, stop) = passed(&mut validator, &bytes, piece);
                let case = format!("payload {payload}, masked {masked}, piece {piece}");
                assert_eq!((passed, stop), (before, Some(Stop::Close)), "{case}");
            }
        }
    }
}

#[test]
fn the_validator_reports_an_unfinished_message() {
    let mut validator = FrameValidator::new(Role::Server, limits());
    let whole = frame(FIN | TEXT, 10, true);
    let partial = |number, bytes| Some(Partial { number, bytes });
    assert_eq!(validator.partial(), None);
    validator.pass(&whole[..8]);
    assert_eq!(validator.partial(), partial(1, 2), "in a payload");
    validator.pass(&whole[8..]);
    assert_eq!(validator.partial(), None);
    validator.pass(&frame(TEXT, 5, true));
    assert_eq!(validator.partial(), partial(2, 5), "between two fragments");
    validator.pass(&frame(FIN | PING, 3, true));
    assert_eq!(
        validator.partial(),
        partial(2, 5),
        "after a ping in between"
    );
    validator.pass(&frame(0, 5, true)[..8]);
    assert_eq!(validator.partial(), partial(2, 7), "in a fragment");
    validator.pass(&frame(0, 5, true)[8..]);
    validator.pass(&frame(FIN, 3, true));
    assert_eq!(validator.partial(), None);
}

#[test]
fn the_validator_stops_at_the_end_of_a_large_message() {
    let mut validator = FrameValidator::new(Role::Server, limits());
    let mut bytes = frame(BINARY, 20_000, true);
    bytes.extend(frame(FIN | PING, 3, true));
    bytes.extend(frame(FIN, 5, true));
    let end = bytes.len();
    bytes.extend(frame(FIN | TEXT, 5, true));
    assert_eq!(validator.pass(&bytes), (end, None));
    assert!(validator.take_large() && !validator.take_large());
    assert_eq!(validator.pass(&bytes[end..]), (bytes.len() - end, None));
    assert!(!validator.take_large());
}

#[test]
fn a_close_frame_is_accepted_in_any_pieces() {
    for masked in [false, true] {
        for payload in [0, 2, 125] {
            let mut bytes = frame(FIN | CLOSE, payload, masked);
            bytes.extend([1, 2, 3]);
            for piece in [1, 2, 5, usize::MAX] {
                let mut close = CloseFrame::new();
                let mut pieces = bytes.chunks(piece.min(bytes.len()));
                let taken = pieces.find_map(|piece| {
                    let taken = close.take(piece, role(masked));
                    taken.expect("a good frame")
                });
                let clear = if masked { 0 } else { 0x88 };
                assert_eq!(taken, Some(vec![clear; payload]), "{masked} {piece}");
            }
        }
    }
}

#[test]
fn messages_and_control_frames_are_counted_once_complete() {
    let mut validator = FrameValidator::new(Role::Client, limits());
    let text = frame(FIN | TEXT, 5, false);
    for (bytes, ended) in [
        (vec![], Some(0)),
        (text[..1].to_vec(), None),
        (text[1..4].to_vec(), None),
        (text[4..].to_vec(), Some(1)),
        (
            [frame(FIN | PING, 3, false), text.clone()].concat(),
            Some(3),
        ),
        (frame(FIN | TEXT, 0, false), Some(4)),
        // A message in fragments is one, and a ping between them counts.
        (frame(TEXT, 2, false), None),
        (frame(FIN | PING, 0, false), None),
        (frame(FIN | CONTINUATION, 2, false), Some(6)),
    ] {
        assert_eq!(
            passed(&mut validator, &bytes, usize::MAX),
            (bytes.len(), None)
        );
        assert_eq!(validator.ended(), ended, "{bytes:?}");
    }
}
