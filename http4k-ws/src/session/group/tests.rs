use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

use super::*;
use crate::session::config::SessionConfig;
use crate::session::drive::Session;
use crate::session::drive::line::{Line, opened};
use crate::session::slow_consumer::SlowConsumer;

/// The messages that fit in a queue.
const SPACE: usize = 6;

/// A socket whose session is polled by the test.
struct Socket {
    line: Line,
    ws: WebSocket,
    session: Session<Line>,
    members: Vec<(usize, GroupMember)>,
    blocked: bool,
    model: Model,
}

/// The model of a socket, in whose queue each message is put at once.
#[derive(Default)]
struct Model {
    queue: VecDeque<String>,
    closing: bool,
    closed: bool,
    sent: Vec<String>,
}

impl Model {
    /// Accepts a message for which its sender waits if `waits`. Returns `true` if it is queued.
    fn accept(&mut self, text: &str, policy: &SlowConsumer, waits: bool) -> bool {
        if self.closing {
            return false;
        }
        if self.queue.len() >= SPACE {
            match policy {
                SlowConsumer::Wait if waits => return false,
                SlowConsumer::DropOldest => drop(self.queue.pop_front()),
                _ => {
                    self.closing = true;
                    return false;
                }
            }
        }
        self.queue.push_back(text.to_owned());
        true
    }

    fn polled(&mut self, blocked: bool) {
        if blocked {
            return;
        }
        self.sent.extend(self.queue.drain(..));
        if self.closing && !std::mem::replace(&mut self.closed, true) {
            self.sent.push("closed 1013".to_owned());
        }
    }
}

impl Socket {
    fn new(policy: &SlowConsumer) -> Self {
        let config = SessionConfig::default()
            .with_queue_messages(SPACE)
            .with_slow_consumer(policy.clone());
        let (line, ws, session) = opened(config);
        let mut socket = Self {
            line,
            ws,
            session,
            members: Vec::new(),
            blocked: false,
            model: Model::default(),
        };
        socket.poll();
        socket
    }

    fn poll(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        let _ = Pin::new(&mut self.session).poll(&mut cx);
        self.model.polled(self.blocked);
    }

    fn block(&mut self, blocked: bool) {
        self.blocked = blocked;
        self.line.block(blocked);
    }
}

/// A sequence of numbers that is the same for the same seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// Lets the models accept a broadcast to all memberships in `group` but `except`, the number of a
/// socket and of its membership.
fn expect_broadcast(
    sockets: &mut [Socket],
    group: usize,
    text: &str,
    policy: &SlowConsumer,
    except: Option<(usize, usize)>,
) {
    for (number, socket) in sockets.iter_mut().enumerate() {
        for (place, (joined, _)) in socket.members.iter().enumerate() {
            if *joined == group && Some((number, place)) != except {
                socket.model.accept(text, policy, false);
            }
        }
    }
}

/// Lets some sockets and two groups do `steps` random things, and compares each socket with its
/// model.
fn compare(seed: u64, steps: usize, policy: &SlowConsumer) {
    let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let groups = [Group::<WsMessage>::new(), Group::new()];
    let mut sockets: Vec<_> = (0..4).map(|_| Socket::new(policy)).collect();
    sockets[0].line.let_gather();
    sockets[1].line.let_gather();
    for step in 0..steps {
        let text = format!("{step}");
        let (which, group) = (numbers.below(sockets.len()), numbers.below(groups.len()));
        match numbers.below(12) {
            0 => {
                let member = groups[group].join(&sockets[which].ws);
                sockets[which].members.push((group, member));
            }
            1 => drop(sockets[which].members.pop()),
            2 | 3 => {
                let sent = sockets[which].ws.try_send(text.as_str()).is_ok();
                let model = sockets[which].model.accept(&text, policy, true);
                assert_eq!(sent, model, "seed {seed}, step {step}");
            }
            4 => {
                let blocked = !sockets[which].blocked;
                sockets[which].block(blocked);
            }
            5..8 => sockets[which].poll(),
            8 => {
                let except = numbers.below(sockets[which].members.len() + 1);
                let Some((group, member)) = sockets[which].members.get(except) else {
                    continue;
                };
                let group = *group;
                member.broadcast_to_others(text.as_str()).expect("text");
                expect_broadcast(&mut sockets, group, &text, policy, Some((which, except)));
            }
            _ => {
                groups[group].broadcast(text.as_str()).expect("text");
                expect_broadcast(&mut sockets, group, &text, policy, None);
            }
        }
    }
    for (number, socket) in sockets.iter_mut().enumerate() {
        socket.block(false);
        socket.poll();
        assert_eq!(
            socket.line.sent(),
            socket.model.sent,
            "seed {seed}, socket {number}"
        );
    }
    drop(sockets);
    assert!(groups.iter().all(|group| group.is_empty()));
}

#[tokio::test]
async fn a_group_sends_what_as_many_senders_would_send() {
    let policies = [
        SlowConsumer::Wait,
        SlowConsumer::Close,
        SlowConsumer::DropOldest,
    ];
    for seed in 1..=1500 {
        compare(seed, 20 + seed as usize % 100, &policies[seed as usize % 3]);
    }
}

/// Polls the sockets once each.
fn poll_all(sockets: &mut [Socket]) {
    sockets.iter_mut().for_each(Socket::poll);
}

#[tokio::test]
async fn messages_are_kept_once_until_all_members_have_taken_them() {
    let group = Group::<WsMessage>::new();
    let mut sockets: Vec<_> = (0..3).map(|_| Socket::new(&SlowConsumer::Close)).collect();
    let members: Vec<_> = sockets
        .iter()
        .map(|socket| group.join(&socket.ws))
        .collect();
    let log = Arc::clone(&members[0].log);
    for text in ["a", "b", "c"] {
        assert_eq!(group.broadcast(text), Ok(3));
    }
    assert_eq!(log.kept(), 3);
    poll_all(&mut sockets[..2]);
    assert_eq!(log.kept(), 3);
    poll_all(&mut sockets[2..]);
    assert_eq!(log.kept(), 0);
    for socket in &sockets {
        assert_eq!(socket.line.sent(), ["a", "b", "c"]);
    }
}

#[tokio::test]
async fn a_log_holds_no_message_for_a_member_that_has_left_or_ended_or_is_blocked() {
    let group = Group::<WsMessage>::new();
    let mut sockets: Vec<_> = (0..4).map(|_| Socket::new(&SlowConsumer::Close)).collect();
    let mut members: Vec<_> = sockets
        .iter()
        .map(|socket| group.join(&socket.ws))
        .collect();
    let log = Arc::clone(&members[0].log);
    sockets[0].block(true);
    assert_eq!(members[1].broadcast_to_others("a"), Ok(3));
    poll_all(&mut sockets[..3]);
    assert_eq!(log.kept(), 1);
    drop(members.pop());
    assert_eq!(log.kept(), 0);
    assert_eq!(group.broadcast("b"), Ok(3));
    drop(sockets.remove(2));
    poll_all(&mut sockets[1..2]);
    // The blocked one has taken it into its queue.
    assert_eq!(log.kept(), 0);
    sockets[0].block(false);
    poll_all(&mut sockets[..1]);
    assert_eq!(sockets[0].line.sent(), ["a", "b"]);
    // What was sent before it has left.
    sockets[2].poll();
    assert_eq!(sockets[2].line.sent(), ["a"]);
    assert_eq!(group.broadcast("c"), Ok(2));
    assert_eq!(group.len(), 2);
}

#[tokio::test]
async fn a_broadcast_comes_before_the_responses_of_the_next_step_and_after_those_before_it() {
    let group = Group::<WsMessage>::new();
    let (line, mut ws, session) = opened(SessionConfig::default());
    let room = group.clone();
    let mut session = session.with_consumer(Box::pin(async move {
        let _member = room.join(&ws);
        for _ in 0..2 {
            let message = ws.recv().await?.expect("it is open");
            ws.try_send(message)?;
            room.broadcast("from the consumer")?;
        }
        // It looks at its socket no more.
        std::future::pending().await
    }));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut session).poll(&mut cx).is_pending());
    for before in [&["a"][..], &[]] {
        for text in before {
            group.broadcast(*text).expect("text");
        }
        line.arrive("b");
        assert!(Pin::new(&mut session).poll(&mut cx).is_pending());
        assert_eq!(line.sent(), [before, &["b", "from the consumer"]].concat());
    }
}

#[tokio::test]
async fn a_log_is_bounded_by_number_and_by_bytes() {
    for (length, most) in [(1, 64), (20_000, 4)] {
        let group = Group::<WsMessage>::new();
        let config = SessionConfig::default().with_queue_messages(usize::MAX);
        let (line, ws, mut session) = opened(config.clone().with_queue_bytes(usize::MAX));
        let (idle_line, idle, mut other) = opened(config.with_queue_bytes(usize::MAX));
        let mut cx = Context::from_waker(Waker::noop());
        let members = [group.join(&ws), group.join(&idle)];
        assert!(Pin::new(&mut session).poll(&mut cx).is_pending());
        assert!(Pin::new(&mut other).poll(&mut cx).is_pending());
        let mut kept = 0;
        for _ in 0..150 {
            group.broadcast("x".repeat(length)).expect("text");
            assert!(Pin::new(&mut session).poll(&mut cx).is_pending());
            kept = kept.max(members[0].log.kept());
        }
        assert_eq!(
            kept,
            most - 1,
            "the bound is reached by the message that empties the log"
        );
        assert_eq!(line.sent().len(), 150);
        for _ in 0..150 {
            assert!(Pin::new(&mut other).poll(&mut cx).is_pending());
        }
        assert_eq!(idle_line.sent().len(), 150);
    }
}

#[tokio::test]
async fn a_group_and_its_members_own_each_other_no_longer_than_the_membership() {
    for member_first in [true, false] {
        let group = Group::<WsMessage>::new();
        let mut socket = Socket::new(&SlowConsumer::Close);
        let member = group.join(&socket.ws);
        let (log, state) = (Arc::downgrade(&member.log), Arc::downgrade(&member.socket));
        for text in ["taken", "left"] {
            group.broadcast(text).expect("text");
            if text == "taken" {
                socket.poll();
            }
        }
        if member_first {
            drop(member);
            drop(socket);
        } else {
            drop(socket);
            drop(member);
        }
        assert!(state.upgrade().is_none());
        drop(group);
        assert!(log.upgrade().is_none());
    }
}
