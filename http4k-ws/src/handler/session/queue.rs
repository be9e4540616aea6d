//! A queue of messages that knows when it is full.

use std::collections::VecDeque;

use super::SessionConfig;
use crate::message::WsMessage;

/// Messages in order, bounded in number and in bytes.
#[derive(Debug)]
pub(super) struct Queue {
    messages: VecDeque<WsMessage>,
    bytes: usize,
    max_messages: usize,
    max_bytes: usize,
}

impl Queue {
    pub(super) fn new(config: &SessionConfig) -> Self {
        Self {
            messages: VecDeque::new(),
            bytes: 0,
            max_messages: config.queue_messages.max(1),
            max_bytes: config.queue_bytes,
        }
    }

    /// Whether a message must wait. One that need not may still take the queue over its bytes, so that
    /// a message of any size can travel.
    pub(super) fn is_full(&self) -> bool {
        self.messages.len() >= self.max_messages || self.bytes >= self.max_bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(super) fn push(&mut self, message: WsMessage) {
        self.bytes += message.as_bytes().len();
        self.messages.push_back(message);
    }

    pub(super) fn pop(&mut self) -> Option<WsMessage> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.as_bytes().len();
        if self.messages.is_empty() && self.messages.capacity() > 64 {
            // A burst must not leave its memory with an idle socket.
            self.messages = VecDeque::new();
        }
        Some(message)
    }

    pub(super) fn remove(&mut self, index: usize) {
        if let Some(message) = self.messages.remove(index) {
            self.bytes -= message.as_bytes().len();
        }
    }

    pub(super) fn clear(&mut self) {
        self.messages = VecDeque::new();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(max_messages: usize, max_bytes: usize) -> Queue {
        Queue::new(&SessionConfig {
            queue_messages: max_messages,
            queue_bytes: max_bytes,
            ..SessionConfig::default()
        })
    }

    #[test]
    fn is_full_by_number() {
        let mut queue = queue(2, 1000);
        queue.push("a".into());
        assert!(!queue.is_full());
        queue.push("".into());
        assert!(queue.is_full());
        queue.pop();
        assert!(!queue.is_full());
    }

    #[test]
    fn is_full_by_bytes_and_one_message_may_go_over() {
        let mut queue = queue(100, 3);
        queue.push("ab".into());
        assert!(!queue.is_full());
        queue.push("cdef".into());
        assert!(queue.is_full());
        assert_eq!(queue.pop(), Some("ab".into()));
        assert_eq!(queue.pop(), Some("cdef".into()));
        assert!(queue.is_empty() && !queue.is_full());
    }
}
