use super::*;
use crate::random::Random;

/// Streams shorter than this are also read byte by byte.
const SHORT: usize = 3000;

fn run(seed: u64, role: Role, are_small: bool, faults: bool) {
    let mut random = Random::seeded(seed);
    let bytes = streams::stream(&mut random, role, faults);
    let limits = limits(are_small);
    let whole = compare(&bytes, role, limits);
    if !faults && !are_small {
        assert!(matches!(whole.end, End::Open | End::Closed(_)), "{whole:?}");
    }
    if bytes.len() < SHORT {
        let single = ours(&bytes, role, limits, 0, &mut || 1);
        assert_eq!(single, whole, "byte by byte: {bytes:?}");
    }
    let ahead = random.below(bytes.len() + 1);
    let largest = 1 + bytes.len() / (1 + random.below(20));
    let mut piece = || 1 + random.below(largest);
    let split = ours(&bytes, role, limits, ahead, &mut piece);
    assert_eq!(split, whole, "{ahead} bytes ahead: {bytes:?}");
}

fn rounds(first: u64, faults: bool) {
    for seed in first..first + 400 {
        for role in [Role::Server, Role::Client] {
            for are_small in [false, true] {
                let one = || run(seed, role, are_small, faults);
                if std::panic::catch_unwind(one).is_err() {
                    panic!("seed {seed}, {role:?}, small: {are_small}, faults: {faults}");
                }
            }
        }
    }
}

#[test]
fn valid_streams_have_the_result_of_other_decoders() {
    rounds(0, false);
}

#[test]
fn streams_with_faults_have_the_result_of_other_decoders() {
    rounds(10_000, true);
}

/// Every start of a stream is a stream, too.
#[test]
fn each_prefix_of_a_stream_has_the_result_of_other_decoders() {
    for (seed, role) in [(3, Role::Server), (4, Role::Client)] {
        let mut random = Random::seeded(seed);
        let mut bytes = streams::stream(&mut random, role, false);
        bytes.truncate(1000);
        for length in 0..bytes.len() {
            compare(&bytes[..length], role, limits(false));
        }
    }
}

/// A comparison that can never fail would prove nothing.
#[test]
fn a_difference_is_found() {
    let found = Outcome::new(vec![Event::Ping(vec![1])], End::Open);
    let other = Outcome::new(vec![Event::Ping(vec![2])], End::Open);
    assert!(!agrees_with(&found, &other));
    let broken = Outcome::new(Vec::new(), End::Broken(Violation::ReservedBits));
    assert!(!agrees_with(&broken, &other));
    assert!(!Rules::DATA.include(Violation::ReservedBits));
    let unmasked = model::outcome(&[0x81, 0], Role::Server, &limits(false));
    assert_eq!(unmasked.end, End::Broken(Rules::PROTOCOL));
}

#[test]
fn a_control_frame_with_a_long_form_of_a_short_length_is_refused() {
    let bytes = [0x8A, 0xFE, 0, 0, 9, 2, 0x80, 0];
    let found = compare(&bytes, Role::Server, limits(true));
    assert_eq!(found.end, End::Broken(Violation::LongControl));
}

/// Close frames with every status, of which some are not known to the other decoder.
#[test]
fn each_close_frame_has_the_result_of_other_decoders() {
    for code in 0..=u16::MAX {
        let [high, low] = code.to_be_bytes();
        compare(&[0x88, 2, high, low], Role::Client, limits(false));
    }
}
