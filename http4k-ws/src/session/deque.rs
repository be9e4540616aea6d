//! A queue that owns no memory while it holds at most one item.

use std::collections::VecDeque;

/// The items for which the second one reserves memory. Queues that fill up mostly get several.
const SECOND: usize = 8;

/// Items in order. The first has a place of its own, so that an idle queue, and one that a single
/// item passes through, never allocates. The memory of the others is released with the last.
#[derive(Debug)]
pub(super) struct Deque<T> {
    /// `None` only if `rest` is empty.
    first: Option<T>,
    rest: VecDeque<T>,
}

impl<T> Deque<T> {
    pub(super) const fn new() -> Self {
        Self {
            first: None,
            rest: VecDeque::new(),
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&T> {
        match index.checked_sub(1) {
            None => self.first.as_ref(),
            Some(rest) => self.rest.get(rest),
        }
    }

    #[inline(always)]
    pub(super) fn push_back(&mut self, item: T) {
        if self.first.is_none() {
            self.first = Some(item);
        } else {
            if self.rest.capacity() == 0 {
                self.rest = VecDeque::with_capacity(SECOND);
            }
            self.rest.push_back(item);
        }
    }

    #[inline]
    pub(super) fn pop_front(&mut self) -> Option<T> {
        let item = self.first.take();
        if self.rest.capacity() > 0 {
            self.first = self.rest.pop_front();
            if self.rest.is_empty() {
                self.rest = VecDeque::new();
            }
        }
        item
    }

    #[cfg(feature = "client")]
    pub(super) fn push_front(&mut self, item: T) {
        if let Some(second) = self.first.replace(item) {
            self.rest.push_front(second);
        }
    }

    #[cfg(feature = "client")]
    pub(super) fn front(&self) -> Option<&T> {
        self.first.as_ref()
    }

    /// Removes the item at `index`.
    pub(super) fn remove(&mut self, index: usize) -> Option<T> {
        match index.checked_sub(1) {
            None => self.pop_front(),
            Some(index) => self.rest.remove(index),
        }
    }

    /// Moves all items to the end of `to`.
    #[inline]
    pub(super) fn move_to(&mut self, to: &mut VecDeque<T>) {
        let Some(first) = self.first.take() else {
            return;
        };
        if self.rest.capacity() == 0 {
            to.push_back(first);
        } else if to.is_empty() && self.rest.capacity() > to.capacity() {
            // Its memory moves along.
            *to = std::mem::take(&mut self.rest);
            to.push_front(first);
        } else {
            to.push_back(first);
            to.append(&mut self.rest);
            self.rest = VecDeque::new();
        }
    }

    /// Inserts all items of `from` before the item at `index`.
    #[inline]
    pub(super) fn insert(&mut self, index: usize, from: &mut VecDeque<T>) {
        if !from.is_empty() {
            self.insert_some(index, from);
        }
    }

    fn insert_some(&mut self, index: usize, from: &mut VecDeque<T>) {
        let mut all = std::mem::take(&mut self.rest);
        if let Some(first) = self.first.take() {
            all.push_front(first);
        }
        let mut behind = all.split_off(index.min(all.len()));
        all.append(from);
        all.append(&mut behind);
        self.first = all.pop_front();
        if !all.is_empty() {
            self.rest = all;
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deque(items: impl IntoIterator<Item = u32>) -> Deque<u32> {
        let mut deque = Deque::new();
        items.into_iter().for_each(|item| deque.push_back(item));
        deque
    }

    fn drained(mut deque: Deque<u32>) -> Vec<u32> {
        std::iter::from_fn(|| deque.pop_front()).collect()
    }

    #[test]
    fn items_leave_in_order() {
        for items in 0..10 {
            let deque = deque(0..items);
            assert_eq!(
                (deque.len(), deque.is_empty()),
                (items as usize, items == 0)
            );
            assert_eq!(drained(deque), (0..items).collect::<Vec<_>>());
        }
    }

    #[test]
    fn memory_is_owned_only_for_a_second_item() {
        let mut deque = deque([1]);
        assert_eq!(deque.rest.capacity(), 0);
        deque.push_back(2);
        assert!(deque.rest.capacity() > 0);
        deque.pop_front();
        assert_eq!((deque.rest.capacity(), deque.len()), (0, 1));
    }

    #[test]
    fn items_are_moved_behind_others_and_inserted_anywhere() {
        for before in 0..3 {
            let mut to: VecDeque<_> = (0..before).collect();
            deque(10..14).move_to(&mut to);
            assert!(to.into_iter().eq((0..before).chain(10..14)));
        }
        for (items, at) in [(0, 0), (1, 0), (1, 1), (4, 0), (4, 2), (4, 4)] {
            let mut deque = deque(0..items);
            deque.insert(at, &mut VecDeque::from([90, 91]));
            let expected = (0..at as u32).chain([90, 91]).chain(at as u32..items);
            assert_eq!(drained(deque), expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_item_is_removed_from_any_place() {
        for at in 0..4 {
            let mut deque = deque(0..4);
            assert_eq!(deque.remove(at), Some(at as u32));
            let expected: Vec<_> = (0..4).filter(|item| *item != at as u32).collect();
            assert_eq!(drained(deque), expected);
        }
        assert_eq!(deque([]).remove(0), None);
        assert_eq!(deque([1]).remove(1), None);
    }
}
