//! [`BoundedCache`]: what a process remembers of what it has seen, without growing for ever.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// A map of so many keys at most: a new one takes the place of the oldest. What a key stands for is never changed.
///
/// ```
/// use evens_runtime::BoundedCache;
///
/// let mut cache = BoundedCache::of(2);
/// for (key, value) in [("a", 1), ("b", 2), ("a", 9), ("c", 3)] {
///     cache.insert(key, value);
/// }
/// assert_eq!((cache.get(&"a"), cache.get(&"b"), cache.get(&"c")), (None, Some(&2), Some(&3)));
/// ```
#[derive(Debug)]
pub struct BoundedCache<K, V> {
    keys_max: usize,
    values: HashMap<K, V>,
    /// The keys, the newest last.
    order: VecDeque<K>,
}

impl<K: Clone + Eq + Hash, V> BoundedCache<K, V> {
    /// An empty one.
    pub fn of(keys_max: usize) -> Self {
        Self { keys_max, values: HashMap::new(), order: VecDeque::new() }
    }

    /// Remembers a key, unless it is known.
    pub fn insert(&mut self, key: K, value: V) {
        if self.values.contains_key(&key) {
            return;
        }
        self.values.insert(key.clone(), value);
        self.order.push_back(key);
        if self.order.len() > self.keys_max
            && let Some(oldest) = self.order.pop_front()
        {
            self.values.remove(&oldest);
        }
    }

    /// What is known of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.values.get(key)
    }
}
