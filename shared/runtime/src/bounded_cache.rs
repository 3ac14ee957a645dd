//! [`BoundedCache`]: a cache of limited size.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// A map with a maximum number of keys: a new key replaces the oldest one. The value of a key never changes.
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
    /// The keys, newest last.
    order: VecDeque<K>,
}

impl<K: Clone + Eq + Hash, V> BoundedCache<K, V> {
    pub fn of(keys_max: usize) -> Self {
        Self { keys_max, values: HashMap::new(), order: VecDeque::new() }
    }

    /// Adds a key, unless it is present.
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

    pub fn get(&self, key: &K) -> Option<&V> {
        self.values.get(key)
    }
}
