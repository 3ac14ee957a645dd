//! [`Hints`]: the things that a hub has yet to read.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

/// The things that a hub has yet to read, in the order of their hints, each once. One thing is read by one reader at a
/// time, so that an older state is never sent after a newer one. A hint that comes meanwhile leads to another read.
#[derive(Debug)]
pub struct Hints<K> {
    queue: VecDeque<K>,
    waiting: HashSet<K>,
    being_read: HashSet<K>,
}

impl<K> Default for Hints<K> {
    fn default() -> Self {
        Self { queue: VecDeque::new(), waiting: HashSet::new(), being_read: HashSet::new() }
    }
}

impl<K: Clone + Eq + Hash> Hints<K> {
    /// Adds a hint. Returns whether a reader has more to do by that.
    pub fn add(&mut self, key: K) -> bool {
        let is_new = self.waiting.insert(key.clone());
        let is_ready = is_new && !self.being_read.contains(&key);
        if is_ready {
            self.queue.push_back(key);
        }
        is_ready
    }

    /// Takes what to read next. The reader must call [`Hints::end`] afterwards.
    pub fn begin(&mut self) -> Option<K> {
        let key = self.queue.pop_front()?;
        self.waiting.remove(&key);
        self.being_read.insert(key.clone());
        Some(key)
    }

    /// Ends a read. Returns whether the thing must be read again.
    pub fn end(&mut self, key: &K) -> bool {
        self.being_read.remove(key);
        let is_waiting = self.waiting.contains(key);
        if is_waiting {
            self.queue.push_back(key.clone());
        }
        is_waiting
    }
}
