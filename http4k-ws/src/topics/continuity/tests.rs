//! The table of cases: an input, its condition, and its outputs.

use super::*;

const OURS: u64 = 7;

fn at(offset: u64) -> Position {
    Position::new(OURS, offset)
}

fn bytes(offset: u64) -> Bytes {
    Bytes::from(offset.to_string())
}

fn delivered(offset: u64) -> Action {
    Action::Deliver(at(offset), bytes(offset))
}

fn read(after: u64, up_to: u64) -> Action {
    Action::Read { after, up_to }
}

/// The rule at offset 5.
fn started() -> Continuity {
    let mut rule = Continuity::default();
    rule.position(None, at(5), &mut Vec::new());
    rule
}

fn entry(rule: &mut Continuity, position: Position, prev: u64) -> Vec<Action> {
    let mut out = Vec::new();
    rule.entry(position, prev, bytes(position.offset()), &mut out);
    out
}

fn position(rule: &mut Continuity, asked: Position, now: Position) -> Vec<Action> {
    let mut out = Vec::new();
    rule.position(Some(asked), now, &mut out);
    out
}

fn history(
    rule: &mut Continuity,
    last: Position,
    first_kept: u64,
    up_to: u64,
    offsets: &[u64],
) -> Vec<Action> {
    let mut out = Vec::new();
    let entries = offsets.iter().map(|offset| (*offset, bytes(*offset)));
    let history = History {
        last,
        first_kept,
        up_to,
        entries: entries.collect(),
    };
    rule.history(history, &mut out);
    out
}

#[test]
fn a_seen_entry_has_no_effect() {
    for offset in [1, 5] {
        assert_eq!(entry(&mut started(), at(offset), offset - 1), []);
    }
}

#[test]
fn the_next_entry_is_delivered() {
    let mut rule = started();
    assert_eq!(entry(&mut rule, at(6), 5), [delivered(6)]);
    // Offsets may have holes, as long as the predecessor is ours.
    assert_eq!(entry(&mut rule, at(9), 6), [delivered(9)]);
}

#[test]
fn a_gap_is_filled_before_the_entry_is_delivered() {
    let mut rule = started();
    assert_eq!(entry(&mut rule, at(8), 7), [read(5, 7)]);
    assert_eq!(entry(&mut rule, at(9), 8), []);
    let filled = history(&mut rule, at(9), 1, 7, &[6, 7]);
    assert_eq!(filled, [6, 7, 8, 9].map(delivered));
}

#[test]
fn a_gap_that_history_lacks_is_lost_before_the_entry_is_delivered() {
    let mut rule = started();
    entry(&mut rule, at(9), 8);
    let filled = history(&mut rule, at(9), 8, 8, &[8]);
    assert_eq!(filled, [Action::Lost(at(7)), delivered(8), delivered(9)]);
    entry(&mut rule, at(12), 11);
    let filled = history(&mut rule, at(12), 13, 11, &[]);
    assert_eq!(filled, [Action::Lost(at(11)), delivered(12)]);
}

#[test]
fn a_long_gap_is_filled_in_parts() {
    let mut rule = started();
    assert_eq!(entry(&mut rule, at(9), 8), [read(5, 8)]);
    let first = history(&mut rule, at(9), 1, 6, &[6]);
    assert_eq!(first, [delivered(6), read(6, 8)]);
    let rest = history(&mut rule, at(9), 1, 8, &[7, 8]);
    assert_eq!(rest, [7, 8, 9].map(delivered));
}

#[test]
fn an_engine_that_returns_nothing_is_not_read_forever() {
    let mut rule = started();
    entry(&mut rule, at(9), 8);
    let filled = history(&mut rule, at(9), 1, 5, &[]);
    assert_eq!(filled, [Action::Lost(at(8)), delivered(9)]);
}

#[test]
fn an_entry_of_another_epoch_is_delivered_once_the_engine_confirms_the_epoch() {
    let mut rule = started();
    let theirs = |offset| Position::new(8, offset);
    assert_eq!(entry(&mut rule, theirs(3), 2), [read(0, 2)]);
    let reset = history(&mut rule, theirs(3), 2, 2, &[2]);
    let expected = [
        Action::Lost(theirs(1)),
        Action::Deliver(theirs(2), bytes(2)),
        Action::Deliver(theirs(3), bytes(3)),
    ];
    // The history is read to its end, because the epoch is new.
    assert_eq!(reset[..2], expected[..2]);
    assert_eq!(reset[2], read(2, 3));
    assert_eq!(history(&mut rule, theirs(3), 2, 3, &[3]), expected[2..]);
}

#[test]
fn a_late_entry_of_an_old_epoch_is_dropped() {
    let mut rule = started();
    assert_eq!(entry(&mut rule, Position::new(3, 9), 8), [read(0, 8)]);
    assert_eq!(entry(&mut rule, at(6), 5), []);
    let replied = history(&mut rule, at(6), 1, 6, &[1, 2, 3, 4, 5, 6]);
    assert_eq!(replied, [delivered(6)]);
}

#[test]
fn a_position_ahead_is_filled() {
    let mut rule = started();
    assert_eq!(position(&mut rule, at(5), at(7)), [read(5, 7)]);
    let filled = history(&mut rule, at(7), 1, 7, &[6, 7]);
    assert_eq!(filled, [6, 7].map(delivered));
    assert_eq!(position(&mut rule, at(7), at(7)), []);
}

#[test]
fn a_position_of_another_epoch_or_behind_is_a_loss() {
    let now = Position::new(8, 2);
    let mut rule = started();
    assert_eq!(position(&mut rule, at(5), now), [read(0, 2)]);
    let filled = history(&mut rule, now, 1, 2, &[1, 2]);
    assert_eq!(filled[0], Action::Lost(Position::new(8, 0)));
    assert_eq!(filled.len(), 3);
    // What came before is not delivered again.
    assert_eq!(
        position(&mut started(), at(5), at(2)),
        [Action::Lost(at(2))]
    );
    let empty = Position::new(8, 0);
    let reset = position(&mut started(), at(5), empty);
    assert_eq!(reset, [Action::Lost(empty)]);
}

#[test]
fn a_former_epoch_is_continued_where_it_was_left() {
    let other = Position::new(8, 2);
    let mut rule = started();
    position(&mut rule, at(5), other);
    history(&mut rule, other, 1, 2, &[1, 2]);
    assert_eq!((rule.at(), rule.returned()), (Some(other), None));
    // By a position.
    assert_eq!(position(&mut rule, other, at(7)), [read(5, 7)]);
    let filled = history(&mut rule, at(7), 1, 7, &[6, 7]);
    assert_eq!(filled, [Action::Lost(at(5)), delivered(6), delivered(7)]);
    assert_eq!(rule.returned(), Some(at(5)));
    // By an entry.
    let next = Position::new(8, 3);
    assert_eq!(entry(&mut rule, next, 2), [read(2, 2)]);
    let confirmed = history(&mut rule, next, 1, 2, &[]);
    assert_eq!(confirmed, [read(2, 3)]);
    let filled = history(&mut rule, next, 1, 3, &[3]);
    let third = Action::Deliver(next, bytes(3));
    assert_eq!(filled, [Action::Lost(other), third]);
    // If nothing has come since, there is nothing to read.
    assert_eq!(position(&mut rule, next, at(7)), [Action::Lost(at(7))]);
}

#[test]
fn only_the_latest_former_epochs_are_remembered() {
    let mut rule = started();
    let epochs = 100..100 + FORMER as u64 + 1;
    let mut here = at(5);
    for epoch in epochs {
        let now = Position::new(epoch, 0);
        position(&mut rule, here, now);
        here = now;
    }
    assert_eq!(rule.former.len(), FORMER);
    assert_eq!(position(&mut rule, here, at(6)), [read(0, 6)]);
}

#[test]
fn a_position_that_was_read_before_newer_entries_is_not_a_loss() {
    let mut rule = started();
    let asked = at(5);
    entry(&mut rule, at(6), 5);
    assert_eq!(position(&mut rule, asked, at(5)), []);
    // One that was requested in another epoch is read again.
    let other = Position::new(3, 9);
    assert_eq!(position(&mut rule, other, other), [Action::Check]);
}

#[test]
fn entries_wait_for_the_first_position() {
    let mut rule = Continuity::default();
    for offset in [5, 6] {
        assert_eq!(entry(&mut rule, at(offset), offset - 1), []);
    }
    let mut out = Vec::new();
    rule.position(None, at(5), &mut out);
    assert_eq!(out, [delivered(6)]);
}

#[test]
fn entries_beyond_the_bound_are_dropped_and_the_position_is_checked() {
    let mut rule = started();
    assert_eq!(entry(&mut rule, at(8), 7), [read(5, 7)]);
    let last = 8 + WAITING as u64 + 10;
    for offset in 9..=last {
        assert_eq!(entry(&mut rule, at(offset), offset - 1), []);
    }
    let out = history(&mut rule, at(last), 1, 7, &[6, 7]);
    assert_eq!(out.last(), Some(&Action::Check));
    assert!(rule.waiting.is_empty() && rule.waiting_bytes == 0);
    let here = rule.at().unwrap();
    assert_eq!(
        position(&mut rule, here, at(last)),
        [read(here.offset(), last)]
    );
}
