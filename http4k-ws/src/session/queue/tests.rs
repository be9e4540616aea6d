use super::*;

fn queue(max_messages: usize, max_bytes: usize) -> Queue {
    Queue::bounded(max_messages, max_bytes)
}

#[test]
fn the_queue_is_full_by_number() {
    let mut queue = queue(2, 1000);
    queue.push("a".into());
    assert!(!queue.is_full());
    queue.push("".into());
    assert!(queue.is_full());
    queue.pop();
    assert!(!queue.is_full());
}

#[test]
fn few_messages_are_read_ahead_of_a_full_queue() {
    let mut queue = queue(2, 1_000_000);
    queue.push("".into());
    assert_eq!(queue.space(), Space::Free);
    queue.push("".into());
    let mut ahead = 0;
    while queue.space() == Space::Ahead {
        queue.push("".into());
        ahead += 1;
    }
    assert_eq!((queue.space(), ahead), (Space::None, AHEAD / OVERHEAD));
    queue.pop();
    assert_eq!(queue.space(), Space::Ahead);
    while queue.is_full() {
        queue.pop();
    }
    assert_eq!(
        (queue.space(), queue.popped()),
        (Space::Free, ahead as u64 + 1)
    );
}

#[test]
fn the_queue_from_the_peer_is_small() {
    let mut queue = Queue::inbound(&SessionConfig::default(), Role::Server);
    queue.push(WsMessage::from(vec![0; INBOUND - 1]));
    assert_eq!(queue.space(), Space::Free);
    queue.push("x".into());
    assert_eq!(queue.space(), Space::Ahead);
    queue.push(WsMessage::from(vec![0; AHEAD]));
    assert_eq!(queue.space(), Space::None);
}

#[test]
fn the_queue_is_full_by_bytes_which_the_last_message_may_exceed() {
    let mut queue = queue(100, 3);
    queue.push("ab".into());
    assert!(!queue.is_full());
    queue.push("cdef".into());
    assert!(queue.is_full());
    assert_eq!(queue.pop(), Some("ab".into()));
    assert_eq!(queue.pop(), Some("cdef".into()));
    assert!(queue.is_empty() && !queue.is_full());
}

#[test]
fn lent_messages_count_as_queued_until_they_are_returned() {
    let mut queue = queue(3, 10);
    for text in ["ab", "cd", "ef"] {
        queue.push(text.into());
    }
    let (cost, mut lent) = (queue.cost(), VecDeque::new());
    queue.lend(&mut lent);
    assert_eq!((queue.len(), queue.cost()), (3, cost));
    assert!(queue.is_full() && !queue.is_empty());
    assert_eq!(queue.pop(), None);

    lent.pop_front();
    queue.take_back(&mut lent);
    assert_eq!(
        (queue.len(), queue.popped(), queue.is_full()),
        (2, 1, false)
    );
    assert_eq!(queue.pop(), Some("cd".into()));
    queue.push("gh".into());
    queue.lend(&mut lent);
    queue.forget_lent();
    assert_eq!((queue.len(), queue.popped(), queue.cost()), (0, 4, 0));
}

#[test]
fn messages_that_were_lent_return_to_the_front() {
    let mut queue = queue(9, 90);
    for text in ["a", "b"] {
        queue.push(text.into());
    }
    let mut lent = VecDeque::new();
    queue.lend(&mut lent);
    queue.push("c".into());
    queue.take_back(&mut lent);
    let left: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
    assert_eq!(left, ["a", "b", "c"]);
}
