//! Numbers, policies, keys and loans of the queue to the peer.

use super::*;
use crate::random::Random;

fn outbound(policy: SlowConsumer) -> Outbound {
    Outbound::new(&SessionConfig {
        queue_messages: 2,
        slow_consumer: policy,
        ..SessionConfig::default()
    })
}

#[test]
fn sent_and_dropped_messages_are_settled() {
    for policy in [SlowConsumer::Wait, SlowConsumer::DropOldest] {
        let mut outbound = outbound(policy);
        for text in ["a", "b", "c"] {
            outbound.offer(text.into());
        }
        let waiting = outbound.queue.len() as u64;
        assert_eq!(outbound.settled(), outbound.newest() - waiting);
        outbound.pop();
        assert_eq!(outbound.settled(), outbound.newest() - waiting + 1);
        while outbound.pop().is_some() {}
        assert_eq!(outbound.settled(), outbound.newest());
    }
}

#[test]
fn a_dropped_newer_message_does_not_settle_an_older_one() {
    let first_letter = |message: &WsMessage| message.text().chars().next();
    let mut outbound = outbound(SlowConsumer::coalesce_by(first_letter));
    for text in ["a1", "b1", "b2", "b3"] {
        outbound.offer(text.into());
    }
    assert_eq!((outbound.newest(), outbound.settled()), (4, 0));
    assert_eq!(outbound.pop(), Some("a1".into()));
    assert_eq!(outbound.settled(), 3);
    assert_eq!(outbound.pop(), Some("b3".into()));
    assert_eq!(outbound.settled(), 4);
}

#[test]
fn a_message_with_a_key_supersedes_those_before_it_in_a_full_queue() {
    for policy in [
        SlowConsumer::Wait,
        SlowConsumer::Close,
        SlowConsumer::DropOldest,
    ] {
        let mut outbound = outbound(policy.clone());
        outbound.offer("a".into());
        let queued = |dropped| Offered::Queued { dropped };
        assert_eq!(outbound.offer_keyed(1, "b1".into()), queued(0));
        assert_eq!(outbound.offer_keyed(1, "b2".into()), queued(1));
        let other = outbound.offer_keyed(2, "c".into());
        match policy {
            SlowConsumer::Wait => assert_eq!(other, Offered::MustWait("c".into())),
            SlowConsumer::Close => assert_eq!(other, Offered::TooSlow("c".into())),
            _ => assert_eq!(other, queued(1)),
        }
        let left: Vec<_> = std::iter::from_fn(|| outbound.pop()).collect();
        let last = left.last().map(WsMessage::text);
        let kept = ["b2", "c"][usize::from(policy == SlowConsumer::DropOldest)];
        assert_eq!((left.len(), last.as_deref()), (2, Some(kept)));
        assert!(outbound.may_lend() || policy == SlowConsumer::DropOldest);
    }
}

#[test]
fn a_large_message_does_not_supersede_so_that_the_bound_is_exceeded() {
    let mut outbound = Outbound::bounded(10, 100, SlowConsumer::Wait);
    let text = |bytes| WsMessage::from("x".repeat(bytes));
    outbound.offer(text(95));
    outbound.offer_keyed(1, text(200));
    // Without the second message there is space, with the first one alone there is little.
    let replaced = outbound.offer_keyed(1, text(300));
    assert_eq!(replaced, Offered::Queued { dropped: 1 });
    outbound.offer(text(1));
    assert_eq!(outbound.offer_keyed(2, text(1)), Offered::MustWait(text(1)));
    assert_eq!(outbound.dropped(), 1);
}

/// The simplest queue: texts with their keys and numbers, of which the first may be lent.
#[derive(Default)]
struct Model {
    messages: VecDeque<(u32, Option<u64>, u64)>,
    lent: usize,
}

#[test]
fn keys_and_loans_keep_the_order_and_the_numbers() {
    for seed in 0..1000 {
        let mut random = Random::seeded(seed);
        let mut outbound = Outbound::bounded(6, 1 << 20, SlowConsumer::Wait);
        let (mut model, mut lent) = (Model::default(), VecDeque::new());
        for next in 0..80_u32 {
            step(&mut random, next, &mut outbound, &mut model, &mut lent);
            let waiting = outbound.waiting();
            assert!([0, waiting].contains(&outbound.keys.len()), "seed {seed}");
            assert_eq!(waiting, model.messages.len() - model.lent);
            let oldest = model.messages.front().map(|(_, _, number)| number - 1);
            let settled = oldest.unwrap_or(outbound.newest());
            assert_eq!(outbound.settled(), settled, "seed {seed}");
        }
        outbound.take_back(&mut lent);
        let rest = std::iter::from_fn(|| outbound.pop()).map(|m| m.text().into_owned());
        let expected = model.messages.iter().map(|(text, ..)| text.to_string());
        assert!(rest.eq(expected), "seed {seed}");
    }
}

fn step(
    random: &mut Random,
    next: u32,
    outbound: &mut Outbound,
    model: &mut Model,
    lent: &mut VecDeque<WsMessage>,
) {
    let message = WsMessage::from(next.to_string());
    match random.below(6) {
        0 | 1 => {
            if let Offered::Queued { .. } = outbound.offer(message) {
                model.messages.push_back((next, None, outbound.newest()));
            }
        }
        2 | 3 => {
            let key = random.below(3) as u64;
            if let Offered::Queued { dropped } = outbound.offer_keyed(key, message) {
                let kept = model.messages.split_off(model.lent);
                let before = kept.len();
                let kept = kept.into_iter();
                let kept = kept.filter(|(_, known, _)| dropped == 0 || *known != Some(key));
                let kept: Vec<_> = kept.collect();
                assert_eq!((before - kept.len()) as u64, dropped);
                model.messages.extend(kept);
                let number = outbound.newest();
                model.messages.push_back((next, Some(key), number));
            }
        }
        4 if model.lent == 0 && outbound.may_lend() => {
            outbound.lend(lent);
            model.lent = lent.len();
        }
        4 => {
            // Some of the lent messages were sent, and the consumer has sent others.
            let sent = random.below(model.lent + 1);
            lent.drain(..sent);
            outbound.take_back(lent);
            model.messages.drain(..sent);
            model.lent = 0;
            let at = random.below(outbound.waiting() + 1);
            let bytes = message.as_bytes().len();
            let amount = Amount { messages: 1, bytes };
            outbound.insert(at, &mut VecDeque::from([message]), amount);
            let number = model.messages.get(at).map(|(_, _, number)| *number);
            let behind = model.messages.iter_mut().skip(at);
            behind.for_each(|(_, _, number)| *number += 1);
            let number = number.unwrap_or(outbound.newest());
            model.messages.insert(at, (next, None, number));
        }
        _ if model.lent == 0 => {
            assert_eq!(
                outbound.pop().is_some(),
                model.messages.pop_front().is_some()
            );
        }
        _ => {}
    }
}
