use super::*;

/// Returns the violation in `bytes`, and how many of them it takes to see it.
fn violation(bytes: &[u8], role: Role, limits: Limits) -> Option<(Violation, usize)> {
    (1..=bytes.len()).find_map(|length| {
        let mut decoder = Decoder::new(Bytes::new(), role, limits);
        match decoded(&mut decoder, &bytes[..length], usize::MAX).pop() {
            Some(Decoded::Broken(violation)) => Some((violation, length)),
            _ => None,
        }
    })
}

#[test]
fn a_violation_is_seen_at_the_first_byte_that_shows_it() {
    let small = Limits {
        max_message: 1000,
        max_frame: 600,
        ..limits()
    };
    let masked = |first, second: u8| vec![first, MASKED | second, 0, 0, 0, 0, b'a', b'a', b'a'];
    let text = |bytes: &[u8]| frame_of(FIN | TEXT, bytes, true);
    let two = [frame(TEXT, 600, true), frame(FIN, 401, true)].concat();
    let interleaved = [frame(TEXT, 3, true), frame(FIN | TEXT, 3, true)].concat();
    for (bytes, expected, length) in [
        (masked(FIN | TEXT | 0x40, 3), Violation::ReservedBits, 2),
        (masked(FIN | 0x20, 3), Violation::ReservedBits, 2),
        (masked(FIN | 0x3, 3), Violation::ReservedOpcode(3), 2),
        (masked(FIN | 0xF, 3), Violation::ReservedOpcode(15), 2),
        (frame(FIN | TEXT, 3, false), Violation::Unmasked, 2),
        (masked(PING, 3), Violation::FragmentedControl, 2),
        (masked(FIN | PING, 126), Violation::LongControl, 2),
        (masked(FIN | CLOSE, 1), Violation::HalfCloseCode, 6),
        (masked(FIN, 3), Violation::ContinuationOfNothing, 6),
        (interleaved, Violation::Interleaved, 9 + 6),
        (
            [&[0x82, MASKED | 126, 0, 125], &[0; 129][..]].concat(),
            Violation::LengthNotShortest,
            8,
        ),
        (
            [&[0x82, MASKED | 127], &[0; 12][..]].concat(),
            Violation::LengthNotShortest,
            14,
        ),
        (
            [&[0x82, MASKED | 127], &[0xFF; 12][..]].concat(),
            Violation::LengthOf64Bits,
            14,
        ),
        (frame(FIN | TEXT, 601, true), Violation::FrameTooBig(600), 8),
        (two, Violation::MessageTooBig(1000), 8 + 600 + 8),
        // In a frame that is not complete yet, from the first invalid byte on.
        (text(b"abc\xFFdefghi"), Violation::Text, 6 + 4),
        (text(b"ab\xED\xA0\x80fgh"), Violation::Text, 6 + 4),
        (text(b"ab\xC3"), Violation::Text, 6 + 3),
    ] {
        let seen = violation(&bytes, Role::Server, small);
        assert_eq!(seen, Some((expected, length)), "{bytes:x?}");
    }
    let seen = violation(&frame(FIN | TEXT, 3, true), Role::Client, small);
    assert_eq!(seen, Some((Violation::Masked, 2)));
    let invalid = frame_of(FIN | TEXT, b"abc\xFFdefghi", false);
    let seen = violation(&invalid, Role::Client, small);
    assert_eq!(seen, Some((Violation::Text, 2 + 4)), "the client, too");
}

#[test]
fn what_came_before_a_violation_is_decoded() {
    let bytes = [frame(FIN | TEXT, 3, true), frame(FIN | TEXT, 3, false)].concat();
    let all = decoded(&mut server(), &bytes, usize::MAX);
    assert_eq!(kinds(&all[..1]), [("text", 3)]);
    assert!(matches!(all[1..], [Decoded::Broken(Violation::Unmasked)]));
}

#[test]
fn too_many_control_frames_are_refused() {
    let ping = frame(FIN | PING, 0, true).repeat(6000);
    let all = decoded(&mut server(), &ping, usize::MAX);
    assert!((5000..5900).contains(&all.len()), "{}", all.len());
    assert!(matches!(
        all.last(),
        Some(Decoded::Broken(Violation::ControlRate(1000)))
    ));
}
