//! [`WantedKeys`]: a set of ledger keys in constant memory.

use evens_ledger::EntryKey;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

/// 16 MiB. With eight million keys, less than one in a hundred other keys is a false positive.
const WORDS: u64 = 1 << 21;

/// The number of bits per key.
const MARKS: u64 = 4;

/// A Bloom filter: it has no false negatives and a few false positives.
#[derive(Clone)]
pub(crate) struct WantedKeys(Vec<u64>);

impl WantedKeys {
    pub(crate) fn none() -> Self {
        Self(vec![0; usize::try_from(WORDS).unwrap_or_default()])
    }

    pub(crate) fn insert(&mut self, key: &EntryKey) {
        for (word, bit) in places(key) {
            if let Some(word) = self.0.get_mut(word) {
                *word |= bit;
            }
        }
    }

    pub(crate) fn may_have(&self, key: &EntryKey) -> bool {
        places(key).all(|(word, bit)| self.0.get(word).is_some_and(|word| word & bit != 0))
    }
}

/// The bits of a key: the index of the word and the bit in it.
fn places(key: &EntryKey) -> impl Iterator<Item = (usize, u64)> {
    let mut hasher = DefaultHasher::new();
    key.as_str().hash(&mut hasher);
    let hash = hasher.finish();
    // An odd step does not return to its start.
    let step = hash.rotate_left(32) | 1;
    (0..MARKS).map(move |mark| {
        let place = hash.wrapping_add(mark.wrapping_mul(step));
        (usize::try_from(place / 64 % WORDS).unwrap_or_default(), 1 << (place % 64))
    })
}

/// Does not show the bits.
impl fmt::Debug for WantedKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("WantedKeys").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::WantedKeys;
    use evens_ledger::{EntryKey, EntryPurpose};

    #[test]
    fn inserted_keys_are_found_and_hardly_any_others() {
        let key = |number: u32| EntryKey::new(EntryPurpose::Deposit, &[&number]);
        let mut wanted = WantedKeys::none();
        (0..100_000).for_each(|number| wanted.insert(&key(number)));
        assert!((0..100_000).all(|number| wanted.may_have(&key(number))));
        assert_eq!((100_000..200_000).filter(|number| wanted.may_have(&key(*number))).count(), 0);
    }
}
