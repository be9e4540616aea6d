//! Random streams of frames, valid ones and ones with faults.

use crate::random::Random;
use crate::session::Role;
use crate::wire::mask::mask;

/// Payload lengths around the forms of a length and the steps of the decoder.
const LENGTHS: [usize; 14] = [0, 1, 2, 3, 4, 15, 16, 17, 124, 125, 126, 127, 1000, 20_000];

/// Texts whose characters have one to four bytes.
const CHARACTERS: [&str; 6] = ["a", "é", "€", "\u{10348}", "\0", "\u{7FF}"];

/// Returns the bytes of some frames. Most streams keep all rules, unless `faults` are wanted.
pub(super) fn stream(random: &mut Random, role: Role, faults: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..=random.below(6) {
        message(random, role, &mut bytes);
    }
    if random.below(3) == 0 {
        control(random, role, 8, &mut bytes);
    }
    if faults {
        for _ in 0..=random.below(2) {
            fault(random, &mut bytes);
        }
    }
    bytes
}

fn message(random: &mut Random, role: Role, bytes: &mut Vec<u8>) {
    let is_text = random.below(2) == 0;
    let payload = payload(random, is_text);
    let mut left = &payload[..];
    let mut opcode = if is_text { 1 } else { 2 };
    while random.below(2) == 0 {
        let (now, later) = left.split_at(random.below(left.len() + 1));
        frame(random, role, opcode, now, bytes);
        (left, opcode) = (later, 0);
        if random.below(3) == 0 {
            let opcode = 9 + random.below(2) as u8;
            control(random, role, opcode, bytes);
        }
    }
    frame(random, role, 0x80 | opcode, left, bytes);
}

fn payload(random: &mut Random, is_text: bool) -> Vec<u8> {
    let length = LENGTHS[random.below(LENGTHS.len())];
    if !is_text {
        return (0..length).map(|_| random.below(256) as u8).collect();
    }
    let mut text = String::new();
    // Most texts are ASCII at first, so that a character lies across any border.
    while text.len() < length / 2 {
        text.push('a');
    }
    while text.len() < length {
        text.push_str(CHARACTERS[random.below(CHARACTERS.len())]);
    }
    text.into_bytes()
}

fn control(random: &mut Random, role: Role, opcode: u8, bytes: &mut Vec<u8>) {
    let payload = match (opcode, random.below(4)) {
        (8, 0) => Vec::new(),
        (8, _) => [&1000_u16.to_be_bytes()[..], "bye €".as_bytes()].concat(),
        (_, length) => vec![7; [0, 4, 124, 125][length]],
    };
    frame(random, role, 0x80 | opcode, &payload, bytes);
}

fn frame(random: &mut Random, role: Role, first: u8, payload: &[u8], bytes: &mut Vec<u8>) {
    let masked = matches!(role, Role::Server);
    let mask_bit = if masked { 0x80 } else { 0 };
    bytes.push(first);
    match payload.len() {
        short @ 0..=125 => bytes.push(mask_bit | short as u8),
        middle @ 126..=0xFFFF => {
            bytes.push(mask_bit | 126);
            bytes.extend((middle as u16).to_be_bytes());
        }
        long => {
            bytes.push(mask_bit | 127);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    let mut payload = payload.to_vec();
    if masked {
        let key = [0; 4].map(|_: u8| random.below(256) as u8);
        bytes.extend(key);
        mask(&mut payload, key);
    }
    bytes.extend(payload);
}

/// Changes, adds or removes some bytes. Faults are near the start or in a header more often than
/// chance would have it.
fn fault(random: &mut Random, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let near = [2, 16, bytes.len()][random.below(3)].min(bytes.len());
    let at = random.below(near);
    match random.below(5) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = random.below(256) as u8,
        2 => bytes.insert(at, random.below(256) as u8),
        3 => drop(bytes.remove(at)),
        _ => bytes.truncate(at),
    }
}
